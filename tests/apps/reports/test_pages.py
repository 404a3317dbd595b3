# SPDX-License-Identifier: EUPL-1.2
"""Choosing and downloading documents."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from carene.apps.roadmaps.models import Action
from carene.core.journal.models import Entry
from carene.engines.referential.catalogue import care
from tests.apps.reports.test_dossier import LEVELS, scenario
from tests.support.factories import World, make_action, make_assessment
from tests.support.text import plain

KINDS = {
    "pdf": (b"%PDF-", "application/pdf"),
    "xlsx": (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "docx": (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "ics": (b"BEGIN:VCALENDAR", "text/calendar; charset=utf-8"),
}


def address(world: World, rest: str = "") -> str:
    return f"/o/{world.hospital.pk}/rapports/{rest}"


def test_nothing_to_report_yet(world: World, client_for) -> None:
    page = plain(client_for(world.alice).get(address(world)))
    assert "Il n'y a encore rien à mettre dans un rapport" in page
    assert "Commencer l'auto-évaluation" in page
    page = plain(client_for(world.bob).get(address(world)))
    assert "Il n'y a encore rien à mettre dans un rapport" in page
    assert "Commencer l'auto-évaluation" not in page
    for kind in KINDS:
        assert client_for(world.alice).get(address(world, f"document.{kind}")).status_code == 404


def test_alice_bob_and_charlie(world: World, client_for) -> None:
    make_assessment(world.hospital, LEVELS)
    action = make_action(world.hospital, "Tester la restauration")
    for rest in ("", "document.xlsx", f"action/{action.pk}/calendrier.ics"):
        for user, status in ((world.alice, 200), (world.bob, 200), (world.director, 200), (world.charlie, 404)):
            assert client_for(user).get(address(world, rest)).status_code == status, (rest, user)


@pytest.mark.parametrize("kind", KINDS)
def test_each_document_is_given_once_and_told(world: World, client_for, kind: str) -> None:
    row = make_assessment(world.hospital, LEVELS)
    plan = scenario(world)
    world.hospital.short_name = "CH d'Alice : « l'Étang »"
    world.hospital.save(update_fields=["short_name"])
    response = client_for(world.bob).get(address(world, f"document.{kind}"))
    start, media_type = KINDS[kind]
    assert response.status_code == 200
    assert response.content.startswith(start)
    assert response["Content-Type"] == media_type
    today = timezone.localdate().isoformat()
    assert response["Content-Disposition"] == f'attachment; filename="carene-ch-dalice-letang-{today}.{kind}"'
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    entry = Entry.objects.get(verb="report.make")
    assert (entry.target, entry.user, entry.node_id) == (f"report:{kind}", world.bob, world.hospital.pk)
    assert entry.after == {"assessment": row.pk, "scenario": plan.pk, "bytes": len(response.content)}


def test_what_cannot_be_made_is_said(world: World, client_for) -> None:
    make_assessment(world.hospital, LEVELS)
    client = client_for(world.alice)
    page = client.get(address(world, "document.ics"))
    assert page.status_code == 400
    assert "n'y a aucune action à mettre dans un calendrier" in plain(page)
    assert client.get(address(world, "document.exe")).status_code == 404
    assert client.post(address(world, "document.pdf")).status_code == 405
    assert not Entry.objects.filter(verb="report.make").exists()


def test_the_calendar_of_one_action(world: World, client_for) -> None:
    action = make_action(world.hospital, "Tester la restauration", owner=world.alice)
    response = client_for(world.bob).get(address(world, f"action/{action.pk}/calendrier.ics"))
    text = response.content.decode()
    assert len(re.findall("BEGIN:VEVENT", text)) == 2
    assert "Tester la restauration" in text
    assert f"-action-{action.pk}-" in response["Content-Disposition"]
    theirs = make_action(world.elsewhere, "Ailleurs")
    assert client_for(world.bob).get(address(world, f"action/{theirs.pk}/calendrier.ics")).status_code == 404


def test_the_same_action_keeps_its_place_in_a_calendar(world: World, client_for) -> None:
    """Its identifiers are those of the whole calendar: importing both does not double it."""
    make_assessment(world.hospital, LEVELS)
    scenario(world, adopt=True)
    row = Action.objects.of(world.hospital.node).order_by("start_on", "id").first()
    assert row is not None
    client = client_for(world.bob)
    one = client.get(address(world, f"action/{row.pk}/calendrier.ics")).content.decode()
    whole = client.get(address(world, "document.ics")).content.decode()
    uids = re.findall(r"UID:(\S+)", one)
    assert len(uids) == 2
    assert set(uids) <= set(re.findall(r"UID:(\S+)", whole))


def test_the_page_says_what_each_document_holds(world: World, client_for) -> None:
    make_assessment(world.hospital, LEVELS)
    page = plain(client_for(world.bob).get(address(world)))
    assert "Aucun scénario n'est encore calculé" in page
    assert "Les dates, dans un agenda" not in page
    scenario(world, "Petit budget")
    page = plain(client_for(world.bob).get(address(world)))
    assert "Petit budget" in page
    assert "Scénario pas encore adopté." in page
    assert "Les dates, dans un agenda" in page
    page = plain(client_for(world.bob).get(address(world, "?scenario=aucun")))
    assert "sans feuille de route" in page
    assert "scenario=aucun" in page
    assert f"les {len(care().criteria)} critères" in page


def test_a_scenario_to_compute_again_is_said(world: World, client_for) -> None:
    make_assessment(world.hospital, LEVELS)
    row = scenario(world)
    row.plan = {"plan": "illisible"}
    row.save(update_fields=["plan"])
    assert "est à recalculer" in plain(client_for(world.bob).get(address(world)))


def test_the_page_costs_the_same_with_many_actions(world: World, client_for, django_assert_max_num_queries) -> None:
    make_assessment(world.hospital, LEVELS, state="validated")
    scenario(world, adopt=True)
    for rank in range(60):
        make_action(world.hospital, f"Action {rank}")
    client = client_for(world.bob)
    client.get(address(world))
    with django_assert_max_num_queries(18):  # four for who asks and where, ten for the dossier, four for the rail
        client.get(address(world))
