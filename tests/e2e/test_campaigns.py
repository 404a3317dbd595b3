# SPDX-License-Identifier: EUPL-1.2
"""A region asks, an establishment reads and answers, the region gives more time, closes, and reads what was kept."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e


@pytest.fixture
def people(browser: Browser, server: str) -> Iterator[dict[str, Visitor]]:
    found = {
        login: Visitor(browser.new_context(locale="fr-FR", timezone_id="Europe/Paris"), server).sign_in(login)
        for login in ("region", "rssi")
    }
    yield found
    for visitor in found.values():
        visitor.context.close()


def test_from_the_region_to_the_establishment_and_back(people: dict[str, Visitor], server: str) -> None:
    region, hospital = people["region"].page, people["rssi"].page
    today = timezone.localdate()
    region.goto(f"{server}/o/2/campagnes/")
    assert violations(region) == []
    region.get_by_role("link", name="Préparer une campagne").click()
    assert violations(region) == []
    region.get_by_label("Titre").fill("Le point de l'hospitalisation à domicile")
    region.get_by_label("Message aux établissements").fill("Avant le comité régional.")
    region.get_by_label("Dernier jour").fill(f"{today + dt.timedelta(days=20):%Y-%m-%d}")
    region.get_by_label("Hospitalisation à domicile").check()
    region.get_by_role("button", name="Enregistrer").click()
    expect(region.get_by_role("heading", name=re.compile(r"1\sétablissement concerné"))).to_be_visible()
    expect(region.locator("main")).to_contain_text("la même auto-évaluation comptera pour les deux")
    assert violations(region) == []
    region.get_by_role("button", name="Ouvrir la campagne").click()
    expect(region.get_by_role("heading", level=1)).to_have_text(re.compile(r"0\sétablissement a remis sur 1"))
    assert violations(region) == []
    here = region.url
    region.get_by_role("link", name="Hospitalisation à domicile du Val").click()
    assert violations(region) == []
    region.get_by_label("Message").fill("Besoin d'aide ?")
    region.get_by_role("button", name="Écrire à l'établissement").click()
    expect(region.locator("main")).to_contain_text("Besoin d'aide ?")
    region.get_by_label("Jusqu'au").fill(f"{today + dt.timedelta(days=30):%Y-%m-%d}")
    region.get_by_label("Motif").first.fill("Déménagement")
    region.get_by_role("button", name="Prolonger").click()
    expect(region.locator("main")).to_contain_text("Délai prolongé")
    asked = region.url

    synthesis = region.get_by_role("link", name="Sa synthèse").get_attribute("href") or ""
    hospital.goto(f"{server}{synthesis}campagnes/")
    assert violations(hospital) == []
    hospital.get_by_role("link", name="Le point de l'hospitalisation à domicile").click()
    expect(hospital.locator("main")).to_contain_text("Déménagement")
    hospital.get_by_label("Message").fill("Tout va bien, merci.")
    hospital.get_by_role("button", name="Répondre").click()
    expect(hospital.locator("main")).to_contain_text("Tout va bien, merci.")
    assert violations(hospital) == []

    region.goto(asked)
    expect(region.locator("main")).to_contain_text("Tout va bien, merci.")
    region.goto(here)
    region.on("dialog", lambda dialog: dialog.accept())
    region.get_by_role("button", name="Clore").click()
    expect(region.get_by_role("heading", level=1)).to_have_text("Qu'a montré la campagne ?")
    expect(region.locator("main")).to_contain_text("Moins de 5 établissements ont remis")
    assert violations(region) == []
    assert [said for one in people.values() for said in one.complaints] == []
