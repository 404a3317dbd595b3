# SPDX-License-Identifier: EUPL-1.2
"""No secret in the log: passwords, links that open an account, codes, keys, tokens."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client

from carene.core.accounts.redaction import RedactingFormatter, redact
from tests.apps.accounts.test_second_factor import code, enrol
from tests.support.factories import World

PASSWORD = "mot-de-passe-de-test"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the server would write, with everything turned on, in the form that production writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    options = dict(django_settings.LOGGING["formatters"]["line"])
    assert options.pop("()") == "carene.core.accounts.redaction.RedactingFormatter"
    handler.setFormatter(RedactingFormatter(options["format"], style=options["style"]))
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "django", "django.request", "allauth", "urllib3")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_nothing_secret_is_written_on_the_whole_way(
    world: World, client_for: Any, client: Client, log: io.StringIO, settings: Any
) -> None:
    secrets = [PASSWORD, "un-faux-mot-de-passe", "une-longue-phrase-neuve"]
    client.post("/compte/login/", {"login": world.alice.email, "password": "un-faux-mot-de-passe"})
    client.post("/compte/login/", {"login": world.alice.email, "password": PASSWORD})
    secrets += [enrol(client), client.session.session_key or "none"]
    secrets.append(code(secrets[-2]))
    page = client.get("/compte/2fa/recovery-codes/").content.decode()
    secrets += re.findall(r"<code>(\d{8})</code>", page)
    client.post("/compte/2fa/authenticate/", {"code": secrets[3]})
    admin = client_for(world.admin)
    admin.post(f"/o/{world.hospital.pk}/personnes/", {"email": "n@exemple.invalid", "name": "N", "role": "lecteur"})
    link = re.search(r"/compte/invitation/(\S+)/", str(mail.outbox[-1].body))
    assert link
    secrets.append(link[1])
    Client(enforce_csrf_checks=True).post(f"/compte/invitation/{link[1]}/", {"new_password1": secrets[2]})  # refused
    Client().get(f"/compte/invitation/{link[1]}x/")
    client.post("/compte/password/reset/", {"email": "n@exemple.invalid"})
    reset = re.search(r"/password/reset/key/(\S+)/", str(mail.outbox[-1].body))
    assert reset
    secrets.append(reset[1])
    Client(enforce_csrf_checks=True).post(f"/compte/password/reset/key/{reset[1]}/", {"password1": secrets[2]})
    Client().get("/api/organisations", headers={"authorization": "Bearer carene_abcdefghijklmnop"})
    secrets.append("carene_abcdefghijklmnop")
    settings.EMAIL_BACKEND = "carene.core.accounts.mail.Unconfigured"
    client.post("/compte/password/reset/", {"email": "n@exemple.invalid"})
    written = log.getvalue()
    assert "courriel non envoyé" in written
    assert "/compte/invitation/•••/" in written  # seen, and masked
    leaked = [secret for secret in secrets if secret in unescape(written)]
    assert leaked == []


def test_an_error_of_the_server_does_not_write_what_was_posted(
    client: Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any, **_options: Any) -> None:
        message = "broken with password=hunter2-hunter2"
        raise RuntimeError(message)

    monkeypatch.setattr("allauth.account.adapter.DefaultAccountAdapter.authenticate", broken)
    client.raise_request_exception = False
    assert client.post("/compte/login/", {"login": "a@b.invalid", "password": "secret-posted-1"}).status_code == 500
    written = log.getvalue()
    assert "RuntimeError" in written
    assert "hunter2" not in written
    assert "secret-posted-1" not in written


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("GET /compte/invitation/abc:def/ 410", "GET /compte/invitation/•••/ 410"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer •••"),
        ("client_secret=s3cret&x=1", "client_secret=•••&x=1"),
        ("{'password': 'azerty uiop'}", "azerty"),
        ("/callback/?code=abcd&state=efgh", "/callback/?code=•••&state=•••"),
        ("otpauth://totp/a?secret=ABC", "•••"),
        ("eyJhbGciOi.eyJzdWIi.c2ln end", "••• end"),
        ("status code: 500, encode=utf-8", "status code: 500, encode=utf-8"),
    ],
)
def test_what_is_masked(text: str, masked: str) -> None:
    if masked == "azerty":
        assert masked not in redact(text)
    else:
        assert redact(text) == masked
