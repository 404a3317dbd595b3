# SPDX-License-Identifier: EUPL-1.2
"""Leave, month by month: a short month is held to by itself, and work goes where the teams are."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from carene.engines.planner.check import violations
from carene.engines.planner.explain import explanations
from carene.engines.planner.model import Wish
from carene.engines.planner.optimise import optimise
from carene.engines.planner.planning import plan
from tests.support.problems import candidate, problem


def test_august_is_held_to_by_itself() -> None:
    """The third quarter has room for nine days; August alone does not have it, and September catches it up."""
    one = problem(
        candidate("a", ("A", 0, 2), effort={"rssi": 9.0}, months=1),
        wishes={"a": Wish(not_before=7)},
        capacity={"rssi": [15.0] * 8},
        calendar={8: 0.4},
    )
    for found in (plan(one), optimise(one, steps=50), optimise(one, seconds=0.3)):
        assert violations(one, found) == []
        assert found.actions[0].start_month == 8
    (said,) = explanations(found)
    assert "en août 2027 (jusqu'à 7" in said.waited


def test_the_work_of_a_measure_goes_where_the_teams_are() -> None:
    """Nine days over July, August and September are three, none and six; over August, September and October, none, four
    and a half and four and a half."""
    one = problem(
        candidate("a", ("A", 0, 2), effort={"rssi": 9.0}, months=3),
        candidate("b", ("B", 0, 2), effort={"rssi": 9.0}, months=3),
        wishes={"a": Wish(start_month=6), "b": Wish(start_month=7)},
        capacity={"rssi": [0.0, 0.0, 36.0, 18.0] + [0.0] * 4},
        calendar={7: 0.5, 8: 0.0},
    )
    found = plan(one)
    assert violations(one, found) == []
    assert {load.quarter: load.used for load in found.loads if load.used} == {
        2: pytest.approx(13.5),
        3: pytest.approx(4.5),
    }
    moved = replace(found, loads=tuple(replace(load, used=load.used + 1) for load in found.loads))
    assert violations(one, moved)


def test_a_plan_that_fills_august_is_refused_by_the_checker() -> None:
    one = problem(
        candidate("a", ("A", 0, 2), effort={"rssi": 9.0}, months=1),
        wishes={"a": Wish(start_month=7)},
        capacity={"rssi": [15.0] * 8},
    )
    found = plan(one)
    assert found.actions[0].start_month == 7
    assert any("mois 7" in said for said in violations(replace(one, calendar={8: 0.5}), found))


def test_a_last_quarter_of_one_short_month_counts_its_work_once() -> None:
    one = problem(
        candidate("a", ("A", 0, 2), effort={"rssi": 2.0}, months=1),
        start=dt.date(2027, 8, 1),
        months=13,
        wishes={"a": Wish(start_month=12)},
        capacity={"rssi": [0.0] * 4 + [5.0]},
        calendar={8: 0.4},
    )
    found = plan(one)
    assert violations(one, found) == []
    assert found.actions[0].start_month == 12
    assert found.loads[-1].used == pytest.approx(2.0)
    assert found.loads[-1].available == pytest.approx(2.0)
