# SPDX-License-Identifier: EUPL-1.2
"""Shares: given, asked for, accepted, refused, taken back, expired; nothing beyond."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.sharing import actions, queries
from carene.core.access.actor import Actor
from carene.core.access.limits import limits
from carene.core.access.models import Share, ShareRequest
from carene.core.accounts.models import User
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.support.factories import World, give, make_organisation, make_user
from tests.support.text import plain


@pytest.fixture
def officer(world: World) -> User:
    user = make_user("Odile Oury")
    give(user, world.region, "officier")
    return user


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def share(world: World, days: int = 30, **fields: Any) -> Share:
    fields.setdefault("holder_id", None if "email" in fields else world.region.pk)
    return actions.give(
        world.actor(world.alice), world.hospital, ends_on=in_days(days), reason="Un appui de la région", **fields
    )


def every(model: Any) -> Any:
    return model.objects.unscoped("a test looks").order_by("pk")


def reads(user: User, organisation: Organisation) -> bool:
    return Actor.of(user).can("assessment.view", organisation.node)


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
    from carene.apps.organisations.queries import answers_for

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


def test_the_journal_tells_it_in_words(world: World, officer: User, client_for: Any) -> None:
    actions.ask(Actor.of(officer), world.hospital, reason="Comité régional")
    given = share(world)
    actions.revoke(world.actor(world.alice), world.hospital, given.pk)
    page = plain(client_for(world.alice).get(f"/o/{world.hospital.pk}/journal/"))
    for words in ("a demandé le détail", "a ouvert un partage", "a repris un partage", "aux agents de", "Région d'ici"):
        assert words in page


# Requests -------------------------------------------------------------------------------------------------------------


def ask(world: World, officer: User, organisation: Organisation | None = None) -> ShareRequest:
    return actions.ask(Actor.of(officer), organisation or world.hospital, reason="Comité régional du mois prochain")


def test_a_request_is_seen_accepted_and_opens(world: World, officer: User, client_for: Any) -> None:
    request = ask(world, officer)
    url = f"/o/{world.hospital.pk}"
    assert "répondre à 1 demande de partage" in plain(client_for(world.alice).get(f"{url}/"))
    assert "demande de partage" not in plain(client_for(world.bob).get(f"{url}/"))
    assert "n'a pas encore répondu" in plain(client_for(officer).get(f"{url}/"))
    client = client_for(world.director)
    assert "Comité régional" in plain(client.get(f"{url}/partages/"))
    posted = client.post(f"{url}/partages/demandes/{request.pk}/accepter/", {"ends_on": in_days(12).isoformat()})
    assert posted.status_code == 302
    assert reads(officer, world.hospital)
    row = every(ShareRequest).get()
    assert (row.state, row.decided_by, row.share.ends_on) == ("accepted", world.director, in_days(12))
    with pytest.raises(InputError, match="déjà reçu une réponse"):
        actions.refuse(world.actor(world.alice), world.hospital, request.pk, answer="Trop tard")


def test_a_request_is_refused_with_a_reason_that_is_read(world: World, officer: User, client_for: Any) -> None:
    request = ask(world, officer)
    with pytest.raises(InputError, match="motif"):
        actions.refuse(world.actor(world.alice), world.hospital, request.pk, answer="")
    address = f"/o/{world.hospital.pk}/partages/demandes/{request.pk}/refuser/"
    assert client_for(world.alice).post(address, {"answer": "Après notre audit"}).status_code == 302
    page = plain(client_for(officer).get(f"/o/{world.hospital.pk}/"))
    assert "Après notre audit" in page
    assert "Demander le détail" in page
    assert not reads(officer, world.hospital)
    assert "Après notre audit" in plain(client_for(world.alice).get(f"/o/{world.hospital.pk}/partages/"))


def test_one_request_waits_at_a_time(world: World, officer: User) -> None:
    ask(world, officer)
    second = make_user("Olga Otto")
    give(second, world.region, "officier")
    with pytest.raises(InputError, match="attend une réponse"):
        ask(world, second)
    ask(world, officer, world.sister)
    assert every(ShareRequest).count() == 2


def test_sharing_answers_the_request(world: World, officer: User) -> None:
    ask(world, officer)
    given = share(world)
    row = every(ShareRequest).get()
    assert (row.state, row.share) == ("accepted", given)
    with pytest.raises(InputError, match="lisez déjà"):
        ask(world, officer)


def test_who_may_ask_and_for_what(world: World, officer: User) -> None:
    with pytest.raises(PermissionDenied):
        ask(world, world.bob)
    with pytest.raises(PermissionDenied):
        ask(world, officer, world.elsewhere)
    with pytest.raises(InputError, match="à un établissement"):
        ask(world, officer, world.ght)
    assert queries.office(Actor.of(officer), world.hospital.node) == world.region.pk
    give(officer, world.ght, "officier")
    assert queries.office(Actor.of(officer), world.hospital.node) == world.ght.pk


# Pages ----------------------------------------------------------------------------------------------------------------


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


def test_who_asks_is_known_in_one_query(world: World, officer: User, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        share(world, email=make_user("Quelqu'un").email)
    share(world)
    with django_assert_num_queries(1):
        actor = Actor.of(officer)
    assert {grant.role for grant in actor.grants} == {"officier", "share.detail"}
    assert {grant.until for grant in actor.grants} == {None, in_days(30)}


def test_the_page_of_rights_tells_everything_in_words(world: World, officer: User, client_for: Any) -> None:
    share(world)
    page = plain(client_for(world.alice).get(f"/o/{world.hospital.pk}/droits/"))
    for words in ("Alice Arnaud", "Odile Oury", "Agents de « Région d'ici »", "Valider l'auto-évaluation", "Secret"):
        assert words in page
    assert client_for(officer).get(f"/o/{world.sister.pk}/droits/").status_code == 403


def test_those_who_may_answer_are_written_to_and_nothing_is_told(
    world: World, officer: User, settings: Any, mailoutbox: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_HOST = "courrier.exemple.invalid"
    with django_capture_on_commit_callbacks(execute=True):
        ask(world, officer)
    [letter] = mailoutbox
    assert letter.subject == "Une demande vous attend dans Carène"
    assert (letter.to, set(letter.bcc)) == ([], {world.alice.email, world.director.email})
    assert world.hospital.name in letter.body
    for secret in ("http", str(officer), "appui"):
        assert secret not in letter.body


def test_without_a_mail_server_no_letter_is_tried(
    world: World, officer: User, mailoutbox: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask(world, officer)
    assert mailoutbox == []


def test_a_refused_page_leads_an_officer_to_the_request(world: World, officer: User, client_for: Any) -> None:
    url, asking = f"/o/{world.hospital.pk}/auto-evaluation/", f"/o/{world.hospital.pk}/partages/demander/"
    page = client_for(officer).get(url)
    assert page.status_code == 403
    assert f'href="{asking}"' in page.content.decode()
    assert "Rattachements" in plain(page)  # the rail stays
    assert asking not in client_for(world.bob).get(f"/o/{world.hospital.pk}/journal/").content.decode()


def test_asking_twice_shows_what_waits_and_no_form(world: World, officer: User, client_for: Any) -> None:
    client, url = client_for(officer), f"/o/{world.hospital.pk}/partages/demander/"
    assert "<textarea" in client.get(url).content.decode()
    ask(world, officer)
    page = plain(client.get(url))
    assert "attend sa réponse" in page
    assert "<textarea" not in page


def test_an_officer_finds_on_the_region_what_is_open_and_what_waits(
    world: World, officer: User, client_for: Any, django_assert_num_queries: Any
) -> None:
    client, url = client_for(officer), f"/o/{world.region.pk}/"
    assert "Nulle part encore" in plain(client.get(url))
    share(world)
    actions.ask(Actor.of(officer), world.sister, reason="Comparer les deux")
    page = plain(client.get(url))
    assert "sans réponse encore" in page
    assert "dans 30 j" in page
    assert "Où lisez-vous le détail" not in plain(client_for(world.admin).get(url))
    actor, node = Actor.of(officer), world.region.node
    with django_assert_num_queries(2):
        queries.opened_below(actor, node, timezone.localdate())


def test_a_share_with_others_is_not_told_to_an_officer(world: World, officer: User, client_for: Any) -> None:
    share(world, email=make_user("Quelqu'un").email)
    assert "Nulle part encore" in plain(client_for(officer).get(f"/o/{world.region.pk}/"))
