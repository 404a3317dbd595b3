# SPDX-License-Identifier: EUPL-1.2
"""Several purses in one problem: each pays its part of what names it, and none more than it has."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.planner.check import violations
from carene.engines.planner.model import Plan, Problem
from carene.engines.planner.optimise import optimise
from carene.engines.planner.planning import plan
from carene.engines.planner.serialise import from_data, to_data
from carene.engines.sources import InputError
from tests.support.problems import candidate, problem, problems


def two_purses(**changes: object) -> Problem:
    """One measure of 12 000 €, a quarter of it from « nord », the rest from « sud »."""
    values: dict[str, object] = {
        "budgets": {},
        "purses": {"nord": {2027: 3_000.0, 2028: 0.0}, "sud": {2027: 9_000.0}},
        "labels": {"nord": "Hôpital Nord", "sud": "Hôpital Sud"},
    }
    one = candidate("m", ("A", 0, 1), investment=12_000.0, payers={"nord": 0.25, "sud": 0.75})
    return problem(one, **{**values, **changes})


def test_each_purse_pays_its_part() -> None:
    found = plan(two_purses())
    assert [action.measure for action in found.actions] == ["m"]
    assert [(one.purse, one.year, one.budget, one.spent) for one in found.purses] == [
        ("nord", 2027, 3_000.0, 3_000.0),
        ("nord", 2028, 0.0, 0.0),
        ("sud", 2027, 9_000.0, 9_000.0),
        ("sud", 2028, 0.0, 0.0),
    ]
    assert [(year.year, year.budget, year.spent) for year in found.years] == [
        (2027, 12_000.0, 12_000.0),
        (2028, 0.0, 0.0),
    ]
    assert found.actions[0].cost_by_year == {2027: 12_000.0}
    assert violations(found.problem, found) == []


def test_the_purse_that_lacks_is_named() -> None:
    found = plan(two_purses(purses={"nord": {2027: 1_000.0}, "sud": {2027: 90_000.0}}))
    assert found.actions == ()
    assert "au budget de «\xa0Hôpital Nord\xa0» en 2027" in found.left_out[0].reason
    assert "Sud" not in found.left_out[0].reason


def test_without_purses_nothing_is_told_of_them() -> None:
    found = plan(problem(candidate("m", ("A", 0, 1), investment=10.0)))
    assert found.purses == ()
    assert all(year.purse == "" for year in found.years)


@pytest.mark.parametrize(
    ("payers", "said"),
    [({"est": 1.0}, "n'existe pas"), ({"nord": 0.5}, "font 50"), ({"nord": -0.5, "sud": 1.5}, "négatif")],
)
def test_payers_that_make_no_sense_are_refused(payers: dict[str, float], said: str) -> None:
    wrong = two_purses()
    with pytest.raises(InputError, match=said):
        plan(replace(wrong, candidates=(replace(wrong.candidates[0], payers=payers),)))


def test_a_plan_with_purses_survives_json() -> None:
    found = plan(two_purses())
    assert from_data(to_data(found)) == found


@st.composite
def shared_money(draw: st.DrawFn) -> Problem:
    """Any problem, its budgets kept for some measures, the others paid by two purses or one."""
    found = draw(problems())
    years = sorted({2027, 2028, 2029, 2030})
    purses = {
        name: {year: draw(st.sampled_from((20_000.0, 4_000.0, 0.0))) for year in draw(st.sampled_from((years, [])))}
        for name in ("nord", "sud")
    }
    candidates = tuple(
        replace(
            one, payers=draw(st.sampled_from(({}, {"nord": 1.0}, {"nord": 0.3, "sud": 0.7}, {"": 0.5, "sud": 0.5})))
        )
        for one in found.candidates
    )
    return replace(found, purses=purses, candidates=candidates)


@settings(max_examples=60, deadline=None)
@given(shared_money())
def test_no_purse_is_overspent(found: Problem) -> None:
    greedy, best = plan(found), optimise(found, steps=15)
    assert violations(found, greedy) == []
    assert violations(found, best) == []
    assert best.value >= greedy.value - 1e-9


@settings(max_examples=40, deadline=None)
@given(problems())
def test_the_single_purse_under_another_name_changes_nothing(found: Problem) -> None:
    renamed = replace(
        found,
        budgets={},
        purses={"nord": found.budgets},
        candidates=tuple(replace(one, payers={"nord": 1.0}) for one in found.candidates),
    )

    def moments(given: Plan) -> list[tuple[str, int]]:
        return [(action.measure, action.start_month) for action in given.actions]

    assert moments(plan(renamed)) == moments(plan(found))
