# SPDX-License-Identifier: EUPL-1.2
"""How the level of one criterion moves under the measures of a plan, and what that is worth.

A step takes effect when its measure ends, provided that the criterion stood at the starting level of the step when the
work began. Criteria do not act on each other: the value of a plan is the sum of the values of its criteria.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from carene.engines.planner.model import Problem


class Entry(NamedTuple):
    """One step of a scheduled measure. ``begins``: month when the work begins; ``ends``: first month in service."""

    begins: int
    ends: int
    start: int
    end: int
    measure: str


class Change(NamedTuple):
    """The level goes from ``before`` to ``after`` in ``month``, thanks to ``measure``."""

    month: int
    before: int
    after: int
    measure: str


def changes(base: int, entries: Sequence[Entry]) -> list[Change]:
    """What really moves from level ``base`` on, by month.

    When several measures end in the same month, the highest level wins and the others change nothing.
    """
    effective: list[tuple[int, int, str]] = []
    for entry in sorted(entries):
        standing = max((level for month, level, _ in effective if month <= entry.begins), default=base)
        if entry.start <= max(base, standing):
            effective.append((entry.ends, entry.end, entry.measure))
    found = []
    level = base
    for month, end, measure in sorted(effective, key=lambda item: (item[0], -item[1], item[2])):
        if end > level:
            found.append(Change(month, level, end, measure))
            level = end
    return found


def level_at(base: int, moves: Sequence[Change], month: int) -> int:
    """Level at the beginning of a month."""
    return max((move.after for move in moves if move.month <= month), default=base)


def month_of_level(base: int, moves: Sequence[Change], level: int) -> int | None:
    """First month at which the criterion stands at ``level``; None when it never does."""
    if base >= level:
        return 0
    return next((move.month for move in moves if move.after >= level), None)


def worths(problem: Problem, criterion: str, top: int) -> tuple[float, ...]:
    """Value of standing at each level from 0 to ``top`` during the whole horizon, counted from level 0.

    From ``Problem.level_values`` when there are; else the weight of the criterion for each level, in full up to the
    target and at ``Problem.beyond_target`` above it (all in full without a target).
    """
    found = [0.0]
    target, weight = problem.targets.get(criterion), problem.weights.get(criterion, 0.0)
    given = None if problem.level_values is None else problem.level_values.get(criterion, ())
    for level in range(top):
        if given is not None:
            step = given[level] if level < len(given) else 0.0
        else:
            step = weight * (1.0 if target is None or level < target else problem.beyond_target)
        found.append(found[-1] + step)
    return tuple(found)
