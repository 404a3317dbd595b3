# SPDX-License-Identifier: EUPL-1.2
"""What changed since the previous assessment, from the answers themselves: who, when, from where to where."""

from __future__ import annotations

from dataclasses import dataclass

from carene.apps.assessments.models import Answer
from carene.apps.assessments.queries import Sheet, is_answered
from carene.apps.assessments.wording import position
from carene.engines.referential.model import Criterion


@dataclass(frozen=True)
class Changed:
    criterion: Criterion
    before: str
    after: str
    row: Answer | None  # the answer of now, with its author and date; None when it is gone


@dataclass(frozen=True)
class Changes:
    """Each question is in one list at most, in the order of the referential."""

    raised: tuple[Changed, ...]
    lowered: tuple[Changed, ...]
    new: tuple[Changed, ...]
    not_applicable: tuple[Changed, ...]
    withdrawn: tuple[Changed, ...]
    confirmed: tuple[Changed, ...]  # same answer, stated again
    untouched: int  # taken over as it was

    @property
    def total(self) -> int:
        return sum(len(found) for found in (self.raised, self.lowered, self.new, self.not_applicable, self.withdrawn))


def between(sheet: Sheet) -> Changes:
    """Answers of the previous assessment against those of this one; everything is new when there was none."""
    found: dict[str, list[Changed]] = {
        kind: [] for kind in ("raised", "lowered", "new", "not_applicable", "withdrawn", "confirmed")
    }
    untouched = 0
    for criterion in sheet.criteria:
        before, after = sheet.previous_answers.get(criterion.id), sheet.answers.get(criterion.id)
        kind = _kind(before, after)
        if kind == "untouched":
            untouched += 1
        elif kind:
            found[kind].append(Changed(criterion, position(before), position(after), after))
    return Changes(**{kind: tuple(rows) for kind, rows in found.items()}, untouched=untouched)


def _kind(before: Answer | None, after: Answer | None) -> str:
    was = before if before is not None and is_answered(before) else None
    now = after if after is not None and is_answered(after) else None
    if now is None:
        return "withdrawn" if was else ""
    if was is None:
        return "not_applicable" if now.not_applicable else "new"
    if now.not_applicable and not was.not_applicable:
        return "not_applicable"
    if now.level is None or was.level is None:  # « non applicable » before: a level is new, the same is no change
        return "new" if now.level is not None else _again(was, now)
    if now.level != was.level:
        return "raised" if now.level > was.level else "lowered"
    return _again(was, now)


def _again(was: Answer, now: Answer) -> str:
    return "confirmed" if now.answered_on != was.answered_on else "untouched"
