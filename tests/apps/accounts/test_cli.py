# SPDX-License-Identifier: EUPL-1.2
"""The administrator of the server lets in again someone who lost everything."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import PermissionDenied
from django.test import Client

from carene.cli.main import main
from carene.core.accounts import actions
from carene.core.journal.models import Entry
from tests.support.factories import World


def test_a_forgotten_password(
    world: World, client_for: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_session = client_for(world.alice)  # type: ignore[operator]
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "une-longue-phrase-neuve")
    assert main(["account", "password", world.alice.email.upper()]) == 0
    assert "une-longue" not in capsys.readouterr().out
    assert Client().login(email=world.alice.email, password="une-longue-phrase-neuve")
    assert open_session.get("/mon-compte/").status_code == 302
    assert Entry.objects.get(verb="account.password").origin == "cli"


def test_a_weak_password_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "court")
    assert main(["account", "password", world.alice.email]) == 2
    assert "12 caractères" in capsys.readouterr().err


def test_a_lost_phone(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    TOTP.activate(world.alice, "A" * 32)
    assert main(["account", "unlock", world.alice.email]) == 0
    assert not Authenticator.objects.exists()
    assert main(["account", "unlock", world.alice.email]) == 0
    assert "pas de second facteur" in capsys.readouterr().out
    assert main(["account", "unlock", "personne@exemple.invalid"]) == 2


def test_nobody_does_it_from_a_page(world: World) -> None:
    for act in (lambda a: actions.remove_factors(a, world.bob), lambda a: actions.set_password(a, world.bob, "x" * 20)):
        with pytest.raises(PermissionDenied):
            act(world.actor(world.admin))
