# SPDX-License-Identifier: EUPL-1.2
"""Roles between two days: given, prolonged, over; what is over gives nothing on the very next request."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.assessments.queries import answerers
from carene.apps.organisations import actions, queries, queries_tree
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Membership
from carene.engines.sources import InputError
from tests.support.factories import World, give, make_user
from tests.support.text import plain


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def date(membership: Membership, start: int | None, end: int | None) -> None:
    membership.starts_on = None if start is None else in_days(start)
    membership.ends_on = None if end is None else in_days(end)
    membership.save()


@pytest.mark.parametrize(
    ("start", "end", "opens"),
    [(None, None, True), (0, 0, True), (-5, 5, True), (None, -1, False), (1, None, False), (1, 9, False)],
)
def test_a_role_gives_its_rights_between_its_days(
    world: World, client_for: Any, start: int | None, end: int | None, opens: bool
) -> None:
    user = make_user("Datée")
    membership = give(user, world.hospital, "contributeur")
    client, url = client_for(user), f"/o/{world.hospital.pk}/auto-evaluation/"
    assert client.get(url).status_code == 200
    date(membership, start, end)
    assert client.get(url).status_code == (200 if opens else 404)
    assert (user in answerers(world.hospital.node)) is opens
    assert (user in {m.user for m in queries_tree.people_of(world.hospital)}) is opens
    assert user in {m.user for m in queries.members(world.hospital.node)}  # the page says that it is over


def test_a_mandate_has_two_dates(world: World) -> None:
    actor = world.actor(world.admin)
    data: dict[str, Any] = {"email": "a@exemple.invalid", "name": "Aude Itrice", "role": "auditeur"}
    for dates in ({}, {"starts_on": in_days(0)}, {"ends_on": in_days(9)}):
        with pytest.raises(InputError, match="mandat daté"):
            actions.grant(actor, world.hospital, **data, **dates)
    with pytest.raises(InputError, match="précède"):
        actions.grant(actor, world.hospital, **data, starts_on=in_days(5), ends_on=in_days(2))
    with pytest.raises(InputError, match="déjà passée"):
        actions.grant(actor, world.hospital, **data, starts_on=in_days(-5), ends_on=in_days(-1))
    membership = actions.grant(actor, world.hospital, **data, starts_on=in_days(0), ends_on=in_days(9))
    auditor = Actor.of(membership.user)
    for verb in ("evidence.view", "journal.view", "roadmap.view", "report.make"):
        assert auditor.can(verb, world.hospital.node)
    assert not auditor.can("assessment.answer", world.hospital.node)
    with pytest.raises(InputError, match="mandat daté"):
        actions.redate(actor, world.hospital, membership.pk, starts_on=in_days(0), ends_on=None)


def test_a_role_is_prolonged_and_the_journal_says_from_when_to_when(world: World, client_for: Any) -> None:
    user = make_user("Paule Prolongée")
    membership = give(user, world.hospital, "lecteur")
    date(membership, None, 3)
    client = client_for(world.admin)
    people = f"/o/{world.hospital.pk}/personnes/"
    page = plain(client.get(people))
    assert "dans 3 j" in page
    assert "Prolonger" in page
    url = f"{people}{membership.pk}/dates/"
    assert in_days(3).isoformat() in plain(client.get(url))
    assert "précède" in plain(
        client.post(url, {"starts_on": in_days(9).isoformat(), "ends_on": in_days(4).isoformat()})
    )
    assert client.post(url, {"ends_on": in_days(60).isoformat()}).status_code == 302
    membership.refresh_from_db()
    assert membership.ends_on == in_days(60)
    entry = Entry.objects.filter(verb="members.grant").latest("id")
    assert entry.before == {"role": "lecteur", "ends_on": in_days(3).isoformat()}
    assert entry.after == {"role": "lecteur", "ends_on": in_days(60).isoformat()}
    assert "a changé les dates d'un droit" in plain(client.get(f"/o/{world.hospital.pk}/journal/"))
    assert client.post(url, {"ends_on": in_days(60).isoformat()}).status_code == 302
    assert Entry.objects.filter(verb="members.grant").latest("id") == entry  # nothing changed, nothing told


def test_who_may_date_a_role(world: World, client_for: Any) -> None:
    membership = Membership.objects.get(user=world.alice)
    url = f"/o/{world.hospital.pk}/personnes/{membership.pk}/dates/"
    for user, status in ((world.alice, 403), (world.bob, 403), (world.charlie, 404)):
        assert client_for(user).get(url).status_code == status
    with pytest.raises(PermissionDenied):
        actions.redate(world.actor(world.alice), world.hospital, membership.pk, starts_on=None, ends_on=in_days(1))
    foreign = Membership.objects.get(user=world.charlie)
    assert client_for(world.admin).get(f"/o/{world.hospital.pk}/personnes/{foreign.pk}/dates/").status_code == 404


def test_an_administrator_always_stays(world: World) -> None:
    actor, membership = world.actor(world.admin), Membership.objects.get(user=world.admin)
    with pytest.raises(InputError, match="dernière personne"):
        actions.redate(actor, world.region, membership.pk, starts_on=None, ends_on=in_days(90))
    other = give(make_user("Adjointe"), world.region, "administrateur")
    date(other, None, 5)  # will be gone: does not count
    with pytest.raises(InputError, match="dernière personne"):
        actions.revoke(actor, world.region, membership.pk)
    date(other, None, None)
    actions.redate(actor, world.region, membership.pk, starts_on=None, ends_on=in_days(90))


def test_a_role_given_again_takes_the_new_dates(world: World) -> None:
    actor = world.actor(world.admin)
    data: dict[str, Any] = {"email": "x@exemple.invalid", "name": "Xavier", "role": "lecteur"}
    first = actions.grant(actor, world.hospital, **data, ends_on=in_days(4))
    date(first, None, -2)
    again = actions.grant(actor, world.hospital, **data)
    assert (again.pk, again.ends_on) == (first.pk, None)
    assert Actor.of(again.user).can("assessment.view", world.hospital.node)


@pytest.mark.parametrize("role", ["lecteur", "contributeur", "rssi", "direction", "auditeur"])
def test_a_region_gives_no_role_that_reads_the_detail(world: World, client_for: Any, role: str) -> None:
    data: dict[str, Any] = {"email": "x@exemple.invalid", "name": "Xavier", "role": role}
    with pytest.raises(InputError, match="ne se donne pas sur"):
        actions.grant(world.actor(world.admin), world.region, **data)
    page = plain(client_for(world.admin).get(f"/o/{world.region.pk}/personnes/"))
    assert f'value="{role}"' not in page
    assert 'value="officier"' in page
