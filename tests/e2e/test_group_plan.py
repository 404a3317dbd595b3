# SPDX-License-Identifier: EUPL-1.2
"""A GHT planned together, in a browser: the plan of the demonstration, another one searched, stopped, given to each."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 780}


def at_group(visitor: Visitor) -> str:
    """Signed in as the RSSI of the GHT; the address of its page."""
    page = visitor.sign_in("rssi").page
    page.goto(f"{visitor.server}/etablissements/")
    group = page.locator("main").get_by_role("link", name="GHT Rives du Val", exact=True).first.get_attribute("href")
    page.goto(f"{visitor.server}{group}feuille-de-route/")  # where the rail leads
    page.wait_for_url(re.compile(r"/ensemble/$"))
    return page.url


def test_ask_by_keyboard_stop_and_give(visitor: Visitor) -> None:
    home, page = at_group(visitor), visitor.page
    assert violations(page) == []
    page.get_by_role("link", name="Planifier ensemble").first.click()
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(WIDE)
    assert violations(page) == []

    # What is wrong is said at its field, and nothing typed is lost.
    page.get_by_label("Durée, en mois").fill("12")
    page.get_by_label("Points de maturité").check()
    for name in ("SMR Les Cèdres", "EHPAD Les Glycines", "HAD du Val", "EPSM Les Tilleuls", "CH de l'Orme"):
        page.get_by_label(name, exact=True).uncheck()
    budget = page.locator("td[data-year]:not([hidden])").get_by_label(re.compile(r"^Budget \d+, CH de Valmont")).first
    budget.fill("beaucoup")
    page.get_by_role("button", name="Chercher le plan commun").click()
    expect(page.get_by_text("« beaucoup » n'est pas un nombre")).to_be_visible()
    assert violations(page) == []
    visitor.complaints.clear()  # the browser tells of the refusal
    budget.fill("90 k€")
    budget.press("Enter")

    # Followed, stopped, found.
    page.wait_for_url(re.compile(r"/ensemble/\d+/$"))
    expect(page.get_by_role("heading", name="Le plan commun est en cours de recherche")).to_be_visible()
    expect(page.locator(".job p").first).to_contain_text(
        re.compile("Valmont|Brenne|Choix|Optimisation"), timeout=60_000
    )
    assert violations(page) == []
    page.get_by_role("button", name="Arrêter et garder le meilleur").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Que gagne-t-on à planifier ensemble ?")).to_be_visible(timeout=90_000)
    page.evaluate("document.querySelectorAll('main details').forEach(node => { node.open = true })")
    assert violations(page) == []

    page.get_by_role("button", name="Donner à chacun sa part").click()
    expect(page.get_by_text("Scénario créé.").first).to_be_visible()
    page.goto(home)
    expect(page.get_by_text("donné aux établissements").first).to_be_visible()
    page.get_by_role("link", name="CH de Valmont").click()
    page.get_by_role("link", name="Scénarios").click()
    page.get_by_role("link", name=re.compile("Plan commun du GHT")).first.click()
    expect(page.get_by_text(re.compile("la part de l'établissement dans le plan commun"))).to_be_visible()
    assert page.get_by_text("Depuis ce calcul ont changé").count() == 0
    page.get_by_role("link", name="lire en entier").click()
    page.wait_for_url(re.compile(r"/ensemble/\d+/$"))
    assert visitor.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_plan_of_the_demonstration_is_read_by_all(browser: Browser, server: str, theme: str) -> None:
    context = browser.new_context(locale="fr-FR", color_scheme=theme, viewport=NARROW)  # type: ignore[arg-type]
    visitor = Visitor(context, server)
    at_group(visitor)
    page = visitor.page
    page.get_by_role("link", name=re.compile("^Plan du")).last.click()
    expect(page.get_by_text(re.compile("planifier ensemble épargne"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.evaluate("document.querySelectorAll('main details').forEach(node => { node.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert violations(page) == []
    page.set_viewport_size(WIDE)
    assert violations(page) == []
    with page.expect_download() as file:
        page.get_by_role("link", name="Excel").click()
    assert file.value.suggested_filename.endswith(".xlsx")
    assert visitor.complaints == []
    context.close()
