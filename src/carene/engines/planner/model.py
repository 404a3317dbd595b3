# SPDX-License-Identifier: EUPL-1.2
"""The lasting interface of the planner: a problem goes in, a dated plan comes out.

Money in euros, efforts in person-days, time in whole months from ``Problem.start`` (month 0), quarters of three months
counted from the same start (quarter 0 = months 0–2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

LeftOutCode = Literal[
    "excluded",
    "no_effect",
    "no_value",
    "budget",
    "team",
    "prerequisite",
    "horizon",
    "deadline",
    "not_applicable",
    "exclusive",
]
Objective = Literal["maturity", "risk"]


@dataclass(frozen=True, slots=True)
class Step:
    """Raises a criterion to ``end`` once it stands at ``start`` at least."""

    criterion: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure already sized for one establishment (its band, its share in a shared purchase, its overrides)."""

    id: str
    title: str
    steps: tuple[Step, ...]
    investment: float
    yearly: float  # per year once in service
    effort: Mapping[str, float]  # skill → person-days, spread evenly over the months of work
    months: int
    requires: tuple[str, ...] = ()
    quick_win: bool = False
    shared: bool = False
    payers: Mapping[str, float] = field(default_factory=dict)  # purse → share of its money, sum 1; empty = ``budgets``


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user imposes on one measure."""

    mandatory: bool = False
    excluded: bool = False
    start_month: int | None = None  # exact start asked for
    not_before: int | None = None
    deadline: int | None = None  # must be finished before this month (exclusive)
    reason: str = ""


# Both are estimates of the Carène project, to be changed in the problem: a level beyond what is aimed at is worth
# little, and 400 € is the order of magnitude of a day of hospital staff, charges included.
BEYOND_TARGET = 0.25
DAY_RATE = 400.0


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be planned.

    A step on a criterion absent from ``levels`` does not concern the establishment and has no effect. A prerequisite is
    met when it is done, or when all that it would raise is already there or does not concern the establishment.
    """

    start: dt.date  # first day of a month
    months: int  # horizon, 12 to 60
    budgets: Mapping[int, float]  # calendar year → euros; an absent year has none
    capacity: Mapping[str, Sequence[float]]  # skill → person-days available in each quarter; absent skill = not limited
    candidates: tuple[Candidate, ...]
    levels: Mapping[str, int]  # current level of each criterion
    targets: Mapping[str, int]
    weights: Mapping[str, float]  # value of one level of this criterion during the whole horizon
    wishes: Mapping[str, Wish] = field(default_factory=dict)
    done: frozenset[str] = frozenset()  # measures already carried out: prerequisites are met, nothing to plan
    beyond_target: float = BEYOND_TARGET  # what a level above the target is worth, 1 = as much as one below
    day_rate: float = DAY_RATE  # euros for one person-day, to weigh work against money
    labels: Mapping[str, str] = field(default_factory=dict)  # French names of skills and criteria; absent = the id
    notes: tuple[str, ...] = ()  # French sentences: what was assumed to write this problem
    unanswered: tuple[str, ...] = ()  # criteria not evaluated: no measure is planned for them alone
    # Criterion → value of each level held during the whole horizon, index = the level it is climbed from; a level
    # beyond the last one is worth nothing. None: weights, targets and ``beyond_target`` say it.
    level_values: Mapping[str, tuple[float, ...]] | None = None
    objective: Objective = "maturity"
    unit: str = "points"  # of every value, in French
    calendar: Mapping[int, float] = field(
        default_factory=dict
    )  # month of the year 1–12 → share of the teams; absent = 1
    exclusive: tuple[tuple[str, ...], ...] = ()  # of each group one measure at most; what is done counts
    # Further purses, that pay for the candidates that name them: name → calendar year → euros, absent years have none.
    purses: Mapping[str, Mapping[int, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedAction:
    measure: str
    start_month: int
    end_month: int  # exclusive: in service from this month on
    start: dt.date
    end: dt.date  # last day of work
    investment: float
    yearly: float
    cost: float  # everything it costs inside the horizon
    cost_by_year: Mapping[int, float]
    person_days: Mapping[str, float]
    raises: tuple[Step, ...]  # the steps that really change something in this plan: start = level before
    value: float
    reason: str  # French: why it is here, at this moment


@dataclass(frozen=True, slots=True)
class LeftOut:
    measure: str
    code: LeftOutCode
    reason: str  # French sentence, with its figures
    brief: str = ""  # the same in one line, for lists; empty when the reason is its own summary

    @property
    def short(self) -> str:
        return self.brief or self.reason


@dataclass(frozen=True, slots=True)
class YearBudget:
    """Euros of one calendar year, of all purses together or of the one that is named."""

    year: int
    budget: float
    spent: float
    purse: str = ""


@dataclass(frozen=True, slots=True)
class QuarterLoad:
    """Person-days used and available (None = not limited) for one skill in one quarter."""

    skill: str
    quarter: int
    used: float
    available: float | None


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage of the optimisation left: the value of the best plan, and what no plan can exceed if known."""

    name: str  # French
    value: float
    bound: float | None = None


@dataclass(frozen=True)
class Plan:
    """``bound``: no plan of this problem is worth more (None: not computed). ``gap``: how far below it this plan may be
    at most, share of the bound. ``seed`` and ``steps`` find the same plan again when ``steps`` is not None."""

    problem: Problem
    actions: tuple[PlannedAction, ...]  # by start, then id
    left_out: tuple[LeftOut, ...]
    years: tuple[YearBudget, ...]
    levels: tuple[Mapping[str, int], ...]  # at the end of each quarter; index 0 = before the plan
    loads: tuple[QuarterLoad, ...]
    value: float
    method: str  # French: how this plan was found
    unmet: tuple[str, ...] = ()  # French sentences: mandatory or deadline wishes that could not be honoured
    bound: float | None = None
    gap: float | None = None
    unit: str = "points"
    trail: tuple[Stage, ...] = ()
    seed: int = 0
    steps: int | None = None
    purses: tuple[YearBudget, ...] = ()  # of each purse of the problem, by name then year; ``years`` sums them all
