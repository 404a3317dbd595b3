# SPDX-License-Identifier: EUPL-1.2
"""The graph: nodes, edges, what each edge costs an attacker, and the rows that lead from a node to its edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.arrays import grouped, ranges
from carene.engines.directory.model import Edges


@dataclass(frozen=True)
class Rows:
    """Edges by node: those of node ``i`` are ``edge[starts[i]:starts[i + 1]]``."""

    starts: NDArray[np.int64]
    edge: NDArray[np.int64]

    def of(self, nodes: NDArray[np.integer]) -> NDArray[np.int64]:
        at = self.starts[nodes]
        return self.edge[ranges(at, self.starts[nodes + 1] - at)]


@dataclass(frozen=True)
class Graph:
    """``cost``: of each edge, 1 (easiest) to 5; 0 where it does not lead further."""

    count: int  # nodes
    edges: Edges
    cost: NDArray[np.uint8]

    @cached_property
    def reverse(self) -> Rows:
        """From who falls to who makes fall, by the edges that lead further."""
        leads = np.flatnonzero(self.cost)
        starts, order = grouped(self.edges.target[leads], self.count)
        return Rows(starts, leads[order])

    @cached_property
    def outgoing(self) -> Rows:
        """Every edge, from who can."""
        return Rows(*grouped(self.edges.source, self.count))

    @cached_property
    def incoming(self) -> Rows:
        """Every edge, from who falls."""
        return Rows(*grouped(self.edges.target, self.count))

    def without(self, removed: NDArray[np.integer]) -> Graph:
        """The same, where these edges lead nowhere."""
        cost = self.cost.copy()
        cost[removed] = 0
        return Graph(self.count, self.edges, cost)
