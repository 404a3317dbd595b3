# SPDX-License-Identifier: EUPL-1.2
"""What a measure takes, and when: euros by calendar year, person-days by skill and period.

A team smooths its work over a quarter: it may do more one month and less the next. A month of which the calendar takes
a part is held to by itself besides: nobody does in August what only those who are there could do.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from carene.engines.months import add_months
from carene.engines.planner.model import Candidate, Problem

SINGLE = ""  # name of the purse that ``Problem.budgets`` fills

Period = tuple[int, int]  # months of the problem, half open: a quarter, or one short month
Slot = tuple[str, Period]  # a skill in a period
Work = tuple[tuple[Period, float], ...]  # parts of a work in each period


@dataclass(frozen=True, slots=True)
class Grid:
    """Months of the problem set on calendar years and quarters."""

    start: dt.date
    months: int

    @property
    def years(self) -> range:
        """Calendar years that the horizon touches."""
        return range(self.start.year, self.day(self.months - 1).year + 1)

    @property
    def quarters(self) -> int:
        return math.ceil(self.months / 3)

    def day(self, month: int) -> dt.date:
        """First day of a month of the problem."""
        return add_months(self.start, month)

    def last_day(self, month: int) -> dt.date:
        """Last day of the work of a measure that ends before ``month``."""
        return self.day(month) - dt.timedelta(days=1)

    def months_of_year(self, year: int) -> tuple[int, int]:
        """First month of the horizon in this year, and first one after it."""
        january = (year - self.start.year) * 12 - (self.start.month - 1)
        return max(0, january), min(self.months, january + 12)

    def months_of_quarter(self, quarter: int) -> Period:
        return quarter * 3, min(self.months, quarter * 3 + 3)

    def every_quarter(self) -> list[Period]:
        return [self.months_of_quarter(quarter) for quarter in range(self.quarters)]

    def presence(self, calendar: Mapping[int, float], first: int, after: int) -> list[float]:
        """Share of the teams that is there in each of these months."""
        return [calendar.get((self.start.month - 1 + month) % 12 + 1, 1.0) for month in range(first, after)]


@dataclass(frozen=True, slots=True)
class Footprint:
    """Sparse: only what is not zero. ``money`` by rank (see ``Purses``), ``days`` by slot, those of a short month in
    its own and in its quarter's."""

    money: tuple[tuple[int, float], ...]
    days: tuple[tuple[Slot, float], ...]
    total: float


@dataclass(frozen=True, slots=True)
class Purses:
    """Ranks of the money: those of the years of the single purse, whose name is empty, then of each other by name."""

    names: tuple[str, ...]
    years: range

    @classmethod
    def of(cls, problem: Problem, grid: Grid) -> Purses:
        return cls((SINGLE, *sorted(problem.purses)), grid.years)

    def year(self, rank: int) -> int:
        return self.years[rank % len(self.years)]

    def name(self, rank: int) -> str:
        return self.names[rank // len(self.years)]

    def shares(self, candidate: Candidate) -> Iterator[tuple[int, float]]:
        """(rank of the first year of a purse, share of the money of the candidate that it pays)."""
        for position, name in enumerate(self.names):
            share = candidate.payers.get(name, 0.0) if candidate.payers else float(name == SINGLE)
            if share:
                yield position * len(self.years), share

    def budgets(self, problem: Problem) -> list[float]:
        """Euros by rank, 0 for a year that has no budget."""
        owned = [problem.budgets, *(problem.purses[name] for name in self.names[1:])]
        return [float(budgets.get(year, 0.0)) for budgets in owned for year in self.years]


def spread(grid: Grid, calendar: Mapping[int, float], begins: int, months: int) -> Work:
    """Parts of a work of so many months that are done in each quarter and in each short month."""
    ends = min(begins + months, grid.months)
    there = grid.presence(calendar, begins, ends)
    whole = sum(there)
    found: dict[Period, float] = {}
    for month, present in zip(range(begins, ends), there, strict=True):
        share = present / whole if whole else 1 / len(there)  # where nobody is there, no month takes it
        quarter = grid.months_of_quarter(month // 3)
        found[quarter] = found.get(quarter, 0.0) + share
        if present < 1 and (month, month + 1) != quarter:  # the last quarter may be one month
            found[month, month + 1] = share
    return tuple(found.items())


def footprint(grid: Grid, purses: Purses, candidate: Candidate, begins: int, work: Work = ()) -> Footprint:
    """Investment spread evenly over the months of work, yearly cost by month from the end to the horizon; ``work`` as
    ``spread`` gives it, for those who ask for the days too."""
    ends = begins + candidate.months
    amounts = []
    for rank, year in enumerate(grid.years):
        first, after = grid.months_of_year(year)
        amount = candidate.investment * _overlap(begins, ends, first, after) / candidate.months
        amount += candidate.yearly * _overlap(ends, grid.months, first, after) / 12
        if amount:
            amounts.append((rank, amount))
    money = [(first + rank, amount * share) for first, share in purses.shares(candidate) for rank, amount in amounts]
    days = [
        ((skill, period), effort * share)
        for period, share in work
        for skill, effort in candidate.effort.items()
        if effort
    ]
    return Footprint(tuple(money), tuple(days), sum(amount for _, amount in amounts))


def capacities_of(problem: Problem, grid: Grid) -> Mapping[Slot, float]:
    """Person-days of each slot, the calendar taken off; a skill that is absent is not limited."""
    found: dict[Slot, float] = {}
    for quarter, (first, after) in enumerate(grid.every_quarter()):
        there = grid.presence(problem.calendar, first, after)
        for skill, given in problem.capacity.items():
            ordinary = float(given[quarter]) / (after - first)
            found[skill, (first, after)] = ordinary * sum(there)
            for month, present in enumerate(there, first):
                if present < 1:
                    found[skill, (month, month + 1)] = ordinary * present
    return found


def _overlap(first: int, after: int, low: int, high: int) -> int:
    """Months shared by two half-open intervals."""
    return max(0, min(after, high) - max(first, low))
