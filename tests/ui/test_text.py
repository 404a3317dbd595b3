# SPDX-License-Identifier: EUPL-1.2
"""Text measured, wrapped and cleaned before it is printed."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from carene.ui.charts.text import clean, legible_everywhere, one_line, text_width, wrap

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)  # lone surrogates and controls included


@given(ANY_TEXT)
def test_clean_text_is_accepted_by_xml_and_stays_clean(text: str) -> None:
    shown = clean(text)
    element = ET.Element("t")
    element.text = shown
    assert ET.fromstring(ET.tostring(element, encoding="utf-8")).text in {shown or None, shown.replace("\r", "\n")}
    assert clean(shown) == shown


def test_clean_keeps_what_people_write() -> None:
    text = "Évaluation « œuvre »\u00a0: 12\u202f400\u00a0€, 中文, 🚀\nligne 2\tfin"
    assert clean(text) == text
    assert clean("a\x00b\x07c\ud800d\u202ee\ufffff") == "abcdef"


@given(ANY_TEXT, st.integers(60, 400), st.integers(1, 6))
def test_no_line_is_wider_than_its_column(text: str, width: int, most: int) -> None:
    lines = wrap(text, 13, width, most=most)
    assert len(lines) <= most
    assert all(text_width(line, 13) <= width for line in lines)


@given(st.lists(st.text("abcdeéàç'", min_size=1, max_size=40), max_size=12))
def test_wrapping_loses_nothing_when_there_is_room(words: list[str]) -> None:
    lines = wrap(" ".join(words), 13, 120, most=100)
    assert "".join(lines).replace(" ", "") == "".join(words)


def test_a_text_cut_short_says_so() -> None:
    lines = wrap("mot " * 80, 13, 120, most=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")


def test_wrapping_keeps_french_spaces_together() -> None:
    assert all(not line.startswith("€") for line in wrap("Il manque 12\u202f400\u00a0€ en 2027", 13, 70))


def test_characters_without_a_font_become_boxes_and_accents_vanish() -> None:
    assert legible_everywhere("Été 🚀 e\u0301 → « 中 »") == "Été □ e → « □ »"
    assert one_line(" a\n b\t c\u00a0d ") == "a b c\u00a0d"
