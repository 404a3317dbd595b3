# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.organisations import actions, queries_tree
from carene.apps.organisations.map_drawing import draw, far_away
from carene.apps.organisations.models import IdentityChange, Organisation
from carene.apps.organisations.queries_tree import Spot
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.core.tenancy.bulk import reparent
from carene.core.tenancy.models import Node
from carene.engines.sources import InputError
from tests.support.factories import SYSTEM, World, give, make_organisation, make_user
from tests.support.text import plain

PAGES = ["arbre/", "carte/"]


def fresh(organisation: Organisation) -> Organisation:
    return Organisation.objects.of(organisation.node).select_related("node__parent__organisation").get()


@pytest.mark.parametrize("page", PAGES)
def test_alice_and_bob_see_what_charlie_does_not(world: World, client_for: Any, page: str) -> None:
    url = f"/o/{world.hospital.pk}/{page}"
    assert client_for(world.alice).get(url).status_code == 200
    assert client_for(world.bob).get(url).status_code == 200
    assert client_for(world.charlie).get(url).status_code == 404


def test_the_tree_shows_kinds_counts_and_pages(world: World, client_for: Any) -> None:
    for _ in range(55):
        make_organisation(world.region)
    make_organisation(world.hospital, kind="site", name="Site nord")
    page = plain(client_for(world.admin).get(f"/o/{world.region.pk}/arbre/"))
    assert "1 GHT, 55 entités juridiques" in page
    assert "Page 1 sur 2" in page
    assert page.index("GHT d'ici") < page.index("Établissement ")  # groups first
    below = plain(client_for(world.admin).get(f"/o/{world.ght.pk}/arbre/"))
    assert "Hôpital d'Alice" in below
    assert "1 rattaché" in below


def test_the_tree_costs_the_same_for_two_or_sixty(
    world: World, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_for(world.admin)
    url = f"/o/{world.ght.pk}/arbre/"
    client.get(url)
    with django_assert_max_num_queries(9):
        client.get(url)
    for _ in range(60):
        make_organisation(make_organisation(world.ght), kind="site")
    with django_assert_max_num_queries(9):
        client.get(url)


def test_the_closed_are_one_click_away(world: World, client_for: Any) -> None:
    Organisation.objects.of(world.sister.node).update(closed_on=timezone.localdate())
    client = client_for(world.admin)
    url = f"/o/{world.ght.pk}/arbre/"
    assert "Hôpital voisin" not in plain(client.get(url))
    page = plain(client.get(url, {"fermes": "1"}))
    assert "Hôpital voisin" in page
    assert "Fermé le" in page


def test_the_search_of_the_tree_stays_below(world: World, client_for: Any) -> None:
    page = plain(client_for(world.admin).get(f"/o/{world.ght.pk}/arbre/", {"q": "hopital"}))
    assert "Hôpital d'Alice" in page
    assert "Charlie" not in page


# Moving ---------------------------------------------------------------------------------------------------------------


def test_a_branch_moves_in_one_statement(world: World, django_assert_num_queries: Any) -> None:
    site = make_organisation(world.hospital, kind="site")
    node, target = fresh(world.hospital).node, world.region.node
    with django_assert_num_queries(1):
        assert reparent(node, target) == 2
    for one in Node.objects.order_by("pk"):
        assert one.path == f"{one.parent.path if one.parent else ''}{one.pk}/"
    assert fresh(site).node.path.startswith(f"{target.path}{world.hospital.pk}/")
    with pytest.raises(ValueError, match="below"):
        reparent(node, fresh(site).node)


def test_moving_takes_rights_along(world: World) -> None:
    bob, admin = Actor.of(world.bob), Actor.of(world.admin)
    assert bob.can("organisation.view", fresh(world.hospital).node)
    actions.move(admin, fresh(world.hospital), world.region)
    assert not bob.can("organisation.view", fresh(world.hospital).node)  # Bob held the GHT
    assert Actor.of(world.alice).can("assessment.answer", fresh(world.hospital).node)
    assert fresh(world.hospital).ght_role == "hors_ght"
    actions.move(admin, fresh(world.hospital), world.ght, role="support")
    assert bob.can("organisation.view", fresh(world.hospital).node)
    assert fresh(world.hospital).ght_role == "support"
    entry = Entry.objects.filter(verb="organisation.move").latest("id")
    assert entry.before == {"parent": "Région d'ici", "ght_role": "hors_ght"}
    assert entry.after == {"parent": "GHT d'ici", "ght_role": "support", "nodes": 1}
    assert IdentityChange.objects.of(world.hospital.node).filter(kind="moved").count() == 2


def test_only_who_manages_both_places_moves(world: World) -> None:
    owner = make_user()
    give(owner, world.hospital, "administrateur")
    with pytest.raises(PermissionDenied):  # manages the hospital, not the GHT that it would leave
        actions.move(Actor.of(owner), fresh(world.hospital), world.region)
    with pytest.raises(PermissionDenied):  # manages the place that it leaves, not the one where it would go
        actions.move(Actor.of(world.admin), fresh(world.hospital), fresh(world.elsewhere).node.parent.organisation)


@pytest.mark.parametrize("where", ["itself", "below", "same", "kind", "closed"])
def test_impossible_places_are_refused_and_change_nothing(world: World, where: str) -> None:
    before = list(Node.objects.order_by("pk").values_list("path", flat=True))
    other = make_organisation(world.region, kind="ght", name="GHT fermé")
    Organisation.objects.of(other.node).update(closed_on=timezone.localdate())
    moves = {
        "itself": (world.hospital, world.hospital),
        "below": (world.ght, world.hospital),
        "same": (world.hospital, world.ght),
        "kind": (world.ght, world.sister),
        "closed": (world.hospital, other),
    }
    row, target = moves[where]
    with pytest.raises(InputError):
        actions.move(SYSTEM, fresh(row), target)
    assert list(Node.objects.exclude(pk=other.pk).order_by("pk").values_list("path", flat=True)) == before


def test_the_pages_of_moving(world: World, client_for: Any) -> None:
    url = f"/o/{world.hospital.pk}/deplacer/"
    assert client_for(world.alice).get(url).status_code == 403
    client = client_for(world.admin)
    target = make_organisation(world.region, kind="ght", name="GHT d'à côté")
    assert "GHT d'à côté" in plain(client.get(url))
    assert 'Choisir<span class="visually-hidden"> Région d\'ici' in plain(client.get(url))
    assert "GHT d'à côté" in plain(client.get(url, {"q": "a cote"}))
    assert "Charlie" not in plain(client.get(url, {"q": "ailleurs"}))
    preview = plain(client.get(url, {"vers": target.pk}))
    assert "1 rôle ne vaudra plus ici" in preview
    assert "Bob Bernard" in preview
    assert "Personne de plus n'aura accès" in preview
    assert client.post(url, {"target": target.pk, "role": "membre"}).status_code == 302
    assert fresh(world.hospital).node.parent_id == target.pk
    assert "de « GHT d'ici » à « GHT d'à côté »" in plain(client.get(f"/o/{world.hospital.pk}/arbre/"))


@pytest.mark.parametrize("target", ["", "abc", "99999999999999999999", "0", "-1"])
def test_a_target_that_is_none_is_one_sentence(world: World, client_for: Any, target: str) -> None:
    client = client_for(world.admin)
    for page in ("deplacer", "fusionner"):
        assert client.post(f"/o/{world.hospital.pk}/{page}/", {"target": target}).status_code in {400, 422}
        assert client.get(f"/o/{world.hospital.pk}/{page}/", {"vers": target}).status_code == 200


def test_a_foreign_target_is_no_target(world: World, client_for: Any) -> None:
    foreign = fresh(world.elsewhere).node.parent.organisation
    client_for(world.admin).post(f"/o/{world.hospital.pk}/deplacer/", {"target": foreign.pk})
    assert fresh(world.hospital).node.parent_id == world.ght.pk


# Merging --------------------------------------------------------------------------------------------------------------


def test_merging_closes_one_and_gathers_what_stood_under_it(world: World) -> None:
    site = make_organisation(world.hospital, kind="site", name="Site nord")
    assert actions.merge(Actor.of(world.admin), fresh(world.hospital), fresh(world.sister)) == 1
    closed = fresh(world.hospital)
    assert closed.closed_on == timezone.localdate()
    assert fresh(site).node.parent_id == world.sister.pk
    change = IdentityChange.objects.of(closed.node).get()
    assert (change.kind, change.other_id) == ("merged", world.sister.pk)
    assert Entry.objects.filter(verb="organisation.merge").count() == 2
    with pytest.raises(InputError, match="déjà fermé"):
        actions.merge(SYSTEM, closed, fresh(world.sister))


def test_merging_different_natures_is_refused(world: World) -> None:
    with pytest.raises(InputError, match="de même nature"):
        actions.merge(SYSTEM, fresh(world.hospital), fresh(world.ght))


def test_the_pages_of_merging(world: World, client_for: Any) -> None:
    url = f"/o/{world.hospital.pk}/fusionner/"
    assert client_for(world.alice).get(url).status_code == 403
    client = client_for(world.admin)
    assert "Hôpital voisin" in plain(client.get(url))
    preview = plain(client.get(url, {"vers": world.sister.pk}))
    assert "2 rôles restent sur l'établissement fermé" in preview
    response = client.post(url, {"target": world.sister.pk})
    assert response["Location"] == f"/o/{world.sister.pk}/arbre/"
    assert client.get(url).status_code in {400, 422}
    page = plain(client.get(f"/o/{world.hospital.pk}/arbre/"))
    assert f'devenu <a href="/o/{world.sister.pk}/arbre/">Hôpital voisin</a>' in page


# Map ------------------------------------------------------------------------------------------------------------------


def spots(count: int) -> list[Spot]:
    return [Spot(n, f"S{n}", "ch", "", "35" if n % 2 else "29", 48 + n % 7 / 10, -2 - n % 5 / 10) for n in range(count)]


def test_the_map_draws_every_point_once() -> None:
    drawn = draw(spots(40), {"35": "Ille-et-Vilaine", "29": "Finistère"}, {"ch": "accent"}, "Carte")
    drawing = drawn.svg
    assert len(drawn.places) == 40
    assert drawing.count("<circle") == 35  # 7 × 5 different places
    assert "Finistère" in drawing
    assert "km" in drawing


@pytest.mark.parametrize("count", [1, 2, 8])
def test_a_map_of_few_points(count: int) -> None:
    assert "<circle" in draw(spots(count), {}, {"ch": "accent"}, "Carte").svg


def test_a_point_in_another_ocean_is_left_out_and_said(world: World, client_for: Any) -> None:
    lost = Spot(99, "Perdu", "ch", "", "35", -17.5, -149.5)
    near, far = far_away([*spots(40), lost])
    assert far == [lost]
    assert len(near) == 40
    for n, (latitude, longitude) in enumerate([(48 + n / 10, -2.0) for n in range(9)] + [(-17.5, -149.5)]):
        make_organisation(
            world.hospital, kind="site", name=f"Site {n}", type="ch", latitude=latitude, longitude=longitude
        )
    page = plain(client_for(world.admin).get(f"/o/{world.region.pk}/carte/"))
    assert "10 établissements sur la carte" in page
    assert "1 point trop éloigné des autres n'est pas dessiné" in page
    assert "Site 9" in page  # the table keeps it


def test_the_map_of_a_nation_is_region_by_region(world: World, client_for: Any) -> None:
    nation = make_organisation(kind="nation", name="France")
    user = make_user()
    give(user, nation, "lecteur")
    assert "région par région" in plain(client_for(user).get(f"/o/{nation.pk}/carte/"))


def test_types_are_chosen(world: World, client_for: Any) -> None:
    for kind in ("ch", "ehpad"):
        make_organisation(world.hospital, kind="site", name=f"Un {kind}", type=kind, latitude=48.0, longitude=-2.0)
    client, url = client_for(world.admin), f"/o/{world.region.pk}/carte/"
    assert "Un ehpad" not in plain(client.get(url))
    assert "Un ehpad" in plain(client.get(url, {"type": "ehpad"}))
    assert client.get(url, {"type": "inconnu"}).status_code == 200


def test_places_are_only_those_one_manages(world: World) -> None:
    found = {o.name for o in queries_tree.places_for(Actor.of(world.admin), fresh(world.hospital))}
    assert found == {"Région d'ici"}
