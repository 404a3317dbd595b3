# SPDX-License-Identifier: EUPL-1.2
"""From where each one stands to where it goes: said in words, inside its frame at every width."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from carene.ui.charts.moves import MoveRow, Names, moves_chart
from carene.ui.charts.ranges import Scale

ROWS = [
    MoveRow("CH de <Valmont>", 57_100, 38_700, "57,1 k€ → 38,7 k€", other=45_000, note="3 mesures"),
    MoveRow("EHPAD", 0, 0, "0 € → 0 €"),
]
SCALE = Scale(tuple((value, f"{value} €") for value in (0, 50_000, 100_000)))
NAMES = Names("aujourd'hui", "à la fin du plan commun", "à la fin de son plan seul")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("width", [340, 860])
def test_every_row_is_said_and_stays_inside(width: float) -> None:
    root = ET.fromstring(moves_chart(ROWS, SCALE, NAMES, title="Ce que coûte l'année", width=width))
    words = " ".join("".join(element.itertext()) for element in root.iter())
    for text in (*(row.label for row in ROWS), *(row.said for row in ROWS), "3 mesures", NAMES.before, NAMES.other):
        assert text.replace(" ", "") in words.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    height = float(root.attrib["viewBox"].split()[3])
    for circle in root.iter(f"{SVG}circle"):
        assert 0 <= float(circle.attrib["cx"]) <= width
        assert 0 <= float(circle.attrib["cy"]) <= height
    for text in root.iter(f"{SVG}text"):
        assert float(text.attrib["y"]) <= height


def test_what_does_not_move_has_no_line_and_no_tick() -> None:
    def lines(row: MoveRow) -> int:
        return len(list(ET.fromstring(moves_chart([row], SCALE, Names("a", "b"), title="T")).iter(f"{SVG}line")))

    still, moving, both = (lines(MoveRow("X", 1000, *more, "dit")) for more in ((1000,), (90_000,), (90_000,)))
    assert moving == both == still + 1
    assert lines(MoveRow("X", 1000, 90_000, "dit", other=50_000)) == moving + 1


def test_without_rows_a_sentence() -> None:
    assert "Rien" in moves_chart([], SCALE, NAMES, title="T")
