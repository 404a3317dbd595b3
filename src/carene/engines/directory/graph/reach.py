# SPDX-License-Identifier: EUPL-1.2
"""Who can reach the heart of the directory, at what least cost, and by which edge first: no limit of depth.

Dijkstra from all of tier 0 backwards. Costs are small integers: one bucket by distance, each handled whole with numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.graph.csr import Graph
from carene.engines.directory.model import Mask

UNREACHED = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Reach:
    """``distance``: cost of the easiest path of each node to the heart; 0 in it, UNREACHED without a path. ``first``:
    the first edge of that path; -1 in the heart and without a path."""

    graph: Graph
    distance: NDArray[np.int32]
    first: NDArray[np.int64]

    @property
    def reached(self) -> Mask:
        """Who has a path and is not in the heart."""
        has_one: Mask = (self.distance != UNREACHED) & (self.distance > 0)
        return has_one

    def path(self, node: int) -> list[int]:
        """Edges, from the node to the heart; empty in the heart and without a path."""
        edges: list[int] = []
        while (edge := int(self.first[node])) >= 0:
            edges.append(edge)
            node = int(self.graph.edges.target[edge])
        return edges


def reach(graph: Graph, heart: Mask) -> Reach:
    """``heart``: mask over nodes."""
    distance = np.full(graph.count, UNREACHED, np.int32)
    first = np.full(graph.count, -1, np.int64)
    distance[heart] = 0
    waiting: dict[int, list[NDArray[np.int64]]] = {0: [np.flatnonzero(heart)]}
    done = np.zeros(graph.count, np.bool_)
    while waiting:
        here = min(waiting)
        found = np.concatenate(waiting.pop(here))
        found = found[(distance[found] == here) & ~done[found]]
        done[found] = True
        edges = graph.reverse.of(_once(found, graph.count))
        source, cost = graph.edges.source[edges], graph.cost[edges].astype(np.int32)
        nearer = distance[source] > here + cost
        edges, source, cost = edges[nearer], source[nearer], cost[nearer]
        for step in np.flatnonzero(np.bincount(cost)).tolist():
            mine = cost == step
            reached = source[mine]
            better = distance[reached] > here + step  # an easier edge of the same bucket may have come first
            reached, by = reached[better], edges[mine][better]
            distance[reached] = here + step
            first[reached] = by
            waiting.setdefault(here + step, []).append(reached.astype(np.int64))
    return Reach(graph, distance, first)


def _once(nodes: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Without the repeated ones; sorting is dearer for the great frontiers, a table for the small ones."""
    if len(nodes) < count // 50:
        return np.unique(nodes)
    mark = np.zeros(count, np.bool_)
    mark[nodes] = True
    return np.flatnonzero(mark)
