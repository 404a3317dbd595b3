# SPDX-License-Identifier: EUPL-1.2
"""A group planned together: never worth less than its members apart, and told to each of them."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carene.engines.planner.check import violations
from carene.engines.planner.group.model import COMMON, Group, GroupPlan, Member
from carene.engines.planner.group.planning import plan_group
from carene.engines.planner.group.proof import bound_of
from carene.engines.planner.group.said import KEYS
from carene.engines.planner.model import Problem, Wish
from carene.engines.planner.planning import filled, plan
from carene.engines.planner.serialise import group_from_data, group_to_data
from carene.engines.sources import InputError
from tests.support.problems import candidate, large, problem, problems

SKILLS: dict[str, list[float]] = {"rssi": [20.0] * 8}


def hospital(**changes: object) -> Problem:
    """Two measures at 20 000 €, and 25 000 €: alone, one of them only can be bought."""
    one = candidate("bastion", ("A", 0, 2), investment=20_000.0, effort={"rssi": 10.0}, months=4)
    other = candidate("mur", ("B", 0, 2), investment=20_000.0, effort={"rssi": 10.0}, months=4)
    values: dict[str, object] = {"budgets": {2027: 25_000.0, 2028: 0.0}, "capacity": SKILLS}
    return problem(one, other, **{**values, **changes})


def group(*problems: Problem, **changes: Any) -> Group:
    names = [f"h{n}" for n in range(len(problems))]
    members = tuple(Member(n, f"Hôpital {n}", p, activity=1.0) for n, p in zip(names, problems, strict=True))
    return Group(**{"name": "GHT d'essai", "members": members, "sharing": {"bastion": 0.25, "mur": 0.25}, **changes})


def planned(given: Group, **changes: Any) -> GroupPlan:
    found = plan_group(given, **{"steps": 20, **changes})
    consistent(given, found)
    return found


def consistent(given: Group, found: GroupPlan) -> None:
    """What holds of every plan of a group."""
    assert violations(found.plan.problem, found.plan) == []
    for member in found.members:
        assert violations(member.alone.problem, member.alone) == []
        spent = {year.year: year.spent for year in member.plan.years}
        told: dict[int, float] = dict.fromkeys(spent, 0.0)
        for action in member.plan.actions:
            for year, amount in action.cost_by_year.items():
                told[year] += amount
        assert told == pytest.approx(spent, abs=0.01)  # it pays for what it joins, and for nothing else
        assert member.plan.levels[0] == dict(member.plan.problem.levels)
    assert sum(one.plan.value for one in found.members) == pytest.approx(found.value)
    if len(found.plan.unmet) == sum(len(one.alone.unmet) for one in found.members):
        assert found.value >= found.apart - 1e-6
    planned_by = {(m.member, a.measure) for m in found.members for a in m.plan.actions}
    for common in found.common:
        assert len(common.joinings) > 1
        assert all((one.member, common.measure) in planned_by for one in common.joinings)
        assert all(one.start_month >= common.end_month for one in common.joinings)
        assert sum(one.paid for one in common.joinings) == pytest.approx(0.0 if common.by_group else common.cost)
        assert sum(one.fair for one in common.joinings) == pytest.approx(common.cost)
        if given.carrier is None:
            assert sum(one.paid_days for one in common.joinings) == pytest.approx(common.person_days)
    assert found.said
    assert all(sentence.endswith(".") for sentence in found.said)


def test_two_hospitals_buy_together_what_each_could_not() -> None:
    found = planned(group(hospital(), hospital()))
    assert found.shared
    assert found.value > found.apart
    assert [one.measure for one in found.common] == ["bastion", "mur"]
    assert found.saved > 0
    assert found.saved == pytest.approx(sum(member.saved for member in found.members))
    assert found.saved_days == pytest.approx(sum(member.saved_days for member in found.members))
    for member in found.members:
        assert member.gained > 0
        assert member.difference == pytest.approx(0.0)
        assert {action.measure for action in member.plan.actions} == {"bastion", "mur"}
        assert any("épargne" in sentence for sentence in member.said)
    assert "au lieu de" in found.plan.method


def test_the_plan_of_a_member_speaks_its_own_language() -> None:
    found = planned(group(hospital(), hospital()))
    view = found.members[0].plan
    assert set(view.levels[-1]) == {"A", "B"}
    assert {load.skill for load in view.loads} == {"rssi"}
    assert {step.criterion for action in view.actions for step in action.raises} == {"A", "B"}
    assert not any("Hôpital h0" in action.reason for action in view.actions)
    assert any("part commune" in action.reason for action in view.actions)


def test_the_same_steps_give_the_same_plan() -> None:
    given = group(*(large(12, seed) for seed in (1, 2)), sharing=EVEN)
    assert planned(given) == planned(given)


EVEN = {f"m{n:04d}": 0.4 for n in range(0, 40, 2)}


@pytest.mark.parametrize("key", list(KEYS))
def test_every_key(key: str) -> None:
    given = group(*(large(10, seed) for seed in (3, 4)), sharing=EVEN, key=key)
    if key == "custom":
        given = replace(given, percents={"h0": 60.0, "h1": 40.0})
    found = planned(given)
    assert found.value >= found.apart - 1e-6
    if key == "fair":
        assert all(member.difference == pytest.approx(0.0, abs=0.01) for member in found.members)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=3), st.sampled_from((6, 10)))
def test_random_groups_are_never_worth_less_than_their_members_apart(seeds: list[int], count: int) -> None:
    given = group(*(large(count, seed) for seed in seeds), sharing=EVEN)
    found = planned(given, steps=5)
    assert found.value >= found.apart - 1e-6


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_problems_with_any_wishes(data: st.DataObject) -> None:
    first = data.draw(problems())
    others = [
        replace(one, start=first.start, months=first.months, calendar=first.calendar)
        for one in data.draw(st.lists(problems(), min_size=1, max_size=2))
    ]
    given = group(first, *others, sharing={f"m{n}": 0.3 for n in range(12)})
    planned(given, steps=3)


def test_august_is_that_of_each_member() -> None:
    """The teams of the members keep the calendar in the joint problem, and one calendar holds for all."""
    given = group(*(replace(large(8, seed), calendar={8: 0.0, 12: 0.5}) for seed in (1, 2)), sharing=EVEN)
    found = planned(given, steps=5)
    assert found.plan.problem.calendar == {8: 0.0, 12: 0.5}
    for load in found.plan.loads:
        assert load.available is None or load.used <= load.available + 1e-6
    with pytest.raises(InputError, match="congés"):
        plan_group(group(large(8, 1), replace(large(8, 2), calendar={8: 0.4}), sharing=EVEN), steps=0)


def test_a_bound_is_known_however_short_the_time() -> None:
    found = plan_group(group(*(large(10, seed) for seed in (1, 2, 3)), sharing=EVEN), seconds=0.5)
    assert found.plan.bound is not None
    assert found.plan.bound >= found.value - 1e-6
    stopped = plan_group(group(*(large(10, seed) for seed in (1, 2)), sharing=EVEN), seconds=30, stop=lambda: True)
    assert stopped.plan.bound is None or stopped.plan.bound >= stopped.value - 1e-6


def test_a_finer_bound_is_a_lower_one() -> None:
    board = filled(large(30, 1)).board
    bounds = [bound_of(board, seconds) for seconds in (0.0, 30.0)]
    assert bounds[0] is not None
    assert bounds[1] is not None
    assert board.value - 1e-6 <= bounds[1] <= bounds[0]
    assert bound_of(board) == bound_of(board)


def test_a_member_without_money_joins_only_what_is_free() -> None:
    found = planned(group(hospital(), hospital(), hospital(budgets={})))
    poor = found.members[2]
    assert poor.plan.actions == ()
    assert poor.paid == 0
    assert all(one.member != "h2" for common in found.common for one in common.joinings)
    assert found.members[0].gained > 0  # and prevents nobody


def test_one_member_has_the_plan_it_would_have_alone() -> None:
    found = planned(group(hospital()))
    assert (found.shared, found.common) == (False, ())
    assert found.value == found.apart == plan(hospital()).value
    assert "qu'un membre" in found.said[0]


def test_nothing_to_share() -> None:
    found = planned(group(hospital(), hospital(), sharing={}))
    assert (found.shared, found.common) == (False, ())
    assert found.value == found.apart
    assert "chacun de son côté" in found.said[0]


def test_what_one_has_already_done_is_shared_by_the_others() -> None:
    found = planned(group(hospital(), hospital(), hospital(done=frozenset({"bastion"}))))
    joins = {common.measure: [one.member for one in common.joinings] for common in found.common}
    assert joins["bastion"] == ["h0", "h1"]


def test_the_purse_of_the_group_pays_first() -> None:
    bare, helped = (planned(group(hospital(), hospital(), budgets=budgets)) for budgets in ({}, {2027: 20_000.0}))
    assert helped.value >= bare.value
    assert sum(member.paid for member in helped.members) < sum(member.paid for member in bare.members)
    assert any(one.by_group for one in helped.common)
    spent = {one.year: one.spent for one in helped.plan.purses if one.purse == COMMON}
    assert 0 < spent[2027] <= 20_000
    assert any("budget propre du groupe" in sentence for sentence in helped.said)


def test_a_carrier_does_the_common_work() -> None:
    found = planned(group(hospital(), hospital(), carrier="h0"))
    assert found.common
    assert found.members[0].paid_days == pytest.approx(sum(one.person_days for one in found.common))
    assert found.members[1].paid_days == 0
    assert any("les équipes de Hôpital h0" in sentence for sentence in found.said)


def test_imposed_dates_stay_those_of_whoever_asked() -> None:
    asked = hospital(wishes={"bastion": Wish(start_month=3)})
    found = planned(group(asked, hospital(), hospital()))
    begun = {action.measure: action.start_month for action in found.members[0].plan.actions}
    assert begun["bastion"] == 3
    assert all(one.member != "h0" for common in found.common if common.measure == "bastion" for one in common.joinings)


def test_it_survives_json() -> None:
    found = planned(group(hospital(), hospital()))
    assert group_from_data(group_to_data(found)) == found


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda: group(), "aucun membre"),
        (lambda: group(hospital(), hospital(start=dt.date(2027, 2, 1))), "même début et la même durée"),
        (lambda: group(hospital(), hospital(unit="euros")), "même objectif"),
        (lambda: group(hospital(), carrier="h9"), "n'est pas un membre"),
        (lambda: group(hospital(), key="custom"), "n'est pas donnée"),
        (lambda: group(hospital(), key="custom", percents={"h0": 80.0}), "font 80"),
        (lambda: group(hospital(), budgets={2027: -1.0}), "budget 2027 du groupe"),
        (lambda: group(hospital(budgets={2027: -1.0})), "Hôpital h0, budget 2027"),
        (lambda: replace(group(hospital()), members=(Member("a/b", "A", hospital()),)), "ne peut pas désigner"),
    ],
)
def test_a_group_that_makes_no_sense_is_one_sentence(given: Any, said: str) -> None:
    with pytest.raises(InputError) as found:
        plan_group(given(), steps=1)
    assert said in found.value.sentence


def test_it_can_be_stopped_and_tells_how_far_it_is() -> None:
    heard: list[float] = []
    given = group(*(large(20, seed) for seed in (1, 2)), sharing=EVEN)
    began = time.perf_counter()
    found = plan_group(
        given,
        seconds=60,
        progress=lambda stage, value, bound, share: heard.append(share),
        stop=lambda: time.perf_counter() - began > 1,
    )
    assert time.perf_counter() - began < 45
    assert heard
    assert 0 <= min(heard) <= max(heard) <= 1
    consistent(given, found)
