# SPDX-License-Identifier: EUPL-1.2
"""What goes into a judgement and what comes out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

State = Literal["declared", "measured", "stale", "unanswered", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What someone declared. ``level`` None with ``not_applicable`` False means that nothing was answered yet."""

    criterion: str
    level: int | None = None
    not_applicable: bool = False
    justification: str = ""
    comment: str = ""
    answered_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    indicator: str
    value: float
    observed_on: dt.date
    source: str = ""


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion judged. ``level`` counts in the scores: the declared one, else the measured one, else None.

    ``state`` is ``measured`` as soon as a valid observation stands beside or in place of the declaration.
    ``observation`` is the one received, even when its validity has passed: ``measured`` is then None; one dated in the
    future is ignored. ``declared`` is None for a criterion declared not applicable; one declared so without
    justification counts as not answered by anyone.
    """

    criterion: str
    state: State
    level: int | None
    declared: int | None
    measured: int | None
    observation: Observation | None
    target: int
    weight: int
    previous: int | None = None
    answered_on: dt.date | None = None
    ceiling: int | None = None  # the highest level that its indicator can show

    @property
    def disagrees(self) -> bool:
        """The measure says another level; a measure at its ceiling does not deny a higher answer."""
        if self.declared is None or self.measured is None or self.declared == self.measured:
            return False
        return not (self.measured == self.ceiling and self.declared > self.measured)


@dataclass(frozen=True, slots=True)
class NodeResult:
    """An axis, an objective or the whole. Scores on 0–4, weighted by criterion, over answered criteria; None if none.

    The score of an axis is weighted over its criteria: it is not the mean of its objectives. ``level`` is the whole
    part of ``score``; ``target`` is weighted over all its criteria but those not applicable; ``coverage`` is answered /
    applicable, 0–1, a justified « non applicable » being an answer, and 1 when nothing applies; ``measured`` is the
    score of the criteria that an indicator measures, None when there is none; ``previous`` that of the one before.
    """

    id: str
    score: float | None
    level: int | None
    target: float
    coverage: float
    measured: float | None
    previous: float | None
    applicable: int
    answered: int
    confirmed: int  # answered, and a valid observation shows that level at least
    stale: int


@dataclass(frozen=True, slots=True)
class Strength:
    criterion: str
    level: int
    target: int
    reason: str


@dataclass(frozen=True, slots=True)
class Weakness:
    """``rank_value`` orders weaknesses: gap × weight, twice on the socle; ``measures`` are ids that would raise it."""

    criterion: str
    level: int
    target: int
    reason: str
    rank_value: float
    attacks: tuple[str, ...]
    aims: tuple[str, ...]
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepResult:
    """The maturity step reached, and what is missing for the next one (criterion ids, ordered).

    ``others_share`` is the share (0–1) of the criteria outside the socle that stand at the level which the next step
    asks of them, ``others_needed`` the share that it asks for (those of the last step once it is reached). ``step`` is
    None when the referential defines no step, or when even the lowest does not hold.
    """

    step: int | None
    title: str
    meaning: str
    next_step: int | None
    missing_socle: tuple[str, ...]
    others_share: float
    others_needed: float
    provisional: bool  # some socle criterion was not answered


@dataclass(frozen=True)
class Judgement:
    overall: NodeResult
    step: StepResult
    axes: tuple[NodeResult, ...]
    objectives: tuple[NodeResult, ...]
    criteria: tuple[CriterionResult, ...]
    strengths: tuple[Strength, ...]
    weaknesses: tuple[Weakness, ...]
    judged_on: dt.date
    unknown: tuple[str, ...] = field(default=())  # criteria answered but absent from the referential

    @cached_property
    def criterion(self) -> Mapping[str, CriterionResult]:
        return {r.criterion: r for r in self.criteria}

    @cached_property
    def axis(self) -> Mapping[str, NodeResult]:
        return {r.id: r for r in self.axes}

    @cached_property
    def objective(self) -> Mapping[str, NodeResult]:
        return {r.id: r for r in self.objectives}
