# SPDX-License-Identifier: EUPL-1.2
"""Whatever is typed or put in an address, the house answers: a page, a refusal, never a failure of its own."""

from __future__ import annotations

import itertools
import json
import logging
import os
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client

from carene.apps.assessments.models import Answer
from carene.core.journal.models import Entry
from tests.attacks.crawl import LIBRARY_PAGES, PAGES, Form, content_of, every_form, parameters_of
from tests.attacks.prey import Prey
from tests.isolation.test_every_url import ROUTES

HUGE = "9" * 31
EACH = int(os.environ.get("CARENE_ATTACKS", "1"))  # values that each place gets, in turn; 99 for all of them everywhere
SLOW = 5.0  # seconds of the processor that no page may take
PATHS = (
    "0",
    HUGE,
    "9" * 5000,
    "\x00",
    "a\x00b",
    "²",
    "٣",
    "-1",
    "🏥",
    "\u202ex",
    "..",
    "%00",
    "x" * 3000,
    "<b>",
    "imported:x",
)
QUERIES = (
    "\x00",
    HUGE,
    "-1",
    "²",
    "x" * 10_000,
    "abc|x",
    "imported:abc|x",
    "0001-01-01",
    "9999-12-31",
    "x\u202e🏥\r\n",
)
LONG = "é" * 1_000_000
TYPED = (
    "a\x00b", "\x01\x0b\x1b\ufffe", "-1", "5", HUGE, "2abc", "NaN", "1e308", "²", "🏥\u202e", LONG, "0001-01-01",
    "9999-12-31", "imported:abc",
)  # fmt: skip
COSTLY = re.compile(r"/scenarios/(nouveau/|\d+/(moyens|recalculer|mesures|adopter|dupliquer))")
EVIL = (
    "https://evil.invalid/", "//evil.invalid/", "///evil.invalid", r"/\evil.invalid", r"\\evil.invalid",
    "javascript:alert(1)",
    "\thttps://evil.invalid", "https:evil.invalid", "http:///evil.invalid", "/\t/evil.invalid", "data:text/html,x",
    "https://testserver@evil.invalid/", "https://testserver.evil.invalid/", "home:start", "abc", "/a\r\nX-Evil: 1",
)  # fmt: skip


class Turn:
    """Gives the next values of a list at each call: every place gets some, every value comes many times."""

    def __init__(self, values: Sequence[str]) -> None:
        self.count, self.values = len(values), itertools.cycle(values)

    def some(self, wanted: int = EACH) -> list[str]:
        return list(itertools.islice(self.values, min(wanted, self.count)))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def alice(mine: Prey, client_for: Any) -> Client:
    client = client_for(mine.owner)
    client.raise_request_exception = False
    return client


def answered(client: Client, method: str, address: str, data: Any = None, **more: Any) -> Any:
    """The answer, after which nothing is left of what it wrote."""
    began = time.thread_time()
    with transaction.atomic():
        response = (
            client.generic(method, address, **more) if data is None else getattr(client, method.lower())(address, data)
        )
        transaction.set_rollback(True)
    shown = str(data)[:200]
    assert response.status_code < 500, (method, address[:300], shown, response.status_code)
    assert time.thread_time() - began < SLOW, (method, address[:300], shown)
    content_of(response)
    return response


def test_addresses(mine: Prey, alice: Client) -> None:
    turn = Turn(PATHS)
    for route in ROUTES:
        if LIBRARY_PAGES.match(route):
            continue
        for name in re.findall(r"<(?:\w+:)?(\w+)>", route):
            for value in turn.some(EACH if name == "node_id" else EACH * 2):
                address = mine.address(route, **{name: value})
                answered(alice, "GET", address)
                if name != "node_id":
                    answered(alice, "POST", address)


def test_parameters(mine: Prey, alice: Client) -> None:
    names: set[str] = set()
    turn = Turn(QUERIES)
    for route in PAGES:
        page = mine.address(route)
        read = parameters_of(page)
        names |= read
        for name in sorted(read) if "document." not in route else ():
            for value in turn.some(EACH * 2):
                answered(alice, "GET", page, {name: value})
    assert {"q", "page", "critere", "evaluation", "s", "etat"} <= names


def sent(form: Form, **changed: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, value in form.fields:
        data.setdefault(name, []).append(value)
    return data | changed


def test_every_field_of_every_form(mine: Prey, alice: Client) -> None:
    """One field goes wrong while the others are right: the wrong value reaches the code behind."""
    forms = [
        form for form in every_form(alice, mine) if form.method in {"GET", "POST"} and "/compte/" not in form.action
    ]
    assert len(forms) > 45
    turn = Turn(TYPED)
    for form in forms:
        answered(alice, form.method, form.action, sent(form))
        names = list(dict(form.fields))
        costly = bool(COSTLY.search(form.action))
        for value in turn.some(EACH if costly else EACH * 2):
            if form.method == "POST" or value is not LONG:
                answered(alice, form.method, form.action, dict.fromkeys(names, value))
        for name in names:
            for value in turn.some(1 if costly else EACH):
                if value is not LONG:
                    answered(alice, form.method, form.action, sent(form, **{name: value}))


def test_methods(mine: Prey, alice: Client) -> None:
    turn = Turn(("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "EVIL"))
    for route in ROUTES:
        if not LIBRARY_PAGES.match(route):
            for method in turn.some(EACH * 3):
                answered(alice, method, mine.address(route))


def test_without_the_csrf_token_nothing_is_done(mine: Prey, alice: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.cookies
    forms = every_form(alice, mine)
    before = Entry.objects.count()
    for form in forms:
        if form.method == "POST":
            response = strict.post(form.action, sent(form))
            assert response.status_code == 403, form.action
            assert "rechargez-la" in response.content.decode()
    path = mine.address("o/<int:node_id>/auto-evaluation/<int:pk>/repondre/<path:criterion>/")
    assert strict.post(path, '{"level": 1, "version": 2}', content_type="application/json").status_code == 403
    api = f"/api/organisations/{mine.node}/assessments/{mine.assessment}/answers/GOV.1.1"
    assert strict.put(api, '{"level": 1, "version": 2}', content_type="application/json").status_code == 403
    assert Entry.objects.count() == before


TEXTS: tuple[Any, ...] = (
    "\x00",
    "a\x00b",
    "\ud800",
    "x\ud83c",
    "\x01\x0b",
    "🏥\u202e",
    LONG,
    5,
    None,
    ["x"],
    {"x": 1},
    True,
)
LEVELS: tuple[Any, ...] = (5, -1, "2abc", 2.5, True, [], None, 10**30)
BODIES = (
    b"[" * 200_000, b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"", b'{"level": 1e400, "version": 1}',
    b'{"level": NaN, "version": 1}',
    b'{"version": ' + b"9" * 5000 + b"}", b'{"a":' * 200 + b"1" + b"}" * 200, b"x" * 6_000_000,
)  # fmt: skip


def test_json(mine: Prey, alice: Client) -> None:
    """The same from the pages and from the API; a NUL or half a character never reaches the database."""
    key = Client(headers={"Authorization": f"Bearer {mine.secret}"}, raise_request_exception=False)
    page = mine.address("o/<int:node_id>/auto-evaluation/<int:pk>/repondre/<path:criterion>/")
    base = f"/api/organisations/{mine.node}"
    answers = f"{base}/assessments/{mine.assessment}/answers/GOV.1.1"
    row = Answer.objects.filter(assessment=mine.assessment, criterion="GOV.1.1")
    version = row.get().version
    bodies = [*BODIES]
    bodies += [
        json.dumps({name: text, "version": version}).encode() for text in TEXTS for name in ("comment", "justification")
    ]
    bodies += [json.dumps({"level": level, "version": version}).encode() for level in LEVELS]
    bodies += [json.dumps({"level": 1, "version": seen}).encode() for seen in (-1, 0, 10**30, "1", None, True, 1.5)]
    bodies += [
        b'{"undo": true, "version": 1}',
        b'{"not_applicable": "yes", "version": 2}',
        b'{"evil": 1, "version": 2}',
    ]
    for body in bodies:
        for client, method, path in ((alice, "POST", page), (key, "PUT", answers)):
            _json(client, method, path, body)
    given = {"indicator": "budget_numerique_pct", "value": 1, "date": "2026-02-01", "source": "Relevé", "note": ""}
    wrong: list[tuple[str, Any]] = [(name, text) for text in TEXTS for name in ("indicator", "source", "note")]
    wrong += [("value", value) for value in (1e308, -1e308, "NaN", None, "1", 10**400)]
    wrong += [("date", day) for day in ("0001-01-01", "9999-12-31", "2026-02-30", "", 0, None, "2026-02-01T25:00")]
    for name, value in wrong:
        body = json.dumps(given | {name: value}).encode()
        _json(key, "POST", f"{base}/observations", body)
        _json(key, "POST", f"{base}/observations/batch", b'{"observations": [' + body + b"]}")
    for query in ("indicator=%00", "since=0001-01-01", "since=x", f"limit={HUGE}", "offset=-1", "limit=0"):
        response = key.get(f"{base}/observations?{query}")
        assert response.status_code < 500, query
        assert response["Content-Type"].startswith("application/json"), query
    for kind in ("multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencoded"):
        for client in (key, alice):
            response = client.generic("POST", f"{base}/observations", b"--x--", content_type=kind)
            assert response.status_code in {400, 403, 422}, (kind, response.status_code)


def _json(client: Client, method: str, path: str, body: bytes) -> None:
    with transaction.atomic():
        response = client.generic(method, path, body, content_type="application/json")
        transaction.set_rollback(True)
    assert response.status_code < 500, (method, path, body[:200], response.status_code)
    if response.status_code >= 400 and path.startswith("/api/"):
        said = response.json()["detail"]
        assert said.endswith("."), said
        assert re.search(r"[éèà']| de | la ", said), f"{said} is not French"


def test_nobody_is_sent_elsewhere(mine: Prey, alice: Client) -> None:
    """``next``, ``suite``, ``retour``: only addresses of this server are followed."""
    answer = mine.address("o/<int:node_id>/auto-evaluation/<int:pk>/repondre/<path:criterion>/")
    action = f"/o/{mine.node}/feuille-de-route/actions/{mine.action}"
    person = {"login": mine.owner.email, "password": "mot-de-passe-de-test"}
    for target in EVIL:
        redirections = [
            alice.post(answer, {"level": "1", "version": "99", "suite": target}),
            alice.post(answer, {"version": "2", "suite": target}),
            alice.post(answer, {"version": "2", "retour": target}),
            alice.post(f"{action}/commencer/", {"version": "1", "retour": target}),
            alice.post(
                f"/o/{mine.node}/preuves/ajouter/", {"title": "x", "url": "https://x.invalid/", "suite": target}
            ),
            Client(raise_request_exception=False).post("/compte/login/", {**person, "next": target}),
            Client(raise_request_exception=False).get("/compte/login/", {"next": target}),
        ]
        for response in redirections:
            assert response.status_code < 500, target
            going = urlsplit(response.get("Location", ""))
            assert (going.scheme, going.netloc) in {("", ""), ("http", "testserver")}, (target, going)
            assert "\n" not in response.get("Location", "")
            assert not re.match(r"[/\\]{2}", response.get("Location", "")), target
