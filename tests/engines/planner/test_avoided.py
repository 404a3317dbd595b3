# SPDX-License-Identifier: EUPL-1.2
"""The planner's objective of risk, and the plan played again by the simulation."""

from __future__ import annotations

import datetime as dt

import pytest

from carene.engines.planner.avoided import UNITS, avoided, sentence, values_of
from carene.engines.planner.candidates import problem_from
from carene.engines.planner.check import violations
from carene.engines.planner.model import Problem
from carene.engines.planner.optimise import optimise
from carene.engines.planner.planning import plan
from carene.engines.planner.serialise import from_data, to_data
from carene.engines.planner.usual import proposals
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Profile
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer, Judgement
from carene.engines.simulation.case import Case, case_of
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.shares import level_values

PROFILE = Profile(type="ch", size="m", ght="membre")
DAY = dt.date(2026, 11, 23)


def judged() -> tuple[Judgement, Case]:
    answers = {c.id: Answer(c.id, rank % 3, answered_on=DAY) for rank, c in enumerate(care().applicable(PROFILE))}
    judgement = judge(care(), PROFILE, answers, {}, DAY)
    return judgement, case_of(judgement, PROFILE, None)


def built(measure: str) -> tuple[Problem, Case]:
    judgement, case = judged()
    values = values_of(shipped(), case, measure)  # type: ignore[arg-type]
    problem = problem_from(
        care(),
        PROFILE,
        judgement,
        dt.date(2027, 1, 1),
        24,
        {2027: 80_000.0, 2028: 80_000.0},
        {"rssi": [30.0] * 8, "systemes": [30.0] * 8},
        values=values,
        calendar=proposals().calendar.months,
    )
    return problem, case


@pytest.mark.parametrize("measure", ["euros", "days"])
def test_values_up_to_the_targets_sum_to_what_the_targets_avoid(measure: str) -> None:
    _, case = judged()
    values = values_of(shipped(), case, measure, beyond_target=0.0)  # type: ignore[arg-type]
    total = level_values(shipped(), case.levels, case.targets, case.establishment).total
    assert sum(map(sum, values.level_values.values())) == pytest.approx(getattr(total, measure))
    assert values.unit == UNITS[measure]  # type: ignore[index]


def test_a_level_above_the_target_is_worth_a_part() -> None:
    _, case = judged()
    none, full = (values_of(shipped(), case, "euros", beyond_target=share) for share in (0.0, 1.0))
    half = values_of(shipped(), case, "euros", beyond_target=0.5)
    for key, steps in none.level_values.items():
        target = case.targets[key]
        assert full.level_values[key][:target] == steps[:target]
        for level in range(target, 4):
            if level >= (case.levels[key] or 0):
                assert half.level_values[key][level] == pytest.approx(full.level_values[key][level] / 2)


def test_the_plan_avoids_what_the_simulation_says() -> None:
    problem, case = built("euros")
    found = optimise(problem, steps=150)
    assert violations(problem, found) == []
    risk = avoided(found, shipped(), case)
    assert len(risk.moments) == len(found.levels)
    assert risk.moments[0].on == dt.date(2026, 12, 31)
    assert risk.after.euros < risk.before.euros
    assert risk.after.days <= risk.before.days
    assert [m.risk.euros for m in risk.moments] == sorted((m.risk.euros for m in risk.moments), reverse=True)
    assert risk.planned == pytest.approx(found.value * 2)
    # Additive shares and the product that they share are of the same size, and are both told.
    assert 0.4 < risk.planned / risk.euros < 2.5
    told = sentence(risk, found.unit)
    assert told.endswith(".")
    assert "annonçait" in told


def test_the_objective_of_risk_buys_more_risk_than_points_do() -> None:
    problem, case = built("euros")
    judgement, _ = judged()
    points = problem_from(
        care(), PROFILE, judgement, problem.start, problem.months, problem.budgets, problem.capacity,
        calendar=problem.calendar,
    )  # fmt: skip
    by_risk, by_points = (avoided(optimise(one, steps=150), shipped(), case) for one in (problem, points))
    assert by_risk.euros > by_points.euros
    assert by_points.planned is None


def test_a_plan_of_risk_is_kept_and_read_again() -> None:
    problem, _ = built("days")
    found = optimise(problem, steps=20)
    again = from_data(to_data(found))
    assert to_data(again) == to_data(found)
    assert (again.bound, again.gap, again.unit, again.trail) == (found.bound, found.gap, found.unit, found.trail)
    assert again.problem.level_values == problem.level_values
    assert again.problem.calendar == problem.calendar


def test_a_plan_stored_before_these_fields_is_still_read() -> None:
    problem, _ = built("euros")
    data = to_data(plan(problem))
    for key in ("bound", "gap", "unit", "trail", "seed", "steps"):
        del data[key]
    for key in ("level_values", "objective", "unit", "calendar", "exclusive"):
        del data["problem"][key]
    found = from_data(data)
    assert (found.bound, found.unit, found.problem.objective, found.problem.exclusive) == (
        None,
        "points",
        "maturity",
        (),
    )
