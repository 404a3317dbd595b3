# SPDX-License-Identifier: EUPL-1.2
"""From a questionnaire to a judgement and a plan."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from carene.engines.exchange.assess import NO_MONEY, NO_TEAM, Outcome, assess, quarters
from carene.engines.exchange.questionnaire import (
    Card,
    Entry,
    Means,
    Measured,
    OverrideEntry,
    Questionnaire,
    Reading,
    WishEntry,
)
from carene.engines.exchange.result import to_result
from carene.engines.sources import InputError
from tests.engines.exchange.strategies import REFERENTIAL, TODAY, questionnaires

ANSWERS = {c.id: Entry(c.id, rank % 4) for rank, c in enumerate(REFERENTIAL.criteria)}
MEANS = Means(dt.date(2027, 1, 1), 36, {2027: 180_000, 2028: 150_000, 2029: 150_000}, {"rssi": 6, "systemes": 12})
WHOLE = Questionnaire(card=Card(name="CH", type="ch", ght="membre", workstations=1_180), answers=ANSWERS, means=MEANS)


def run(content: Questionnaire) -> Outcome:
    return assess(Reading(content), REFERENTIAL, TODAY)


def test_the_result_has_the_keys_that_were_promised() -> None:
    result = json.loads(json.dumps(to_result(run(WHOLE))))
    assert result["organisation"]["name"] == "CH"
    maturity = result["maturity"]
    assert isinstance(maturity["step"], int)
    for key, count in (("axes", len(REFERENTIAL.axes)), ("objectives", len(REFERENTIAL.objectives))):
        assert len(maturity[key]) == count
        assert all({"id", "level", "score", "coverage"} <= node.keys() for node in maturity[key])
    assert all({"criterion", "level", "target", "reason"} <= one.keys() for one in result["weaknesses"])
    assert result["strengths"]
    roadmap = result["roadmap"]
    assert roadmap["actions"]
    assert all({"measure", "start", "end", "cost", "person_days"} <= one.keys() for one in roadmap["actions"])
    assert [year["year"] for year in roadmap["years"]] == [2027, 2028, 2029]
    assert all(year["spent"] <= year["budget"] + 0.01 for year in roadmap["years"])
    assert all({"measure", "reason"} <= one.keys() for one in roadmap["left_out"])


def test_what_is_not_given_is_said() -> None:
    outcome = run(replace(WHOLE, means=Means()))
    assert NO_MONEY in outcome.notices
    assert NO_TEAM in outcome.notices
    assert all(action.cost == 0 for action in outcome.plan.actions)
    assert outcome.plan.problem.start == dt.date(2026, 12, 1)


def test_the_day_of_the_file_is_that_of_the_judgement() -> None:
    assert run(replace(WHOLE, date=dt.date(2025, 6, 1))).judgement.judged_on == dt.date(2025, 6, 1)


def test_the_latest_observation_counts() -> None:
    observations = tuple(
        Measured("budget_numerique_pct", value, day, "x")
        for value, day in ((2.4, dt.date(2026, 6, 1)), (1.0, dt.date(2026, 1, 1)))
    )
    outcome = run(replace(WHOLE, observations=observations))
    assert outcome.judgement.criterion["GOV.1.2"].measured == 3


def test_dates_of_wishes_become_months_of_the_plan() -> None:
    key = next(iter(run(WHOLE).plan.actions)).measure
    wish = WishEntry(mandatory=True, not_before=dt.date(2027, 4, 1), deadline=dt.date(2028, 12, 31))
    problem = run(replace(WHOLE, means=replace(MEANS, wishes={key: wish}))).plan.problem
    assert (problem.wishes[key].not_before, problem.wishes[key].deadline) == (3, 24)
    middle = replace(wish, deadline=dt.date(2028, 12, 15))
    problem = run(replace(WHOLE, means=replace(MEANS, wishes={key: middle}))).plan.problem
    assert problem.wishes[key].deadline == 23


def test_a_wish_before_the_start_is_refused_where_it_stands() -> None:
    key = REFERENTIAL.measures[0].id
    wish = WishEntry(start=dt.date(2026, 1, 1), where="h.yaml, ligne 9")
    with pytest.raises(InputError, match=r"h\.yaml, ligne 9 : le début demandé"):
        run(replace(WHOLE, means=replace(MEANS, wishes={key: wish})))


def test_own_costs_replace_estimates() -> None:
    key = run(WHOLE).plan.actions[0].measure
    means = replace(MEANS, overrides={key: OverrideEntry(investment=1_234, yearly=0, months=2)})
    candidate = next(c for c in run(replace(WHOLE, means=means)).plan.problem.candidates if c.id == key)
    assert (candidate.investment, candidate.yearly, candidate.months) == (1_234, 0, 2)


def test_an_empty_file_cannot_be_judged() -> None:
    with pytest.raises(InputError, match="ni réponse ni valeur"):
        run(Questionnaire())


def test_answers_outside_the_profile_are_said_and_ignored() -> None:
    outcome = run(replace(WHOLE, card=Card(type="ehpad")))
    assert any("ne concernent pas ce profil" in sentence for sentence in outcome.notices)


def test_quarters_of_a_horizon_that_is_not_whole() -> None:
    assert quarters(2, 13) == [6, 6, 6, 6, 2]


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(questionnaires)
def test_any_right_questionnaire_gives_a_result_or_a_sentence(content: Questionnaire) -> None:
    try:
        result = to_result(run(content))
    except InputError as error:
        assert error.sentence.endswith(".")  # noqa: PT017
    else:
        json.dumps(result, allow_nan=False)
