# SPDX-License-Identifier: EUPL-1.2
"""Why here, why not, what a little more would buy; other budgets and other figures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from carene.engines.planner.check import violations
from carene.engines.planner.explain import dominating, explanation, explanations, marginals, said
from carene.engines.planner.model import Problem, Wish
from carene.engines.planner.optimise import optimise
from carene.engines.planner.optimum import bound as linear
from carene.engines.planner.planning import plan
from carene.engines.planner.scenarios import between, doubted, pareto, replayed, robust, starts_of
from carene.engines.planner.usual import proposals
from tests.support.problems import candidate, large, problem, problems

some = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@some
@given(problems())
def test_every_measure_is_explained_in_sentences(one: Problem) -> None:
    found = plan(one)
    told = explanations(found)
    assert {entry.measure for entry in told} == {c.id for c in one.candidates}
    assert [explanation(found, entry.measure) for entry in told] == list(told)
    assert explanation(found, "unknown") is None
    for entry in told:
        for text in (entry.buys, entry.waited or entry.why_not):
            assert text.endswith(".")
            assert text[0].isupper() or text[0] == "«"
            assert "  " not in text
            assert "None" not in text
        assert bool(entry.waited) != bool(entry.why_not)


def test_what_was_waited_for_is_named() -> None:
    days = {"rssi": 20.0}
    one = problem(
        candidate("a", ("C", 0, 3), effort=days, months=3),
        candidate("b", ("D", 0, 2), effort=days, months=3),
        candidate("c", ("D", 2, 3), investment=9000.0, months=1, requires=("b",)),
        months=24,
        capacity={"rssi": [20.0] * 8},
        budgets={2027: 0.0, 2028: 9000.0},
        labels={"rssi": "RSSI"},
    )
    told = {entry.measure: entry for entry in explanations(plan(one))}
    assert plain(told["a"].waited) == "Rien ne la retarde : elle commence dès le premier mois."
    assert "l'équipe « RSSI » de janvier à" in plain(told["b"].waited)
    assert "attend la fin de « Mesure b »" in plain(told["c"].waited)
    assert "l'argent de 2027 (9 000 € manquaient)" in plain(told["c"].waited)
    assert plain(told["a"].buys).startswith("Elle relève « C » de 0 à 3, soit ")


def test_a_dominated_measure_names_the_better_one() -> None:
    dear = candidate("dear", ("A", 0, 2), investment=200_000.0)
    cheap = candidate("cheap", ("A", 0, 3), investment=150_000.0)
    one = problem(dear, cheap, budgets={2027: 1000.0})
    assert dominating(one, dear) == "cheap"
    assert dominating(one, cheap) is None
    told = {entry.measure: entry for entry in explanations(plan(one))}
    assert plain(told["dear"].why_not).endswith("« Mesure cheap » fait au moins autant pour moins cher.")


def short_of_money() -> Problem:
    return problem(
        candidate("a", ("A", 0, 3), investment=20_000.0, effort={"rssi": 1.0}),
        candidate("b", ("B", 0, 3), investment=20_000.0, effort={"rssi": 1.0}),
        budgets={2027: 30_000.0},
        capacity={"rssi": [30.0] * 8},
    )


@pytest.mark.parametrize("solver", [True, False])
def test_money_is_worth_something_where_it_lacks_and_time_nothing_where_it_does_not(
    monkeypatch: pytest.MonkeyPatch, solver: bool
) -> None:
    if not solver:
        monkeypatch.setattr(linear, "available", lambda: False)
    one = short_of_money()
    found = marginals(plan(one))
    assert found.best_year == 2027
    assert found.money[2027] > 1 * 22 / 24  # half of a measure at least
    assert found.team["rssi"] == pytest.approx(0, abs=1e-5)
    assert plain(said(found, {})[0]).startswith("10 000 € de plus en 2027 achèteraient environ")
    assert "Estimation" in found.method


def test_nothing_to_buy_is_said() -> None:
    found = marginals(plan(problem(candidate("a", ("A", 0, 3)))))
    assert said(found, {}) == ("Un peu plus d'argent ou de temps n'achèterait rien de plus dans cet horizon.",)


def test_the_curve_never_falls_and_keeps_to_each_budget() -> None:
    one = large(40, 5)
    shares: list[float] = []
    found = pareto(one, 5, steps=60, heard=shares.append)
    assert [point.value for point in found] == sorted(point.value for point in found)
    assert len(found) == 6
    assert shares[-1] == 1
    for point in found:
        assert point.spent <= point.budget + 0.01
        assert point.bound is not None
        assert point.bound >= point.value - 1e-6
        assert violations(point.plan.problem, point.plan) == []


def test_a_curve_that_is_stopped_gives_what_it_has() -> None:
    assert pareto(large(20, 5), 5, steps=5, stop=lambda: True) == ()


def test_the_robust_plan_is_valid_and_no_worse_than_the_nominal_one_in_bad_draws() -> None:
    one = large(30, 6)
    one = replace(one, wishes={"m0003": Wish(mandatory=True)})
    few = proposals().uncertainty.model_copy(update={"draws": 6})
    nominal = optimise(one, steps=60)
    found = robust(one, nominal, uncertainty=few, steps=40)
    assert violations(one, found.plan) == []
    assert found.low >= found.nominal_low - 1e-9
    assert found.low <= found.median + 1e-9
    assert set(found.stays) == {action.measure for action in found.plan.actions}
    assert all(0 <= share <= 1 for share in (*found.stays.values(), *found.chosen.values()))
    assert found.draws == 6
    assert robust(one, nominal, uncertainty=few, steps=40) == found


def test_without_doubt_the_robust_plan_is_the_nominal_one() -> None:
    one = large(20, 6)
    sure = {"below": 0.0, "above": 0.0}
    none = type(proposals().uncertainty).model_validate(
        proposals().uncertainty.model_dump() | {"cost": sure, "effort": sure, "effect": sure, "draws": 2}
    )
    nominal = optimise(one, steps=150)
    found = robust(one, nominal, uncertainty=none, steps=20)
    assert found.low == pytest.approx(found.median)
    assert found.nominal_low == pytest.approx(nominal.value)
    assert set(found.stays.values()) <= {1.0}


@some
@given(problems())
def test_a_plan_is_found_again_from_its_months(one: Problem) -> None:
    found = optimise(one, steps=20)
    if found.unmet:
        return  # what was told of a wish that does not hold is not in the months
    again = replayed(one, starts_of(found), found.method, found.bound)
    assert again.actions == found.actions
    assert again.value == pytest.approx(found.value)
    assert again.bound == pytest.approx(found.bound)


def test_what_no_longer_fits_begins_later_or_not_at_all() -> None:
    one = large(30, 5)
    found = plan(one)
    poorer = replace(one, budgets={year: amount / 3 for year, amount in one.budgets.items()})
    again = replayed(poorer, {**starts_of(found), "inconnue": 3}, "Essai.")
    assert not violations(poorer, again)
    assert starts_of(again).keys() < starts_of(found).keys()
    assert (again.bound, again.gap, again.method) == (None, None, "Essai.")


@pytest.mark.skipif(not linear.available(), reason="needs HiGHS")
def test_what_a_little_more_buys_is_doubted_too() -> None:
    one = large(40, 7)
    found = optimise(one, steps=100)
    few = proposals().uncertainty.model_copy(update={"draws": 12})
    drawn = doubted(one, found, uncertainty=few)
    assert len(drawn) == 12
    assert drawn == doubted(one, found, uncertainty=few)
    best = marginals(found).best_year
    assert best is not None
    low, high = between([each.money[best] for each in drawn], 0.1)
    assert 0 <= low < high
    assert doubted(one, found, stop=lambda: True) == ()


def test_an_interval_leaves_the_same_share_on_both_sides() -> None:
    assert between([float(value) for value in range(100)], 0.1) == (10.0, 89.0)
    assert between([4.0], 0.1) == (4.0, 4.0)
