# SPDX-License-Identifier: EUPL-1.2
"""Second factor: compulsory where the role says so, encrypted at rest, codes that serve once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from html import unescape
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import Client

from carene.config import sign_in as settings_module
from carene.core.access.policy import ROLES
from carene.core.accounts.mfa import MFAAdapter
from carene.core.journal.models import Entry
from tests.support.factories import World

PASSWORD = "mot-de-passe-de-test"


@pytest.fixture(autouse=True)
def _commits_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test never commits: what waits for it is done at once, inside the request, as on a real server."""
    monkeypatch.setattr(transaction, "on_commit", lambda call, **_options: call())


def code(secret: str, step: int = 0) -> str:
    """RFC 6238, written apart from the code under test."""
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def enrol(client: Client) -> str:
    """Activates an application; gives its secret."""
    page = client.get("/compte/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret">([A-Z2-7]+)<', page)
    assert secret, page
    response = client.post("/compte/2fa/totp/activate/", {"code": code(secret[1])})
    assert response["Location"] == "/compte/2fa/recovery-codes/", response.content.decode()
    return secret[1]


@pytest.fixture
def compulsory(settings: Any) -> None:
    settings.MFA_ROLES = ["administrateur", "rssi", "direction"]
    settings.MFA_ROLES_GIVEN = False


def test_by_default_all_but_those_who_read_and_answer_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARENE_MFA_ROLES", raising=False)
    assert set(settings_module.mfa_roles()) == set(ROLES) - {"lecteur", "contributeur"}
    monkeypatch.setenv("CARENE_MFA_ROLES", "direction")
    assert settings_module.mfa_roles() == ["direction"]
    monkeypatch.setenv("CARENE_MFA_ROLES", "aucun")
    assert settings_module.mfa_roles() == []


@pytest.mark.usefixtures("compulsory")
def test_an_rssi_goes_nowhere_before_enrolling(world: World, sign_in: Any) -> None:
    client = sign_in(world.alice)
    home = f"/o/{world.hospital.pk}/"
    response = client.get(home)
    assert response["Location"] == f"/compte/second-facteur/?next={home}"
    page = client.get(response["Location"]).content.decode()
    assert "Votre rôle demande un second facteur" in page
    for open_page in ("/compte/2fa/", "/compte/sessions/", "/compte/password/change/", "/compte/identites/"):
        assert client.get(open_page).status_code == 200
    assert client.post("/mon-compte/", {"name": "X"}).status_code == 302
    world.alice.refresh_from_db()
    assert world.alice.name == "Alice Arnaud"
    enrol(client)
    assert client.get(home).status_code == 200
    assert client.get("/compte/second-facteur/?next=/mon-compte/")["Location"] == "/mon-compte/"


@pytest.mark.usefixtures("compulsory")
def test_machines_get_a_sentence(world: World, sign_in: Any) -> None:
    client = sign_in(world.alice)
    response = client.get("/api/organisations")
    assert response.status_code == 403
    assert "second facteur" in response.json()["detail"]
    autosave = client.post(f"/o/{world.hospital.pk}/etablissement/", {}, headers={"accept": "application/json"})
    assert autosave.status_code == 403
    assert autosave["X-Carene-Message"]
    piece = client.get(f"/o/{world.hospital.pk}/", headers={"hx-request": "true"})
    assert piece["HX-Redirect"] == "/compte/second-facteur/?next=/"


@pytest.mark.usefixtures("compulsory")
def test_a_reader_is_asked_nothing(world: World, sign_in: Any) -> None:
    assert sign_in(world.bob).get(f"/o/{world.hospital.pk}/").status_code == 200


@pytest.mark.usefixtures("compulsory")
def test_the_demonstration_asks_nothing_unless_told_to(
    world: World, sign_in: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carene.core.accounts.second_factor.is_demo", lambda: True)
    client = sign_in(world.alice)
    assert client.get(f"/o/{world.hospital.pk}/").status_code == 200
    settings.MFA_ROLES_GIVEN = True
    assert client.get(f"/o/{world.hospital.pk}/").status_code == 302


@pytest.mark.usefixtures("compulsory")
def test_an_older_session_must_confirm(world: World, sign_in: Any, client_for: Any) -> None:
    """Enrolled elsewhere: this session, opened before with a password alone, must show the factor."""
    secret = enrol(sign_in(world.alice))
    older = client_for(world.alice)
    home = f"/o/{world.hospital.pk}/"
    step = older.get(older.get(home)["Location"])
    assert step["Location"] == f"/compte/2fa/reauthenticate/?next={home.replace('/', '%2F')}"
    assert older.post(step["Location"], {"code": code(secret, 1), "next": home})["Location"] == home
    assert older.get(home).status_code == 200


@pytest.mark.usefixtures("compulsory")
def test_removing_the_last_factor_closes_the_door_again(world: World, sign_in: Any) -> None:
    client = sign_in(world.alice)
    enrol(client)
    client.post("/compte/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()  # recovery codes go with it
    assert client.get(f"/o/{world.hospital.pk}/").status_code == 302


@pytest.mark.usefixtures("compulsory")
def test_no_query_more_for_who_has_given_it(world: World, sign_in: Any, client_for: Any, settings: Any) -> None:
    client = sign_in(world.alice)
    enrol(client)
    home = f"/o/{world.hospital.pk}/"
    client.get(home)
    with_factor = _queries(client, home)
    settings.MFA_ROLES = []
    assert with_factor == _queries(client, home)
    settings.MFA_ROLES = ["administrateur"]  # another role demands it: nothing more for this one either
    other = client_for(world.alice)
    other.get(home)
    assert with_factor == _queries(other, home)


def _queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as context:
        assert client.get(address).status_code == 200
    return len(context)


def test_signing_in_with_a_code_that_serves_once(world: World, sign_in: Any) -> None:
    secret = enrol(sign_in(world.alice))
    client = Client()
    response = client.post("/compte/login/", {"login": world.alice.email, "password": PASSWORD})
    assert response["Location"] == "/compte/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    wrong = client.post("/compte/2fa/authenticate/", {"code": "000000"})
    assert "Ce code ne convient pas" in unescape(wrong.content.decode())
    now = code(secret, 1)  # the phone is half a minute fast
    assert client.post("/compte/2fa/authenticate/", {"code": now}).status_code == 302
    assert client.session["_auth_user_id"] == str(world.alice.pk)
    thief = Client()
    thief.post("/compte/login/", {"login": world.alice.email, "password": PASSWORD})
    again = thief.post("/compte/2fa/authenticate/", {"code": now})
    assert "Ce code ne convient pas" in unescape(again.content.decode())
    assert "_auth_user_id" not in thief.session


def test_recovery_codes_open_once(world: World, sign_in: Any) -> None:
    client = sign_in(world.alice)
    enrol(client)
    page = client.get("/compte/2fa/recovery-codes/").content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", page)
    assert len(codes) == 10
    text = client.get("/compte/2fa/recovery-codes/download/")
    assert codes[3] in text.content.decode()
    assert text["Content-Type"].startswith("text/plain")
    for status in (302, 200):
        other = Client()
        other.post("/compte/login/", {"login": world.alice.email, "password": PASSWORD})
        assert other.post("/compte/2fa/authenticate/", {"code": codes[3]}).status_code == status
    assert codes[3] not in client.get("/compte/2fa/recovery-codes/").content.decode()
    client.post("/compte/2fa/recovery-codes/generate/")
    assert not set(codes) & set(
        re.findall(r"<code>(\d{8})</code>", client.get("/compte/2fa/recovery-codes/").content.decode())
    )


def test_secrets_are_not_in_the_database(world: World, sign_in: Any, settings: Any) -> None:
    secret = enrol(sign_in(world.alice))
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    sealed = MFAAdapter().encrypt(secret)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-key-" + "z" * 50
    assert MFAAdapter().decrypt(sealed) == secret  # a key can be changed
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ImproperlyConfigured, match="another secret key"):
        MFAAdapter().decrypt(sealed)


def test_changes_are_told_to_the_person_and_to_the_journal(world: World, sign_in: Any) -> None:
    enrol(sign_in(world.alice))
    assert "application d'authentification activée" in mail.outbox[0].subject
    assert "Si ce n'est pas vous" in mail.outbox[0].body
    entry = Entry.objects.get(verb="account.factor_add", after={"type": "totp"})
    assert (entry.user, entry.address) == (world.alice, "127.0.0.1")


def test_leaving_asks_who_one_is_after_a_while(world: World, sign_in: Any) -> None:
    client = sign_in(world.alice)
    session = client.session
    session["account_authentication_methods"][0]["at"] = time.time() - 3600
    session.save()
    response = client.get("/compte/2fa/totp/activate/")
    assert response["Location"].startswith("/compte/reauthenticate/")


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_page_of_the_demand_leads_nowhere_else(world: World, sign_in: Any, next_page: str) -> None:
    assert sign_in(world.bob).get("/compte/second-facteur/", {"next": next_page})["Location"] == "/"
