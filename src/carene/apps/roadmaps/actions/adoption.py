# SPDX-License-Identifier: EUPL-1.2
"""A scenario becomes the roadmap: its measures become actions."""

from __future__ import annotations

from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import adoption, queries, stored
from carene.apps.roadmaps.actions.errors import Conflict
from carene.apps.roadmaps.models import Action, Scenario
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.models import Entry
from carene.core.journal.writer import entry, record_many
from carene.core.tenancy.models import Node
from carene.engines.sources import InputError

ADOPT = "roadmap.adopt"


def adopt(actor: Actor, organisation: Organisation, scenario_id: int, *, version: int) -> adoption.Changes:
    """Makes this scenario the roadmap and says what changed in the actions.

    Those under way or done stay as they are; those to do take the dates of the plan, or are dropped when they are no
    longer in it; actions of our own are never touched. Raises Scenario.DoesNotExist, Conflict, or InputError.
    """
    actor.require(ADOPT, organisation.node)
    node = organisation.node
    with atomic_write():
        Node.hold(node.pk)  # two plans adopted at once would both create their actions
        scenario = Scenario.objects.of(node).filter(deleted_at=None).select_for_update().get(pk=scenario_id)
        if scenario.version != version:
            raise Conflict("ce scénario")
        computed = stored.read(scenario)
        if computed is None:
            raise InputError("Ce scénario n'a pas de plan", remedy="le recalculer d'abord")
        if not computed.plan.actions:
            raise InputError("Ce plan ne contient aucune mesure", remedy="revoir son budget ou son équipe")
        rows = list(Action.objects.of(node).select_for_update().order_by("start_on", "id"))
        found = adoption.changes(computed.plan, rows, scenario.referential)
        entries = _write_actions(actor, organisation, scenario, found)
        previous = Scenario.objects.of(node).filter(adopted_at__isnull=False, retired_at=None).exclude(pk=scenario.pk)
        replaced = list(previous.order_by("id").values_list("pk", flat=True))
        previous.update(retired_at=timezone.now())
        scenario.adopted_at, scenario.adopted_by, scenario.retired_at = timezone.now(), actor.user, None
        scenario.version += 1
        scenario.save(update_fields=["adopted_at", "adopted_by", "retired_at", "version"])
        summary = {
            "name": scenario.name,
            "created": len(found.created),
            "moved": len(found.moved),
            "revived": len(found.revived),
            "kept": len(found.kept),
            "dropped": len(found.dropped),
        }
        before = {"replaces": replaced} if replaced else None
        record_many([entry(actor, ADOPT, node, queries.scenario_target(scenario.pk), before, summary), *entries])
    return found


def _write_actions(
    actor: Actor, organisation: Organisation, scenario: Scenario, found: adoption.Changes
) -> list[Entry]:
    """Writes the actions in a few statements; returns one journal line for each."""
    node = organisation.node
    created = Action.objects.of(node).bulk_create(
        [Action(node=node, scenario=scenario, referential=scenario.referential, **values) for values in found.created],
        batch_size=100,
    )
    entries = [_line(actor, row, None) for row in created]
    for change in [*found.moved, *found.revived]:
        row = change.action
        before = _told(row)
        for key, value in change.values.items():
            setattr(row, key, value)
        row.state, row.scenario, row.version = Action.State.TODO, scenario, row.version + 1
        entries.append(_line(actor, row, before))
    for row in found.dropped:
        before = _told(row)
        row.state, row.version = Action.State.DROPPED, row.version + 1
        entries.append(_line(actor, row, before))
    Action.objects.of(node).bulk_update(
        [*(change.action for change in [*found.moved, *found.revived]), *found.dropped],
        ["title", "start_on", "due_on", "planned_cost", "cost_by_year", "person_days", "raises", "shared", "state",
         "scenario", "version"],
        batch_size=50,
    )  # fmt: skip
    return entries


def _told(row: Action) -> dict[str, object]:
    return {
        "state": str(row.state),
        "start_on": row.start_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "planned_cost": row.planned_cost,
    }


def _line(actor: Actor, row: Action, before: dict[str, object] | None) -> Entry:
    after = _told(row) | {"scenario": row.scenario.name if row.scenario else ""}
    return entry(actor, ADOPT, row.node, queries.action_target(row.pk), before, after)
