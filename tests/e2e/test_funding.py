# SPDX-License-Identifier: EUPL-1.2
"""A file of the second domain, from candidature to payment: candidate, region and nation, each in a browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import ROOT, Visitor, free_port, start_server, stop_server
from tests.e2e.funding_scene import DIRECTION
from tests.support.demonstration import furnish

pytestmark = pytest.mark.e2e


class Scene:
    """A server of its own: the clinic would be counted on the pages of the other walks."""

    def __init__(self, var: Path, address: str) -> None:
        self.var, self.address = var, address
        self.clinic = int(self.run("make"))

    def run(self, *words: str) -> str:
        environment = {**os.environ, "CARENE_VAR": str(self.var), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        for name in ("CARENE_DATABASE", "CARENE_DATABASE_OWNER"):
            environment.pop(name, None)
        command = [sys.executable, "-m", "tests.e2e.funding_scene", *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    var = furnish(tmp_path_factory.mktemp("financements") / "var", tmp_path_factory)
    port = free_port()
    process = start_server(var, port)
    yield Scene(var, f"http://127.0.0.1:{port}")
    stop_server(process)


@pytest.fixture
def people(browser: Browser, scene: Scene) -> Iterator[dict[str, Visitor]]:
    found = {
        login: Visitor(browser.new_context(locale="fr-FR", timezone_id="Europe/Paris"), scene.address).sign_in(login)
        for login in (DIRECTION, "region", "national")
    }
    yield found
    for visitor in found.values():
        visitor.context.close()


def prove(page: Page, place: str, title: str) -> None:
    page.get_by_text("Joindre un document").click()
    page.get_by_label("Pour", exact=True).select_option(place)
    page.get_by_label("Ou un nouveau document : son titre").fill(title)
    page.get_by_label("Ou adresse du document").fill("https://documents.demo.invalid/piece")
    page.get_by_label("Date d'effet").fill(f"{timezone.localdate():%Y-%m-%d}")
    page.get_by_role("button", name="Joindre", exact=True).click()
    expect(page.locator(".piece")).to_contain_text(title)


def declare(page: Page) -> None:
    page.get_by_label("Ce point est-il atteint ?").select_option("reached")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("main")).to_contain_text("Ce que la machine peut vérifier : acquis")


def decide_all(page: Page, file: str) -> None:
    """Every item of an objective, one after the other."""
    page.goto(file)
    links = [one.get_attribute("href") or "" for one in page.locator('main a[href*="/points/"]').all()]
    items = [link for link in links if "P1" not in link and "P2" not in link]
    assert len(items) == 11
    for link in items:
        page.goto(re.sub(r"/o/.*", link, file))
        page.get_by_role("button", name="Accepter").click()
        expect(page.locator("main")).to_contain_text("Où en est ce dossier ?")


def test_from_candidature_to_payment(scene: Scene, people: dict[str, Visitor]) -> None:
    mine, region, nation = (people[login].page for login in (DIRECTION, "region", "national"))
    mine.goto(f"{scene.address}/o/{scene.clinic}/financements/")
    assert violations(mine) == []
    mine.get_by_role("link", name=re.compile("^D2 ")).click()
    assert violations(mine) == []
    mine.get_by_role("button", name="Ouvrir un dossier").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("D2, Clinique des Saules")
    file = mine.url
    assert violations(mine) == []

    region.goto(file)
    expect(region.locator("main")).to_contain_text("Le candidat prépare son dossier")
    mine.goto(f"{file}points/D2.P1/")
    prove(mine, "pssi", "PSSI de la clinique")
    mine.get_by_label("La PSSI est validée par le représentant légal").select_option("oui")
    declare(mine)
    assert violations(mine) == []
    mine.goto(f"{file}manques/")
    expect(mine.get_by_role("heading", level=1)).to_have_text("1 point reste à compléter")
    assert violations(mine) == []
    mine.goto(f"{file}points/D2.P2/")
    prove(mine, "team", "Équipe projet")
    declare(mine)

    mine.goto(file)
    expect(mine.locator("main")).to_contain_text("la fenêtre « candidature » est fermée depuis le 31 octobre 2025")
    region.reload()
    region.get_by_text("Autres gestes").click()
    region.get_by_label("Admise jusqu'au").fill(f"{timezone.localdate():%Y-%m-%d}")
    region.get_by_label("Motif").fill("Reçue à temps par le guichet officiel")
    region.get_by_role("button", name="Admettre ce dépôt").click()
    mine.reload()
    mine.get_by_role("button", name="Déposer la candidature").click()
    expect(mine.locator(".chip").first).to_have_text("Candidature déposée")

    region.reload()
    assert violations(region) == []
    region.get_by_label("Plafond notifié (€)").fill("50000")
    region.get_by_role("button", name="Retenir la candidature").click()
    scene.run("fill", file.rstrip("/").rpartition("/")[2])
    mine.goto(file)
    mine.get_by_text("Ajouter une dépense").click()
    mine.get_by_label("Objet").fill("Coffre de sauvegarde")
    mine.get_by_label("Montant (€)").fill("62000")
    mine.get_by_label("Engagée le").fill(f"{timezone.localdate():%Y-%m-%d}")
    mine.get_by_role("button", name="Ajouter", exact=True).click()
    mine.goto(f"{file}membres/")
    assert violations(mine) == []
    mine.goto(file)
    mine.get_by_role("button", name="Transmettre la déclaration").click()
    expect(mine.locator(".chip").first).to_have_text("Contrôle de l'ARS")

    decide_all(region, file)
    region.get_by_role("button", name="Clore le contrôle de l'ARS").click()
    decide_all(nation, file)
    assert violations(nation) == []
    nation.get_by_role("button", name="Clore le contrôle de l'ANS").click()
    nation.get_by_label("Payé le").fill(f"{timezone.localdate():%Y-%m-%d}")
    nation.get_by_label("Référence").fill("Mandat 12")
    nation.get_by_role("button", name="Enregistrer le paiement").click()
    expect(nation.locator(".chip").first).to_have_text("Payé")

    mine.goto(file)
    expect(mine.locator("main")).to_contain_text(re.compile(r"Payé\s*50.000.€"))
    nation.goto(f"{scene.address}/o/1/financements/")
    expect(nation.locator("main")).to_contain_text("Clinique des Saules")
    assert violations(nation) == []
    assert [said for one in people.values() for said in one.complaints] == []
