# SPDX-License-Identifier: EUPL-1.2
"""No secret in the log on the ways of machines either: identity providers, keys of the API; limits of invitations."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs

from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.apps.accounts.test_oidc import configured, go, server  # noqa: F401 - fixtures
from tests.apps.accounts.test_secrets import log  # noqa: F401 - fixture
from tests.support.factories import World
from tests.support.oidc_server import SECRET, OidcServer


def test_the_way_by_an_identity_provider(configured: Any, client: Client, log: io.StringIO) -> None:  # noqa: F811
    running: OidcServer = configured(TRUSTED_DOMAINS="ch.example")
    back = go(client)
    assert back.status_code == 302
    sent = parse_qs(back.request["QUERY_STRING"])
    secrets = [SECRET, sent["code"][0], sent["state"][0], client.session.session_key or "none"]
    client.get("/compte/oidc/ch/login/callback/", sent)  # a second time: refused, and said in the log
    running.spoil_id_token = lambda claims: claims | {"aud": "other"}
    refused = go(Client())
    secrets += [value[0] for value in parse_qs(refused.request["QUERY_STRING"]).values()]
    written = unescape(log.getvalue())
    assert "oidc" in written or "openid" in written
    assert [secret for secret in secrets if secret in written] == []


def test_the_keys_of_machines(world: World, client_for: Any, log: io.StringIO) -> None:  # noqa: F811
    client = client_for(world.alice)
    form = {"name": "Sonde", "days": "30", "writes": "on"}
    page = client.post(f"/o/{world.hospital.pk}/echanges/cles/", form).content.decode()
    found = re.search(r"carene_[\w-]{40,}", page)
    assert found
    machine = Client(headers={"authorization": f"Bearer {found[0]}"}, raise_request_exception=False)
    assert machine.get("/api/organisations").status_code == 200
    assert machine.get(f"/api/organisations?key={found[0]}").status_code == 200  # where it must not be written
    assert machine.get(f"/api/{found[0]}").status_code == 404
    machine.put(f"/api/organisations/{world.hospital.pk}", {"key": found[0]}, content_type="application/json")
    assert client.get(f"/o/{world.hospital.pk}/echanges/cles/").content.decode().count(found[0]) == 0
    written = log.getvalue()
    assert "/api/" in written
    assert found[0] not in written
    assert found[0][12:] not in written


def test_links_of_invitations_are_not_tried_without_end(world: World, client_for: Any) -> None:
    admin = client_for(world.admin)
    admin.post(f"/o/{world.hospital.pk}/personnes/", {"email": "n@exemple.invalid", "name": "N", "role": "lecteur"})
    link = re.search(r"/compte/invitation/(\S+)/", str(mail.outbox[-1].body))
    assert link
    cache.clear()
    client = Client(REMOTE_ADDR="192.0.2.44")
    statuses = [client.post(f"/compte/invitation/{link[1][:-3]}abc/").status_code for _ in range(21)]
    assert statuses == [410] * 20 + [429]
    assert client.post(f"/compte/invitation/{link[1]}/").status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.45").get(f"/compte/invitation/{link[1]}/").status_code == 302
    cache.clear()
