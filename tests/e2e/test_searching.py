# SPDX-License-Identifier: EUPL-1.2
"""The search for the best plan, in a browser, with the worker that the server starts by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e


def test_search_stop_compare_adopt(visitor: Visitor) -> None:
    page = visitor.sign_in("orme").page
    node, roadmap = visitor.node(), f"{visitor.server}/o/{visitor.node()}/feuille-de-route/"
    page.goto(f"{roadmap}scenarios/nouveau/")
    page.get_by_label("Nom", exact=False).first.fill("À chercher")
    for box in page.locator("div[data-year]:not([hidden]) input").all():
        if box.is_visible():
            box.fill("60 000")
    page.get_by_role("button", name="Calculer le plan").click()
    page.wait_for_url(re.compile(r"/scenarios/\d+/$"))
    scenario = page.url

    # Launch; what is known comes by itself.
    page.get_by_role("button", name="Chercher le meilleur plan").click()
    expect(page.get_by_role("heading", name="La recherche du meilleur plan est en cours")).to_be_visible()
    expect(page.get_by_text("Meilleur plan jusqu'ici")).to_be_visible(timeout=60_000)
    expect(page.locator("svg.chart-search:visible")).to_be_visible(timeout=60_000)
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []

    # Stop; the best is kept, and the page says how good it is.
    page.get_by_role("button", name="Arrêter et garder le meilleur").click()
    expect(page.get_by_text(re.compile("Recherche (arrêtée|terminée) en"))).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile("Ce plan vaut"))).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violations(page) == []

    # Compare, then adopt.
    page.goto(f"{roadmap}scenarios/comparer/?s={scenario.rstrip('/').rpartition('/')[2]}")
    expect(page.get_by_role("row", name=re.compile("Du meilleur plan possible"))).to_be_visible()
    page.goto(scenario)
    page.get_by_role("link", name=re.compile("Adopter")).click()
    page.get_by_role("button", name="Adopter ce scénario").click()
    page.wait_for_url(re.compile(r"/feuille-de-route/$"))
    expect(page.get_by_text("À chercher").first).to_be_visible()
    assert visitor.complaints == [], node
