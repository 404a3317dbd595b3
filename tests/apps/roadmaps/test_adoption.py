# SPDX-License-Identifier: EUPL-1.2
"""Adopting: measures become actions, and what was begun is never lost."""

from __future__ import annotations

import datetime as dt

import pytest

from carene.apps.roadmaps import actions, plans, queries
from carene.apps.roadmaps.means import used_skills
from carene.apps.roadmaps.models import Action, Scenario
from carene.apps.roadmaps.wishes import MonthWish
from carene.core.journal.models import Entry
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError
from tests.apps.roadmaps.conftest import Desk, means

pytestmark = pytest.mark.django_db


def test_measures_become_actions(desk: Desk) -> None:
    scenario = desk.scenario()
    found = actions.adopt(desk.alice, desk.organisation, scenario.pk, version=1)
    plan = queries.plan_of(desk.fresh(scenario))
    assert plan is not None
    rows = {row.measure: row for row in desk.actions()}
    assert set(rows) == {a.measure for a in plan.actions}
    assert len(found.created) == len(rows)
    for planned in plan.actions:
        row = rows[planned.measure]
        assert (row.start_on, row.due_on, row.owner, row.state) == (planned.start, planned.end, None, "todo")
        assert row.planned_cost == pytest.approx(planned.cost, abs=0.01)
        assert row.person_days == planned.person_days
        assert row.raises == [{"criterion": s.criterion, "start": s.start, "end": s.end} for s in planned.raises]
    roadmap = queries.adopted(desk.organisation.node)
    assert roadmap is not None
    assert (roadmap.pk, roadmap.adopted_by) == (scenario.pk, desk.world.alice)
    assert Entry.objects.filter(verb="roadmap.adopt").count() == len(rows) + 1


def test_adopting_the_same_thing_twice_changes_nothing(desk: Desk) -> None:
    scenario = desk.scenario()
    actions.adopt(desk.alice, desk.organisation, scenario.pk, version=1)
    before = [(row.pk, row.version, row.state) for row in desk.actions()]
    with pytest.raises(actions.Conflict):  # the same button pressed twice
        actions.adopt(desk.alice, desk.organisation, scenario.pk, version=1)
    found = actions.adopt(desk.alice, desk.organisation, scenario.pk, version=2)
    assert found.none
    assert [(row.pk, row.version, row.state) for row in desk.actions()] == before


def test_what_is_begun_stays_and_what_is_no_longer_planned_is_dropped(desk: Desk) -> None:
    first = desk.adopted()
    rows = desk.actions()
    doing, done, moved, gone = rows[:4]
    actions.start(desk.alice, desk.organisation, doing.pk, version=1)
    actions.finish(desk.alice, desk.organisation, done.pk, version=1)
    actions.update_action(desk.alice, desk.organisation, moved.pk, version=1, owner_id=desk.world.alice.pk)
    own = actions.create_action(
        desk.alice,
        desk.organisation,
        title="Changer l'onduleur",
        start_on=dt.date(2027, 1, 4),
        due_on=dt.date(2027, 2, 1),
    )
    second = desk.fresh(desk.scenario("Autre", budgets={2027: 60_000.0}))
    wish = MonthWish(start=dt.date(2027, 7, 1))
    actions.set_wish(desk.alice, desk.organisation, second, gone.measure, MonthWish(excluded=True), version=1)
    actions.set_wish(desk.alice, desk.organisation, second, moved.measure, wish, version=2)
    found = actions.adopt(desk.alice, desk.organisation, second.pk, version=3)

    after = {row.pk: row for row in desk.actions()}
    assert (after[doing.pk].state, after[doing.pk].start_on) == ("doing", doing.start_on)
    assert after[done.pk].state == "done"
    assert after[own.pk].state == "todo"
    assert after[gone.pk].state == "dropped"
    assert after[moved.pk].start_on == dt.date(2027, 7, 1)
    assert after[moved.pk].owner == desk.world.alice
    assert {row.pk for row in found.kept} == {doing.pk, done.pk}
    assert gone.pk in {row.pk for row in found.dropped}
    measures = [row.measure for row in after.values() if row.measure]
    assert len(measures) == len(set(measures))
    assert desk.fresh(first).retired_at is not None
    assert queries.adopted(desk.organisation.node).pk == second.pk  # type: ignore[union-attr]

    # Back to a plan that holds it: the same action is taken up again, with its history.
    actions.set_wish(
        desk.alice, desk.organisation, desk.fresh(second), gone.measure, MonthWish(mandatory=True), version=4
    )
    found = actions.adopt(desk.alice, desk.organisation, second.pk, version=5)
    assert gone.pk in {change.action.pk for change in found.revived}
    assert Action.objects.of(desk.organisation.node).get(pk=gone.pk).state == "todo"


def test_the_next_plan_takes_over_what_is_under_way(desk: Desk) -> None:
    desk.adopted()
    rows = desk.actions()
    doing = max(rows, key=lambda row: (row.due_on - row.start_on).days)
    done = next(row for row in rows if row.pk != doing.pk and row.raises)
    actions.start(desk.alice, desk.organisation, doing.pk, version=1)
    actions.finish(desk.alice, desk.organisation, done.pk, version=1)
    situation = plans.required_situation(desk.organisation)
    later = means("Plus tard", start=doing.due_on.replace(day=1), budgets={2027: 40_000.0, 2028: 40_000.0, 2029: 0.0})
    problem = plans.problem_of(situation, later, {})
    candidate = next(c for c in problem.candidates if c.id == doing.measure)
    assert candidate.months == 1  # only the last month of work remains
    assert sum(candidate.effort.values()) < sum(doing.person_days.values())
    assert problem.wishes[doing.measure].start_month == 0
    assert done.measure in problem.done
    step = done.raises[0]
    assert problem.levels[step["criterion"]] == step["end"]  # proposed, not validated yet, counted all the same
    assert any("avant sa validation" in note or "avant leur validation" in note for note in problem.notes)
    after = plans.problem_of(situation, means("Bien après", start=dt.date(2029, 1, 1), budgets={2029: 0.0}), {})
    assert doing.measure in after.done  # it will be over by then


def test_a_scenario_without_plan_is_not_adopted(desk: Desk) -> None:
    scenario = desk.scenario()
    Scenario.objects.of(desk.organisation.node).update(plan=None)
    with pytest.raises(InputError, match="n'a pas de plan"):
        actions.adopt(desk.alice, desk.organisation, scenario.pk, version=1)
    assert not desk.actions()


def test_an_empty_plan_is_not_adopted(desk: Desk) -> None:
    scenario = desk.scenario(budgets={2027: 0.0}, team=dict.fromkeys(used_skills(care()), 0.0))
    with pytest.raises(InputError, match="ne contient aucune mesure"):
        actions.adopt(desk.alice, desk.organisation, scenario.pk, version=1)


def test_the_adopted_scenario_cannot_be_deleted(desk: Desk) -> None:
    scenario = desk.adopted()
    with pytest.raises(InputError, match="feuille de route adoptée"):
        actions.delete_scenario(desk.alice, desk.organisation, scenario)
