# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from carene.engines.planner.candidates import MeasureOverride, candidates_from, problem_from
from carene.engines.planner.check import violations
from carene.engines.planner.model import Candidate, Problem, Wish
from carene.engines.planner.planning import plan
from carene.engines.referential.model import Profile, Referential, Sharing, When
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer
from carene.engines.sources import InputError
from tests.support.referentials import criterion, flat, measure, small_referential

TODAY = dt.date(2026, 11, 23)
MEMBER = Profile("ch", "l", "membre")
SIZED = {"xs": 1, "s": 2, "m": 3, "l": 4, "xl": 5}
SHARED = measure(
    "soc",
    [("GOV.1.1", 0, 2)],
    investment={band: 1000 * rank for band, rank in SIZED.items()},
    yearly=flat(800),
    effort={"rssi": SIZED, "systemes": flat(0)},
    months=SIZED,
    sharing=Sharing("ght", 0.25),
)


def one(profile: Profile, *, ght: bool = True, override: MeasureOverride | None = None) -> Candidate:
    referential = small_referential([criterion("GOV.1.1")], [SHARED])
    return candidates_from(referential, profile, ght, {} if override is None else {"soc": override})[0]


def test_sized_for_the_band_of_the_establishment() -> None:
    found = one(Profile("ch", "l", "support"))
    assert (found.investment, found.yearly, found.effort, found.months) == (4000, 800, {"rssi": 4}, 4)
    assert not found.shared
    assert one(Profile("ch", None, "support")).investment == 3000


def test_a_member_pays_its_share_of_the_money() -> None:
    found = one(MEMBER)
    assert (found.investment, found.yearly, found.effort, found.shared) == (1000, 200, {"rssi": 4}, True)
    assert one(MEMBER, ght=False).investment == 4000
    assert one(replace(MEMBER, ght="hors_ght")).investment == 4000


def test_overrides_replace_the_estimates() -> None:
    found = one(MEMBER, override=MeasureOverride(investment=700.0, effort={"rssi": 1.5}, months=9))
    assert (found.investment, found.yearly, found.effort, found.months) == (700, 200, {"rssi": 1.5}, 9)
    with pytest.raises(InputError, match="estimation modifiée de"):
        candidates_from(small_referential(), MEMBER, True, {"inconnue": MeasureOverride()})


def test_measures_that_do_not_concern_the_establishment_are_not_candidates_nor_prerequisites() -> None:
    chu = measure("chu", [("GOV.1.1", 0, 2)], applies=When(types=frozenset({"chu"})))
    after = measure("apres", [("GOV.1.1", 0, 3)], requires=("chu",))
    found = candidates_from(small_referential([criterion("GOV.1.1")], [chu, after]), MEMBER, True, {})
    assert [(c.id, c.requires) for c in found] == [("apres", ())]


def test_a_measure_without_a_cost_for_the_band_is_refused() -> None:
    referential = small_referential([criterion("GOV.1.1")], [replace(SHARED, yearly={"m": 1})])
    with pytest.raises(InputError, match="il n'y a pas de coût annuel pour la tranche de taille"):
        candidates_from(referential, MEMBER, True, {})


def built(referential: Referential, answers: dict[str, Answer], **more: object) -> Problem:
    judgement = judge(referential, MEMBER, answers, {}, TODAY)
    arguments: dict[str, object] = {
        "profile": MEMBER,
        "judgement": judgement,
        "start": dt.date(2027, 1, 1),
        "months": 24,
        "budgets": {2027: 50_000, 2028: 50_000},
        "capacity": {"rssi": [10.0] * 8},
    }
    return problem_from(referential, **{**arguments, **more})  # type: ignore[arg-type]


def test_problem_of_a_judged_establishment() -> None:
    answers = {
        "GOV.1.1": Answer("GOV.1.1", 1),
        "GOV.1.2": Answer("GOV.1.2", None, True, "Sans objet"),
        "OPS.1.3": Answer("OPS.1.3", 2),
    }
    found = built(small_referential(), answers)
    assert found.levels == {"GOV.1.1": 1, "GOV.2.1": 0, "OPS.1.1": 0, "OPS.1.2": 0, "OPS.1.3": 2}
    assert found.targets == {"GOV.1.1": 3, "GOV.2.1": 2, "OPS.1.1": 3, "OPS.1.2": 2, "OPS.1.3": 2}
    # Four times on the socle; nothing for what nobody evaluated.
    assert found.weights == {"GOV.1.1": 12, "GOV.2.1": 0, "OPS.1.1": 0, "OPS.1.2": 0, "OPS.1.3": 2}
    assert found.labels["GOV.1.1"] == "RSSI nommé"
    assert found.labels["rssi"] == "RSSI"
    assert [note.replace("\u00a0", " ") for note in found.notes] == [
        "3 critères sans réponse n'entrent pas dans ce plan ; y répondre pour que le plan en tienne compte : GOV.2.1, "
        "OPS.1.1 et OPS.1.2."
    ]
    result = plan(found)
    assert violations(found, result) == []
    assert "relève «\xa0rssi nommé" in result.actions[0].reason.lower()


def test_unknown_size_is_told() -> None:
    referential = small_referential([criterion("GOV.1.1")], [SHARED])
    unknown = replace(MEMBER, size=None)
    found = built(referential, {"GOV.1.1": Answer("GOV.1.1", 0)}, profile=unknown)
    assert found.notes == ("Taille de l'établissement inconnue : les coûts sont ceux d'un établissement de tranche m.",)
    assert found.candidates[0].investment == 750


def test_many_unanswered_criteria_are_counted_not_listed() -> None:
    referential = small_referential([criterion(f"GOV.1.{n}") for n in range(1, 10)], ())
    assert built(referential, {}).notes[0].endswith(": GOV.1.1, GOV.1.2, GOV.1.3, GOV.1.4, GOV.1.5 et 4 autres.")


def test_other_scales_weigh_as_much() -> None:
    referential = small_referential([criterion("A.1.1", levels=("non", "en partie", "oui"))], ())
    assert built(referential, {"A.1.1": Answer("A.1.1", 0)}).weights == {"A.1.1": 2}


def test_exclusions_become_wishes_unless_this_plan_imposes_the_measure() -> None:
    overrides = {"nommer-rssi": MeasureOverride(excluded=True)}
    found = built(small_referential(), {}, overrides=overrides)
    assert found.wishes["nommer-rssi"].excluded
    left = next(entry for entry in plan(found).left_out if entry.measure == "nommer-rssi")
    assert left.reason == "Vous l'avez écartée : écartée de tous les plans de l'établissement."
    forced = built(small_referential(), {}, overrides=overrides, wishes={"nommer-rssi": Wish(mandatory=True)})
    assert forced.wishes["nommer-rssi"] == Wish(mandatory=True)
    later = built(small_referential(), {}, overrides=overrides, wishes={"nommer-rssi": Wish(not_before=3)})
    assert later.wishes["nommer-rssi"].excluded
