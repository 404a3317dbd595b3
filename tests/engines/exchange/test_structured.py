# SPDX-License-Identifier: EUPL-1.2
"""The assess file written by hand: short forms, and faults told with their line."""

from __future__ import annotations

import datetime as dt

import pytest

from carene.engines.exchange.files import read_file
from carene.engines.exchange.questionnaire import Reading
from carene.engines.exchange.structured import to_blank_yaml
from carene.engines.sources import InputError
from tests.engines.exchange.strategies import REFERENTIAL, TODAY


def read(text: str, name: str = "h.yaml") -> Reading:
    return read_file(text.encode(), name, REFERENTIAL, TODAY)


def said(text: str) -> str:
    return "\n".join(problem.sentence for problem in read(text).problems)


def test_short_forms_are_enough() -> None:
    reading = read(
        """
referential: care
organisation: {name: CH, type: ch, workstations: 600}
answers:
  GOV.1.1: 2
  GOV.1.2: "3 - texte"
  GOV.1.3: {level: 1, comment: vu}
  GOV.1.4: {not_applicable: true, justification: sans objet ici}
  GOV.1.5: N/A
  GOV.2.1:
observations:
  - {indicator: budget_numerique_pct, value: 1.7, date: 31/12/2025}
plan: {start: 2027-01, budgets: {2027: 180000}, team: {rssi: 6}}
"""
    )
    found = reading.questionnaire
    levels = {key: entry.level for key, entry in found.answers.items()}
    assert levels == {"GOV.1.1": 2, "GOV.1.2": 3, "GOV.1.3": 1, "GOV.1.4": None}
    assert found.observations[0].observed_on == dt.date(2025, 12, 31)
    assert found.means.start == dt.date(2027, 1, 1)
    assert [p.sentence for p in reading.problems] == [
        "h.yaml, ligne 9 : GOV.1.5 est dit non applicable sans justification ; "
        "écrire en une phrase pourquoi, dans la justification."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("answers: {GOV.1.1: 2}\nnoms: x", "la rubrique « noms » n'existe pas"),
        ("answers:\n  GOV.1.1: {niveau: 2}", "h.yaml, ligne 2 : la rubrique « niveau » n'existe pas"),
        ("answers:\n  GOV.1.1: {level: 2, justif: x}", "écrire « justification », ou la retirer"),
        ("answers:\n  GOV.1.1: 9", "h.yaml, ligne 2 : GOV.1.1, le niveau 9 n'existe pas"),
        ("answers:\n  GOV.1.1: 2.5", "« 2,5 » n'est pas un niveau"),
        ("answers:\n  GOV.9.9: 2", "h.yaml, ligne 2 : le critère « GOV.9.9 » n'existe pas"),
        ("answers:\n  GOV.1.1: {level: 2, not_applicable: true, justification: x}", "a un niveau et se dit aussi"),
        ("answers: [1]", "« answers » doit contenir des rubriques"),
        ("organisation: {type: hopital}\nanswers: {GOV.1.1: 2}", "le type « hopital » n'est pas connu"),
        ("organisation: {beds: -2}", "trop petit"),
        ("organisation: {beds: douze}", "un nombre entier est attendu"),
        ("observations: [{indicator: x, value: 1, date: 2026-01-01}]", "l'indicateur « x » n'existe pas"),
        ("observations: [{indicator: budget_numerique_pct, value: 1.7, date: 2027-01-01}]", "pas encore passé"),
        ("observations: [{indicator: budget_numerique_pct, value: 170, date: 2026-01-01}]", "entre 0 et 15"),
        ("observations: [{indicator: budget_numerique_pct, value: un, date: 2026-01-01}]", "un nombre est attendu"),
        ("observations: [{indicator: budget_numerique_pct, value: 1, date: hier}]", "une date est attendue"),
        ("observations: {a: 1}", "doit être une liste"),
        ("plan: {months: 6}", "trop petit"),
        ("plan: {start: 2027-13}", "un mois comme 2027-03"),
        ("plan: {budgets: {2027: -5}}", "trop petit"),
        ("plan: {budgets: {27: 5}}", "trop petit"),
        ("plan: {team: {magie: 2}}", "la compétence « magie » n'existe pas"),
        ("plan: {wishes: {x: {mandatory: true}}}", "la mesure « x » n'existe pas"),
        ("plan: {done: [x]}", "la mesure « x » n'existe pas"),
        ("plan: {overrides: {x: {months: 3}}}", "la mesure « x » n'existe pas"),
    ],
)
def test_faults_are_told(text: str, expected: str) -> None:
    assert expected in said(text)


def test_every_fault_is_found_in_one_reading() -> None:
    assert len(read("answers:\n  GOV.1.1: 9\n  GOV.1.2: cinq\n  X: 1\nplan: {months: 1}\nfoo: 1").problems) == 5


def test_a_measure_said_twice_for_one_day_counts_once() -> None:
    line = "- {indicator: budget_numerique_pct, value: 1.7, date: 2026-01-01}"
    reading = read(f"observations:\n  {line}\n  {line}")
    assert len(reading.questionnaire.observations) == 1
    assert "est déjà donné au 1er\xa0janvier 2026 (h.yaml, ligne 2)" in reading.problems[0].sentence


def test_a_future_format_is_refused() -> None:
    with pytest.raises(InputError, match="plus récent"):
        read("format: 2\nanswers: {GOV.1.1: 1}")


def test_another_referential_is_refused() -> None:
    with pytest.raises(InputError, match="« iso » et non à « care »"):
        read("referential: iso\nanswers: {GOV.1.1: 1}")


def test_the_blank_file_reads_as_nothing_and_takes_answers() -> None:
    from carene.engines.exchange.questionnaire import Questionnaire

    text = to_blank_yaml(Questionnaire(), REFERENTIAL.criteria)
    assert read(text).questionnaire.answers == {}
    filled = text.replace("\n  OPS.5.1:\n", "\n  OPS.5.1: 3\n")
    assert read(filled).problems == ()
    assert read(filled).questionnaire.answers["OPS.5.1"].level == 3


def test_kinds_are_told_apart_by_content() -> None:
    assert read('{"answers": {"GOV.1.1": 2}}', "sans-suffixe").questionnaire.answers["GOV.1.1"].level == 2
    assert read('\ufeff{"answers": {"GOV.1.1": 2}}', "a.json").questionnaire.answers["GOV.1.1"].level == 2
