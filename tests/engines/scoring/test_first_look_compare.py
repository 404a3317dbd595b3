# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from carene.engines.referential.model import Profile, Referential
from carene.engines.scoring.compare import Change, compare
from carene.engines.scoring.first_look import first_look
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer, Judgement
from tests.support.referentials import criterion, measure, small_referential

TODAY = dt.date(2026, 11, 23)
CH = Profile("ch", "m", "support")


def judged(levels: Mapping[str, int | str | None], referential: Referential | None = None) -> Judgement:
    """``"NA"`` means justified as not applicable."""
    answers = {
        key: Answer(key, None, True, "Sans objet") if level == "NA" else Answer(key, level)  # type: ignore[arg-type]
        for key, level in levels.items()
    }
    return judge(referential or small_referential(), CH, answers, {}, TODAY)


def many(count: int) -> Referential:
    return small_referential([criterion(f"GOV.1.{n}", socle=True) for n in range(1, count + 1)], ())


def test_coverage_of_the_socle_is_said_plainly() -> None:
    referential = many(18)
    levels = {f"GOV.1.{n}": 1 for n in range(1, 15)}
    look = first_look(referential, judged(levels, referential))
    assert look.sentence == "14 questions du socle sur 18 : jugement provisoire, il manque quatre réponses."
    assert (look.answered, look.total, look.coverage) == (14, 18, 14 / 18)
    assert look.remaining == ("GOV.1.15", "GOV.1.16", "GOV.1.17", "GOV.1.18")
    assert len(look.priorities) == 6
    assert len(first_look(referential, judged(levels, referential), limit=3).priorities) == 3


def test_every_way_of_having_answered() -> None:
    referential = many(2)
    sentences = [
        first_look(referential, judged(levels, referential)).sentence
        for levels in ({}, {"GOV.1.1": 1}, {"GOV.1.1": 1, "GOV.1.2": "NA"})
    ]
    assert sentences == [
        "Aucune question du socle n'a encore de réponse, sur 2.",
        "1 question du socle sur 2 : jugement provisoire, il manque une réponse.",
        "Les 2 questions du socle ont une réponse.",
    ]
    one = many(1)
    assert first_look(one, judged({"GOV.1.1": 2}, one)).sentence == "La seule question du socle a une réponse."


def test_priorities_are_weaknesses_of_the_socle_with_what_to_do_first() -> None:
    look = first_look(small_referential(), judged({"GOV.1.1": 1, "GOV.1.2": 0, "OPS.1.1": 0}))
    assert [(p.weakness.criterion, p.measures) for p in look.priorities] == [
        ("OPS.1.1", ("recenser-prestataires", "double-facteur")),
        ("GOV.1.1", ("nommer-rssi",)),
    ]


def test_the_first_of_the_ladder_when_nothing_can_start_yet() -> None:
    referential = small_referential([criterion("GOV.1.1", socle=True)], [measure("haute", [("GOV.1.1", 2, 3)])])
    assert first_look(referential, judged({"GOV.1.1": 0}, referential)).priorities[0].measures == ("haute",)


def test_without_a_socle_everything_is_looked_at() -> None:
    referential = small_referential([criterion("A.1.1"), criterion("A.1.2")], ())
    look = first_look(referential, judged({"A.1.1": 0}, referential))
    assert look.sentence == "1 question sur 2 : jugement provisoire, il manque une réponse."
    assert [p.weakness.criterion for p in look.priorities] == ["A.1.1"]
    assert first_look(small_referential([], ()), judged({}, small_referential([], ()))).coverage == 1


def test_comparison_sorts_the_changes() -> None:
    before = judged({"GOV.1.1": 1, "GOV.1.2": 3, "GOV.2.1": 2, "OPS.1.1": None, "OPS.1.2": 2, "OPS.1.3": 1})
    after = judged({"GOV.1.1": 3, "GOV.1.2": 2, "GOV.2.1": "NA", "OPS.1.1": 0, "OPS.1.2": None, "OPS.1.3": 1})
    found = compare(before, after)
    assert found.raised == (Change("GOV.1.1", 1, 3),)
    assert found.lowered == (Change("GOV.1.2", 3, 2),)
    assert found.newly_not_applicable == (Change("GOV.2.1", 2, None),)
    assert found.newly_answered == (Change("OPS.1.1", None, 0),)
    assert found.withdrawn == (Change("OPS.1.2", 2, None),)
    assert (found.step_before, found.step_after) == (0, 0)
    gov = next(a for a in found.axes if a.id == "GOV")
    assert gov.delta is not None
    assert gov.delta > 0


def test_comparing_with_itself_or_with_another_version() -> None:
    one = judged({"GOV.1.1": 1, "GOV.1.2": "NA"})
    same = compare(one, one)
    lists = (same.raised, same.lowered, same.newly_answered, same.newly_not_applicable, same.withdrawn)
    assert lists == ((), (), (), (), ())
    assert same.overall.delta == 0
    smaller = small_referential([criterion("GOV.1.2"), criterion("NEW.1.1")], ())
    other = compare(one, judged({"GOV.1.2": 2, "NEW.1.1": 1}, smaller))
    assert other.newly_answered == (Change("GOV.1.2", None, 2), Change("NEW.1.1", None, 1))
    assert other.withdrawn == (Change("GOV.1.1", 1, None),)
    assert next(a for a in other.axes if a.id == "NEW").delta is None
