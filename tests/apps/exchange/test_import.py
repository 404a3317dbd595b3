# SPDX-License-Identifier: EUPL-1.2
"""The questionnaire coming back: read, previewed, applied; never by halves."""

from __future__ import annotations

import datetime as dt
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from carene.apps.assessments import actions as assessment_actions
from carene.apps.assessments import queries as assessments
from carene.apps.assessments.models import Answer, Assessment
from carene.apps.exchange import actions
from carene.apps.exchange.models import Draft
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.engines.exchange.xlsx import workbook
from tests.support.factories import World, give, make_user

HEADINGS = ["Identifiant", "Niveau choisi", "Justification", "Commentaire"]


def levels(assessment: Assessment) -> dict[str, int | None]:
    return {row.criterion: row.level for row in Answer.objects.filter(assessment=assessment).order_by("id")}


def file_of(assessment: Assessment, *rows: list[Any], versions: dict[str, int] | None = None) -> bytes:
    hidden = [["referential", "care"], ["assessment", str(assessment.pk)]]
    hidden += [[f"answer:{key}", str(value)] for key, value in (versions or {}).items()]
    return workbook([HEADINGS, *rows], more={"_carene": hidden})


def read(world: World, assessment: Assessment, data: bytes) -> Draft:
    return actions.read_answers(world.actor(world.alice), world.hospital, assessment.pk, data, "retour.xlsx")


def send(client: Any, world: World, data: bytes, name: str = "retour.xlsx") -> Any:
    address = reverse("exchange:index", args=[world.hospital.pk])
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def test_the_whole_way(world: World, alice: Any, assessment: Assessment) -> None:
    data = file_of(
        assessment, ["GOV.1.1", 3], ["GOV.1.2", 2], ["GOV.1.3", "N/A", "Pas de budget propre"], ["GOV.1.4", 9],
        versions={"GOV.1.1": 1, "GOV.1.2": 1, "GOV.1.3": 0},
    )  # fmt: skip
    response = send(alice, world, data)
    draft = Draft.objects.of(world.hospital.node).get()
    assert response.url == reverse("exchange:preview", args=[world.hospital.pk, draft.pk])
    page = alice.get(response.url).content.decode()
    for words in ("Ces réponses changent", "Ces questions reçoivent une réponse", "1\xa0ligne ne peut pas être lue",
                  "niveau 9", "1\xa0réponse identique", "niveau 3"):  # fmt: skip
        assert words in page, words
    assert levels(assessment)["GOV.1.1"] == 1, "reading changes nothing"
    response = alice.post(
        response.url, {"take": ["GOV.1.1", "GOV.1.3"], "version:GOV.1.1": "1", "version:GOV.1.3": "0"}
    )
    assert response.status_code == 302
    row = Answer.objects.get(assessment=assessment, criterion="GOV.1.3")
    assert (row.not_applicable, row.justification) == (True, "Pas de budget propre")
    assert levels(assessment)["GOV.1.1"] == 3
    draft.refresh_from_db()
    assert (draft.applied, draft.content) == (2, {})
    assert Entry.objects.filter(verb="assessment.import", target=f"file:{draft.pk}").exists()


def test_only_the_chosen_lines_are_taken(world: World, assessment: Assessment) -> None:
    draft = read(world, assessment, file_of(assessment, ["GOV.1.1", 3], ["GOV.1.2", 4]))
    changed = actions.apply_answers(world.actor(world.alice), world.hospital, draft.pk, {"GOV.1.2": 1})
    assert changed == ["GOV.1.2"]
    assert levels(assessment) == {"GOV.1.1": 1, "GOV.1.2": 4, "OPS.5.1": 3}


def test_who_answered_meanwhile_is_shown_and_kept_unless_chosen(
    world: World, alice: Any, assessment: Assessment
) -> None:
    data = file_of(assessment, ["GOV.1.1", 3], ["GOV.1.2", 3], versions={"GOV.1.1": 1, "GOV.1.2": 1})
    colleague = make_user("Nadia Benali")
    give(colleague, world.hospital, "contributeur")
    assessment_actions.answer(world.actor(colleague), world.hospital, assessment, "GOV.1.1", level=2, version=1)
    page = alice.get(send(alice, world, data).url).content.decode()
    before, _, after = page.partition("Ces réponses changent")
    assert "Quelqu&#x27;un a répondu depuis" in before or "Quelqu'un a répondu depuis" in before
    assert "Nadia Benali" in before
    assert 'value="GOV.1.1" id="l-conflict-1"><' in before, "not ticked"
    assert 'value="GOV.1.2" id="l-changed-1" checked><' in after


def test_what_moves_during_the_reading_stops_everything(world: World, alice: Any, assessment: Assessment) -> None:
    address = send(alice, world, file_of(assessment, ["GOV.1.1", 3], ["GOV.1.2", 3])).url
    assessment_actions.answer(world.actor(world.alice), world.hospital, assessment, "GOV.1.1", level=0, version=1)
    form = {"take": ["GOV.1.1", "GOV.1.2"], "version:GOV.1.1": "1", "version:GOV.1.2": "1"}
    response = alice.post(address, form)
    assert response.status_code == 409
    page = response.content.decode()
    assert "1\xa0réponse a changé pendant la relecture, rien n&#x27;a été repris" in page
    assert "a changé pendant la relecture</span>" in page
    assert levels(assessment) == {"GOV.1.1": 0, "GOV.1.2": 2, "OPS.5.1": 3}
    form["version:GOV.1.1"] = "2"
    assert alice.post(address, form).status_code == 302
    assert levels(assessment)["GOV.1.1"] == 3


def test_a_file_is_applied_once(world: World, alice: Any, assessment: Assessment) -> None:
    address = send(alice, world, file_of(assessment, ["GOV.1.1", 3])).url
    form = {"take": ["GOV.1.1"], "version:GOV.1.1": "1"}
    assert alice.post(address, form).status_code == 302
    assessment_actions.answer(world.actor(world.alice), world.hospital, assessment, "GOV.1.1", level=0)
    assert alice.post(address, form).url == reverse("exchange:index", args=[world.hospital.pk])
    assert levels(assessment)["GOV.1.1"] == 0


@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_middle_leaves_nothing_behind(world: World, assessment: Assessment) -> None:
    draft = read(world, assessment, file_of(assessment, ["GOV.1.1", 3], ["GOV.1.3", 3]))
    actor = world.actor(world.alice)
    entries = Entry.objects.count()
    with mock.patch.object(actions, "_close", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        actions.apply_answers(actor, world.hospital, draft.pk, {"GOV.1.1": 1, "GOV.1.3": 0})
    assert levels(assessment) == {"GOV.1.1": 1, "GOV.1.2": 2, "OPS.5.1": 3}
    assert Entry.objects.count() == entries
    assert actions.apply_answers(actor, world.hospital, draft.pk, {"GOV.1.1": 1, "GOV.1.3": 0}) == [
        "GOV.1.3",
        "GOV.1.1",
    ]


def test_an_empty_cell_never_erases(world: World, assessment: Assessment) -> None:
    actor = world.actor(world.alice)
    assessment_actions.answer(actor, world.hospital, assessment, "GOV.1.1", comment="à garder")
    draft = read(
        world, assessment, file_of(assessment, ["GOV.1.1", None, None, None], ["GOV.1.2", None, None, "nouveau"])
    )
    actions.apply_answers(actor, world.hospital, draft.pk, {"GOV.1.2": 1})
    rows = assessments.answers(assessment)
    assert (rows["GOV.1.1"].level, rows["GOV.1.1"].comment) == (1, "à garder")
    assert (rows["GOV.1.2"].level, rows["GOV.1.2"].comment) == (2, "nouveau")


def test_a_file_of_another_assessment_shows_no_false_conflict(world: World, alice: Any, assessment: Assessment) -> None:
    data = workbook([HEADINGS, ["GOV.1.1", 3]], more={"_carene": [["assessment", "99999"], ["answer:GOV.1.1", "0"]]})
    page = alice.get(send(alice, world, data).url).content.decode()
    assert "préparé pour une autre auto-évaluation" in page
    assert "l-changed-1" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"n'importe quoi", "ne décrit pas une auto-évaluation"), (b"%PDF-1.7 x", "PDF"), (b"PK\x03\x04 x", "abîmé"),
     (workbook([["a"], [1]]), "aucune feuille")],
)  # fmt: skip
def test_unreadable_files_are_refused_beside_the_field(
    world: World, alice: Any, assessment: Assessment, data: bytes, words: str
) -> None:
    response = send(alice, world, data)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Draft.objects.of(world.hospital.node).exists()


def test_an_empty_upload_asks_for_a_file(world: World, alice: Any, assessment: Assessment) -> None:
    assert "invalid-feedback" in alice.post(reverse("exchange:index", args=[world.hospital.pk])).content.decode()


def test_a_closed_assessment_takes_nothing(world: World, assessment: Assessment) -> None:
    draft = read(world, assessment, file_of(assessment, ["GOV.1.1", 3]))
    Assessment.objects.of(world.hospital.node).update(state="submitted")
    with pytest.raises(InputError, match="n'est plus ouverte"):
        read(world, assessment, file_of(assessment, ["GOV.1.1", 3]))
    with pytest.raises(InputError, match="soumise"):
        actions.apply_answers(world.actor(world.alice), world.hospital, draft.pk, {"GOV.1.1": 1})


def test_nothing_ticked_is_said(world: World, alice: Any, assessment: Assessment) -> None:
    response = alice.post(send(alice, world, file_of(assessment, ["GOV.1.1", 3])).url, {})
    assert "Aucune ligne n&#x27;est cochée" in response.content.decode()


@pytest.mark.parametrize("version", ["", "x", "²", "-1", "9" * 400])
def test_a_version_that_is_not_one_applies_nothing(
    world: World, alice: Any, assessment: Assessment, version: str
) -> None:
    address = send(alice, world, file_of(assessment, ["GOV.1.1", 3])).url
    assert alice.post(address, {"take": ["GOV.1.1"], "version:GOV.1.1": version}).status_code == 409
    assert levels(assessment)["GOV.1.1"] == 1


def test_alice_bob_charlie(world: World, client_for: Any, alice: Any, assessment: Assessment) -> None:
    address = send(alice, world, file_of(assessment, ["GOV.1.1", 3])).url
    drop = address + "abandonner/"
    bob, charlie, director = (client_for(user) for user in (world.bob, world.charlie, world.director))
    assert [c.get(address).status_code for c in (bob, charlie, director)] == [403, 404, 403]
    assert [c.post(address).status_code for c in (bob, charlie, director)] == [403, 404, 403]
    assert [c.post(drop).status_code for c in (bob, charlie)] == [404, 404]
    assert send(bob, world, b"answers: {GOV.1.1: 1}").status_code == 403
    assert send(charlie, world, b"answers: {GOV.1.1: 1}").status_code == 404
    colleague = make_user()
    give(colleague, world.hospital, "rssi")
    assert client_for(colleague).get(address).status_code == 404, "what someone reads again is theirs"
    with pytest.raises(PermissionDenied):
        actions.read_answers(world.actor(world.bob), world.hospital, assessment.pk, b"answers: {}", "a.yaml")
    assert alice.post(drop).status_code == 302
    assert alice.get(address).status_code == 404


def test_old_drafts_are_cleaned(world: World, assessment: Assessment) -> None:
    old = read(world, assessment, file_of(assessment, ["GOV.1.1", 3]))
    Draft.objects.of(world.hospital.node).update(created_at=timezone.now() - dt.timedelta(days=8))
    read(world, assessment, file_of(assessment, ["GOV.1.1", 3]))
    assert not Draft.objects.of(world.hospital.node).filter(pk=old.pk).exists()


def test_the_preview_costs_the_same_whatever_the_lines(
    world: World, alice: Any, assessment: Assessment, django_assert_max_num_queries: Any
) -> None:
    from carene.engines.referential.catalogue import care

    address = send(alice, world, file_of(assessment, *([c.id, 2] for c in care().criteria))).url
    with django_assert_max_num_queries(14):
        alice.get(address)
    versions = {f"version:{c.id}": "0" for c in care().criteria} | {
        "version:GOV.1.1": "1", "version:GOV.1.2": "1", "version:OPS.5.1": "1"
    }  # fmt: skip
    with django_assert_max_num_queries(25):
        response = alice.post(address, {"take": [c.id for c in care().criteria], **versions})
    assert response.status_code == 302
    assert set(levels(assessment).values()) == {2}
