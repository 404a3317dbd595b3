# SPDX-License-Identifier: EUPL-1.2
"""Every address, tried by a stranger and by nobody: the list is read from the URL configuration, not kept by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.support.factories import World

pytestmark = pytest.mark.django_db
SAMPLES = {"int": "1", "str": "GOV.1.1", "slug": "a", "path": "a", "uuid": "00000000-0000-0000-0000-000000000000"}
CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")

# Addresses that belong to no organisation; each one filters by the actor itself, and has tests of its own.
GLOBAL = re.compile(r"^(|compte/.*|etablissements/(suggestions/)?|mon-compte/|galerie/|api/.*)$")
OPEN_TO_ALL = re.compile(r"^compte/")


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


ROUTES = sorted(set(routes()))
OWNED = [r for r in ROUTES if r.startswith("o/<int:node_id>/")]


def url(route: str, node: int) -> str:
    filled = CONVERTER.sub(lambda m: str(node) if m[2] == "node_id" else SAMPLES[m[1] or "str"], route)
    return "/" + filled.rstrip("$").replace("\\Z", "")


def test_every_address_belongs_to_an_organisation_or_is_known() -> None:
    unknown = [r for r in ROUTES if r not in OWNED and not GLOBAL.match(r)]
    assert not unknown, "an address outside o/<node_id>/ needs a reason and a test"
    assert len(OWNED) > 30


@pytest.mark.parametrize("route", OWNED)
def test_a_stranger_learns_nothing(world: World, client_for, route: str) -> None:
    """404 and nothing else: not even that the establishment exists. 405 says only which methods an address takes."""
    client = client_for(world.charlie)
    address = url(route, world.hospital.pk)
    for response in (client.get(address), client.post(address, {})):
        assert response.status_code in {404, 405}, (address, response.status_code)
        assert "Alice" not in response.content.decode(errors="replace")
    assert client.get(address).status_code == 404 or client.post(address).status_code == 404


@pytest.mark.parametrize("route", OWNED)
def test_nobody_is_sent_to_sign_in(world: World, client, route: str) -> None:
    response = client.get(url(route, world.hospital.pk))
    assert response.status_code in {302, 405}
    if response.status_code == 302:
        assert response["Location"].startswith("/compte/login/")


@pytest.mark.parametrize("route", OWNED)
def test_a_reader_of_the_group_changes_nothing(world: World, client_for, route: str) -> None:
    """Bob may look; whatever he posts is refused, or says that the thing does not exist."""
    from carene.core.journal.models import Entry

    before = Entry.objects.count()
    response = client_for(world.bob).post(url(route, world.hospital.pk), {})
    assert response.status_code in {200, 302, 400, 403, 404, 405}
    after = Entry.objects.exclude(verb="report.make").count()
    assert after <= before, "a reader wrote something"
