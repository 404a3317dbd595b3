# SPDX-License-Identifier: EUPL-1.2
"""A group planned together: its members and their means, the computation, what each member gets of it."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from carene.apps.organisations.models import Beneficiary, Organisation, SharedService
from carene.apps.roadmaps import actions, group_members, group_running, plans, queries, stored
from carene.apps.roadmaps.actions import group as group_actions
from carene.apps.roadmaps.group_asked import Asked, MemberAsked
from carene.apps.roadmaps.models import Action, CommonPart, CommonPlan, Scenario
from carene.apps.roadmaps.search_times import search_times
from carene.core.access.actor import Actor
from carene.core.jobs import reporting, worker
from carene.core.jobs.models import Job
from carene.core.journal.models import Entry
from carene.engines.planner.group.planning import ROUND
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError
from tests.apps.roadmaps.conftest import START, Desk, means
from tests.support.factories import give, make_action, make_assessment, make_organisation, make_user

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def both(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Alice plans her hospital and reads the whole group, whose other hospital has answered too."""
    for name in ("highspy", "ortools.sat.python.cp_model"):
        import_module(name)
    short = search_times().model_copy(update={"seconds": (1, 30), "usual": 1})
    monkeypatch.setattr(group_actions, "search_times", lambda: short)
    monkeypatch.setattr(reporting, "BREATH", 60.0)  # another thread would not see the rows of the test
    make_assessment(desk.world.sister, {criterion.id: 1 for criterion in care().criteria}, state="validated")
    give(desk.world.alice, desk.world.ght, "lecteur")
    return desk


def asked(desk: Desk, **changes: Any) -> Asked:
    values: dict[str, Any] = {
        "start": START, "months": 12, "objective": "maturity", "key": "fair", "budgets": {}, "percents": {},
        "carrier": None, "seconds": 1,
        "members": {one.pk: MemberAsked(means(), None) for one in (desk.world.hospital, desk.world.sister)},
    }  # fmt: skip
    return Asked(**{**values, **changes})


def found(desk: Desk, **changes: Any) -> CommonPlan:
    """Computed with the first way of sharing that is tried."""
    row = actions.plan_together(desk.alice, desk.world.ght, asked(desk, **changes))
    stages: list[str] = []
    outcome = group_running.compute(
        desk.alice, desk.world.ght, row, steps=0, workers=1,
        progress=lambda stage, *_: stages.append(stage), stop=lambda: ROUND in stages,
    )  # fmt: skip
    actions.keep_found(desk.alice, desk.world.ght, row.pk, outcome.result, outcome.parts)
    return CommonPlan.objects.of(desk.world.ght.node).get(pk=row.pk)


def part_of(organisation: Organisation) -> CommonPart:
    return CommonPart.objects.of(organisation.node).latest("pk")


# Who may be planned, and with what -----------------------------------------------------------------------------------


def test_those_that_began_an_assessment_are_planned_the_others_named(both: Desk) -> None:
    ght = both.world.ght
    late = make_organisation(ght, name="Hôpital en retard")
    make_organisation(late, kind="site", name="Un de ses sites")
    closed = make_organisation(ght, name="Hôpital fermé")
    Organisation.objects.of(closed.node).update(closed_on=TODAY)
    seen = group_members.gather(both.alice, ght)
    assert {one.pk for one in seen.members} == {both.world.hospital.pk, both.world.sister.pk}
    assert ([one.name for one in seen.without], seen.hidden) == (["Hôpital en retard"], 0)


def test_what_one_may_not_read_is_counted_only(both: Desk) -> None:
    seen = group_members.gather(Actor.of(both.world.director), both.world.ght)
    assert ([one.pk for one in seen.members], seen.hidden) == ([both.world.hospital.pk], 1)


def test_means_come_from_the_adopted_scenario_then_from_the_latest_then_are_proposed(both: Desk) -> None:
    adopted = both.adopted(budgets={2027: 7000.0})
    both.scenario("Plus tard", budgets={2027: 9000.0})
    mine = group_members.gather(both.alice, both.world.ght)
    hospital, sister = (mine.member(one.pk) for one in (both.world.hospital, both.world.sister))
    assert hospital is not None
    assert sister is not None
    own = hospital.own(TODAY)
    assert own.scenario is not None
    assert own.scenario.pk == adopted.pk
    assert (own.budget(2027), own.budget(2031)) == (7000.0, 7000.0)
    assert own.team == adopted.team
    assert (sister.own(TODAY).scenario, sister.own(TODAY).budget(2027)) == (None, 0.0)
    assert sister.own(TODAY).team, "the team of its size is proposed"


def test_agreed_percentages_come_from_the_service_that_speaks_of_the_most(both: Desk) -> None:
    ght, hospital, sister = both.world.ght, both.world.hospital, both.world.sister
    service = SharedService.objects.create(node=ght.node, kind="rssi", provider=hospital.node)
    Beneficiary.objects.create(service=service, node=sister.node, share_percent=30)
    members = group_members.gather(both.alice, ght).members
    assert group_members.agreed(ght.node, members, TODAY) == {sister.pk: 30.0, hospital.pk: 70.0}


# The computation ------------------------------------------------------------------------------------------------------


def test_a_job_finds_it_and_keeps_the_part_of_each(both: Desk) -> None:
    ght = both.world.ght
    row = actions.plan_together(both.alice, ght, asked(both))
    actions.launch(both.alice, ght, row)
    with pytest.raises(InputError, match="déjà en cours"):
        actions.launch(both.alice, ght, row)
    job = worker.claim("moi")
    assert job is not None
    worker.perform(job)
    job = Job.objects.of(ght.node).get(pk=job.pk)
    assert (job.state, job.error) == ("done", "")
    row.refresh_from_db(from_queryset=CommonPlan.objects.of(ght.node))
    assert row.result is not None
    data = row.result["data"]
    assert data["value"] >= data["apart"] > 0
    for one in (both.world.hospital, both.world.sister):
        part = part_of(one)
        assert (part.state, part.group_name) == ("found", ght.label)
        assert queries.proposed_parts(one.node) == [], "nobody is told before it is given"
        member = next(m for m in data["members"] if m["member"] == str(one.pk))
        assert part.summary["cost"] == pytest.approx(sum(a["cost"] for a in member["roadmap"]["actions"]), abs=0.1)


def test_stopped_at_once_it_gives_the_plans_of_each(both: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = actions.plan_together(both.alice, both.world.ght, asked(both))
    actions.launch(both.alice, both.world.ght, row)
    monkeypatch.setattr(reporting.Report, "stopping", True)
    job = worker.claim("moi")
    assert job is not None
    worker.perform(job)
    assert Job.objects.of(both.world.ght.node).get(pk=job.pk).state == "stopped"
    row.refresh_from_db(from_queryset=CommonPlan.objects.of(both.world.ght.node))
    assert row.result is not None
    assert row.result["data"]["members"]


def test_the_best_so_far_never_goes_down() -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    tell = group_running.Telling(lambda stage, share, **figures: told.append((stage, figures)))
    tell("CH A : Recherche locale", 40.0, None, 0.2)
    for stage, value, bound in ((ROUND, 90.0, None), ("Ensemble : Sélection gloutonne", 0.0, None), ("X", 95.0, 94.0)):
        tell(stage, value, bound, 0.6)
    assert told[0][0].startswith("CH A : recherche locale")
    assert told[0][1] == {}, "the value of one member is not that of all"
    assert [(figures["value"], figures["bound"]) for _, figures in told[1:]] == [(90, None), (90, None), (95, 95)]


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"seconds": 7}, "durée"),
        ({"members": {}}, "au moins deux"),
        ({"members": {1: MemberAsked(means(), None)}}, "ne peut pas"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(both: Desk, changes: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        actions.plan_together(both.alice, both.world.ght, asked(both, **changes))
    assert not CommonPlan.objects.of(both.world.ght.node).exists()


def test_a_reader_plans_nothing(both: Desk) -> None:
    with pytest.raises(PermissionDenied):
        actions.plan_together(Actor.of(both.world.bob), both.world.ght, asked(both))


# To each its part -----------------------------------------------------------------------------------------------------


def test_given_it_makes_scenarios_where_one_may_and_proposes_elsewhere(both: Desk) -> None:
    hospital, sister = both.world.hospital, both.world.sister
    row = found(both)
    assert (row.result or {})["data"]["common"], "like hospitals share"
    given = actions.give_parts(both.alice, both.world.ght, row)
    assert ([one.pk for one in given.made], [one.pk for one in given.proposed]) == ([hospital.pk], [sister.pk])
    scenario = queries.scenario(hospital.node, part_of(hospital).scenario_id or 0)
    assert scenario.name.startswith("Plan commun du GHT, ")
    assert scenario.common == {
        "group": both.world.ght.pk, "name": both.world.ght.label, "plan": row.pk, "on": scenario.common["on"],
    }  # fmt: skip
    computed = stored.read(scenario)
    assert computed is not None
    assert set(scenario.wishes) == {action.measure for action in computed.plan.actions}
    assert any(one.shared for one in computed.plan.problem.candidates)
    situation = plans.required_situation(hospital)
    assert plans.outdated(situation, scenario, computed) == []
    assert [one.pk for one in queries.proposed_parts(sister.node)] == [part_of(sister).pk]
    assert not Scenario.objects.of(sister.node).exists()
    with pytest.raises(InputError, match="plus à adopter"):
        actions.give_parts(both.alice, both.world.ght, row)
    told = set(Entry.objects.order_by("id").values_list("verb", "target"))
    assert ("part.propose", f"commonpart:{part_of(sister).pk}") in told
    assert ("roadmap.plan", f"scenario:{scenario.pk}") in told


def test_who_does_not_read_them_all_gives_nothing(both: Desk) -> None:
    row, rssi = found(both), make_user("Rémi Roux")
    give(rssi, both.world.hospital, "rssi")
    give(rssi, both.world.ght, "officier")
    with pytest.raises(InputError, match="pas tous"):
        actions.give_parts(Actor.of(rssi), both.world.ght, row)
    assert queries.proposed_parts(both.world.sister.node) == []


def test_someone_of_the_member_accepts_or_puts_aside(both: Desk) -> None:
    sister, rssi = both.world.sister, both.world.charlie
    give(rssi, sister, "rssi")
    row = found(both)
    actions.give_parts(both.alice, both.world.ght, row)
    part = part_of(sister)
    with pytest.raises(PermissionDenied):
        actions.accept_part(both.alice, sister, part.pk)
    with pytest.raises(CommonPart.DoesNotExist):
        actions.accept_part(Actor.of(rssi), both.world.elsewhere, part.pk)
    scenario = actions.accept_part(Actor.of(rssi), sister, part.pk)
    assert scenario.common is not None
    assert queries.proposed_parts(sister.node) == []
    with pytest.raises(InputError, match="déjà"):
        actions.decline_part(Actor.of(rssi), sister, part.pk)


def test_put_aside_it_makes_nothing(both: Desk) -> None:
    sister = both.world.sister
    give(both.world.charlie, sister, "rssi")
    actions.give_parts(both.alice, both.world.ght, found(both))
    actions.decline_part(Actor.of(both.world.charlie), sister, part_of(sister).pk)
    assert queries.proposed_parts(sister.node) == []
    assert not Scenario.objects.of(sister.node).exists()


def test_computed_again_a_part_leaves_the_group(both: Desk) -> None:
    hospital = both.world.hospital
    actions.give_parts(both.alice, both.world.ght, found(both))
    scenario = queries.scenario(hospital.node, part_of(hospital).scenario_id or 0)
    actions.compute(both.alice, hospital, scenario)
    assert both.fresh(scenario).common is None


def test_its_dates_do_not_bind_the_next_plan_of_the_group(both: Desk) -> None:
    """The scenario that came from the group is not where one's own means and wishes are read."""
    actions.give_parts(both.alice, both.world.ght, found(both))
    member = group_members.gather(both.alice, both.world.ght).member(both.world.hospital.pk)
    assert member is not None
    assert member.source is None


def test_forgotten_it_is_no_longer_proposed(both: Desk) -> None:
    row = found(both)
    actions.give_parts(both.alice, both.world.ght, row)
    actions.forget_plan(both.alice, both.world.ght, row)
    assert queries.proposed_parts(both.world.sister.node) == []
    assert Scenario.objects.of(both.world.hospital.node).count() == 1


# What has changed since -----------------------------------------------------------------------------------------------


def test_what_changed_since_is_said_of_each(both: Desk) -> None:
    hospital, sister = both.world.hospital, both.world.sister
    scenario = both.scenario()
    members = {
        hospital.pk: MemberAsked(means(), scenario.pk),
        sister.pk: MemberAsked(means(), None),
    }
    row = actions.plan_together(both.alice, both.world.ght, asked(both, members=members))

    def changed() -> dict[int, list[str]]:
        return group_members.changes(row.basis, group_members.gather(both.alice, both.world.ght))

    assert changed() == {}
    actions.rename_scenario(both.alice, hospital, both.fresh(scenario), "Un autre nom", version=scenario.version)
    assert changed() == {}
    Scenario.objects.of(hospital.node).filter(pk=scenario.pk).update(budgets={"2027": 1.0})
    make_action(sister, "Faite", referential="care", measure="une-mesure", state=Action.State.DONE)
    make_assessment(sister, {"GOV.1.1": 3}, state="validated")
    assert changed() == {
        hospital.pk: ["les moyens ou les souhaits de son scénario"],
        sister.pk: ["des réponses de l'auto-évaluation", "des mesures terminées ou rouvertes"],
    }
