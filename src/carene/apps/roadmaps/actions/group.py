# SPDX-License-Identifier: EUPL-1.2
"""A group planned together: asked for, stopped, kept, given to its members, each of which then accepts its part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import group_members
from carene.apps.roadmaps.actions import scenarios
from carene.apps.roadmaps.group_asked import Asked
from carene.apps.roadmaps.group_members import Member
from carene.apps.roadmaps.models import CommonPart, CommonPlan, Scenario
from carene.apps.roadmaps.search_times import search_times
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.jobs import actions as jobs
from carene.core.jobs.models import Job
from carene.core.journal.writer import record
from carene.engines import french
from carene.engines.sources import InputError

PLAN = scenarios.PLAN
TOGETHER = "roadmaps.group"
FROM_GROUP = "date du plan commun"  # reason of the wishes that a common plan imposes
MOST_PLANS = 100  # kept for a group
State = CommonPart.State


@dataclass(frozen=True)
class Given:
    """``made``: a scenario in each of these members; ``proposed``: someone of these must accept."""

    made: list[Organisation]
    proposed: list[Organisation]


def plan_together(actor: Actor, group: Organisation, asked: Asked) -> CommonPlan:
    """Asks for it. Raises InputError: fewer than two members, one that has no assessment, too many plans or jobs."""
    gathered = group_members.gather(actor, group)
    _require(actor, group, gathered.members)
    members = [gathered.member(pk) for pk in asked.members]
    known = [one for one in members if one is not None]
    if len(known) < len(members):
        raise InputError("Un des établissements ne peut pas être planifié ici", remedy="recharger la page")
    _check(asked, known)
    with atomic_write():
        if CommonPlan.objects.of(group.node).filter(deleted_at=None).count() >= MOST_PLANS:
            raise InputError(f"Il y a déjà {MOST_PLANS} plans communs", remedy="en supprimer avant d'en demander")
        row = CommonPlan.objects.create(
            node=group.node,
            asked=asked.to_data(),
            basis={str(one.pk): one.basis(asked.members[one.pk].scenario) for one in known},
            created_by=actor.user,
        )
        record(actor, PLAN, group.node, target_of(row.pk), None, _told(asked, known))
    return row


def launch(actor: Actor, group: Organisation, row: CommonPlan) -> Job:
    """The job that computes it. Raises InputError: one is under way."""
    _require(actor, group, group_members.gather(actor, group).members)
    return jobs.enqueue(actor, group.node, TOGETHER, {"plan": row.pk}, target=target_of(row.pk))


def stop_together(actor: Actor, group: Organisation, job: Job) -> None:
    """The best plan met so far is kept."""
    _require(actor, group, group_members.gather(actor, group).members)
    jobs.ask_to_stop(actor, group.node, job)


def keep_found(actor: Actor, group: Organisation, pk: int, result: dict[str, Any], parts: list[dict[str, Any]]) -> None:
    """Writes what was found, and the part of each member beside it. Raises InputError when the plan was put aside."""
    _require(actor, group, group_members.gather(actor, group).members)
    now = timezone.now()
    with atomic_write():
        row = CommonPlan.objects.of(group.node).filter(pk=pk, deleted_at=None).select_for_update().first()
        if row is None:
            raise InputError("Ce plan commun a été supprimé", remedy="en demander un autre")
        row.result, row.computed_at = result, now
        row.save(update_fields=["result", "computed_at"])
        CommonPart.objects.of(group.node).bulk_create(
            CommonPart(common=row, group=group.node, group_name=group.label, computed_at=now, **values)
            for values in parts
        )
        record(actor, PLAN, group.node, target_of(pk), None, {"measures": len(result["data"]["common"])})


def give_parts(actor: Actor, group: Organisation, row: CommonPlan) -> Given:
    """A scenario in each member that the actor plans; the others are asked. Raises InputError: nothing was found, it
    was given already, or it holds a member that the actor may not read."""
    gathered = group_members.gather(actor, group)
    _require(actor, group, gathered.members)
    if any(gathered.member(int(pk)) is None for pk in row.asked["members"]):
        raise InputError("Vous ne lisez pas tous les établissements de ce plan", remedy="en demander un sans eux")
    made, proposed = [], []
    with atomic_write():
        held = CommonPlan.objects.of(group.node).filter(pk=row.pk, deleted_at=None).select_for_update().first()
        if held is None or held.computed_at is None or held.proposed_at is not None:
            raise InputError("Ce plan n'est plus à adopter", remedy="recharger la page")
        held.proposed_at = timezone.now()
        held.save(update_fields=["proposed_at"])
        parts = CommonPart.objects.below(group.node).filter(common=held, state=State.FOUND).order_by("pk")
        for part in parts.select_related("node__organisation"):
            organisation = part.node.organisation
            if actor.can(PLAN, part.node):
                _make(actor, organisation, part)
                made.append(organisation)
            else:
                part.state = State.PROPOSED
                part.save(update_fields=["state"])
                record(actor, "part.propose", part.node, part_target(part.pk), None, {"name": part.group_name})
                proposed.append(organisation)
        record(actor, PLAN, group.node, target_of(row.pk), {"created": 0}, {"created": len(made)})
    return Given(made, proposed)


def accept_part(actor: Actor, organisation: Organisation, pk: int) -> Scenario:
    """The part that the group proposes becomes a scenario here. Raises CommonPart.DoesNotExist, or InputError."""
    actor.require(PLAN, organisation.node)
    with atomic_write():
        return _make(actor, organisation, _proposed(organisation, pk))


def decline_part(actor: Actor, organisation: Organisation, pk: int) -> None:
    """Raises CommonPart.DoesNotExist, or InputError when it was decided."""
    actor.require(PLAN, organisation.node)
    with atomic_write():
        part = _proposed(organisation, pk)
        _decide(actor, part, State.DECLINED)
        record(actor, PLAN, organisation.node, part_target(pk), {"name": part.group_name}, None)


def forget_plan(actor: Actor, group: Organisation, row: CommonPlan) -> None:
    """Puts it aside, with what was proposed and not yet decided; scenarios that were made of it stay."""
    _require(actor, group, group_members.gather(actor, group).members)
    with atomic_write():
        CommonPlan.objects.of(group.node).filter(pk=row.pk).update(deleted_at=timezone.now())
        waiting = CommonPart.objects.below(group.node).filter(common_id=row.pk, state=State.PROPOSED)
        waiting.update(state=State.FOUND)
        record(actor, PLAN, group.node, target_of(row.pk), {"on": row.created_at.date().isoformat()}, None)


def target_of(pk: int) -> str:
    return f"commonplan:{pk}"


def part_target(pk: int) -> str:
    return f"commonpart:{pk}"


def _require(actor: Actor, group: Organisation, members: Iterable[Member]) -> None:
    if not group_members.may_plan(actor, group, members):
        actor.require(PLAN, group.node)


def _check(asked: Asked, members: list[Member]) -> None:
    if len(members) < 2:
        raise InputError("Il faut au moins deux établissements", remedy="en cocher un autre")
    if len(members) > group_members.MOST:
        raise InputError(f"On ne planifie pas plus de {group_members.MOST} établissements à la fois", remedy="en ôter")
    if asked.seconds not in search_times().seconds:
        raise InputError("Cette durée n'est pas proposée", remedy="en choisir une dans la liste")
    from carene.engines.referential.catalogue import care

    for one in asked.members.values():
        one.means.check(care())


def _told(asked: Asked, members: list[Member]) -> dict[str, Any]:
    """For the journal."""
    return {
        "start": asked.start.isoformat(),
        "months": asked.months,
        "objective": str(asked.objective),
        "budgets": {str(year): amount for year, amount in asked.budgets.items()},
        "members": [one.organisation.label for one in members],
    }


def _proposed(organisation: Organisation, pk: int) -> CommonPart:
    part = CommonPart.objects.of(organisation.node).exclude(state=State.FOUND).select_for_update().get(pk=pk)
    if part.state != State.PROPOSED:
        raise InputError("Cette part a déjà été acceptée ou écartée", remedy="recharger la page")
    return part


def _make(actor: Actor, organisation: Organisation, part: CommonPart) -> Scenario:
    """The scenario of a part."""
    scenarios.require_room(organisation)
    fields = {**part.fields, "start": dt.date.fromisoformat(part.fields["start"])}
    day = timezone.localtime(part.computed_at).date()
    row = Scenario.objects.create(
        node=part.node,
        name=scenarios.free_name(organisation, f"Plan commun du GHT, {french.long_date(day)}"),
        plan=part.plan,
        common={"group": part.group_id, "name": part.group_name, "plan": part.common_id, "on": day.isoformat()},
        computed_at=part.computed_at,
        created_by=actor.user,
        **fields,
    )
    scenarios.tell(actor, row, None, scenarios.told(row))
    part.scenario = row
    _decide(actor, part, State.ACCEPTED)
    return row


def _decide(actor: Actor, part: CommonPart, state: str) -> None:
    part.state, part.decided_at, part.decided_by = state, timezone.now(), actor.user
    part.save(update_fields=["state", "scenario", "decided_at", "decided_by"])
