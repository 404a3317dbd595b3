# SPDX-License-Identifier: EUPL-1.2
"""Sessions: listed, closed one by one or all at once, by their owner alone; and the limits on tries."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from carene.core.accounts.devices import described
from carene.core.journal.models import Entry
from tests.support.factories import World

PASSWORD = "mot-de-passe-de-test"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def opened(user: Any, agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    assert client.post("/compte/login/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return client


def alive(client: Client) -> bool:
    return bool(client.get("/mon-compte/").status_code == 200)


def test_one_sees_and_closes_ones_sessions(world: World) -> None:
    here, stolen, third = opened(world.alice), opened(world.alice, "curl/8"), opened(world.alice)
    page = unescape(here.get("/compte/sessions/").content.decode())
    assert page.count("Celle-ci") == 1
    assert page.count("Firefox, Windows") >= 2
    assert "Appareil inconnu" in page
    target = UserSession.objects.get(session_key=stolen.session.session_key)
    assert here.post(f"/compte/sessions/{target.pk}/fermer/").status_code == 302
    assert (alive(here), alive(stolen), alive(third)) == (True, False, True)
    assert here.post("/compte/sessions/").status_code == 302
    assert (alive(here), alive(third)) == (True, False)
    assert Entry.objects.filter(verb="account.session_end", user=world.alice).count() == 2


def test_nobody_closes_the_session_of_another(world: World) -> None:
    alice, charlie = opened(world.alice), opened(world.charlie)
    target = UserSession.objects.get(user=world.alice)
    assert charlie.post(f"/compte/sessions/{target.pk}/fermer/").status_code == 404
    assert charlie.post("/compte/sessions/999999999/fermer/").status_code == 404
    charlie.post("/compte/sessions/")
    assert alive(alice)
    assert "127.0.0.1" not in unescape(Client().get("/compte/sessions/").content.decode())


def test_a_changed_password_closes_the_other_sessions(world: World) -> None:
    here, other = opened(world.alice), opened(world.alice)
    data = {"oldpassword": PASSWORD, "password1": "une-autre-longue-phrase", "password2": "une-autre-longue-phrase"}
    assert here.post("/compte/password/change/", data).status_code == 302
    assert (alive(here), alive(other)) == (True, False)


def test_ordinary_pages_pay_nothing_for_the_list(world: World, client_for: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for client in (opened(world.alice), client_for(world.alice)):
        client.get(f"/o/{world.hospital.pk}/")
        with CaptureQueriesContext(connection) as context:
            client.get(f"/o/{world.hospital.pk}/")
        assert not [query for query in context.captured_queries if "usersessions" in query["sql"]]
        assert not [query for query in context.captured_queries if "mfa_" in query["sql"]]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari, iPhone"),
        ("", "Appareil inconnu"),
    ],
)
def test_devices_in_words(agent: str, words: str) -> None:
    assert described(agent) == words


# Limits --------------------------------------------------------------------------------------------------------------


def test_five_wrong_passwords_close_an_account_for_a_while(world: World, client: Client) -> None:
    for _ in range(5):
        page = client.post("/compte/login/", {"login": world.alice.email, "password": "faux"})
        assert "n'est pas le bon" in unescape(page.content.decode())
    # From another address too: the limit is that of the account.
    right = {"login": world.alice.email, "password": PASSWORD}
    page = Client(REMOTE_ADDR="192.0.2.7").post("/compte/login/", right)
    assert "Trop d'essais" in unescape(page.content.decode())
    assert Client().post("/compte/login/", right | {"login": world.bob.email}).status_code == 302  # others come in


def test_a_whole_hospital_behind_one_address_comes_in(world: World) -> None:
    for _ in range(40):
        opened(world.bob)


def test_one_address_does_not_try_without_end(world: World, client: Client) -> None:
    statuses = [
        client.post("/compte/login/", {"login": f"p{n}@exemple.invalid", "password": "faux"}).status_code
        for n in range(125)
    ]
    assert statuses[-1] == 429
    assert 429 not in statuses[:60]


def test_letters_of_reset_are_limited_and_say_nothing(world: World, client: Client) -> None:
    pages = [client.post("/compte/password/reset/", {"email": world.alice.email}, follow=True) for _ in range(7)]
    assert len(mail.outbox) == 5
    assert pages[-1].status_code in {200, 429}
    unknown = Client(REMOTE_ADDR="192.0.2.9").post(
        "/compte/password/reset/", {"email": "x@exemple.invalid"}, follow=True
    )
    assert unknown.request["PATH_INFO"] == pages[0].request["PATH_INFO"] == "/compte/password/reset/done/"
    assert len(mail.outbox) == 5  # nobody can make Carène write to strangers


def test_codes_are_limited(world: World) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(world.alice, "A" * 32)
    client = Client()
    client.post("/compte/login/", {"login": world.alice.email, "password": PASSWORD})
    pages = [unescape(client.post("/compte/2fa/authenticate/", {"code": "000000"}).content.decode()) for _ in range(7)]
    assert "Ce code ne convient pas" in pages[0]
    assert "Trop d'essais" in pages[-1]


def test_behind_a_proxy_the_limit_is_that_of_the_visitor(world: World, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = Client()
    for _ in range(5):
        headers = {"x-forwarded-for": "203.0.113.9, 198.51.100.4"}  # the first is what the visitor pretends
        client.post("/compte/login/", {"login": world.bob.email, "password": PASSWORD}, headers=headers)
        client.logout()
    assert set(UserSession.objects.values_list("ip", flat=True)) <= {"198.51.100.4"}
