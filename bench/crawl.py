# SPDX-License-Identifier: EUPL-1.2
"""Every page that links lead to, for people who hold one organisation, three thousand, a region, the country.

In process, signed in, on the base of ``bench.registers``: the establishment of the demonstration whose pages are full,
and the register's hundred thousand around it. Each address is asked once to see its links and warm what is kept, once
to count its statements, then five times for the median.
"""

from __future__ import annotations

import html
import re
import time
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bench.table import Figure, median_ms

LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)')
KEPT_OUT = ("/static/", "/compte/logout/")
ONE_BY_ONE = 3000
REGION = "region:53"  # Bretagne in the invented register
LIMIT = 60  # ms
RUNS = 5
NAMED = 5  # pages beyond the limit
SEARCHED = "hopsitalier"  # wrong on purpose: the longest way through the search


@dataclass(frozen=True)
class Page:
    name: str
    address: str
    statements: int
    milliseconds: float
    cpu: float  # of these, in this process: all of it on SQLite, when nothing else runs on the machine


@dataclass(frozen=True)
class Holder:
    """Someone signed in; ``kinds``: the organisations whose pages are opened, by id."""

    said: str
    client: Any
    home: int
    head: int | None
    kinds: dict[int, str]


def holders() -> list[Holder]:
    """They all hold the full establishment of the demonstration, and more and more beside it."""
    from carene.apps.organisations.models import Organisation

    places = Organisation.objects.unscoped("bench")
    home = places.get(short_name="CH de Valmont")
    entities = list(places.filter(kind="entity").exclude(pk=home.pk).order_by("pk")[: ONE_BY_ONE - 1])
    region = places.get(register_key=REGION)
    nation = places.get(pk=region.node.parent_id)  # not the demonstration's
    found = []
    for held, head in (([], None), (entities, None), ([region], region), ([nation], nation)):
        below = Organisation.objects.below(head.node).count() if head else len(held) + 1
        said = f"{head.name}, {below}" if head else f"{below} one by one" if held else f"{below}"
        kinds = {place.pk: place.kind for place in (home, head) if place}
        found.append(Holder(said, _signed_in(len(found), home, held), home.pk, head.pk if head else None, kinds))
    return found


def measure(people: list[Holder]) -> list[Figure]:
    figures: list[Figure] = []
    first: dict[str, Page] = {}
    for holder in people:
        pages = _crawl(holder)
        slow = sorted(pages.values(), key=lambda page: -page.milliseconds)
        heaviest = max(pages.values(), key=lambda page: page.statements)
        named = [page for page in slow if page.milliseconds > LIMIT][:NAMED] or slow[:1]
        note = ", ".join(f"{page.name} {page.milliseconds:.0f} (CPU {page.cpu:.0f})" for page in named)
        figures.append((f"slowest of {len(pages)} pages, holds {holder.said}", slow[0].milliseconds, "ms", LIMIT, note))
        figures.append((f"most SQL in a page, holds {holder.said}", heaviest.statements, "SQL", None, heaviest.name))
        first = first or pages
        other = [
            f"{page.name} {first[address].statements}→{page.statements}"
            for address, page in pages.items()
            if address in first and page.statements != first[address].statements
        ]
        if pages is not first:
            name = f"pages with another number of SQL, holds {holder.said}"
            figures.append((name, len(other), "pages", 0, ", ".join(other)))
    return figures


def _signed_in(rank: int, home: Any, held: list[Any]) -> Any:
    """A browser of someone new: RSSI and administrator of the full establishment, RSSI of the others."""
    from django.test import Client

    from carene.core.accounts.models import User
    from carene.core.tenancy.models import Membership

    user = User.objects.create_user(f"bench{rank}@bench.invalid", None, name="Bench")
    roles = [(home, "rssi"), (home, "administrateur"), *((place, "rssi") for place in held)]
    Membership.objects.bulk_create([Membership(user=user, node_id=place.pk, role=role) for place, role in roles])
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _crawl(holder: Holder) -> dict[str, Page]:
    """Address → page. One address for each view, kind of organisation and set of parameters."""
    client, kinds = holder.client, holder.kinds
    waiting = deque(["/etablissements/", f"/etablissements/?q={SEARCHED}", f"/o/{holder.home}/", "/mon-compte/"])
    if holder.head:
        searched = (f"/o/{holder.head}/{page}?q={SEARCHED}" for page in ("", "arbre/"))
        waiting.extend([f"/o/{holder.head}/", *searched])
    seen: set[tuple[object, ...]] = set()
    pages: dict[str, Page] = {}
    while waiting:
        address = waiting.popleft()
        key = _key(address, kinds)
        if key is None or key in seen:
            continue
        seen.add(key)
        response = client.get(address)
        if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
            if response.status_code >= 500:
                raise SystemExit(f"{address}: {response.status_code}")
            continue  # redirections, files, and what is refused with a sentence
        waiting.extend(links_of(response.content.decode()))
        pages[address] = _measured(client, address, " ".join(str(part) for part in key if part))
    return pages


def links_of(page: str) -> list[str]:
    """Addresses of this server, the shortest first."""
    links = {html.unescape(link) for link in LINK.findall(page)}
    return sorted((link for link in links if not link.startswith(KEPT_OUT)), key=lambda link: (len(link), link))


def _key(address: str, kinds: dict[int, str]) -> tuple[object, ...] | None:
    """What makes a page another page; None for what is no page of these organisations."""
    from django.urls import Resolver404, resolve

    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    node = match.kwargs.get("node_id")
    if node is not None and node not in kinds:
        return None
    return (match.view_name, kinds.get(node or 0, ""), "&".join(sorted({name for name, _ in parse_qsl(parts.query)})))


def _measured(client: Any, address: str, name: str) -> Page:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        _ok(client.get(address))
    statements = len(captured)  # now: the next request empties the list

    def get() -> None:
        _ok(client.get(address))

    cpu = median_ms(get, 1, 0, clock=time.process_time)
    runs = RUNS if cpu < 10 * LIMIT else 1  # what is far beyond is known at once
    milliseconds, cpu = median_ms(get, runs, 0), median_ms(get, runs, 0, clock=time.process_time)
    return Page(name, address, statements, milliseconds, cpu)


def _ok(response: Any) -> None:
    assert response.status_code == 200, response.status_code
