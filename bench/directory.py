# SPDX-License-Identifier: EUPL-1.2
"""Directories: descriptors read, paths of everybody to the heart, choke points, on invented graphs that grow."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from bench.table import Table
from carene.engines.directory.descriptors.binary import parse
from carene.engines.directory.descriptors.sddl import to_binary
from carene.engines.directory.graph.chokes import chokes
from carene.engines.directory.graph.csr import Graph
from carene.engines.directory.graph.reach import reach
from carene.engines.directory.model import Edges, Mask

SEED = 6
SIZES = (1_000, 10_000, 100_000, 1_000_000)  # nodes; eight times as many edges
TARGET = 100_000  # the size that the targets speak of
DESCRIPTORS, ENTRIES = 100_000, 25
DOMAIN = "S-1-5-21-1-2-3"
PEER = "on another graph of that size, a PostgreSQL engine: 29 s, networkx: 0.6 s"
Made = TypeVar("Made")


def run(table: Table) -> None:
    contents = descriptors()
    _, seconds = _timed(lambda: parse(contents))
    name = f"{DESCRIPTORS // 1000} k descriptors of {ENTRIES} entries"
    table.add(f"{name}, read", seconds, "s", 1, "a good library: 8,800 a second")
    for size in SIZES:
        graph, heart, counted = invented(size)
        aimed = size == TARGET
        edges = f"{size / 1000:g} k nodes, {len(graph.edges) / 1000:g} k edges"
        _, seconds = _timed(lambda graph=graph: graph.reverse)
        table.add(f"{edges}: rows made", seconds, "s")
        found, seconds = _timed(lambda graph=graph, heart=heart: reach(graph, heart))
        table.add(f"{edges}: all paths to the heart", seconds, "s", 0.2 if aimed else None, PEER if aimed else "")
        reached = np.flatnonzero(found.reached).tolist()
        _, seconds = _timed(lambda found=found, reached=reached: [found.path(node) for node in reached])
        table.add(f"{edges}: {len(reached)} paths written", seconds, "s")
        every = np.ones(len(graph.edges), np.bool_)
        _, seconds = _timed(lambda case=(graph, heart, counted, every): chokes(*case))
        table.add(f"{edges}: choke points", seconds, "s", 5 if aimed else None)


def _timed(work: Callable[[], Made]) -> tuple[Made, float]:
    begin = time.perf_counter()
    made = work()
    return made, time.perf_counter() - begin


def descriptors() -> list[bytes]:
    """All distinct, which real ones are not: a directory of 11,000 objects holds some 300."""
    chance = random.Random(SEED)
    entries = [
        f"(OA;CIID;RPWPCR;{chance.getrandbits(32):08x}-0de6-11d0-a285-00aa003049e2;;{DOMAIN}-{rid})"
        for rid in chance.sample(range(1000, 90_000), 60)
    ]
    lists = [to_binary("O:DAG:DAD:AI" + "".join(chance.choices(entries, k=ENTRIES)), DOMAIN) for _ in range(2_000)]
    # The group, at the same place in all: another number makes another descriptor.
    return [_with_group(lists[number % len(lists)], number) for number in range(DESCRIPTORS)]


def _with_group(content: bytes, number: int) -> bytes:
    end = int.from_bytes(content[16:20], "little")  # the DACL follows the group, whose RID ends it
    return content[: end - 4] + number.to_bytes(4, "little") + content[end:]


def invented(count: int) -> tuple[Graph, Mask, Mask]:
    """A tenth of the nodes are groups; half of the edges put somebody in one, a few of them much larger,
    half give a group a right."""
    chance = np.random.default_rng(SEED)
    half, groups = count * 4, count // 10
    source = np.concatenate([chance.integers(0, count, half), (chance.random(half) ** 2 * groups).astype(int)])
    target = np.concatenate([(chance.random(half) ** 3 * groups).astype(int), chance.integers(0, count, half)])
    edges = Edges(source.astype(np.int32), target.astype(np.int32), np.zeros(2 * half, np.uint8))
    heart = np.zeros(count, np.bool_)
    heart[chance.integers(0, count, 20)] = True
    return Graph(count, edges, chance.integers(0, 6, 2 * half).astype(np.uint8)), heart, np.arange(count) >= groups
