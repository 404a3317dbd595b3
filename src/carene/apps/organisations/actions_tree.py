# SPDX-License-Identifier: EUPL-1.2
"""Changing the tree by hand: moving a branch, attaching to a GHT, merging two organisations, closing, opening again."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from carene.apps.organisations.models import IdentityChange, Organisation
from carene.apps.organisations.shape import BELOW, BY_HAND
from carene.apps.organisations.signals import reshaped
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import entry, record, record_many
from carene.core.tenancy.bulk import reparent
from carene.core.tenancy.models import Node
from carene.engines.sources import InputError

OUTSIDE = "hors_ght"
MEMBER, SUPPORT = "membre", "support"
MERGEABLE = frozenset({"ght", "entity", "site"})


def require_move(actor: Actor, organisation: Organisation) -> None:
    """Whoever takes a branch from a place manages that place; a root is only moved by who manages it."""
    actor.require("organisation.manage", organisation.node.parent or organisation.node)


def move(actor: Actor, organisation: Organisation, target: Organisation, *, role: str = MEMBER) -> int:
    """Puts ``organisation`` and all that stands below it under ``target``; gives how many nodes moved.

    Under a GHT a legal entity takes ``role`` (« membre » or « support »), under anything else it is out of any GHT.
    Raises InputError when it cannot stand there, PermissionDenied.
    """
    require_move(actor, organisation)
    actor.require("organisation.manage", target.node)
    if role not in {MEMBER, SUPPORT}:
        raise InputError(f"« {role} » n'est pas une place dans un GHT", remedy="choisir membre ou support")
    with atomic_write():
        row, place = _locked(organisation, target)
        # Rights were looked at on paths read before the lock: someone may have moved one of the two meanwhile.
        require_move(actor, row)
        actor.require("organisation.manage", place.node)
        _check_place(row, place)
        before = {"parent": str(row.node.parent.organisation) if row.node.parent else None, "ght_role": row.ght_role}
        count = reparent(row.node, place.node)
        if row.kind == Organisation.Kind.ENTITY:
            row.ght_role = role if place.kind == Organisation.Kind.GHT else OUTSIDE
            row.save(update_fields=["ght_role"])
        after = {"parent": str(place), "ght_role": row.ght_role}
        _tell(row, IdentityChange.Kind.MOVED, before, after)
        record(actor, "organisation.move", row.node, f"organisation:{row.pk}", before, after | {"nodes": count})
    return count


def merge(actor: Actor, organisation: Organisation, target: Organisation) -> int:
    """``organisation`` becomes part of ``target``: it closes today, what stood under it stands under ``target``.

    Its assessments, evidence and journal stay where they are, readable. Gives how many were attached anew.
    Raises InputError, PermissionDenied.
    """
    actor.require("organisation.manage", organisation.node)
    actor.require("organisation.manage", target.node)
    with atomic_write():
        row, heir = _locked(organisation, target)
        actor.require("organisation.manage", row.node)
        actor.require("organisation.manage", heir.node)
        _check_merge(row, heir)
        children = list(
            Organisation.objects.below(row.node).filter(node__parent=row.node).select_related("node").order_by("pk")
        )
        for child in children:
            reparent(child.node, heir.node)
            _tell(child, IdentityChange.Kind.MOVED, {"parent": str(row)}, {"parent": str(heir)})
        row.closed_on = timezone.localdate()
        row.save(update_fields=["closed_on"])
        after = {"into": str(heir), "closed_on": row.closed_on.isoformat(), "attached": len(children)}
        _tell(row, IdentityChange.Kind.MERGED, {"name": row.name}, after, heir.node)
        record(actor, "organisation.merge", row.node, f"organisation:{row.pk}", None, after)
        record(actor, "organisation.merge", heir.node, f"organisation:{heir.pk}", None, {"from": str(row)})
    return len(children)


def close(actor: Actor, organisation: Organisation, on: dt.date) -> int:
    """It closed on that day, and with it all that stands below it and was open; nothing is taken away. Gives how many.

    Raises InputError (already closed, day to come, nation or region), PermissionDenied.
    """
    actor.require("organisation.manage", organisation.node)
    if organisation.kind not in MERGEABLE:
        raise InputError("une nation ou une région ne ferme pas", remedy="fermer un établissement ou un GHT")
    if on > timezone.localdate():
        raise InputError("la fermeture est à venir", remedy="donner la date d'aujourd'hui ou une date passée")
    with atomic_write():
        Node.hold(organisation.pk)
        row = Organisation.objects.of(organisation.node).select_related("node").get()
        actor.require("organisation.manage", row.node)
        if row.closed_on:
            raise InputError(f"« {row} » est déjà fermé", remedy="revenir à sa page")
        branch = Organisation.objects.below(row.node).filter(closed_on=None).select_related("node")
        rows = list(branch.order_by("node__path"))
        after = {"closed_on": on.isoformat()}
        branch.filter(pk__in=[one.pk for one in rows]).update(closed_on=on)
        _tell_many(rows, IdentityChange.Kind.CLOSED, on, after)
        told = [entry(actor, "organisation.close", one.node, f"organisation:{one.pk}", None, after) for one in rows]
        record_many(told)
    return len(rows)


def reopen(actor: Actor, organisation: Organisation) -> None:
    """It is open again; what closed with it below is opened one by one. Raises InputError, PermissionDenied."""
    actor.require("organisation.manage", organisation.node)
    with atomic_write():
        Node.hold(organisation.pk)
        row = Organisation.objects.of(organisation.node).select_related("node__parent__organisation").get()
        actor.require("organisation.manage", row.node)
        if row.closed_on is None:
            raise InputError(f"« {row} » est ouvert", remedy="revenir à sa page")
        parent = row.node.parent
        if parent is not None and parent.organisation.closed_on:
            raise InputError(f"« {parent.organisation} », au-dessus, est fermé", remedy="le rouvrir d'abord")
        before = {"closed_on": row.closed_on.isoformat()}
        row.closed_on = None
        row.save(update_fields=["closed_on"])
        _tell(row, IdentityChange.Kind.REOPENED, before, None)
        record(actor, "organisation.reopen", row.node, f"organisation:{row.pk}", before, {"closed_on": None})


def _tell_many(rows: list[Organisation], kind: str, on: dt.date, after: object) -> None:
    reshaped.send(Organisation, nodes=[row.pk for row in rows])
    IdentityChange.objects.unscoped("rows of a branch that the actor manages").bulk_create(
        [IdentityChange(node=row.node, kind=kind, on=on, after=after, source=BY_HAND) for row in rows], batch_size=500
    )


def _locked(organisation: Organisation, target: Organisation) -> tuple[Organisation, Organisation]:
    """Both rows as they are now, held until the end; always in the same order, so that two moves never wait for each
    other."""
    if organisation.pk == target.pk:
        raise InputError("c'est la même organisation", remedy="en choisir une autre")
    for pk in sorted((organisation.pk, target.pk)):
        Node.hold(pk)
    rows = [
        Organisation.objects.of(one.node).select_related("node__parent__organisation").get()
        for one in (organisation, target)
    ]
    return rows[0], rows[1]


def _check_place(row: Organisation, place: Organisation) -> None:
    if place.node.path.startswith(row.node.path):
        raise InputError(f"« {place} » se trouve sous « {row} »", remedy="choisir un autre rattachement")
    if row.kind not in BELOW[place.kind]:
        raise InputError(
            f"« {row.get_kind_display()} » ne se range pas sous « {place} »", remedy="choisir un autre rattachement"
        )
    if row.node.parent_id == place.pk:
        raise InputError(f"« {row} » est déjà rattaché à « {place} »", remedy="choisir un autre rattachement")
    if place.closed_on:
        raise InputError(f"« {place} » est fermé", remedy="choisir un autre rattachement")


def _check_merge(row: Organisation, heir: Organisation) -> None:
    if row.kind != heir.kind or row.kind not in MERGEABLE:
        raise InputError(
            "une fusion réunit deux GHT, deux entités juridiques ou deux établissements",
            remedy="choisir une organisation de même nature",
        )
    if row.closed_on or heir.closed_on:
        raise InputError(
            f"« {row if row.closed_on else heir} » est déjà fermé", remedy="choisir une autre organisation"
        )


def _tell(row: Organisation, kind: str, before: object, after: object, other: Node | None = None) -> None:
    reshaped.send(Organisation, nodes=[row.pk])
    IdentityChange.objects.create(
        node=row.node, kind=kind, on=timezone.localdate(), before=before, after=after, source=BY_HAND, other=other
    )
