# SPDX-License-Identifier: EUPL-1.2
"""The workbook, the editable summary and the calendar, read again by other libraries than those that wrote them."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn
from icalendar import Calendar
from python_calamine import CalamineWorkbook

from carene.apps.reports.rendering.docx import summary_docx
from carene.apps.reports.rendering.dossier import Dossier
from carene.apps.reports.rendering.ics import calendar_ics
from carene.apps.reports.rendering.xlsx import workbook
from tests.support.dossiers import HOSTILE, bare_dossier, dossier, hostile_dossier

SHEETS = [
    "Synthèse", "Critères", "Forces", "Faiblesses", "Feuille de route", "Laissé de côté", "Budget",
    "Charge des équipes", "Indicateurs", "Méthode",
]  # fmt: skip


def rows(content: bytes, sheet: str) -> list[dict[str, object]]:
    """A sheet as dictionaries by column title."""
    header, *lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}


# Workbook ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book() -> bytes:
    return workbook(dossier())


def test_the_workbook_has_its_sheets_and_rows(book: bytes) -> None:
    one = dossier()
    assert CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names == SHEETS
    assert len(rows(book, "Critères")) == len(one.judgement.criteria)
    assert len(rows(book, "Forces")) == len(one.judgement.strengths)
    assert len(rows(book, "Faiblesses")) == len(one.judgement.weaknesses)
    assert len(rows(book, "Feuille de route")) == 7
    assert len(rows(book, "Laissé de côté")) == 4
    assert len(rows(book, "Budget")) == 3
    assert len(rows(book, "Indicateurs")) == 2


def test_rows_are_tall_enough_for_their_texts(book: bytes) -> None:
    """LibreOffice does not grow rows by itself: without heights, texts are written over each other."""
    sheet = parts(book)["xl/worksheets/sheet3.xml"]
    heights = [float(found) for found in re.findall(r'<row [^>]* ht="([\d.]+)"', sheet)]
    assert len(heights) >= len(rows(book, "Forces"))
    longest = max(len(str(row["Pourquoi"])) for row in rows(book, "Forces"))
    assert max(heights) >= 15 * (longest // 100)


def test_cells_have_their_type(book: bytes) -> None:
    first = rows(book, "Critères")[0]
    assert first["Niveau retenu"] == 3
    assert first["Répondu le"] == dt.date(2026, 10, 3)
    assert first["Socle"] == "oui"
    assert first["Commentaire ou justification"] == "0,4 ETP réservé par lettre de mission."
    action = next(row for row in rows(book, "Feuille de route") if row["Mesure"] == "copie-immuable")
    assert action["Coût dans le plan"] == pytest.approx(13600)
    assert action["Coût 2027"] == pytest.approx(10000)
    assert action["Origine des chiffres"] == "établissement"
    assert action["Début"] == dt.date(2027, 2, 1)
    measured = next(row for row in rows(book, "Critères") if row["Critère"] == "OPS.2.1")
    assert measured["Valeur mesurée"] == 71
    assert str(measured["Désaccord entre déclaré et mesuré"]).startswith("Déclaré 2, mesuré 1")


def test_figures_are_shown_in_french_and_sheets_print_well(book: bytes) -> None:
    content = parts(book)
    assert "dd/mm/yyyy" in content["xl/styles.xml"]
    assert "#,##0\u00a0&quot;€&quot;" in content["xl/styles.xml"]
    for index in range(1, len(SHEETS) + 1):
        sheet = content[f"xl/worksheets/sheet{index}.xml"]
        assert 'orientation="landscape"' in sheet
        assert 'fitToHeight="0"' in sheet
        assert 'state="frozen"' in sheet
        assert "<autoFilter" in sheet
        assert "Centre hospitalier de Valmont, 23/11/2026" in sheet
    assert content["xl/workbook.xml"].count("_xlnm.Print_Titles") == len(SHEETS)


def test_the_workbook_is_the_same_for_the_same_dossier(book: bytes) -> None:
    assert workbook(dossier()) == book


def test_no_text_becomes_a_formula_or_a_link() -> None:
    content = workbook(hostile_dossier())
    for name, part in parts(content).items():
        assert "<f>" not in part, name
        assert "<hyperlink" not in part, name
    action = next(row for row in rows(content, "Feuille de route") if "cmd" in str(row["Action"]))
    assert HOSTILE[1] in str(action["Action"])
    assert len(rows(content, "Feuille de route")) == 200


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    one = dossier(assumptions=("x" * 40_000,))
    cell = next(str(row["Texte"]) for row in rows(workbook(one), "Méthode") if row["Rubrique"] == "Hypothèse")
    assert len(cell) < 32_767
    assert cell.endswith("une cellule n'en contient pas davantage)")


def test_an_empty_dossier_gives_an_open_workbook() -> None:
    content = workbook(bare_dossier())
    assert rows(content, "Feuille de route") == []
    assert {row["État"] for row in rows(content, "Critères")} == {"non évalué"}


# Editable summary -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def summary() -> bytes:
    return summary_docx(dossier())


def test_the_summary_has_real_styles_and_speaks_french(summary: bytes) -> None:
    document = Document(io.BytesIO(summary))
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings[0] == "Palier 1 sur 3\u00a0: Conscient"
    assert headings[1:3] == ["Ce que cela coûte", "Ce que nous demandons à la direction"]  # on the first page
    assert "Où ce qui est mesuré contredit-il ce qui est déclaré\u202f?" in headings
    assert len(headings) == 11
    assert document.core_properties.language == "fr-FR"
    assert 'w:lang w:val="fr-FR"' in parts(summary)["word/styles.xml"]
    assert "en-US" not in parts(summary)["word/styles.xml"]
    assert [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Title"]


def test_its_tables_have_header_rows(summary: bytes) -> None:
    document = Document(io.BytesIO(summary))
    assert len(document.tables) == 3
    for table in document.tables:
        assert table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    actions = [row.cells[0].text for row in document.tables[1].rows]
    assert actions[0] == "Action"
    assert set(actions[1:]) == {line.title for line in dossier().actions}


def test_its_pictures_are_described(summary: bytes) -> None:
    described = re.findall(r'<wp:docPr[^>]*descr="([^"]+)"', parts(summary)["word/document.xml"])
    assert len(described) == 2
    assert "Gouvernance et résilience" in described[0]


def test_a_summary_counts_what_it_leaves_out() -> None:
    said = "\n".join(p.text for p in Document(io.BytesIO(summary_docx(hostile_dossier()))).paragraphs)
    assert "autre faiblesse dans le classeur" in said or "autres faiblesses dans le classeur" in said
    assert "Le calendrier montre les 24 premières actions" in said
    assert "<script>alert(1)</script>" in said


def test_an_empty_dossier_gives_a_short_summary() -> None:
    said = "\n".join(p.text for p in Document(io.BytesIO(summary_docx(bare_dossier()))).paragraphs)
    assert "Aucune feuille de route n'est encore chiffrée." in said


# Calendar ---------------------------------------------------------------------------------------------------------


def events(one: Dossier) -> list[dict[str, object]]:
    return [dict(event) for event in Calendar.from_ical(calendar_ics(one)).walk("VEVENT")]


def test_each_action_has_its_start_its_end_and_its_deadline() -> None:
    found = events(dossier())
    assert len(found) == 2 * 7 + 1
    first = found[0]
    assert str(first["SUMMARY"]).startswith("Début")
    assert first["DTSTART"].dt == dt.date(2027, 1, 1)  # type: ignore[attr-defined]
    assert first["DTEND"].dt == dt.date(2027, 1, 2)  # type: ignore[attr-defined]
    assert "Coût dans le plan" in str(first["DESCRIPTION"])
    assert "Équipe systèmes" in str(first["DESCRIPTION"])
    assert any(str(event["SUMMARY"]).startswith("Échéance imposée") for event in found)
    assert any(str(event["SUMMARY"]).startswith("Action faite") for event in found)


def test_identifiers_survive_a_new_plan_and_revisions_grow() -> None:
    before, after = events(dossier()), events(dossier(prepared_on=dt.date(2027, 1, 5), roadmap_title="Autre"))
    assert [event["UID"] for event in before] == [event["UID"] for event in after]
    assert len({str(event["UID"]) for event in before}) == len(before)
    assert int(str(after[0]["SEQUENCE"])) > int(str(before[0]["SEQUENCE"]))
    assert {str(e["UID"]) for e in before}.isdisjoint(str(e["UID"]) for e in events(dossier(key="autre")))


def test_lines_are_folded_with_crlf() -> None:
    for content in (calendar_ics(dossier()), calendar_ics(hostile_dossier(20)), calendar_ics(bare_dossier())):
        assert content.endswith(b"END:VCALENDAR\r\n")
        assert b"\n" not in content.replace(b"\r\n", b"")
        assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_hostile_texts_stay_inside_their_property() -> None:
    found = events(hostile_dossier())
    assert len(found) == 400
    assert any(HOSTILE[0] in str(event["SUMMARY"]) for event in found)
