# SPDX-License-Identifier: EUPL-1.2
"""What must hold of any plan, whatever the problem. The checker shares no computation with the planner."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carene.engines.planner.board import Board, Obstacle
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.check import violations
from carene.engines.planner.greedy import Ranking, fill, propose
from carene.engines.planner.imposed import impose
from carene.engines.planner.improve import improve
from carene.engines.planner.model import Problem
from carene.engines.planner.planning import plan
from tests.support.problems import large, problems

many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
some = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(problems())
def test_no_plan_breaks_its_problem(problem: Problem) -> None:
    found = plan(problem)
    assert violations(problem, found) == []
    assert found.value >= 0
    order = [(action.start_month, action.measure) for action in found.actions]
    assert order == sorted(order)


@many
@given(problems())
def test_imposed_measures_are_planned_or_told(problem: Problem) -> None:
    found = plan(problem)
    planned = {action.measure for action in found.actions}
    for key, wish in problem.wishes.items():
        if (wish.mandatory or wish.start_month is not None) and key not in problem.done and key not in planned:
            assert any(f"Mesure {key}" in sentence for sentence in found.unmet)


@some
@given(problems(), st.randoms(use_true_random=False))
def test_the_same_problem_gives_the_same_plan_in_any_order(problem: Problem, random: object) -> None:
    shuffled = list(problem.candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    other = replace(
        problem,
        candidates=tuple(shuffled),
        levels=dict(reversed(problem.levels.items())),
        wishes=dict(reversed(problem.wishes.items())),
    )
    one, two = plan(problem), plan(other)
    assert replace(one, problem=other) == two


@some
@given(problems())
def test_levels_never_go_down(problem: Problem) -> None:
    levels = plan(problem).levels
    assert len(levels) == -(-problem.months // 3) + 1
    for before, after in pairwise(levels):
        assert all(after[criterion] >= level for criterion, level in before.items())


@some
@given(problems(), st.sampled_from([Ranking(1, True), Ranking(0.5, False), Ranking(0, False)]))
def test_improving_never_lowers_the_value(problem: Problem, ranking: Ranking) -> None:
    board = Board(Catalogue(problem))
    impose(board, ranking, fixed_first=True)
    fill(board, board.catalogue.open_keys(), ranking)
    before = board.value
    better, _ = improve(board, ranking)
    assert better.value >= before - 1e-9


@many
@given(problems())
def test_nothing_that_fits_with_some_gain_is_left_out(problem: Problem) -> None:
    found = plan(problem)
    board = Board(Catalogue(problem))
    for action in found.actions:
        board.place(action.measure, action.start_month)
    imposed = {key for key, wish in problem.wishes.items() if wish.mandatory or wish.start_month is not None}
    for left in found.left_out:
        # An imposed measure that found no room is not tried again; those that wait for it neither.
        board.refused.update({left.measure: Obstacle(left.code, "")} if left.measure in imposed else {})
    for key in board.catalogue.open_keys():
        if key not in board.starts and key not in board.refused:
            assert propose(board, key, Ranking(1, True)) is None


@some
@given(problems())
def test_sentences_are_sentences(problem: Problem) -> None:
    found = plan(problem)
    for sentence in (*(a.reason for a in found.actions), *(left.reason for left in found.left_out), *found.unmet):
        assert sentence.endswith(".")
        assert not sentence.endswith("..")
        assert "  " not in sentence
        assert "None" not in sentence
        assert sentence[0].isupper() or sentence[0] == "«"


def test_large_catalogues_are_right_too() -> None:
    for seed in range(3):
        problem = large(90, seed)
        assert violations(problem, plan(problem)) == []
