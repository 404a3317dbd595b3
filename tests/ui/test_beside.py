# SPDX-License-Identifier: EUPL-1.2
"""What others published, with ours beside it."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from carene.ui.charts.beside import Dated, beside_chart

SVG = "{http://www.w3.org/2000/svg}"


def years(*values: float) -> list[Dated]:
    return [Dated(dt.date(2018 + rank, 12, 31), value) for rank, value in enumerate(values)]


def said(value: float) -> str:
    return f"{value:g}"


def test_published_values_are_said_year_by_year() -> None:
    ours = [Dated(dt.date(2026, month, 1), 700 + month) for month in (10, 11)]
    root = ET.fromstring(beside_chart(years(327, 392), ours, said, title="Incidents"))
    desc = (
        (root.findtext(f"{SVG}desc") or "").replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    )
    assert desc == "2018 : 327 ; 2019 : 392. Ici, novembre 2026 : 711."
    words = {one.text for one in root.iter(f"{SVG}text")}
    assert {"327", "392", "2018", "nos figures"} <= words
    alone = ET.fromstring(beside_chart(years(327, 392), [], said, title="Incidents"))
    assert "nos figures" not in {one.text for one in alone.iter(f"{SVG}text")}


def test_one_date_is_not_a_curve() -> None:
    assert "Une seule date" in beside_chart(years(35), [], said, title="Soins")


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=9), st.lists(st.floats(-1e9, 1e9), max_size=3))
def test_any_values_are_drawn(published: list[float], counted: list[float]) -> None:
    ours = [Dated(dt.date(2026, rank + 1, 1), value) for rank, value in enumerate(counted)]
    for width in (330, 720):
        ET.fromstring(beside_chart(years(*published), ours, said, title="Part", width=width))
