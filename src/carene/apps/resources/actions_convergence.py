# SPDX-License-Identifier: EUPL-1.2
"""What is done to the convergence of a GHT: its path validated and followed, the steps of each member."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from carene.apps.evidence import queries as evidence
from carene.apps.indicators import actions as indicators
from carene.apps.organisations.models import Organisation
from carene.apps.resources import checks, queries, queries_convergence
from carene.apps.resources.models import MemberStep, Trajectory
from carene.apps.resources.rows import fill, target_of, told
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.models import Node
from carene.engines.exchange.questionnaire import Measured
from carene.engines.sources import InputError

WRITE = "resource.write"
INDICATOR = "trajectoire_convergence"
SOURCE = "Ressources, trajectoire de convergence du GHT"


def save_trajectory(actor: Actor, group: Organisation, **values: Any) -> Trajectory:
    """The path as the committee validated it, or followed it since; published at the support establishment, on the day
    when the committee last looked at it. Raises InputError."""
    actor.require(WRITE, group.node)
    _only_ght(group)
    with atomic_write():
        Node.hold(group.pk)
        row = Trajectory.objects.of(group.node).select_for_update().first() or Trajectory(node=group.node)
        before = told(row) if row.removed_at is None and row.validated_on else None
        was = row.validated_on
        fill(row, values)
        row.removed_at = None
        checks.texts(row)
        checks.trajectory(row, timezone.localdate())
        row.save()
        record(actor, WRITE, group.node, target_of(row), before, told(row))
        _publish(actor, group, row, corrected=was is not None and was != row.validated_on)
    return row


def remove_trajectory(actor: Actor, group: Organisation) -> None:
    """Takes it back: it was never validated, or no longer holds. What was published of it is withdrawn."""
    actor.require(WRITE, group.node)
    with atomic_write():
        row = Trajectory.objects.of(group.node).select_for_update().filter(removed_at=None).first()
        if row is None:
            raise InputError("il n'y a pas de trajectoire à retirer", remedy="recharger la page")
        row.removed_at = timezone.now()
        row.save(update_fields=["removed_at"])
        record(actor, WRITE, group.node, target_of(row), told(row), None)
        support = queries_convergence.support_of(group)
        if support is not None:
            indicators.retract(actor, support, SOURCE, [INDICATOR])


def save_step(actor: Actor, organisation: Organisation, step: str, **values: Any) -> MemberStep:
    """Where a member of a GHT stands on a step: state, on, proof, evidence_id, reason. Raises InputError."""
    actor.require(WRITE, organisation.node)
    group = queries.ght_of(organisation)
    if group is None or not organisation.assessable:
        raise InputError(f"{organisation.name} n'est pas membre d'un GHT", remedy="le rattacher d'abord à son GHT")
    with atomic_write():
        Node.hold(organisation.pk)
        rows = MemberStep.objects.of(organisation.node).select_for_update().filter(group=group.node, step=step)
        row = rows.order_by("id").first() or MemberStep(node=organisation.node, group=group.node, step=step)
        before = told(row) if row.pk else None
        fill(row, values)
        _trim(row)
        checks.texts(row)
        checks.step(row, timezone.localdate())
        if row.evidence_id is not None and not evidence.of(organisation.node).filter(pk=row.evidence_id).exists():
            raise InputError("cette preuve n'existe pas ici", remedy="en choisir une autre")
        row.save()
        after = told(row)
        if after != before:
            record(actor, WRITE, organisation.node, target_of(row), before, after)
    return row


def _trim(row: MemberStep) -> None:
    """What belongs to another state is forgotten: a step that is planned again has no proof any more."""
    state = MemberStep.State
    if row.state != state.DONE:
        row.proof, row.evidence_id = "", None
    if row.state not in {state.DONE, state.PLANNED}:
        row.on = None
    if row.state != state.NOT_APPLICABLE:
        row.reason = ""


def _publish(actor: Actor, group: Organisation, row: Trajectory, *, corrected: bool) -> None:
    """At the support establishment, when it is known. ``corrected``: what was said before was wrong."""
    support = queries_convergence.support_of(group)
    if support is None:
        return
    if corrected:
        indicators.retract(actor, support, SOURCE, [INDICATOR])
    indicators.publish(actor, support, [Measured(INDICATOR, 1.0, row.seen_on, SOURCE)])


def _only_ght(group: Organisation) -> None:
    if group.kind != Organisation.Kind.GHT:
        raise InputError("une trajectoire de convergence est celle d'un GHT", remedy="ouvrir le GHT, puis recommencer")
