# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest

from carene.engines.referential.model import Profile, Referential, When
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer, Judgement, Observation
from carene.engines.sources import InputError
from tests.support.referentials import criterion, measure, small_referential

TODAY = dt.date(2026, 11, 23)
CH = Profile("ch", "m", "support")


def answers(levels: Mapping[str, int | None], on: dt.date | None = TODAY) -> dict[str, Answer]:
    return {key: Answer(key, level, answered_on=on) for key, level in levels.items()}


def judged(levels: Mapping[str, int | None], referential: Referential | None = None, **more: object) -> Judgement:
    arguments: dict[str, object] = {"profile": CH, "answers": answers(levels), "observations": {}, "today": TODAY}
    return judge(referential or small_referential(), **{**arguments, **more})  # type: ignore[arg-type]


def seen(value: float, on: dt.date = TODAY) -> dict[str, Observation]:
    return {"vpn_double_facteur": Observation("vpn_double_facteur", value, on)}


FULL = {"GOV.1.1": 2, "GOV.1.2": 1, "GOV.2.1": 3, "OPS.1.1": 2, "OPS.1.2": 4, "OPS.1.3": 0}


def test_nothing_answered() -> None:
    result = judged({})
    assert result.overall.score is None
    assert result.overall.level is None
    assert result.overall.coverage == 0
    assert result.step.step == 0
    assert result.step.provisional
    assert result.weaknesses == ()
    assert {r.state for r in result.criteria} == {"unanswered"}


def test_scores_are_weighted_by_criterion() -> None:
    result = judged(FULL)
    # GOV: 3×2 + 1 + 3 over 5 ; its objectives are at 7/4 and 3, whose mean would be another figure.
    assert result.axis["GOV"].score == pytest.approx(10 / 5)
    assert result.objective["GOV.1"].score == pytest.approx(7 / 4)
    assert result.overall.score == pytest.approx((10 + 2 * 2 + 4 + 0) / 10)
    assert result.overall.level == 1
    assert result.overall.coverage == 1
    assert result.axis["GOV"].target == pytest.approx((3 * 3 + 2 + 2) / 5)


def test_conditional_weight_and_applicability() -> None:
    result = judged(FULL, profile=Profile("ehpad", "xs", "membre"))
    assert "OPS.1.2" not in result.criterion
    assert result.criterion["OPS.1.3"].weight == 1
    assert result.overall.applicable == 5
    assert result.unknown == ()  # known to the referential, only out of scope


def test_not_applicable_needs_a_justification() -> None:
    bare = judge(small_referential(), CH, {"GOV.1.2": Answer("GOV.1.2", None, True, " ")}, {}, TODAY)
    said = judge(small_referential(), CH, {"GOV.1.2": Answer("GOV.1.2", None, True, "Pas de budget propre")}, {}, TODAY)
    assert bare.criterion["GOV.1.2"].state == "unanswered"
    assert bare.overall.answered == 0
    assert said.criterion["GOV.1.2"].state == "not_applicable"
    assert (said.overall.answered, said.overall.applicable) == (1, 6)
    assert said.overall.score is None


def test_declared_counts_and_stands_beside_the_measure() -> None:
    result = judged({"OPS.1.1": 3}, observations=seen(60)).criterion["OPS.1.1"]
    assert (result.level, result.declared, result.measured, result.state) == (3, 3, 1, "measured")
    assert result.disagrees


def test_the_measure_counts_when_nobody_answered() -> None:
    judgement = judged({}, observations=seen(85))
    result = judgement.criterion["OPS.1.1"]
    assert (result.level, result.declared, result.measured, result.state) == (2, None, 2, "measured")
    assert judgement.overall.answered == 1
    assert judgement.overall.measured == 2
    assert "personne n'a répondu" in judgement.weaknesses[0].reason


def test_an_expired_or_future_observation_does_not_count() -> None:
    for day, kept in ((dt.date(2026, 5, 22), True), (TODAY + dt.timedelta(1), False)):
        result = judged({"OPS.1.1": 3}, observations=seen(60, day)).criterion["OPS.1.1"]
        assert (result.level, result.measured, result.state) == (3, None, "declared")
        assert (result.observation is not None) is kept


def test_stale_unless_a_measure_confirms() -> None:
    old = answers({"OPS.1.1": 2}, dt.date(2025, 11, 22))
    assert judged({}, answers=old).criterion["OPS.1.1"].state == "stale"
    assert judged({}, answers=old, observations=seen(85)).criterion["OPS.1.1"].state == "measured"
    assert judged({}, answers=answers({"OPS.1.1": 2}, dt.date(2025, 11, 23))).criterion["OPS.1.1"].state == "declared"
    assert judged({}, answers=answers({"OPS.1.1": 2}, None)).criterion["OPS.1.1"].state == "declared"


def test_confirmed_and_stale_are_counted() -> None:
    result = judged(FULL, observations=seen(60))
    assert result.overall.confirmed == 0  # 60 % means level 1: the declared 2 is not confirmed
    assert judged(FULL, observations=seen(85)).overall.confirmed == 1
    assert judged({}, answers=answers(FULL, dt.date(2024, 1, 1))).overall.stale == 6


def test_previous_levels() -> None:
    result = judged(FULL, previous={"GOV.1.1": 4, "GOV.1.2": None, "GOV.2.1": 9})
    assert result.criterion["GOV.1.1"].previous == 4
    assert result.criterion["GOV.2.1"].previous == 4
    assert result.axis["GOV"].previous == pytest.approx((3 * 4 + 4) / 4)
    assert result.axis["OPS"].previous is None


def test_targets_can_be_overridden() -> None:
    result = judged(FULL, target_overrides={"GOV.1.2": 4})
    assert result.criterion["GOV.1.2"].target == 4
    assert result.criterion["GOV.1.1"].target == 3


@pytest.mark.parametrize("level", [-1, 5])
def test_a_level_off_the_scale_is_refused(level: int) -> None:
    with pytest.raises(
        InputError, match=f"critère GOV.1.1 : le niveau {level} n'existe pas ; choisissez un niveau de 0 à 4"
    ):
        judged({"GOV.1.1": level})
    with pytest.raises(InputError, match="la cible"):
        judged({}, target_overrides={"GOV.1.1": level})


def test_a_criterion_with_one_level_is_refused() -> None:
    with pytest.raises(InputError, match=r"GOV\.1\.1 n'a qu'un niveau"):
        judged({}, small_referential([criterion("GOV.1.1", levels=("Seul",))]))


def test_unknown_answers_are_returned() -> None:
    assert judged({"ZZZ.1.1": 2, "AAA.9.9": 1}).unknown == ("AAA.9.9", "ZZZ.1.1")


def test_implementation_groups_restrict_an_imported_framework() -> None:
    referential = small_referential([criterion("A.1.1", groups=("basic",)), criterion("A.1.2", groups=("full",))], ())
    assert [r.criterion for r in judged({}, referential, groups=frozenset({"basic"})).criteria] == ["A.1.1"]


def test_other_scales_are_brought_to_four() -> None:
    three = criterion("A.1.1", levels=("non", "en partie", "oui"), socle=True)
    referential = small_referential([three, criterion("A.1.2")], ())
    result = judged({"A.1.1": 1, "A.1.2": 4}, referential)
    assert result.overall.score == pytest.approx((2 + 4) / 2)
    assert result.step.step == 2  # level 1 of 2 is worth 2 of 4
    assert "Niveau 1 sur 2" in result.weaknesses[0].reason


# Maturity step


def test_step_needs_every_socle_criterion_and_a_share_of_the_others() -> None:
    base = {"GOV.1.1": 2, "OPS.1.1": 2, "GOV.1.2": 2, "GOV.2.1": 2, "OPS.1.2": 0, "OPS.1.3": 0}
    step = judged(base).step
    assert (step.step, step.title, step.next_step) == (2, "Protégé", 3)
    assert step.missing_socle == ("GOV.1.1", "OPS.1.1")
    assert (step.others_share, step.others_needed) == (0.5, 0.75)
    assert not step.provisional
    assert judged({**base, "GOV.2.1": 1}).step.step == 1
    assert judged({**base, "OPS.1.1": 1}).step.step == 1
    assert judged({**base, "OPS.1.1": 1}).step.missing_socle == ("OPS.1.1",)


def test_unanswered_socle_reaches_nothing_and_makes_it_provisional() -> None:
    levels = dict.fromkeys(FULL, 4) | {"OPS.1.1": None}
    step = judged(levels).step
    assert (step.step, step.next_step, step.missing_socle, step.provisional) == (0, 1, ("OPS.1.1",), True)


def test_the_last_step_has_no_next() -> None:
    step = judged(dict.fromkeys(FULL, 4)).step
    assert (step.step, step.next_step, step.missing_socle, step.others_share) == (4, None, (), 1.0)


def test_steps_are_cumulative() -> None:
    # The rule of step 2 alone would hold, that of step 1 does not: the share it asks for is larger.
    steps = small_referential().steps
    harder = (steps[0], replace(steps[1], others_share=1.0), steps[2])
    levels = {"GOV.1.1": 2, "OPS.1.1": 2, "GOV.1.2": 2, "GOV.2.1": 2, "OPS.1.2": 0, "OPS.1.3": 0}
    assert judged(levels, small_referential(steps=harder)).step.step == 0


def test_without_steps_there_is_no_step() -> None:
    step = judged(FULL, small_referential(steps=())).step
    assert (step.step, step.next_step, step.title, step.provisional) == (None, None, "", False)


# Strengths and weaknesses


def test_strengths_start_at_three_or_at_a_higher_target() -> None:
    result = judged(FULL, target_overrides={"GOV.2.1": 4})
    assert [s.criterion for s in result.strengths] == ["OPS.1.2"]
    assert [s.criterion for s in judged(FULL).strengths] == ["OPS.1.2", "GOV.2.1"]


def test_strengths_are_ranked_and_doubtful_ones_come_last() -> None:
    levels = {"GOV.1.1": 3, "GOV.1.2": 4, "OPS.1.1": 4, "OPS.1.3": 3}
    given = answers(levels) | {"GOV.1.1": Answer("GOV.1.1", 3, answered_on=dt.date(2024, 1, 1))}
    result = judged({}, answers=given, observations=seen(60))
    assert [s.criterion for s in result.strengths] == ["OPS.1.3", "GOV.1.2", "GOV.1.1", "OPS.1.1"]
    assert "ne le confirme pas et s'arrête au niveau 1" in result.strengths[-1].reason
    assert "rien ne l'a confirmée depuis" in result.strengths[-2].reason


def test_weaknesses_are_ranked_by_gap_weight_and_socle() -> None:
    result = judged({"GOV.1.1": 2, "GOV.1.2": 0, "GOV.2.1": 0, "OPS.1.1": 1, "OPS.1.3": 1})
    # 1×3×2 = 6, 2×2×2 = 8, 1×2 = 2, 2×1 = 2 twice: one of them serves an aim, then the identifier decides.
    assert [(w.criterion, w.rank_value) for w in result.weaknesses] == [
        ("OPS.1.1", 8),
        ("GOV.1.1", 6),
        ("GOV.2.1", 2),
        ("GOV.1.2", 2),
        ("OPS.1.3", 2),
    ]
    assert result.weaknesses[0].attacks == ("rancongiciel", "espionnage")


def test_measures_of_a_weakness_are_those_that_help() -> None:
    assert judged({"GOV.1.1": 0}).weaknesses[0].measures == ("nommer-rssi", "rssi-ght")
    assert judged({"GOV.1.1": 2}).weaknesses[0].measures == ("rssi-ght",)
    lower_target = judged({"GOV.1.1": 1}, target_overrides={"GOV.1.1": 2})
    assert lower_target.weaknesses[0].measures == ("nommer-rssi",)


def test_measures_that_do_not_concern_the_establishment_are_not_proposed() -> None:
    only_chu = measure("chu", [("GOV.1.1", 0, 3)], applies=When(types=frozenset({"chu"})))
    referential = small_referential([criterion("GOV.1.1")], [only_chu])
    assert judged({"GOV.1.1": 0}, referential).weaknesses[0].measures == ()


def reason(levels: Mapping[str, int | None], **more: object) -> str:
    result = judged(levels, **more)  # type: ignore[arg-type]
    found = [*result.weaknesses, *result.strengths]
    assert len(found) == 1
    return found[0].reason.replace("\u00a0", " ")


def test_reasons_tell_the_facts_of_the_case() -> None:
    assert (
        reason({"GOV.1.1": 1}) == "Niveau 1, « Commencé » : deux niveaux sous la cible de 3, sur une question du socle."
    )
    assert reason({"GOV.1.2": 1}, previous={"GOV.1.2": 2}) == (
        "Niveau 1, « Commencé » : il manque un niveau pour atteindre la cible de 2 ; un recul depuis l'évaluation "
        "précédente, qui était au niveau 2."
    )
    assert reason({"GOV.1.2": 0}, target_overrides={"GOV.1.2": 4}, previous={"GOV.1.2": 0}) == (
        "Niveau 0, « Rien » : tout reste à faire pour atteindre la cible de 4 ; rien n'a changé depuis l'évaluation "
        "précédente."
    )
    assert reason({"GOV.2.1": 4}, previous={"GOV.2.1": 2}) == (
        "Niveau 4, « Mesuré et partagé » : le plus haut niveau, pour une cible de 2 ; deux niveaux de plus qu'à "
        "l'évaluation précédente."
    )
    assert reason({"GOV.2.1": 3}).endswith("la cible de 2 est dépassée d'un niveau.")
    assert reason({"GOV.1.1": 3}).endswith("la cible de 3 est atteinte, sur une question du socle.")


def test_reasons_say_what_the_measure_says() -> None:
    assert reason({"OPS.1.1": 2}, observations=seen(71, dt.date(2026, 11, 9))).endswith(
        "la valeur mesurée le 9 novembre 2026 (71 %) est plus sévère encore et ne donne que le niveau 1."
    )
    assert "donne pourtant le niveau 3, la réponse est à revoir" in reason({"OPS.1.1": 1}, observations=seen(96))
    assert reason({"OPS.1.1": 2}, observations=seen(85)).endswith("(85 %) le confirme.")
    assert "donne même le niveau 4" in reason({"OPS.1.1": 3}, observations=seen(100))


def test_reasons_say_when_an_answer_has_grown_old() -> None:
    old = answers({"OPS.1.1": 2}, dt.date(2025, 3, 1))
    assert "la réponse date du 1er mars 2025 et rien ne l'a confirmée depuis" in reason({}, answers=old)
    assert "la dernière valeur mesurée n'est plus valable" in reason(
        {}, answers=old, observations=seen(85, dt.date(2025, 3, 2))
    )
