# SPDX-License-Identifier: EUPL-1.2
"""The life of an assessment: started, submitted, validated by the management, reopened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.utils import timezone

from carene.apps.assessments import published, queries, referentials, slots
from carene.apps.assessments.models import Answer, Assessment
from carene.apps.assessments.summary import kept_summary
from carene.apps.assessments.targets import assessment_target
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines import french
from carene.engines.referential.model import Referential
from carene.engines.sources import InputError


def start(
    actor: Actor,
    organisation: Organisation,
    *,
    referential: str = referentials.BUILT_IN,
    title: str = "",
    groups: Collection[str] | None = None,
) -> Assessment:
    """Opens an assessment. The answers of the last validated one of the same referential are copied as they are, with
    the day on which they were given: they go on growing stale until someone states or confirms them.

    ``groups`` are implementation groups of an imported framework; None or empty keeps every criterion.
    Raises InputError when one is already open, for a referential that is not available here, or an unknown group.
    """
    actor.require("assessment.start", organisation.node)
    return begin(actor, organisation, referential=referential, title=title, groups=groups)


def begin(
    actor: Actor,
    organisation: Organisation,
    *,
    referential: str,
    title: str = "",
    groups: Collection[str] | None = None,
) -> Assessment:
    """``start`` for other verbs that imply it and have checked their own permission."""
    if not organisation.assessable:
        raise InputError(
            f"{organisation.name} regroupe des établissements et ne s'évalue pas",
            remedy="commencer l'auto-évaluation depuis l'un d'eux",
        )
    content = _available(actor, organisation, referential)
    chosen = _groups(content, groups)
    now = timezone.now()
    with atomic_write():
        open_one = queries.open_one(organisation.node, referential)
        if open_one is not None:
            raise InputError(
                f"« {open_one.title} » est encore ouverte pour ce référentiel",
                remedy="la terminer et la faire valider avant d'en commencer une autre",
            )
        previous = queries.last_validated(organisation.node, referential)
        assessment = Assessment.objects.create(
            node=organisation.node,
            referential=referential,
            referential_version=content.version,
            title=title.strip() or _usual_title(organisation, timezone.localtime(now).date()),
            groups=chosen,
            previous=previous,
            started_at=now,
            started_by=actor.user,
        )
        carried = _carry_over(previous, assessment, content) if previous else 0
        record(
            actor,
            "assessment.start",
            organisation.node,
            assessment_target(assessment.pk),
            None,
            {"title": assessment.title, "referential": referential, "groups": chosen, "carried_over": carried},
        )
    return assessment


def _usual_title(organisation: Organisation, today: dt.date) -> str:
    """« Auto-évaluation de novembre 2026 »; with the day when that month already has one."""
    title = f"Auto-évaluation {french.of(french.month_and_year(today))}"
    if queries.of(organisation.node).filter(title=title).exists():
        return f"Auto-évaluation du {french.long_date(today)}"
    return title


def submit(actor: Actor, organisation: Organisation, assessment: Assessment | int) -> Assessment:
    """Hands the assessment to the management: answers no longer change. Raises InputError when nothing was answered."""
    actor.require("assessment.submit", organisation.node)
    with atomic_write():
        row = slots.locked(organisation.node, assessment)
        if row.state != Assessment.State.DRAFT:
            raise InputError(f"Cette auto-évaluation est déjà {row.get_state_display()}", remedy="rien n'est à faire")
        if not any(queries.is_answered(given) for given in queries.answers(row).values()):
            raise InputError("Aucune question n'a encore de réponse", remedy="répondre au moins aux questions du socle")
        row.state = Assessment.State.SUBMITTED
        row.submitted_at = timezone.now()
        row.submitted_by = actor.user
        row.summary = kept_summary(queries.sheet(organisation, row))
        row.save(update_fields=["state", "submitted_at", "submitted_by", "summary"])
        _record_state(actor, organisation, row, "assessment.submit", Assessment.State.DRAFT)
    return row


def validate(actor: Actor, organisation: Organisation, assessment: Assessment | int) -> Assessment:
    """Validated by the management: what is judged on this day is kept in ``result`` and becomes history."""
    actor.require("assessment.validate", organisation.node)
    with atomic_write():
        row = slots.locked(organisation.node, assessment)
        if row.state != Assessment.State.SUBMITTED:
            raise InputError(
                f"Cette auto-évaluation est {row.get_state_display()}, elle ne peut pas être validée",
                remedy="la soumettre d'abord" if row.is_open else "rien n'est à faire",
            )
        row.state = Assessment.State.VALIDATED
        row.validated_at = timezone.now()
        row.validated_by = actor.user
        sheet = queries.sheet(organisation, row)
        row.result, row.summary = kept_result(sheet), kept_summary(sheet)
        row.save(update_fields=["state", "validated_at", "validated_by", "result", "summary"])
        _record_state(actor, organisation, row, "assessment.validate", Assessment.State.SUBMITTED, result=row.result)
        published.publish(actor, organisation, row)
    return row


def reopen(actor: Actor, organisation: Organisation, assessment: Assessment | int, *, reason: str) -> Assessment:
    """Gives the questionnaire back to those who answer, for a reason that the journal keeps.

    Only the latest of its referential can be: the next one started from its answers.
    """
    actor.require("assessment.reopen", organisation.node)
    if not reason.strip():
        raise InputError("La réouverture demande un motif", remedy="l'écrire en une phrase")
    with atomic_write():
        row = slots.locked(organisation.node, assessment)
        if row.is_open:
            raise InputError("Cette auto-évaluation est déjà ouverte", remedy="rien n'est à faire")
        later = Assessment.objects.of(organisation.node).filter(previous=row).order_by("-id").first()
        if later is not None:
            raise InputError(
                f"« {later.title} » part déjà de ces réponses", remedy="la modifier elle, plutôt que celle-ci"
            )
        published.retract(actor, organisation, row)
        state, result = row.state, row.result
        row.state = Assessment.State.DRAFT
        row.submitted_at = row.submitted_by = row.validated_at = row.validated_by = None
        row.result = row.summary = None
        row.save()
        _record_state(actor, organisation, row, "assessment.reopen", state, reason=reason.strip(), result_before=result)
    return row


def kept_result(sheet: queries.Sheet) -> dict[str, Any]:
    """What history keeps of a judgement: ``{"overall", "step", "axes": {id: score}, "coverage"}``."""
    judgement = sheet.judgement
    return {
        "overall": judgement.overall.score,
        "step": judgement.step.step,
        "axes": {axis.id: axis.score for axis in judgement.axes},
        "coverage": judgement.overall.coverage,
    }


def _available(actor: Actor, organisation: Organisation, key: str) -> Referential:
    if key not in {found for found, _, _ in referentials.available(actor, organisation.node)}:
        raise InputError("Ce référentiel n'est pas disponible ici", remedy="en choisir un dans la liste")
    return referentials.get(key)


def _groups(content: Referential, groups: Collection[str] | None) -> list[str] | None:
    if not groups:
        return None
    unknown = sorted(set(groups) - set(content.groups))
    if unknown:
        raise InputError(
            f"Le groupe « {unknown[0]} » n'existe pas dans « {content.name} »",
            remedy="choisir parmi les groupes proposés",
        )
    return [key for key in content.groups if key in set(groups)]


def _carry_over(previous: Assessment, assessment: Assessment, content: Referential) -> int:
    """Copies the answers that still mean something: those of questions that exist, at a level of their scale."""
    copies = []
    for row in queries.answers(previous).values():
        criterion = content.criterion.get(row.criterion)
        if criterion is None or (row.level is not None and row.level > criterion.top):
            continue
        copies.append(
            Answer(
                assessment=assessment,
                criterion=row.criterion,
                level=row.level,
                not_applicable=row.not_applicable,
                justification=row.justification,
                comment=row.comment,
                answered_on=row.answered_on,
                updated_by=row.updated_by,
            )
        )
    Answer.objects.bulk_create(copies, batch_size=200)
    return len(copies)


def _record_state(
    actor: Actor, organisation: Organisation, row: Assessment, verb: str, before: str, **more: Any
) -> None:
    record(
        actor,
        verb,
        organisation.node,
        assessment_target(row.pk),
        {"state": before, **({"result": more.pop("result_before")} if "result_before" in more else {})},
        {"state": row.state, **more},
    )
