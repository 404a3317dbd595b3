# SPDX-License-Identifier: EUPL-1.2
"""Everyone in their place, in a browser: finding, moving, describing, inviting, a second factor, the journal, sessions.

What is moved or changed is put back: the other walks use the same server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visitor
from tests.e2e.test_sign_in import code, fill_password, fresh

pytestmark = pytest.mark.e2e

# What the walk over every page (test_every_page) does not reach, and what it reaches as someone else.
PAGES = ("etablissement/", "personnes/", "deplacer/", "fermer/")
OF_GROUP = ("arbre/", "carte/", "carte/?par=palier", "services-mutualises/", "services-mutualises/ajouter/")
OF_ACCOUNT = ("/mon-compte/", "/compte/2fa/totp/activate/", "/compte/sessions/")


@dataclass
class Enrolled:
    """A second factor activated before everything else: a code serves once, and the next one comes with time."""

    secret: str
    used: str
    recovery: str


@pytest.fixture(scope="module", autouse=True)
def enrolled(browser: Browser, server: str) -> Iterator[Enrolled]:
    visitor = Visitor(browser.new_context(locale="fr-FR"), server).sign_in("direction")
    page = visitor.page
    page.goto(f"{server}/compte/2fa/totp/activate/")
    secret = page.locator("#authenticator_secret").inner_text()
    used = code(secret)
    page.get_by_label("Code affiché par l'application").fill(used)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gardez ces codes de secours")
    yield Enrolled(secret, used, page.locator(".recovery code").first.inner_text())
    page.goto(f"{server}/compte/2fa/totp/deactivate/")
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un mot de passe seul protège votre compte")
    visitor.context.close()


def search(page: Page, server: str, text: str) -> None:
    page.goto(f"{server}/etablissements/")
    page.get_by_role("combobox", name="Chercher un établissement").fill(text)


def go(page: Page, server: str, name: str) -> int:
    """Opens an establishment by its name; gives its number."""
    search(page, server, name)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=name, exact=True).first.click()
    found = re.search(r"/o/(\d+)/", page.url)
    assert found
    return int(found[1])


def test_an_administrator_finds_moves_and_describes(visitor: Visitor) -> None:
    page, server = visitor.sign_in("admin").page, visitor.server

    search(page, server, "glycinse")  # two letters exchanged
    option = page.get_by_role("option").first
    expect(option).to_contain_text("EHPAD Les Glycines")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/o/\d+/"))
    page.get_by_role("link", name="Rattachements").click()
    node = re.search(r"/o/(\d+)/", page.url)
    assert node
    tree = f"{server}/o/{node[1]}/arbre/"

    search(page, server, "hopital de brenn")  # the form alone, the beginning of a word
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("link", name=re.compile("Brenne-sur-Aure"))).to_be_visible()

    page.goto(tree)
    page.get_by_role("link", name="Rattacher à un GHT, déplacer").click()
    page.get_by_role("link", name="Choisir Région Val-d'Aure").click()
    expect(page.get_by_text("Claire Vautrin")).to_be_visible()  # whom the move takes the rights from
    expect(page.get_by_text(re.compile("services? mutualisés? restent? à revoir"))).to_be_visible()
    page.get_by_role("button", name="Rattacher à Région Val-d'Aure").click()
    expect(page.get_by_text("Changement de rattachement").first).to_be_visible()
    page.get_by_role("link", name="Rattacher à un GHT, déplacer").click()
    page.get_by_role("link", name="Choisir GHT Rives du Val").click()
    expect(page.get_by_label("Membre d'un GHT")).to_be_checked()
    page.get_by_role("button", name="Rattacher à GHT Rives du Val").click()
    page.get_by_role("link", name="Établissement", exact=True).click()
    expect(page.get_by_text("de « GHT Rives du Val » à « Région Val-d'Aure »")).to_be_visible()

    sites = page.get_by_label("Sites géographiques")
    sites.fill("4")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("Profil enregistré.")
    expect(page.get_by_text(re.compile("Saisi le .* par Rémi Dallier"))).to_be_visible()
    sites.fill("1")
    page.get_by_role("button", name="Enregistrer").click()
    assert visitor.complaints == []


def test_a_person_is_invited_then_taken_back(visitor: Visitor) -> None:
    page, server = visitor.sign_in("admin").page, visitor.server
    node = go(page, server, "Centre hospitalier de l'Orme")
    page.goto(f"{server}/o/{node}/personnes/")
    page.get_by_label("Adresse électronique").fill("interne@orme.invalid")
    page.get_by_label(re.compile("^Nom")).fill("Irène Interne")
    page.get_by_label("Rôle").select_option(label="Contributeur")
    page.get_by_role("button", name="Donner ce rôle").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Irène Interne")
    page.goto(f"{server}/o/{node}/personnes/")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Retirer le rôle « Contributeur » à Irène Interne").click()
    expect(page.get_by_role("status")).to_contain_text("Irène Interne n'a plus le rôle")
    expect(page.get_by_role("button", name=re.compile("à Irène Interne"))).to_have_count(0)
    assert visitor.complaints == []


def test_a_service_is_shared_removed_and_brought_back(visitor: Visitor) -> None:
    page, server = visitor.sign_in("rssi").page, visitor.server
    node = go(page, server, "GHT Rives du Val")
    page.goto(f"{server}/o/{node}/services-mutualises/")
    page.get_by_role("link", name="Ajouter un service").click()
    page.get_by_label("Service", exact=True).select_option(label="EDR (protection des postes)")
    page.get_by_label("Fourni par").select_option(label="Centre hospitalier de Valmont")
    page.get_by_label("Part du coût de chacun").select_option(label="En % du coût")
    page.get_by_label("Centre hospitalier de l'Orme", exact=True).check()
    page.get_by_label("Part de Centre hospitalier de l'Orme").fill("120")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("120")
    page.get_by_label("Part de Centre hospitalier de l'Orme").fill("32,5")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("32,50 %")).to_be_visible()
    remove = page.get_by_role("button", name="Retirer EDR (protection des postes)")
    remove.click()
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_text("32,50 %")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert "EDR (protection des postes)" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    remove.click()
    expect(page.get_by_text("32,50 %")).to_have_count(0)
    assert visitor.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit_a_phone(browser: Browser, server: str, theme: str) -> None:
    context = browser.new_context(
        locale="fr-FR",
        color_scheme=theme,  # type: ignore[arg-type]
        viewport={"width": 360, "height": 780},
    )
    visitor = Visitor(context, server).sign_in("admin")
    page = visitor.page
    node = go(page, server, "Centre hospitalier de Valmont")
    group = go(page, server, "GHT Rives du Val")
    region = go(page, server, "Région Val-d'Aure")
    addresses = [f"/o/{node}/{one}" for one in PAGES]
    addresses += [f"/o/{group}/{one}" for one in OF_GROUP] + [f"/o/{region}/registres/", *OF_ACCOUNT]
    found: list[str] = []
    for path in addresses:
        page.goto(server + path)
        page.evaluate("document.querySelectorAll('main details').forEach(node => { node.open = true })")
        found += [f"{path} [{theme}] {line}" for line in violations(page)]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            found.append(f"{path}: {width} px")
    assert found == []
    assert visitor.complaints == []
    context.close()


def test_a_recovery_code_the_journal_a_code_and_a_session(
    browser: Browser, visitor: Visitor, enrolled: Enrolled
) -> None:
    page, server = visitor.page, visitor.server
    fill_password(page, server, "direction")
    page.get_by_label("Code", exact=True).fill(enrolled.recovery)  # the telephone stayed at home
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/o/\d+/"))

    page.goto(f"{server}/o/{visitor.node()}/journal/")
    page.get_by_label("Quoi").select_option(label="A validé l'auto-évaluation")
    page.wait_for_url(re.compile("quoi=assessment.validate"))
    expect(page.get_by_text("Philippe Arnoux").last).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter en CSV").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 1
    assert all("assessment.validate" in line for line in lines[1:])

    other = Visitor(browser.new_context(locale="fr-FR"), server)
    fill_password(other.page, server, "direction")
    other.page.get_by_label("Code", exact=True).fill(fresh(enrolled.secret, enrolled.used))  # and now the telephone
    other.page.keyboard.press("Enter")
    other.page.wait_for_url(re.compile(r"/o/\d+/"))
    page.goto(f"{server}/compte/sessions/")
    sessions = page.get_by_role("button", name=re.compile("^Fermer la session"))
    count = sessions.count()
    sessions.first.click()  # the latest one
    expect(sessions).to_have_count(count - 1)
    other.page.goto(f"{server}/mon-compte/")
    other.page.wait_for_url(re.compile(r"/compte/login/"))
    assert visitor.complaints == []
    other.context.close()
