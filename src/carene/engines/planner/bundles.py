# SPDX-License-Identifier: EUPL-1.2
"""A measure with what must come before it: its prerequisites, and the lower rungs of the ladder it stands on."""

from __future__ import annotations

from carene.engines.planner.board import Board


def bundle(board: Board, key: str, *, ladder: bool) -> tuple[str, ...]:
    """Measures to place so that ``key`` can be, in an order that works, ``key`` last; without those already placed.

    With ``ladder``, measures that bring its criteria to the level where its steps begin are added when there are some.
    ``key`` must be open (neither done, nor excluded, nor waiting for an excluded one). Empty when its chain of
    prerequisites is longer than the horizon has months.
    """
    builder = _Builder(board, ladder)
    return tuple(builder.order) if builder.visit(key) else ()


class _Builder:
    def __init__(self, board: Board, ladder: bool) -> None:
        self.board = board
        self.catalogue = board.catalogue
        self.ladder = ladder
        self.order: list[str] = []
        self.chosen: set[str] = set()
        self.open: set[str] = set()
        self.reached: dict[str, int] = {}

    def visit(self, key: str) -> bool:
        """Append ``key`` after what it needs; False, and nothing appended, when that cannot be."""
        if key in self.chosen or key in self.board.starts:
            return True
        # Every measure lasts a month at least: a longer chain could not be carried out (and recursion stays shallow).
        if key in self.open or key in self.board.refused or len(self.open) >= self.catalogue.problem.months:
            return False
        self.open.add(key)
        kept = len(self.order)
        possible = all(self.visit(required) for required in self.catalogue.needs[key])
        if possible:
            if self.ladder:
                self._climb(key)
            self._append(key)
        else:
            self._forget_after(kept)
        self.open.discard(key)
        return possible

    def _append(self, key: str) -> None:
        self.order.append(key)
        self.chosen.add(key)
        self._raise_levels(key)

    def _raise_levels(self, key: str) -> None:
        for step in self.catalogue.steps[key]:
            level = self._level(step.criterion)
            if step.start <= level:
                self.reached[step.criterion] = max(level, step.end)

    def _climb(self, key: str) -> None:
        for step in self.catalogue.steps[key]:
            level = self._level(step.criterion)
            if level < step.start and step.end > level:
                for rung in self._cheapest_ladder(step.criterion, level, step.start):
                    if not self.visit(rung):
                        break

    def _cheapest_ladder(self, criterion: str, level: int, goal: int) -> tuple[str, ...]:
        """Cheapest free measures leading from one level to another; levels only rise: one pass upwards is enough."""
        best: dict[int, tuple[float, tuple[str, ...]]] = {level: (0.0, ())}
        for standing in range(level, goal):
            if standing not in best:
                continue
            cost, path = best[standing]
            for start, end, key in self.catalogue.raisers[criterion]:
                if start <= standing < end and self._is_free(key) and key not in path:
                    total = cost + self.catalogue.burden(key, 0, scarce=True)
                    if end not in best or total < best[end][0]:
                        best[end] = (total, (*path, key))
        arrivals = [(cost, end, path) for end, (cost, path) in best.items() if end >= goal]
        return min(arrivals)[2] if arrivals else ()

    def _is_free(self, key: str) -> bool:
        return (
            key not in self.open
            and key not in self.chosen
            and key not in self.board.starts
            and key not in self.board.refused
            and key not in self.catalogue.barred
            and key not in self.catalogue.problem.done
        )

    def _level(self, criterion: str) -> int:
        if criterion not in self.reached:
            self.reached[criterion] = self.board.final_level(criterion)
        return self.reached[criterion]

    def _forget_after(self, kept: int) -> None:
        """Undo what was gathered for a rung that turned out to be impossible."""
        for key in self.order[kept:]:
            self.chosen.discard(key)
        del self.order[kept:]
        self.reached.clear()
        for key in self.order:
            self._raise_levels(key)
