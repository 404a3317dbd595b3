# SPDX-License-Identifier: EUPL-1.2
"""Closing and opening again by hand, and what a register does of it; what a merge does to rights."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.organisations import actions
from carene.apps.organisations.models import IdentityChange, Organisation
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.support.factories import SYSTEM, World, give, make_organisation, make_user
from tests.support.text import plain

TODAY = "2026-03-02"


def fresh(organisation: Organisation) -> Organisation:
    return Organisation.objects.of(organisation.node).select_related("node__parent__organisation").get()


def test_a_branch_closes_whole_and_opens_one_by_one(world: World) -> None:
    site = make_organisation(world.hospital, kind="site", name="Site nord")
    admin, day = Actor.of(world.admin), dt.date(2026, 3, 2)
    with pytest.raises(PermissionDenied):
        actions.close(Actor.of(world.alice), world.hospital, day)
    assert actions.close(admin, world.hospital, day) == 2
    assert fresh(world.hospital).closed_on == fresh(site).closed_on == day
    assert Entry.objects.filter(verb="organisation.close").count() == 2
    with pytest.raises(InputError, match="déjà fermé"):
        actions.close(admin, world.hospital, day)
    with pytest.raises(InputError, match="le rouvrir d'abord"):
        actions.reopen(admin, site)
    actions.reopen(admin, world.hospital)
    actions.reopen(admin, site)
    assert fresh(site).closed_on is None
    kinds = IdentityChange.objects.of(site.node).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["closed", "reopened"]
    with pytest.raises(InputError, match="est ouvert"):
        actions.reopen(admin, site)


def test_neither_a_region_nor_a_day_to_come(world: World) -> None:
    with pytest.raises(InputError, match="ne ferme pas"):
        actions.close(SYSTEM, world.region, timezone.localdate())
    with pytest.raises(InputError, match="à venir"):
        actions.close(SYSTEM, world.hospital, timezone.localdate() + dt.timedelta(days=1))


def test_the_pages_of_closing(world: World, client_for: Any) -> None:
    url = f"/o/{world.hospital.pk}/fermer/"
    make_organisation(world.hospital, kind="site")
    assert client_for(world.alice).get(url).status_code == 403
    client = client_for(world.admin)
    page = plain(client.get(url))
    assert "1 établissement : tout ce qui est ouvert dessous ferme le même jour" in page
    assert "2 rôles restent donnés ici" in page
    late = (timezone.localdate() + dt.timedelta(days=9)).isoformat()
    assert "s'inscrit le jour venu" in plain(client.post(url, {"on": late}))
    assert client.post(url, {"on": TODAY}).status_code == 302
    tree = plain(client.get(f"/o/{world.hospital.pk}/arbre/"))
    assert "Rouvrir" in tree
    assert "Fermeture" in tree
    assert "Fermé le 2 mars 2026" in plain(client.get(url))
    assert client.post(url).status_code == 302
    assert fresh(world.hospital).closed_on is None
    assert "Réouverture" in plain(client.get(f"/o/{world.hospital.pk}/etablissement/"))  # the profile tells it too


def test_a_merge_says_who_gains_and_who_loses(world: World, client_for: Any) -> None:
    make_organisation(world.hospital, kind="site", name="Site nord")
    gaining = make_user("Gaëlle Gain")
    give(gaining, world.sister, "rssi")
    page = plain(client_for(world.admin).get(f"/o/{world.hospital.pk}/fusionner/", {"vers": world.sister.pk}))
    assert "2 rôles ne vaudront plus sur ce qui passe sous Hôpital voisin" in page
    assert "1 rôle vaudra désormais sur ce qui passe sous Hôpital voisin" in page
    assert "Gaëlle Gain" in page
    make_organisation(world.ght, name="Sans rien dessous")
    alone = plain(client_for(world.admin).get(f"/o/{world.sister.pk}/fusionner/", {"vers": world.hospital.pk}))
    assert "ne vaudront plus" not in alone


def test_a_place_of_four_figures_is_chosen_in_the_browser(world: World, client_for: Any) -> None:
    """Thousands are written with a space in texts, never in what a form sends back."""
    from carene.core.tenancy.models import Node

    parent = world.region.node
    node = Node(pk=12345, parent=parent, path=f"{parent.path}12345/")
    Node.objects.bulk_create([node])
    Organisation(node=node, kind="ght", name="GHT lointain").save(force_insert=True)
    client, url = client_for(world.admin), f"/o/{world.hospital.pk}/deplacer/"
    assert "?vers=12345" in plain(client.get(url))
    assert 'name="target" value="12345"' in plain(client.get(url, {"vers": "12345"}))
    make_organisation(fresh_node(12345))
    assert "?dans=12345" in plain(client.get("/o/12345/arbre/"))


def fresh_node(pk: int) -> Organisation:
    return Organisation.objects.unscoped("test").select_related("node").get(pk=pk)
