# SPDX-License-Identifier: EUPL-1.2
"""Targets that an administrator sets in place of the pack: whom they hold for, who may, what is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from carene.apps.observatory import actions, queries
from carene.apps.observatory.actions import Aim
from carene.apps.observatory.models import AimedAt
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.apps.observatory.conftest import Country
from tests.support.factories import SYSTEM, give, make_user

RSSI = "rssi_nomme"
NINETY = Aim(90, dt.date(2027, 12, 31), "Décision du comité national", confidence="official")


def target(place: Any) -> Any:
    found = queries.detail(SYSTEM, place, RSSI)
    return found.figure.target, found.source


@pytest.fixture
def counted(country: Country) -> Country:
    country.observe(country.hospitals[0], 1, indicator=RSSI)
    country.count()
    return country


def test_the_nearest_place_decides_and_the_pack_comes_back(counted: Country) -> None:
    actions.set_target(SYSTEM, counted.nation, RSSI, NINETY)
    actions.set_target(SYSTEM, counted.region, RSSI, Aim(80, None, "Projet régional"))
    for place, value in ((counted.nation, 90), (counted.region, 80), (counted.ght, 80), (counted.hospitals[0], 80)):
        found, source = target(place)
        assert (found.value, found.op) == (value, ">=")
        assert source.title in {"Décision du comité national", "Projet régional"}
    assert any("Projet régional" in one for one in queries.detail(SYSTEM, counted.ght, RSSI).explained)
    line = next(one for one in queries.table(SYSTEM, counted.nation).lines if one.figure.id == RSSI)
    assert line.on_target is True
    actions.remove_target(SYSTEM, counted.region, RSSI)
    assert target(counted.ght)[0].value == 90
    actions.remove_target(SYSTEM, counted.nation, RSSI)
    assert target(counted.ght)[0].value == 70
    with pytest.raises(AimedAt.DoesNotExist):
        actions.remove_target(SYSTEM, counted.nation, RSSI)
    told = [
        (entry.node_id, bool(entry.before), bool(entry.after))
        for entry in Entry.objects.filter(verb="observatory.target").order_by("id")
    ]
    nation, region = counted.nation.pk, counted.region.pk
    assert told == [(nation, False, True), (region, False, True), (region, True, False), (nation, True, False)]


def test_the_same_again_is_not_told_twice(counted: Country) -> None:
    for _ in range(2):
        actions.set_target(SYSTEM, counted.nation, RSSI, NINETY)
    assert Entry.objects.filter(verb="observatory.target").count() == 1


@pytest.mark.parametrize(
    ("aim", "words"),
    [
        (Aim(120, None, "source"), "peut prendre"),
        (Aim(float("nan"), None, "source"), "peut prendre"),
        (Aim(50, None, "  "), "source manque"),
        (Aim(50, None, "source", confidence="certaine"), "source manque"),
        (Aim(50, None, "source", url="javascript:alert(1)"), "web"),
    ],
)
def test_what_makes_no_target(counted: Country, aim: Aim, words: str) -> None:
    with pytest.raises(InputError, match=words):
        actions.set_target(SYSTEM, counted.nation, RSSI, aim)
    assert target(counted.nation)[0].value == 70


def test_who_may_and_where(counted: Country) -> None:
    officer, admin = make_user("Agent"), make_user("Gestionnaire")
    give(officer, counted.region, "officier")
    give(admin, counted.region, "gestionnaire")
    with pytest.raises(PermissionDenied):
        actions.set_target(Actor.of(officer), counted.region, RSSI, NINETY)
    with pytest.raises(PermissionDenied):
        actions.set_target(Actor.of(admin), counted.nation, RSSI, NINETY)
    with pytest.raises(InputError, match="région ou la nation"):
        actions.set_target(Actor.of(admin), counted.ght, RSSI, NINETY)
    assert actions.set_target(Actor.of(admin), counted.region, RSSI, NINETY).set_by == admin


def test_through_the_pages(counted: Country, client_for: Any) -> None:
    admin = make_user("Aline Ardent")
    give(admin, counted.region, "gestionnaire")
    client, page = client_for(admin), reverse("observatory:target", args=[counted.region.pk, RSSI])
    assert "Le programme dit : au moins 70" in client.get(page).content.decode()
    bad = client.post(page, {"value": "130", "source": "Projet", "confidence": "official"})
    assert bad.status_code == 400
    assert "peut prendre" in bad.content.decode()
    form = {"value": "85,5", "by": "2027-06-30", "source": "Projet régional", "confidence": "official"}
    assert client.post(page, form).status_code == 302
    shown = client.get(reverse("observatory:figure", args=[counted.region.pk, RSSI])).content.decode()
    assert "au moins 85,5" in shown
    assert "fixée par Aline Ardent" in shown
    back = reverse("observatory:remove_target", args=[counted.region.pk, RSSI])
    assert client.post(back).status_code == 302
    assert client.post(back).status_code == 404
    assert "au moins 70" in client.get(page).content.decode()
