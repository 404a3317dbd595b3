# SPDX-License-Identifier: EUPL-1.2
"""A problem as numbers, ready for thousands of trials a second.

What is left of all budgets and teams is one integer: a field for each, with a guard bit above it. Taking away what a
measure asks for clears the guard of every field that lacks, so that one subtraction and one mask say whether it fits.
"""

from __future__ import annotations

from dataclasses import dataclass

from carene.engines.planner.board import DAYS_SLACK, MONEY_SLACK, Board
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.imposed import is_settled

# So fine that rounding the parts of a thousand measures stays below the slack of the board, which has the last word.
_MONEY_UNIT, _DAYS_UNIT = MONEY_SLACK / 2048, DAYS_SLACK / 2048
_SLACK = 1024  # units

StepOf = tuple[int, int, int]  # criterion, start, end


@dataclass(frozen=True)
class Packed:
    """Measures and criteria are ranks; every list has one entry for each. Only what may be planned is ``allowed``.

    ``first``, ``last``: months between which a measure may begin by its own wishes; equal for one that must not move.
    ``need``: for each month, what it takes, packed. ``worth``: value of each level; ``left``: share of the horizon
    after each month. ``imposed`` must stay in the plan; ``fixed`` must not even move.
    """

    catalogue: Catalogue
    keys: tuple[str, ...]
    criteria: tuple[str, ...]
    months: int
    duration: list[int]
    first: list[int]
    last: list[int]
    allowed: list[bool]
    imposed: list[bool]
    fixed: list[bool]
    needs: list[list[int]]
    dependents: list[list[int]]
    rivals: list[list[int]]
    steps: list[list[StepOf]]
    raisers: list[list[tuple[int, int, int]]]  # criterion → (start, end, measure)
    base: list[int]
    worth: list[tuple[float, ...]]
    left: list[float]
    need: list[list[int]]
    burden: list[float]
    plain_burden: list[float]
    free: int
    guard: int


def pack(board: Board) -> Packed:
    """From a board whose imposed measures are placed: what could not be honoured there stays so."""
    catalogue = board.catalogue
    problem = catalogue.problem
    keys = tuple(catalogue.candidates)
    rank = {key: position for position, key in enumerate(keys)}
    criteria = tuple(sorted(problem.levels))
    place = {criterion: position for position, criterion in enumerate(criteria)}
    steps = [[(place[s.criterion], s.start, s.end) for s in catalogue.steps[key]] for key in keys]
    raisers: list[list[tuple[int, int, int]]] = [[] for _ in criteria]
    for position, owned in enumerate(steps):
        for criterion, start, end in owned:
            raisers[criterion].append((start, end, position))
    windows = [_window(board, key) for key in keys]
    useful = _useful(catalogue)
    fields = _Fields(catalogue)
    return Packed(
        catalogue=catalogue,
        keys=keys,
        criteria=criteria,
        months=problem.months,
        duration=[catalogue.candidates[key].months for key in keys],
        first=[window[0] for window in windows],
        last=[window[1] for window in windows],
        allowed=[
            key in board.starts or (key in useful and _allowed(board, key, window))
            for key, window in zip(keys, windows, strict=True)
        ],
        imposed=[key in board.starts and board.is_imposed(key) for key in keys],
        fixed=[key in board.starts and is_settled(board, key) for key in keys],
        needs=[[rank[r] for r in catalogue.needs[key]] for key in keys],
        dependents=[[rank[d] for d in catalogue.dependents[key]] for key in keys],
        rivals=[[rank[r] for r in catalogue.rivals[key] if r in rank] for key in keys],
        steps=steps,
        raisers=raisers,
        base=[problem.levels[criterion] for criterion in criteria],
        worth=[catalogue.worth[criterion] for criterion in criteria],
        left=[(problem.months - month) / problem.months for month in range(problem.months + 1)],
        need=[[fields.need(key, month) for month in range(max(0, windows[rank[key]][1] + 1))] for key in keys],
        burden=[max(1.0, catalogue.burden(key, 0, scarce=True)) for key in keys],
        plain_burden=[max(1.0, catalogue.burden(key, 0, scarce=False)) for key in keys],
        free=fields.free,
        guard=fields.guard,
    )


def _window(board: Board, key: str) -> tuple[int, int]:
    catalogue = board.catalogue
    if key in board.starts and is_settled(board, key):
        return board.starts[key], board.starts[key]
    wish, months = catalogue.wish(key), catalogue.candidates[key].months
    last = catalogue.problem.months - months
    return wish.not_before or 0, last if wish.deadline is None else min(last, wish.deadline - months)


def _useful(catalogue: Catalogue) -> set[str]:
    """What can bring value, alone or as a prerequisite or a rung of what can; the others never would."""
    levels = catalogue.problem.levels
    pending = [
        key
        for key, steps in catalogue.steps.items()
        if any(catalogue.worth[s.criterion][s.end] > catalogue.worth[s.criterion][levels[s.criterion]] for s in steps)
    ]
    found = set(pending)
    while pending:
        key = pending.pop()
        climbed = {step.criterion for step in catalogue.steps[key] if step.start > levels[step.criterion]}
        rungs = [rung for c in climbed for _, end, rung in catalogue.raisers[c] if end > levels[c]]
        for other in (*catalogue.needs[key], *rungs):
            if other not in found:
                found.add(other)
                pending.append(other)
    return found


def _allowed(board: Board, key: str, window: tuple[int, int]) -> bool:
    closed = key in board.catalogue.problem.done or key in board.catalogue.barred or key in board.refused
    return not closed and window[0] <= window[1]


class _Fields:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.shift: dict[object, int] = {}
        self.free = self.guard = 0
        self._position = 0
        for rank, budget in enumerate(catalogue.budgets):
            self._add(rank, budget, _MONEY_UNIT)
        for slot, days in catalogue.capacity.items():
            self._add(slot, days, _DAYS_UNIT)

    def _add(self, field: object, capacity: float, unit: float) -> None:
        units = int(capacity / unit) + _SLACK
        self.shift[field] = self._position
        self.free |= units << self._position
        self._position += units.bit_length() + 1
        self.guard |= 1 << (self._position - 1)

    def need(self, key: str, month: int) -> int:
        """Packed; all guards, which nothing can give, when one amount alone is more than there is."""
        taken, total = self.catalogue.footprint(key, month), 0
        for rank, amount in taken.money:
            if amount > self.catalogue.budgets[rank] + MONEY_SLACK:
                return self.guard
            total += round(amount / _MONEY_UNIT) << self.shift[rank]
        for slot, days in taken.days:
            if slot in self.catalogue.capacity:
                if days > self.catalogue.capacity[slot] + DAYS_SLACK:
                    return self.guard
                total += round(days / _DAYS_UNIT) << self.shift[slot]
        return total
