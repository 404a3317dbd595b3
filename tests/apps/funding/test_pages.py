# SPDX-License-Identifier: EUPL-1.2
"""What each one reads of a file, the lists above, the rules, and how many questions they ask the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carene.apps.funding import actions, queries
from carene.apps.funding.actions.ruling import Source
from carene.apps.funding.models import Application
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.funding.money import Band
from carene.engines.sources import InputError
from tests.apps.funding.conftest import PREREQUISITES, Stage
from tests.support.factories import give, make_organisation, make_user

SYSTEM = Actor.system()


def text(client: Client, name: str, *args: Any, status: int = 200) -> str:
    response = client.get(reverse(f"funding:{name}", args=args))
    assert response.status_code == status
    return response.content.decode()


def test_a_member_of_the_group_is_told_who_applies(stage: Stage, client_for: Any) -> None:
    someone = make_user("RSSI du membre")
    give(someone, stage.member, "rssi")
    assert "CH support" in text(client_for(someone), "domain", stage.member.pk, "d2")
    with pytest.raises(InputError, match="candidate pour tous ses membres"):
        actions.start(stage.by(someone), stage.member, "d2")


@pytest.mark.parametrize(
    ("domain", "family", "said"),
    [
        ("acces_distants", "prive", "aucun texte n'ouvre encore"),
        ("d2", "ght", "famille"),
        ("d2", "inconnue", "famille"),
    ],
)
def test_who_may_not_apply_is_told_why(stage: Stage, domain: str, family: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        actions.start(SYSTEM, stage.outside, domain, family=family)


def test_one_file_at_a_time_and_only_by_an_entity(stage: Stage) -> None:
    stage.start()
    with pytest.raises(InputError, match="déjà ouvert"):
        stage.start()
    with pytest.raises(InputError, match="entité juridique"):
        actions.start(SYSTEM, stage.ght, "d2")


def test_those_above_see_that_a_file_exists_then_what_was_sent(stage: Stage, client_for: Any) -> None:
    row = stage.start()
    stage.fill(*PREREQUISITES)
    officer, args = client_for(stage.officer), (stage.support.pk, row.pk)
    assert "Le candidat prépare son dossier" in text(officer, "application", *args)
    text(officer, "item", *args, "D2.P1", status=404)
    text(officer, "missing", *args, status=403)
    stage.move(stage.director, "apply")
    assert "D2.P1 pssi" in text(officer, "item", *args, "D2.P1")
    text(officer, "item", *args, "D2.O4", status=404)
    assert "Retenir la candidature" in text(officer, "application", *args)
    assert "Retenir la candidature" not in text(client_for(stage.director), "application", *args)


def test_what_is_missing_is_a_page_to_print(stage: Stage, client_for: Any) -> None:
    row = stage.start()
    page = text(client_for(stage.director), "missing", stage.support.pk, row.pk)
    assert "2 points restent" in page.replace("\u00a0", " ")
    assert "Joindre : équipe projet" in page.replace("\u00a0", " ")


def test_an_item_is_filled_and_proved_from_its_page(stage: Stage, client_for: Any) -> None:
    row, client = stage.start(), client_for(stage.director)
    address = reverse("funding:item", args=[stage.support.pk, row.pk, "D2.P1"])
    client.post(address, {"declared": "reached", "comment": "Oui", "fact_approved": "oui"})
    attach = reverse("funding:attach", args=[stage.support.pk, row.pk, "D2.P1"])
    sent = {
        "piece-place": "pssi",
        "piece-title": "PSSI 4",
        "piece-url": "https://exemple.invalid/pssi",
        "piece-effective_on": "2025-03-01",
    }
    assert client.post(attach, sent).status_code == 302
    assert stage.dossier().rows["D2.P1"].verdict.state == "acquired"
    assert client.post(attach, {"piece-place": "pssi"}).status_code == 400
    assert client.post(attach, sent | {"piece-url": "javascript:alert(1)"}).status_code == 400
    document = row.documents.get()
    client.post(reverse("funding:detach", args=[stage.support.pk, row.pk, document.pk]))
    assert not row.documents.exists()


def test_members_are_weighed_from_their_page(stage: Stage, client_for: Any) -> None:
    row, client = stage.start(), client_for(stage.director)
    address = reverse("funding:members", args=[stage.support.pk, row.pk])
    sent = {
        f"activity_{stage.support.pk}": "48 200",
        f"complies_{stage.support.pk}_D2.O1.C": "oui",
        f"activity_{stage.member.pk}": "",
    }
    assert client.post(address, sent).status_code == 302
    page = client.get(address).content.decode()
    assert "non calculable" in page
    assert "CH membre manque ou est nulle" in page
    assert client.post(address, sent | {f"activity_{stage.member.pk}": "-3"}).status_code == 400


def test_expenses_are_checked(stage: Stage) -> None:
    row, actor = stage.start(), stage.by(stage.director)
    for amount, day in ((0, dt.date(2025, 9, 1)), (10, dt.date(2025, 10, 2))):
        with pytest.raises(InputError):
            actions.add_expense(actor, stage.support, row.pk, label="Baie", amount=amount, committed_on=day)
    actions.add_expense(actor, stage.support, row.pk, label="Baie", amount=9, committed_on=dt.date(2025, 9, 1))
    assert stage.dossier().payable.words == "non calculable"


def test_the_nearest_table_of_ceilings_gives_the_amount(stage: Stage) -> None:
    row = stage.start()
    actions.add_expense(SYSTEM, stage.support, row.pk, label="Baie", amount=90_000, committed_on=dt.date(2025, 9, 1))
    actions.add_ceiling(SYSTEM, stage.nation, "d2", Band("ght", 0, None, 40_000), source="Arrêté")
    assert stage.dossier().payable.euros == 40_000
    actions.add_ceiling(SYSTEM, stage.region, "d2", Band("ght", 0, 100, 60_000), source="Notification")
    assert not stage.dossier().payable.euros  # 100 of activity: the region's table, alone, does not hold it
    actions.add_ceiling(SYSTEM, stage.region, "d2", Band("ght", 100, None, 70_000), source="Notification")
    assert stage.dossier().payable.euros == 70_000
    with pytest.raises(InputError, match="couvre déjà"):
        actions.add_ceiling(SYSTEM, stage.region, "d2", Band("ght", 50, 60, 1), source="Notification")
    with pytest.raises(InputError, match="source"):
        actions.add_ceiling(SYSTEM, stage.region, "d2", Band("prive", 50, 60, 1), source=" ")


def test_rules_are_typed_for_a_region_or_the_nation_only(stage: Stage, client_for: Any) -> None:
    keeper = make_user("Gestionnaire")
    give(keeper, stage.region, "gestionnaire")
    client, address = client_for(keeper), reverse("funding:rules", args=[stage.region.pk, "d1bis"])
    sent = {"part": "fenetre", "step": "application", "end": "2026-12-31", "source": "Arrêté", "confidence": "official"}
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent | {"start": "2027-01-01"}).status_code == 400
    objective = {
        "part": "objectif", "item": "O1.A", "title": "Un objectif", "expected": "Ce qu'on attend",
        "documents": "Une pièce", "source": "Arrêté", "confidence": "official",
    }  # fmt: skip
    assert client.post(address, objective).status_code == 302
    page = client.get(address).content.decode()
    assert "Objectif O1.A" in page
    assert "Ce qu&#x27;on attend" in text(client, "domain", stage.outside.pk, "d1bis")
    with pytest.raises(InputError, match="pour une région ou la nation"):
        actions.set_setting(SYSTEM, stage.ght, "d2", "envelope", {"euros": 1}, Source("Arrêté"))
    for setting in queries.settings_of(stage.region.node, "d1bis"):
        client.post(reverse("funding:remove_setting", args=[stage.region.pk, "d1bis", setting.pk]))
    assert not queries.settings_of(stage.region.node, "d1bis").exists()
    assert client_for(stage.officer).get(address).status_code == 403


def crowd(stage: Stage, count: int) -> None:
    for rank in range(count):
        place = make_organisation(stage.region, name=f"Clinique {rank}", type="clinique", ght_role="hors_ght")
        row = actions.start(SYSTEM, place, "d2", family="prive")
        Application.objects.of(place.node).filter(pk=row.pk).update(state="operating", notified=1_000)


def questions(client: Client, place: Organisation, django_assert_max_num_queries: Any, most: int) -> int:
    with django_assert_max_num_queries(most) as seen:
        assert client.get(reverse("funding:list", args=[place.pk])).status_code == 200
    return len(seen)


def test_above_the_same_questions_for_any_number(
    stage: Stage, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_for(stage.payer)
    crowd(stage, 1)
    few = questions(client, stage.nation, django_assert_max_num_queries, 15)
    crowd(stage, 12)
    assert questions(client, stage.nation, django_assert_max_num_queries, 15) == few
    page = text(client, "list", stage.nation.pk)
    assert "13\u202f000" in page.replace("13 000", "13\u202f000")
    assert "La région" in page


def test_a_file_is_read_in_few_questions(stage: Stage, client_for: Any, django_assert_max_num_queries: Any) -> None:
    row, client = stage.start(), client_for(stage.director)
    with django_assert_max_num_queries(22):
        client.get(reverse("funding:application", args=[stage.support.pk, row.pk]))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_taken_away(stage: Stage, client_for: Any, kind: str) -> None:
    crowd(stage, 2)
    response = client_for(stage.officer).get(reverse("funding:export", args=[stage.region.pk, kind]))
    assert response.status_code == 200
    if kind == "csv":
        lines = response.content.decode("utf-8-sig").splitlines()
        assert len(lines) == 3
        assert "phase opérationnelle" in lines[1]


def test_a_file_given_to_the_region_is_downloaded_as_it_was_sent(stage: Stage, client_for: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    row = stage.start()
    stage.fill(*PREREQUISITES)
    document = actions.attach_new(
        stage.by(stage.director), stage.support, row.pk, "D2.P2", "team", title="Lettre",
        upload=SimpleUploadedFile("lettre.txt", b"une lettre"),
    )  # fmt: skip
    officer = client_for(stage.officer)
    address = reverse("funding:download", args=[stage.support.pk, row.pk, document.pk])
    assert officer.get(address).status_code == 404
    stage.move(stage.director, "apply")
    response = officer.get(address)
    assert b"".join(response.streaming_content) == b"une lettre"
    assert response["Content-Disposition"].startswith("attachment")
