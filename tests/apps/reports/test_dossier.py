# SPDX-License-Identifier: EUPL-1.2
"""From the rows of the database to what documents say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.assessments.models import Assessment
from carene.apps.organisations.queries import find
from carene.apps.reports import queries
from carene.apps.reports.rendering.dossier import Dossier
from carene.apps.roadmaps import actions as roadmaps
from carene.apps.roadmaps.means import Means
from carene.apps.roadmaps.models import Action, Scenario
from carene.core.access.actor import Actor
from carene.engines.referential.catalogue import care
from tests.support.factories import World, make_action, make_assessment

LEVELS = {criterion.id: 1 for criterion in care().criteria}
START = dt.date(2027, 1, 1)


def day(year: int) -> dt.datetime:
    return dt.datetime(year, 11, 14, 10, tzinfo=dt.UTC)


def means(name: str = "Budget voté") -> Means:
    return Means(name=name, start=START, months=12, budgets={2027: 40_000.0}, team={"rssi": 6.0, "systemes": 6.0})


def scenario(world: World, name: str = "Budget voté", *, adopt: bool = False) -> Scenario:
    actor = world.actor(world.alice)
    row = roadmaps.create_scenario(actor, world.hospital, means(name))
    if adopt:
        roadmaps.adopt(actor, world.hospital, row.pk, version=row.version)
    return row


def dossier(world: World, **asked: Any) -> Dossier:
    actor = world.actor(world.alice)
    picked = queries.choice(world.hospital, **asked)
    assert picked.assessment is not None
    return queries.dossier(actor, find(actor, world.hospital.pk), picked.assessment, picked.scenario)


def test_nothing_to_choose_from(world: World) -> None:
    assert queries.choice(world.hospital) == queries.Choice()


def test_by_default_the_last_validated_and_the_adopted(world: World) -> None:
    old = make_assessment(world.hospital, LEVELS, state="validated", validated_at=day(2025))
    last = make_assessment(world.hospital, LEVELS, state="validated", validated_at=day(2026), previous=old)
    opened = make_assessment(world.hospital, LEVELS, previous=last)
    adopted = scenario(world, adopt=True)
    later = scenario(world, "Un autre")
    picked = queries.choice(world.hospital)
    assert (picked.assessment, picked.scenario) == (last, adopted)
    assert {row.pk for row in picked.assessments} == {old.pk, last.pk, opened.pk}
    asked = queries.choice(world.hospital, str(opened.pk), str(later.pk))
    assert (asked.assessment, asked.scenario) == (opened, later)
    assert queries.choice(world.hospital, scenario=queries.NONE).scenario is None
    for wrong in ("999", "abc", "-1", "1 OR 1=1"):
        fallback = queries.choice(world.hospital, wrong, wrong)
        assert (fallback.assessment, fallback.scenario) == (last, adopted)


def test_the_choice_never_leaves_the_organisation(world: World) -> None:
    make_assessment(world.hospital, LEVELS)
    theirs = make_assessment(world.elsewhere, LEVELS)
    picked = queries.choice(world.hospital, str(theirs.pk))
    assert picked.assessment is not None
    assert picked.assessment.node_id == world.hospital.pk


def test_without_adoption_the_latest_scenario_is_shown(world: World) -> None:
    make_assessment(world.hospital, LEVELS)
    scenario(world, "Premier")
    second = scenario(world, "Second")
    assert queries.choice(world.hospital).scenario == second


def test_a_stranger_makes_no_dossier(world: World) -> None:
    row = make_assessment(world.hospital, LEVELS)
    with pytest.raises(PermissionDenied):
        queries.dossier(world.actor(world.charlie), world.hospital, row, None)


def test_who_says_what_when(world: World) -> None:
    row = make_assessment(
        world.hospital, LEVELS, state="validated", validated_at=day(2025), validated_by=world.director
    )
    found = dossier(world)
    assert found.subtitle.replace("\xa0", " ") == "Centre hospitalier, 200 lits et places, 600 postes"
    assert found.evaluated.replace("\xa0", " ") == "Évaluation validée le 14 novembre 2025 par Denise Duval."
    assert any("sont celles validées le" in sentence for sentence in found.assumptions)
    row.state, row.validated_at, row.submitted_at = Assessment.State.SUBMITTED, None, day(2025)
    row.save()
    assert "soumise à la direction le 14" in dossier(world).evaluated
    row.state, row.submitted_at = Assessment.State.DRAFT, None
    row.save()
    assert "pas encore validée" in dossier(world).evaluated


def test_what_is_not_known_of_the_establishment_is_said(world: World) -> None:
    world.hospital.workstations, world.hospital.type = None, ""
    world.hospital.save(update_fields=["workstations", "type"])
    make_assessment(world.hospital, LEVELS)
    said = " ".join(dossier(world).assumptions)
    assert "nombre de postes" in said
    assert "type d'établissement" in said


def test_history_goes_up_to_this_judgement(world: World) -> None:
    rows = []
    for year, overall in ((2023, 0.5), (2024, 0.8), (2025, 1.1)):
        kept = {"overall": overall, "step": 0, "axes": {"GOV": overall}, "coverage": 1.0}
        rows.append(
            make_assessment(
                world.hospital, LEVELS, state="validated", validated_at=day(year), result=kept,
                previous=rows[-1] if rows else None,
            )
        )  # fmt: skip
    found = dossier(world)
    assert [point.overall for point in found.history[:-1]] == [0.5, 0.8]
    assert found.history[-1].overall == found.judgement.overall.score
    assert [point.on.year for point in found.history] == [2023, 2024, 2025]
    assert found.previous is not None
    assert found.previous.judged_on == dt.date(2024, 11, 14)
    earlier = dossier(world, assessment=str(rows[1].pk))
    assert [point.on.year for point in earlier.history] == [2023, 2024]


def test_a_scenario_that_is_not_adopted_is_shown_as_planned(world: World) -> None:
    make_assessment(world.hospital, LEVELS)
    scenario(world)
    make_action(world.hospital, "Une action à nous")
    found = dossier(world)
    assert found.scenario == "Budget voté"
    assert found.actions
    assert {line.state for line in found.actions} == {"planned"}
    assert "Une action à nous" not in {line.title for line in found.actions}
    assert found.decisions == ()


def test_an_adopted_roadmap_is_shown_as_it_is_carried_out(world: World) -> None:
    make_assessment(world.hospital, LEVELS)
    scenario(world, adopt=True)
    alice = world.actor(world.alice)
    first, second, third, *_ = Action.objects.of(world.hospital.node).order_by("start_on", "id")
    roadmaps.update_action(alice, world.hospital, first.pk, version=first.version, owner_id=world.alice.pk)
    second = roadmaps.start(alice, world.hospital, second.pk, version=second.version)
    roadmaps.finish(alice, world.hospital, second.pk, version=second.version, actual_cost=800.0)
    roadmaps.drop(alice, world.hospital, third.pk, version=third.version)
    ours = make_action(
        world.hospital, "Changer l'onduleur", start_on=START, due_on=dt.date(2027, 2, 28), planned_cost=8_200.0
    )
    make_action(world.hospital, "Vieille affaire", state="done", done_on=dt.date(2020, 1, 1))
    found = dossier(world)
    lines = {line.measure: line for line in found.actions}
    assert lines[first.measure].owner == "Alice Arnaud"
    assert (lines[second.measure].state, lines[second.measure].comment.replace("\xa0", " ")) == (
        "done", "Dépensé : 800 €.",
    )  # fmt: skip
    assert lines[second.measure].end == timezone.localdate()
    assert lines[third.measure].state == "dropped"
    assert lines[f"action-{ours.pk}"].title == "Changer l'onduleur"
    assert "Vieille affaire" not in {line.title for line in found.actions}
    assert found.plan is not None
    year = next(one for one in found.plan.years if one.year == 2027)
    assert year.spent >= 8_200.0
    said = " ".join(found.assumptions).replace("\xa0", " ")
    assert "1 action décidée hors du plan calculé : son coût est compté" in said
    assert f"« {third.title} » a été abandonnée" in said
    assert any("Désigner un responsable" in sentence for sentence in found.decisions)
    assert not any("Adopter" in sentence for sentence in found.decisions)


def test_late_actions_are_for_the_management_to_unblock(world: World) -> None:
    make_assessment(world.hospital, LEVELS)
    scenario(world, adopt=True)
    row = Action.objects.of(world.hospital.node).order_by("start_on", "id").first()
    assert row is not None
    row.start_on = row.due_on = timezone.localdate() - dt.timedelta(days=9)
    row.save()
    found = dossier(world)
    assert next(line for line in found.actions if line.measure == row.measure).state == "late"
    assert found.decisions[0].startswith("Débloquer une action en retard")


def test_a_plan_that_is_not_computed_leaves_the_roadmap_out(world: World) -> None:
    make_assessment(world.hospital, LEVELS)
    row = scenario(world)
    Scenario.objects.of(world.hospital.node).filter(pk=row.pk).update(plan=None)
    found = dossier(world)
    assert (found.plan, found.scenario, found.actions) == (None, "", ())


def test_everything_is_read_in_a_few_queries(world: World, django_assert_max_num_queries) -> None:
    first = make_assessment(world.hospital, LEVELS, state="validated", validated_at=day(2025))
    make_assessment(world.hospital, LEVELS, state="validated", validated_at=day(2026), previous=first)
    scenario(world, adopt=True)
    actor: Actor = world.actor(world.alice)
    with django_assert_max_num_queries(10):
        picked = queries.choice(world.hospital)
        assert picked.assessment is not None
        found = queries.dossier(actor, world.hospital, picked.assessment, picked.scenario)
        assert found.actions
