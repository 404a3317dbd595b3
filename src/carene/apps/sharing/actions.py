# SPDX-License-Identifier: EUPL-1.2
"""Opening a level to others for a time, taking it back, asking for it, answering, no longer asking."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from carene.apps.organisations import queries as organisations
from carene.apps.organisations.models import Organisation
from carene.apps.sharing import queries
from carene.core.access.actor import Actor
from carene.core.access.limits import limits
from carene.core.access.models import Share, ShareRequest, open_on
from carene.core.access.policy import LEVELS, POLICY, SHAREABLE, reading
from carene.core.accounts import invitations, mail
from carene.core.accounts.models import User
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.sources import InputError

MANAGE, ASK = "share.manage", "share.ask"
_ANSWERING = frozenset(role for role, verbs in POLICY.items() if MANAGE in verbs)
LONGEST = 300  # characters of a reason


def give(
    actor: Actor,
    organisation: Organisation,
    *,
    ends_on: dt.date,
    reason: str,
    holder_id: int | None = None,
    email: str = "",
    level: str = "detail",
) -> Share:
    """Opens ``level`` of this organisation and of what stands below it until ``ends_on``, that day included: to the
    officers of an organisation above (``holder_id``), or to one person who already has an account (``email``).

    A request of the same officers is then accepted. Raises InputError, PermissionDenied.
    """
    _may_open(actor, organisation, level)
    today = timezone.localdate()
    reason = _reason(reason, "dire pourquoi, en une phrase")
    _check_end(ends_on, today)
    if bool(email.strip()) == (holder_id is not None):
        raise InputError("un partage va à une organisation ou à une personne", remedy="choisir l'une des deux")
    with atomic_write():
        Node.hold(organisation.pk)  # two people who open the same thing at once open it once
        holder = _holder(organisation, holder_id) if holder_id is not None else None
        user = None if holder else _person(actor, organisation, email, level)
        same = Share.objects.of(organisation.node).filter(
            open_on(today), level=level, holder=holder.node if holder else None, user=user
        )
        known = same.order_by("id").first()
        if known is not None:
            raise InputError(
                f"ce partage est déjà ouvert jusqu'au {french.long_date(known.ends_on)}",
                remedy="le reprendre avant d'en ouvrir un autre",
            )
        share = _open(actor, organisation, Share(level=level, user=user, reason=reason, ends_on=ends_on), holder)
        if holder is not None:
            waiting = queries.pending(organisation.node).filter(holder_id=holder.pk, level=level)
            for one in waiting:
                _decide(actor, one, ShareRequest.State.ACCEPTED, share=share)
    return share


def revoke(actor: Actor, organisation: Organisation, share_id: int) -> Share:
    """Ends a share of this very organisation at once. Raises InputError when it is not open any more."""
    actor.require(MANAGE, organisation.node)
    with atomic_write():
        rows = Share.objects.of(organisation.node).select_for_update(of=("self",))
        share = rows.filter(pk=share_id).order_by("pk").first()
        if share is None or not share.is_open(timezone.localdate()):
            raise InputError("ce partage n'est plus ouvert", remedy="recharger la page")
        share.revoked_at, share.revoked_by = timezone.now(), actor.user
        share.save(update_fields=["revoked_at", "revoked_by"])
        record(actor, "share.revoke", organisation.node, f"share:{share.pk}", _told(share), None)
    return share


def ask(actor: Actor, organisation: Organisation, *, reason: str, level: str = "detail") -> ShareRequest:
    """An officer asks an establishment for a level, for all those of the same organisation. Raises InputError."""
    actor.require(ASK, organisation.node)
    reason = _reason(reason, "dire à l'établissement pourquoi")
    if level not in SHAREABLE:
        raise InputError(f"le niveau « {LEVELS.get(level, level)} » ne se demande pas", remedy="demander le détail")
    holder_id = queries.office(actor, organisation.node)
    if holder_id is None or not organisation.assessable:
        raise InputError("le détail se demande à un établissement", remedy="ouvrir celui qui vous intéresse")
    if actor.reaches(level, organisation.node):
        raise InputError("vous lisez déjà ce niveau ici", remedy="recharger la page")
    with atomic_write():
        Node.hold(organisation.pk)
        waiting = queries.pending(organisation.node).filter(holder_id=holder_id, level=level).first()
        if waiting is not None:
            raise InputError(
                f"une demande du {french.long_date(timezone.localtime(waiting.asked_at).date())} attend une réponse",
                remedy="laisser à l'établissement le temps de répondre",
            )
        request = ShareRequest.objects.create(
            node=organisation.node,
            level=level,
            holder_id=holder_id,
            reason=reason,
            asked_at=timezone.now(),
            asked_by=actor.user,
        )
        after = {"level": level, "reason": reason}
        record(actor, "share.ask", organisation.node, f"share_request:{request.pk}", None, after)
        addresses = list(
            organisations.colleagues(organisation.node, verb_roles=_ANSWERING).values_list("email", flat=True)
        )
        # After the transaction: nobody waits for a mail server while holding the database.
        transaction.on_commit(lambda: mail.say_a_request_waits(addresses, organisation.name))
    return request


def withdraw(actor: Actor, organisation: Organisation, request_id: int) -> ShareRequest:
    """The officers no longer ask: any of those on whose behalf it was asked may say so.

    Raises InputError when it was answered meanwhile, or was asked by officers of another organisation.
    """
    actor.require(ASK, organisation.node)
    with atomic_write():
        request = _pending(organisation, request_id)
        if request.holder_id not in queries.offices(actor, organisation.node):
            raise InputError("cette demande n'est pas la vôtre", remedy="laisser ceux qui l'ont faite la retirer")
        _decide(actor, request, ShareRequest.State.WITHDRAWN)
        before = {"level": request.level, "reason": request.reason}
        record(actor, "share.withdraw", organisation.node, f"share_request:{request.pk}", before, None)
    return request


def accept(actor: Actor, organisation: Organisation, request_id: int, *, ends_on: dt.date) -> Share:
    """Opens what was asked, until ``ends_on``. Raises InputError when it was answered meanwhile."""
    actor.require(MANAGE, organisation.node)
    with atomic_write():
        request = _pending(organisation, request_id)
        return give(
            actor,
            organisation,
            level=request.level,
            holder_id=request.holder_id,
            ends_on=ends_on,
            reason=request.reason,
        )


def refuse(actor: Actor, organisation: Organisation, request_id: int, *, answer: str) -> ShareRequest:
    """Says no, and why: the officers read it. Raises InputError when it was answered meanwhile."""
    actor.require(MANAGE, organisation.node)
    answer = _reason(answer, "dire pourquoi, en une phrase : la personne qui demande la lira")
    with atomic_write():
        request = _pending(organisation, request_id)
        _decide(actor, request, ShareRequest.State.REFUSED, answer=answer)
        after = {"state": "refused", "answer": answer}
        record(actor, "share.refuse", organisation.node, f"share_request:{request.pk}", None, after)
    return request


def _may_open(actor: Actor, organisation: Organisation, level: str) -> None:
    """Nobody opens more than what they read."""
    actor.require(MANAGE, organisation.node)
    if level not in SHAREABLE:
        raise InputError(f"le niveau « {LEVELS.get(level, level)} » ne se partage pas", remedy="partager le détail")
    if not all(actor.can(verb, organisation.node) for verb in reading(level)):
        message = "On ne partage que ce que l'on lit soi-même."
        raise PermissionDenied(message)


def _reason(text: str, remedy: str) -> str:
    if not text.strip():
        raise InputError("le motif manque", remedy=remedy)
    return text.strip()[:LONGEST]


def _check_end(ends_on: dt.date, today: dt.date) -> None:
    latest = limits().latest_end(today)
    if not today <= ends_on <= latest:
        raise InputError(
            "la date de fin est hors des limites",
            remedy=f"choisir un jour entre aujourd'hui et le {french.long_date(latest)}",
        )


def _holder(organisation: Organisation, holder_id: int) -> Organisation:
    found = next((row for row in queries.holders(organisation) if row.pk == holder_id), None)
    if found is None:
        raise InputError(
            "cette organisation n'est pas au-dessus de l'établissement", remedy="choisir dans la liste proposée"
        )
    return found


def _person(actor: Actor, organisation: Organisation, email: str, level: str) -> User:
    """Someone who already comes in: an account that nobody opened yet could be opened by the holder of a link."""
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is None or invitations.needed(user):
        raise InputError(
            "personne n'entre dans Carène avec cette adresse",
            remedy="vérifier l'adresse ; la personne doit d'abord avoir un compte et un mot de passe",
        )
    if Actor.of(user).reaches(level, organisation.node):
        raise InputError(f"{user} lit déjà ce niveau ici", remedy="il n'y a rien à faire")
    return user


def _open(actor: Actor, organisation: Organisation, share: Share, holder: Organisation | None) -> Share:
    share.node, share.holder = organisation.node, holder.node if holder else None
    share.given_at, share.given_by = timezone.now(), actor.user
    share.save()
    record(actor, "share.give", organisation.node, f"share:{share.pk}", None, _told(share))
    return share


def _told(share: Share) -> dict[str, object]:
    """As the journal writes it."""
    whom: dict[str, object] = {"user": share.user_id} if share.user_id else {}
    if share.holder is not None:
        whom = {"holder": str(share.holder.organisation)}
    return {"level": share.level, **whom, "ends_on": share.ends_on.isoformat(), "reason": share.reason}


def _pending(organisation: Organisation, request_id: int) -> ShareRequest:
    Node.hold(organisation.pk)  # first, as in give: a request that is accepted is not withdrawn at the same moment
    rows = ShareRequest.objects.of(organisation.node).select_for_update(of=("self",))
    request = rows.filter(pk=request_id, state=ShareRequest.State.PENDING).order_by("pk").first()
    if request is None:
        raise InputError("cette demande a déjà reçu une réponse, ou a été retirée", remedy="recharger la page")
    return request


def _decide(
    actor: Actor, request: ShareRequest, state: ShareRequest.State, *, answer: str = "", share: Share | None = None
) -> None:
    request.state, request.answer, request.share = state, answer, share
    request.decided_at, request.decided_by = timezone.now(), actor.user
    request.save(update_fields=["state", "answer", "share", "decided_at", "decided_by"])
