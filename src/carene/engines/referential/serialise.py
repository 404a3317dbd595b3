# SPDX-License-Identifier: EUPL-1.2
"""A referential as JSON-ready data, and back, without loss: for the database, caches and exports."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from carene.engines.referential.model import CorrespondenceSet, Criterion, Referential
from carene.engines.sources.errors import InputError

AGAIN = "importer de nouveau le fichier d'origine"
FORMAT = 1  # of the data; another number means another shape


def to_data(referential: Referential) -> dict[str, Any]:
    """Only dicts with text keys, lists, texts, numbers, booleans and None. The same referential gives the same data."""
    data: dict[str, Any] = _plain(referential)
    return {"format": FORMAT, **data}


def from_data(data: Mapping[str, Any]) -> Referential:
    """Exactly the referential that ``to_data`` was given, also after a passage through JSON text.

    Raises InputError when the data was not made by ``to_data`` or does not hold together.
    """
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise InputError(
            "ces données ne sont pas un référentiel que cette version de Carène sait relire",
            remedy=AGAIN,
        )
    try:
        referential = _adapter().validate_python({key: value for key, value in data.items() if key != "format"})
    except ValidationError as error:
        raise _damaged(error, "les données du référentiel") from error
    _hold_together(referential)
    return referential


def mappings_to_data(mappings: Sequence[CorrespondenceSet]) -> list[dict[str, Any]]:
    """The same for the correspondences of a library."""
    data: list[dict[str, Any]] = _plain(tuple(mappings))
    return data


def mappings_from_data(data: Sequence[Mapping[str, Any]]) -> tuple[CorrespondenceSet, ...]:
    """Exactly what ``mappings_to_data`` was given. Raises InputError when the data is damaged."""
    try:
        return _mappings_adapter().validate_python(data)
    except ValidationError as error:
        raise _damaged(error, "les correspondances") from error


def _damaged(error: ValidationError, what: str) -> InputError:
    spot = " › ".join(str(step) for step in error.errors(include_url=False)[0]["loc"])
    return InputError(f"{what} enregistrées sont abîmées à « {spot} »", remedy=AGAIN)


@lru_cache(maxsize=1)
def _mappings_adapter() -> TypeAdapter[tuple[CorrespondenceSet, ...]]:
    return TypeAdapter(tuple[CorrespondenceSet, ...])


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Referential]:
    return TypeAdapter(Referential)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _hold_together(referential: Referential) -> None:
    """The links that the model follows without looking."""
    axes = {axis.id for axis in referential.axes}
    objectives = {objective.id for objective in referential.objectives}
    lost: list[str] = [o.id for o in referential.objectives if o.axis not in axes]
    lost += [c.id for c in referential.criteria if c.objective not in objectives or not _usable(c)]
    if lost:
        raise InputError(
            f"les données du référentiel sont abîmées à « {lost[0]} »",
            remedy=AGAIN,
        )


def _usable(criterion: Criterion) -> bool:
    return len(criterion.levels) > 1
