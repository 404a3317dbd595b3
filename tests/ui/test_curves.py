# SPDX-License-Identifier: EUPL-1.2
"""The curve of budgets: its marks are links when they lead somewhere, a picture otherwise."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from carene.ui.charts.curves import Spot, frontier_chart

SVG = "{http://www.w3.org/2000/svg}"
SPOTS = (Spot(0, 0), Spot(60e3, 48, href="?share=0.5"), Spot(120e3, 71, here=True, href="/s/1/?a=1&b=<2>"))


def drawn(spots: tuple[Spot, ...]) -> ET.Element:
    return ET.fromstring(frontier_chart(spots, lambda value: f"{value:.0f} points", title="Budgets", ident="b"))


def test_each_mark_that_leads_somewhere_is_a_named_link_wide_enough_for_a_finger() -> None:
    root = drawn(SPOTS)
    assert root.get("role") == "group"  # what is inside an image cannot be reached
    links = root.findall(f".//{SVG}a")
    assert [link.get("href") for link in links] == ["?share=0.5", "/s/1/?a=1&b=<2>"]
    for link, words in zip(links, ("60", "120"), strict=True):
        assert (link.get("aria-label") or "").startswith(words)
        assert "points" in (link.get("aria-label") or "")
        assert max(float(circle.get("r") or 0) for circle in link.iter(f"{SVG}circle")) >= 12


def test_without_an_address_it_is_a_picture() -> None:
    root = drawn((Spot(0, 0), Spot(60e3, 48), Spot(120e3, 71, here=True)))
    assert root.get("role") == "img"
    assert root.find(f".//{SVG}a") is None
