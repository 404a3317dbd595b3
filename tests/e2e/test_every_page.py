# SPDX-License-Identifier: EUPL-1.2
"""Every page that links lead to: accessible in light and dark, nothing wider than a phone, nothing in the console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.e2e.axe import violations
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e

SCREEN: ViewportSize = {"width": 1280, "height": 720}
PHONE: ViewportSize = {"width": 360, "height": 780}
NOTHING_FOUND = "/etablissements/?q=introuvable"  # of the shape of another page, and looks different
DOWNLOADS = re.compile(
    r"/(fichier/|document\.|exporter/|calendrier\.ics|direction\.pdf|modele\.|api/|donnees-ouvertes/)|compte/logout"
)
VARIABLE = (
    (re.compile(r"/\d+(?=/)"), "/N"),
    (re.compile(r"/[A-Z]{3}\.\d+\.\d+(?=/)"), "/C"),
    (re.compile(r"(?<=/catalogue)/[a-z0-9-]+(?=/)"), "/M"),
    (re.compile(r"(?<=/mesures)/[a-z0-9-]+(?=/)"), "/M"),
    (re.compile(r"(?<=/convergence)/[a-z0-9-]+(?=/)"), "/V"),
    (re.compile(r"(?<=/domaines)/[a-z0-9_-]+(?=/)"), "/D"),
    (re.compile(r"(?<=/points)/[A-Z0-9.]+(?=/)"), "/P"),
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


@dataclass
class House:
    """One page of each shape, opened once: what is wrong with it in light, in dark, on a phone."""

    pages: list[str] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=lambda: {"light": [], "dark": [], "phone": []})

    def look(self, page: Page, path: str) -> None:
        """At the page that is open."""
        self.pages.append(path)
        page.set_viewport_size(PHONE)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            self.faults["phone"].append(f"{path}: {width} px")
        page.set_viewport_size(SCREEN)
        page.evaluate("document.querySelectorAll('main details').forEach(node => { node.open = true })")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.wait_for_function("theme => document.documentElement.dataset.bsTheme === theme", arg=theme)
            self.faults[theme] += [f"{path} [{theme}] {line}" for line in violations(page)]
        page.emulate_media(color_scheme="light")


def crawl(visitor: Visitor, start: list[str]) -> House:
    """One address of each shape reachable from ``start``, staying inside the first organisation."""
    node, page, house = visitor.node(), visitor.page, House()
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop(0)
        kind = shape(path) if path != NOTHING_FOUND else path
        if kind in seen or DOWNLOADS.search(path):
            continue
        if re.match(r"/o/\d+/", path) and not path.startswith(f"/o/{node}/"):
            continue
        seen.add(kind)
        response = page.goto(visitor.server + path)
        assert response is not None
        assert response.status == 200, f"{path} → {response.status}"
        for url in links(page):
            if url.startswith(visitor.server):
                parts = urlsplit(url)
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
        house.look(page, path)
    return house


@pytest.fixture(scope="module")
def house(browser: Browser, server: str) -> Iterator[House]:
    # Nothing moves: a colour is looked at when it has arrived.
    context = browser.new_context(locale="fr-FR", viewport=SCREEN, reduced_motion="reduce")
    visitor = Visitor(context, server).sign_in("rssi")
    found = crawl(
        visitor,
        [
            f"/o/{visitor.node()}/", "/galerie/", "/etablissements/", "/mon-compte/", "/compte/password/change/",
            NOTHING_FOUND,
        ],
    )  # fmt: skip
    assert visitor.complaints == []
    yield found
    context.close()


def test_the_crawl_reaches_the_whole_house(house: House) -> None:
    assert len(house.pages) >= 35, sorted(house.pages)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible(house: House, theme: str) -> None:
    assert house.faults[theme] == []


def test_no_page_is_wider_than_a_phone(house: House) -> None:
    assert house.faults["phone"] == []


def test_sign_in_pages_are_accessible(visitor: Visitor) -> None:
    found = []
    for path in ("/compte/login/", "/compte/password/reset/", "/compte/signup/"):
        visitor.page.goto(visitor.server + path)
        found += [f"{path} {line}" for line in violations(visitor.page)]
    assert found == []
