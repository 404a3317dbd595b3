# SPDX-License-Identifier: EUPL-1.2
"""Every component and every template tag is on the gallery page; error pages are our own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from carene.ui.templatetags import ui
from carene.ui.views import COLOURS
from tests.support.factories import World
from tests.support.text import plain

UI = Path(settings.PACKAGE) / "ui"
COMPONENTS = UI / "static" / "carene" / "components.css"
ALONE = ("400.html", "403_csrf.html", "500.html")


def gallery(world: World, client_for) -> str:
    response = client_for(world.charlie).get("/galerie/")
    assert response.status_code == 200
    return str(response.content.decode())


def test_only_for_those_who_are_signed_in(db: None, client: Client) -> None:
    assert client.get("/galerie/")["Location"].startswith("/compte/login/")


def test_every_class_of_the_components_is_shown(world: World, client_for) -> None:
    css = re.sub(r"/\*.*?\*/", "", COMPONENTS.read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = " ".join(re.findall(r"([^{}]+)\{", css))
    wanted = set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))
    page = gallery(world, client_for)
    shown = {name for group in re.findall(r'class="([^"]*)"', page) for name in group.split()}
    assert wanted - shown == set()


def test_every_tag_and_filter_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (UI / "templates" / "ui").glob("gallery*.html"))
    tags = {name for name in ui.register.tags if not re.search(r"{%\s*" + name + r"\b", source)}
    filters = {name for name in ui.register.filters if f"|{name}" not in source}
    assert (tags, filters) == (set(), set())


def test_every_colour_of_the_tokens_is_shown() -> None:
    tokens = (UI / "static" / "carene" / "tokens.css").read_text(encoding="utf-8")
    colours = set(re.findall(r"--([a-z0-9-]+):\s*#[0-9a-f]{6}", tokens)) - {"on-accent"}
    assert colours == {name for name, _ in COLOURS}


def test_light_and_dark_do_not_share_an_identifier(world: World, client_for) -> None:
    identifiers = re.findall(r'\sid="([^"]+)"', gallery(world, client_for))
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("name", ALONE)
def test_pages_of_failure_stand_alone_and_look_like_ours(name: str) -> None:
    """No context, no list of static files, no database: they hold when nothing else does."""
    page = render_to_string(name)
    assert "/static/carene/tokens.css" in page
    assert re.search(r"<h1>[^<]+</h1>", page)
    for asset in re.findall(r'(?:href|src)="/static/([^"]+)"', page):
        assert asset.startswith("vendor/") or (UI / "static" / asset).is_file(), asset


def test_a_page_that_does_not_exist(world: World, client_for) -> None:
    page = client_for(world.alice).get("/nulle-part/")
    assert page.status_code == 404
    assert "Cette page n'existe pas, ou ne vous est pas ouverte" in plain(page)


def test_a_server_error_is_told_without_its_cause(world: World, client_for, monkeypatch) -> None:
    client = client_for(world.alice)
    client.raise_request_exception = False
    monkeypatch.setattr("carene.ui.views.THEMES", None)
    page = client.get("/galerie/")
    assert page.status_code == 500
    assert "Carène a rencontré une erreur" in plain(page)
    assert "NoneType" not in plain(page)


def test_a_page_left_open_too_long(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.post(f"/o/{world.hospital.pk}/preuves/ajouter/", {"title": "x"})
    assert page.status_code == 403
    assert "restée ouverte trop longtemps" in plain(page)


def test_the_gallery_costs_no_query_of_its_own(world: World, client_for, django_assert_max_num_queries) -> None:
    client = client_for(world.alice)
    with django_assert_max_num_queries(3):
        client.get("/galerie/")


def test_a_demand_that_is_not_understood() -> None:
    from django.views.defaults import bad_request

    response = bad_request(RequestFactory().get("/"), ValueError("détail technique"))
    assert response.status_code == 400
    assert "détail technique" not in plain(response)
