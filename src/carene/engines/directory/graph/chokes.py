# SPDX-License-Identifier: EUPL-1.2
"""Choke points: which single link, once cut, takes the path to the heart from the most principals.

A link is all that one node can do to another (two rights of one group on one object are repaired together). Node ``d``
dominates node ``n`` when every path of ``n`` to the heart goes through ``d``. A link ``u → v`` is needed by exactly
those that ``u`` dominates when it is the only way of ``u`` that does not come back to what ``u`` dominates: one tree of
dominators tells all of them, whatever their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.arrays import distinct, grouped, ranges
from carene.engines.directory.graph.csr import Graph
from carene.engines.directory.graph.reach import reach
from carene.engines.directory.model import Mask


@dataclass(frozen=True)
class Choke:
    """``cut``: principals that lose every path when this link alone is removed. ``left``: principals that still have
    one when it and those before it in the list are."""

    source: int
    target: int
    edges: tuple[int, ...]  # those that lead further between the two
    cut: int
    left: int


def chokes(graph: Graph, heart: Mask, counted: Mask, cuttable: Mask, *, most: int = 20) -> list[Choke]:
    """By the number of principals cut, the most first. ``counted``: nodes that count as principals; ``cuttable``: edges
    that can be removed (a link is when all of its edges are)."""
    tree = _Tree.of(graph, heart, counted)
    source, target = tree.sources, tree.targets
    outside = ~tree.dominates(tree.number[source], tree.number[target])
    ways = np.bincount(source[outside], minlength=graph.count)
    single = outside & (ways[source] == 1) & (tree.weight[tree.number[source]] > 0)
    links = np.flatnonzero(single)
    links = links[np.argsort(-tree.weight[tree.number[source[links]]], kind="stable")]
    found: list[tuple[int, int, tuple[int, ...]]] = []
    for link in links.tolist():
        edges = _between(graph, int(source[link]), int(target[link]))
        if cuttable[edges].all():
            found.append((int(source[link]), int(target[link]), tuple(edges.tolist())))
        if len(found) == most:
            break
    left = _left(graph, heart, counted, [edges for _, _, edges in found])
    return [
        Choke(one, other, edges, int(tree.weight[tree.number[one]]), after)
        for (one, other, edges), after in zip(found, left, strict=True)
    ]


def cut_by(graph: Graph, heart: Mask, counted: Mask, edges: Sequence[int]) -> int:
    """Principals that lose every path without these edges, computed again from nothing."""
    before = reach(graph, heart).reached & counted
    after = reach(graph.without(np.array(edges, np.int64)), heart).reached & counted
    return int(np.count_nonzero(before) - np.count_nonzero(after))


def _left(graph: Graph, heart: Mask, counted: Mask, cuts: Sequence[tuple[int, ...]]) -> list[int]:
    found: list[int] = []
    cost = graph.cost.copy()
    for edges in cuts:
        cost[list(edges)] = 0
        found.append(int(np.count_nonzero(_reached(graph, heart, cost) & counted & ~heart)))
    return found


def _reached(graph: Graph, heart: Mask, cost: NDArray[np.uint8]) -> Mask:
    """Who has a path by the edges that cost something, whatever it is; the heart is in it."""
    reached = heart.copy()
    frontier = np.flatnonzero(heart)
    while len(frontier):
        edges = graph.reverse.of(frontier)
        source = graph.edges.source[edges[cost[edges] > 0]]
        fresh = np.zeros(graph.count, np.bool_)
        fresh[source] = True
        fresh &= ~reached
        frontier = np.flatnonzero(fresh)
        reached |= fresh
    return reached


def _between(graph: Graph, source: int, target: int) -> NDArray[np.int64]:
    edges = graph.reverse.of(np.array([target]))
    kept: NDArray[np.int64] = edges[(graph.edges.source[edges] == source) & (graph.cost[edges] > 0)]
    return kept


@dataclass(frozen=True)
class _Tree:
    """Dominators of those that have a path. Number 0 is the heart, whole; ``number[node]`` -1: no path."""

    sources: NDArray[np.int64]  # links that lead further, once each: nodes of the graph
    targets: NDArray[np.int64]
    number: NDArray[np.int64]
    entered: NDArray[np.int64]  # rank of each number in the tree walked from its root
    size: NDArray[np.int64]  # numbers that it dominates, itself among them
    weight: NDArray[np.int64]  # counted ones among them

    @classmethod
    def of(cls, graph: Graph, heart: Mask, counted: Mask) -> _Tree:
        reached = _reached(graph, heart, graph.cost)
        number = np.full(graph.count, -1, np.int64)
        outer = np.flatnonzero(reached & ~heart)
        number[outer] = np.arange(1, len(outer) + 1)
        number[heart] = 0
        leads = (graph.cost > 0) & (number[graph.edges.source] > 0) & (number[graph.edges.target] >= 0)
        source, target = graph.edges.source[leads].astype(np.int64), graph.edges.target[leads].astype(np.int64)
        links = distinct(source * graph.count + target)
        source, target = links // graph.count, links % graph.count
        above = _immediate(number[target], number[source], len(outer) + 1)
        counts = np.concatenate([[0], counted[outer].astype(np.int64)])
        return cls(source, target, number, *_walked(above, counts))

    def dominates(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> Mask:
        inside: Mask = (self.entered[other] >= self.entered[one]) & (
            self.entered[other] < self.entered[one] + self.size[one]
        )
        return inside


def _immediate(tails: NDArray[np.int64], heads: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Immediate dominator of each number, from 0 which has none (-1)."""
    import rustworkx

    graph = rustworkx.PyDiGraph(node_count_hint=count, edge_count_hint=len(tails))
    graph.add_nodes_from(range(count))
    outer = heads != 0
    graph.extend_from_edge_list(list(zip(tails[outer].tolist(), heads[outer].tolist(), strict=True)))
    above = np.full(count, -1, np.int64)
    found = rustworkx.immediate_dominators(graph, 0)
    above[np.fromiter(found.keys(), np.int64, len(found))] = np.fromiter(found.values(), np.int64, len(found))
    above[0] = -1
    return above


def _walked(
    above: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(rank when walked from the root, size of the subtree, sum of ``counts`` in it), level by level."""
    count = len(above)
    starts, children = grouped(above[1:], count)
    children += 1
    levels = [np.array([0])]
    while len(levels[-1]):
        at = starts[levels[-1]]
        levels.append(children[ranges(at, starts[levels[-1] + 1] - at)])
    size, weight = np.ones(count, np.int64), counts.copy()
    for level in reversed(levels[1:]):
        np.add.at(size, above[level], size[level])
        np.add.at(weight, above[level], weight[level])
    entered = np.zeros(count, np.int64)
    for level in levels[1:]:
        if len(level):  # siblings stand together: each begins where the one before it ends
            ends = np.cumsum(size[level])
            opens = np.flatnonzero(np.diff(above[level], prepend=-1))
            base = np.repeat((ends - size[level])[opens], np.diff(opens, append=len(level)))
            entered[level] = entered[above[level]] + 1 + ends - size[level] - base
    return entered, size, weight
