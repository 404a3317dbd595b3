# SPDX-License-Identifier: EUPL-1.2
"""Asking for the detail: seen, accepted, refused, withdrawn, told to those who may answer and to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.sharing import actions, queries
from carene.core.access.actor import Actor
from carene.core.access.models import ShareRequest
from carene.core.accounts.models import User
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.apps.sharing.conftest import ask, every, in_days, reads, share
from tests.support.factories import World, give, make_user
from tests.support.text import plain


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


def test_officers_withdraw_what_they_asked(world: World, officer: User, client_for: Any) -> None:
    request = ask(world, officer)
    url, client = f"/o/{world.hospital.pk}", client_for(officer)
    assert "la retirer" in plain(client.get(f"{url}/"))
    address = f"{url}/partages/demandes/{request.pk}/retirer/"
    assert address in client.get(f"{url}/partages/demander/").content.decode()
    assert client.post(address).status_code == 302
    row = every(ShareRequest).get()
    assert (row.state, row.decided_by) == ("withdrawn", officer)
    entry = Entry.objects.get(verb="share.withdraw")
    assert (entry.node_id, entry.user, entry.before) == (
        world.hospital.pk,
        officer,
        {"level": "detail", "reason": row.reason},
    )
    assert "Demander le détail" in plain(client.get(f"{url}/"))
    mine = client_for(world.alice)
    assert "demande de partage" not in plain(mine.get(f"{url}/"))
    assert "retirée le" in plain(mine.get(f"{url}/partages/"))
    assert "a retiré sa demande" in plain(mine.get(f"{url}/journal/"))
    with pytest.raises(InputError, match="a été retirée"):
        actions.accept(world.actor(world.alice), world.hospital, request.pk, ends_on=in_days(5))
    ask(world, officer)  # and may ask again


def test_who_may_withdraw_a_request(world: World, officer: User) -> None:
    """A colleague of the same office may, whoever asked; neither the establishment nor other officers."""
    request = ask(world, officer)
    other, colleague = make_user("Olga Otto"), make_user("Omer Oge")
    give(other, world.ght, "officier")
    give(colleague, world.region, "officier")
    with pytest.raises(InputError, match="n'est pas la vôtre"):
        actions.withdraw(Actor.of(other), world.hospital, request.pk)
    for who in (world.alice, world.admin, world.charlie):
        with pytest.raises(PermissionDenied):
            actions.withdraw(world.actor(who), world.hospital, request.pk)
    assert every(ShareRequest).get().state == "pending"
    give(colleague, world.ght, "officier")  # who has come nearer since may still
    actions.withdraw(Actor.of(colleague), world.hospital, request.pk)
    assert every(ShareRequest).get().state == "withdrawn"


def test_a_request_that_was_answered_is_not_withdrawn(world: World, officer: User) -> None:
    request = ask(world, officer)
    share(world)
    with pytest.raises(InputError, match="déjà reçu une réponse"):
        actions.withdraw(Actor.of(officer), world.hospital, request.pk)
    assert every(ShareRequest).get().state == "accepted"


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
