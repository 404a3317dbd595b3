# SPDX-License-Identifier: EUPL-1.2
"""What is done to organisations and to the rights on them: every verb of this app is called from here."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from carene.apps.organisations.actions_import import import_registers as import_registers
from carene.apps.organisations.actions_people import grant as grant
from carene.apps.organisations.actions_people import invite as invite
from carene.apps.organisations.actions_people import redate as redate
from carene.apps.organisations.actions_people import revoke as revoke
from carene.apps.organisations.actions_services import remove_service as remove_service
from carene.apps.organisations.actions_services import restore_service as restore_service
from carene.apps.organisations.actions_services import share_service as share_service
from carene.apps.organisations.actions_tree import close as close
from carene.apps.organisations.actions_tree import merge as merge
from carene.apps.organisations.actions_tree import move as move
from carene.apps.organisations.actions_tree import reopen as reopen
from carene.apps.organisations.actions_tree import require_move as require_move
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.shape import BELOW as BELOW
from carene.apps.organisations.shape import PROFILE
from carene.apps.organisations.signals import reshaped
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.models import Node
from carene.engines.sources import InputError


def create(actor: Actor, parent: Organisation | None, *, kind: str, name: str, **profile: Any) -> Organisation:
    """A new organisation below ``parent``; a root one is only created by the server's administrator."""
    if parent is None:
        if not actor.everywhere:
            message = "Seul l'administrateur du serveur crée une racine de l'arbre."
            raise PermissionDenied(message)
    else:
        actor.require("organisation.manage", parent.node)
    if kind not in BELOW[parent.kind if parent else None]:
        raise InputError(
            f"« {Organisation.Kind(kind).label} » ne se range pas sous « {parent} »" if parent else "nature inconnue",
            remedy="choisir une autre nature, ou un autre rattachement",
        )
    with atomic_write():
        node = Node(parent=parent.node if parent else None)
        node.save()
        organisation = Organisation(node=node, kind=kind, name=name, **profile)
        organisation.save(force_insert=True)
        reshaped.send(Organisation, nodes=[node.pk])
        record(actor, "organisation.create", node, f"organisation:{node.pk}", None, _state(organisation))
    return organisation


def update_profile(actor: Actor, organisation: Organisation, **changes: Any) -> Organisation:
    """Changes the given fields of the profile; unknown names are a bug (KeyError)."""
    actor.require("organisation.profile", organisation.node)
    unknown = set(changes) - set(PROFILE)
    if unknown:
        raise KeyError(sorted(unknown))
    with atomic_write():
        row = Organisation.objects.of(organisation.node).select_for_update(of=("self",)).get()
        before = _state(row)
        for key, value in changes.items():
            setattr(row, key, value)
        row.save(update_fields=list(changes))
        after = _state(row)
        changed = {k for k in after if after[k] != before[k]}
        if changed:
            reshaped.send(Organisation, nodes=[row.pk])
            record(
                actor,
                "organisation.profile",
                organisation.node,
                f"organisation:{row.pk}",
                {k: before[k] for k in sorted(changed)},
                {k: after[k] for k in sorted(changed)},
            )
    return row


def _state(organisation: Organisation) -> dict[str, Any]:
    return {"kind": organisation.kind} | {key: getattr(organisation, key) for key in PROFILE}
