# SPDX-License-Identifier: EUPL-1.2
"""What changed from one judgement to another."""

from __future__ import annotations

from dataclasses import dataclass

from carene.engines.scoring.model import CriterionResult, Judgement


@dataclass(frozen=True, slots=True)
class Change:
    """Levels before and after; None where the criterion had no level (unanswered, not applicable, or absent)."""

    criterion: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class NodeChange:
    id: str
    before: float | None
    after: float | None

    @property
    def delta(self) -> float | None:
        """Change of score on 0–4; None when one of the two is missing."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Each criterion of either judgement is in one list at most; those in none did not change. Ordered as judged."""

    raised: tuple[Change, ...]
    lowered: tuple[Change, ...]
    newly_answered: tuple[Change, ...]  # a level where there was none
    newly_not_applicable: tuple[Change, ...]
    withdrawn: tuple[Change, ...]  # answered before, unanswered or no longer judged after
    overall: NodeChange
    axes: tuple[NodeChange, ...]
    step_before: int | None
    step_after: int | None


def compare(before: Judgement, after: Judgement) -> Comparison:
    """Differences between two judgements of one establishment; the referential may have changed in between."""
    kinds: dict[str, list[Change]] = {
        kind: [] for kind in ("raised", "lowered", "newly_answered", "newly_not_applicable", "withdrawn")
    }
    keys = dict.fromkeys([r.criterion for r in after.criteria] + [r.criterion for r in before.criteria])
    for key in keys:
        old, new = before.criterion.get(key), after.criterion.get(key)
        kind = _kind(old, new)
        if kind:
            kinds[kind].append(Change(key, old.level if old else None, new.level if new else None))
    return Comparison(
        **{kind: tuple(changes) for kind, changes in kinds.items()},
        overall=NodeChange(after.overall.id, before.overall.score, after.overall.score),
        axes=tuple(
            NodeChange(node.id, before.axis[node.id].score if node.id in before.axis else None, node.score)
            for node in after.axes
        ),
        step_before=before.step.step,
        step_after=after.step.step,
    )


def _kind(old: CriterionResult | None, new: CriterionResult | None) -> str:
    """Which list of the comparison the criterion belongs to; empty when nothing changed."""
    was = old.state if old else "unanswered"
    now = new.state if new else "unanswered"
    if now == "not_applicable":
        return "" if was == "not_applicable" else "newly_not_applicable"
    if now == "unanswered":
        return "" if was == "unanswered" else "withdrawn"
    if old is None or old.level is None:
        return "newly_answered"
    if new is None or new.level is None or new.level == old.level:
        return ""
    return "raised" if new.level > old.level else "lowered"
