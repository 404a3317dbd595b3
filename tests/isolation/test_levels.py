# SPDX-License-Identifier: EUPL-1.2
"""An officer of the region on every address of an establishment: the level of the door decides, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import resolve
from django.utils import timezone

from carene.apps.sharing import actions
from carene.core.access.policy import POLICY, READS, reading
from tests.isolation.test_every_url import OWNED, url
from tests.support.factories import World, give, make_user

pytestmark = pytest.mark.django_db
OPEN = reading("summary")
# Doors that their view closes further, each with its reason.
CLOSED_FURTHER = ("/deplacer/",)  # the right is asked on the place above


def verb(route: str) -> str:
    return str(resolve(url(route, 1)).func.verb)  # type: ignore[attr-defined]


@pytest.mark.parametrize("route", OWNED)
@pytest.mark.parametrize("role", ["officier", "national"])
def test_without_a_share_no_detail(world: World, client_for: Any, route: str, role: str) -> None:
    user = make_user("Odile Oury")
    give(user, world.region, role)
    response = client_for(user).get(url(route, world.hospital.pk))
    asked = verb(route)
    if asked in POLICY[role] and not route.endswith(CLOSED_FURTHER):
        assert asked in OPEN | {
            "share.ask",
            "campaign.run",
            "funding.set",
            "observatory.set",
            "resource.offer",
        }  # rules of a region: an establishment has none
        assert response.status_code in {200, 302, 404, 405}
    else:
        assert response.status_code in {403, 405}
        if READS.get(asked) == "detail" and response.status_code == 403:
            text = response.content.decode()
            assert "« détail »" in text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
            assert "partager ce niveau" in text


@pytest.mark.parametrize("route", OWNED)
def test_a_share_opens_the_reading_doors_and_closes_with_it(world: World, client_for: Any, route: str) -> None:
    user = make_user("Odile Oury")
    give(user, world.region, "officier")
    client, address, alice = client_for(user), url(route, world.hospital.pk), world.actor(world.alice)
    before = client.get(address).status_code
    given = actions.give(
        alice,
        world.hospital,
        holder_id=world.region.pk,
        ends_on=timezone.localdate() + dt.timedelta(days=3),
        reason="Appui",
    )
    during = client.get(address).status_code
    if READS.get(verb(route)) == "detail":
        assert before in {403, 405}
        assert during in {200, 302, 404, 405}
    elif verb(route) not in POLICY["officier"]:
        assert during in {403, 405}, "a share writes nothing"
    actions.revoke(alice, world.hospital, given.pk)
    assert client.get(address).status_code == before
