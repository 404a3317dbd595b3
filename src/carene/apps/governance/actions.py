# SPDX-License-Identifier: EUPL-1.2
"""What is done to the governance of an establishment; each verb publishes what it measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from carene.apps.evidence import queries as evidence
from carene.apps.governance import checks, publishing, queries
from carene.apps.governance.models import (
    Budget,
    Commitment,
    Committee,
    Decision,
    DutyRecord,
    Meeting,
    OnCall,
    PolicyDocument,
    Post,
    Standing,
)
from carene.apps.governance.told import told
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import actions as roadmaps
from carene.core.access.actor import Actor
from carene.core.database.stale import require_unchanged
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines.exchange.values import clean
from carene.engines.governance.pack import governance
from carene.engines.months import add_months
from carene.engines.sources import InputError

WRITE = "governance.write"
M = TypeVar("M", bound=models.Model)
Publish = Callable[[Actor, Organisation], None]


def save_budget(
    actor: Actor, organisation: Organisation, *, year: int, stage: str, seen: str | None = None, **values: Any
) -> Budget:
    """The amounts of one year at one stage; those given before are replaced. ``values``: ``checks.AMOUNTS``, note.

    ``seen``: the mark of what the page showed; raises Overtaken when somebody saved it since.
    """
    actor.require(WRITE, organisation.node)
    _assessed(organisation)
    if stage not in Budget.Stage.values:
        raise InputError("ce budget n'existe pas", remedy="choisir voté ou exécuté")
    with atomic_write():
        row = Budget.objects.of(organisation.node).select_for_update().filter(year=year, stage=stage).first()
        before = told(row) if row else None
        require_unchanged(seen, before)
        row = row or Budget(node=organisation.node, year=year, stage=stage)
        _fill(row, values)
        checks.texts(row)
        checks.budget(row, timezone.localdate())
        row.save()
        record(actor, WRITE, organisation.node, f"budget:{row.pk}", before, told(row))
        publishing.budget(actor, organisation, row)
    return row


def save_post(actor: Actor, organisation: Organisation, pk: int | None = None, **values: Any) -> Post:
    def check(row: Post) -> None:
        checks.post(row, timezone.localdate(), [one.pk for one in queries.partners(organisation)])

    return _save(actor, organisation, Post, pk, values, check, publishing.staff)


def save_on_call(actor: Actor, organisation: Organisation, pk: int | None = None, **values: Any) -> OnCall:
    return _save(actor, organisation, OnCall, pk, values, checks.on_call)


def save_committee(actor: Actor, organisation: Organisation, pk: int | None = None, **values: Any) -> Committee:
    return _save(actor, organisation, Committee, pk, values, checks.committee)


def save_meeting(actor: Actor, organisation: Organisation, pk: int | None = None, **values: Any) -> Meeting:
    """``committee``: one of those of the establishment."""

    def check(row: Meeting) -> None:
        _own(organisation, Committee, row.committee_id, "cette instance")
        _proof(organisation, row.evidence_id)
        checks.meeting(row, timezone.localdate())

    return _save(actor, organisation, Meeting, pk, values, check, publishing.committees)


def save_decision(actor: Actor, organisation: Organisation, pk: int | None = None, **values: Any) -> Decision:
    """``meeting``: one of those of the establishment."""

    def check(row: Decision) -> None:
        _own(organisation, Meeting, row.meeting_id, "cette réunion")
        checks.decision(row, timezone.localdate())

    return _save(actor, organisation, Decision, pk, values, check, publishing.committees)


def carry_out(actor: Actor, organisation: Organisation, decision_id: int) -> Decision:
    """Makes an action of the roadmap of a decision; once. Needs « action.update » too."""
    actor.require(WRITE, organisation.node)
    _assessed(organisation)
    today = timezone.localdate()
    with atomic_write():
        row = _locked(Decision, organisation, decision_id)
        if row.action_id is not None:
            raise InputError("cette décision est déjà une action", remedy="l'ouvrir dans la feuille de route")
        if row.state != Decision.State.OPEN:
            raise InputError("cette décision n'est plus à suivre", remedy="la rouvrir d'abord")
        if row.due_on is None:
            raise InputError("cette décision n'a pas d'échéance", remedy="lui en donner une, puis recommencer")
        title = row.text if len(row.text) <= 200 else row.text[:199].rstrip() + "…"
        action = roadmaps.create_action(
            actor, organisation, title=title, start_on=min(today, row.due_on), due_on=row.due_on
        )
        before, row.action_id = told(row), action.pk
        row.save(update_fields=["action_id"])
        record(actor, WRITE, organisation.node, f"decision:{row.pk}", before, told(row))
    return row


def save_commitment(actor: Actor, organisation: Organisation, pk: int | None = None, **values: Any) -> Commitment:
    def check(row: Commitment) -> None:
        checks.commitment(row, timezone.localdate())

    return _save(actor, organisation, Commitment, pk, values, check)


def save_policy(actor: Actor, organisation: Organisation, pk: int | None = None, **values: Any) -> PolicyDocument:
    """The next review follows from the last one; a document without a period takes that of the pack, if any."""

    def check(row: PolicyDocument) -> None:
        _proof(organisation, row.evidence_id)
        checks.policy(row, timezone.localdate())
        row.next_on = checks.next_review(row)

    return _save(actor, organisation, PolicyDocument, pk, values, check, publishing.duties)


def record_duty(
    actor: Actor,
    organisation: Organisation,
    duty: str,
    *,
    kind: str,
    on: dt.date | None = None,
    next_on: dt.date | None = None,
    reason: str = "",
    evidence_id: int | None = None,
) -> DutyRecord:
    """``kind``: ``done`` on a day (``next_on``: after the period of the pack unless told), ``planned`` for
    ``next_on``, ``not_applicable``. What was said before stays."""
    actor.require(WRITE, organisation.node)
    _assessed(organisation)
    today = timezone.localdate()
    with atomic_write():
        due = next((one for one in queries.duties(organisation, today) if one.duty.id == duty), None)
        row = DutyRecord(node=organisation.node, duty=duty, kind=kind, on=on or today, recorded_by=actor.user)
        _fill(row, {"next_on": next_on, "reason": reason, "evidence_id": evidence_id})
        checks.texts(row)
        checks.duty(row, today, due.due_on if due else None)
        _proof(organisation, evidence_id)
        months = governance().duty[duty].months
        if kind == DutyRecord.Kind.DONE and next_on is None and months:
            row.next_on = add_months(row.on, months)
        row.save()
        after = told(row) | {"title": governance().duty[duty].title}
        record(actor, WRITE, organisation.node, f"duty:{row.pk}", None, after)
        publishing.duties(actor, organisation)
    return row


def set_nis2(actor: Actor, organisation: Organisation, nis2: str) -> None:
    """What the establishment thinks it is to NIS2; empty: it does not know. Decides which duties are proposed."""
    actor.require(WRITE, organisation.node)
    _assessed(organisation)
    if nis2 and nis2 not in governance().nis2:
        raise InputError("cette catégorie n'existe pas", remedy="recharger la page et choisir de nouveau")
    with atomic_write():
        before = queries.nis2(organisation.node)
        if before == nis2:
            return
        Standing.objects.unscoped("the row of this very node").update_or_create(
            node=organisation.node, defaults={"nis2": nis2}
        )
        labels = governance().nis2
        target = f"standing:{organisation.pk}"
        old, new = ({"nis2": labels.get(key, "non renseigné")} for key in (before, nis2))
        record(actor, WRITE, organisation.node, target, old, new)
        publishing.duties(actor, organisation)


def remove(actor: Actor, organisation: Organisation, model: type[M], pk: int) -> M:
    """Takes a row off the pages; ``restore`` brings it back."""
    actor.require(WRITE, organisation.node)
    _assessed(organisation)
    with atomic_write():
        row = _locked(model, organisation, pk)
        row.removed_at = timezone.now()  # type: ignore[attr-defined]
        row.save(update_fields=["removed_at"])
        record(actor, WRITE, organisation.node, _target(row), told(row), None)
        _after(model)(actor, organisation)
    return row


def restore(actor: Actor, organisation: Organisation, model: type[M], pk: int) -> M:
    actor.require(WRITE, organisation.node)
    _assessed(organisation)
    with atomic_write():
        row = _locked(model, organisation, pk, removed=True)
        row.removed_at = None  # type: ignore[attr-defined]
        row.save(update_fields=["removed_at"])
        record(actor, WRITE, organisation.node, _target(row), None, told(row))
        _after(model)(actor, organisation)
    return row


def _after(model: type[models.Model]) -> Publish:
    """What a change of such a row may change in the figures."""
    known: dict[type[models.Model], Publish] = {
        Post: publishing.staff,
        Committee: publishing.committees,
        Meeting: publishing.committees,
        Decision: publishing.committees,
        PolicyDocument: publishing.duties,
    }
    return known.get(model, _nothing)


def _nothing(actor: Actor, organisation: Organisation) -> None:
    """Publishes nothing."""


def _save(
    actor: Actor,
    organisation: Organisation,
    model: type[M],
    pk: int | None,
    values: dict[str, Any],
    check: Callable[[Any], None],
    publish: Publish = _nothing,
) -> M:
    """Creates a row, or changes the fields given of one. Raises ``model.DoesNotExist``, InputError.

    ``seen`` among the values: the mark of what the page showed, as for ``save_budget``.
    """
    actor.require(WRITE, organisation.node)
    _assessed(organisation)
    with atomic_write():
        row = model(node=organisation.node) if pk is None else _locked(model, organisation, pk)
        before = None if pk is None else told(row)
        require_unchanged(values.pop("seen", None), before)
        _fill(row, values)
        checks.texts(row)
        check(row)
        row.save()
        after = told(row)
        if after != before:
            record(actor, WRITE, organisation.node, _target(row), before, after)
            publish(actor, organisation)
    return row


def _locked(model: type[M], organisation: Organisation, pk: int, *, removed: bool = False) -> M:
    rows = model.objects.of(organisation.node)  # type: ignore[attr-defined]
    found: M = rows.select_for_update().filter(removed_at__isnull=not removed).get(pk=pk)
    return found


def _own(organisation: Organisation, model: type[models.Model], pk: int | None, what: str) -> None:
    rows = model.objects.of(organisation.node)  # type: ignore[attr-defined]
    if pk is None or not rows.filter(pk=pk, removed_at=None).exists():
        raise InputError(f"{what} n'est pas de cet établissement", remedy="recharger la page et choisir de nouveau")


def _proof(organisation: Organisation, pk: int | None) -> None:
    if pk is not None and not evidence.of(organisation.node).filter(pk=pk).exists():
        raise InputError("cette preuve n'existe pas ici", remedy="en choisir une autre")


def open_to_writing(organisation: Organisation) -> bool:
    return organisation.assessable and organisation.closed_on is None


def _assessed(organisation: Organisation) -> None:
    if organisation.closed_on is not None:
        raise InputError("cet établissement est fermé", remedy="ouvrir celui qui lui succède")
    if not organisation.assessable:
        raise InputError(
            f"{organisation.name} regroupe des établissements : chacun tient sa gouvernance",
            remedy="choisir l'un d'eux",
        )


def _fill(row: models.Model, values: dict[str, Any]) -> None:
    """Unknown names are a bug (KeyError)."""
    known = {name for field in row._meta.concrete_fields for name in (field.name, field.attname)}
    if unknown := set(values) - known | set(values) & {"id", "node", "node_id", "removed_at"}:
        raise KeyError(sorted(unknown))
    for key, value in values.items():
        setattr(row, key, clean(value) if isinstance(value, str) else value)


def _target(row: models.Model) -> str:
    return f"{row._meta.model_name}:{row.pk}"
