# SPDX-License-Identifier: EUPL-1.2
"""Every page that links lead to: accessible in light and dark, nothing wider than a phone, nothing in the console."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.axe import violations
from tests.e2e.conftest import Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]

DOWNLOADS = re.compile(
    r"/(fichier/|document\.|exporter/|calendrier\.ics|direction\.pdf|modele\.|api/|donnees-ouvertes/)|compte/logout"
)
VARIABLE = (
    (re.compile(r"/\d+(?=/)"), "/N"),
    (re.compile(r"/[A-Z]{3}\.\d+\.\d+(?=/)"), "/C"),
    (re.compile(r"(?<=/catalogue)/[a-z0-9-]+(?=/)"), "/M"),
    (re.compile(r"(?<=/obligations)/(?!mois)[a-z0-9-]+(?=/)"), "/O"),
    (re.compile(r"(?<=/observatoire/indicateurs)/[a-z0-9_-]+(?=/)"), "/F"),
    (re.compile(r"(?<=/N/indicateurs)/(?!saisir)[a-z0-9_-]+(?=/)"), "/I"),
)


def shape(path: str) -> str:
    """The address with what varies replaced: one page of each shape is enough."""
    path = path.partition("?")[0]
    for pattern, letter in VARIABLE:
        path = pattern.sub(letter, path)
    return path


def links(page: Page) -> list[str]:
    return page.eval_on_selector_all(
        "main a[href], nav a[href]", "nodes => nodes.map(n => new URL(n.getAttribute('href'), location).href)"
    )


def crawl(visitor: Visitor, start: list[str]) -> list[str]:
    """One address of each shape reachable from ``start``, staying inside the first organisation."""
    node = visitor.node()
    found: dict[str, str] = {}
    waiting = list(start)
    while waiting:
        path = waiting.pop(0)
        if shape(path) in found or DOWNLOADS.search(path):
            continue
        if re.match(r"/o/\d+/", path) and not path.startswith(f"/o/{node}/"):
            continue
        found[shape(path)] = path
        response = visitor.page.goto(visitor.server + path)
        assert response is not None
        assert response.status == 200, f"{path} → {response.status}"
        for url in links(visitor.page):
            if url.startswith(visitor.server):
                parts = urlsplit(url)
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return list(found.values())


@pytest.fixture(scope="module")
def addresses(browser: Browser, server: str) -> list[str]:
    visitor = Visitor(browser.new_context(locale="fr-FR"), server).sign_in("rssi")
    node = visitor.node()
    paths = crawl(visitor, [f"/o/{node}/", "/galerie/", "/etablissements/", "/mon-compte/", "/compte/password/change/"])
    # Pages of the group look at others than those of an establishment.
    paths.append("/etablissements/?q=introuvable")
    assert visitor.complaints == []
    visitor.context.close()
    return paths


def test_the_crawl_reaches_the_whole_house(addresses: list[str]) -> None:
    assert len(addresses) >= 35, sorted(addresses)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible(browser: Browser, server: str, addresses: list[str], theme: str) -> None:
    context = browser.new_context(locale="fr-FR", color_scheme=theme)  # type: ignore[arg-type]
    visitor = Visitor(context, server).sign_in("rssi")
    found: list[str] = []
    for path in addresses:
        visitor.page.goto(server + path)
        visitor.page.evaluate("document.querySelectorAll('main details').forEach(node => { node.open = true })")
        found += [f"{path} [{theme}] {line}" for line in violations(visitor.page)]
    context.close()
    assert found == []


def test_no_page_is_wider_than_a_phone(browser: Browser, server: str, addresses: list[str]) -> None:
    context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 780})
    visitor = Visitor(context, server).sign_in("rssi")
    wide = []
    for path in addresses:
        visitor.page.goto(server + path)
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            wide.append(f"{path}: {width} px")
    context.close()
    assert wide == []


def test_sign_in_pages_are_accessible(visitor: Visitor) -> None:
    found = []
    for path in ("/compte/login/", "/compte/password/reset/", "/compte/signup/"):
        visitor.page.goto(visitor.server + path)
        found += [f"{path} {line}" for line in violations(visitor.page)]
    assert found == []
