# SPDX-License-Identifier: EUPL-1.2
"""What a plan takes away from the risk, year after year, in the same simulated worlds. Pure: no Django."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from carene.engines.months import add_months
from carene.engines.planner.model import Plan
from carene.engines.simulation.comparing import Comparison, compare
from carene.engines.simulation.outcome import Outcome

Levels = Mapping[str, int | None]


@dataclass(frozen=True)
class Moment:
    """Where a plan leads on one day. ``saved``: attack, and « total » → what it takes away a year from today's risk;
    ``raised``: criteria that stand higher than today."""

    on: dt.date | None  # None: today
    outcome: Outcome
    saved: Mapping[str, Comparison]
    raised: int


def along(plan: Plan, levels: Levels, day: dt.date, outcome: Callable[[Levels], Outcome]) -> tuple[Moment, ...]:
    """``day`` (today), the end of each calendar year of the plan that is still to come, and its end.

    ``outcome`` simulates levels, always in the same worlds.
    """
    today = outcome(levels)
    found = [Moment(None, today, compare(today, today), 0)]
    *years, last = _ends(plan)
    for end, quarter in (*(year for year in years if year[0] > day), last):
        reached = after(levels, plan, quarter)
        then = outcome(reached)
        raised = sum(1 for key, level in reached.items() if level != levels[key])
        found.append(Moment(end, then, compare(today, then), raised))
    return tuple(found)


def after(levels: Levels, plan: Plan, quarter: int) -> Levels:
    """Levels at the end of a quarter of the plan, never lower than today's: the plan adds what it raises."""
    before, then = plan.levels[0], plan.levels[quarter]
    raised = {key: level for key, level in then.items() if level > before.get(key, level)}
    return {key: max(level or 0, raised[key]) if key in raised else level for key, level in levels.items()}


def _ends(plan: Plan) -> list[tuple[dt.date, int]]:
    """Last day of each calendar year of the plan, and of the plan itself, with the quarter that ends then."""
    start, months = plan.problem.start, plan.problem.months
    last: dict[int, tuple[dt.date, int]] = {}
    for quarter in range(1, len(plan.levels)):
        day = add_months(start, min(3 * quarter, months)) - dt.timedelta(days=1)
        last[day.year] = (day, quarter)
    return list(last.values())
