# SPDX-License-Identifier: EUPL-1.2
"""What stands around an object: who can do what to it, what it can do; bounded, and saying what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.graph.csr import Graph


@dataclass(frozen=True)
class Around:
    """``nodes``: the object first, then the nearest. ``edges``: all those between them. ``left_out``: node → how many
    of its edges lead to nodes that are not here."""

    nodes: tuple[int, ...]
    edges: tuple[int, ...]
    left_out: Mapping[int, int]


def around(graph: Graph, node: int, *, depth: int = 1, most: int = 150) -> Around:
    """Within ``depth`` edges either way, at most ``most`` nodes; those that lead further come first, the easiest
    before the others."""
    chosen = {node: None}
    frontier = [node]
    for _ in range(depth):
        fresh: list[int] = []
        for other in _nearest(graph, np.array(frontier)).tolist():
            if len(chosen) == most:
                break
            if other not in chosen:
                chosen[other] = None
                fresh.append(other)
        frontier = fresh
        if not frontier:
            break
    return _among(graph, tuple(chosen))


def _nearest(graph: Graph, nodes: NDArray[np.int64]) -> NDArray[np.int32]:
    into, out = graph.incoming.of(nodes), graph.outgoing.of(nodes)
    others = np.concatenate([graph.edges.source[into], graph.edges.target[out]])
    cost = np.concatenate([graph.cost[into], graph.cost[out]]).astype(np.int64)
    kept: NDArray[np.int32] = others[np.argsort(np.where(cost == 0, 99, cost), kind="stable")]
    return kept


def _among(graph: Graph, nodes: tuple[int, ...]) -> Around:
    here = np.zeros(graph.count, np.bool_)
    here[list(nodes)] = True
    shown: list[int] = []
    left_out: dict[int, int] = {}
    for node in nodes:
        one = np.array([node])
        out, into = graph.outgoing.of(one), graph.incoming.of(one)
        inside = here[graph.edges.target[out]]
        shown += out[inside].tolist()
        beyond = np.count_nonzero(~inside) + np.count_nonzero(~here[graph.edges.source[into]])
        if beyond:
            left_out[node] = int(beyond)
    return Around(nodes, tuple(sorted(shown)), left_out)
