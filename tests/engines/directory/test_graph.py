# SPDX-License-Identifier: EUPL-1.2
"""Paths to the heart and choke points, held against networkx and against removing every link in turn."""

from __future__ import annotations

import networkx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.directory.graph.around import around
from carene.engines.directory.graph.chokes import chokes, cut_by
from carene.engines.directory.graph.csr import Graph
from carene.engines.directory.graph.reach import UNREACHED, reach
from carene.engines.directory.model import Edges, Mask

MOST = 12


@st.composite
def graphs(draw: st.DrawFn, most_edges: int = 40) -> tuple[Graph, Mask]:
    """A graph, cycles and repeated edges among them, and its heart."""
    count = draw(st.integers(1, MOST))
    node = st.integers(0, count - 1)
    rows = draw(st.lists(st.tuples(node, node, st.integers(0, 5)), max_size=most_edges))
    heart = np.zeros(count, np.bool_)
    heart[list(draw(st.sets(node, max_size=3)))] = True
    return made(count, rows), heart


def made(count: int, rows: list[tuple[int, int, int]]) -> Graph:
    columns = np.array(rows, np.int64).reshape(-1, 3)
    edges = Edges(columns[:, 0].astype(np.int32), columns[:, 1].astype(np.int32), np.zeros(len(columns), np.uint8))
    return Graph(count, edges, columns[:, 2].astype(np.uint8))


def heart_of(count: int, *nodes: int) -> Mask:
    mask = np.zeros(count, np.bool_)
    mask[list(nodes)] = True
    return mask


@given(graphs())
def test_the_easiest_path_is_the_one_of_the_oracle(case: tuple[Graph, Mask]) -> None:
    graph, heart = case
    oracle = networkx.MultiDiGraph()
    oracle.add_nodes_from(range(graph.count))
    for source, target, cost in zip(graph.edges.source, graph.edges.target, graph.cost, strict=True):
        if cost:
            oracle.add_edge(int(target), int(source), weight=int(cost))
    starts = set(np.flatnonzero(heart).tolist())
    expected = networkx.multi_source_dijkstra_path_length(oracle, starts) if starts else {}
    found = reach(graph, heart)
    assert {i: d for i, d in enumerate(found.distance.tolist()) if d != UNREACHED} == expected
    for node in np.flatnonzero(found.reached).tolist():
        path = found.path(node)
        assert graph.edges.source[path[0]] == node
        assert heart[graph.edges.target[path[-1]]]
        assert (graph.edges.target[path[:-1]] == graph.edges.source[path[1:]]).all()
        assert int(graph.cost[path].astype(int).sum()) == found.distance[node]


def by_removing_each(graph: Graph, heart: Mask, counted: Mask) -> dict[tuple[int, int], int]:
    """Link → principals that it cuts, computed by removing it."""
    links = set(zip(graph.edges.source.tolist(), graph.edges.target.tolist(), strict=True))
    found = {}
    for source, target in links:
        edges = np.flatnonzero((graph.edges.source == source) & (graph.edges.target == target))
        if cut := cut_by(graph, heart, counted, edges.tolist()):
            found[source, target] = cut
    return found


@given(graphs(most_edges=26), st.data())
def test_choke_points_are_those_that_removing_every_link_finds(case: tuple[Graph, Mask], data: st.DataObject) -> None:
    graph, heart = case
    counted = np.array(data.draw(st.lists(st.booleans(), min_size=graph.count, max_size=graph.count)), np.bool_)
    every = np.ones(len(graph.edges), np.bool_)
    found = chokes(graph, heart, counted, every, most=1000)
    assert {(one.source, one.target): one.cut for one in found} == by_removing_each(graph, heart, counted)
    assert [one.cut for one in found] == sorted((one.cut for one in found), reverse=True)
    for one in found:
        assert cut_by(graph, heart, counted, one.edges) == one.cut
    before: list[int] = []
    total = int(np.count_nonzero(reach(graph, heart).reached & counted))
    for one in found:
        before += one.edges
        assert one.left == total - cut_by(graph, heart, counted, before)


def test_what_cannot_be_removed_is_not_proposed() -> None:
    """0 is the heart; 2 and 3 go through « everybody » (4), which has a right on 1, a member of 0."""
    graph = made(5, [(1, 0, 1), (4, 1, 2), (4, 1, 3), (2, 4, 1), (3, 4, 1), (3, 1, 0)])
    counted = heart_of(5, 2, 3)
    every = np.ones(6, np.bool_)
    assert [(c.source, c.target, c.cut, c.left) for c in chokes(graph, heart_of(5, 0), counted, every)] == [
        (1, 0, 2, 0),
        (4, 1, 2, 0),
        (2, 4, 1, 0),
        (3, 4, 1, 0),
    ]
    some = np.array([False, True, True, False, True, True])
    found = chokes(graph, heart_of(5, 0), counted, some)
    assert [(c.source, c.target, c.edges, c.left) for c in found] == [(4, 1, (1, 2), 0), (3, 4, (4,), 0)]


def test_two_ways_have_no_choke_point_and_none_has_no_path() -> None:
    graph = made(4, [(1, 0, 1), (2, 0, 1), (3, 1, 1), (3, 2, 1)])
    found = chokes(graph, heart_of(4, 0), heart_of(4, 3), np.ones(4, np.bool_))
    assert found == []
    alone = made(3, [])
    assert reach(alone, heart_of(3)).path(0) == []
    assert chokes(alone, heart_of(3, 0), heart_of(3, 1), np.ones(0, np.bool_)) == []


def test_a_chain_of_any_length_is_followed_to_its_end() -> None:
    count = 3000
    graph = made(count, [(i + 1, i, 1) for i in range(count - 1)])
    found = reach(graph, heart_of(count, 0))
    assert len(found.path(count - 1)) == count - 1
    best = chokes(graph, heart_of(count, 0), heart_of(count, count - 1), np.ones(count - 1, np.bool_), most=1)
    assert [(one.cut, one.left) for one in best] == [(1, 0)]


@given(graphs(), st.integers(1, 4), st.integers(1, 6))
def test_a_neighbourhood_says_what_it_leaves_out(case: tuple[Graph, Mask], depth: int, most: int) -> None:
    graph, _ = case
    found = around(graph, 0, depth=depth, most=most)
    assert found.nodes[0] == 0
    assert len(found.nodes) == len(set(found.nodes)) <= most
    here = set(found.nodes)
    ends = list(zip(graph.edges.source.tolist(), graph.edges.target.tolist(), strict=True))
    assert list(found.edges) == [i for i, (one, other) in enumerate(ends) if {one, other} <= here]
    for node in here:
        out = sum(1 for one, other in ends if node in {one, other} and not {one, other} <= here)
        assert found.left_out.get(node, 0) == out
