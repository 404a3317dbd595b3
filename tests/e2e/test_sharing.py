# SPDX-License-Identifier: EUPL-1.2
"""The region reads a summary, asks for the detail, gets it for thirty days, and loses it when it is taken back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e


@pytest.fixture
def region(browser: Browser, server: str) -> Iterator[Visitor]:
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    yield Visitor(context, server).sign_in("region")
    context.close()


def test_the_detail_is_asked_for_given_and_taken_back(visitor: Visitor, region: Visitor) -> None:
    page = region.page
    page.get_by_role("link", name="Hôpital de proximité de Brenne-sur-Aure").click()
    expect(page.locator("main")).to_contain_text(re.compile("Synthèse. Évaluation validée le"))
    expect(page.get_by_role("navigation", name="Navigation principale")).not_to_contain_text("Auto-évaluation")
    assert violations(page) == []
    place = re.search(r"/o/\d+/", page.url)
    assert place
    home = region.server + place[0]
    refused = page.goto(f"{home}auto-evaluation/")
    assert refused is not None
    assert refused.status == 403
    expect(page.get_by_role("alert")).to_contain_text("partager ce niveau")

    page.goto(home)
    page.get_by_role("link", name="Demander le détail").click()
    page.get_by_label("Pourquoi avez-vous besoin du détail ?").fill("Préparer l'appui de la région")
    assert violations(page) == []
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.locator("main")).to_contain_text("l'établissement n'a pas encore répondu")

    mine = visitor.sign_in("rssi").page
    mine.goto(home)
    mine.get_by_role("link", name=re.compile("^Répondre")).click()
    expect(mine.locator("main")).to_contain_text("Préparer l'appui de la région")
    assert violations(mine) == []
    mine.get_by_role("button", name=re.compile("^Accepter")).click()
    expect(mine.locator("main")).to_contain_text("dans 30 j")

    page.goto(home)
    expect(page.locator("main")).to_contain_text("Vous lisez le détail par un partage ouvert jusqu'au")
    page.get_by_role("link", name="Auto-évaluation").click()
    page.locator('main a[href$="/bilan/"]').first.click()
    page.locator('main a[href$="/questions/"]').first.click()
    expect(page.locator(".qrow").first).to_be_visible()
    questions = page.url

    mine.on("dialog", lambda dialog: dialog.accept())
    mine.get_by_role("button", name=re.compile("^Reprendre")).click()
    expect(mine.locator("main")).to_contain_text("repris le")
    closed = page.goto(questions)
    assert closed is not None
    assert closed.status == 403
    page.goto(home)
    expect(page.get_by_role("link", name="Demander le détail")).to_be_visible()
    assert [said for said in region.complaints if "403" not in said] == []
    assert visitor.complaints == []


def test_a_mandate_is_prolonged(visitor: Visitor) -> None:
    page = visitor.sign_in("admin").page
    page.goto(f"{visitor.server}/")
    page.get_by_role("link", name="Centre hospitalier de Valmont").first.click()
    page.get_by_role("link", name="Personnes et droits").click()
    expect(page.locator(".notice.soon")).to_contain_text("Hélène Vidal, Auditeur")
    page.get_by_role("link", name=re.compile("^Prolonger")).click()
    assert violations(page) == []
    page.get_by_label("Jusqu'au").fill("2020-01-01")
    page.get_by_role("button", name="Enregistrer ces dates").click()
    expect(page.locator("main")).to_contain_text("La fin précède le début")
    later = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=90)
    page.get_by_label("Jusqu'au").fill(later.isoformat())
    page.get_by_role("button", name="Enregistrer ces dates").click()
    expect(page.locator("main")).to_contain_text("Qui peut faire quoi ici ?")
    expect(page.locator(".notice.soon")).to_have_count(0)
    assert violations(page) == []
    assert visitor.complaints == []
