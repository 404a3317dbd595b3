# SPDX-License-Identifier: EUPL-1.2
"""The pages of shares and of rights: forms, what a reader sees, what they cost."""

from __future__ import annotations

from typing import Any

from carene.apps.sharing import actions
from carene.core.access.actor import Actor
from carene.core.access.models import Share
from carene.core.accounts.models import User
from tests.apps.sharing.conftest import ask, every, in_days, reads, share
from tests.support.factories import World, make_user
from tests.support.text import plain


def test_the_form_shares_and_says_what_is_wrong(world: World, officer: User, client_for: Any) -> None:
    url, client = f"/o/{world.hospital.pk}/partages/", client_for(world.alice)
    data = {"holder": str(world.region.pk), "ends_on": in_days(30).isoformat(), "reason": "Appui"}
    both = plain(client.post(url, data | {"email": "x@exemple.invalid"}))
    assert "pas les deux" in both
    assert "Donner l'adresse" in plain(client.post(url, data | {"holder": ""}))
    assert "hors des limites" in plain(client.post(url, data | {"ends_on": in_days(900).isoformat()}))
    assert not every(Share).exists()
    assert client.post(url, data).status_code == 302
    assert reads(officer, world.hospital)
    page = plain(client.get(url))
    assert "Agents de « Région d'ici »" in page
    assert "Reprendre" in page


def test_a_reader_sees_what_is_open_and_changes_nothing(world: World, client_for: Any) -> None:
    given = share(world)
    client, url = client_for(world.bob), f"/o/{world.hospital.pk}/partages/"
    page = plain(client.get(url))
    assert "Agents de « Région d'ici »" in page
    assert '<form method="post" action="/o/' not in page
    assert client.post(url, {}).status_code == 403
    assert client.post(f"{url}{given.pk}/reprendre/").status_code == 403


def test_nothing_open_is_said(world: World, client_for: Any) -> None:
    page = plain(client_for(world.alice).get(f"/o/{world.hospital.pk}/partages/"))
    assert "Rien : le détail n'est lu que" in page
    region = plain(client_for(world.admin).get(f"/o/{world.region.pk}/partages/"))
    assert "depuis chaque établissement" in region
    assert "un rôle ici" not in region  # on a region, no role reads the detail


def test_the_pages_cost_the_same_however_many(
    world: World, officer: User, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_for(world.alice)
    share(world, email=make_user("Quelqu'un").email)
    costs = {}
    for page in ("partages/", "droits/", "personnes/"):
        with django_assert_max_num_queries(13) as counted:
            client.get(f"/o/{world.hospital.pk}/{page}")
        costs[page] = len(counted)
    for _ in range(15):
        given = share(world)
        actions.revoke(world.actor(world.alice), world.hospital, given.pk)
        share(world, email=make_user("Quelqu'un").email)
    ask(world, officer)
    for page, most in costs.items():
        with django_assert_max_num_queries(most):
            client.get(f"/o/{world.hospital.pk}/{page}")


def test_the_page_of_rights_tells_everything_in_words(world: World, officer: User, client_for: Any) -> None:
    share(world)
    page = plain(client_for(world.alice).get(f"/o/{world.hospital.pk}/droits/"))
    for words in ("Alice Arnaud", "Odile Oury", "Agents de « Région d'ici »", "Valider l'auto-évaluation", "Secret"):
        assert words in page
    assert client_for(officer).get(f"/o/{world.sister.pk}/droits/").status_code == 403


def test_a_share_with_others_is_not_told_to_an_officer(world: World, officer: User, client_for: Any) -> None:
    share(world, email=make_user("Quelqu'un").email)
    assert "Nulle part encore" in plain(client_for(officer).get(f"/o/{world.region.pk}/"))


def test_the_journal_tells_it_in_words(world: World, officer: User, client_for: Any) -> None:
    actions.ask(Actor.of(officer), world.hospital, reason="Comité régional")
    given = share(world)
    actions.revoke(world.actor(world.alice), world.hospital, given.pk)
    page = plain(client_for(world.alice).get(f"/o/{world.hospital.pk}/journal/"))
    for words in ("a demandé le détail", "a ouvert un partage", "a repris un partage", "aux agents de", "Région d'ici"):
        assert words in page
