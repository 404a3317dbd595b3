# SPDX-License-Identifier: EUPL-1.2
"""Ways in, with a real browser: a code, a key (Chromium's own virtual one), an identity provider on this machine."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import PASSWORD, Visitor, free_port, start_server, stop_server
from tests.support.oidc_server import CLIENT, SECRET, OidcServer

pytestmark = pytest.mark.e2e


def code(secret: str) -> str:
    """One that is good for ten seconds yet: typing it, and reading it, take time."""
    left = 30 - time.time() % 30
    if left < 10:
        time.sleep(left)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def fresh(secret: str, used: str) -> str:
    """A code that has not served: waits for the next one if needed."""
    while code(secret) == used:
        time.sleep(0.5)
    return code(secret)


def leave(page: Page) -> None:
    page.get_by_role("button", name="Quitter").first.click()
    page.wait_for_url(re.compile(r"/compte/login/|/$"))


def fill_password(page: Page, server: str, login: str) -> None:
    page.goto(f"{server}/compte/login/")
    page.fill("#id_login", f"{login}@demo.invalid")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def test_an_application_on_the_phone(visitor: Visitor) -> None:
    page = visitor.sign_in("cadre").page
    found: list[str] = []
    page.goto(f"{visitor.server}/mon-compte/")
    page.get_by_role("link", name="Second facteur").click()
    found += violations(page)
    page.get_by_role("link", name="Activer une application").click()
    box = page.locator("img.qr")
    assert box.evaluate("image => image.complete && image.naturalWidth > 50")  # our policy lets it show
    found += violations(page)
    secret = page.locator("#authenticator_secret").inner_text()
    used = code(secret)
    page.get_by_label("Code affiché par l'application").fill(used)
    page.get_by_label("Code affiché par l'application").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gardez ces codes de secours")
    found += violations(page)
    recovery = page.locator(".recovery code").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Enregistrer").click()
    assert recovery in Path(download.value.path()).read_text(encoding="utf-8")

    leave(page)
    fill_password(page, visitor.server, "cadre")
    page.wait_for_url(re.compile(r"/2fa/authenticate/"))
    found += violations(page)
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_text("Ce code ne convient pas")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(fresh(secret, used))
    page.get_by_role("button", name="Entrer").click()
    page.wait_for_url(re.compile(r"/o/\d+/"))

    leave(page)
    fill_password(page, visitor.server, "cadre")
    page.get_by_label("Code", exact=True).fill(recovery)  # the phone is lost
    page.get_by_role("button", name="Entrer").click()
    page.wait_for_url(re.compile(r"/o/\d+/"))
    page.goto(f"{visitor.server}/compte/2fa/totp/deactivate/")
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un mot de passe seul protège votre compte")
    assert found == []
    assert visitor.complaints == []


def test_a_key_without_a_password(browser: Browser, server: str) -> None:
    server = server.replace("127.0.0.1", "localhost")  # browsers want a name for keys
    context = browser.new_context(locale="fr-FR")
    visitor = Visitor(context, server)
    page = visitor.page
    protocol = context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    machine = protocol.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )["authenticatorId"]
    visitor.sign_in("ehpad")
    page.goto(f"{server}/compte/2fa/webauthn/add/")
    assert violations(page) == []
    page.get_by_label("Nom de la clé").fill("Clé du bureau")
    page.get_by_label("Permettre d'entrer avec cette clé seule").check()
    page.get_by_label("Nom de la clé").press("Enter")  # the keyboard does what the button does
    expect(page.get_by_role("heading", level=1)).to_have_text("Gardez ces codes de secours")

    leave(page)
    page.goto(f"{server}/compte/login/")
    page.get_by_role("button", name="Clé de sécurité, sans mot de passe").click()
    page.wait_for_url(re.compile(r"/o/\d+/"))  # no password, no code

    leave(page)
    fill_password(page, server, "ehpad")
    page.wait_for_url(re.compile(r"/2fa/authenticate/"))
    page.get_by_role("button", name="Utiliser ma clé").click()
    page.wait_for_url(re.compile(r"/o/\d+/"))

    page.goto(f"{server}/compte/2fa/webauthn/")
    assert violations(page) == []
    expect(page.get_by_text("Ouvre sans mot de passe.")).to_be_visible()
    page.get_by_role("link", name="Renommer Clé du bureau").click()
    page.get_by_label("Nom de la clé").fill("Téléphone")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Retirer Téléphone").click()
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("Aucune clé encore")).to_be_visible()
    assert visitor.complaints == []

    # What goes wrong is said: a key that does not answer.
    protocol.send("WebAuthn.setUserVerified", {"authenticatorId": machine, "isUserVerified": False})
    page.goto(f"{server}/compte/2fa/webauthn/add/")
    page.get_by_label("Permettre d'entrer avec cette clé seule").check()
    page.get_by_role("button", name="Ajouter la clé").click()
    expect(page.get_by_role("alert")).to_contain_text("La clé n'a pas répondu")
    context.close()


@pytest.fixture
def with_provider(demo_var: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, OidcServer]]:
    """A second server on the same data, told of an identity provider."""
    with OidcServer() as provider:
        monkeypatch.setenv("CARENE_OIDC_CH_URL", provider.issuer)
        monkeypatch.setenv("CARENE_OIDC_CH_CLIENT_ID", CLIENT)
        monkeypatch.setenv("CARENE_OIDC_CH_CLIENT_SECRET", SECRET)
        monkeypatch.setenv("CARENE_OIDC_CH_LABEL", "Compte du CH")
        monkeypatch.setenv("CARENE_OIDC_CH_TRUSTED_DOMAINS", "ch.example")
        port = free_port()
        process = start_server(demo_var, port)
        yield f"http://127.0.0.1:{port}", provider
        stop_server(process)


def test_an_identity_provider(browser: Browser, with_provider: tuple[str, OidcServer]) -> None:
    address, provider = with_provider
    context = browser.new_context(locale="fr-FR")
    visitor = Visitor(context, address)
    page = visitor.page
    page.goto(f"{address}/compte/login/")
    assert violations(page) == []
    page.get_by_role("button", name="Compte du CH").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aucun établissement ne vous est ouvert")
    assert provider.claims["email"] in page.content()

    provider.claims = {"sub": "s-2", "email": "inconnue@ailleurs.example", "email_verified": True}
    leave(page)
    page.goto(f"{address}/compte/login/")
    page.get_by_role("button", name="Compte du CH").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aucun compte n'est relié à cette identité")
    assert violations(page) == []

    visitor.sign_in("orme")
    page.goto(f"{address}/mon-compte/")
    page.get_by_role("link", name="Identités reliées").click()
    page.get_by_role("button", name="Relier Compte du CH").click()
    expect(page.get_by_text("inconnue@ailleurs.example")).to_be_visible()
    assert violations(page) == []
    leave(page)
    page.goto(f"{address}/compte/login/")
    page.get_by_role("button", name="Compte du CH").click()
    page.wait_for_url(re.compile(r"/o/\d+/"))
    page.goto(f"{address}/compte/identites/")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Délier Compte du CH").click()
    expect(page.get_by_text("Aucune pour l'instant")).to_be_visible()
    assert [line for line in visitor.complaints if "403" not in line] == []
    context.close()


def test_sessions(browser: Browser, server: str) -> None:
    first, second = (Visitor(browser.new_context(locale="fr-FR"), server).sign_in("region") for _ in range(2))
    first.page.goto(f"{server}/compte/sessions/")
    assert violations(first.page) == []
    expect(first.page.get_by_text("Celle-ci")).to_be_visible()
    first.page.once("dialog", lambda dialog: dialog.accept())
    first.page.get_by_role("button", name="Fermer toutes les autres").click()
    expect(first.page.get_by_role("button", name=re.compile("^Fermer"))).to_have_count(0)
    second.page.goto(f"{server}/mon-compte/")
    second.page.wait_for_url(re.compile(r"/compte/login/"))
    for visitor in (first, second):
        assert visitor.complaints == []
        visitor.context.close()
