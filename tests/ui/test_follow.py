# SPDX-License-Identifier: EUPL-1.2
"""A value month by month, tiles for departments: what is drawn, what is said, what is missing."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from carene.engines.registers.territories import territories
from carene.ui.charts.follow import Followed, follow_chart, spark
from carene.ui.charts.ranges import round_ends
from carene.ui.charts.tiles import Tile, places, tiles_chart

SVG = "{http://www.w3.org/2000/svg}"
LEGEND = ("de 1 à 3 %", "de 4 à 8 %", "12 %", "rien à montrer")


def months(*values: float | None) -> list[Followed]:
    return [Followed(dt.date(2026, rank, 1), value) for rank, value in enumerate(values, 1)]


def said(value: float) -> str:
    return f"{value:g} %"


def test_the_line_stops_where_nothing_is_known() -> None:
    root = ET.fromstring(follow_chart(months(10, 20, None, 30, 40), said, title="Part", target=70))
    lines = [one for one in root.iter(f"{SVG}path") if "ch-stroke" in (one.get("class") or "")]
    assert len(lines) == 2
    assert "Cible" in (root.findtext(f"{SVG}desc") or "")


def test_what_was_published_first_is_a_ring() -> None:
    moments = [*months(10, 20), Followed(dt.date(2026, 3, 1), 30, before=25)]
    root = ET.fromstring(follow_chart(moments, said, title="Part"))
    assert any("d'abord publié" in (one.text or "") for one in root.iter(f"{SVG}title"))


def test_without_values_a_sentence() -> None:
    assert "s'affichera" in follow_chart(months(None, None), said, title="Part")
    assert spark((None, 4.0, None), said, title="Part", ident="s") == ""


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=2, max_size=36))
def test_any_values_are_drawn(values: list[float | None]) -> None:
    moments = [Followed(dt.date(2024 + rank // 12, rank % 12 + 1, 1), value) for rank, value in enumerate(values)]
    for width in (330, 720):
        ET.fromstring(follow_chart(moments, said, title="Part", width=width))
    drawn = spark(values, said, title="Part", ident="s")
    assert not drawn or ET.fromstring(drawn) is not None


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_ends_are_round_and_hold_everything(low: float, span: float) -> None:
    ends = round_ends(low, low + span)
    assert 2 <= len(ends) <= 8
    assert list(ends) == sorted(set(ends))
    slack = 1e-6 * max(1.0, abs(low), abs(low + span))
    assert ends[0] <= low + slack
    assert ends[-1] >= low + span - slack


def test_every_department_has_its_own_place() -> None:
    known = {code for code, one in territories().departments.items() if len(code) == 2 or code in places()}
    assert {code for code in known if len(code) == 2} <= set(places())
    assert set(places()) <= set(territories().departments)
    assert len(set(places().values())) == len(places())


def test_tiles_lead_somewhere_and_say_their_value() -> None:
    tiles = [
        Tile("01", "Ain", "12 %", 2, "/ain/"),
        Tile("69", "Rhône", "trop peu", None),
        Tile("XX", "Ailleurs", "4 %", 0),
    ]
    root = ET.fromstring(tiles_chart(tiles, LEGEND, title="Carte"))
    links = list(root.iter(f"{SVG}a"))
    assert [(link.get("href"), link.get("aria-label")) for link in links] == [("/ain/", "Ain\u00a0: 12\u00a0%")]
    assert "Ailleurs" in (root.findtext(f"{SVG}desc") or "")
    assert "s'affichera" not in tiles_chart(tiles, LEGEND, title="Carte")
    assert "se dessinera" in tiles_chart([], LEGEND, title="Carte")
