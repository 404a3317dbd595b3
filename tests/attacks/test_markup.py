# SPDX-License-Identifier: EUPL-1.2
"""Whatever people write stays text: on every page, in every document, in every attribute."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from urllib.parse import quote

import lxml.html
import pytest
from django.test import Client

from tests.attacks.crawl import PAGES, content_of
from tests.attacks.prey import Prey, populate
from tests.support.factories import World, give

MARKUP = (
    '=HYPERLINK("http://x") <script>alert(1)</script>" onmouseover="alert(2)" x=\' onfocus=\'alert(3) '
    '</textarea></title><img src=x onerror=alert(4)> {{7*7}} {%x%} #eval("40+2") javascript:alert(5)'
)
LIVE = re.compile("<script>alert|<img src=x")
DOCUMENTS = ("pdf", "docx", "xlsx", "ics")


@pytest.fixture
def marked(world: World) -> Prey:
    for role in ("administrateur", "direction"):
        give(world.alice, world.hospital, role)
    return populate(world.hospital, world.alice, MARKUP, "alice")


@pytest.fixture
def alice(marked: Prey, client_for: Any) -> Client:
    return client_for(marked.owner)


def check_page(address: str, html: str) -> None:
    assert not LIVE.search(html), (address, LIVE.search(html))
    assert "{{49}}" not in html, address
    tree = lxml.html.fromstring(html)
    for script in tree.iter("script"):
        inline = script.text and script.get("type") != "application/json"
        assert script.get("src", "").startswith("/static/") or not inline, address
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (address, element.tag, name)
            assert name != "style", (address, element.tag)
            if name in {"href", "src", "action", "formaction", "data-undo", "data-url", "xlink:href"}:
                assert not value.strip().lower().startswith(("javascript:", "data:", "//", "vbscript:")), (
                    address,
                    value,
                )


def test_every_page_and_every_header(marked: Prey, alice: Client) -> None:
    seen, downloads = 0, 0
    for route in PAGES:
        for kind in DOCUMENTS if "document." in route else ("csv",):
            address = marked.address(route, kind=kind)
            response = alice.get(address)
            content, kind_of = content_of(response), response.get("Content-Type", "")
            assert response["X-Content-Type-Options"] == "nosniff", address
            if kind_of.startswith("text/html") and content:
                policy = response["Content-Security-Policy"]
                assert "script-src 'self'" in policy, address
                assert "unsafe" not in policy, address
                check_page(address, content.decode())
                seen += 1
            elif response.status_code == 200 and not kind_of.startswith("application/json"):
                assert response["Content-Disposition"].startswith("attachment"), address
                assert "\n" not in response["Content-Disposition"], address
                downloads += 1
    assert seen > 40
    assert downloads >= 8


def test_pages_that_answer_a_mistake(marked: Prey, alice: Client) -> None:
    """What is refused is repeated: as text."""
    base = f"/o/{marked.node}"
    answers = [
        alice.get(f"{base}/auto-evaluation/{marked.assessment}/questions/?cherche={MARKUP}&axe={MARKUP}"),
        alice.get(f"{base}/preuves/", {"q": MARKUP, "critere": f"care|{MARKUP}"}),
        alice.get("/etablissements/", {"q": MARKUP}),
        alice.get(f"{base}/feuille-de-route/catalogue/", {"q": MARKUP}),
        alice.post(f"{base}/preuves/ajouter/", {"title": MARKUP, "url": MARKUP, "suite": MARKUP}),
        alice.post(f"{base}/personnes/", {"email": MARKUP, "name": MARKUP, "role": MARKUP}),
        alice.post(f"{base}/feuille-de-route/scenarios/nouveau/", {"name": MARKUP, "months": MARKUP}),
        alice.post(f"{base}/auto-evaluation/{marked.assessment}/repondre/GOV.1.1/", {"level": MARKUP, "version": "1"}),
        alice.post(f"{base}/auto-evaluation/{marked.assessment}/repondre/GOV.1.1/",
                   {"level": "1", "version": "99", "comment": MARKUP, "suite": MARKUP, "justification": MARKUP}),
        alice.get(f"{base}/auto-evaluation/{marked.assessment}/questions/{quote(MARKUP.replace('/', ''))}/"),
        alice.get(f"/{quote(MARKUP)}/"),
        Client().post("/compte/login/", {"login": MARKUP, "password": MARKUP}),
        Client().get("/compte/login/", {"next": MARKUP}),
    ]  # fmt: skip
    for response in answers:
        address = response.request["PATH_INFO"]
        assert response.status_code in {200, 400, 404, 409}, address
        check_page(address, content_of(response).decode())


def test_documents_hold_texts_only(marked: Prey, alice: Client) -> None:
    base = f"/o/{marked.node}"
    for path in ("rapports/document.xlsx", "echanges/exporter/?format=xlsx", "echanges/indicateurs/modele.xlsx"):
        address = f"{base}/{path}"
        with zipfile.ZipFile(io.BytesIO(content_of(alice.get(address)))) as archive:
            parts = {
                name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))
            }
        sheets = "".join(text for name, text in parts.items() if "worksheets/sheet" in name)
        assert "HYPERLINK" not in "".join(re.findall(r"<f>.*?</f>", sheets)), address
        for name, text in parts.items():
            assert "<script>" not in text, name
            assert not re.search(r'Target="(?!https://|\.|/?\w[\w./]*")', text), (address, name)
    with zipfile.ZipFile(io.BytesIO(content_of(alice.get(f"{base}/rapports/document.docx")))) as archive:
        for name in archive.namelist():
            if name.endswith(".svg"):
                assert b"<script" not in archive.read(name)
    calendar = content_of(alice.get(f"{base}/rapports/action/{marked.action}/calendrier.ics")).decode()
    unfolded = calendar.replace("\r\n ", "")
    assert {line.partition(":")[0].partition(";")[0] for line in unfolded.splitlines()} <= {
        "BEGIN", "END", "VERSION", "PRODID", "METHOD", "CALSCALE", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY",
        "DESCRIPTION", "CATEGORIES", "URL", "STATUS", "TRANSP", "LAST-MODIFIED", "SEQUENCE", "X-WR-CALNAME", "NAME",
        "X-WR-TIMEZONE", "LOCATION", "CLASS", "COMMENT", "ORGANIZER", "REFRESH-INTERVAL",
    }  # fmt: skip
