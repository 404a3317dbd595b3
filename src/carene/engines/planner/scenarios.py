# SPDX-License-Identifier: EUPL-1.2
"""The same problem with other means or other figures: what each budget buys, and which plan stands our errors."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from carene.engines.planner.board import Board
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.checks import check_problem
from carene.engines.planner.explain import Marginals, marginals
from carene.engines.planner.model import Plan, Problem
from carene.engines.planner.optimise import QUARTER, optimise
from carene.engines.planner.optimum import bound as linear
from carene.engines.planner.planning import filled, finished
from carene.engines.planner.usual import Range, Uncertainty, proposals

STEPS = 600  # of the search, for each point or draw
MEDIAN = 0.5
PRUDENT = "Comment ce plan est trouvé : parmi les plans cherchés pour chaque tirage, celui qui résiste le mieux."

Heard = Callable[[float], None]  # share done, 0–1
Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Point:
    """``budget``: euros over the horizon; ``share`` of the problem's own; ``bound``: what no plan of it can exceed."""

    share: float
    budget: float
    spent: float
    value: float
    bound: float | None
    plan: Plan


@dataclass(frozen=True, slots=True)
class Robust:
    """``plan``: valid for the problem as it is. ``low``, ``median``: of its value over the draws, each replayed with
    its own costs, work and effects: what no longer fits begins later, or not at all. ``nominal_…``: the same for the
    plan found without doubting. ``stays``: measure → share of the draws in which it stays in ``plan``; ``chosen``:
    measure → share of the draws in which the plan sought for that draw holds it."""

    plan: Plan
    low: float
    median: float
    nominal_low: float
    nominal_median: float
    stays: Mapping[str, float]
    chosen: Mapping[str, float]
    draws: int


def pareto(
    problem: Problem,
    points: int = 10,
    *,
    most: float = 1.0,
    steps: int = STEPS,
    seed: int = 0,
    heard: Heard | None = None,
    stop: Stop | None = None,
) -> tuple[Point, ...]:
    """What each part of the budgets buys, from none to ``most`` times all of them, in ``points`` steps.

    Each plan starts from the one before, so that more money never buys less. Stopped early, the points found so far.
    Raises InputError as ``plan`` does.
    """
    found: list[Point] = []
    warm: Plan | None = None
    for rank in range(points + 1):
        if stop is not None and stop():
            break
        share = most * rank / points
        budgets = {year: amount * share for year, amount in problem.budgets.items()}
        purses = {name: {year: one * share for year, one in own.items()} for name, own in problem.purses.items()}
        warm = optimise(replace(problem, budgets=budgets, purses=purses), steps=steps, seed=seed, warm=warm, stop=stop)
        budget, spent = sum(year.budget for year in warm.years), sum(year.spent for year in warm.years)
        found.append(Point(share, budget, spent, warm.value, warm.bound, warm))
        if heard is not None:
            heard((rank + 1) / (points + 1))
    return tuple(found)


def robust(
    problem: Problem,
    nominal: Plan | None = None,
    *,
    uncertainty: Uncertainty | None = None,
    steps: int = STEPS,
    seed: int = 0,
    heard: Heard | None = None,
    stop: Stop | None = None,
) -> Robust:
    """The plan whose value in the unfavourable draws (their low quantile) is the highest.

    Costs, work and effects are drawn in the ranges of ``uncertainty`` (the pack's by default): costs and work measure
    by measure, effects criterion by criterion, triangular around the estimate. The plans compared are the nominal one
    and those sought for each draw, brought back to the problem as it is. Raises InputError as ``plan`` does.
    """
    ranges = uncertainty or proposals().uncertainty
    nominal = nominal or optimise(problem, steps=steps, seed=seed)
    draw = random.Random(seed)
    drawn: list[Problem] = []
    usual = starts_of(nominal)
    first = _imposed(problem, usual)
    settled = {key: begins for key, begins in usual.items() if key in first}
    rivals: list[dict[str, int]] = [usual]
    chosen: dict[str, int] = {}
    for rank in range(ranges.draws):
        if drawn and stop is not None and stop():
            break
        one = _drawn(problem, ranges, draw)
        best = optimise(one, steps=steps, seed=seed, stop=stop, prove=False)
        drawn.append(one)
        rivals.append({**starts_of(best), **settled})
        for action in best.actions:
            chosen[action.measure] = chosen.get(action.measure, 0) + 1
        if heard is not None:
            heard((rank + 1) / (ranges.draws + 1))
    own, others = Catalogue(problem), [Catalogue(one) for one in drawn]
    boards = [_replayed(own, starts, first) for starts in rivals]
    values = [[_replayed(one, board.starts, first).value for one in others] for board in boards]
    lows = [_quantile(row, ranges.quantile) for row in values]
    winner = max(range(len(boards)), key=lambda rank: (lows[rank], boards[rank].value, -rank))
    kept = boards[winner]
    stays = [_replayed(one, kept.starts, first).starts for one in others]
    plan = nominal if winner == 0 else _as_plan(kept, PRUDENT, nominal.bound)
    return Robust(
        plan=plan,
        low=lows[winner],
        median=_quantile(values[winner], MEDIAN),
        nominal_low=lows[0],
        nominal_median=_quantile(values[0], MEDIAN),
        stays={key: sum(key in starts for starts in stays) / len(stays) for key in sorted(kept.starts)},
        chosen={key: count / len(drawn) for key, count in sorted(chosen.items())},
        draws=len(drawn),
    )


def doubted(
    problem: Problem,
    plan: Plan,
    *,
    uncertainty: Uncertainty | None = None,
    seed: int = 0,
    heard: Heard | None = None,
    stop: Stop | None = None,
) -> tuple[Marginals, ...]:
    """What a little more of each means would buy, in each draw of ``robust``; none without HiGHS: no prices."""
    ranges = uncertainty or proposals().uncertainty
    draw = random.Random(seed)
    found: list[Marginals] = []
    for rank in range(ranges.draws if linear.available() else 0):
        if stop is not None and stop():
            break
        found.append(marginals(replace(plan, problem=_drawn(problem, ranges, draw)), width=QUARTER))
        if heard is not None:
            heard((rank + 1) / ranges.draws)
    return tuple(found)


def between(values: Sequence[float], share: float) -> tuple[float, float]:
    """Below the first lies this share of the values at most, above the second too."""
    return _quantile(values, share), -_quantile([-value for value in values], share)


def starts_of(plan: Plan) -> dict[str, int]:
    """Measure → month at which its work begins: with the problem, all that makes the plan."""
    return {action.measure: action.start_month for action in plan.actions}


def replayed(problem: Problem, starts: Mapping[str, int], method: str, bound: float | None = None) -> Plan:
    """The plan of these measures: each at its month, else at the first after that fits, else left out.

    ``method``: French, how it was found; ``bound``: what no plan of this problem exceeds, when it is known. Raises
    InputError as ``plan`` does.
    """
    check_problem(problem)
    catalogue = Catalogue(problem)
    free = set(catalogue.open_keys())
    known = {key: begins for key, begins in starts.items() if key in free}
    return _as_plan(_replayed(catalogue, known, _imposed(problem, known)), method, bound)


def _drawn(problem: Problem, ranges: Uncertainty, draw: random.Random) -> Problem:
    def factor(around: Range) -> float:
        return draw.triangular(1 - around.below, 1 + around.above, 1.0)

    candidates = []
    for one in problem.candidates:
        cost, work = factor(ranges.cost), factor(ranges.effort)
        effort = {skill: days * work for skill, days in one.effort.items()}
        candidates.append(replace(one, investment=one.investment * cost, yearly=one.yearly * cost, effort=effort))
    effects = {criterion: factor(ranges.effect) for criterion in sorted(problem.levels)}
    values = problem.level_values
    return replace(
        problem,
        candidates=tuple(candidates),
        weights={key: weight * effects.get(key, 1.0) for key, weight in problem.weights.items()},
        level_values=values
        and {key: tuple(step * effects.get(key, 1.0) for step in steps) for key, steps in values.items()},
    )


def _replayed(catalogue: Catalogue, starts: Mapping[str, int], first: frozenset[str]) -> Board:
    """A plan carried out with other figures: those of ``first``, then by date, each at its month or the first that fits
    after; what waits for something that did not happen does not happen."""
    board = Board(catalogue)
    for key, begins in sorted(starts.items(), key=lambda item: (item[0] not in first, item[1], item[0])):
        window = board.window(key, strict=key not in first)
        if window is None:
            continue
        found = board.first_fit(key, max(window[0], begins), window[1])
        if found is not None:
            board.place(key, found)
    return board


def _imposed(problem: Problem, planned: Iterable[str]) -> frozenset[str]:
    """What the wishes put in a plan, and what that needs."""
    catalogue = Catalogue(problem)
    wishes = problem.wishes
    pending = [key for key in planned if (wish := wishes.get(key)) and (wish.mandatory or wish.start_month is not None)]
    found = set(pending)
    while pending:
        for required in catalogue.needs[pending.pop()]:
            if required not in found:
                found.add(required)
                pending.append(required)
    return frozenset(found)


def _quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed, the nearest below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _as_plan(board: Board, method: str, known: float | None) -> Plan:
    found = filled(board.catalogue.problem)
    board.refused = dict(found.board.refused)
    plan = finished(board, found.outcome, method)
    bound = None if known is None else max(known, plan.value)
    gap = None if bound is None else (bound - plan.value) / bound if bound > 0 else 0.0
    return replace(plan, bound=bound, gap=gap)
