# SPDX-License-Identifier: EUPL-1.2
"""What is done to organisations and to the rights on them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from carene.apps.organisations.actions_import import import_registers as import_registers
from carene.apps.organisations.actions_tree import merge as merge
from carene.apps.organisations.actions_tree import move as move
from carene.apps.organisations.actions_tree import require_move as require_move
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.shape import BELOW as BELOW
from carene.core.access.actor import Actor
from carene.core.access.policy import POLICY, ROLES
from carene.core.accounts import invitations
from carene.core.accounts.models import Invitation, User
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.models import Membership, Node
from carene.engines.sources import InputError

PROFILE = (
    "name",
    "short_name",
    "finess",
    "town",
    "type",
    "ght_role",
    "beds",
    "staff",
    "workstations",
    "servers",
    "operating_budget",
    "digital_budget",
)


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


def grant(
    actor: Actor, organisation: Organisation, *, email: str, name: str, role: str, function: str = ""
) -> Membership:
    """Gives a role; creates the person, without a password, when the address is unknown.

    The person chooses a password by an invitation (``invite``). Nobody gives more than they could give: only holders of
    ``members.manage`` on this organisation, and never above it. An open invitation is closed: its link may have been
    seen by someone who manages other places only, and must not open this one.
    """
    actor.require("members.manage", organisation.node)
    if role not in POLICY:
        raise InputError(f"le rôle « {role} » n'existe pas", remedy=f"choisir parmi {', '.join(ROLES.values())}")
    with atomic_write():
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            if not name.strip():
                raise InputError("cette adresse est nouvelle", remedy="donner aussi le nom de la personne")
            user = User.objects.create_user(email.strip(), None, name=name.strip(), function=function.strip())
        membership, created = Membership.objects.get_or_create(user=user, node=organisation.node, role=role)
        if created:
            if not user.has_usable_password():
                invitations.close(user)
            record(
                actor, "members.grant", organisation.node, f"user:{user.pk}", None, {"role": role, "email": user.email}
            )
    return membership


def invite(actor: Actor, organisation: Organisation, membership_id: int) -> Invitation:
    """Opens an invitation for a person who holds a role here and cannot come in yet; the one before stops working."""
    actor.require("members.manage", organisation.node)
    with atomic_write():
        user = _held(organisation, membership_id).user
        if not invitations.needed(user):
            raise InputError("cette personne entre déjà dans Carène", remedy="lui dire de se connecter")
        invitation = invitations.issue(user)
        after = {"email": user.email, "until": invitation.expires_at.isoformat()}
        record(actor, "members.invite", organisation.node, f"user:{user.pk}", None, after)
    return invitation


def _held(organisation: Organisation, membership_id: int) -> Membership:
    membership = Membership.objects.filter(node=organisation.node, pk=membership_id).select_related("user").first()
    if membership is None:
        raise InputError("ce droit n'existe plus", remedy="recharger la page")
    return membership


def revoke(actor: Actor, organisation: Organisation, membership_id: int) -> Membership:
    """Takes a role back; the last administrator of an organisation that has one keeps it."""
    actor.require("members.manage", organisation.node)
    with atomic_write():
        Node.hold(organisation.node.ancestor_ids[0])  # two administrators could remove each other at the same moment
        membership = _held(organisation, membership_id)
        others = Membership.objects.filter(node_id__in=organisation.node.ancestor_ids, role="administrateur")
        if membership.role == "administrateur" and not others.exclude(pk=membership.pk).exists():
            raise InputError(
                "c'est le dernier administrateur de cet établissement",
                remedy="donner d'abord ce rôle à une autre personne",
            )
        membership.delete()
        record(
            actor,
            "members.revoke",
            organisation.node,
            f"user:{membership.user_id}",
            {"role": membership.role, "email": membership.user.email},
            None,
        )
    return membership
