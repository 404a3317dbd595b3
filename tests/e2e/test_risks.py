# SPDX-License-Identifier: EUPL-1.2
"""The slider of « Et si ? », by keyboard: the effect follows, the address keeps it, nothing is written."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e


def test_a_slider_moves_by_keyboard(visitor: Visitor) -> None:
    visitor.sign_in("rssi")
    page, node = visitor.page, visitor.node()
    page.goto(f"{visitor.server}/o/{node}/risques/essai/?critere=OPS.5.1")
    slider = page.get_by_role("slider")
    slider.press("Home")
    expect(page.locator("output")).to_contain_text("Niveau 0")
    slider.press("End")
    expect(page.locator("output")).to_contain_text("Niveau 4")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Niveau 4"))
    expect(page.locator("#effet")).to_contain_text("éviterait en moyenne")
    expect(page).to_have_url(re.compile(r"OPS\.5\.1=4"))
    verdict = page.locator(".risk-verdict").inner_text()
    page.reload()
    assert page.locator(".risk-verdict").inner_text() == verdict
    page.get_by_role("link", name="Revenir à aujourd'hui").click()
    expect(page.locator("#effet")).to_contain_text("Déplacez un curseur")
    assert visitor.complaints == []


def test_the_comparison_of_scenarios_says_what_each_avoids(visitor: Visitor) -> None:
    visitor.sign_in("rssi")
    page, node = visitor.page, visitor.node()
    page.goto(f"{visitor.server}/o/{node}/feuille-de-route/scenarios/")
    keys = sorted(set(re.findall(r"/scenarios/(\d+)/", page.content())))[:2]
    page.goto(f"{visitor.server}/o/{node}/feuille-de-route/scenarios/comparer/?s={keys[0]}&s={keys[1]}")
    expect(page.get_by_role("heading", name="Ce que chacun évite")).to_be_visible()
    assert visitor.complaints == []
