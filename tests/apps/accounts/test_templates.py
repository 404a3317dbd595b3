# SPDX-License-Identifier: EUPL-1.2
"""No page of allauth in English: every address, every message and every letter is ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from carene.core.accounts import adapter
from carene.core.accounts.mfa import MFAAdapter
from carene.core.accounts.social import SocialAccountAdapter
from tests.support.factories import World

ALLAUTH = Path(allauth.__file__).parent / "templates"
UI = Path(__file__).resolve().parents[3] / "src" / "carene" / "ui" / "templates"
ENGLISH = re.compile(
    r"\b(password|sign in|sign up|your account|authenticator|email address|recovery codes?|please|key)\b", re.I
)
MARK = 'id="contenu"'  # what ui/base.html writes
PREFIXES = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_")
NO_PAGE = {"mfa_login_webauthn", "mfa_download_recovery_codes"}  # data for a script, a text file


def names(resolver: URLResolver | None = None) -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry)
        elif isinstance(entry, URLPattern) and entry.name and entry.name.startswith(PREFIXES):
            yield entry.name


NAMES = sorted(set(names()))
ARGUMENTS = {
    "account_reset_password_from_key": ["a", "b-c"],
    "openid_connect_login": ["ch"],
    "openid_connect_callback": ["ch"],
}


def words(page: Any) -> str:
    """What is read on a page: without tags, scripts and styles."""
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]+>", " ", page.content.decode())
    return unescape(text)


@pytest.fixture
def provider(settings: Any) -> None:
    app = {"provider_id": "ch", "name": "Compte CH", "client_id": "c", "secret": "s"}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [app | {"settings": {"server_url": "http://127.0.0.1:9", "acr": [], "scope": []}}]}
    }


def test_the_list_is_the_one_we_opened() -> None:
    assert len(NAMES) >= 25, NAMES
    assert not {"account_email", "account_confirm_email", "socialaccount_signup", "account_request_login_code"} & set(
        NAMES
    )


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize("who", ["nobody", "half", "plain", "protected"])
@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_ours_and_in_french(world: World, name: str, who: str, sign_in: Any) -> None:
    """For nobody, someone between password and code, someone with a password alone, someone with a second factor."""
    client = Client()
    if who == "half":
        TOTP.activate(world.alice, "A" * 32)
        client.post("/compte/login/", {"login": world.alice.email, "password": "mot-de-passe-de-test"})
    elif who in {"plain", "protected"}:
        client = sign_in(world.alice)
        SocialAccount.objects.create(user=world.alice, provider="ch", uid="1", extra_data={})
    key = 0
    if who == "protected":
        TOTP.activate(world.alice, "A" * 32)
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

        RecoveryCodes.activate(world.alice)
        key = Authenticator.objects.create(
            user=world.alice, type="webauthn", data={"name": "Bureau", "credential": CREDENTIAL}
        ).pk
    arguments = ARGUMENTS.get(name) or ([key or 1] if name in {"mfa_remove_webauthn", "mfa_edit_webauthn"} else [])
    for method in (client.get, client.post):
        page = method(reverse(name, args=arguments))
        if page.status_code in {302, 405} or name in NO_PAGE:
            continue
        assert page.status_code in {200, 401, 404, 410, 429}, (name, page.status_code)
        assert MARK in page.content.decode(), f"{name}: not our base template"
        assert not ENGLISH.search(words(page)), (name, ENGLISH.search(words(page)), words(page))


CREDENTIAL = {"clientExtensionResults": {"credProps": {"rk": True}}, "type": "public-key"}


@pytest.fixture(autouse=True)
def _a_key_without_a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that list keys do not need a real one (tests/e2e has one)."""
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.get_credentials", lambda user: [])


def test_templates_of_allauth_that_can_be_reached_are_covered() -> None:
    """Everything allauth ships and we do not cover must be on this list, with its reason."""
    unreachable = {
        "account": {
            "base_confirm_code.html", "base_entrance.html", "base_manage.html", "base_manage_email.html",
            "base_manage_password.html", "base_manage_phone.html", "base_reauthenticate.html",  # parents of the others
            "confirm_email_verification_code.html", "confirm_login_code.html", "confirm_password_reset_code.html",
            "confirm_phone_verification_code.html", "phone_change.html", "request_login_code.html",  # no codes
            "email.html", "email_change.html", "email_confirm.html", "verification_sent.html",  # one address
            "verified_email_required.html", "signup.html", "signup_by_passkey.html",  # nobody signs up
            "snippets/already_logged_in.html", "snippets/warn_no_email.html",
        },
        "mfa": {
            "base_entrance.html", "base_manage.html", "recovery_codes/base.html", "totp/base.html",
            "webauthn/base.html",
            "trust.html", "webauthn/signup_form.html",  # not enabled
            "webauthn/snippets/login_script.html", "webauthn/snippets/scripts.html",
        },
        "usersessions": {"base_manage.html"},
        "socialaccount": {
            "base_entrance.html", "base_manage.html", "signup.html",
            "snippets/login.html", "snippets/login_extra.html", "snippets/provider_list.html",
        },
    }  # fmt: skip
    for folder, known in unreachable.items():
        shipped = {p.relative_to(ALLAUTH / folder).as_posix() for p in (ALLAUTH / folder).rglob("*.html")}
        ours = {p.relative_to(UI / folder).as_posix() for p in (UI / folder).rglob("*.html")}
        assert shipped - ours == known, folder
    assert Path(get_template("mfa/recovery_codes/download.txt").origin.name).is_relative_to(UI)


def test_messages_and_letters_are_ours() -> None:
    used = ("password_", "totp_", "webauthn_", "recovery_", "account_connected", "account_disconnected")
    for path in ALLAUTH.rglob("messages/*.txt"):
        name = path.relative_to(ALLAUTH).as_posix()
        if path.name.startswith(used):
            assert name in adapter.MESSAGES, name
    for path in ALLAUTH.rglob("email/*_subject.txt"):
        name = path.relative_to(ALLAUTH).as_posix().removesuffix("_subject.txt")
        if path.name.startswith(used) and "reset_key" not in name and "reset_code" not in name:
            assert name in adapter.NOTICES, name
    assert Path(get_template("account/email/password_reset_key_message.txt").origin.name).is_relative_to(UI)


@pytest.mark.parametrize("kind", [adapter.AccountAdapter, MFAAdapter, SocialAccountAdapter])
def test_errors_are_in_french(kind: Any) -> None:
    with override("fr"):
        for key, sentence in kind.error_messages.items():
            assert not ENGLISH.search(str(sentence)), (key, str(sentence))
