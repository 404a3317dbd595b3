# SPDX-License-Identifier: EUPL-1.2
"""The document for the board: PDF/UA, complete, and indifferent to what people typed."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from carene.apps.reports.rendering.pdf import board_pdf
from carene.apps.reports.rendering.typesetting import FAMILIES, best_family, font_book
from tests.support.dossiers import HOSTILE, bare_dossier, dossier, hostile_dossier, plan


@pytest.fixture(scope="module")
def board() -> bytes:
    return board_pdf(dossier())


def words_of(document: bytes) -> str:
    """The text of a PDF on one line; poppler's tools are not everywhere."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (paquet poppler-utils) is absent: the words of the PDF were NOT checked")
    command = ["pdftotext", "-", "-"]
    read = subprocess.run(command, input=document, capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s+", " ", read.replace("\u200b", ""))


def facts_of(document: bytes, tmp_path: Path) -> str:
    if shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo (paquet poppler-utils) is absent: the tags of the PDF were NOT checked")
    file = tmp_path / "board.pdf"
    file.write_bytes(document)
    return subprocess.run(["pdfinfo", file], capture_output=True, check=True).stdout.decode()


def test_it_is_declared_pdf_ua_in_french_with_a_title(board: bytes) -> None:
    assert board.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in board
    assert b"<rdf:li>fr-FR</rdf:li>" in board or b"<rdf:li>fr</rdf:li>" in board
    assert b"Centre hospitalier de Valmont</rdf:li>" in board


def test_it_is_tagged_a4(board: bytes, tmp_path: Path) -> None:
    facts = facts_of(board, tmp_path)
    assert re.search(r"Tagged:\s+yes", facts)
    assert "(A4)" in facts


def test_the_same_dossier_gives_the_same_bytes(board: bytes) -> None:
    assert board_pdf(dossier()) == board


def test_it_says_everything_the_board_needs(board: bytes) -> None:
    words = words_of(board)
    one = dossier()
    for expected in (
        "Centre hospitalier de Valmont", "Palier 1 sur 3 : Conscient", "Ce qui tient", "Ce qui est fragile",
        "Ce que cela coûte", "Ce que nous demandons à la direction", "Adopter la feuille de route 2027–2029",
        "Par où une attaque passerait-elle ?", "Attaques concernées : rançongiciel",
        "Combien, chaque année ?", "Ce que ce plan laisse de côté, et pourquoi", "SOC externalisé 24 h sur 24",
        "Demandes que ce plan ne peut pas tenir", "Une autre mesure n'aurait rien changé ici",
        "Comment tout cela est-il calculé ?",
        "estimations du projet Carène", "Convergence des annuaires", "Le budget 2028 est celui de l'EPRD",
        "ANSSI, Guide d'hygiène", "officiel", "13 600 €*", "chiffres de l'établissement",
        "Centre hospitalier de Valmont, 23 novembre 2026", "page 1 sur", "Nadia Ferrand",
    ):  # fmt: skip
        assert expected in words, expected
    for line in one.actions:
        assert line.title in words


def test_figures_have_their_alternative_text(board: bytes) -> None:
    if shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo (paquet poppler-utils) is absent: the alternative texts were NOT checked")
    command = ["pdfinfo", "-struct", "-"]
    tree = subprocess.run(command, input=board, capture_output=True, check=True).stdout.decode(errors="replace")
    assert tree.count("Figure") >= 7
    assert tree.count("Table") >= 8
    assert re.search(r"\bH1\b", tree)
    assert re.search(r"\bTH\b", tree)


def test_without_answers_nor_plan_every_section_says_so() -> None:
    words = words_of(board_pdf(bare_dossier()))
    assert "Aucun critère n'est encore évalué" in words
    assert "Aucune feuille de route n'est jointe" in words
    assert "Progressons-nous" not in words
    assert "Combien, chaque année" not in words


def test_a_plan_without_action_says_why_nothing_is_drawn() -> None:
    words = words_of(board_pdf(dossier(plan=plan([]))))
    assert "aucune action n'est retenue" in words


def test_hostile_texts_are_printed_as_they_are() -> None:
    document = board_pdf(hostile_dossier())
    assert b"<pdfuaid:part>1</pdfuaid:part>" in document
    words = words_of(document)
    assert "<script>alert(1)</script>" in words
    assert '#eval("1 + 1") *gras* _italique_ $x^2$ @renvoi `code`' in words
    assert "□" in words
    assert "200 actions" in words
    compact = words.replace(" ", "")
    assert HOSTILE[3] in compact


def test_a_character_without_a_font_does_not_stop_the_document() -> None:
    assert words_of(board_pdf(dossier(organisation="CH \U0001f680 de Valmont"))).count("Valmont") > 3


def test_a_missing_folder_of_fonts_is_no_error(tmp_path: Path, board: bytes) -> None:
    without = board_pdf(dossier(), fonts=tmp_path / "absent")
    assert "Valmont" in words_of(without)
    assert best_family(font_book(None)) in FAMILIES


def test_a_long_list_of_weaknesses_is_never_cut() -> None:
    one = dossier()
    many = tuple(one.judgement.weaknesses) * 6
    words = words_of(board_pdf(replace(one, judgement=replace(one.judgement, weaknesses=many))))
    assert words.count("niveau 1, cible 2") >= 6
    assert "Les autres écarts à la cible" in words
