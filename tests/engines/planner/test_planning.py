# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from carene.engines.planner.check import violations
from carene.engines.planner.model import Plan, PlannedAction, Problem, Step, Wish
from carene.engines.planner.planning import plan
from tests.support.problems import candidate, large, problem


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def planned(problem: Problem) -> tuple[Plan, dict[str, PlannedAction]]:
    found = plan(problem)
    assert violations(problem, found) == []
    return found, {action.measure: action for action in found.actions}


def why_not(problem: Problem, key: str) -> tuple[str, str]:
    found, _ = planned(problem)
    left = next(entry for entry in found.left_out if entry.measure == key)
    return left.code, plain(left.reason)


# Money


def test_investment_is_spread_over_the_work_and_the_yearly_cost_follows() -> None:
    one = candidate("a", ("C", 0, 3), investment=12000.0, yearly=2400.0, months=4)
    _, actions = planned(
        problem(one, start=dt.date(2027, 11, 1), months=18, budgets={2027: 9000, 2028: 9000, 2029: 900})
    )
    action = actions["a"]
    assert (action.start, action.end, action.end_month) == (dt.date(2027, 11, 1), dt.date(2028, 2, 29), 4)
    assert action.cost_by_year == pytest.approx({2027: 6000, 2028: 6000 + 10 * 200, 2029: 4 * 200})
    assert action.cost == pytest.approx(12000 + 14 * 200)


def test_the_value_counts_the_months_that_remain() -> None:
    found, actions = planned(problem(candidate("a", ("C", 0, 3), months=6), weights={"C": 2.0}))
    assert actions["a"].value == pytest.approx(2 * 3 * 18 / 24)
    assert found.value == actions["a"].value


def test_beyond_the_target_a_level_is_worth_a_quarter() -> None:
    one = problem(candidate("a", ("C", 0, 4), months=6), targets={"C": 3})
    assert planned(one)[0].value == pytest.approx(3.25 * 18 / 24)
    assert planned(replace(one, beyond_target=0.0))[0].value == pytest.approx(3 * 18 / 24)
    assert planned(replace(one, targets={}))[0].value == pytest.approx(4 * 18 / 24)


def test_a_budget_decides_when_and_says_how_much_is_missing() -> None:
    one = candidate("a", ("C", 0, 3), investment=45000.0, months=3)
    short = problem(one, budgets={2027: 32600.0, 2028: 10000.0})
    code, reason = why_not(short, "a")
    assert code == "budget"
    # Across the new year, both budgets serve: that is where least is missing.
    assert reason == "Il manque 5 000 € en 2028 (15 000 € demandés, 10 000 € libres)."
    _, actions = planned(replace(short, budgets={2027: 0.0, 2028: 45000.0}))
    assert actions["a"].start == dt.date(2028, 1, 1)
    assert plain(actions["a"].reason) == (
        "Relève « C » de 0 à 3 ; attend le budget : un mois plus tôt, il manquait 15 000 € en 2027 (15 000 € demandés, "
        "0 € libre)."
    )


def test_a_year_without_a_budget_has_none() -> None:
    code, reason = why_not(problem(candidate("a", ("C", 0, 3), investment=1.0), budgets={}), "a")
    assert (code, reason) == ("budget", "Il manque 1 € en 2027 (1 € demandé, 0 € libre).")


def test_the_yearly_cost_of_what_is_in_service_weighs_on_later_years() -> None:
    one = candidate("a", ("C", 0, 3), yearly=12000.0, months=1)
    code, reason = why_not(problem(one, budgets={2027: 20000.0, 2028: 900.0}), "a")
    assert (code, reason) == ("budget", "Il manque 100 € en 2028 (1 000 € demandés, 900 € libres).")


def test_a_prerequisite_that_an_imposed_measure_brings_in_late_is_told() -> None:
    found, actions = planned(
        problem(
            candidate("a", ("C", 0, 1), months=4),
            candidate("b", ("C", 1, 2), requires=("a",)),
            wishes={"a": Wish(deadline=2), "b": Wish(mandatory=True)},
        )
    )
    assert actions["a"].end_month == 4
    assert plain(found.unmet[0]) == (
        "« Mesure a » devait être finie avant mars 2027 : elle ne l'est qu'en avril 2027, 2 mois trop tard."
    )


# Teams


def test_a_team_decides_when_and_says_how_much_is_missing() -> None:
    days = {"rssi": 20.0}
    one, two = candidate("a", ("C", 0, 3), effort=days, months=3), candidate("b", ("D", 0, 2), effort=days, months=3)
    both = problem(one, two, months=12, capacity={"rssi": [20, 20, 5, 5]}, budgets={}, labels={"rssi": "RSSI"})
    found, actions = planned(both)
    assert [(a.measure, a.start_month) for a in found.actions] == [("a", 0), ("b", 3)]
    assert plain(actions["b"].reason) == (
        "Relève « D » de 0 à 2 ; attend l'équipe « RSSI » : un mois plus tôt, il manquait 6,7 jours de janvier à mars "
        "2027 (6,7 demandés, 0 libre)."
    )
    assert [(load.quarter, load.used, load.available) for load in found.loads] == [
        (0, pytest.approx(20), 20),
        (1, pytest.approx(20), 20),
        (2, 0, 5),
        (3, 0, 5),
    ]
    code, reason = why_not(replace(both, capacity={"rssi": [20, 7.5, 5, 5]}), "b")
    assert code == "team"
    assert reason == (
        "Il manque 7,5 jours de l'équipe « RSSI » d'avril à septembre 2027, dont 5,8 d'avril à juin 2027 "
        "(13,3 demandés, 7,5 libres)."
    )


def test_lists_have_the_reason_in_one_line() -> None:
    base = candidate("base", ("C", 0, 1), investment=12_400.0, effort={"rssi": 20.0, "reseau": 9.0}, months=3)
    after = candidate("after", ("D", 0, 3), months=1, requires=("base",))
    labels = {"rssi": "RSSI", "reseau": "Réseau"}
    one = problem(base, after, months=12, budgets={}, capacity={"rssi": [0.0] * 4, "reseau": [1.0] * 4}, labels=labels)
    found, _ = planned(one)
    briefs = {entry.measure: plain(entry.short) for entry in found.left_out}
    assert briefs["base"] == "Il manque 12,4 k€ en 2027, et du temps : RSSI 20 jours, Réseau 7 jours."
    assert briefs["after"] == "Elle demande d'abord « Mesure base », qui n'est pas dans le plan."
    assert all(len(entry.short) <= len(entry.reason) for entry in found.left_out)


def test_a_team_that_is_not_given_is_not_limited() -> None:
    _, actions = planned(problem(candidate("a", ("C", 0, 3), effort={"soins": 999.0}), capacity={"rssi": [0] * 8}))
    assert actions["a"].person_days == {"soins": 999.0}


# Prerequisites and ladders


def test_prerequisites_come_with_the_measure() -> None:
    base = candidate("base", investment=5000.0, months=3)
    top = candidate("top", ("C", 0, 3), requires=("base",))
    found, actions = planned(problem(base, top))
    assert [(a.measure, a.start_month) for a in found.actions] == [("base", 0), ("top", 3)]
    assert plain(actions["base"].reason) == "Ouvre la voie à « Mesure top » ; commence dès le premier mois."
    assert plain(actions["top"].reason) == "Relève « C » de 0 à 3 ; commence à la fin de « Mesure base »."


def test_a_prerequisite_done_or_already_there_is_not_planned() -> None:
    base = candidate("base", ("B", 0, 2), investment=5000.0)
    top = candidate("top", ("C", 0, 3), requires=("base",))
    for change in ({"done": frozenset({"base"})}, {"levels": {"B": 2, "C": 0}}, {"levels": {"C": 0}}):
        found, actions = planned(problem(base, top, **change))
        assert list(actions) == ["top"]
        assert actions["top"].start_month == 0
        assert found.left_out[0].measure == "base"
    assert why_not(problem(base, top, done=frozenset({"base"})), "base") == ("no_effect", "Elle est déjà réalisée.")
    assert why_not(problem(base, top, levels={"B": 2, "C": 0}), "base") == (
        "no_effect",
        "Ce qu'elle apporte est déjà acquis (B au niveau 2).",
    )
    assert why_not(problem(base, top, levels={"C": 0}), "base")[0] == "not_applicable"


def test_a_prerequisite_done_may_have_left_the_catalogue() -> None:
    _, actions = planned(problem(candidate("a", ("C", 0, 3), requires=("gone",)), done=frozenset({"gone"})))
    assert list(actions) == ["a"]


def test_a_missing_prerequisite_is_named_with_its_own_reason() -> None:
    base = candidate("base", investment=150_000.0, months=1)
    top = candidate("top", ("C", 0, 3), requires=("base",))
    code, reason = why_not(problem(base, top), "top")
    assert code == "prerequisite"
    assert reason == (
        "Elle demande d'abord « Mesure base », or il manque 50 000 € en 2027 (150 000 € demandés, 100 000 € libres)."
    )
    assert why_not(problem(base, top), "base") == (
        "no_effect",
        "Elle ne relève aucun critère et aucune mesure du plan ne l'attend.",
    )


def test_ladders_are_climbed_from_below() -> None:
    rungs = (
        candidate("c-low", ("C", 0, 1), investment=900.0),
        candidate("b-mid", ("C", 1, 2), investment=900.0),
        candidate("a-top", ("C", 2, 3), investment=900.0),
    )
    found, actions = planned(problem(*rungs))
    assert [(a.measure, a.start_month) for a in found.actions] == [("c-low", 0), ("b-mid", 2), ("a-top", 4)]
    assert actions["b-mid"].raises == (Step("C", 1, 2),)
    assert [level["C"] for level in found.levels] == [0, 1, 3, 3, 3, 3, 3, 3, 3]


def test_the_cheaper_ladder_is_taken() -> None:
    rungs = (
        candidate("dear", ("C", 0, 2), investment=60_000.0),
        candidate("cheap", ("C", 0, 2), investment=1000.0),
        candidate("top", ("C", 2, 4), ("D", 0, 3), investment=1000.0),
    )
    _, actions = planned(problem(*rungs))
    assert sorted(actions) == ["cheap", "top"]
    assert why_not(problem(*rungs), "dear") == (
        "no_effect",
        "Le plan y parvient déjà par « Mesure cheap » et « Mesure top ».",
    )


def test_a_step_whose_beginning_is_out_of_reach_does_nothing() -> None:
    both = problem(candidate("a", ("C", 2, 3)), candidate("b", ("D", 0, 1), ("C", 2, 4)), labels={"C": "Cloisonnement"})
    _, actions = planned(both)
    assert actions["b"].raises == (Step("D", 0, 1),)
    assert why_not(both, "a") == (
        "prerequisite",
        "« Cloisonnement » doit d'abord atteindre le niveau 2, et aucune mesure ne l'y mène depuis le niveau 0.",
    )
    rung = candidate("rung", ("C", 0, 2), investment=300_000.0)
    assert why_not(replace(both, candidates=(*both.candidates, rung)), "a") == (
        "prerequisite",
        "« Cloisonnement » doit d'abord atteindre le niveau 2, et « Mesure rung », qui l'y mènerait, n'est pas dans "
        "le plan.",
    )


def test_a_rung_that_comes_nearer_is_named() -> None:
    """Nothing leads to the level at once, something leads half of the way."""
    both = problem(candidate("rung", ("A", 0, 1), investment=9e9), candidate("top", ("A", 2, 3)))
    assert why_not(both, "top") == (
        "prerequisite",
        "« A » doit d'abord atteindre le niveau 2, et « Mesure rung », qui l'en rapprocherait, n'est pas dans le plan.",
    )


def test_what_comes_too_late_says_after_what() -> None:
    base, top = candidate("base", ("B", 0, 3), months=10), candidate("top", ("C", 0, 3), months=15, requires=("base",))
    assert why_not(problem(base, top), "top") == (
        "horizon",
        "Elle vient après « Mesure base », il lui faut 15 mois à partir de novembre 2027, elle finirait après décembre "
        "2028, dernier mois du plan.",
    )


def test_long_chains_are_not_explored_beyond_the_horizon() -> None:
    chain = [candidate("m000", months=1)]
    chain += [candidate(f"m{n:03d}", requires=(f"m{n - 1:03d}",), months=1) for n in range(1, 900)]
    last = candidate("z", ("C", 0, 3), requires=("m899",))
    code, reason = why_not(problem(*chain, last), "z")
    assert code == "horizon"
    assert reason == "Ses 900 prérequis à enchaîner demandent plus de 2 ans."


# Time


def test_work_must_end_inside_the_horizon() -> None:
    assert why_not(problem(candidate("a", ("C", 0, 3), months=25)), "a") == (
        "horizon",
        "Il lui faut 2 ans et 1 mois à partir de janvier 2027, elle finirait après décembre 2028, dernier mois du "
        "plan.",
    )
    assert why_not(problem(candidate("a", ("C", 0, 3), months=24)), "a") == (
        "horizon",
        "Elle finirait avec le plan : il ne resterait aucun mois pour en profiter.",
    )


def test_not_before_is_honoured() -> None:
    _, actions = planned(problem(candidate("a", ("C", 0, 3)), wishes={"a": Wish(not_before=5)}))
    assert actions["a"].start_month == 5
    assert "ne pouvait pas commencer avant juin 2027, comme demandé" in actions["a"].reason


def test_a_mere_deadline_is_a_condition() -> None:
    one = problem(candidate("a", ("C", 0, 3), months=4), wishes={"a": Wish(deadline=3)})
    assert why_not(one, "a") == (
        "deadline",
        "Elle finirait au plus tôt en avril 2027, alors qu'elle doit être finie avant avril 2027 : c'est 1 mois trop "
        "tard.",
    )
    assert planned(replace(one, wishes={"a": Wish(deadline=4)}))[1]["a"].end_month == 4
    assert plan(one).unmet == ()


# Wishes


def test_excluded_measures_and_those_that_wait_for_them() -> None:
    base, top = candidate("base", ("B", 0, 3)), candidate("top", ("C", 0, 3), requires=("base",))
    one = problem(base, top, wishes={"base": Wish(excluded=True, reason="Marché déjà passé.")})
    assert why_not(one, "base") == ("excluded", "Vous l'avez écartée : Marché déjà passé.")
    assert why_not(one, "top") == ("prerequisite", "Elle demande d'abord « Mesure base », que vous avez écartée.")
    assert plan(one).actions == ()


def test_mandatory_measures_come_before_better_ones() -> None:
    poor = candidate("poor", ("C", 0, 1), investment=90_000.0)
    good = candidate("good", ("D", 0, 3), investment=90_000.0)
    one = problem(poor, good, budgets={2027: 90_000.0}, months=12)
    assert list(planned(one)[1]) == ["good"]
    forced, actions = planned(replace(one, wishes={"poor": Wish(mandatory=True, reason="Décision du directoire.")}))
    assert list(actions) == ["poor"]
    assert forced.unmet == ()
    assert plain(actions["poor"].reason).startswith("Imposée (Décision du directoire), relève « C » de 0 à 1")


def test_mandatory_without_effect_is_planned_all_the_same() -> None:
    _, actions = planned(problem(candidate("a", ("C", 0, 3)), levels={"C": 4}, wishes={"a": Wish(mandatory=True)}))
    assert actions["a"].raises == ()
    assert actions["a"].value == 0
    assert actions["a"].reason.startswith("Imposée, ne relève aucun niveau dans ce plan")


def test_mandatory_that_does_not_fit_is_told_with_the_amount() -> None:
    one = problem(candidate("a", ("C", 0, 3), investment=130_000.0, months=1), wishes={"a": Wish(mandatory=True)})
    found, _ = planned(one)
    assert [plain(sentence) for sentence in found.unmet] == [
        "« Mesure a » est imposée, mais ne tient pas dans le plan : il manque 30 000 € en 2027 "
        "(130 000 € demandés, 100 000 € libres)."
    ]
    assert found.left_out[0].code == "budget"


def test_mandatory_that_lacks_everything_is_told_in_brief() -> None:
    """Four teams without a day: the amounts, and not a paragraph for each."""
    teams = ("direction", "reseau", "rssi", "systemes")
    one = problem(
        candidate("a", ("C", 0, 3), investment=130_000.0, months=4, effort=dict.fromkeys(teams, 8.0)),
        capacity={team: [0.0] * 8 for team in teams},
        wishes={"a": Wish(mandatory=True)},
    )
    (sentence,) = planned(one)[0].unmet
    assert "il manque du temps : direction 8 jours, reseau 8 jours" in plain(sentence)
    assert "demandés" not in sentence
    assert len(sentence) < 250


def test_mandatory_late_is_planned_and_told() -> None:
    one = candidate("a", ("C", 0, 3), investment=24_000.0, months=3)
    found, actions = planned(
        problem(one, budgets={2027: 8000.0, 2028: 24_000.0}, wishes={"a": Wish(mandatory=True, deadline=6)})
    )
    assert actions["a"].start == dt.date(2027, 12, 1)
    assert [plain(s) for s in found.unmet] == [
        "« Mesure a » devait être finie avant juillet 2027 : elle ne l'est qu'en février 2028, 8 mois trop tard."
    ]


def test_an_imposed_month_is_exact_when_it_can_be() -> None:
    one = problem(candidate("a", ("C", 0, 3)), candidate("b", ("D", 0, 1)), wishes={"a": Wish(start_month=7)})
    found, actions = planned(one)
    assert (actions["a"].start_month, actions["b"].start_month) == (7, 0)
    assert found.unmet == ()
    assert actions["a"].reason.endswith("commence en août 2027, comme demandé.")


def test_an_imposed_month_that_cannot_be_is_told_with_the_gap() -> None:
    base = candidate("base", months=6)
    top = candidate("top", ("C", 0, 3), requires=("base",))
    found, actions = planned(problem(base, top, wishes={"top": Wish(start_month=2)}))
    assert actions["top"].start_month == 6
    assert [plain(s) for s in found.unmet] == [
        "« Mesure top » devait commencer en mars 2027 : elle commence en juillet 2027, 4 mois plus tard, car son "
        "prérequis « Mesure base » ne finit qu'en juin 2027."
    ]
    late = problem(candidate("a", ("C", 0, 3), months=6), wishes={"a": Wish(start_month=22)})
    found, actions = planned(late)
    assert actions["a"].start_month == 18
    assert "4 mois plus tôt, car il lui faut 6 mois à partir de novembre 2028" in plain(found.unmet[0])


def test_imposed_months_may_be_served_before_deadlines_when_that_honours_more() -> None:
    """Served by date, the deadline would take the only months that the imposed one can use."""
    fixed = candidate("fixed", ("C", 0, 3), effort={"rssi": 10.0}, months=3)
    dated = candidate("dated", ("D", 0, 3), effort={"rssi": 10.0}, months=3)
    one = problem(
        fixed,
        dated,
        capacity={"rssi": [10.0] * 8},
        wishes={"fixed": Wish(start_month=0), "dated": Wish(mandatory=True, deadline=6)},
    )
    found, actions = planned(one)
    assert (actions["fixed"].start_month, actions["dated"].start_month, found.unmet) == (0, 3, ())


# Choice


def test_value_for_cost_decides() -> None:
    dear = candidate("dear", ("C", 0, 3), investment=100_000.0)
    cheap = [candidate(f"cheap{n}", (f"D{n}", 0, 2), investment=30_000.0) for n in range(3)]
    found, actions = planned(problem(dear, *cheap, budgets={2027: 100_000.0}, months=12))
    assert sorted(actions) == ["cheap0", "cheap1", "cheap2"]
    assert found.years[0].spent == pytest.approx(90_000)


def test_a_small_bargain_does_not_keep_out_a_much_greater_value() -> None:
    """The greedy by ratio alone would take the bargain and leave 99 % of the budget unused."""
    bargain = candidate("bargain", ("C", 0, 1), investment=1000.0)
    great = candidate("great", ("D", 0, 3), investment=100_000.0)
    both = problem(bargain, great, budgets={2027: 100_000.0}, months=12, weights={"C": 1.0, "D": 20.0})
    assert list(planned(both)[1]) == ["great"]


def test_nothing_useless_is_planned() -> None:
    low, high = candidate("low", ("C", 0, 2), months=3), candidate("high", ("C", 0, 3), months=1, investment=10.0)
    assert list(planned(problem(low, high))[1]) == ["high"]


def test_nothing_worth_it_is_left_out_when_all_fits() -> None:
    found, _ = planned(replace(large(60), budgets=dict.fromkeys((2027, 2028, 2029), 1e9), capacity={}))
    assert {entry.code for entry in found.left_out} <= {"no_effect", "prerequisite", "horizon"}


# Edges


def test_an_empty_catalogue_gives_an_empty_plan() -> None:
    found, _ = planned(problem(levels={"C": 1}))
    assert found.actions == ()
    assert found.method == "Aucune mesure au catalogue : il n'y avait rien à planifier."
    assert found.levels == tuple({"C": 1} for _ in range(9))


def test_no_team_at_all() -> None:
    one = candidate("a", ("C", 0, 3), effort={"rssi": 3.0})
    free = candidate("b", ("D", 0, 1))
    found, actions = planned(problem(one, free, capacity={"rssi": [0.0] * 8}))
    assert list(actions) == ["b"]
    assert found.left_out[0].code == "team"


def test_a_horizon_that_is_not_whole_quarters() -> None:
    found, _ = planned(problem(candidate("a", ("C", 0, 3), effort={"rssi": 4.0}, months=13), months=14))
    assert len(found.levels) == 6
    assert found.levels[-1] == {"C": 3}
    assert found.levels[-2] == {"C": 0}


def test_a_thousand_measures() -> None:
    many = large(1000)
    found = plan(many)
    assert violations(many, found) == []
    assert len(found.actions) > 200
