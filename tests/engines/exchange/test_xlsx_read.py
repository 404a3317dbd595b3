# SPDX-License-Identifier: EUPL-1.2
"""A questionnaire that people touched: what can be taken is, what cannot is said with its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from carene.engines.exchange.questionnaire import Reading
from carene.engines.exchange.xlsx_read import read_xlsx_file
from carene.engines.sources import InputError
from tests.engines.exchange.strategies import REFERENTIAL, TODAY
from tests.engines.exchange.xlsx import workbook

HEADINGS = ["Identifiant", "Niveau choisi", "Justification", "Commentaire"]


def read(*rows: Sequence[Any], headings: Sequence[Any] = HEADINGS, **more: Any) -> Reading:
    return read_xlsx_file(workbook([headings, *rows], **more), "retour.xlsx", REFERENTIAL, TODAY)


def sentences(reading: Reading) -> str:
    return "\n".join(problem.sentence for problem in reading.problems)


def test_right_rows_are_taken_beside_wrong_ones() -> None:
    reading = read(["GOV.1.1", 2], ["GOV.1.2", "cinq"], ["GOV.1.3", "3 - texte", None, "voir PSSI"])
    assert {key: e.level for key, e in reading.questionnaire.answers.items()} == {"GOV.1.1": 2, "GOV.1.3": 3}
    assert sentences(reading) == (
        "feuille Questions, cellule B3 : GOV.1.2, « cinq » n'est pas un niveau ; choisir un niveau de 0 à 4, ou N/A."
    )


@pytest.mark.parametrize("level", ["2,5", 2.5, "cinq", 7, -1, True, "2-3"])
def test_wrong_levels_are_named_with_their_cell(level: Any) -> None:
    reading = read(["GOV.1.1", level])
    assert reading.questionnaire.answers == {}
    assert "feuille Questions, cellule B2 : GOV.1.1, " in sentences(reading)


def test_a_date_that_the_spreadsheet_made_of_a_level_is_named() -> None:
    """« 2-1 » typed in a cell becomes the second of January."""
    import io

    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet("Questions")
    page.write_row(0, 0, HEADINGS)
    page.write(1, 0, "GOV.1.1")
    page.write_datetime(1, 1, dt.datetime(2026, 1, 2), book.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
    book.close()
    reading = read_xlsx_file(target.getvalue(), "a.xlsx", REFERENTIAL, TODAY)
    assert "« 02/01/2026 » n'est pas un niveau" in sentences(reading)


def test_a_formula_is_never_believed() -> None:
    """Written without its value, a formula reads as zero: a level that nobody chose."""
    reading = read(["GOV.1.1", "=1+1"], ["GOV.1.2", 2, None, "=A1"], ["GOV.1.3", 1])
    assert list(reading.questionnaire.answers) == ["GOV.1.3"]
    assert "cellule B2 : la réponse à GOV.1.1 est une formule ; écrire la valeur elle-même" in sentences(reading)
    assert "cellule D3 : la réponse à GOV.1.2 est une formule" in sentences(reading)


def test_not_applicable_asks_for_a_justification() -> None:
    reading = read(["GOV.1.1", "N/A"], ["GOV.1.2", "n/a", "Pas de bloc"])
    assert list(reading.questionnaire.answers) == ["GOV.1.2"]
    assert reading.questionnaire.answers["GOV.1.2"].not_applicable
    assert "GOV.1.1 est dit non applicable sans justification" in sentences(reading)


def test_a_question_answered_twice_is_taken_from_neither_row() -> None:
    reading = read(["GOV.1.1", 2], ["GOV.1.2", 1], ["GOV.1.1", 3], ["GOV.1.1", 2])
    assert list(reading.questionnaire.answers) == ["GOV.1.2"]
    assert sentences(reading).count("GOV.1.1 a déjà une réponse (feuille Questions, cellule B2)") == 2


def test_duplicates_are_seen_across_sheets() -> None:
    reading = read(["GOV.1.1", 2], more={"Copie": [HEADINGS, ["GOV.1.1", 3]]})
    assert "feuille Copie, cellule B2" in sentences(reading)


def test_unknown_criteria_are_named_with_the_nearest_one() -> None:
    reading = read(["GOV.1.11", 2], ["XYZ", 1], ["GOV.1.1", 1])
    assert "cellule A2 : le critère « GOV.1.11 » n'existe pas dans ce référentiel ; écrire « GOV.1.1 »" in sentences(
        reading
    )
    assert "cellule A3 : le critère « XYZ » n'existe pas dans ce référentiel ; retirer cette ligne" in sentences(
        reading
    )


def test_titles_and_empty_rows_are_not_answers() -> None:
    reading = read([], ["Gouvernance"], ["GOV.1.1", None], ["", "", "", "note perdue"], ["GOV.1.2", 2])
    assert list(reading.questionnaire.answers) == ["GOV.1.2"]
    assert reading.problems == ()


def test_an_answer_without_its_identifier_is_said() -> None:
    assert "cellule A2 : une réponse est donnée sans identifiant" in sentences(read([None, 2]))


def test_columns_are_found_by_their_names_wherever_they_are() -> None:
    headings = ["Autre", "RÉPONSE", None, "remarques", "critere"]
    reading = read(["x", 2, None, "vu", "GOV.1.1"], headings=headings)
    entry = reading.questionnaire.answers["GOV.1.1"]
    assert (entry.level, entry.comment) == (2, "vu")


def test_rows_above_the_headings_do_not_matter() -> None:
    data = workbook([["Titre"], [], ["Préparé par"], HEADINGS, ["GOV.1.1", 4]])
    assert read_xlsx_file(data, "a.xlsx", REFERENTIAL, TODAY).questionnaire.answers["GOV.1.1"].level == 4


def test_without_the_two_columns_nothing_is_guessed() -> None:
    with pytest.raises(InputError, match="aucune feuille n'a les colonnes « Identifiant » et « Niveau choisi »"):
        read(["GOV.1.1", 2], headings=["Identifiant", "Autre"])


def test_another_referential_is_refused_and_another_version_is_said() -> None:
    hidden = {"_carene": [["referential", "iso-27001"]]}
    with pytest.raises(InputError, match="répond au référentiel « iso-27001 » et non à « care »"):
        read(["GOV.1.1", 2], more=hidden)
    reading = read(["GOV.1.1", 2], more={"_carene": [["referential", "care"], ["version", "0.9.0"]]})
    assert "version 0.9.0 du référentiel" in reading.notices[0]
    assert reading.questionnaire.answers["GOV.1.1"].level == 2
    reading = read(["GOV.1.1", 2], more={"_carene": [["referential", "care"], ["version", "1.0.0"], ["digest", "x"]]})
    assert "a changé depuis" in reading.notices[0]


def test_a_damaged_hidden_sheet_is_as_good_as_none() -> None:
    hidden = [["assessment", "douze"], ["answer:GOV.1.1", "x"], ["date", "hier"], ["answer:GOV.1.2"], [None, 3]]
    found = read(["GOV.1.1", 2], more={"_carene": hidden}).questionnaire
    assert found.assessment is None
    assert found.answers["GOV.1.1"].version is None


def test_texts_too_long_are_refused() -> None:
    assert "dépasse 10" in sentences(read(["GOV.1.1", 2, None, "x" * 10_001]))


def test_the_sheet_of_the_establishment_is_read_with_its_mistakes() -> None:
    pairs = [["Rubrique", "Valeur"], ["Nom", "CH"], ["Type d'établissement", "Centre hospitalier (ch)"],
             ["Postes de travail", "beaucoup"], ["Lits et places", 200], ["Budget 2027 (€)", "180 000"],
             ["Équipe, jours par mois : RSSI (rssi)", "6,5"], ["Équipe : (magie)", 2],
             ["Début de la feuille de route", "13/2027"],
             ["Durée de la feuille de route (mois)", 6], ["Serveurs", "=1+1"]]  # fmt: skip
    reading = read(["GOV.1.1", 2], more={"Établissement": pairs})
    card, means = reading.questionnaire.card, reading.questionnaire.means
    assert (card.name, card.type, card.beds, card.workstations, card.servers) == ("CH", "ch", 200, None, None)
    assert means.budgets == {2027: 180_000}
    assert means.team["rssi"] == 6.5
    said = sentences(reading)
    for part in ("« beaucoup » n'est pas un nombre", "« magie »", "le mois « 13/2027 »", "6 mois", "formule"):
        assert part in said
