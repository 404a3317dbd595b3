# SPDX-License-Identifier: EUPL-1.2
"""The questionnaire leaving."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from carene.apps.assessments.models import Assessment, Assignment
from carene.apps.exchange.xlsx_write import Questions, write_questionnaire
from carene.apps.organisations import actions as organisations
from carene.apps.organisations.shape import PROFILE
from carene.engines.exchange import layout
from carene.engines.exchange.files import read_file
from carene.engines.exchange.questionnaire import Card, Entry, Questionnaire, Reading
from carene.engines.exchange.workbook import open_workbook
from carene.engines.referential.catalogue import care
from tests.support.factories import World, make_assessment

TODAY = timezone.localdate()


def get(client: Any, world: World, **query: str) -> Any:
    return client.get(reverse("exchange:export", args=[world.hospital.pk]), query)


def reading_of(response: Any) -> Reading:
    name = response["Content-Disposition"].split('"')[1]
    return read_file(response.content, name, care(), TODAY)


@pytest.mark.parametrize("kind", ["xlsx", "yaml", "json"])
def test_what_leaves_reads_back_with_versions(world: World, alice: Any, assessment: Assessment, kind: str) -> None:
    response = get(alice, world, format=kind)
    assert response.status_code == 200
    assert f'questionnaire-hopital-d-alice-{TODAY.isoformat()}.{kind}"' in response["Content-Disposition"]
    reading = reading_of(response)
    assert reading.problems == ()
    found = reading.questionnaire
    assert found.assessment == assessment.pk
    assert {key: (one.level, one.version) for key, one in found.answers.items()} == {
        "GOV.1.1": (1, 1), "GOV.1.2": (2, 1), "OPS.5.1": (3, 1)
    }  # fmt: skip
    assert found.card.workstations == 600


@pytest.mark.parametrize("kind", ["xlsx", "yaml", "json"])
def test_the_whole_profile_leaves(world: World, alice: Any, assessment: Assessment, kind: str) -> None:
    """A field added to the profile is in the file and in the API too."""
    amounts = {"beds": 212, "staff": 690, "servers": 61, "sites": 3, "operating_budget": 54_000_000}
    amounts |= {"digital_budget": 1_010_000, "activity": 22_400_000_000}
    organisations.update_profile(world.actor(world.alice), world.hospital, **amounts)
    card = reading_of(get(alice, world, format=kind)).questionnaire.card
    assert {name: getattr(card, name) for name in amounts} == amounts
    told = alice.get(f"/api/organisations/{world.hospital.pk}").json()
    assert {name: told[name] for name in amounts} == amounts
    assert set(PROFILE) <= set(told)
    assert set(PROFILE) - {"short_name", "ght_role"} <= set(Card.__slots__)


def ids_of(response: Any) -> set[str]:
    sheet = open_workbook(response.content, "a.xlsx").sheet[layout.QUESTIONS]
    return {str(row[0]) for row in sheet.rows[1:] if row[0]}


def test_portions(world: World, alice: Any, assessment: Assessment) -> None:
    everything = ids_of(get(alice, world, portee="tout"))
    assert len(everything) > 90
    assert ids_of(get(alice, world, portee="restant")) == everything - {"GOV.1.1", "GOV.1.2", "OPS.5.1"}
    assert {key.rpartition(".")[0] for key in ids_of(get(alice, world, portee="objectif:GOV.1"))} == {"GOV.1"}
    assert {key.partition(".")[0] for key in ids_of(get(alice, world, portee="axe:SEN"))} == {"SEN"}
    Assignment.objects.create(assessment=assessment, criterion="GOV.2.1", user=world.bob)
    assert ids_of(get(alice, world, portee=f"confie:{world.bob.pk}")) == {"GOV.2.1"}
    response = get(alice, world, portee=f"confie:{world.charlie.pk}")
    assert response.status_code == 400
    assert "Aucune question" in response.content.decode()


def test_a_portion_holds_neither_the_profile_nor_the_measures(world: World, alice: Any, assessment: Assessment) -> None:
    names = set(open_workbook(get(alice, world, portee="axe:SEN").content, "a.xlsx").sheet)
    assert names == {layout.GUIDE, layout.QUESTIONS, layout.HIDDEN}
    assert layout.CARD in open_workbook(get(alice, world).content, "a.xlsx").sheet


def test_alice_bob_charlie(world: World, client_for: Any, assessment: Assessment) -> None:
    assert get(client_for(world.bob), world).status_code == 200
    assert get(client_for(world.charlie), world).status_code == 404


def test_the_assessment_of_another_is_not_found(world: World, alice: Any, assessment: Assessment) -> None:
    other = make_assessment(world.elsewhere, {"GOV.1.1": 4})
    assert get(alice, world, evaluation=str(other.pk)).status_code == 404
    assert get(alice, world, evaluation="²").status_code == 200


def test_without_an_assessment_there_is_nothing_to_send(world: World, alice: Any) -> None:
    assert get(alice, world).status_code == 404
    page = alice.get(reverse("exchange:index", args=[world.hospital.pk])).content.decode()
    assert "pas encore d&#x27;auto-évaluation" in page or "pas encore d'auto-évaluation" in page


def test_unknown_formats_are_not_found(world: World, alice: Any, assessment: Assessment) -> None:
    assert get(alice, world, format="exe").status_code == 404


def workbook_xml(part: str, **fields: Any) -> str:
    referential = care()
    content = Questionnaire(card=Card(name="CH & Cie"), **fields)
    data = write_questionnaire(
        Questions(referential, referential.criteria, content, "Éval", dt.date(2026, 11, 23), True)
    )
    return zipfile.ZipFile(io.BytesIO(data)).read(part).decode()


def test_only_the_cells_to_fill_are_open_and_levels_are_chosen_in_a_list() -> None:
    xml = workbook_xml("xl/worksheets/sheet2.xml")
    assert "<sheetProtection" in xml
    assert '<pane xSplit="2" ySplit="1"' in xml
    assert xml.count("<dataValidation ") == len(care().criteria)
    assert '<formula1>"0,1,2,3,4,N/A"</formula1>' in xml
    assert "<f>" not in xml


def test_no_answer_becomes_a_formula() -> None:
    answers = {"GOV.1.1": Entry("GOV.1.1", 1, comment='=HYPERLINK("http://x")', justification="@SUM(1)")}
    assert "<f>" not in workbook_xml("xl/worksheets/sheet2.xml", answers=answers)
    assert "HYPERLINK" in workbook_xml("xl/sharedStrings.xml", answers=answers)


def test_the_hidden_sheet_is_very_hidden() -> None:
    assert 'name="_carene" sheetId="5" state="veryHidden"' in workbook_xml("xl/workbook.xml")


def test_the_page_counts_the_same_queries_whatever_is_answered(
    world: World, alice: Any, assessment: Assessment, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(14):
        alice.get(reverse("exchange:index", args=[world.hospital.pk]))
    with django_assert_max_num_queries(12):
        get(alice, world)


def test_the_whole_carries_the_means_of_the_roadmap(world: World, alice: Any, assessment: Assessment) -> None:
    from carene.apps.roadmaps.models import MeasureOverride, Scenario

    first, second = (measure.id for measure in care().measures[:2])
    Scenario.objects.create(
        node=world.hospital.node, assessment_id=assessment.pk, referential="care", name="Voté",
        start=dt.date(2027, 1, 1), months=24, budgets={"2027": 9000}, team={"rssi": 2.5},
        wishes={first: {"mandatory": True, "deadline": "2027-06"}}, adopted_at=timezone.now(),
    )  # fmt: skip
    MeasureOverride.objects.create(node=world.hospital.node, measure=second, investment=1200, reason="devis")
    means = reading_of(get(alice, world, format="yaml")).questionnaire.means
    assert (means.start, means.months, means.budgets, means.team) == (
        dt.date(2027, 1, 1),
        24,
        {2027: 9000},
        {"rssi": 2.5},
    )
    assert (means.wishes[first].mandatory, means.wishes[first].deadline) == (True, dt.date(2027, 6, 30))
    assert means.overrides[second].investment == 1200
    assert reading_of(get(alice, world, format="yaml", portee="axe:SEN")).questionnaire.means.budgets == {}
