# SPDX-License-Identifier: EUPL-1.2
"""The pages of a campaign as each side sees them, and what is posted to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core import mail
from django.urls import reverse
from django.utils import timezone

from carene.apps.campaigns import actions_people, daily, queries
from carene.apps.campaigns.models import Campaign, Closing
from carene.apps.organisations.models import Organisation
from carene.core.letters import sending
from tests.apps.campaigns.conftest import DAY, Stage, hand, more
from tests.support.factories import give, make_user


def page(name: str, place: Organisation, *more: Any) -> str:
    return reverse(f"campaigns:{name}", args=[place.pk, *more])


def plain(response: Any) -> str:
    return " ".join(response.content.decode().replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ").split())


def test_prepared_opened_followed_closed_in_the_pages(stage: Stage, client_for: Any) -> None:
    client, today = client_for(stage.officer), timezone.localdate()
    assert "Préparer une campagne" in plain(client.get(page("list", stage.region)))
    data = {
        "title": "Campagne des pages", "referential": "care", "starts_on": today, "ends_on": today + 20 * DAY,
        "before": "10, 2", "after": "3", "kind": "entity",
    }  # fmt: skip
    wrong = client.post(page("new", stage.region), data | {"ends_on": today - DAY})
    assert wrong.status_code == 400
    assert "finirait avant de commencer" in plain(wrong)
    assert client.post(page("new", stage.region), data).status_code == 302
    row = Campaign.objects.of(stage.region.node).get()
    assert row.reminders == [-10, -2, 3]
    here = page("campaign", stage.region, row.pk)
    assert "2 établissements concernés" in plain(client.get(here))
    assert client.get(page("edit", stage.region, row.pk)).status_code == 200
    client.post(page("launch", stage.region, row.pk), {"vu": row.revision})
    assert "0 établissement a remis sur 2" in plain(client.get(here))
    row.refresh_from_db(from_queryset=Campaign.objects.of(stage.region.node))
    assert client.get(page("edit", stage.region, row.pk)).status_code == 200
    hand(stage.world.hospital)
    text = plain(client.get(f"{here}?etat=submitted"))
    assert "1 établissement a remis sur 2" in text
    assert "Hôpital voisin" not in text.partition("Participants")[2].partition("Messages")[0]
    csv = client.get(page("export", stage.region, row.pk, "csv")).content.decode("utf-8-sig")
    assert "soumise à la direction" in csv
    assert client.get(page("export", stage.region, row.pk, "xlsx")).content[:2] == b"PK"
    assert b"BEGIN:VCALENDAR" in client.get(page("dates", stage.region, row.pk)).content
    assert "pas encore close" in plain(client.get(page("results", stage.region, row.pk)))
    assert client.post(page("close", stage.region, row.pk), {"vu": 1}).status_code == 400
    assert client.post(page("close", stage.region, row.pk), {"vu": row.revision}).status_code == 302
    assert "Moins de 5 établissements" in plain(client.get(page("results", stage.region, row.pk)))
    assert Closing.objects.filter(campaign=row).count() == 1


def test_the_establishment_sees_its_dates_and_answers(stage: Stage, client_for: Any) -> None:
    row, hospital = stage.launch(), stage.world.hospital
    client = client_for(stage.world.alice)
    for name in ("list", "campaign"):
        address = page(name, hospital, *([row.pk] if name == "campaign" else []))
        assert "Campagne d'essai" in plain(client.get(address)).replace("&#x27;", "'")
    assert "Région d&#x27;ici attend" in plain(client.get(reverse("assessments:overview", args=[hospital.pk])))
    assert "attend votre auto-évaluation" in plain(client.get(reverse("home:home", args=[hospital.pk])))
    assert client.post(page("answer", hospital, row.pk), {"text": "Nous serons à l'heure"}).status_code == 302
    part = queries.participants(row).get(node=hospital.node)
    actions_people.say(stage.by, stage.region, row.pk, "Mot pour Alice seule", participant=part.pk)
    assert "Mot pour Alice seule" in plain(client.get(page("campaign", hospital, row.pk)))
    officer = client_for(stage.officer)
    assert "à l&#x27;heure" in plain(officer.get(page("participant", stage.region, row.pk, part.pk)))
    sister = make_user("Solène Simon")
    give(sister, stage.world.sister, "rssi")
    assert "seule" not in plain(client_for(sister).get(page("campaign", stage.world.sister, row.pk)))
    assert client_for(sister).get(page("participant", stage.region, row.pk, part.pk)).status_code == 404
    hand(hospital)
    assert "votre auto-évaluation pour" not in plain(client.get(reverse("home:home", args=[hospital.pk])))


def test_who_is_not_asked_sees_nothing(stage: Stage, client_for: Any) -> None:
    draft = stage.prepare()
    row, hospital = stage.launch(title="Une autre"), stage.world.hospital
    client = client_for(stage.world.alice)
    assert client.get(page("campaign", hospital, draft.pk)).status_code == 404
    part = queries.participants(row).get(node=hospital.node)
    actions_people.exclude(stage.by, stage.region, row.pk, part.pk, reason="Fusion")
    assert client.get(page("campaign", hospital, row.pk)).status_code == 404
    assert client.post(page("answer", hospital, row.pk), {"text": "Bonjour"}).status_code == 404
    assert client.get(page("new", hospital)).status_code == 404
    assert client_for(stage.world.bob).get(page("campaign", stage.world.ght, row.pk)).status_code == 200
    assert client_for(stage.world.bob).get(page("campaign", stage.region, row.pk)).status_code == 404
    assert client_for(stage.world.bob).post(page("close", stage.world.ght, row.pk)).status_code == 403


def test_the_page_costs_the_same_for_ten_or_seventy(
    stage: Stage, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    for place in more(stage, 8):
        hand(place)
    row, client = stage.launch(), client_for(stage.officer)
    with django_assert_max_num_queries(20) as few:
        client.get(page("campaign", stage.region, row.pk))
    more(stage, 60)
    actions_people.welcome(stage.by, stage.region, row.pk)
    with django_assert_max_num_queries(len(few)):
        client.get(page("campaign", stage.region, row.pk))


def test_reminders_once_at_each_step(stage: Stage, settings: Any) -> None:
    settings.EMAIL_HOST = "courriel.invalid"
    settings.PUBLIC_URL = ""
    today = timezone.localdate()
    row = stage.launch(starts_on=today, ends_on=today + 20 * DAY, reminders=(-10, -2, 3))
    hand(stage.world.sister)
    assert daily.remind(today).startswith("2"), "the RSSI and the management of the one who has not handed over"
    assert daily.remind(today) == ""
    assert daily.remind(today + 9 * DAY) == ""
    assert daily.remind(today + 10 * DAY).startswith("2")
    assert daily.remind(today + 12 * DAY) == ""
    assert daily.remind(today + 23 * DAY).startswith("2"), "two steps were missed: one letter each"
    sending.send()
    assert {one.to[0] for one in mail.outbox} == {stage.world.alice.email, stage.world.director.email}
    assert "attendait" in mail.outbox[-1].body
    hand(stage.world.hospital)
    stage.close(row)
    assert daily.remind(today + dt.timedelta(days=60)) == ""
