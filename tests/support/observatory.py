# SPDX-License-Identifier: EUPL-1.2
"""The plain formula: what the figures should be, from the raw observations, a value at a time."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from carene.engines.observatory.model import Figure
from carene.engines.observatory.strata import WHOLE, Unit


@dataclass(frozen=True)
class Seen:
    node: int
    indicator: str
    day: dt.date
    value: float


@dataclass(frozen=True)
class Plain:
    population: int
    answered: int
    value: float | None
    at_target: int | None
    spread: tuple[float, ...]  # minimum, quartiles, maximum; empty without a value
    oldest: dt.date | None


def _month(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def standing(seen: Iterable[Seen], figure: Figure, indicator: str, node: int, month: int) -> Seen | None:
    """The last one made by then, if it is still worth something and makes sense."""
    mine = [one for one in seen if one.node == node and one.indicator == indicator and _month(one.day) <= month]
    last = max(mine, key=lambda one: one.day, default=None)
    if last is None or month - _month(last.day) >= figure.validity_months:
        return None
    low = -math.inf if figure.minimum is None else figure.minimum
    high = math.inf if figure.maximum is None else figure.maximum
    return last if low <= last.value <= high else None


def _keys(unit: Unit) -> list[tuple[int, str]]:
    found = [(unit.ght, WHOLE)]
    for area in (unit.nation, unit.region):
        found += [(area, WHOLE), (area, f"t:{unit.type}"), (area, f"s:{unit.type}:{unit.size}")]
        if unit.department:
            found.append((area, f"d:{unit.department}"))
    return [(area, name) for area, name in found if area is not None]


def plain(figure: Figure, month: int, units: Iterable[Unit], seen: Iterable[Seen]) -> Mapping[tuple[int, str], Plain]:
    """Area and stratum → what the figure says; those where nobody answered are only there for whole areas."""
    seen = list(seen)
    groups: dict[tuple[int, str], list[Unit]] = defaultdict(list)
    for unit in units:
        if figure.population.accepts(unit.kind, unit.type, unit.ght_role):
            for key in _keys(unit):
                groups[key].append(unit)
    found = {key: _cell(figure, month, members, seen) for key, members in groups.items()}
    return {key: cell for key, cell in found.items() if cell.answered or key[1] == WHOLE}


def _cell(figure: Figure, month: int, members: list[Unit], seen: list[Seen]) -> Plain:
    formula = figure.formula
    own: list[float] = []
    pairs: list[tuple[float, float]] = []
    days: list[dt.date] = []
    for unit in members:
        first = standing(seen, figure, formula.of, unit.node, month)
        second = standing(seen, figure, formula.over, unit.node, month) if formula.over else first
        if first is None or second is None:
            continue
        days.append(min(first.day, second.day))
        if formula.kind == "ratio":
            pairs.append((first.value * formula.factor, second.value))
            own += [first.value * formula.factor / second.value] if second.value else []
            continue
        own.append(first.value)
        weight = 1.0 if figure.weighting == "count" else unit.activity
        if formula.kind == "sum":
            pairs.append((first.value, 1.0))
        elif weight is not None:
            good = first.value >= formula.threshold if formula.op == ">=" else first.value <= formula.threshold
            pairs.append((weight * ((100.0 if good else 0.0) if formula.kind == "share" else first.value), weight))
    above, below = math.fsum(a for a, _ in pairs), math.fsum(b for _, b in pairs)
    value = None if not days else above if formula.kind == "sum" else above / below if below else None
    goal = figure.goal
    reached = None if goal is None else sum(goal.met(one) for one in own)
    return Plain(len(members), len(days), value, reached, _spread(sorted(own)), min(days, default=None))


def _spread(own: list[float]) -> tuple[float, ...]:
    if not own:
        return ()

    def quantile(share: float) -> float:
        place = share * (len(own) - 1)
        low = math.floor(place)
        return own[low] + (own[min(low + 1, len(own) - 1)] - own[low]) * (place - low)

    return (own[0], quantile(0.25), quantile(0.5), quantile(0.75), own[-1])
