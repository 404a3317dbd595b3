# SPDX-License-Identifier: EUPL-1.2
"""A plan kept as data is the same plan; where a plan leads agrees with the judgement it starts from."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.planner.candidates import problem_from
from carene.engines.planner.model import Plan, Wish
from carene.engines.planner.outlook import moments, raised, step_reached
from carene.engines.planner.planning import plan
from carene.engines.planner.serialise import from_data, to_data
from carene.engines.referential.model import Profile
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer, Judgement
from tests.support.referentials import small_referential

REFERENTIAL = small_referential()
PROFILE = Profile("ch", "m", "membre")
TODAY = dt.date(2026, 11, 23)


def judged(levels: dict[str, int | None], not_applicable: frozenset[str] = frozenset()) -> Judgement:
    answers = {key: Answer(key, level) for key, level in levels.items()}
    answers |= {key: Answer(key, None, not_applicable=True, justification="Sans objet.") for key in not_applicable}
    return judge(REFERENTIAL, PROFILE, answers, {}, TODAY)


def planned(judgement: Judgement, months: int = 24, budget: float = 100_000.0, **changes: object) -> Plan:
    problem = problem_from(
        REFERENTIAL,
        PROFILE,
        judgement,
        dt.date(2027, 4, 1),
        months,
        dict.fromkeys(range(2027, 2033), budget),
        {"rssi": [30.0] * 20},
    )
    return plan(replace(problem, **changes))  # type: ignore[arg-type]


levels = st.fixed_dictionaries(
    {criterion.id: st.one_of(st.none(), st.integers(0, 4)) for criterion in REFERENTIAL.criteria}
)


@settings(max_examples=40, deadline=None)
@given(levels, st.integers(12, 60), st.sampled_from([0.0, 900.0, 50_000.0]))
def test_a_plan_comes_back_as_it_left(stated: dict[str, int | None], months: int, budget: float) -> None:
    found = planned(
        judged(stated),
        months,
        budget,
        done=frozenset({"nommer-rssi"}),
        wishes={"rssi-ght": Wish(deadline=9, reason="é")},
    )
    text = json.dumps(to_data(found))
    again = from_data(json.loads(text))
    assert again == found
    assert again.problem == found.problem
    assert json.dumps(to_data(again)) == text


@pytest.mark.parametrize("data", [None, [], {}, {"actions": 3}, "plan"])
def test_other_data_are_not_a_plan(data: object) -> None:
    with pytest.raises(ValueError, match="validation error"):
        from_data(data)


@settings(max_examples=40, deadline=None)
@given(levels, st.integers(12, 60))
def test_it_starts_from_the_judgement_and_only_rises(stated: dict[str, int | None], months: int) -> None:
    judgement = judged(stated)
    found = planned(judgement, months)
    seen = moments(REFERENTIAL, judgement, found)
    assert len(seen) == len(found.levels)
    assert seen[0].overall == judgement.overall.score
    assert seen[0].axes == {axis.id: axis.score for axis in judgement.axes}
    assert seen[0].step == judgement.step.step
    assert seen[0].on == dt.date(2027, 3, 31)
    for before, after in itertools.pairwise(seen):
        assert after.on > before.on
        assert (after.step or 0) >= (before.step or 0)
    if all(level is not None for level in stated.values()):
        for before, after in itertools.pairwise(seen):
            assert (after.overall or 0) >= (before.overall or 0)


def test_what_nobody_evaluated_stays_so_until_a_measure_raises_it() -> None:
    judgement = judged({"GOV.1.1": 2})
    alone = planned(judgement)
    left = {one.measure: one.reason for one in alone.left_out}
    assert "on ne sait pas encore si elle est utile" in left["recenser-prestataires"].lower()
    imposed = planned(judgement, wishes={"recenser-prestataires": Wish(mandatory=True)})
    seen = moments(REFERENTIAL, judgement, imposed)
    assert seen[0].axes["OPS"] is None
    assert seen[-1].axes["OPS"] is not None


def test_what_is_not_applicable_is_left_out() -> None:
    everything = {criterion.id: 1 for criterion in REFERENTIAL.criteria}
    judgement = judged(everything, frozenset({"OPS.1.1"}))
    found = planned(judgement)
    assert "OPS.1.1" not in raised(found)
    assert moments(REFERENTIAL, judgement, found)[0].axes["OPS"] == 1


def test_the_step_and_when_it_is_reached() -> None:
    judgement = judged(
        {criterion.id: 1 for criterion in REFERENTIAL.criteria} | {"GOV.1.2": 2, "GOV.2.1": 2, "OPS.1.2": 2}
    )
    found = planned(judgement)
    seen = moments(REFERENTIAL, judgement, found)
    step, day = step_reached(seen)
    assert (seen[0].step, step) == (1, 3)
    assert day == next(moment.on for moment in seen if moment.step == 3)
    assert seen[0].on < day <= seen[-1].on
    assert step_reached(seen[:1]) == (1, None)
    assert step_reached([replace(seen[0], step=None)]) == (None, None)
    assert raised(found)["GOV.1.1"] == (1, 3)
