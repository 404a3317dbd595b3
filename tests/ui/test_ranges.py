# SPDX-License-Identifier: EUPL-1.2
"""Ranges: on their scale, said in words, legible at every width."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from carene.apps.risks.figures import amounts, decades, percents
from carene.ui.charts.ranges import RangeRow, Scale, ranges_chart

ROWS = [
    RangeRow("Rançongiciel", 0.007, 0.025, 0.06, "3 % (entre 0,7 et 6 %)"),
    RangeRow("<Espionnage>", 0.04, 0.11, 0.24, "10 % (entre 4 et 20 %)", core=(0.08, 0.15)),
]


@pytest.mark.parametrize("width", [340, 860])
def test_every_row_is_said_and_stays_inside(width: float) -> None:
    root = ET.fromstring(ranges_chart(ROWS, percents(0.24), title="Chances", legend="Bande et point.", width=width))
    words = " ".join(element.text or "" for element in root.iter())
    for row in ROWS:
        assert row.label in words
        assert row.said.split(" (")[0].replace(" ", "") in words.replace("\u00a0", "").replace(" ", "")
    for shape in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert 0 <= float(shape.attrib["x"]) <= float(shape.attrib["x"]) + float(shape.attrib["width"]) <= width + 0.01


@pytest.mark.parametrize("high", [0.0004, 0.0213, 0.24, 0.99])
def test_a_scale_of_percents_holds_its_highest_value(high: float) -> None:
    scale = percents(high)
    assert scale.ticks[0][0] == 0
    assert scale.ticks[-1][0] >= high * 0.999
    assert 3 <= len(scale.ticks) <= 6
    assert len({words for _, words in scale.ticks}) == len(scale.ticks)


def test_places_follow_the_scale() -> None:
    assert Scale(((1, "1"), (100, "100")), log=True).place(10) == pytest.approx(0.5)
    assert amounts(50_000).place(0) == 0
    assert decades(950, 4e6).place(9e9) == 1


def test_without_rows_a_sentence() -> None:
    assert "Rien" in ranges_chart([], percents(0.1), title="Chances", legend="")
