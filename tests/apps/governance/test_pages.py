# SPDX-License-Identifier: EUPL-1.2
"""Pages of governance: what each reader sees, what they cost, what a wrong sending answers."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from icalendar import Calendar

from carene.apps.governance import actions, calendar, queries
from carene.apps.governance.models import Decision, Post
from carene.apps.governance.sections import SECTIONS
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from tests.apps.governance.test_actions import budget, decision, in_days, meeting, noted, policy, post, today
from tests.support.factories import World, give, make_organisation, make_user
from tests.support.text import plain

pytestmark = pytest.mark.django_db
PAGES = ("", "budget/", "equipe/", "instances/", "engagements/", "documents/", "obligations/", "obligations/mois/")


def at(world: World, page: str = "") -> str:
    return f"/o/{world.hospital.pk}/gouvernance/{page}"


@pytest.fixture
def steered(world: World) -> World:
    budget(world)
    post(world, holder="Fantine Secret", title="RSSI du site")
    actions.save_on_call(world.actor(world.alice), world.hospital, title="Astreinte technique", days=5, hours=10)
    held = meeting(world, held_on=in_days(-90))
    decision(world, meeting_id=held.pk, text="Nommer un référent par pôle", due_on=in_days(-5))
    actions.save_commitment(
        world.actor(world.alice), world.hospital, kind="cpom", title="Un exercice par an", due_on=in_days(100)
    )
    policy(world, approved_on=in_days(-500))
    noted(world, kind="done", on=in_days(-400))
    return world


@pytest.mark.parametrize("page", PAGES)
def test_empty_pages_say_what_will_stand_there(world: World, client_for: Any, page: str) -> None:
    for user in (world.alice, world.bob):
        assert client_for(user).get(at(world, page)).status_code == 200
    assert client_for(world.charlie).get(at(world, page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_pages_say_what_is_known(steered: World, client_for: Any, page: str) -> None:
    said = plain(client_for(steered.alice).get(at(steered, page)))
    expected = {
        "": ("1,7 %", "1 obligation est en retard", "Nommer un référent par pôle"),
        "budget/": ("1,7 %", "Il manque 300 k€ d'exploitation", "100 000 000 €", "sous la cible de 2 %"),
        "equipe/": ("Fantine Secret", "50 h par semaine", "0,5 ETP", "Pas de lettre de mission"),
        "instances/": ("1 décision à suivre", "Direction présente, médecins présents", "100 %"),
        "engagements/": ("Un exercice par an", "Contrat pluriannuel"),
        "documents/": ("PSSI", "Pas encore notés"),
        "obligations/": ("1 obligation est en retard", "demandé par un texte", "NIS 2"),
        "obligations/mois/": ("lundi", "Les mois qui viennent"),
    }[page]
    for words in expected:
        assert words.lower() in said.lower(), (page, words)


def test_a_region_reads_money_and_posts_without_the_names(steered: World, client_for: Any) -> None:
    officer = make_user("Inès Caradec")
    give(officer, steered.region, "officier")
    client = client_for(officer)
    staff = plain(client.get(at(steered, "equipe/")))
    assert "RSSI du site" in staff
    assert "Fantine Secret" not in staff
    assert "Approuvé le" in plain(client.get(at(steered, "documents/")))
    assert "Nommer un référent" not in plain(client.get(at(steered)))
    for page in ("instances/", "engagements/"):
        refused = client.get(at(steered, page))
        assert refused.status_code == 403
        assert "niveau « détail »" in plain(refused)
    assert "Nommer un référent" not in client.get(at(steered, "obligations/calendrier.ics")).content.decode()


def test_the_group_shows_each_member_at_the_same_cost(
    steered: World, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    address = f"/o/{steered.ght.pk}/gouvernance/"
    client = client_for(steered.bob)
    client.get(address)
    with django_assert_max_num_queries(17) as few:
        said = plain(client.get(address))
    assert "RSSI nommé dans 1 établissement sur 2" in said
    assert "1,70 %" in said or "1,7 %" in said
    for rank in range(12):
        other = make_organisation(steered.ght, name=f"Hôpital {rank}")
        actions.save_budget(Actor.system(), other, year=2025, stage="voted", operating=9)
        actions.record_duty(Actor.system(), other, "sensibilisation", kind="done", on=dt.date(2024, 1, 1))
    with django_assert_max_num_queries(len(few)):
        client.get(address)


@pytest.mark.parametrize("page", PAGES[1:])
def test_a_group_has_no_pages_of_an_establishment(world: World, client_for: Any, page: str) -> None:
    assert client_for(world.bob).get(f"/o/{world.ght.pk}/gouvernance/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same_whatever_it_tells(
    steered: World, client_for: Any, django_assert_max_num_queries: Any, page: str
) -> None:
    client = client_for(steered.alice)
    client.get(at(steered, page))
    with django_assert_max_num_queries(20) as few:
        client.get(at(steered, page))
    for rank in range(6):
        budget(steered, year=2010 + rank)
        post(steered, title=f"Poste {rank}")
        decision(steered, meeting_id=meeting(steered, held_on=in_days(-60 - rank)).pk, text=f"Décision {rank}")
        policy(steered, kind="charte", title=f"Charte {rank}")
        noted(steered, kind="done", on=in_days(-400 + rank))
    with django_assert_max_num_queries(len(few)):
        client.get(at(steered, page))


# Forms ------------------------------------------------------------------------------------------------------------


def test_a_first_budget_is_proposed_from_the_profile_and_the_profile_asked_afterwards(
    world: World, client_for: Any
) -> None:
    client, year = client_for(world.director), today().year - 1
    rows = type(world.hospital).objects.of(world.hospital.node)
    rows.update(operating_budget=118_000_000, digital_budget=2_080_000)
    opened = client.get(at(world, "budget/"), {"annee": year, "etape": "executed"})
    assert opened["Location"] == at(world, f"budget/{year}/executed/")
    form = plain(client.get(opened["Location"]))
    assert "118 000 000" in form.replace("\u202f", " ")
    assert "viennent du profil" in form
    sent = client.post(opened["Location"], {"operating": "118 000 000 €", "digital_operating": "2 360 000"})
    assert sent.status_code == 302
    said = plain(client.get(at(world, "budget/")))
    assert "atteint la cible de 2 %" in said
    assert "Le profil de l'établissement dit autre chose" in said
    assert rows.get().digital_budget == 2_080_000, "nothing is overwritten silently"
    client.post(at(world, "budget/profil/"))
    assert rows.get().digital_budget == 2_360_000


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"operating": "abc"}, "n'est pas un nombre"),
        ({"operating": "-5"}, "négatif"),
        ({"operating": "100", "digital_operating": "200"}, "dépasse"),
        ({}, "aucun montant"),
    ],
)
def test_a_wrong_budget_is_said_on_its_form(world: World, client_for: Any, sent: dict[str, str], words: str) -> None:
    response = client_for(world.alice).post(at(world, f"budget/{today().year - 1}/executed/"), sent)
    assert response.status_code == 400
    assert words in plain(response).lower()
    assert not queries.years(world.hospital.node)


def test_a_budget_of_nothing_is_not_computed(world: World, client_for: Any) -> None:
    budget(world, operating=0, digital_operating=10)
    assert "non calculable : le budget d'exploitation est à zéro" in plain(client_for(world.alice).get(at(world)))


VALID = {
    "post": {"kind": "dsi", "state": "named", "holder": "Hugo", "fte": "0,5"},
    "oncall": {"title": "Astreinte", "days": "7", "hours": "24"},
    "committee": {"kind": "codir", "title": "CODIR"},
    "meeting": {"held_on": "2026-01-15"},
    "decision": {"text": "Agir", "state": "open"},
    "commitment": {"kind": "cpom", "title": "Tenir", "state": "going"},
    "policy": {"kind": "charte", "title": "Charte"},
}


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.key)
def test_add_change_take_away_bring_back(world: World, client_for: Any, section: Any) -> None:
    client = client_for(world.alice)
    sent = dict(VALID[section.key])
    if section.key == "meeting":
        sent["committee_id"] = str(meeting(world).committee_id)
    if section.key == "decision":
        sent["meeting_id"] = str(meeting(world).pk)
    rows = section.model.objects.of(world.hospital.node)
    before = rows.count()
    assert client.post(at(world, f"{section.slug}/ajouter/"), {}).status_code == 400
    assert client.post(at(world, f"{section.slug}/ajouter/"), sent).status_code == 302
    assert rows.count() == before + 1
    row = rows.latest("pk")
    edit = at(world, f"{section.slug}/{row.pk}/modifier/")
    assert client.get(edit).status_code == 200
    assert client.post(edit, sent).status_code == 302
    assert client_for(world.bob).get(edit).status_code == 403
    assert client_for(world.charlie).get(edit).status_code == 404
    client.post(edit, {"retirer": "1"})
    assert client.get(edit).status_code == 404
    assert client.post(at(world, f"{section.slug}/{row.pk}/retablir/")).status_code == 302
    assert client.get(edit).status_code == 200
    assert client.post(at(world, f"{section.slug}/999999/retablir/")).status_code == 404


def test_a_vacant_post_with_a_name_is_refused_on_its_form(world: World, client_for: Any) -> None:
    sent = {"kind": "rssi", "state": "vacant", "holder": "Alice", "fte": "-1"}
    response = client_for(world.alice).post(at(world, "equipe/ajouter/"), sent)
    assert response.status_code == 400
    assert not Post.objects.of(world.hospital.node).exists()
    sent = {"kind": "rssi", "state": "vacant", "holder": "Alice", "fte": "1"}
    said = plain(client_for(world.alice).post(at(world, "equipe/ajouter/"), sent))
    assert "Le poste est dit vacant et tenu par Alice" in said


def test_a_decision_goes_to_the_roadmap(steered: World, client_for: Any) -> None:
    client, row = client_for(steered.alice), Decision.objects.of(steered.hospital.node).get()
    client.post(at(steered, f"decisions/{row.pk}/realiser/"))
    row.refresh_from_db(from_queryset=Decision.objects.of(steered.hospital.node))
    assert row.action_id is not None
    assert f"/feuille-de-route/actions/{row.action_id}" in client.get(at(steered, "instances/")).content.decode()
    assert client.post(at(steered, "decisions/999999/realiser/")).status_code == 404


def test_a_duty_is_noted_from_its_page(world: World, client_for: Any) -> None:
    client, page = client_for(world.alice), at(world, "obligations/sensibilisation/")
    assert client.post(page, {"kind": "done"}).status_code == 400
    assert "dire quel jour" in plain(client.post(page, {"kind": "done"})).lower()
    assert client.post(page, {"kind": "done", "on": in_days(-10).isoformat()}).status_code == 302
    assert "Ce qui a été noté" in plain(client.get(page))
    assert client_for(world.bob).post(page, {"kind": "done", "on": "2026-01-01"}).status_code == 403
    assert client.get(at(world, "obligations/inconnue/")).status_code == 404
    assert client.get(at(world, "obligations/revue-comptes/")).status_code == 404, "not proposed without NIS 2"
    client.post(at(world, "obligations/nis2/"), {"nis2": "importante"})
    assert client.get(at(world, "obligations/revue-comptes/")).status_code == 200
    assert client.post(at(world, "obligations/nis2/"), {"nis2": "zzz"}).status_code == 400


# Calendar ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("month", ["2026-12", "", "zzz", "0001-01", "9999-12", "2026-13"])
def test_any_month_can_be_asked_for(steered: World, client_for: Any, month: str) -> None:
    assert client_for(steered.alice).get(at(steered, "obligations/mois/"), {"mois": month}).status_code == 200


def test_the_file_holds_what_has_a_day_and_keeps_its_identifiers(steered: World, client_for: Any) -> None:
    response = client_for(steered.alice).get(at(steered, "obligations/calendrier.ics"))
    assert response["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(io.BytesIO(response.content).read()).walk("VEVENT")
    titles = {str(event["summary"]).replace("\u00a0", " ") for event in events}
    assert "Obligation : Exercice de crise cyber" in titles
    assert "Décision : Nommer un référent par pôle" in titles
    items = calendar.dated(steered.hospital, today(), detailed=True)
    first = calendar.ics(steered.hospital, items, today())
    later = calendar.ics(steered.hospital, items, in_days(1))
    uids = [[str(e["uid"]) for e in Calendar.from_ical(f).walk("VEVENT")] for f in (first, later)]
    assert uids[0] == uids[1]
    assert len(set(uids[0])) == len(uids[0])


def test_weeks_begin_on_monday_and_hold_the_whole_month() -> None:
    weeks = calendar.weeks(dt.date(2026, 2, 1), [], dt.date(2026, 2, 10))
    days = [day for week in weeks for day in week]
    assert all(week[0].on.weekday() == 0 and len(week) == 7 for week in weeks)
    assert [day.on.day for day in days if day.inside] == list(range(1, 29))
    assert [day.on for day in days if day.today] == [dt.date(2026, 2, 10)]


def test_late_ones_are_told_on_the_first_page(steered: World, client_for: Any) -> None:
    said = plain(client_for(steered.alice).get(f"/o/{steered.hospital.pk}/"))
    assert "Exercice de crise cyber" in said
    assert "Nommer un référent par pôle" in said
    assert "Document à relire" in said


def test_the_reference_time_follows_the_size(world: World, client_for: Any) -> None:
    type(world.hospital).objects.of(world.hospital.node).update(workstations=None)
    post(world, fte=Decimal("0.3"))
    said = plain(client_for(world.alice).get(at(world, "equipe/")))
    assert "non calculable : le nombre de postes de travail manque au profil" in said


def hidden(page: str) -> str:
    found = re.search(r'name="vu" value="([0-9a-f]*)"', page)
    assert found
    return found[1]


def test_the_second_of_two_on_the_same_budget_is_told(world: World, client_for: Any) -> None:
    client, address = client_for(world.alice), f"/o/{world.hospital.pk}/gouvernance/budget/2026/voted/"
    first = {"operating": "100 000", "digital_operating": "2 000"}
    mine = hidden(client.get(address).content.decode())
    theirs = hidden(client.get(address).content.decode())
    assert client.post(address, first | {"vu": theirs}).status_code == 302
    answer = client.post(address, {"operating": "900 000", "digital_operating": "2 000", "vu": mine})
    body = answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert answer.status_code == 400
    assert "depuis que vous l&#x27;avez ouverte" in body
    assert body.count("Valeur enregistrée : 100 000.") == 1, "what differs, and nothing else"
    assert "Valeur enregistrée : 2 000." not in body
    kept = queries.budget(world.hospital.node, 2026, "voted")
    assert kept is not None
    assert kept.operating == 100_000
    other = client.get(f"/o/{world.hospital.pk}/gouvernance/budget/2025/voted/").content.decode()
    assert client.post(address, first | {"vu": hidden(other)}).status_code == 400, "the page of another year"
    again = {"operating": "900 000", "digital_operating": "2 000", "vu": hidden(body)}
    assert client.post(address, again).status_code == 302, "whoever has compared may save"


def test_the_second_of_two_on_the_same_row_is_told(steered: World, client_for: Any) -> None:
    client = client_for(steered.alice)
    row = queries.open_decisions(steered.hospital.node).first()
    assert row is not None
    address = f"/o/{steered.hospital.pk}/gouvernance/decisions/{row.pk}/modifier/"
    page = client.get(address)
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"vu": hidden(page.content.decode())}
    actions.save_decision(steered.actor(steered.director), steered.hospital, row.pk, carrier="La direction des soins")
    answer = client.post(address, sent | {"carrier": "Le DSI"})
    assert answer.status_code == 400
    assert "Valeur enregistrée : La direction des soins." in answer.content.decode()


def test_a_closed_establishment_is_read_and_no_longer_written(steered: World, client_for: Any) -> None:
    Organisation.objects.unscoped("it closes").filter(pk=steered.hospital.pk).update(closed_on=dt.date(2026, 1, 1))
    client, base = client_for(steered.alice), f"/o/{steered.hospital.pk}/gouvernance/"
    for page in ("", "budget/", "equipe/", "instances/", "obligations/"):
        body = client.get(base + page).content.decode()
        assert "Ajouter" not in body
        assert "Saisir un budget" not in body
    answer = client.post(f"{base}budget/2025/executed/", {"operating": "1"})
    assert answer.status_code == 400
    assert "Cet établissement est fermé" in answer.content.decode()
