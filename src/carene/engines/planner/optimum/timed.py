# SPDX-License-Identifier: EUPL-1.2
"""The problem month by month, in 0/1 columns and linear rows: what the solvers read.

Columns
  X[i, k]     the measure i has begun by the last month of its k-th bucket of months
  Y[s, k]     the step s, that stands on a rung above today's level, has begun so *and* with effect
  Z[c, l, m]  the criterion c stands at level l by month m
Rows (each « sum ≤ limit »)
  X and Y only rise with k; Y[k] − Y[k−1] ≤ X[k] − X[k−1]; Y[s, k] ≤ Z[c, start of s, last month of k]
  Z[c, l, m] ≤ sum of X or Y of the steps that lead to l or above, begun by m − duration
  X[i, k] ≤ X[j, …] begun a duration of j before, when i requires j; one measure at most of an exclusive group
  for each year, each (skill, quarter) and each (skill, short month), what is taken ≤ what there is.

With buckets of one month, the 0/1 points are exactly the plans of the problem, and the objective their value: a measure
whose level was reached by another of the same criterion gains nothing, since Z counts each level once. A Z whose level
one step alone can bring is that step's column itself.

With wider buckets the model is a relaxation: send a plan to the columns of its own months. A measure begun inside a
bucket is counted as ending as early as if begun in its first month (Z, precedences: the month that a row asks for is
replaced by the last one of its bucket, where X is at least as large), and takes from each year, quarter and short
month the least that it takes for any month of the bucket. So every plan is a feasible point, worth at least as much:
the optimum, of the 0/1 model or of its linear relaxation, is a bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from carene.engines.planner.footprint import Period
from carene.engines.planner.optimum.packed import Packed

Column = int
_Scarce = tuple[str, Period, int]  # as in ``Resource``
_NO_PERIOD = (0, 0)


@dataclass(slots=True)
class Row:
    columns: list[Column]
    factors: list[float]
    limit: float


@dataclass(slots=True)
class Resource:
    """A row of ``Timed`` that limits what there is: money (skill empty) by its rank, or a skill in a period."""

    row: int
    skill: str
    period: Period
    rank: int


@dataclass
class Timed:
    """``lower``: columns that must be 1 have 1; ``groups``: buckets (first, last month) of each measure present."""

    packed: Packed
    value: list[float] = field(default_factory=list)  # of each column
    lower: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    buckets: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    begun: dict[int, list[Column]] = field(default_factory=dict)

    def by(self, i: int, month: int) -> Column | None:
        """Column « begun by this month » (or a little later: the end of its bucket); None when it cannot have."""
        found = None
        for (first, _), column in zip(self.buckets[i], self.begun[i], strict=True):
            if first > month:
                break
            found = column
        return found

    def starts(self, point: Sequence[float]) -> dict[int, int]:
        """Measure → first month of its bucket, for the measures begun in a 0/1 point."""
        found = {}
        for i, columns in self.begun.items():
            for (first, _), column in zip(self.buckets[i], columns, strict=True):
                if point[column] > 0.5:
                    found[i] = first
                    break
        return found

    def point(self, starts: Mapping[int, int] | Sequence[int]) -> dict[Column, int]:
        """The columns X of a plan."""
        found = {}
        for i, columns in self.begun.items():
            begins = starts[i]
            for (_, last), column in zip(self.buckets[i], columns, strict=True):
                found[column] = int(0 <= begins <= last)
        return found


def timed(
    packed: Packed,
    windows: Mapping[int, tuple[int, int]],
    must: frozenset[int],
    width: int = 1,
    *,
    every: bool = True,
) -> Timed:
    """``windows``: months between which each measure may begin; the others are left out. ``must``: have to be there.

    Without ``every``, the criteria that only measures that cannot move raise are not counted in the value.
    """
    builder = _Builder(packed, windows, must, width)
    return builder.build(every)


class _Builder:
    def __init__(
        self, packed: Packed, windows: Mapping[int, tuple[int, int]], must: frozenset[int], width: int
    ) -> None:
        self.packed, self.windows, self.must, self.width = packed, windows, must, width
        self.model = Timed(packed)
        self.effective: dict[tuple[int, int, int, int], list[Column]] = {}
        self.reached: dict[tuple[int, int], list[Column | None]] = {}

    def build(self, every: bool) -> Timed:
        for i in self.windows:
            self._measure(i)
        for i in self.windows:
            self._needs(i)
        self._rivals()
        free = {i for i, (first, last) in self.windows.items() if i not in self.must or first < last}
        for criterion, raisers in enumerate(self.packed.raisers):
            if every or any(i in free for _, _, i in raisers):  # the value of the others does not change
                self._criterion(criterion)
        self._resources()
        return self.model

    def _column(self, value: float = 0.0, lower: int = 0) -> Column:
        self.model.value.append(value)
        self.model.lower.append(lower)
        return len(self.model.value) - 1

    def _row(self, terms: Sequence[tuple[Column | None, float]], limit: float) -> int:
        kept: dict[Column, float] = {}
        for column, factor in terms:
            if column is not None:
                kept[column] = kept.get(column, 0.0) + factor
        self.model.rows.append(Row(list(kept), list(kept.values()), limit))
        return len(self.model.rows) - 1

    def _measure(self, i: int) -> None:
        first, last = self.windows[i]
        firsts = range(first, last + 1, self.width)
        self.model.buckets[i] = [(month, min(last, month + self.width - 1)) for month in firsts]
        columns = [self._column() for _ in self.model.buckets[i]]
        if i in self.must and columns:
            self.model.lower[columns[-1]] = 1
        self.model.begun[i] = columns
        for early, late in pairwise(columns):
            self._row([(early, 1.0), (late, -1.0)], 0.0)

    def _needs(self, i: int) -> None:
        for required in self.packed.needs[i]:
            if required not in self.windows:
                self._row([(self.model.begun[i][-1], 1.0)], 0.0)  # left out: so is what waits for it
                continue
            duration = self.packed.duration[required]
            latest: dict[Column | None, Column] = {}  # X only rises: one row for all that wait for the same column
            for (_, last), column in zip(self.model.buckets[i], self.model.begun[i], strict=True):
                latest[self.model.by(required, last - duration)] = column
            for before, column in latest.items():
                self._row([(column, 1.0), (before, -1.0)], 0.0)

    def _rivals(self) -> None:
        rank = {key: i for i, key in enumerate(self.packed.keys)}
        for group in self.packed.catalogue.problem.exclusive:
            members = [rank[key] for key in dict.fromkeys(group) if key in rank and rank[key] in self.windows]
            if len(members) > 1:
                self._row([(self.model.begun[i][-1], 1.0) for i in members], 1.0)

    # Levels -----------------------------------------------------------------------------------------------------------

    def _criterion(self, criterion: int) -> None:
        packed = self.packed
        base, worth = packed.base[criterion], packed.worth[criterion]
        steps = [step for step in packed.raisers[criterion] if step[2] in self.windows and step[1] > base]
        rungs = {start for start, _, _ in steps if start > base}
        top = max((end for _, end, _ in steps), default=base)
        for start, end, i in steps:  # Y first: Z of the rungs below them refer to one another
            if start > base:
                self._effective(criterion, start, end, i)
        for level in range(base + 1, top + 1):
            each = (worth[level] - worth[level - 1]) / packed.months
            if each > 0 or level in rungs:
                self._level(criterion, level, each, steps)
        for start, end, i in steps:
            if start > base:
                self._stand(criterion, start, end, i)

    def _effective(self, criterion: int, start: int, end: int, i: int) -> None:
        begun = self.model.begun[i]
        columns = [self._column() for _ in begun]
        self.effective[criterion, start, end, i] = columns
        for k, column in enumerate(columns):
            before: list[tuple[Column | None, float]] = []
            if k:
                before = [(columns[k - 1], -1.0), (begun[k - 1], 1.0)]
                self._row([(columns[k - 1], 1.0), (column, -1.0)], 0.0)
            self._row([(column, 1.0), (begun[k], -1.0), *before], 0.0)

    def _by(self, criterion: int, start: int, end: int, i: int, month: int) -> Column | None:
        """Column « begun with effect by this month »."""
        column = self.model.by(i, month)
        if column is None or start <= self.packed.base[criterion]:
            return column
        return self.effective[criterion, start, end, i][self.model.begun[i].index(column)]

    def _level(self, criterion: int, level: int, each: float, steps: Sequence[tuple[int, int, int]]) -> None:
        packed, model = self.packed, self.model
        bringing = [step for step in steps if step[1] >= level]
        found: list[Column | None] = []
        for month in range(packed.months):
            columns = [self._by(criterion, *step, month - packed.duration[step[2]]) for step in bringing]
            present = list(dict.fromkeys(column for column in columns if column is not None))
            if len(present) <= 1:
                found.append(present[0] if present else None)
                if present:
                    model.value[present[0]] += each
                continue
            column = self._column(each)
            self._row([(column, 1.0), *((one, -1.0) for one in present)], 0.0)
            found.append(column)
        self.reached[criterion, level] = found

    def _stand(self, criterion: int, start: int, end: int, i: int) -> None:
        """A step has effect only where its rung is reached when the work begins."""
        rung = self.reached.get((criterion, start), [None] * self.packed.months)  # absent: nothing leads there
        for (_, last), column in zip(self.model.buckets[i], self.effective[criterion, start, end, i], strict=True):
            self._row([(column, 1.0), (rung[last], -1.0)], 0.0)

    # Resources --------------------------------------------------------------------------------------------------------

    def _resources(self) -> None:
        catalogue = self.packed.catalogue
        terms: dict[_Scarce, list[tuple[Column | None, float]]] = {}
        most: dict[_Scarce, float] = {}
        for i in self.windows:
            taken = [self._taken(i, first, last) for first, last in self.model.buckets[i]]
            for slot in dict.fromkeys(slot for one in taken for slot in one):
                amounts = [one.get(slot, 0.0) for one in taken] + [0.0]
                most[slot] = most.get(slot, 0.0) + max(amounts)
                row = terms.setdefault(slot, [])
                for k, column in enumerate(self.model.begun[i]):
                    if amounts[k] != amounts[k + 1]:
                        row.append((column, amounts[k] - amounts[k + 1]))
        for slot, row in sorted(terms.items()):
            skill, period, rank = slot
            limit = catalogue.capacity.get((skill, period)) if skill else catalogue.budgets[rank]
            if limit is not None and most[slot] > limit:
                self.model.resources.append(Resource(self._row(row, limit), *slot))

    def _taken(self, i: int, first: int, last: int) -> dict[_Scarce, float]:
        """The least taken from each year and period by a start in these months."""
        catalogue, key = self.packed.catalogue, self.packed.keys[i]
        least: dict[_Scarce, float] | None = None
        for month in range(first, last + 1):
            footprint = catalogue.footprint(key, month)
            one: dict[_Scarce, float] = {("", _NO_PERIOD, rank): amount for rank, amount in footprint.money}
            one |= {(skill, period, 0): days for (skill, period), days in footprint.days}
            if least is None:
                least = one
            else:
                least = {slot: min(amount, one[slot]) for slot, amount in least.items() if slot in one}
        return least or {}
