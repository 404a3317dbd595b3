# SPDX-License-Identifier: EUPL-1.2
"""The profile: where each figure comes from, what members weigh; suggestions; what stands beside the account."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from carene.apps.organisations import actions, queries_profile
from carene.apps.organisations.models import Organisation, RegisterImport
from carene.core.access.actor import Actor
from tests.support.factories import SYSTEM, World, give, make_organisation, make_user
from tests.support.text import plain


def fresh(organisation: Organisation) -> Organisation:
    return Organisation.objects.of(organisation.node).select_related("node").get()


def test_each_figure_says_where_it_comes_from(world: World) -> None:
    Organisation.objects.of(world.hospital.node).update(registered={"name": "Hôpital d'Alice", "town": "Brest"})
    actions.update_profile(Actor.of(world.alice), world.hospital, beds=312, town="Rennes")
    now = timezone.now()
    RegisterImport.objects.create(
        node=world.region.node, started_at=now, ended_at=now, dated=now.date(), counts={}, notes={}, source="F"
    )
    names = ["name", "town", "beds", "staff", "workstations"]
    found = queries_profile.origins(fresh(world.hospital), names, people=True)
    assert found["name"].startswith("Lu dans les registres du ")
    assert found["town"].endswith("par Alice Arnaud")  # typed over what the register said
    assert found["beds"].endswith("par Alice Arnaud")
    assert found["staff"] == ""
    assert found["workstations"].startswith("Saisi le ")  # given when it was created
    assert "Alice" not in queries_profile.origins(fresh(world.hospital), names, people=False)["beds"]


def test_sites_and_activity_are_typed_and_kept(world: World, client_for: Any) -> None:
    url = f"/o/{world.hospital.pk}/etablissement/"
    data = {"name": "Hôpital d'Alice", "sites": "3", "activity": "48200", "workstations": "600"}
    assert client_for(world.alice).post(url, data).status_code == 302
    row = fresh(world.hospital)
    assert (row.sites, row.activity, row.beds) == (3, 48200, None)
    page = plain(client_for(world.bob).get(url))  # a reader sees facts, not fields
    assert "48 200" in page
    assert "non renseigné" in page
    assert 'name="beds"' not in page


def test_the_group_weighs_its_members(world: World, client_for: Any) -> None:
    url = f"/o/{world.ght.pk}/etablissement/"
    actions.update_profile(SYSTEM, world.hospital, activity=300)
    page = plain(client_for(world.bob).get(url))
    assert "quand l'activité combinée de tous est connue" in page
    actions.update_profile(SYSTEM, world.sister, activity=100)
    assert [one.share for one in queries_profile.weights(fresh(world.ght))] == [0.75, 0.25]
    assert "75 %" in plain(client_for(world.bob).get(url))


def test_an_entity_out_of_any_group_weighs_its_establishments(world: World) -> None:
    alone = make_organisation(world.region, ght_role="hors_ght")
    assert queries_profile.weights(fresh(alone)) == []
    for activity in (1, 3):
        make_organisation(alone, kind="site", activity=activity)
    assert sorted(one.share or 0 for one in queries_profile.weights(fresh(alone))) == [0.25, 0.75]
    assert queries_profile.weights(fresh(world.hospital)) == []


# Suggestions ----------------------------------------------------------------------------------------------------------


def test_suggestions_are_of_what_one_may_see(world: World, client_for: Any) -> None:
    def names(user: Any, **asked: str) -> list[str]:
        return [item["name"] for item in client_for(user).get("/etablissements/suggestions/", asked).json()["items"]]

    assert names(world.bob, q="hopitl voisn") == ["Hôpital voisin"]  # two typing errors, no accent
    assert names(world.charlie, q="voisin") == []
    assert names(world.bob, q="h") == []
    assert names(world.bob, q="hopital", dans=str(world.hospital.pk)) == []
    assert len(names(world.bob, q="hopital", dans=str(world.ght.pk))) == 2
    assert names(world.charlie, q="hopital", dans=str(world.ght.pk)) == ["Hôpital de Charlie"]  # not theirs: no scope
    for strange in ("abc", "9" * 30, "-1", ""):
        assert len(names(world.bob, q="hopital", dans=strange)) == 2


def test_suggestions_cost_little(world: World, client_for: Any, django_assert_max_num_queries: Any) -> None:
    client = client_for(world.bob)
    with django_assert_max_num_queries(8):
        client.get("/etablissements/suggestions/", {"q": "hopitl"})


# Beside the account ---------------------------------------------------------------------------------------------------


def test_the_account_keeps_the_rooms_of_the_organisation_open_before(world: World, client_for: Any) -> None:
    client = client_for(world.bob)
    assert "GHT d'ici" in plain(client.get("/mon-compte/"))  # nothing opened yet: the first one
    client.get(f"/o/{world.sister.pk}/arbre/")
    for page in ("/mon-compte/", "/compte/2fa/", "/compte/sessions/", "/compte/password/change/"):
        text = plain(client.get(page, follow=True))
        assert f'href="/o/{world.sister.pk}/etablissement/"' in text, page
        assert "· Hôpital voisin ·" not in text  # the page is not one of the hospital
    client.cookies["carene_place"] = str(world.elsewhere.pk)  # a cookie opens nothing
    assert "Charlie" not in plain(client.get("/mon-compte/"))
    client.cookies["carene_place"] = "9" * 40
    assert client.get("/mon-compte/").status_code == 200


def test_without_any_right_the_account_still_opens(db: None, client_for: Any) -> None:
    assert client_for(make_user()).get("/mon-compte/").status_code == 200


@pytest.mark.parametrize("demanded", [True, False])
def test_nothing_stands_beside_while_a_second_factor_is_missing(world: World, client_for: Any, demanded: bool) -> None:
    client = client_for(world.alice)
    with override_settings(MFA_ROLES=["rssi"] if demanded else []):
        assert ("Hôpital d'Alice" in plain(client.get("/compte/2fa/", follow=True))) is not demanded


def test_the_map_is_by_type_or_by_step(world: World, client_for: Any) -> None:
    from tests.support.factories import make_assessment

    for name, latitude in (("Un", 48.0), ("Deux", 48.4)):
        make_organisation(
            world.hospital, kind="site", name=name, type="ch", town=name, latitude=latitude, longitude=-2.0
        )
    make_assessment(world.hospital, {}, state="validated", result={"step": 2, "overall": 2.0})
    url = f"/o/{world.region.pk}/carte/"
    page = plain(client_for(world.admin).get(url, {"par": "palier"}))
    assert "Palier 2" in page  # establishments follow their legal entity
    assert "<title>Deux</title>" in page
    assert 'data-x="' in page
    assert "Les mêmes en tableau" in page
    officer = make_user()
    give(officer, world.region, "officier")
    assert "Par palier" in plain(client_for(officer).get(url))
