# SPDX-License-Identifier: EUPL-1.2
"""The real pack, from answers to a plan, for establishments of every kind."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import pytest

import carene
from carene.engines.planner.candidates import problem_from
from carene.engines.planner.check import violations
from carene.engines.planner.planning import plan
from carene.engines.referential.loader import load_pack
from carene.engines.referential.model import Profile, Referential
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer

TODAY = dt.date(2026, 11, 23)


@cache
def care() -> Referential:
    return load_pack(Path(carene.__file__).parent / "packs" / "care")


@pytest.mark.parametrize(
    ("profile", "budget", "days"),
    [
        (Profile("ehpad", "xs", "membre"), 8_000.0, 3.0),
        (Profile("ch", "m", "membre"), 150_000.0, 25.0),
        (Profile("chu", "xl", "support"), 900_000.0, 90.0),
        (Profile(), 100_000.0, 20.0),
    ],
)
def test_from_answers_to_a_plan(profile: Profile, budget: float, days: float) -> None:
    referential = care()
    answers = {c.id: Answer(c.id, n % 3, answered_on=TODAY) for n, c in enumerate(referential.criteria) if n % 11}
    judgement = judge(referential, profile, answers, {}, TODAY)
    problem = problem_from(
        referential,
        profile,
        judgement,
        start=dt.date(2027, 1, 1),
        months=36,
        budgets=dict.fromkeys((2027, 2028, 2029), budget),
        capacity={skill: [days] * 12 for skill in referential.skills},
    )
    found = plan(problem)
    assert violations(problem, found) == []
    assert len(found.actions) > 10
    assert plan(problem) == found


def test_with_all_the_means_every_target_is_reached() -> None:
    """The ladders of the pack have no hole, and the planner climbs them."""
    referential, profile = care(), Profile("ch", "m", "support")
    answers = {c.id: Answer(c.id, 0, answered_on=TODAY) for c in referential.criteria}
    judgement = judge(referential, profile, answers, {}, TODAY)
    problem = problem_from(
        referential,
        profile,
        judgement,
        start=dt.date(2027, 1, 1),
        months=60,
        budgets=dict.fromkeys(range(2027, 2032), 1e9),
        capacity={},
    )
    reached = plan(problem).levels[-1]
    short = {key: (level, problem.targets[key]) for key, level in reached.items() if level < problem.targets[key]}
    assert short == {}
