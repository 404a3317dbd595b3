# SPDX-License-Identifier: EUPL-1.2
"""Schedules from priorities: serial and parallel generation, priority rules, double justification.

Kolisch, Hartmann 1999 (generation and rules); Valls, Ballestín, Quintanilla 2005 (double justification). A schedule is
a list of starts, one for each activity of the network, ``LEFT_OUT`` for an optional one that cannot end in time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from carene.engines.planner.scheduling.network import LEFT_OUT, NEVER, Network

Starts = list[int]
RULES = ("lft", "mts", "grpw", "lst", "wcs")


def forward(network: Network, order: Sequence[int]) -> Starts:
    """Each activity in this order, as early as it fits; ``order`` puts predecessors first."""
    free = network.free.copy()
    guard, duration, need, before, head = network.guard, network.duration, network.need, network.before, network.head
    optional, due, axis = network.optional, network.due, len(free)
    starts, ends = [LEFT_OUT] * len(order), [NEVER] * len(order)
    for rank in order:
        start = head[rank]
        for previous in before[rank]:
            if ends[previous] > start:
                start = ends[previous]
        lasts, wants = duration[rank], need[rank]
        if optional[rank] and (start + lasts > due[rank] or start >= NEVER):  # what it waits for is left out
            continue
        if wants:
            missing = lasts
            for period in range(start, axis):
                if (free[period] - wants) & guard == guard:
                    missing -= 1
                    if not missing:
                        break
                else:
                    missing = lasts
            start = period + 1 - lasts
            if optional[rank] and start + lasts > due[rank]:
                continue
            for period in range(start, start + lasts):
                free[period] -= wants
        starts[rank] = start
        ends[rank] = start + lasts
    return starts


def backward(network: Network, starts: Starts) -> Starts:
    """Every activity as late as it fits, the last to end first; the makespan stays, no deadline is newly missed."""
    free = network.free.copy()
    guard, duration, need, after, due = network.guard, network.duration, network.need, network.after, network.due
    order = [rank for rank in network.order if starts[rank] >= 0]
    order.sort(key=lambda rank: (starts[rank] + duration[rank], network.rank[rank]), reverse=True)
    latest = network.makespan(starts)
    found = [LEFT_OUT] * len(starts)
    for rank in order:
        lasts, wants = duration[rank], need[rank]
        end = min(latest, due[rank]) if starts[rank] + lasts <= due[rank] else starts[rank] + lasts
        for follower in after[rank]:
            if -1 < found[follower] < end:
                end = found[follower]
        if wants:
            missing = lasts
            for period in range(end - 1, -1, -1):
                if (free[period] - wants) & guard == guard:
                    missing -= 1
                    if not missing:
                        break
                else:
                    missing = lasts
            end = period + lasts
            for period in range(end - lasts, end):
                free[period] -= wants
        found[rank] = end - lasts
    return found


def by_start(network: Network, starts: Starts) -> list[int]:
    """The order of a schedule; what it leaves out comes last."""
    rank = network.rank
    return sorted(network.order, key=lambda one: (starts[one] if starts[one] >= 0 else NEVER, rank[one]))


def justify(network: Network, starts: Starts) -> Starts:
    """To the right, then to the left: never a worse schedule, often a better one."""
    return forward(network, by_start(network, backward(network, starts)))


def parallel(network: Network, priority: Sequence[float]) -> Starts:
    """Period after period, start what is ready and fits, the lowest priority value first."""
    free = network.free.copy()
    guard, duration, need = network.guard, network.duration, network.need
    starts, ends, gone = [LEFT_OUT] * len(priority), [NEVER] * len(priority), [False] * len(priority)
    waiting = sorted(network.order, key=lambda rank: (priority[rank], network.rank[rank]))
    period = 0
    while waiting:
        left = []
        for rank in waiting:
            ready, lasts = _ready(network, ends, rank), duration[rank]
            late = ready < NEVER and max(ready, period) + lasts > network.due[rank]  # else its turn may still come
            if network.optional[rank] and (late or any(gone[previous] for previous in network.before[rank])):
                gone[rank] = True
                continue
            window = range(period, period + lasts) if need[rank] else ()
            if ready <= period and all((free[k] - need[rank]) & guard == guard for k in window):
                for k in window:
                    free[k] -= need[rank]
                starts[rank], ends[rank] = period, period + lasts
            else:
                left.append(rank)
        ready_dates = [_ready(network, ends, rank) for rank in left]
        milestone = len(left) < len(waiting) and period in ready_dates  # one may be ready only now
        period = period if milestone else max(period + 1, min(ready_dates, default=0))
        waiting = left
    return starts


def _ready(network: Network, ends: Sequence[int], rank: int) -> int:
    return max([network.head[rank], *(ends[previous] for previous in network.before[rank])])


def priorities(network: Network, rule: str) -> list[float]:
    """Values of a rule, the lowest first: latest finish, most followers, greatest rank positional weight, latest start,
    or latest start weighed by what the activity takes."""
    duration, tail = network.duration, network.tail
    lft = [float(-value) for value in tail]
    if rule == "lft":
        return lft
    if rule == "lst":
        return [end - lasts for end, lasts in zip(lft, duration, strict=True)]
    if rule == "grpw":
        weight = [lasts + sum(duration[f] for f in network.after[rank]) for rank, lasts in enumerate(duration)]
        return [float(-value) for value in weight]
    if rule == "mts":
        reached: list[set[int]] = [set() for _ in duration]
        for rank in reversed(network.order):
            reached[rank] = set(network.after[rank]).union(*(reached[f] for f in network.after[rank]))
        return [float(-len(value)) for value in reached]
    share = [
        sum(row[rank] / max(1, max(given)) for row, given in zip(network.demands, network.capacities, strict=True))
        for rank in range(len(duration))
    ]
    return [end - lasts * (1 + part) for end, lasts, part in zip(lft, duration, share, strict=True)]


def ordered(network: Network, choose: Callable[[list[int]], int]) -> list[int]:
    """An order where predecessors come first; ``choose`` picks a place in the list of those that are ready."""
    waiting = [len(needed) for needed in network.before]
    ready = [rank for rank in network.order if not waiting[rank]]
    order = []
    while ready:
        at = choose(ready)
        ready[at], ready[-1] = ready[-1], ready[at]
        rank = ready.pop()
        order.append(rank)
        for follower in network.after[rank]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return order


def by_priority(network: Network, priority: Sequence[float]) -> list[int]:
    key = list(zip(priority, network.rank, strict=True))
    return ordered(network, lambda ready: min(range(len(ready)), key=lambda at: key[ready[at]]))
