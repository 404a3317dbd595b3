# SPDX-License-Identifier: EUPL-1.2
"""The circuit: who moves a file, when it may, and who is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from carene.apps.funding import letters, outdated
from carene.apps.funding.actions.preparing import LARGEST, sync
from carene.apps.funding.dossier import read
from carene.apps.funding.holding import check_version, held, target, title, titled, touch
from carene.apps.funding.models import Application, Document, Event, Waiver
from carene.apps.funding.turns import SENDS, obstacles, require
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines import french
from carene.engines.funding.circuit import MOVES, STATES, Move
from carene.engines.funding.model import STEPS
from carene.engines.sources import InputError
from carene.engines.sources.days import require_plausible

NAMED = {"retain": ", plafond de", "approve": ", montant accordé de", "pay": " de"}  # what the figure of a move is


@dataclass(frozen=True)
class Payment:
    """What some moves say besides: the ceiling notified, the amount granted, the payment. Euros."""

    euros: int | None = None
    on: dt.date | None = None
    reference: str = ""


def move(
    actor: Actor,
    organisation: Organisation,
    application_id: int,
    move_id: str,
    *,
    version: int,
    reason: str = "",
    payment: Payment | None = None,
) -> Application:
    """One step of the circuit, forward or back.

    Raises InputError: not from this state, not now, no reason given, or somebody was quicker; PermissionDenied;
    LookupError for an unknown move; Application.DoesNotExist.
    """
    step = MOVES[move_id]
    reason, given = reason.strip(), payment or Payment()
    with atomic_write():
        application = held(organisation, application_id)
        require(actor, application, step.who)
        check_version(application, version)
        _check(actor, application, step, reason)
        before = application.state
        application.state = step.target
        fields = _carry_out(actor, application, step, given)
        touch(actor, application, "state", *fields)
        fallen = outdated.drop(actor, application) if step.id in SENDS else []
        now = timezone.now()
        figure = NAMED.get(step.id, "") if given.euros is not None else ""
        said = step.said + (f"{figure} {french.euros(given.euros or 0)}" if figure else "")
        if fallen:
            reason = f"À décider de nouveau, car modifié depuis le contrôle : {french.listing(fallen)}."
        Event.objects.create(application=application, at=now, by=actor.label, said=said, reason=reason)
        after = titled(application, stage=STATES[step.target], **({"reason": reason} if reason else {}))
        record(actor, "funding.move", organisation.node, target(application), {"stage": STATES[before]}, after)
        _tell(application, step)
    return application


def _check(actor: Actor, application: Application, step: Move, reason: str) -> None:
    if application.state not in step.origins:
        raise InputError(
            f"« {step.label} » ne se fait pas ici : {STATES[application.state]}", remedy="recharger la page"
        )
    if step.reason and not reason:
        raise InputError("le motif manque", remedy="dire pourquoi en une phrase, le candidat la lira")
    if len(reason) > 2000:
        raise InputError("le motif dépasse 2 000 caractères", remedy="le raccourcir")
    if step.id in {"resume", "reconsider"}:
        twins = Application.objects.of(application.node).filter(domain=application.domain).exclude(pk=application.pk)
        if twins.exclude(state__in=["rejected", "withdrawn"]).exists():
            raise InputError("un autre dossier est ouvert pour ce domaine", remedy="l'abandonner d'abord")
    found = obstacles(read(actor, application, timezone.localdate()), step)
    if found:
        raise InputError(found[0], remedy="voir ce qui manque au dossier")


def _carry_out(actor: Actor, application: Application, step: Move, given: Payment) -> list[str]:
    """What a move changes besides the state: names of the fields."""
    today = timezone.localdate()
    if given.euros is not None and not 0 <= given.euros < LARGEST:
        raise InputError("le montant n'est pas possible", remedy="donner un nombre d'euros, zéro ou plus")
    if step.id == "apply":
        application.applied_on = today
        _freeze(application)
        return ["applied_on"]
    if step.id in SENDS:
        application.sent_on = today
        application.declared_on = application.declared_on if step.id != "declare" else today
        _freeze(application)
        return ["sent_on", "declared_on"]
    if step.id == "retain":
        application.notified = given.euros
        return ["notified"]
    if step.id == "approve":
        computed = read(actor, application, today).payable.euros
        application.granted = computed if given.euros is None else given.euros
        if computed is not None and given.euros is not None and given.euros > computed:
            raise InputError(
                f"le montant accordé dépasse les {french.euros(computed)} finançables",
                remedy="le corriger, ou rendre le dossier à l'ARS pour revoir les dépenses ou le plafond",
            )
        return ["granted"]
    if step.id == "pay":
        return _pay(application, given, today)
    if step.id == "unpay":
        application.paid, application.paid_on, application.payment_reference = None, None, ""
        return ["paid", "paid_on", "payment_reference"]
    return []


def _pay(application: Application, given: Payment, today: dt.date) -> list[str]:
    if given.euros is None or given.on is None:
        raise InputError("le paiement n'a pas de montant ou pas de date", remedy="donner l'un et l'autre")
    require_plausible(given.on, "Le paiement")
    if given.on > today:
        raise InputError("le paiement est daté de demain ou plus tard", remedy="l'enregistrer quand il sera fait")
    if application.granted is not None and given.euros > application.granted:
        raise InputError(
            f"le paiement dépasse les {french.euros(application.granted)} accordés",
            remedy="vérifier le montant, ou rouvrir le contrôle",
        )
    application.paid, application.paid_on = given.euros, given.on
    application.payment_reference = given.reference.strip()[:120]
    return ["paid", "paid_on", "payment_reference"]


def _freeze(application: Application) -> None:
    """Members and documents as they are now: what is transmitted does not change afterwards."""
    organisation: Any = application.node.organisation
    group: Any = application.group.organisation if application.group else None
    sync(application, organisation, group)
    now = timezone.now()
    rows = list(application.documents.select_related("evidence__file").order_by("id"))
    for row in rows:
        piece = row.evidence
        row.sent_at = row.sent_at or now
        row.sent = {
            "title": piece.title,
            "url": piece.url,
            "effective_on": piece.effective_on.isoformat() if piece.effective_on else None,
            "expires_on": piece.expires_on.isoformat() if piece.expires_on else None,
        }
        row.sent_file = piece.file
    Document.objects.bulk_update(rows, ["sent_at", "sent", "sent_file"])


def _tell(application: Application, step: Move) -> None:
    """A letter to those whose turn it is, once everything is written."""
    whom = letters.addresses(application, step)
    name = title(application)
    transaction.on_commit(lambda: letters.say(whom, name, STATES[step.target]))


def waive(
    actor: Actor, organisation: Organisation, application_id: int, step: str, *, until: dt.date, reason: str
) -> Waiver:
    """Lets the candidate do a step outside of its window until a day. Raises InputError, PermissionDenied."""
    if step not in {"application", "declaration"}:
        raise InputError("cette étape n'a pas de fenêtre pour le candidat", remedy="choisir l'une des deux")
    require_plausible(until, "Le dernier jour")
    if until < timezone.localdate():
        raise InputError("ce jour est passé", remedy="donner un jour à venir")
    if not reason.strip():
        raise InputError("le motif manque", remedy="dire pourquoi en une phrase")
    with atomic_write():
        application = held(organisation, application_id)
        require(actor, application, "region")
        row = Waiver.objects.create(
            application=application,
            step=step,
            until=until,
            reason=reason.strip()[:500],
            at=timezone.now(),
            by=actor.label,
        )
        said = f"a admis la {STEPS[step].lower()} hors délai jusqu'au {french.long_date(until)}"
        Event.objects.create(application=application, at=row.at, by=actor.label, said=said, reason=row.reason)
        after = titled(application, step=STEPS[step], until=until, reason=row.reason)
        record(actor, "funding.waive", organisation.node, target(application), None, after)
        whom = letters.addresses(application, MOVES["retain"])
        name = title(application)
        transaction.on_commit(lambda: letters.say(whom, name, "dépôt admis hors délai"))
    return row
