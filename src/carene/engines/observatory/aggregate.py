# SPDX-License-Identifier: EUPL-1.2
"""One figure, one month, every group at once: values are sorted once, then dealt out to each grouping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carene.engines.observatory.calendar import month_of
from carene.engines.observatory.model import Figure
from carene.engines.observatory.units import NONE, Grouping, Ids, Units

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
QUARTILES = (0.25, 0.5, 0.75)
NEVER = np.iinfo(np.int32).max


class Values(NamedTuple):
    """What stands for each unit of a month: parallel columns. ``month``: number of the month of its observation;
    ``day``: its date as an ordinal."""

    node: Ids
    value: Floats
    day: NDArray[np.int32]


class Cell(NamedTuple):
    """What a group says. ``value`` and what follows are None where there is nothing to compute them from; ``weight``
    is what the value was divided by; ``oldest`` is an ordinal; ``at_target`` None without a goal."""

    area: int
    stratum: str
    population: int
    answered: int
    weight: float
    value: float | None
    at_target: int | None
    minimum: float | None
    q1: float | None
    median: float | None
    q3: float | None
    maximum: float | None
    oldest: int | None


class _Column(NamedTuple):
    """One row a unit: ``there`` says whether it answered; ``own`` is its value, NaN where it cannot be computed."""

    there: Mask
    own: Floats
    above: Floats  # numerator and denominator of what it brings to its groups
    below: Floats
    day: NDArray[np.int32]


def cells(figure: Figure, month: int, values: Mapping[str, Values], units: Units) -> list[Cell]:
    """Every group that has somebody to count. ``values`` holds what the formula reads, at most one a unit; values of
    units that do not count, out of bounds or expired are left out."""
    counted = units.of(figure.population)
    column = _column(figure, month, values, units, counted)
    rows = np.flatnonzero(column.there)
    # Units without a value come last (NaN); ties in the order of the nodes: the same data give the same floats.
    rows = rows[np.argsort(column.own[rows], kind="stable")]
    found: list[Cell] = []
    for grouping in units.groupings:
        found += _dealt(figure, grouping, column, rows, counted)
    return found


def _column(figure: Figure, month: int, values: Mapping[str, Values], units: Units, counted: Mask) -> _Column:
    formula = figure.formula
    there, own, day = _dense(figure, month, values.get(formula.of), units)
    if formula.kind == "ratio":
        others, below, other_day = _dense(figure, month, values.get(formula.over), units)
        there &= others & counted
        whole = own * formula.factor
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.where(below != 0, whole / below, np.nan)
        return _Column(there, own, whole, below, np.minimum(day, other_day))
    there &= counted
    if formula.kind == "sum":
        return _Column(there, own, own, np.ones(len(units)), day)
    said = own
    if formula.kind == "share":
        reached = own >= formula.threshold if formula.op == ">=" else own <= formula.threshold
        said = np.where(reached, 100.0, 0.0)
    weight = units.activity if figure.weighting == "activity" else np.ones(len(units))
    known = ~np.isnan(weight)
    return _Column(there, own, np.where(known, said * weight, 0.0), np.where(known, weight, 0.0), day)


def _dense(figure: Figure, month: int, values: Values | None, units: Units) -> tuple[Mask, Floats, NDArray[np.int32]]:
    """One row a unit; what is not of a unit, out of bounds or expired is left out."""
    there, own = np.zeros(len(units), bool), np.full(len(units), np.nan)
    day = np.full(len(units), NEVER, np.int32)
    if values is None or not len(units):
        return there, own, day
    place = np.minimum(np.searchsorted(units.node, values.node), len(units) - 1)
    good = (units.node[place] == values.node) & np.isfinite(values.value)
    if figure.minimum is not None:
        good &= values.value >= figure.minimum
    if figure.maximum is not None:
        good &= values.value <= figure.maximum
    good &= _months(values.day) + figure.validity_months > month
    place = place[good]
    there[place], own[place], day[place] = True, values.value[good], values.day[good]
    return there, own, day


def _months(days: NDArray[np.int32]) -> NDArray[np.int64]:
    """Number of the month of each day. There are few days: each is worked out once."""
    import datetime as dt

    distinct, where = np.unique(days, return_inverse=True)
    months = np.fromiter((month_of(dt.date.fromordinal(int(day))) for day in distinct), np.int64, len(distinct))
    return months[where]


def _dealt(figure: Figure, grouping: Grouping, column: _Column, rows: Ids, counted: Mask) -> Iterator[Cell]:
    size = len(grouping.keys)
    groups = grouping.of
    population = np.bincount(groups[counted & (groups != NONE)], minlength=size)
    rows = rows[groups[rows] != NONE]
    rows = rows[np.argsort(groups[rows], kind="stable")]  # by group, then by value
    mine = groups[rows]
    answered = np.bincount(mine, minlength=size)
    above = np.bincount(mine, column.above[rows], size)
    below = np.bincount(mine, column.below[rows], size)
    finite = ~np.isnan(column.own[rows])
    measured = np.bincount(mine[finite], minlength=size)
    reached = _reached(figure, column.own[rows], mine, size)
    starts = np.searchsorted(mine, np.arange(size))
    own, days = column.own[rows], column.day[rows]
    for group in np.flatnonzero(population):
        start, count = int(starts[group]), int(answered[group])
        area, stratum = grouping.keys[group]
        yield Cell(
            area,
            stratum,
            int(population[group]),
            count,
            float(below[group]),
            _value(figure, float(above[group]), float(below[group]), count),
            int(reached[group]) if reached is not None else None,
            *_spread(own[start : start + int(measured[group])]),
            int(days[start : start + count].min()) if count else None,
        )


def _value(figure: Figure, above: float, below: float, count: int) -> float | None:
    """None where nobody answered, or where one would divide by zero."""
    if not count:
        return None
    if figure.formula.kind == "sum":
        return above
    return above / below if below else None


def _reached(figure: Figure, own: Floats, mine: NDArray[np.int32], size: int) -> NDArray[np.int64] | None:
    goal = figure.goal
    if goal is None:
        return None
    with np.errstate(invalid="ignore"):
        good = own >= goal.value if goal.op == ">=" else own <= goal.value
    return np.bincount(mine[good], minlength=size)


def _spread(ordered: Floats) -> tuple[float | None, float | None, float | None, float | None, float | None]:
    """Minimum, quartiles (linear between neighbours), maximum of sorted values."""
    count = len(ordered)
    if not count:
        return None, None, None, None, None
    quartiles = []
    for share in QUARTILES:
        place = share * (count - 1)
        low = int(place)
        high = min(low + 1, count - 1)
        first, last = float(ordered[low]), float(ordered[high])
        quartiles.append(first + (last - first) * (place - low))
    return float(ordered[0]), quartiles[0], quartiles[1], quartiles[2], float(ordered[-1])
