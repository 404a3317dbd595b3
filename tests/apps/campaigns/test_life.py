# SPDX-License-Identifier: EUPL-1.2
"""A campaign from its preparation to its results: who is asked, who stands where, what is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from carene.apps.campaigns import actions, actions_people, progress, queries, reading
from carene.apps.campaigns.audience import Audience
from carene.apps.campaigns.models import Campaign, Closing, Outcome
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Node
from carene.engines.sources import InputError
from tests.apps.campaigns.conftest import DAY, Stage, hand, more
from tests.support.factories import make_assessment, make_organisation

TODAY = timezone.localdate


def board(stage: Stage, row: Campaign) -> progress.Board:
    return progress.board(Campaign.objects.of(stage.region.node).get(pk=row.pk), TODAY())


def states(stage: Stage, row: Campaign) -> dict[str, str]:
    return {line.name: line.state for line in board(stage, row).lines}


def test_who_is_asked_is_found_at_the_opening_and_kept(stage: Stage) -> None:
    row = stage.launch()
    assert set(states(stage, row)) == {"Hôpital d'Alice", "Hôpital voisin"}
    late_comer = make_organisation(stage.world.ght, name="Hôpital nouveau")
    found = progress.moves(row, board(stage, row))
    assert [one.pk for one in found.joined] == [late_comer.pk]
    assert len(states(stage, row)) == 2, "proposed, not taken in"
    assert actions_people.welcome(stage.by, stage.region, row.pk) == 1
    assert len(states(stage, row)) == 3
    with pytest.raises(InputError, match="Personne"):
        actions_people.welcome(stage.by, stage.region, row.pk)


def test_conditions_and_exclusions(stage: Stage) -> None:
    make_organisation(stage.world.ght, name="EHPAD", type="ehpad")
    alone = make_organisation(stage.region, name="Clinique", type="clinique", department="01")
    row = stage.prepare(audience=Audience(types=("ehpad", "clinique")))
    actions_people.set_aside(stage.by, stage.region, row.pk, alone.pk, reason="Fusion en cours")
    actions.launch(stage.by, stage.region, row.pk, revision=row.revision)
    assert set(states(stage, row)) == {"EHPAD"}
    assert [line.excluded for line in board(stage, row).apart] == ["Fusion en cours"]
    inside = stage.launch(audience=Audience(groups=(stage.world.ght.pk,)), title="Le GHT")
    assert "Clinique" not in states(stage, inside)
    there = stage.launch(audience=Audience(departments=("01",)), title="Un département")
    assert set(states(stage, there)) == {"Clinique"}


def test_where_everyone_stands(stage: Stage) -> None:
    one, two, three = more(stage, 3)
    make_assessment(one, {"GOV.1.1": 2})
    hand(two)
    old = timezone.now() - dt.timedelta(days=40)
    make_assessment(three, {"GOV.1.1": 2}, state="validated", validated_at=old, submitted_at=old)
    row = stage.launch()
    found = states(stage, row)
    assert [found[f"CH numéro 0{rank}"] for rank in range(3)] == ["begun", "submitted", "none"]
    lines = progress.covered(row, board(stage, row).lines)
    begun = next(line for line in lines if line.state == "begun")
    assert begun.coverage is not None
    assert 0 < begun.coverage < 0.1
    assert "%" in begun.words
    assert [line.name for line in board(stage, row).chosen(text="numero 02")] == ["CH numéro 02"]
    assert {line.state for line in board(stage, row).chosen(state="submitted")} == {"submitted"}


def test_late_and_extended(stage: Stage) -> None:
    row = stage.launch(starts_on=TODAY() - 10 * DAY, ends_on=TODAY())
    Campaign.objects.of(stage.region.node).filter(pk=row.pk).update(ends_on=TODAY() - DAY)
    assert all(line.late for line in board(stage, row).lines)
    one = queries.participants(row).get(node=stage.world.hospital.node)
    with pytest.raises(InputError, match="motif"):
        actions_people.extend(stage.by, stage.region, row.pk, one.pk, until=TODAY() + DAY, reason=" ")
    with pytest.raises(InputError, match="plus de temps"):
        actions_people.extend(stage.by, stage.region, row.pk, one.pk, until=TODAY() - 2 * DAY, reason="Panne")
    actions_people.extend(stage.by, stage.region, row.pk, one.pk, until=TODAY() + DAY, reason="Panne")
    assert {line.name: line.late for line in board(stage, row).lines} == {
        "Hôpital d'Alice": False, "Hôpital voisin": True,
    }  # fmt: skip


def test_bad_dates_and_nobody(stage: Stage) -> None:
    with pytest.raises(InputError, match="finit avant"):
        stage.prepare(ends_on=TODAY() - 5 * DAY)
    with pytest.raises(InputError, match="est passé"):
        stage.launch(starts_on=TODAY() - 9 * DAY, ends_on=TODAY() - 2 * DAY)
    with pytest.raises(InputError, match="Personne"):
        stage.launch(audience=Audience(types=("had",)))
    with pytest.raises(InputError, match="répond aux campagnes"):
        actions.create(
            Actor.of(stage.world.alice), stage.world.hospital, actions.Wanted("Essai", TODAY(), TODAY() + DAY)
        )
    with pytest.raises(PermissionDenied):
        actions.create(Actor.of(stage.world.bob), stage.world.ght, actions.Wanted("Essai", TODAY(), TODAY() + DAY))


def test_two_people_close_at_once(stage: Stage) -> None:
    row = stage.launch()
    stage_row = Campaign.objects.of(stage.region.node).get(pk=row.pk)
    actions.close(stage.by, stage.region, row.pk, revision=stage_row.revision)
    with pytest.raises(InputError, match="entre-temps"):
        actions.close(stage.by, stage.region, row.pk, revision=stage_row.revision)
    assert Closing.objects.filter(campaign=row).count() == 1


def test_what_a_closing_found_stays(stage: Stage) -> None:
    hand(stage.world.hospital, 3)
    row = stage.launch()
    closing = stage.close(row)
    hand(stage.world.sister)
    assert states(stage, row) == {"Hôpital d'Alice": "submitted", "Hôpital voisin": "none"}, "as it was found"
    kept = Outcome.objects.of(stage.world.hospital.node).get(closing=closing)
    assert kept.state == "submitted"
    assert kept.overall == pytest.approx(3.0)
    for rows in (Closing.objects.filter(pk=closing.pk), Outcome.objects.of(stage.world.hospital.node)):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**({"by": "x"} if rows.model is Closing else {"step": 5}))
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    closed = Campaign.objects.of(stage.region.node).get(pk=row.pk)
    with pytest.raises(InputError, match="motif"):
        actions.reopen(stage.by, stage.region, row.pk, revision=closed.revision, reason="")
    actions.reopen(stage.by, stage.region, row.pk, revision=closed.revision, reason="Un oubli")
    assert stage.close(row).number == 2
    assert Closing.objects.filter(campaign=row).count() == 2
    verbs = [
        one.verb for one in Entry.objects.filter(node=stage.region.node, verb__startswith="campaign.").order_by("id")
    ]
    assert verbs == ["campaign.prepare", "campaign.open", "campaign.close", "campaign.reopen", "campaign.close"]


def test_one_closes_and_one_moves_away(stage: Stage) -> None:
    gone, moved, stays = more(stage, 3)
    row = stage.launch()
    Organisation.objects.unscoped("it closes").filter(pk=gone.pk).update(closed_on=TODAY())
    other = stage.world.elsewhere.node.parent
    Node.objects.filter(pk=moved.pk).update(parent=other, path=f"{other.path}{moved.pk}/")
    found = board(stage, row)
    assert [line.name for line in found.shut] == [gone.name]
    assert [name for name, _ in progress.moves(row, found).left] == [moved.name]
    assert stays.name in states(stage, row)
    assert stage.close(row).figures["asked"] == 4


def test_compared_with_the_last_one(stage: Stage) -> None:
    places = more(stage, 5)
    for place in places:
        hand(place, 1)
    first = stage.launch(starts_on=TODAY() - 3 * DAY, ends_on=TODAY() + DAY)
    stage.close(first)
    for place in places:
        from carene.apps.assessments.models import Answer, Assessment

        Answer.objects.filter(assessment__in=Assessment.objects.of(place.node)).update(level=3)
    second = stage.launch(title="La suivante")
    closing = stage.close(second)
    assert closing.comparison["both"] == 5
    assert closing.comparison["compared"] == closing.comparison["total"]
    found = reading.result(stage.by, stage.region.node, closing)
    assert found.shown
    assert {round(line.change or 0, 1) for line in found.axes if line.change is not None} == {2.0}


def test_no_figure_under_five_for_who_reads_the_summary_alone(stage: Stage, client_for: Any) -> None:
    hand(stage.world.hospital, 3)
    closing = stage.close(stage.launch())
    assert not reading.result(stage.by, stage.region.node, closing).shown
    from tests.support.factories import give

    give(stage.officer, stage.region, "lecteur")
    seen = reading.result(stage.by, stage.region.node, closing)
    assert seen.shown
    assert seen.questions
    mine = reading.result(Actor.of(stage.world.alice), stage.world.hospital.node, closing)
    assert not mine.shown


def test_same_queries_for_ten_or_three_hundred(stage: Stage, django_assert_max_num_queries: Any) -> None:
    more(stage, 8)
    row = stage.launch()
    with django_assert_max_num_queries(3):
        assert len(board_of(row)) == 10
    more(stage, 60)
    actions_people.welcome(stage.by, stage.region, row.pk)
    with django_assert_max_num_queries(3):
        assert len(board_of(row)) == 70


def board_of(row: Campaign) -> list[progress.Line]:
    return progress.board(row, TODAY()).lines
