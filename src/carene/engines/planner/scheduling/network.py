# SPDX-License-Identifier: EUPL-1.2
"""A project as numbers, ready for many schedules a second.

The free capacities of one period are packed in one integer: a field for each resource, each with a guard bit above it.
Taking the packed demand away clears the guard of every resource that lacks, so that one subtraction and one mask say
whether a whole period can take an activity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from carene.engines.planner.scheduling.model import Project, Schedule

NEVER = 1 << 40  # a date that nothing reaches
LEFT_OUT = -1  # start of an optional activity that is not scheduled


@dataclass(frozen=True, slots=True)
class Network:
    """Activities are ranks in the project's order; every list below has one entry for each."""

    ids: tuple[str, ...]
    duration: list[int]
    need: list[int]  # packed demand; 0 when no shared resource is used
    before: list[list[int]]
    after: list[list[int]]
    order: list[int]  # a topological order
    rank: list[int]  # place in that order
    head: list[int]  # no start is earlier: release dates, predecessors, calendars
    tail: list[int]  # periods between the end and the end of the project, at least
    due: list[int]  # no end may be later; NEVER without a limit
    optional: list[bool]
    free: list[int]  # packed capacity in each period, guards set; long enough for any schedule
    guard: int
    demands: list[list[int]]  # [resource][activity]
    capacities: list[list[int]]  # [resource][period], as long as ``free``
    plain: bool  # neither optional activities nor latest ends

    @property
    def unit(self) -> int:
        """What one activity left out costs: more than any makespan."""
        return len(self.free) + 1

    def cost(self, starts: Sequence[int]) -> int:
        """One number to compare schedules: periods late, then activities left out, then makespan."""
        if self.plain:
            return self.makespan(starts)
        late = sum(max(0, s + d - due) for s, d, due in zip(starts, self.duration, self.due, strict=True) if s >= 0)
        return (late * (len(self.ids) + 1) + sum(s < 0 for s in starts)) * self.unit + self.makespan(starts)

    def makespan(self, starts: Sequence[int]) -> int:
        return max((s + d for s, d in zip(starts, self.duration, strict=True) if s >= 0), default=0)

    def complete(self, cost: int) -> bool:
        """Nothing late, nothing left out: the cost is the makespan."""
        return cost <= len(self.free)

    def schedule(self, starts: Sequence[int]) -> Schedule:
        late = {
            key: s + d - due
            for key, s, d, due in zip(self.ids, starts, self.duration, self.due, strict=True)
            if s + d > due
        }
        return Schedule(
            starts={key: s for key, s in zip(self.ids, starts, strict=True) if s >= 0},
            makespan=self.makespan(starts),
            left_out=tuple(key for key, s in zip(self.ids, starts, strict=True) if s < 0),
            late=late,
        )


def compile_network(project: Project) -> Network:
    """Numbers of a project that ``check_project`` accepted."""
    activities = project.activities
    ids = tuple(activity.id for activity in activities)
    place = {key: rank for rank, key in enumerate(ids)}
    before: list[list[int]] = [[] for _ in ids]
    after: list[list[int]] = [[] for _ in ids]
    for first, second in dict.fromkeys(project.precedences):
        before[place[second]].append(place[first])
        after[place[first]].append(place[second])
    order = topological(before, after)
    duration = [activity.duration for activity in activities]
    length = (project.horizon or 0) + max((a.earliest_start for a in activities), default=0) + sum(duration) + 1
    demands, capacities = _resources(project, length)
    packing = _Packing(capacities)
    optional = [activity.optional for activity in activities]
    for rank in reversed(order):
        optional[rank] = optional[rank] and all(optional[follower] for follower in after[rank])
    limit = NEVER if project.horizon is None else project.horizon
    own = [min(limit, NEVER if a.latest_end is None else a.latest_end) for a in activities]
    tail = [0] * len(ids)
    due = list(own)
    for rank in reversed(order):
        for follower in after[rank]:
            tail[rank] = max(tail[rank], tail[follower] + duration[follower])
    network = Network(
        ids=ids,
        duration=duration,
        need=[packing.pack([row[rank] for row in demands]) if duration[rank] else 0 for rank in range(len(ids))],
        before=before,
        after=after,
        order=order,
        rank=[0] * len(ids),
        head=[activity.earliest_start for activity in activities],
        tail=tail,
        due=due,
        optional=optional,
        free=[packing.guard + packing.pack([row[period] for row in capacities]) for period in range(length)],
        guard=packing.guard,
        demands=demands,
        capacities=capacities,
        plain=not any(optional) and all(end == NEVER for end in due),
    )
    for position, rank in enumerate(order):
        network.rank[rank] = position
    _raise_heads(network)
    return network


def topological(before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> list[int]:
    """An order where predecessors come first; shorter than the activities when there is a cycle."""
    waiting = [len(needed) for needed in before]
    ready = [rank for rank, count in enumerate(waiting) if not count]
    for rank in ready:  # grows while it is read
        for follower in after[rank]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return ready


def first_fit(network: Network, free: Sequence[int], rank: int, earliest: int) -> int:
    """First start from ``earliest`` on where the activity fits in ``free``."""
    duration, need, guard = network.duration[rank], network.need[rank], network.guard
    if not need:
        return earliest
    missing, period = duration, earliest
    for period in range(earliest, len(free)):
        if (free[period] - need) & guard == guard:
            missing -= 1
            if not missing:
                break
        else:
            missing = duration
    return period + 1 - duration


def _raise_heads(network: Network) -> None:
    head = network.head
    for rank in network.order:
        earliest = max([head[rank], *(head[p] + network.duration[p] for p in network.before[rank])])
        head[rank] = first_fit(network, network.free, rank, earliest)


def _resources(project: Project, length: int) -> tuple[list[list[int]], list[list[int]]]:
    """Demands and capacities of the resources that can run short; beyond the horizon, as in the best period."""
    demands, capacities = [], []
    for name, given in project.capacity.items():
        row = [activity.demand.get(name, 0) if activity.duration else 0 for activity in project.activities]
        if isinstance(given, int):
            periods = [given] * length
        else:
            known = list(given[: project.horizon])
            periods = known + [max(known, default=0)] * (length - len(known))
        if sum(row) > min(periods):
            demands.append(row)
            capacities.append(periods)
    return demands, capacities


class _Packing:
    def __init__(self, capacities: Sequence[Sequence[int]]) -> None:
        self.shifts: list[int] = []
        self.guard = 0
        position = 0
        for row in capacities:
            self.shifts.append(position)
            position += max(row).bit_length()
            self.guard |= 1 << position
            position += 1

    def pack(self, amounts: Sequence[int]) -> int:
        return sum(amount << shift for amount, shift in zip(amounts, self.shifts, strict=True))
