# SPDX-License-Identifier: EUPL-1.2
"""What leaves in a file comes back the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from carene.apps.exchange.xlsx_write import Questions, write_questionnaire
from carene.engines.exchange.questionnaire import Entry, Means, Questionnaire, Reading
from carene.engines.exchange.structured import read_json_file, read_yaml_file, to_json, to_yaml
from carene.engines.exchange.xlsx_read import read_xlsx_file
from tests.engines.exchange.strategies import REFERENTIAL, TODAY, questionnaires

SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SOME
@given(questionnaires)
def test_yaml_gives_back_what_was_written(content: Questionnaire) -> None:
    reading = read_yaml_file(to_yaml(content).encode(), "a.yaml", REFERENTIAL, TODAY)
    assert reading.problems == ()
    assert reading.questionnaire == content


@SOME
@given(questionnaires)
def test_json_gives_back_what_was_written(content: Questionnaire) -> None:
    reading = read_json_file(to_json(content).encode(), "a.json", REFERENTIAL, TODAY)
    assert reading.problems == ()
    assert reading.questionnaire == content


def write(content: Questionnaire, *, whole: bool = True) -> bytes:
    return write_questionnaire(Questions(REFERENTIAL, REFERENTIAL.criteria, content, "Essai", TODAY, whole))


def read(data: bytes) -> Reading:
    return read_xlsx_file(data, "a.xlsx", REFERENTIAL, TODAY)


# Shrinking would write thousands of workbooks.
@settings(SOME, max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(questionnaires.map(lambda q: replace(q, means=Means())))
def test_xlsx_gives_back_the_answers_and_the_measures(content: Questionnaire) -> None:
    reading = read(write(content))
    assert reading.problems == ()
    # The workbook dates its versions of today's answers; texts keep their words, spreadsheets drop some odd controls.
    found = {key: (one.level, one.not_applicable) for key, one in reading.questionnaire.answers.items()}
    assert found == {key: (one.level, one.not_applicable) for key, one in content.answers.items()}
    for key, entry in content.answers.items():
        assert visible(reading.questionnaire.answers[key].comment) == visible(entry.comment)
        assert visible(reading.questionnaire.answers[key].justification) == visible(entry.justification)
    assert {(m.indicator, m.value, m.observed_on) for m in reading.questionnaire.observations} == {
        (m.indicator, m.value, m.observed_on) for m in content.latest().values()
    }


def visible(text: str) -> str:
    return "".join(character for character in text if character.isprintable() and character != " ")


@pytest.mark.parametrize(
    "text", ["=SOMME(A1)", "+33 1", "@a", "-2", "<b>&amp;</b>", "_x0041_", "ligne 1\nligne 2", "é « à » ’", "x" * 9_000]
)
def test_xlsx_keeps_texts_to_the_letter(text: str) -> None:
    content = Questionnaire(answers={"GOV.1.1": Entry("GOV.1.1", 2, comment=text, justification=text)})
    reading = read(write(content))
    assert reading.problems == ()
    assert reading.questionnaire.answers["GOV.1.1"].comment == text
    assert reading.questionnaire.answers["GOV.1.1"].justification == text


def test_xlsx_keeps_the_establishment_and_its_means() -> None:
    content = Questionnaire(
        means=Means(TODAY.replace(year=2027, day=1), 24, {2027: 0.0, 2028: 12_000.5}, {"rssi": 6.5})
    )
    reading = read(write(content))
    assert reading.problems == ()
    assert reading.questionnaire.means == content.means


def test_xlsx_carries_the_assessment_and_the_version_of_each_answer() -> None:
    content = Questionnaire(assessment=42, answers={"GOV.1.1": Entry("GOV.1.1", 2, version=7)})
    found = read(write(content, whole=False)).questionnaire
    assert found.assessment == 42
    assert found.answers["GOV.1.1"].version == 7
    assert (found.origin.id, found.origin.digest) == (REFERENTIAL.id, REFERENTIAL.digest)


def test_an_empty_cell_says_nothing() -> None:
    content = Questionnaire(assessment=1, answers={"OPS.5.1": Entry("OPS.5.1", 0)})
    assert list(read(write(content)).questionnaire.answers) == ["OPS.5.1"]
