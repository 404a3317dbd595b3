# SPDX-License-Identifier: EUPL-1.2
"""Identity providers, against a real server: what comes in, what is refused, what nobody becomes."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from carene.apps.organisations import actions
from carene.config import env, sign_in
from carene.core.accounts import invitations
from carene.core.accounts.models import User
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Membership
from tests.support.factories import World, make_user
from tests.support.oidc_server import CLIENT, SECRET, OidcServer, new_key

ADDRESS = "personne@ch.example"


@pytest.fixture
def server() -> Iterator[OidcServer]:
    with OidcServer() as running:
        yield running


@pytest.fixture
def configured(server: OidcServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``configured(KIND="proconnect")`` describes the server to Carène by the environment, as an administrator does."""

    def configure(**variables: str) -> OidcServer:
        given = {"URL": server.issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "LABEL": "Compte CH"} | variables
        for name, value in given.items():
            monkeypatch.setenv(f"CARENE_OIDC_CH_{name}", value)
        settings.SOCIALACCOUNT_PROVIDERS = sign_in.providers()
        return server

    return configure


def go(client: Client, process: str = "login") -> Any:
    """The whole way of a browser: our page, the provider, back to us."""
    page = client.post(f"/compte/oidc/ch/login/?process={process}")
    assert page.status_code == 200, page
    found = re.search(r'content="0;url=([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    address = urlsplit(unescape(found[1]))
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    connection.request("GET", f"{address.path}?{address.query}")
    back = connection.getresponse().headers["Location"]
    connection.close()
    return client.get(back.removeprefix("http://testserver"))


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_nothing_is_shown_without_a_provider(client: Client) -> None:
    page = client.get("/compte/login/").content.decode()
    assert "oidc" not in page
    assert client.get("/compte/oidc/ch/login/").status_code == 404
    assert client.get("/compte/oidc/ch/login/callback/").status_code == 404


def test_first_sign_in_makes_an_account_without_any_right(configured: Any, client: Client) -> None:
    server = configured(TRUSTED_DOMAINS="ch.example")
    assert "Compte CH" in client.get("/compte/login/").content.decode()
    response = go(client)
    assert response.status_code == 302
    user = User.objects.get(email=ADDRESS)
    assert (user.name, user.has_usable_password()) == ("P. Un", False)
    assert not Membership.objects.filter(user=user).exists()
    assert "Aucun établissement ne vous est ouvert" in client.get("/").content.decode()
    assert Entry.objects.filter(verb="account.create", user=user).count() == 1
    asked = server.requests[0]
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert len(asked["nonce"]) >= 32


def test_second_sign_in_is_the_same_person(configured: Any) -> None:
    server = configured(TRUSTED_DOMAINS="ch.example")
    go(Client())
    server.claims["email"] = "autre@ch.example"  # the address changed over there: the subject did not
    client = Client()
    go(client)
    assert signed_in(client)
    assert User.objects.count() == 1
    assert User.objects.get().email == ADDRESS


@pytest.mark.parametrize(
    ("variables", "claims"),
    [
        ({}, {}),  # no domain is trusted
        ({"TRUSTED_DOMAINS": "ailleurs.example"}, {}),
        ({"TRUSTED_DOMAINS": "ch.example"}, {"email_verified": False}),
        ({"TRUSTED_DOMAINS": "ch.example"}, {"email_verified": "true"}),  # a word is not a yes
        ({"TRUSTED_DOMAINS": "ch.example"}, {"email": "a@evil.example@ch.example.evil.example"}),
        ({"TRUSTED_DOMAINS": "ch.example"}, {"email": ""}),
    ],
)
def test_an_address_nobody_vouches_for_opens_nothing(
    configured: Any, client: Client, variables: dict[str, str], claims: dict[str, Any]
) -> None:
    server = configured(**variables)
    server.claims.update(claims)
    response = go(client)
    assert response.status_code == 403
    assert "Aucun compte n'est relié" in unescape(response.content.decode())
    assert not signed_in(client)
    assert not User.objects.exists()


def test_an_existing_account_is_not_taken_by_its_address(configured: Any, client: Client) -> None:
    configured(TRUSTED_DOMAINS="ch.example")
    user = make_user(email=ADDRESS)
    response = go(client)
    assert response["Location"] == "/compte/login/"
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()
    user.refresh_from_db()
    assert user.has_usable_password()


def test_one_links_it_oneself_after_coming_in(configured: Any, sign_in: Any) -> None:
    server = configured()  # no domain needs to be trusted for that
    user = make_user(email="autre@ch.example")
    client = sign_in(user)
    assert go(client, "connect").status_code == 302
    assert SocialAccount.objects.get().user == user
    assert server.claims["email"] in client.get("/compte/identites/").content.decode()
    fresh = Client()
    go(fresh)
    assert fresh.session["_auth_user_id"] == str(user.pk)
    assert {"account.link", "account.sign_in"} <= set(Entry.objects.values_list("verb", flat=True))


def test_linking_asks_who_one_is_when_one_came_in_long_ago(configured: Any, sign_in: Any) -> None:
    configured()
    client = sign_in(make_user(email="autre@ch.example"))
    session = client.session
    session["account_authentication_methods"][0]["at"] = time.time() - 3600
    session.save()
    response = go(client, "connect")
    assert response["Location"].startswith("/compte/reauthenticate/")
    assert not SocialAccount.objects.exists()
    client.post("/compte/reauthenticate/", {"password": "mot-de-passe-de-test"})
    assert SocialAccount.objects.exists()


def test_an_invited_person_is_linked_and_the_invitation_is_used(
    configured: Any, client: Client, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    configured(TRUSTED_DOMAINS="ch.example")
    actor = world.actor(world.admin)
    given = actions.grant(actor, world.hospital, email=ADDRESS, name="Paule Un", role="lecteur")
    invitation = actions.invite(actor, world.hospital, given.pk)
    token = invitations.token(invitation)
    with django_capture_on_commit_callbacks(execute=True):
        go(client)
    assert client.session["_auth_user_id"] == str(given.user_id)
    assert Membership.objects.filter(user=given.user_id).count() == 1
    assert invitations.find(token) is None
    assert any("identité reliée" in letter.subject for letter in mail.outbox)


def test_a_role_without_an_open_invitation_does_not_link(configured: Any, client: Client, world: World) -> None:
    configured(TRUSTED_DOMAINS="ch.example")
    actions.grant(world.actor(world.admin), world.hospital, email=ADDRESS, name="Paule Un", role="rssi")
    go(client)
    assert not signed_in(client)


def test_a_closed_account_stays_closed(configured: Any, client: Client) -> None:
    configured(TRUSTED_DOMAINS="ch.example")
    go(Client())
    User.objects.update(is_active=False)
    assert go(client)["Location"] == "/compte/inactive/"
    assert not signed_in(client)


def _spoil(server: OidcServer, how: str) -> None:
    changes = {
        "nonce": {"nonce": "that of another"},
        "no nonce": {"nonce": None},
        "issuer": {"iss": "http://127.0.0.1:1"},
        "audience": {"aud": "another-client"},
        "expired": {"exp": int(time.time()) - 3600},
        "undated": {"exp": None},
        "subject": {"sub": "s-2"},
    }
    if how in changes:
        server.spoil_id_token = lambda claims: {k: v for k, v in (claims | changes[how]).items() if v is not None}
    elif how == "key":
        server.signing_key = new_key()
    elif how == "unknown key":
        original = server.jwks()
        server.kid = "k2"
        server.jwks = lambda: original  # type: ignore[method-assign]
    elif how == "unsigned":
        server.algorithm = "none"
    elif how == "symmetric":  # the public key taken for a password
        server.algorithm, server.signing_key = "HS256", "x" * 64
    elif how == "discovery":
        server.told_issuer = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    "how",
    [
        "nonce",
        "no nonce",
        "issuer",
        "audience",
        "expired",
        "undated",
        "subject",
        "key",
        "unknown key",
        "unsigned",
        "symmetric",
    ],
)
def test_a_token_that_does_not_agree_is_refused(configured: Any, client: Client, how: str) -> None:
    server = configured(TRUSTED_DOMAINS="ch.example")
    _spoil(server, how)
    response = go(client)
    assert response.status_code == 401, how
    assert "La connexion n'a pas abouti" in unescape(response.content.decode())
    assert not User.objects.exists()


def test_a_discovery_of_another_issuer_is_refused(configured: Any, client: Client) -> None:
    server = configured()
    _spoil(server, "discovery")
    assert client.post("/compte/oidc/ch/login/").status_code == 401


def test_a_silent_provider_is_one_page(configured: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(URL="http://127.0.0.1:9")
    assert client.post("/compte/oidc/ch/login/").status_code == 401


def test_giving_up_is_one_page(configured: Any, client: Client) -> None:
    server = configured()
    server.refuse = True
    assert go(client)["Location"] == "/compte/identites/annule/"


def test_a_callback_that_nobody_asked_for_is_refused(configured: Any, client: Client) -> None:
    configured(TRUSTED_DOMAINS="ch.example")
    assert client.get("/compte/oidc/ch/login/callback/?code=x&state=y").status_code == 401


def test_proconnect_reads_signed_user_information(configured: Any, client: Client) -> None:
    server = configured(KIND="proconnect", TRUSTED_DOMAINS="ch.example")
    server.claims = {"sub": "s-1", "email": ADDRESS, "given_name": "Paule", "usual_name": "Un", "siret": "0"}
    server.signed_userinfo = True
    assert go(client).status_code == 302
    assert User.objects.get().name == "Paule Un"
    assert set(server.requests[0]["scope"].split()) == {"openid", "given_name", "usual_name", "email", "siret"}
    stored = SocialAccount.objects.get().extra_data
    assert stored == {"userinfo": {"sub": "s-1", "email": ADDRESS, "name": "Paule Un"}}


@pytest.mark.parametrize("how", ["unsigned information", "key", "audience", "issuer", "subject"])
def test_proconnect_refuses_information_that_is_not_its_own(configured: Any, client: Client, how: str) -> None:
    server = configured(KIND="proconnect", TRUSTED_DOMAINS="ch.example")
    server.signed_userinfo = how != "unsigned information"
    changes = {"audience": {"aud": "x"}, "issuer": {"iss": "http://x.example"}, "subject": {"sub": "s-9"}}
    server.spoil_userinfo = lambda claims: claims | changes.get(how, {})
    if how == "key":
        honest, forged = server.key, new_key()
        sign = server.sign

        def sign_userinfo_badly(claims: dict[str, Any]) -> str:
            server.signing_key = honest if "nonce" in claims else forged
            return sign(claims)

        server.sign = sign_userinfo_badly  # type: ignore[method-assign]
    assert go(client).status_code == 401
    assert not User.objects.exists()


def test_pro_sante_connect_is_linked_from_the_account(configured: Any, sign_in: Any) -> None:
    server = configured(KIND="prosanteconnect")
    server.claims = {"sub": "f:1:899700000000", "SubjectNameID": "899700000000", "given_name": "P", "family_name": "U"}
    anonymous = Client()
    assert go(anonymous).status_code == 403  # it tells no address
    client = sign_in(make_user())
    go(client, "connect")
    assert go(anonymous).status_code == 302
    assert server.requests[0]["acr_values"] == "eidas1"
    assert set(server.requests[0]["scope"].split()) == {"openid", "scope_all"}


def test_a_strong_provider_is_a_second_factor(configured: Any, settings: Any, sign_in: Any, world: World) -> None:
    settings.MFA_ROLES = ["rssi"]
    server = configured(KIND="prosanteconnect", STRONG="oui")
    client = sign_in(world.alice)
    go(client, "connect")
    fresh = Client()
    go(fresh)
    assert fresh.get(f"/o/{world.hospital.pk}/").status_code == 200
    server.spoil_id_token = lambda claims: claims | {"acr": "eidas0"}  # a weaker way in, this time
    weak = Client()
    go(weak)
    assert weak.get(f"/o/{world.hospital.pk}/")["Location"].startswith("/compte/second-facteur/")


def test_unlinking(configured: Any, settings: Any, sign_in: Any) -> None:
    configured()
    client = sign_in(make_user())
    go(client, "connect")
    account = SocialAccount.objects.get()
    settings.SOCIALACCOUNT_PROVIDERS = {}  # even when the provider is no longer configured
    page = client.get("/compte/identites/").content.decode()
    assert "ch" in page
    client.post("/compte/identites/", {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_the_only_way_in_cannot_be_unlinked(configured: Any, client: Client) -> None:
    configured(TRUSTED_DOMAINS="ch.example")
    go(client)
    page = client.post("/compte/identites/", {"account": SocialAccount.objects.get().pk}).content.decode()
    assert "seule façon d'entrer" in unescape(page)
    assert SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"URL": "http://ch.example"}, "https"),
        ({"URL": ""}, "URL manque"),
        ({"CLIENT_SECRET": ""}, "CLIENT_SECRET manque"),
        ({"KIND": "saml"}, "saml"),
    ],
)
def test_settings_that_cannot_be_used_say_why(configured: Any, variables: dict[str, str], word: str) -> None:
    with pytest.raises(env.SettingError, match=word):
        configured(**variables)
