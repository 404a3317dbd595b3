# SPDX-License-Identifier: EUPL-1.2
"""A stretch of a schedule to be arranged anew so that the whole ends one period earlier.

What starts before the stretch stays where it is; what can start after it is put as late as the present makespan allows,
then one period earlier. If the activities between can be arranged in what is left, the schedule is shorter. (The frame
is that of the time-block neighbourhoods of Palpant, Artigues, Michelon 2004.)
"""

from __future__ import annotations

from dataclasses import dataclass

from carene.engines.planner.scheduling.network import Network
from carene.engines.planner.scheduling.serial import Starts, by_start


@dataclass(frozen=True, slots=True)
class Stretch:
    """``inner``: the activities of the stretch, its dates and capacities those that the fixed ones leave."""

    inner: Network
    inside: list[int]
    fixed: Starts
    end: int  # makespan asked for

    def whole(self, starts: Starts) -> Starts:
        """The schedule of everything, from one of the inner network."""
        found = list(self.fixed)
        for rank, start in zip(self.inside, starts, strict=True):
            found[rank] = start
        return found


def cut(network: Network, early: Starts, late: Starts, first: int, size: int) -> Stretch | None:
    """The stretch of ``size`` activities from the one that starts ``first``-th; ``late`` is ``early`` pushed to the
    right. None when what is fixed already contradicts itself, so that nothing can be gained there."""
    order = by_start(network, early)
    before = set(order[:first])
    waiting = sorted(order[first:], key=lambda rank: late[rank])
    inside, after = sorted(waiting[:size]), set(waiting[size:])
    end = network.makespan(early) - 1
    fixed = [early[rank] if rank in before else late[rank] - 1 for rank in range(len(early))]
    head, due = _window(network, fixed, before, after, end)
    if any(head[rank] + lasts > due[rank] for rank, lasts in enumerate(network.duration)):
        return None
    capacities = _left(network, fixed, before | after, end)
    if any(amount < 0 for row in capacities for amount in row):
        return None
    place = {rank: position for position, rank in enumerate(inside)}
    count = len(inside)
    inner = Network(
        ids=tuple(network.ids[rank] for rank in inside),
        duration=[network.duration[rank] for rank in inside],
        need=[0] * count,  # only the solver uses it: nothing is packed
        before=[[place[one] for one in network.before[rank] if one in place] for rank in inside],
        after=[[place[one] for one in network.after[rank] if one in place] for rank in inside],
        order=list(range(count)),
        rank=list(range(count)),
        head=[head[rank] for rank in inside],
        tail=[0] * count,
        due=[due[rank] for rank in inside],
        optional=[False] * count,
        free=[0] * end,
        guard=0,
        demands=[[row[rank] for rank in inside] for row in network.demands],
        capacities=capacities,
        plain=True,
    )
    return Stretch(inner, inside, fixed, end)


def _window(
    network: Network, fixed: Starts, before: set[int], after: set[int], end: int
) -> tuple[list[int], list[int]]:
    """First start and last end of each activity; those of the fixed ones are their own, if these are possible."""
    duration = network.duration
    head = [
        max([network.head[rank], *(fixed[p] + duration[p] for p in network.before[rank] if p in before)])
        for rank in range(len(fixed))
    ]
    due = [
        min([network.due[rank], end - network.tail[rank], *(fixed[f] for f in network.after[rank] if f in after)])
        for rank in range(len(fixed))
    ]
    for rank in before | after:
        head[rank] = max(head[rank], fixed[rank])
        due[rank] = min(due[rank], fixed[rank] + duration[rank])
    return head, due


def _left(network: Network, fixed: Starts, placed: set[int], end: int) -> list[list[int]]:
    left = [row[:end] for row in network.capacities]
    for demand, row in zip(network.demands, left, strict=True):
        for rank in placed:
            if demand[rank]:
                for period in range(fixed[rank], fixed[rank] + network.duration[rank]):
                    row[period] -= demand[rank]
    return left
