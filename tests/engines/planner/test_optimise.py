# SPDX-License-Identifier: EUPL-1.2
"""The optimiser: valid, never below the greedy, bounded, the same for a seed; the best where all can be tried."""

from __future__ import annotations

import itertools
import random
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from carene.engines.planner import optimise as module
from carene.engines.planner.board import Board
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.check import violations
from carene.engines.planner.model import Candidate, Plan, Problem, Step, Wish
from carene.engines.planner.optimise import optimise, relaxation, widths
from carene.engines.planner.optimum import bound as linear
from carene.engines.planner.optimum import exact
from carene.engines.planner.optimum.packed import pack
from carene.engines.planner.planning import filled, plan
from carene.engines.sources import InputError
from tests.support.problems import candidate, large, problem, problems

some = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TINY = 1e-6


@some
@given(problems())
def test_a_plan_is_valid_bounded_and_never_below_the_greedy(one: Problem) -> None:
    found = optimise(one, steps=25)
    assert violations(one, found) == []
    assert found.value >= plan(one).value - TINY
    assert found.bound is not None
    assert found.bound >= found.value - TINY
    assert found.unmet == plan(one).unmet
    assert all(after.value >= before.value - TINY for before, after in pairwise(found.trail))


@few
@given(problems())
def test_with_the_solvers_too(one: Problem) -> None:
    found = optimise(one, seconds=0.4)
    assert violations(one, found) == []
    assert found.value >= plan(one).value - TINY


@few
@given(problems())
def test_same_seed_and_steps_give_the_same_plan(one: Problem) -> None:
    assert optimise(one, steps=30, seed=3) == optimise(one, steps=30, seed=3)


def tiny(seed: int) -> Problem:
    """Six measures at most over a year, few months to begin: everything can be tried."""
    draw = random.Random(seed)
    measures: list[Candidate] = []
    for rank in range(draw.randint(3, 6)):
        start = draw.choice((0, 0, 1))
        measures.append(
            candidate(
                f"m{rank}",
                (draw.choice("AB"), start, start + draw.choice((1, 2))),
                *([("C", 0, 1)] if draw.random() < 0.3 else []),
                investment=draw.choice((0.0, 4000.0, 9000.0)),
                yearly=draw.choice((0.0, 0.0, 6000.0)),
                effort={"rssi": draw.choice((2.0, 5.0, 8.0))},
                months=draw.choice((1, 2, 4)),
                requires=tuple(one.id for one in measures[-1:] if draw.random() < 0.3),
            )
        )
    return problem(
        *measures,
        months=12,
        budgets={2027: draw.choice((5000.0, 12000.0, 20000.0))},
        capacity={"rssi": [draw.choice((4.0, 8.0, 12.0))] * 4},
        weights={"A": 2.0, "B": 3.0, "C": 1.0},
        calendar={8: 0.4} if draw.random() < 0.5 else {},
        exclusive=(("m0", "m2"),) if draw.random() < 0.3 and not measures[2].requires else (),
        # Six months to begin, so that all can be tried.
        wishes={one.id: Wish(deadline=5 + one.months) for one in measures},
    )


def best_by_trying_all(one: Problem) -> float:
    board = Board(Catalogue(one))
    best = 0.0
    keys = [c.id for c in one.candidates]
    for months in itertools.product((None, 0, 1, 2, 3, 4, 5), repeat=len(keys)):
        placed = sorted((month, key) for month, key in zip(months, keys, strict=True) if month is not None)
        board = Board(board.catalogue)
        for month, key in placed:
            window = board.window(key)
            if window is None or not window[0] <= month <= window[1] or not board.fits(key, month):
                break
            board.place(key, month)
        else:
            best = max(best, board.value)
    return best


@pytest.mark.parametrize("seed", range(4))
def test_the_best_of_all_plans_is_found_and_no_bound_is_below_it(seed: int) -> None:
    one = tiny(seed)
    while len(one.candidates) > 4:  # 7⁴ plans: a second in all
        kept = {c.id for c in one.candidates[:-1]}
        one = replace(
            one,
            candidates=one.candidates[:-1],
            wishes={key: wish for key, wish in one.wishes.items() if key in kept},
            exclusive=tuple(group for group in one.exclusive if set(group) <= kept),
        )
    best = best_by_trying_all(one)
    by_steps, by_solver = optimise(one, steps=300), optimise(one, seconds=5)
    assert by_steps.value == pytest.approx(best)
    assert by_solver.value == pytest.approx(best)
    assert by_steps.bound is not None
    assert by_steps.bound >= best - TINY
    assert by_solver.bound is not None
    assert by_solver.bound >= best - TINY
    assert by_solver.gap == pytest.approx(0, abs=1e-5)  # proven


@pytest.mark.parametrize("width", [1, 3])
def test_the_bound_holds_with_wider_buckets(width: int) -> None:
    from carene.engines.planner.optimum.packed import pack
    from carene.engines.planner.planning import filled

    for seed in range(6):
        one = large(30, seed)
        found = linear.linear_bound(module.relaxation(pack(filled(one).board), width))
        assert found is not None
        assert found.value >= optimise(one, steps=200).value - TINY


def test_more_money_never_gives_less_from_the_smaller_plan() -> None:
    one, warm, values = large(40, 2), None, []
    for share in (0.2, 0.4, 0.6, 0.8, 1.0):
        budgets = {year: amount * share for year, amount in one.budgets.items()}
        warm = optimise(replace(one, budgets=budgets), steps=60, warm=warm)
        values.append(warm.value)
    assert values == sorted(values)


def test_a_measure_may_wait_so_that_another_pays_less() -> None:
    """The running cost of what begins early would take the money of a better measure: the greedy cannot see it."""
    early = candidate("early", ("A", 0, 1), yearly=12_000.0, months=1)
    better = candidate("better", ("B", 0, 3), investment=9000.0, months=1, requires=("base",))
    base = candidate("base", months=3)
    one = problem(early, better, base, months=12, budgets={2027: 12_000.0}, weights={"A": 2.9, "B": 1.0})
    found = optimise(one, steps=200)
    assert violations(one, found) == []
    assert {"early", "better"} <= {action.measure for action in found.actions}
    assert found.value == pytest.approx(2.9 * 3 / 12 + 3 * 8 / 12)


def test_measures_that_exclude_each_other_are_never_both_planned() -> None:
    two = [candidate("a", ("A", 0, 2)), candidate("b", ("B", 0, 3)), candidate("c", ("C", 0, 1), requires=("a",))]
    one = problem(*two, exclusive=(("a", "b"),))
    found = optimise(one, steps=50)
    assert violations(one, found) == []
    assert len({"a", "b"} & {action.measure for action in found.actions}) == 1
    left = {entry.measure: entry for entry in plan(replace(one, done=frozenset({"b"}))).left_out}
    assert left["a"].code == "exclusive"
    assert left["a"].reason == "Elle et « Mesure b » s'excluent, et celle-ci est déjà réalisée.".replace(
        "« ", "«\xa0"
    ).replace(" »", "\xa0»")
    assert left["c"].code == "prerequisite"
    both = replace(found, actions=plan(replace(one, exclusive=())).actions)
    assert any("s'excluent" in sentence for sentence in violations(one, both))


def test_a_measure_cannot_need_one_that_it_excludes() -> None:
    with pytest.raises(InputError, match="qui l'exclut"):
        plan(problem(candidate("a"), candidate("b", requires=("a",)), exclusive=(("a", "b"),)))


def test_august_takes_its_share_of_the_teams() -> None:
    one = problem(
        candidate("a", ("A", 0, 2), effort={"rssi": 9.0}, months=3),
        capacity={"rssi": [0.0, 0.0, 10.0, 10.0] + [0.0] * 4},
    )
    assert plan(one).actions[0].start_month == 6
    short = replace(one, calendar={8: 0.4})  # eight days in the third quarter
    found = plan(short)
    assert violations(short, found) == []
    assert found.actions[0].start_month == 8  # from August on, 1.5 day would fall in a month that has 1.33
    assert "en août 2027" in found.actions[0].reason
    assert found.loads[2].available == pytest.approx(8.0)


def test_values_of_levels_take_the_place_of_weights() -> None:
    one = problem(
        candidate("a", ("A", 0, 1)),
        candidate("b", ("B", 0, 2)),
        level_values={"A": (5.0, 1.0)},
        unit="€",
        objective="risk",
    )
    found = optimise(one, steps=20)
    assert violations(one, found) == []
    assert [action.measure for action in found.actions] == ["a"]
    assert found.value == pytest.approx(5 * 22 / 24)
    assert found.unit == "€"
    assert next(left for left in found.left_out if left.measure == "b").code == "no_value"


def test_stop_and_progress_are_heard_often() -> None:
    one, calls, told = large(120, 1), [], []

    def stop() -> bool:
        calls.append(time.monotonic())
        return len(told) > 8

    begun = time.monotonic()
    found = optimise(one, seconds=90, stop=stop, progress=lambda *event: told.append(event))
    assert time.monotonic() - begun < 60
    assert violations(one, found) == []
    assert all(0 <= share <= 1 for _, _, _, share in told)
    assert [value for _, value, _, _ in told] == sorted(value for _, value, _, _ in told)


def test_a_thousand_measures_within_the_time() -> None:
    one = large(1000, 3)
    begun = time.monotonic()
    found = optimise(one, seconds=4)
    assert time.monotonic() - begun < 60  # the greedy itself cannot be cut short
    assert violations(one, found) == []


def test_impossible_deadlines_say_by_how_much() -> None:
    one = problem(candidate("a", ("A", 0, 2), months=6), wishes={"a": Wish(mandatory=True, deadline=4)})
    found = optimise(one, steps=20)
    assert violations(one, found) == []
    assert "2 mois trop tard" in found.unmet[0].replace("\xa0", " ").replace("\u202f", " ")


def test_cycles_are_named() -> None:
    with pytest.raises(InputError, match="Mesure a"):
        optimise(problem(candidate("a", requires=("b",)), candidate("b", requires=("a",))), steps=1)


def test_an_empty_catalogue_gives_an_empty_plan() -> None:
    found = optimise(problem(), seconds=1)
    assert (found.actions, found.value, found.gap) == ((), 0, 0)
    assert found.method == "Aucune mesure au catalogue : il n'y avait rien à planifier."


@pytest.mark.skipif(not linear.available(), reason="needs HiGHS")
def test_a_thousand_measures_have_a_first_bound_at_once() -> None:
    one = large(1000, 3)
    board = filled(one).board
    packed = pack(board)
    assert widths(packed) == (12, 3)
    began = time.perf_counter()
    found = linear.linear_bound(relaxation(packed, 12))
    assert time.perf_counter() - began < 60  # two seconds on an idle machine
    assert found is not None
    assert found.value >= board.value


def test_zero_capacity_gives_a_plan_that_says_so() -> None:
    one = problem(candidate("a", ("A", 0, 2), effort={"rssi": 3.0}), capacity={"rssi": [0.0] * 8})
    found = optimise(one, steps=5)
    assert violations(one, found) == []
    assert found.left_out[0].code == "team"


@pytest.mark.parametrize("steps", [30, None])
def test_without_solvers_the_search_works_and_says_so(monkeypatch: pytest.MonkeyPatch, steps: int | None) -> None:
    monkeypatch.setattr(exact, "available", lambda: False)
    monkeypatch.setattr(linear, "available", lambda: False)
    one = large(30, 1)
    found = optimise(one, steps=steps, seconds=None if steps else 0.3)
    assert violations(one, found) == []
    assert (found.bound, found.gap) == (None, None)
    assert "HiGHS n'a pas donné de borne" in found.method
    assert ("OR-Tools n'est pas installé" in found.method) == (steps is None)


def test_a_warm_plan_that_no_longer_holds_is_left_aside() -> None:
    one = large(30, 4)
    warm = optimise(one, steps=20)
    poor = replace(one, budgets={})
    found: Plan = optimise(poor, steps=20, warm=warm)
    assert violations(poor, found) == []


def test_a_step_that_stands_on_a_rung_waits_for_it_in_the_exact_model() -> None:
    one = problem(
        Candidate("low", "Mesure low", (Step("A", 0, 1),), 0, 0, {}, 5),
        Candidate("high", "Mesure high", (Step("A", 1, 3),), 0, 0, {}, 2),
    )
    found = optimise(one, seconds=3)
    assert {a.measure: a.start_month for a in found.actions} == {"low": 0, "high": 5}
    assert found.gap == pytest.approx(0, abs=1e-6)
