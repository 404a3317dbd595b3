# SPDX-License-Identifier: EUPL-1.2
"""What a hostile person finds on every page: its addresses, their parameters, and every form with its fields."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import lxml.html
from django.test import Client
from django.urls import resolve

from tests.attacks.prey import Prey
from tests.isolation.test_every_url import ROUTES

# Pages of the library that signs people in: its own tests hold them, ours hold the sign-in page.
LIBRARY_PAGES = re.compile(r"^compte/(?!login/$)")
PAGES = [route for route in ROUTES if not LIBRARY_PAGES.match(route) and not route.startswith("api/")]
UNSEEN = ("reason", "retour")  # asked by a dialogue that the page builds
# What lets an empty form go as far as the action behind it.
PLAUSIBLE = {
    "name": "Essai", "title": "Essai", "email": "quelqu-un@exemple.invalid", "value": "1", "source": "Relevé",
    "url": "https://exemple.invalid/", "preuve-url": "https://exemple.invalid/", "reason": "Parce que", "text": "Dit",
    "months": "12", "budget_": "1000", "souhait-choice": "impose", "kind": "site", "role": "lecteur", "days": "30",
    "user": "0", "level": "2",
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    page: str
    action: str
    method: str
    fields: tuple[tuple[str, str], ...] = field(default=())  # name, value as the browser would send it
    files: tuple[str, ...] = ()

    @property
    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """Two forms of one kind lead to the same code."""
        path = re.sub(r"/(indicateurs|catalogue|mesures)/[a-z][a-z0-9-]+/", r"/\1/M/", self.action.partition("?")[0])
        path = re.sub(r"\d+", "N", path)
        return self.method, path, tuple(sorted({re.sub(r"\d+", "N", name) for name, _ in self.fields}))


def content_of(response: Any) -> bytes:
    """The whole answer; reading a file to its end is what closes it, as the test client wants it."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def parameters_of(address: str) -> set[str]:
    """Names that the module of the page's view reads in a query string."""
    view = inspect.unwrap(resolve(address).func)
    source = inspect.getsource(inspect.getmodule(view))  # type: ignore[arg-type]
    return set(re.findall(r'GET\.(?:get|getlist)\("(\w+)"', source))


def forms_of(page: str, html: str) -> Iterator[Form]:
    for one in lxml.html.fromstring(html).forms:
        action = urljoin(page, one.get("action") or page)
        files = tuple(i.get("name") for i in one.xpath('.//input[@type="file"]') if i.get("name"))
        names = dict.fromkeys(
            element.get("name")
            for element in one.xpath(".//input | .//select | .//textarea | .//button")
            if element.get("name") and element.get("type") != "file" and element.get("name") != "csrfmiddlewaretoken"
        )
        sent: list[tuple[str, str]] = [(name, value) for name, value in one.form_values() if name in names]
        sent += [(name, "") for name in (*names, *UNSEEN) if name not in dict(sent)]
        sent = [
            (name, value or next((v for k, v in PLAUSIBLE.items() if name.startswith(k)), "")) for name, value in sent
        ]
        yield Form(page, action, (one.method or "GET").upper(), tuple(sent), files)


def every_form(client: Client, prey: Prey) -> list[Form]:
    """One form of each kind, found by opening every page."""
    found: dict[Any, Form] = {}
    for route in PAGES:
        page = prey.address(route)
        for address in (page, f"{page}?question=GOV.1.1") if "question" in parameters_of(page) else (page,):
            response = client.get(address)
            content = content_of(response)
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                for form in forms_of(address, content.decode()):
                    found.setdefault(form.kind, form)
    return list(found.values())
