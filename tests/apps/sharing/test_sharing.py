# SPDX-License-Identifier: EUPL-1.2
"""Shares: given, taken back, expired; nothing beyond."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from carene.apps.organisations.queries import answers_for
from carene.apps.sharing import actions
from carene.core.access.actor import Actor
from carene.core.access.limits import limits
from carene.core.access.models import Share
from carene.core.accounts.models import User
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.apps.sharing.conftest import every, in_days, reads, share
from tests.support.factories import World, give, make_organisation, make_user
from tests.support.text import plain


def test_the_officers_read_the_detail_as_long_as_it_is_shared(world: World, officer: User) -> None:
    site = make_organisation(world.hospital, kind="site", name="Site nord")
    assert not reads(officer, world.hospital)
    given = share(world)
    assert reads(officer, world.hospital)
    assert reads(officer, site)
    assert not reads(officer, world.sister)
    assert not Actor.of(officer).can("assessment.answer", world.hospital.node)
    assert not Actor.of(officer).can("secret.view", world.hospital.node)
    actions.revoke(world.actor(world.director), world.hospital, given.pk)
    assert not reads(officer, world.hospital)


def test_a_share_ends_by_itself(world: World, officer: User, client_for: Any) -> None:
    given = share(world)
    url, client = f"/o/{world.hospital.pk}/auto-evaluation/", client_for(officer)
    assert client.get(url).status_code == 200
    every(Share).filter(pk=given.pk).update(ends_on=in_days(0))
    assert client.get(url).status_code == 200  # that day included
    every(Share).filter(pk=given.pk).update(ends_on=in_days(-1))
    assert client.get(url).status_code == 403
    page = plain(client_for(world.alice).get(f"/o/{world.hospital.pk}/partages/"))
    assert "expiré le" in page


def test_a_share_is_for_the_officers_in_force_of_that_very_place(world: World, officer: User) -> None:
    nation = make_organisation(kind="nation", name="Nation")
    national, reader, gone = make_user("Noé National"), make_user("Léa Lectrice"), make_user("Paul Parti")
    give(national, nation, "national")
    give(reader, world.region, "lecteur")
    membership = give(gone, world.region, "officier")
    membership.ends_on = in_days(-1)
    membership.save()
    share(world)
    assert not reads(gone, world.hospital)
    assert not reads(national, world.hospital)
    before = {grant.role for grant in Actor.of(reader).grants}
    assert before == {"lecteur"}  # what they read comes from their role, not from the share


def test_a_share_with_one_person_opens_to_nobody_else(world: World, client_for: Any) -> None:
    guest = make_user("Gaël Grand")
    assert client_for(guest).get(f"/o/{world.hospital.pk}/").status_code == 404
    given = share(world, email=guest.email.upper())
    client = client_for(guest)
    page = plain(client.get("/", follow=True))
    assert "Vous lisez le détail par un partage ouvert jusqu'au" in page
    assert client.get(f"/o/{world.hospital.pk}/preuves/").status_code == 200
    assert client.get(f"/o/{world.sister.pk}/").status_code == 404
    assert not Actor.of(guest).can("share.manage", world.hospital.node)
    assert "Détail partagé" in plain(client.get("/mon-compte/"))
    actions.revoke(world.actor(world.alice), world.hospital, given.pk)
    assert client.get(f"/o/{world.hospital.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["bob", "admin", "charlie"])
def test_only_those_who_decide_share(world: World, who: str) -> None:
    actor = world.actor(getattr(world, who))
    with pytest.raises(PermissionDenied):
        actions.give(actor, world.hospital, ends_on=in_days(5), reason="x", holder_id=world.region.pk)
    given = share(world)
    with pytest.raises(PermissionDenied):
        actions.revoke(actor, world.hospital, given.pk)
    assert every(Share).get().revoked_at is None


def test_a_stranger_organisation_gets_nothing(world: World) -> None:
    for holder in (world.elsewhere.node.parent_id, world.sister.pk, world.hospital.pk, 999_999):
        with pytest.raises(InputError, match="n'est pas au-dessus"):
            share(world, holder_id=holder)
    assert not every(Share).exists()


@pytest.mark.parametrize("days", [-1, 366, 4000])
def test_an_end_out_of_bounds_is_refused(world: World, days: int) -> None:
    with pytest.raises(InputError, match="hors des limites"):
        share(world, days)
    assert share(world, limits().longest_days).ends_on == in_days(limits().longest_days)


def test_what_is_missing_is_said(world: World, officer: User) -> None:
    with pytest.raises(InputError, match="motif"):
        actions.give(
            world.actor(world.alice), world.hospital, ends_on=in_days(3), reason=" ", holder_id=world.region.pk
        )
    with pytest.raises(InputError, match="organisation ou à une personne"):
        share(world, holder_id=world.region.pk, email="x@exemple.invalid")
    with pytest.raises(InputError, match="personne n'entre"):
        share(world, email="inconnue@exemple.invalid")
    with pytest.raises(InputError, match="lit déjà"):
        share(world, email=world.bob.email)
    with pytest.raises(InputError, match="ne se partage pas"):
        share(world, level="summary")


def test_an_account_that_nobody_opened_gets_no_share(world: World) -> None:
    """Its invitation may have been seen by who manages another place: that link must not open this one."""
    invited = User.objects.create_user("invite@exemple.invalid", None, name="Invitée")
    with pytest.raises(InputError, match="personne n'entre"):
        share(world, email=invited.email)


def test_a_share_with_a_person_hides_the_link_of_their_account(world: World) -> None:
    guest = make_user("Gaël Grand")
    give(guest, world.elsewhere, "lecteur")
    boss = make_user("Chef d'ailleurs")
    give(boss, world.elsewhere, "administrateur")
    assert answers_for(Actor.of(boss), guest)
    share(world, email=guest.email)
    assert not answers_for(Actor.of(boss), guest)


def test_nobody_shares_more_than_they_read(world: World, monkeypatch: Any) -> None:
    from carene.core.access import actor as module

    monkeypatch.setitem(module.GIVES, "rssi", module.GIVES["rssi"] - {"evidence.view"})
    with pytest.raises(PermissionDenied, match="ce que l'on lit soi-même"):
        share(world)


def test_the_same_share_twice_is_refused(world: World) -> None:
    share(world)
    with pytest.raises(InputError, match="déjà ouvert"):
        share(world, 10)
    assert every(Share).count() == 1


def test_two_revocations_leave_one(world: World) -> None:
    given = share(world)
    actions.revoke(world.actor(world.alice), world.hospital, given.pk)
    with pytest.raises(InputError, match="n'est plus ouvert"):
        actions.revoke(world.actor(world.director), world.hospital, given.pk)
    row = every(Share).get()
    assert row.revoked_by == world.alice
    assert Entry.objects.filter(verb="share.revoke").count() == 1


def test_a_share_of_another_place_is_not_revoked_from_here(world: World) -> None:
    give(world.alice, world.sister, "rssi")
    given = share(world)
    with pytest.raises(InputError, match="n'est plus ouvert"):
        actions.revoke(world.actor(world.alice), world.sister, given.pk)


def test_a_share_of_the_group_opens_its_members_and_is_seen_there(world: World, officer: User, client_for: Any) -> None:
    boss = make_user("Rémi du GHT")
    give(boss, world.ght, "rssi")
    actions.give(Actor.of(boss), world.ght, ends_on=in_days(3), reason="Audit du GHT", holder_id=world.region.pk)
    assert reads(officer, world.sister)
    page = plain(client_for(world.alice).get(f"/o/{world.hospital.pk}/partages/"))
    assert "Partagé par GHT d'ici" in page
    assert "/reprendre/" not in page


def test_who_asks_is_known_in_one_query(world: World, officer: User, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        share(world, email=make_user("Quelqu'un").email)
    share(world)
    with django_assert_num_queries(1):
        actor = Actor.of(officer)
    assert {grant.role for grant in actor.grants} == {"officier", "share.detail"}
    assert {grant.until for grant in actor.grants} == {None, in_days(30)}
