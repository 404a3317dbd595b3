# SPDX-License-Identifier: EUPL-1.2
"""The overall maturity step: its rule is data of the referential, read here."""

from __future__ import annotations

from collections.abc import Sequence

from carene.engines.referential.model import SCALE, Criterion, MaturityStep, Referential
from carene.engines.scoring.model import CriterionResult, StepResult
from carene.engines.scoring.nodes import Judged


def maturity(referential: Referential, judged: Sequence[Judged]) -> StepResult:
    """The highest step whose conditions, and those of all the steps below, hold.

    Not applicable criteria are left out; an unanswered criterion reaches no level above 0.
    """
    kept = [(criterion, result) for criterion, result in judged if result.state != "not_applicable"]
    socle = [pair for pair in kept if pair[0].socle]
    others = [pair for pair in kept if not pair[0].socle]
    steps = sorted(referential.steps, key=lambda step: step.id)
    reached: MaturityStep | None = None
    following: MaturityStep | None = None
    for step in steps:
        if _missing(socle, step.socle_level) or _share(others, step.others_level) < step.others_share:
            following = step
            break
        reached = step
    looked_at = following or reached
    return StepResult(
        step=reached.id if reached else None,
        title=reached.title if reached else "",
        meaning=reached.meaning if reached else "",
        next_step=following.id if following else None,
        missing_socle=_missing(socle, following.socle_level) if following else (),
        others_share=_share(others, looked_at.others_level) if looked_at else 0.0,
        others_needed=looked_at.others_share if looked_at else 0.0,
        provisional=bool(steps) and any(result.level is None for _, result in socle),
    )


def _missing(socle: Sequence[Judged], level: int) -> tuple[str, ...]:
    return tuple(criterion.id for criterion, result in socle if not _at_least(criterion, result, level))


def _share(others: Sequence[Judged], level: int) -> float:
    """Share of the criteria at this level, rounded so that 3 of 4 is 0.75 however it was written in the data."""
    if not others:
        return 1.0
    return round(sum(1 for criterion, result in others if _at_least(criterion, result, level)) / len(others), 9)


def _at_least(criterion: Criterion, result: CriterionResult, level: int) -> bool:
    """Compared on the scale 0–4, in whole numbers."""
    return (result.level or 0) * SCALE >= level * criterion.top
