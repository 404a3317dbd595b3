# SPDX-License-Identifier: EUPL-1.2
"""Lower bounds on the makespan without a solver: critical path, calendars, work of each resource between its ends."""

from __future__ import annotations

from itertools import accumulate

from carene.engines.planner.scheduling.network import Network


def lower_bound(network: Network) -> int:
    """No schedule of all the compulsory activities ends earlier."""
    compulsory = [rank for rank, optional in enumerate(network.optional) if not optional]
    ends = (network.head[rank] + network.duration[rank] + _tail(network, rank) for rank in compulsory)
    bound = max(ends, default=0)
    for demand, capacity in zip(network.demands, network.capacities, strict=True):
        bound = max(bound, _work_bound(network, [rank for rank in compulsory if demand[rank]], demand, capacity))
    return bound


def _tail(network: Network, rank: int) -> int:
    """Tails count optional followers too, which may be left out."""
    return network.tail[rank] if network.plain else _compulsory_tail(network, rank)


def _compulsory_tail(network: Network, rank: int) -> int:
    best, pending = 0, [(rank, 0)]
    while pending:
        one, below = pending.pop()
        best = max(best, below)
        pending += [(f, below + network.duration[f]) for f in network.after[one] if not network.optional[f]]
    return best


def _work_bound(network: Network, users: list[int], demand: list[int], capacity: list[int]) -> int:
    """For each head h and tail t: the work of those that start at h or later and leave t after them fits between."""
    offered = [0, *accumulate(capacity)]
    by_tail = sorted(users, key=lambda rank: -_tail(network, rank))
    bound = 0
    for head in sorted({network.head[rank] for rank in users}):
        work, end = 0, head
        for rank in by_tail:
            if network.head[rank] < head:
                continue
            work += network.duration[rank] * demand[rank]
            while offered[end] - offered[head] < work:
                end += 1
            bound = max(bound, end + _tail(network, rank))
    return bound
