# SPDX-License-Identifier: EUPL-1.2
"""The assess file in YAML or JSON, both ways."""

from __future__ import annotations

import datetime as dt
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import yaml

from carene.engines.exchange.check import checked
from carene.engines.exchange.questionnaire import (
    FORMAT,
    Card,
    Entry,
    Means,
    Measured,
    Note,
    Origin,
    OverrideEntry,
    Questionnaire,
    Reading,
    WishEntry,
)
from carene.engines.exchange.shapes import (
    LONGEST_LIST,
    CardShape,
    EntryShape,
    FileShape,
    MeansShape,
    MeasuredShape,
    NoteShape,
    OriginShape,
    Shape,
)
from carene.engines.exchange.values import level_of
from carene.engines.referential.model import SCALE, Criterion, Referential
from carene.engines.sources import InputError
from carene.engines.sources.document import Document, Key
from carene.engines.sources.errors import InputErrors
from carene.engines.sources.json_source import read_json
from carene.engines.sources.shapes import read_shape
from carene.engines.sources.yaml_source import DECIMAL, HEXADECIMAL, INTEGER, NOT_FINITE, WORDS, read_yaml

S = TypeVar("S", bound=Shape)


def read_yaml_file(source: str | bytes, name: str, referential: Referential, today: dt.date) -> Reading:
    """An assess file in YAML. Raises InputError when it is not one; what is wrong inside is in ``problems``."""
    return read_document(read_yaml(source, name), referential, today)


def read_json_file(source: str | bytes, name: str, referential: Referential, today: dt.date) -> Reading:
    """An assess file in JSON. Raises InputError when it is not one; what is wrong inside is in ``problems``."""
    return read_document(read_json(source, name), referential, today)


def read_document(document: Document, referential: Referential, today: dt.date) -> Reading:
    """The parts that can be used, and every problem. Raises InputError for what is not an assess file at all."""
    if not isinstance(document.data, dict) or not document.data:
        raise document.error(
            "ce fichier ne décrit pas une auto-évaluation",
            remedy="partir d'un fichier exporté par Carène ou d'un exemple",
        )
    reader = _Reader(document, referential)
    top = reader.shape(FileShape) or FileShape()
    if top.format > FORMAT:
        raise document.error(
            f"ce fichier est au format {top.format}, plus récent que cette version de Carène",
            path=("format",),
            remedy="mettre Carène à jour",
        )
    questionnaire = Questionnaire(
        card=reader.card(),
        origin=reader.origin(),
        date=top.date,
        assessment=top.assessment,
        answers=reader.answers(),
        observations=tuple(reader.observations()),
        means=reader.means(),
        sources=tuple(reader.notes()),
        about=top.about,
        places={key: document.where(path) for key, path in _PLACES.items()},
    )
    return checked(Reading(questionnaire, tuple(reader.problems)), referential, today)


_PLACES: Mapping[str, tuple[Key, ...]] = {
    "type": ("organisation", "type"),
    "ght": ("organisation", "ght"),
    "team": ("plan", "team"),
    "done": ("plan", "done"),
}


class _Reader:
    """Reads the parts of one document; what is wrong goes to ``problems`` and the rest goes on."""

    def __init__(self, document: Document, referential: Referential) -> None:
        self.document = document
        self.referential = referential
        self.problems: list[InputError] = []
        self.data: Mapping[Key, Any] = document.data

    def shape(self, model: type[S], *path: Key) -> S | None:
        try:
            return read_shape(model, self.document, path)
        except InputErrors as errors:
            self.problems.extend(errors.errors)
            return None

    def part(self, model: type[S], key: str) -> S | None:
        return self.shape(model, key) if self.data.get(key) is not None else None

    def card(self) -> Card:
        found = self.part(CardShape, "organisation")
        return Card(**found.model_dump()) if found else Card()

    def origin(self) -> Origin:
        found = self.part(OriginShape, "referential")
        return Origin(found.id, found.version, found.digest) if found else Origin()

    def keys(self, key: str) -> list[Key]:
        """Keys of a mapping of the file, none when it is absent."""
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, dict):
            self.problems.append(
                self.document.error(
                    f"« {key} » doit contenir des rubriques", path=(key,), remedy="écrire une rubrique par ligne"
                )
            )
            return []
        return list(value)

    def ranks(self, key: str) -> range:
        """Indices of a list of the file, none when it is absent."""
        value = self.data.get(key)
        if value is None:
            return range(0)
        if not isinstance(value, list) or len(value) > LONGEST_LIST:
            what = "doit être une liste" if not isinstance(value, list) else f"dépasse {LONGEST_LIST} lignes"
            self.problems.append(
                self.document.error(f"« {key} » {what}", path=(key,), remedy="écrire un tiret par ligne, ou scinder")
            )
            return range(0)
        return range(len(value))

    def answers(self) -> dict[str, Entry]:
        found = {}
        for key in self.keys("answers"):
            shape = self.shape(EntryShape, "answers", key)
            entry = self.entry(str(key), shape, ("answers", key)) if shape else None
            if entry:
                found[entry.criterion] = entry
        return found

    def entry(self, criterion: str, shape: EntryShape, path: tuple[Key, ...]) -> Entry | None:
        known = self.referential.criterion.get(criterion)
        try:
            level, not_applicable = level_of(shape.level, known.top if known else SCALE)
        except ValueError as error:
            self.problems.append(InputError(f"{criterion}, {error}", where=self.document.where((*path, "level"))))
            return None
        return Entry(
            criterion=criterion,
            level=level,
            not_applicable=not_applicable or shape.not_applicable,
            justification=shape.justification,
            comment=shape.comment,
            source=shape.source,
            version=shape.version,
            where=self.document.where(path),
        )

    def observations(self) -> Iterator[Measured]:
        for rank in self.ranks("observations"):
            shape = self.shape(MeasuredShape, "observations", rank)
            if shape:
                where = self.document.where(("observations", rank))
                yield Measured(shape.indicator, shape.value, shape.date, shape.source, shape.note, where)

    def notes(self) -> Iterator[Note]:
        for rank in self.ranks("sources"):
            shape = self.shape(NoteShape, "sources", rank)
            if shape:
                yield Note(shape.id, shape.title, shape.date, shape.url, shape.confidence)

    def means(self) -> Means:
        shape = self.part(MeansShape, "plan")
        if shape is None:
            return Means()
        return Means(
            start=shape.start,
            months=shape.months,
            budgets=shape.budgets,
            team=shape.team,
            wishes={
                key: WishEntry(**wish.model_dump(), where=self.document.where(("plan", "wishes", key)))
                for key, wish in shape.wishes.items()
            },
            overrides={
                key: OverrideEntry(**one.model_dump(), where=self.document.where(("plan", "overrides", key)))
                for key, one in shape.overrides.items()
            },
            done=tuple(dict.fromkeys(shape.done)),
        )


# Writing -------------------------------------------------------------------------------------------------------------


def to_data(questionnaire: Questionnaire) -> dict[str, Any]:
    """The file as plain values, empty parts left out; dates are ``datetime.date``."""
    found = questionnaire
    data: dict[str, Any] = {"format": FORMAT}
    data |= _kept({"about": found.about, "referential": _kept(vars_of(found.origin)), "date": found.date})
    data |= _kept({"assessment": found.assessment, "organisation": _kept(vars_of(found.card))})
    data |= _kept({"answers": {key: _answer(entry) for key, entry in found.answers.items()}})
    data |= _kept({"observations": [_observation(item) for item in found.observations]})
    data |= _kept({"plan": _plan(found.means), "sources": [_kept(vars_of(note)) for note in found.sources]})
    return data


def to_yaml(questionnaire: Questionnaire) -> str:
    return yaml.dump(
        to_data(questionnaire), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False
    )


def to_json(questionnaire: Questionnaire) -> str:
    return json.dumps(to_data(questionnaire), ensure_ascii=False, indent=2, default=_iso) + "\n"


def to_blank_yaml(questionnaire: Questionnaire, criteria: Sequence[Criterion]) -> str:
    """A file to fill in by hand: every question as a comment above its empty answer."""
    lines = [to_yaml(questionnaire).rstrip("\n"), "", "answers:"]
    for criterion in criteria:
        lines += ["", *(f"  # {line}" for line in textwrap.wrap(criterion.question, 100))]
        for level, text in enumerate(criterion.levels):
            wrapped = textwrap.wrap(text, 96)
            lines += [f"  #   {level}  {line}" if not rank else f"  #      {line}" for rank, line in enumerate(wrapped)]
        lines.append(f"  {criterion.id}:")
    return "\n".join(lines) + "\n"


def vars_of(item: Any) -> dict[str, Any]:
    """Fields of a dataclass with slots, without the place where it was read."""
    return {name: getattr(item, name) for name in item.__slots__ if name != "where"}


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing; zero says something."""
    return {
        key: value
        for key, value in values.items()
        if value is not None and value is not False and not (isinstance(value, str | dict | list | tuple) and not value)
    }


def _answer(entry: Entry) -> Any:
    kept = _kept({key: value for key, value in vars_of(entry).items() if key != "criterion"})
    return entry.level if list(kept) == ["level"] else kept


def _observation(item: Measured) -> dict[str, Any]:
    values = {"indicator": item.indicator, "value": item.value, "date": item.observed_on}
    return values | _kept({"source": item.source, "note": item.note})


def _plan(means: Means) -> dict[str, Any]:
    if means == Means():
        return {}
    values = _kept(
        {"start": means.start, "months": means.months, "budgets": dict(means.budgets), "team": dict(means.team)}
    )
    values |= _kept({"wishes": {key: _kept(vars_of(wish)) for key, wish in means.wishes.items()}})
    overrides = {
        key: _kept(vars_of(one)) | ({"effort": dict(one.effort)} if one.effort else {})
        for key, one in means.overrides.items()
    }
    return values | _kept({"overrides": overrides, "done": list(means.done)})


def _iso(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


class _Dumper(yaml.SafeDumper):
    """Texts that our reader (YAML 1.2) would take for something else are quoted."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_TAKEN_FOR_ELSE: tuple[Callable[[str], object], ...] = (
    INTEGER.fullmatch,
    HEXADECIMAL.fullmatch,
    DECIMAL.fullmatch,
    NOT_FINITE.fullmatch,
    WORDS.__contains__,
    re.compile("[\x85\u2028\u2029]").search,  # line ends for YAML, not for the others: only escaped do they survive
)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = '"' if any(test(text) for test in _TAKEN_FOR_ELSE) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
