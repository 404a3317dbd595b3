# SPDX-License-Identifier: EUPL-1.2
"""A need of the EHPAD meets an offer of the region: asked for, accepted, and told at both ends; the map of the GHT."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]
OFFER = "DPO mutualisé pour le médico-social"
NEED = "Un DPO qui passe deux fois l'an"


def test_a_need_meets_an_offer(browser: Browser, server: str) -> None:
    ehpad = Visitor(browser.new_context(locale="fr-FR"), server).sign_in("ehpad")
    page = ehpad.page
    page.get_by_role("link", name="Ressources", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sur quoi pouvons-nous compter ?")
    assert violations(page) == []
    page.get_by_role("link", name="Demander ce qui manque").click()
    page.get_by_label("Ce qui manque").fill(NEED)
    page.get_by_label("Service").select_option(label="DPO")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NEED)
    expect(page.get_by_text("même service : DPO")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name=f"Demander {OFFER}").click()
    expect(page.get_by_text("demandée", exact=True)).to_be_visible()
    address = page.url

    region = Visitor(browser.new_context(locale="fr-FR"), server).sign_in("region")
    expect(region.page.get_by_text(re.compile("une réponse à une demande d'offre"))).to_be_visible()
    region.page.get_by_role("link", name="Ressources", exact=True).click()
    region.page.get_by_role("link", name="Offres et demandes").click()
    assert violations(region.page) == []
    row = region.page.get_by_role("listitem").filter(has_text=f"pour « {NEED} »")
    row.get_by_role("button", name=re.compile("^Accepter")).click()
    expect(region.page.get_by_role("status").get_by_text("C'est accepté")).to_be_visible()

    page.goto(address)
    expect(page.get_by_text("acceptée", exact=True)).to_be_visible()
    assert ehpad.complaints == region.complaints == []
    for one in (ehpad, region):
        one.context.close()


def test_the_map_and_the_path_of_a_ght(visitor: Visitor) -> None:
    visitor.sign_in("rssi")
    page = visitor.page
    page.goto(f"{visitor.server}/etablissements/")
    page.get_by_role("link", name=re.compile("^GHT Rives du Val")).first.click()
    page.get_by_role("link", name="Ressources", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui a quoi, et qu'est-ce qui manque ?")
    assert violations(page) == []
    page.get_by_label("Service", exact=True).select_option(label="Sauvegarde")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.get_by_text("Personne ne décrit une messagerie commune.")).to_have_count(0)
    for tab in ("Ce que partager libère", "Convergence"):
        page.get_by_role("link", name=tab).click()
        assert violations(page) == []
    expect(page.get_by_role("heading", name="Où en est chaque membre ?")).to_be_visible()
    assert visitor.complaints == []
