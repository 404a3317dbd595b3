# SPDX-License-Identifier: EUPL-1.2
"""The planner: a sound greedy by value per cost, then improved. Deterministic; another algorithm may take its place.

The value of a plan is the sum, over the levels that it gains, of the weight of the criterion × the share of the horizon
that remains once the level is reached; a level above the target counts for ``Problem.beyond_target``. The cost weighed
against it is the money spent inside the horizon and the person-days at ``Problem.day_rate``, each multiplied by the
scarcity of what it takes (all that is useful / all that is available).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from carene.engines import french
from carene.engines.planner.actions import planned_actions
from carene.engines.planner.board import GAIN_SLACK, Board
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.checks import check_problem
from carene.engines.planner.footprint import Slot
from carene.engines.planner.greedy import Ranking, fill
from carene.engines.planner.imposed import Outcome, impose
from carene.engines.planner.improve import improve
from carene.engines.planner.left_out import left_out
from carene.engines.planner.levels import level_at
from carene.engines.planner.model import Plan, PlannedAction, Problem, QuarterLoad, YearBudget

# Several ways of ranking are tried and the best plan is kept: none wins everywhere.
_RANKINGS = (Ranking(1.0, True), Ranking(1.0, False), Ranking(0.5, True), Ranking(0.0, False))
_RANKINGS_FOR_MANY = _RANKINGS[:2]
_MANY = 300  # candidates
NOTHING = "Aucune mesure au catalogue : il n'y avait rien à planifier."


def plan(problem: Problem) -> Plan:
    """The best dated plan found within budgets, teams, prerequisites and wishes; the same problem gives the same plan.

    An empty catalogue, no money or no team give a valid plan, maybe empty, whose ``left_out`` says why. Raises
    InputError when the problem makes no sense (horizon, negative or missing amounts, unknown or circular prerequisites,
    contradictory wishes).
    """
    found = filled(problem)
    return finished(found.board, found.outcome, _method(len(problem.candidates), found.rankings, found.exchanged))


@dataclass(frozen=True, slots=True)
class Filled:
    """A board that holds the greedy plan, with how it was found."""

    board: Board
    outcome: Outcome
    ranking: Ranking
    rankings: int
    exchanged: int


def filled(problem: Problem) -> Filled:
    """The greedy plan, exchanges included. Raises InputError as ``plan`` does."""
    check_problem(problem)
    catalogue = Catalogue(problem)
    rankings = _RANKINGS if len(problem.candidates) <= _MANY else _RANKINGS_FOR_MANY
    board, outcome, ranking = _best_fill(catalogue, rankings)
    board, exchanged = improve(board, ranking)
    return Filled(board, outcome, ranking, len(rankings), exchanged)


def finished(board: Board, outcome: Outcome, method: str) -> Plan:
    """A filled board as a plan."""
    catalogue = board.catalogue
    actions = planned_actions(board)
    return Plan(
        problem=catalogue.problem,
        actions=actions,
        left_out=left_out(board),
        years=_years(catalogue, actions),
        purses=_purses(board),
        levels=_levels(board),
        loads=_loads(catalogue, actions),
        value=sum(action.value for action in actions),
        method=method,
        unmet=tuple(outcome.unmet),
        unit=catalogue.problem.unit,
    )


def _best_fill(catalogue: Catalogue, rankings: tuple[Ranking, ...]) -> tuple[Board, Outcome, Ranking]:
    """The wishes are honoured as well as can be first; the value decides among the plans that honour them equally."""
    best: tuple[Board, Outcome, Ranking] | None = None
    for ranking in rankings:
        for fixed_first in (True, False):
            board = Board(catalogue)
            outcome = impose(board, ranking, fixed_first=fixed_first)
            fill(board, catalogue.open_keys(), ranking)
            if best is None or _is_better(board, outcome, best[0], best[1]):
                best = (board, outcome, ranking)
            if not outcome.unmet:
                break  # the other order of the wishes can only matter when this one fails somewhere
    assert best is not None  # there is always a ranking
    return best


def _is_better(board: Board, outcome: Outcome, other: Board, others: Outcome) -> bool:
    mine, theirs = (outcome.missing, outcome.months), (others.missing, others.months)
    return mine < theirs or (mine == theirs and board.value > other.value + GAIN_SLACK)


def _years(catalogue: Catalogue, actions: tuple[PlannedAction, ...]) -> tuple[YearBudget, ...]:
    years = catalogue.grid.years
    return tuple(
        YearBudget(
            year,
            sum(catalogue.budgets[rank :: len(years)]),
            sum(action.cost_by_year.get(year, 0.0) for action in actions),
        )
        for rank, year in enumerate(years)
    )


def _purses(board: Board) -> tuple[YearBudget, ...]:
    """Those that have a name; none when everything comes from the single one."""
    catalogue = board.catalogue
    spent = [0.0] * len(catalogue.budgets)
    for key, begins in sorted(board.starts.items()):
        for rank, amount in catalogue.footprint(key, begins).money:
            spent[rank] += amount
    return tuple(
        YearBudget(catalogue.purses.year(rank), budget, spent[rank], catalogue.purses.name(rank))
        for rank, budget in enumerate(catalogue.budgets)
        if rank >= len(catalogue.grid.years)
    )


def _levels(board: Board) -> tuple[Mapping[str, int], ...]:
    """Before the plan, then at the end of each quarter."""
    grid, base = board.catalogue.grid, board.catalogue.problem.levels
    moves = {criterion: board.moves(criterion) for criterion in sorted(base)}
    ends = [grid.months_of_quarter(quarter)[1] for quarter in range(grid.quarters)]
    return (
        {criterion: base[criterion] for criterion in moves},
        *({criterion: level_at(base[criterion], moved, end) for criterion, moved in moves.items()} for end in ends),
    )


def _loads(catalogue: Catalogue, actions: tuple[PlannedAction, ...]) -> tuple[QuarterLoad, ...]:
    """Every skill that is limited or used, in every quarter."""
    used: dict[Slot, float] = {}
    for action in actions:
        for slot, days in catalogue.footprint(action.measure, action.start_month).days:
            used[slot] = used.get(slot, 0.0) + days
    skills = sorted({skill for skill, _ in used} | set(catalogue.problem.capacity))
    return tuple(
        QuarterLoad(skill, quarter, used.get((skill, period), 0.0), catalogue.capacity.get((skill, period)))
        for skill in skills
        for quarter, period in enumerate(catalogue.grid.every_quarter())
    )


def _method(candidates: int, rankings: int, exchanged: int) -> str:
    if not candidates:
        return NOTHING
    swaps = "les échanges de mesures essayés ensuite ne l'ont pas améliorée"
    if exchanged:
        verb = "l'ont" if exchanged > 1 else "l'a"
        swaps = (
            f"{french.in_words(exchanged)} {french.plural(exchanged, 'échange')} de mesures {verb} ensuite améliorée"
        )
    return (
        "Comment ce plan est trouvé : ce qui apporte le plus pour ce qu'il coûte est retenu d'abord, "
        f"avec ses prérequis ; {french.in_words(rankings)} façons de les ordonner ont été essayées, la meilleure est "
        f"gardée ; {swaps}. C'est un bon plan, sans preuve qu'il soit le meilleur."
    )
