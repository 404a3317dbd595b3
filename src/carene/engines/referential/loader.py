# SPDX-License-Identifier: EUPL-1.2
"""A pack's folder → a referential, or every fault that it has, each with its file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from carene.engines.referential.advice import advise
from carene.engines.referential.build import build
from carene.engines.referential.checks import check
from carene.engines.referential.draft import Draft, read_draft
from carene.engines.referential.model import Referential
from carene.engines.sources.errors import InputError, InputErrors


@dataclass(frozen=True, slots=True)
class Report:
    """What a reading found. ``referential`` is None when there are errors; warnings are whole French sentences."""

    referential: Referential | None
    errors: tuple[InputError, ...]
    warnings: tuple[str, ...]
    counts: Mapping[str, int]  # axes, objectives, criteria, socle, indicators, measures


def load_pack(folder: Path) -> Referential:
    """The referential of a pack.

    Raises InputErrors with every fault of the pack, or InputError when the folder is not a pack.
    """
    draft, errors = _read(folder)
    if draft.pack is None or errors:
        raise InputErrors(errors)
    return build(draft, draft.pack.shape)


def check_pack(folder: Path) -> Report:
    """Everything that can be said of a pack, faults and advice. Raises InputError when the folder is not a pack."""
    draft, errors = _read(folder)
    referential = None
    warnings = list(draft.warnings)
    if draft.pack is not None and not errors:
        referential = build(draft, draft.pack.shape)
        warnings += advise(draft, referential)
    counts = {
        "axes": len(draft.axes),
        "objectives": sum(len(axis.shape.objectives) for axis in draft.axes),
        "criteria": len(draft.criteria),
        "socle": sum(entry.shape.socle for entry in draft.criteria),
        "indicators": len(draft.indicators),
        "measures": len(draft.measures),
    }
    return Report(referential, tuple(errors), tuple(warnings), counts)


def _read(folder: Path) -> tuple[Draft, list[InputError]]:
    draft = read_draft(folder)
    return draft, [*draft.errors, *check(draft)]
