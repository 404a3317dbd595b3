# SPDX-License-Identifier: EUPL-1.2
"""Giving questions to colleagues."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from carene.apps.assessments import queries, referentials, slots
from carene.apps.assessments.models import Assessment, Assignment
from carene.apps.assessments.targets import assessment_target
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines.sources import InputError


def assign(
    actor: Actor,
    organisation: Organisation,
    assessment: Assessment | int,
    criteria: str | Sequence[str],
    *,
    user_id: int,
    message: str = "",
    due_on: dt.date | None = None,
) -> list[Assignment]:
    """Gives one or several questions to a colleague who may answer here; giving one again renews message and date.

    Raises InputError for a closed assessment, an unknown question, or someone who cannot answer.
    """
    actor.require("assessment.assign", organisation.node)
    keys = [criteria] if isinstance(criteria, str) else list(dict.fromkeys(criteria))
    colleague = queries.answerers(organisation.node).filter(pk=user_id).first()
    if colleague is None:
        raise InputError(
            "Cette personne ne peut pas répondre pour cet établissement",
            remedy="lui donner d'abord le droit de contribuer, dans « Établissement et personnes »",
        )
    with atomic_write():
        row = slots.locked(organisation.node, assessment)
        if not row.is_open:
            raise InputError("Cette auto-évaluation n'est plus ouverte", remedy="la rouvrir pour confier des questions")
        _must_exist(row, keys)
        given = Assignment.objects.bulk_create(
            [
                Assignment(
                    assessment=row,
                    criterion=key,
                    user=colleague,
                    message=message.strip()[:300],
                    due_on=due_on,
                    created_by=actor.user,
                )
                for key in keys
            ],
            update_conflicts=True,
            unique_fields=["assessment", "criterion", "user"],
            update_fields=["message", "due_on", "created_by", "done_at"],
        )
        record(
            actor,
            "assessment.assign",
            organisation.node,
            assessment_target(row.pk),
            None,
            {"user": colleague.pk, "criteria": keys, "due_on": due_on.isoformat() if due_on else None},
        )
    return given


def _must_exist(assessment: Assessment, keys: Sequence[str]) -> None:
    known = referentials.of(assessment).criterion
    for key in keys:
        if key not in known:
            raise InputError(f"La question « {key} » n'existe pas dans ce référentiel", remedy="recharger la page")


def unassign(actor: Actor, organisation: Organisation, assessment: Assessment | int, assignment_id: int) -> None:
    """Takes a question back. Raises Assignment.DoesNotExist."""
    actor.require("assessment.assign", organisation.node)
    with atomic_write():
        row = slots.locked(organisation.node, assessment)
        given = row.assignments.get(pk=assignment_id)
        record(
            actor,
            "assessment.assign",
            organisation.node,
            assessment_target(row.pk),
            {"user": given.user_id, "criteria": [given.criterion]},
            None,
        )
        given.delete()
