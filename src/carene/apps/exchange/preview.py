# SPDX-License-Identifier: EUPL-1.2
"""A file compared with what is stored, line by line, before anything changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from carene.engines.exchange.questionnaire import Entry
from carene.engines.referential.model import Criterion, Referential

if TYPE_CHECKING:
    from carene.apps.assessments.models import Answer

Kind = Literal["conflict", "changed", "new", "same"]


@dataclass(frozen=True)
class Line:
    """One question of the file. ``stored`` is None when nothing was ever answered.

    What the file leaves empty is kept: a text is replaced by another one, never erased.
    """

    entry: Entry
    criterion: Criterion
    stored: Answer | None
    meanwhile: bool  # someone answered since the file was prepared

    @property
    def version(self) -> int:
        """Of what is stored, 0 when there is nothing."""
        return self.stored.version if self.stored else 0

    @cached_property
    def before(self) -> tuple[int | None, bool, str, str]:
        row = self.stored
        return (row.level, row.not_applicable, row.justification, row.comment) if row else (None, False, "", "")

    @cached_property
    def after(self) -> tuple[int | None, bool, str, str]:
        level, not_applicable, justification, comment = self.before
        entry = self.entry
        if entry.not_applicable:
            level, not_applicable = None, True
        elif entry.level is not None:
            level, not_applicable = entry.level, False
        return level, not_applicable, entry.justification or justification, entry.comment or comment

    @property
    def kind(self) -> Kind:
        if self.after == self.before:
            return "same"
        if self.meanwhile:
            return "conflict"
        return "changed" if self.was_answered else "new"

    @property
    def was_answered(self) -> bool:
        return self.before[0] is not None or self.before[1]

    @property
    def level_changes(self) -> bool:
        return self.before[:2] != self.after[:2]

    @property
    def said_before(self) -> str:
        return spoken(*self.before[:2])

    @property
    def said_after(self) -> str:
        return spoken(*self.after[:2])

    @property
    def new_justification(self) -> str:
        return self.after[2] if self.after[2] != self.before[2] else ""

    @property
    def new_comment(self) -> str:
        return self.after[3] if self.after[3] != self.before[3] else ""


def spoken(level: int | None, not_applicable: bool) -> str:
    """« niveau 2 », « non applicable », « sans réponse »."""
    if not_applicable:
        return "non applicable"
    return "sans réponse" if level is None else f"niveau {level}"


@dataclass(frozen=True)
class Preview:
    lines: tuple[Line, ...]

    def of(self, kind: Kind) -> list[Line]:
        return [line for line in self.lines if line.kind == kind]

    @cached_property
    def conflicts(self) -> list[Line]:
        return self.of("conflict")

    @cached_property
    def changed(self) -> list[Line]:
        return self.of("changed")

    @cached_property
    def new(self) -> list[Line]:
        return self.of("new")

    @cached_property
    def same(self) -> list[Line]:
        return self.of("same")

    @property
    def to_take(self) -> int:
        return len(self.lines) - len(self.same)


def preview(
    entries: Iterable[Entry], stored: Mapping[str, Answer], referential: Referential, *, same_assessment: bool
) -> Preview:
    """In the order of the referential. Versions mean something only when the file comes from this very assessment."""
    found = {entry.criterion: entry for entry in entries if entry.criterion in referential.criterion}
    lines = []
    for criterion in referential.criteria:
        entry = found.get(criterion.id)
        if entry is None:
            continue
        row = stored.get(criterion.id)
        current = row.version if row else 0
        meanwhile = same_assessment and entry.version is not None and current > entry.version
        lines.append(Line(entry, criterion, row, meanwhile))
    return Preview(tuple(lines))
