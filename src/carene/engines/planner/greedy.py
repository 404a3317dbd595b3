# SPDX-License-Identifier: EUPL-1.2
"""Filling a plan by value per cost, prerequisites bundled.

Candidates wait in a heap with the rank they had when last looked at. The board fills, so ranks mostly fall: only the
first of the heap is looked at again, and taken if it still comes first. Those whose rank may have risen (a prerequisite
was placed, a rung was reached) are put back on top to be looked at.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from carene.engines.planner.board import GAIN_SLACK, Board
from carene.engines.planner.bundles import bundle

_LEAST_BURDEN = 1.0  # euros: what costs nothing at all is ranked by its value


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rank of a bundle = value / burden ** ``exponent``; 0 looks at the value alone. ``scarce`` weighs by scarcity."""

    exponent: float
    scarce: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A bundle and its months, the last one being the measure asked for."""

    starts: tuple[tuple[str, int], ...]
    gain: float
    rank: float


def propose(board: Board, key: str, ranking: Ranking) -> Proposal | None:
    """The better of the measure with its ladder and without; None when neither fits with some gain. Board unchanged."""
    best: Proposal | None = None
    seen: set[tuple[str, ...]] = set()
    for ladder in (False, True):
        keys = bundle(board, key, ladder=ladder)
        if not keys or keys in seen:
            continue
        seen.add(keys)
        found = _try(board, keys, ranking)
        if found and (best is None or found.rank > best.rank):
            best = found
    return best


def place(board: Board, proposal: Proposal) -> None:
    for key, begins in proposal.starts:
        board.place(key, begins)


def fill(board: Board, keys: Iterable[str], ranking: Ranking) -> int:
    """Place, among ``keys``, all that adds value and fits; returns how many were placed, bundled ones included."""
    catalogue = board.catalogue
    closed = catalogue.barred.keys() | catalogue.problem.done | board.refused.keys()
    allowed = {key for key in keys if key not in closed}
    queue = _Queue(allowed)
    placed = 0
    proposals: dict[str, Proposal] = {}
    while (key := queue.pop()) is not None:
        if key in board.starts:
            continue
        if queue.is_fresh(key):
            place(board, proposals[key])
            placed += len(proposals[key].starts)
            queue.age()
            for riser in sorted(_risers(board, proposals[key]) & allowed):
                queue.put_on_top(riser)
            continue
        found = propose(board, key, ranking)
        if found is not None:
            proposals[key] = found
            queue.put(key, found.rank)
    return placed


class _Queue:
    """Highest rank first, identifiers deciding among equals; a rank is fresh until the board changes."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._heap: list[tuple[float, str, int]] = []
        self._tickets: dict[str, int] = {}  # the last ticket of a key is the only one that counts
        self._fresh: set[str] = set()
        for key in sorted(keys):
            self.put_on_top(key)

    def put(self, key: str, rank: float) -> None:
        """With a rank computed on the board as it is."""
        self._push(key, -rank)
        self._fresh.add(key)

    def put_on_top(self, key: str) -> None:
        """To be looked at again before anything else."""
        self._fresh.discard(key)
        self._push(key, float("-inf"))

    def pop(self) -> str | None:
        while self._heap:
            _, key, ticket = heapq.heappop(self._heap)
            if self._tickets[key] == ticket:
                return key
        return None

    def is_fresh(self, key: str) -> bool:
        return key in self._fresh

    def age(self) -> None:
        """The board has changed: no rank is fresh any more."""
        self._fresh.clear()

    def _push(self, key: str, order: float) -> None:
        self._tickets[key] = self._tickets.get(key, 0) + 1
        heapq.heappush(self._heap, (order, key, self._tickets[key]))


def _try(board: Board, keys: tuple[str, ...], ranking: Ranking) -> Proposal | None:
    before = board.value
    placed: list[tuple[str, int]] = []
    burden = 0.0
    for key in keys:
        begins = board.best_start(key)
        if begins is None:
            break
        board.place(key, begins)
        placed.append((key, begins))
        burden += board.catalogue.burden(key, begins, scarce=ranking.scarce)
    gain = board.value - before
    for key, _ in reversed(placed):
        board.remove(key)
    if len(placed) < len(keys) or gain <= GAIN_SLACK:
        return None
    rank = gain / max(burden, _LEAST_BURDEN) ** ranking.exponent
    return Proposal(tuple(placed), gain, rank)


def _risers(board: Board, proposal: Proposal) -> set[str]:
    """Measures whose bundle may have become cheaper or more useful now that these are placed."""
    catalogue = board.catalogue
    found: set[str] = set()
    for key, _ in proposal.starts:
        pending = list(catalogue.dependents[key])
        while pending:
            dependent = pending.pop()
            if dependent not in found:
                found.add(dependent)
                pending += catalogue.dependents[dependent]
        for step in catalogue.steps[key]:
            base = catalogue.problem.levels[step.criterion]
            found.update(other for start, _, other in catalogue.raisers[step.criterion] if start > base)
    return {key for key in found if key not in board.starts}
