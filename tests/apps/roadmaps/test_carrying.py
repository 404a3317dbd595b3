# SPDX-License-Identifier: EUPL-1.2
"""Actions carried out: states, figures, comments, and what their end proposes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.assessments import queries as assessments
from carene.apps.roadmaps import actions, history, queries
from carene.apps.roadmaps.models import Action
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.apps.roadmaps.conftest import Desk
from tests.support.factories import give, make_user

pytestmark = pytest.mark.django_db
TODAY = dt.date(2027, 5, 12)


@pytest.fixture
def own(desk: Desk) -> Action:
    """An action of our own that raises one criterion."""
    row = actions.create_action(
        desk.alice,
        desk.organisation,
        title="Changer l'onduleur",
        start_on=dt.date(2026, 1, 1),
        due_on=dt.date(2026, 3, 31),
        planned_cost=9_000.0,
    )
    row.referential, row.raises = "care", [{"criterion": "GOV.1.1", "start": 1, "end": 3}]
    row.save()
    return row


def pending(desk: Desk) -> list[tuple[str, int, str]]:
    rows = assessments.pending_proposals(desk.organisation.node).order_by("id")
    return [(row.criterion, row.level, row.origin) for row in rows]


def test_a_finished_action_proposes_its_levels(desk: Desk, own: Action) -> None:
    actions.start(desk.alice, desk.organisation, own.pk, version=1)
    row, proposed = actions.finish(
        desk.alice, desk.organisation, own.pk, version=2, done_on=dt.date(2026, 4, 2), actual_cost=8_700.0
    )
    assert (row.state, row.done_on, row.actual_cost, proposed) == ("done", dt.date(2026, 4, 2), 8_700.0, 1)
    assert pending(desk) == [("GOV.1.1", 3, "Action « Changer l'onduleur » terminée le 2\xa0avril 2026")]


def test_reopening_takes_back_what_was_proposed(desk: Desk, own: Action) -> None:
    actions.finish(desk.alice, desk.organisation, own.pk, version=1)
    row = actions.reopen(desk.alice, desk.organisation, own.pk, version=2)
    assert (row.state, row.done_on) == ("doing", None)
    assert pending(desk) == []
    row = actions.reopen(desk.alice, desk.organisation, own.pk, version=3)
    assert row.state == "todo"


def test_dropping_says_why(desk: Desk, own: Action) -> None:
    actions.drop(desk.alice, desk.organisation, own.pk, version=1, reason="le GHT s'en charge")
    assert [c.text for c in queries.comments(own)] == ["Abandonnée : le GHT s'en charge"]
    assert actions.reopen(desk.alice, desk.organisation, own.pk, version=2).state == "todo"


def test_states_follow_each_other(desk: Desk, own: Action) -> None:
    actions.finish(desk.alice, desk.organisation, own.pk, version=1)
    for act in (actions.start, actions.finish, actions.drop):
        with pytest.raises(InputError, match="ne peut pas devenir"):
            act(desk.alice, desk.organisation, own.pk, version=2)
    with pytest.raises(InputError, match="dans l'avenir"):
        actions.finish(desk.alice, desk.organisation, own.pk, version=2, done_on=timezone.localdate() + dt.timedelta(1))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": " "}, "n'a pas de titre"),
        ({"title": "x" * 201}, "200 caractères"),
        ({"due_on": dt.date(2025, 1, 1)}, "L'échéance précède le début"),
        ({"start_on": dt.date(1026, 1, 1)}, "vérifier l'année"),
        ({"planned_cost": -1.0}, "Le coût prévu est négatif"),
        ({"planned_cost": float("nan")}, "n'est pas un nombre"),
        ({"actual_cost": 1e13}, "vérifier le nombre de zéros"),
    ],
)
def test_values_that_make_no_sense_are_refused(desk: Desk, own: Action, values: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        actions.update_action(desk.alice, desk.organisation, own.pk, version=1, **values)
    assert queries.action(desk.organisation.node, own.pk).version == 1


def test_the_owner_is_a_colleague(desk: Desk, own: Action) -> None:
    with pytest.raises(InputError, match="n'a pas accès"):
        actions.update_action(desk.alice, desk.organisation, own.pk, version=1, owner_id=desk.world.charlie.pk)
    row = actions.update_action(desk.alice, desk.organisation, own.pk, version=1, owner_id=desk.world.bob.pk)
    assert row.owner == desk.world.bob
    # Someone who leaves remains named; the dates of their actions can still be changed.
    desk.world.bob.memberships.all().delete()
    actions.update_action(desk.alice, desk.organisation, own.pk, version=2, due_on=dt.date(2026, 5, 1))


def test_two_people_do_not_overwrite_each_other(desk: Desk, own: Action) -> None:
    actions.start(desk.alice, desk.organisation, own.pk, version=1)
    with pytest.raises(actions.Conflict, match="Quelqu'un d'autre a modifié cette action"):
        actions.update_action(desk.alice, desk.organisation, own.pk, version=1, title="Autre")
    with pytest.raises(actions.Conflict):
        actions.finish(desk.alice, desk.organisation, own.pk, version=1)


def test_who_may_carry_actions_out(desk: Desk, own: Action) -> None:
    helper = make_user("Hélène Huet")
    give(helper, desk.organisation, "contributeur")
    actions.start(Actor.of(helper), desk.organisation, own.pk, version=1)
    actions.comment(Actor.of(helper), desk.organisation, own.pk, "C'est parti.")
    for user in (desk.world.bob, desk.world.charlie):
        for act in (
            lambda actor: actions.finish(actor, desk.organisation, own.pk, version=2),
            lambda actor: actions.comment(actor, desk.organisation, own.pk, "Bonjour"),
            lambda actor: actions.update_action(actor, desk.organisation, own.pk, version=2, title="Autre"),
            lambda actor: actions.create_action(actor, desk.organisation, title="Autre"),
        ):
            with pytest.raises(PermissionDenied):
                act(Actor.of(user))
    with pytest.raises(Action.DoesNotExist):  # an action of another hospital is not reached through one's own
        actions.start(Actor.of(desk.world.charlie), desk.world.elsewhere, own.pk, version=2)


def test_comments_are_bounded(desk: Desk, own: Action) -> None:
    for text, said in ((" ", "est vide"), ("x" * 5001, "caractères")):
        with pytest.raises(InputError, match=said):
            actions.comment(desk.alice, desk.organisation, own.pk, text)


def test_history_speaks(desk: Desk, own: Action) -> None:
    actions.update_action(
        desk.alice, desk.organisation, own.pk, version=1, owner_id=desk.world.bob.pk, planned_cost=12_000.0
    )
    actions.comment(desk.alice, desk.organisation, own.pk, "Un mot")
    entries = queries.history(own)
    assert history.owners_named(entries) == {desk.world.bob.pk}
    said = [event.said for event in history.events(entries, {desk.world.bob.pk: "Bob Bernard"})]
    assert said == [
        "Responsable : personne → Bob Bernard, coût prévu : 9\u202f000\xa0€ → 12\u202f000\xa0€",
        "Action créée",
    ]
    assert Entry.objects.filter(target=f"action:{own.pk}").count() == 3


def test_late_next_and_progress(desk: Desk, own: Action) -> None:
    node = desk.organisation.node
    later = actions.create_action(
        desk.alice, desk.organisation, title="Plus tard", start_on=dt.date(2027, 6, 1), due_on=dt.date(2027, 7, 1)
    )
    assert list(queries.late(node, TODAY)) == [own]
    assert list(queries.next_actions(node, TODAY)) == [later]
    assert queries.late_counter(desk.organisation).text == "1 en retard"  # type: ignore[union-attr]
    found = queries.progress(node, TODAY)
    assert (found.todo, found.late, found.total, found.share) == (2, 1, 2, 0.0)
    actions.finish(desk.alice, desk.organisation, own.pk, version=1)
    assert list(queries.late(node, TODAY)) == []
    assert queries.progress(node, TODAY).share == 0.5


def test_money_year_by_year(desk: Desk, own: Action) -> None:
    node = desk.organisation.node
    actions.update_action(
        desk.alice, desk.organisation, own.pk, version=1, start_on=dt.date(2025, 12, 1), due_on=dt.date(2026, 2, 28)
    )
    row = Action.objects.of(node).get(pk=own.pk)
    row.actual_cost = 500.0
    years = {y.year: (y.planned, y.spent) for y in queries.yearly_of([row], None, dt.date(2026, 5, 1))}
    assert years == {2025: (3_000.0, 0.0), 2026: (6_000.0, 500.0)}
    row.cost_by_year, row.planned_cost = {"2026": 100.0, "2027": 300.0}, 800.0
    row.state, row.done_on = "done", dt.date(2026, 3, 3)
    years = {y.year: (y.planned, y.spent) for y in queries.yearly_of([row], None, dt.date(2030, 5, 1))}
    assert years == {2026: (200.0, 500.0), 2027: (600.0, 0.0)}
    row.state = "dropped"
    assert [y.planned for y in queries.yearly_of([row], None, TODAY)] == [0.0]


def test_yearly_knows_the_budget_of_the_roadmap(desk: Desk) -> None:
    desk.adopted()
    years = queries.yearly(desk.organisation.node, TODAY)
    assert [(y.year, y.budget) for y in years] == [(2027, 12_000.0)]
    assert years[0].planned == pytest.approx(sum(row.planned_cost for row in desk.actions()))
