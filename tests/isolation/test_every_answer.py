# SPDX-License-Identifier: EUPL-1.2
"""What every answer carries, whoever asked for whatever: policy, cache, frame, kind; and what every sending needs."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import resolve

from tests.isolation.place import Answered, Place, ask, in_a_transaction, signed_in
from tests.isolation.test_every_role import told
from tests.isolation.test_every_url import OWNED, ROUTES, url

pytestmark = pytest.mark.django_db
FOREIGN = re.compile(r"^api/")  # asks for a key, or for the token of its own: tests/api
LEAVES = re.compile(r"^compte/logout/")
DATA = {"application/json", "application/ld+json", "importmap", "speculationrules"}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


class Inline(HTMLParser):
    """What the policy refuses: scripts and styles inside a page, and addresses that are code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and not given.get("src") and given.get("type") not in DATA:
            self.found.append("script")
        if tag == "style" or "style" in given:
            self.found.append(f"style of {tag}")
        for name, value in attrs:
            if name.startswith(("on", "hx-on")):
                self.found.append(name)
            if (value or "").strip().lower().startswith(("javascript:", "vbscript:", "data:text")):
                self.found.append(f"{name}={value}")
            loads = tag in {"script", "link", "img", "iframe", "form"} and name in {"src", "href", "action"}
            if loads and re.match(r"(?:https?:)?//", value or ""):
                self.found.append(f"{tag} from elsewhere: {value}")

    handle_startendtag = handle_starttag


def wrong(answer: Answered) -> list[str]:
    """What an answer lacks."""
    headers, faults = answer.headers, []
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
        faults.append(f"policy: {policy}")
    if headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("nosniff")
    if headers.get("X-Frame-Options") != "DENY":
        faults.append("frame")
    if headers.get("Referrer-Policy") != "same-origin":
        faults.append("referrer")
    cache = headers.get("Cache-Control", "")
    if "no-store" not in cache and not ("private" in cache and "immutable" in cache):
        faults.append(f"cache: {cache}")
    kind = headers.get("Content-Type", "")
    if kind.startswith("text/html"):
        faults += Inline(answer.text).found
    elif (
        kind
        and not kind.startswith("application/json")
        and not headers.get("Content-Disposition", "").startswith("att")
    ):
        faults.append(f"{kind} shown inside our origin")
    return faults


def global_routes() -> Iterator[tuple[str, str]]:
    return ((route, url(route, 1)) for route in ROUTES if route not in OWNED and "(?P" not in route)


def test_what_the_owner_gets(place: Place) -> None:
    pages = [*place.addresses(), *((r, a) for r, a in global_routes() if not LEAVES.match(r))]
    faults, shown = [], 0
    for route, address in pages:
        for client in (place.owner, Client()) if route not in OWNED else (place.owner,):
            with in_a_transaction():
                answer = ask(client, "GET", address)
            shown += answer.status == 200
            if (found := wrong(answer)) or answer.status >= 500:
                faults.append((route, answer.status, found))
    assert not faults, told(faults)
    assert shown > 70


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500])
def test_errors_carry_the_same(place: Place, settings: Any, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    node = place.mine.prey.node
    reader = signed_in(place.colleague("lecteur"))
    settings.ALLOWED_HOSTS = ["testserver"]
    if status == 500:
        monkeypatch.setattr("carene.apps.organisations.queries.find", lambda *_: 1 / 0)
    answer = {
        400: lambda: ask(reader, "GET", f"/o/{node}/", headers={"host": "evil.invalid"}),
        403: lambda: ask(reader, "GET", f"/o/{node}/journal/"),
        404: lambda: ask(reader, "GET", "/rien/"),
        405: lambda: ask(reader, "GET", f"/o/{node}/auto-evaluation/1/soumettre/"),
        500: lambda: ask(reader, "GET", f"/o/{node}/"),
    }[status]()
    assert answer.status == status
    assert wrong(answer) == []


def test_a_redirection_of_the_framework_carries_the_policy(client: Client, settings: Any) -> None:
    """Also what is answered before any view: the way to HTTPS, the missing slash."""
    settings.SECURE_SSL_REDIRECT = True
    for address in ("/compte/login/", "/compte/login"):
        response = client.get(address)
        assert response.status_code == 301
        assert "default-src 'none'" in response["Content-Security-Policy"]


def test_what_people_gave_is_never_shown(place: Place) -> None:
    prey = place.mine.prey
    answer = ask(place.owner, "GET", f"/o/{prey.node}/preuves/{prey.evidence}/fichier/")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_static_files_carry_the_policy_and_no_cookie(client: Client) -> None:
    response = client.get("/static/carene/base.css")
    assert response.status_code == 200
    b"".join(response.streaming_content)  # type: ignore[arg-type]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies


def test_nothing_is_sent_without_the_token(place: Place) -> None:
    """Every address, even those that a form of another site could only guess."""
    client = signed_in(place.mine.prey.owner, enforce_csrf_checks=True)
    faults = []
    for route, address in [*place.addresses(), *global_routes()]:
        if FOREIGN.match(route):
            continue
        view = resolve(address.partition("?")[0]).func
        if getattr(view, "csrf_exempt", False):
            faults.append((route, "exempt"))
        for headers in ({}, {"origin": "https://evil.invalid"}):
            status = ask(client, "POST", address, headers=headers).status
            if status != 403:
                faults.append((route, status))
    assert not faults, told(faults)


def test_cookies(place: Place, client: Client, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client.get("/compte/login/")
    login = {"login": place.stranger.email, "password": "mot-de-passe-de-test"}
    cookies = client.post("/compte/login/", login, secure=True).cookies
    session, token = cookies[django_settings.SESSION_COOKIE_NAME], cookies[django_settings.CSRF_COOKIE_NAME]
    assert (session["httponly"], session["samesite"], session["secure"]) == (True, "Lax", True)
    assert (token["samesite"], token["secure"]) == ("Lax", True)
    assert not session["domain"]


def test_a_session_that_someone_prepared_is_not_kept(place: Place) -> None:
    """Session fixation: the key from before the sign-in opens nothing after it."""
    key = Client().session.session_key
    victim = Client()
    victim.cookies[django_settings.SESSION_COOKIE_NAME] = key
    victim.post("/compte/login/", {"login": place.mine.prey.owner.email, "password": "mot-de-passe-de-test"})
    assert victim.session.session_key != key
    thief = Client()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = key
    assert ask(victim, "GET", "/mon-compte/").status == 200
    assert ask(thief, "GET", "/mon-compte/").status == 302
    old = victim.session.session_key
    victim.post("/compte/logout/")
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = old
    assert ask(thief, "GET", "/mon-compte/").status == 302, "signing out ends the session on the server"


def test_a_name_of_host_that_is_not_ours_makes_no_letter(
    place: Place, client: Client, settings: Any, mailoutbox: Any
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    email = {"email": place.stranger.email}
    assert client.post("/compte/password/reset/", email, headers={"host": "evil.invalid"}).status_code == 400
    client.post("/compte/password/reset/", email, headers={"x-forwarded-host": "evil.invalid"})
    assert len(mailoutbox) == 1
    assert "evil.invalid" not in mailoutbox[0].body


@pytest.mark.parametrize(
    "where", ["https://evil.invalid/", "//evil.invalid/", r"/\evil.invalid", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(place: Place, client: Client, where: str) -> None:
    login = {"login": place.stranger.email, "password": "mot-de-passe-de-test", "next": where}
    for address in ("/compte/login/", f"/compte/login/?next={where}"):
        response = Client().post(address, login)
        assert response.status_code == 302
        assert response["Location"] == "/"
