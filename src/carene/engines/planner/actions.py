# SPDX-License-Identifier: EUPL-1.2
"""From a filled board to dated actions, each with the reason of its presence and of its date."""

from __future__ import annotations

from carene.engines import french
from carene.engines.planner.board import Board
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.footprint import Footprint
from carene.engines.planner.levels import Change, month_of_level
from carene.engines.planner.model import PlannedAction, Step
from carene.engines.planner.obstacles import awaited_resource, label, month_name, titled

_TITLES_SHOWN = 2


def planned_actions(board: Board) -> tuple[PlannedAction, ...]:
    """By start, then identifier. A gain is credited to the measure that really makes it."""
    moves: dict[str, list[tuple[str, Change]]] = {key: [] for key in board.starts}
    for criterion in sorted(board.entries):
        for move in board.moves(criterion):
            moves[move.measure].append((criterion, move))
    order = sorted(board.starts, key=lambda key: (board.starts[key], key))
    return tuple(_action(board, key, moves[key]) for key in order)


def _action(board: Board, key: str, moves: list[tuple[str, Change]]) -> PlannedAction:
    catalogue = board.catalogue
    candidate, begins, ends = catalogue.candidates[key], board.starts[key], board.end_of(key)
    taken = catalogue.footprint(key, begins)
    return PlannedAction(
        measure=key,
        start_month=begins,
        end_month=ends,
        start=catalogue.grid.day(begins),
        end=catalogue.grid.last_day(ends),
        investment=candidate.investment,
        yearly=candidate.yearly,
        cost=taken.total,
        cost_by_year=_by_year(catalogue, taken),
        person_days={skill: days for skill, days in sorted(candidate.effort.items()) if days},
        raises=tuple(Step(criterion, move.before, move.after) for criterion, move in moves),
        value=sum(board.value_of(criterion, move) for criterion, move in moves),
        reason=f"{_why_here(board, key, moves)} ; {_why_now(board, key)}.",
    )


def _by_year(catalogue: Catalogue, taken: Footprint) -> dict[int, float]:
    """All purses together."""
    found: dict[int, float] = {}
    for rank, amount in taken.money:
        year = catalogue.purses.year(rank)
        found[year] = found.get(year, 0.0) + amount
    return found


def _why_here(board: Board, key: str, moves: list[tuple[str, Change]]) -> str:
    """What it raises, what it opens, who asked for it."""
    catalogue = board.catalogue
    wish = catalogue.wish(key)
    parts = []
    if wish.mandatory:
        reason = wish.reason.strip().rstrip(".")
        parts.append(f"imposée ({reason})" if reason else "imposée")
    if moves:
        raised = [
            f"{french.quoted(label(catalogue, criterion))} de {move.before} à {move.after}" for criterion, move in moves
        ]
        parts.append(f"relève {french.listing(raised)}")
    awaited = [titled(catalogue, other) for other in catalogue.dependents[key] if other in board.starts]
    if awaited:
        shown, rest = awaited[:_TITLES_SHOWN], len(awaited) - _TITLES_SHOWN
        if rest > 0:
            shown.append(f"{rest} {french.plural(rest, 'autre')}")
        parts.append(f"ouvre la voie à {french.listing(shown)}")
    if not moves and not awaited:
        parts.append("ne relève aucun niveau dans ce plan")
    return french.capitalised(", ".join(parts))


def _why_now(board: Board, key: str) -> str:
    """The constraint that keeps it from beginning a month earlier."""
    catalogue = board.catalogue
    begins, wish = board.starts[key], catalogue.wish(key)
    if wish.start_month == begins:
        return f"commence en {month_name(catalogue, begins)}, comme demandé"
    if wish.start_month is not None:
        return f"commence en {month_name(catalogue, begins)}, au plus près du mois demandé"
    if begins == 0:
        return "commence dès le premier mois"
    if wish.not_before == begins:
        return f"ne pouvait pas commencer avant {month_name(catalogue, begins)}, comme demandé"
    awaited = [required for required in catalogue.needs[key] if board.end_of(required) == begins]
    if awaited:
        return f"commence à la fin de {french.listing(titled(catalogue, required) for required in awaited)}"
    waited = awaited_resource(board, key, begins - 1)
    if waited:
        return waited
    for step in catalogue.steps[key]:
        base = catalogue.problem.levels[step.criterion]
        others = [move for move in board.moves(step.criterion) if move.measure != key]
        if month_of_level(base, others, step.start) == begins:
            return f"attend que {label(catalogue, step.criterion)} soit au niveau {step.start}"
    return f"commence en {month_name(catalogue, begins)}"
