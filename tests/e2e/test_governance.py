# SPDX-License-Identifier: EUPL-1.2
"""A director types a budget, notes a decision that becomes an action, marks a duty done, reads the board page.

Done at the EHPAD, where the other walks look at nothing of governance.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e


def send(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer").first.click()


def test_from_a_budget_to_the_board_page(visitor: Visitor) -> None:
    visitor.sign_in("ehpad")
    page, node = visitor.page, visitor.node()
    start = f"{visitor.server}/o/{node}/gouvernance/"
    today = dt.date.today()  # noqa: DTZ011 - the browser and the server share this machine
    last = str(today.year - 1)

    page.get_by_role("link", name="Gouvernance").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Avec quoi pilotons-nous ?")
    page.get_by_role("link", name="Budget", exact=True).click()
    page.get_by_label("Année").select_option(last)
    page.get_by_label("Étape").select_option(label="Exécuté")
    page.get_by_role("button", name="Saisir").click()
    expect(page.get_by_text("viennent du profil")).to_be_visible()
    page.get_by_label("Budget d'exploitation (€)").fill("5 100 000")
    page.get_by_label("Numérique, exploitation (€)", exact=True).fill("51 000")
    send(page)
    expect(page.get_by_text("sous la cible de 2 %")).to_be_visible()
    assert violations(page) == []
    page.goto(f"{visitor.server}/o/{node}/indicateurs/budget_numerique_pct/")
    expect(page.get_by_text("1 %").first).to_be_visible()

    page.goto(f"{start}equipe/ajouter/")
    page.get_by_label("Fonction").select_option(label="DPO")
    page.get_by_label("Qui le tient ?").select_option(label="Vacant")
    page.get_by_label(re.compile("^Nom")).fill("Quelqu'un")
    page.get_by_label("ETP pour l'établissement").fill("0,1")
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("Le poste est dit vacant et tenu par Quelqu'un")
    visitor.complaints.clear()  # the browser tells the refusal that we wanted
    page.get_by_label(re.compile("^Nom")).fill("")
    send(page)
    expect(page.get_by_text("Vacant.")).to_be_visible()
    assert violations(page) == []

    page.goto(f"{start}instances/")
    page.get_by_role("link", name="Ajouter une instance").click()
    page.get_by_label("Nature").select_option(label="Comité de direction")
    page.get_by_label("Nom", exact=True).fill("Comité de direction")
    send(page)
    page.get_by_role("link", name="Noter une réunion").click()
    page.get_by_label("Instance").select_option(label="Comité de direction")
    page.get_by_label("Date").fill((today - dt.timedelta(days=5)).isoformat())
    page.get_by_label("La direction était présente").check()
    page.get_by_label("Un médecin au moins était présent").check()
    send(page)
    page.get_by_role("link", name=re.compile("^Décision de la réunion")).click()
    page.get_by_label("Décision").fill("Acheter un second disque de sauvegarde")
    page.get_by_label(re.compile("^Échéance")).fill((today + dt.timedelta(days=40)).isoformat())
    send(page)
    page.get_by_role("button", name=re.compile("^En faire une action")).click()
    expect(page.get_by_role("link", name=re.compile("^L'action"))).to_be_visible()
    assert violations(page) == []

    page.goto(f"{start}obligations/audit-exposition/")
    page.get_by_label("Fait le").fill((today - dt.timedelta(days=200)).isoformat())
    send(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("en retard")
    assert violations(page) == []
    page.goto(f"{visitor.server}/o/{node}/")
    expect(page.get_by_role("link", name=re.compile("Audit de ce qui est visible"))).to_be_visible()

    page.goto(start)
    page.get_by_role("link", name="La page pour la direction").click()
    expect(page.get_by_text("Audit de ce qui est visible d'internet, depuis")).to_be_visible()
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le PDF").click()
    assert download.value.suggested_filename.startswith("carene-direction-")
    assert visitor.complaints == []
