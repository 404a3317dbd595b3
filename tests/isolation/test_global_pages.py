# SPDX-License-Identifier: EUPL-1.2
"""Addresses that belong to no organisation: who may open them, and that each one shows only one's own things."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from carene.apps.exchange import actions as exchange
from carene.core.access.actor import Actor
from tests.isolation.place import Place, ask, in_a_transaction, signed_in, stored
from tests.isolation.test_every_role import told
from tests.isolation.test_every_url import OPEN_TO_ALL, OWNED, ROUTES, url

pytestmark = pytest.mark.django_db
GLOBAL = [route for route in ROUTES if route not in OWNED]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def test_everyone_gets_an_answer(place: Place) -> None:
    faults = []
    people = {"owner": lambda: signed_in(place.mine.prey.owner), "stranger": lambda: signed_in(place.stranger)}
    for who, made in {**people, "nobody": Client}.items():
        for route in GLOBAL:
            for method in ("GET", "POST"):
                with in_a_transaction():
                    client = made()
                    client.raise_request_exception = False
                    answer = ask(client, method, url(route, 1))
                if answer.status >= 500:
                    faults.append((who, method, route, answer.status))
                if who == "stranger" and "Alice" in answer.text:
                    faults.append((who, method, route, "Alice"))
    assert not faults, told(faults)


def test_nobody_opens_only_what_is_meant_for_them(place: Place) -> None:
    faults = []
    for route in GLOBAL:
        answer = ask(Client(), "GET", url(route, 1))
        to = answer.headers.get("Location", "")
        shut = answer.status in {401, 405} or (answer.status == 302 and to.startswith("/compte/login/"))
        if not shut and not OPEN_TO_ALL.match(route) and route not in {"api/openapi.json", "api/"}:
            faults.append((route, answer.status, to))
    assert not faults, told(faults)


def test_ones_own_list_only(place: Place) -> None:
    for address in (
        "/etablissements/",
        "/etablissements/?q=Alice",
        "/mon-compte/",
        "/compte/sessions/",
        "/api/organisations",
    ):
        answer = ask(signed_in(place.stranger), "GET", address)
        assert answer.status == 200, address
        assert "Texte d'Alice" not in answer.text, address
        assert "Texte de Alice" not in answer.text, address


def test_the_sessions_of_another(place: Place) -> None:
    victim = Client()
    victim.post("/compte/login/", {"login": place.mine.prey.owner.email, "password": "mot-de-passe-de-test"})
    row = UserSession.objects.filter(user=place.mine.prey.owner).latest("pk")
    thief, before = signed_in(place.stranger), stored()
    theirs = ask(thief, "POST", f"/compte/sessions/{row.pk}/fermer/")
    nothing = ask(thief, "POST", "/compte/sessions/999999999/fermer/")
    assert theirs.status == nothing.status == 404
    assert UserSession.objects.filter(pk=row.pk).exists()
    assert stored() == before


def test_the_keys_and_passkeys_of_another(place: Place) -> None:
    owner = place.mine.prey.owner
    passkey = Authenticator.objects.create(
        user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé d'Alice", "credential": {}}
    )
    thief = Client()
    thief.post("/compte/login/", {"login": place.stranger.email, "password": "mot-de-passe-de-test"})
    for address in (f"/compte/2fa/webauthn/keys/{passkey.pk}/edit/", f"/compte/2fa/webauthn/keys/{passkey.pk}/remove/"):
        for method in ("GET", "POST"):
            answer = ask(thief, method, address, {"name": "Volée"})
            assert answer.status == 404, (method, address, answer.status)
    passkey.refresh_from_db()
    assert passkey.data["name"] == "Clé d'Alice"


def test_the_keys_of_a_colleague_of_the_same_place(place: Place) -> None:
    """Whoever has every right here still does not end, nor see, the key of someone else."""
    colleague = place.colleague("rssi")
    token, _ = exchange.create_token(
        Actor.of(colleague), place.mine.prey.organisation, name="Clé du collègue", days=9, read_only=True
    )
    node = place.mine.prey.node
    assert ask(place.owner, "POST", f"/o/{node}/echanges/cles/{token.pk}/revoquer/").status == 404
    assert "Clé du collègue" not in ask(place.owner, "GET", f"/o/{node}/echanges/cles/").text
    assert ask(signed_in(colleague), "POST", f"/o/{node}/echanges/cles/{token.pk}/revoquer/").status == 302
