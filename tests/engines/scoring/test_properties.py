# SPDX-License-Identifier: EUPL-1.2
"""What must hold of any judgement, whatever the answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from carene.engines.referential.model import Profile
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer, Judgement, Observation
from tests.support.referentials import criterion, small_referential

TODAY = dt.date(2026, 11, 23)
CH = Profile("ch", "m", "support")
THREE_LEVELS = criterion("SEN.1.1", levels=("non", "en partie", "oui"), socle=True, weight=2)
SIX_LEVELS = criterion("SEN.1.2", levels=tuple("abcdef"), weight=3)
REFERENTIAL = small_referential([*small_referential().criteria, THREE_LEVELS, SIX_LEVELS])
KEYS = [c.id for c in REFERENTIAL.criteria]


@st.composite
def one_answer(draw: st.DrawFn, key: str) -> Answer:
    top = REFERENTIAL.criterion[key].top
    return Answer(
        criterion=key,
        level=draw(st.none() | st.integers(0, top)),
        not_applicable=draw(st.sampled_from([False, False, False, True])),
        justification=draw(st.sampled_from(["", "Sans objet ici"])),
        answered_on=draw(st.none() | st.dates(dt.date(2024, 1, 1), TODAY)),
    )


answers_of_all = st.fixed_dictionaries({key: one_answer(key) for key in KEYS})
observations_of_all = st.fixed_dictionaries(
    {},
    optional={
        "vpn_double_facteur": st.builds(
            Observation, st.just("vpn_double_facteur"), st.floats(0, 100), st.dates(dt.date(2026, 1, 1), TODAY)
        ),
        "age_test": st.builds(
            Observation, st.just("age_test"), st.floats(0, 900), st.dates(dt.date(2025, 6, 1), TODAY)
        ),
    },
)


def scores(judgement: Judgement) -> dict[str, float | None]:
    nodes = (judgement.overall, *judgement.axes, *judgement.objectives)
    return {node.id: node.score for node in nodes}


@given(answers_of_all, observations_of_all)
def test_figures_stay_in_their_bounds(answers: dict[str, Answer], observations: dict[str, Observation]) -> None:
    judgement = judge(REFERENTIAL, CH, answers, observations, TODAY)
    for node in (judgement.overall, *judgement.axes, *judgement.objectives):
        assert 0 <= node.coverage <= 1
        assert 0 <= node.target <= 4
        assert 0 <= node.answered <= node.applicable
        assert node.confirmed + node.stale <= node.answered
        for value in (node.score, node.measured):
            assert value is None or 0 <= value <= 4
        assert node.level == (None if node.score is None else int(node.score + 1e-9))
    strong, weak = {s.criterion for s in judgement.strengths}, {w.criterion for w in judgement.weaknesses}
    assert not strong & weak
    for finding in (*judgement.strengths, *judgement.weaknesses):
        assert finding.reason.endswith(".")
        assert "  " not in finding.reason
        assert finding.reason.count("«") == finding.reason.count("»")
    ranks = [w.rank_value for w in judgement.weaknesses]
    assert ranks == sorted(ranks, reverse=True)


@given(answers_of_all, observations_of_all, st.sampled_from(KEYS), st.integers(0, 4))
def test_raising_a_level_never_lowers_anything(
    answers: dict[str, Answer], observations: dict[str, Observation], key: str, more: int
) -> None:
    answer = answers[key]
    assume(answer.level is not None and not answer.not_applicable)
    raised = min(REFERENTIAL.criterion[key].top, (answer.level or 0) + more)
    before = judge(REFERENTIAL, CH, answers, observations, TODAY)
    after = judge(REFERENTIAL, CH, answers | {key: replace(answer, level=raised)}, observations, TODAY)
    old = scores(before)
    for node, value in scores(after).items():
        assert (value is None) == (old[node] is None)
        assert value is None or value >= (old[node] or 0)
    assert (after.step.step or 0) >= (before.step.step or 0)
    assert {w.criterion for w in after.weaknesses} <= {w.criterion for w in before.weaknesses}
    assert {s.criterion for s in after.strengths} >= {s.criterion for s in before.strengths}
    assert after.overall.coverage == before.overall.coverage


@given(answers_of_all, observations_of_all, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(
    answers: dict[str, Answer], observations: dict[str, Observation], random: object
) -> None:
    keys = list(answers)
    random.shuffle(keys)  # type: ignore[attr-defined]
    shuffled = {key: answers[key] for key in keys}
    turned = dict(reversed(observations.items()))
    assert judge(REFERENTIAL, CH, shuffled, turned, TODAY) == judge(REFERENTIAL, CH, answers, observations, TODAY)


@settings(max_examples=60)
@given(answers_of_all, st.sampled_from(KEYS))
def test_not_applicable_weighs_nothing(answers: dict[str, Answer], key: str) -> None:
    """A criterion justified as not applicable leaves the same scores and step as if it did not exist."""
    out = answers | {key: Answer(key, 3, not_applicable=True, justification="Sans objet")}
    without = replace_criteria(key)
    kept = {k: a for k, a in answers.items() if k != key}
    here, there = judge(REFERENTIAL, CH, out, {}, TODAY), judge(without, CH, kept, {}, TODAY)
    there_scores = scores(there)
    assert {k: v for k, v in scores(here).items() if k in there_scores} == there_scores
    assert here.overall.target == there.overall.target
    assert here.step == there.step
    assert here.weaknesses == there.weaknesses


def replace_criteria(key: str):  # type: ignore[no-untyped-def]
    return replace(REFERENTIAL, criteria=tuple(c for c in REFERENTIAL.criteria if c.id != key))
