# SPDX-License-Identifier: EUPL-1.2
"""Roles given, dated, prolonged and taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.shape import roles_on
from carene.core.access.actor import Actor
from carene.core.access.policy import DATED, GIVEN_FROM_ABOVE, MANAGERS, POLICY, ROLES
from carene.core.accounts import invitations
from carene.core.accounts.models import Invitation, User
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.models import Membership, Node, in_force
from carene.engines.sources import InputError


class Refused(InputError):
    """A role that is not given; ``field`` is the value that is in question, by its name in ``grant``."""

    def __init__(self, field: str, what: str, *, remedy: str) -> None:
        self.field = field
        super().__init__(what, remedy=remedy)


def grant(
    actor: Actor,
    organisation: Organisation,
    *,
    email: str,
    name: str,
    role: str,
    function: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Membership:
    """Gives a role, between two days when they are given; creates the person, without a password, when the address is
    unknown. Given again, a role takes the new dates.

    The person chooses a password by an invitation (``invite``). Nobody gives more than they could give: only holders of
    ``members.manage`` on this organisation, and never above it. An open invitation is closed: its link may have been
    seen by someone who manages other places only, and must not open this one.
    Raises InputError: a role that is not held on such a node, dates that make no sense.
    """
    actor.require("members.manage", organisation.node)
    _check_role(organisation, role)
    _check_dates(role, starts_on, ends_on)
    with atomic_write():
        user = User.objects.filter(email__iexact=email.strip()).first()
        _check_reach(actor, organisation, user, role)
        if user is None:
            if not name.strip():
                raise Refused("name", "cette adresse est nouvelle", remedy="donner aussi le nom de la personne")
            user = User.objects.create_user(email.strip(), None, name=name.strip(), function=function.strip())
        membership, created = Membership.objects.get_or_create(
            user=user, node=organisation.node, role=role, defaults={"starts_on": starts_on, "ends_on": ends_on}
        )
        if created:
            if not user.has_usable_password():
                invitations.close(user)
            after = {"role": role, "email": user.email, **_dates(membership)}
            record(actor, "members.grant", organisation.node, f"user:{user.pk}", None, after)
        else:
            _redate(actor, organisation, membership, starts_on, ends_on)
    return membership


def redate(
    actor: Actor,
    organisation: Organisation,
    membership_id: int,
    *,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
) -> Membership:
    """Changes the days of a role held here: prolongs it, ends it earlier, or makes it last. Raises InputError."""
    actor.require("members.manage", organisation.node)
    with atomic_write():
        Node.hold(organisation.node.ancestor_ids[0])
        membership = _held(organisation, membership_id)
        if _is_longer(membership, starts_on, ends_on):
            _check_reach(actor, organisation, membership.user, membership.role)
        _check_dates(membership.role, starts_on, ends_on)
        _redate(actor, organisation, membership, starts_on, ends_on)
    return membership


def _is_longer(membership: Membership, starts_on: dt.date | None, ends_on: dt.date | None) -> bool:
    """Do these days open one that the role did not cover?"""
    first, last = dt.date.min, dt.date.max
    earlier = (starts_on or first) < (membership.starts_on or first)
    return earlier or (ends_on or last) > (membership.ends_on or last)


def _redate(
    actor: Actor, organisation: Organisation, membership: Membership, starts_on: dt.date | None, ends_on: dt.date | None
) -> None:
    before = _dates(membership)
    membership.starts_on, membership.ends_on = starts_on, ends_on
    if _dates(membership) == before:
        return
    if starts_on is not None or ends_on is not None:
        _keep_an_administrator(organisation, membership)
    membership.save(update_fields=["starts_on", "ends_on"])
    said = {"role": membership.role}
    record(
        actor,
        "members.grant",
        organisation.node,
        f"user:{membership.user_id}",
        said | before,
        said | _dates(membership),
    )


def _dates(membership: Membership) -> dict[str, Any]:
    """The days that are set, as the journal writes them."""
    days = {"starts_on": membership.starts_on, "ends_on": membership.ends_on}
    return {key: day.isoformat() for key, day in days.items() if day is not None}


def _check_role(organisation: Organisation, role: str) -> None:
    if role not in POLICY:
        raise Refused("role", f"le rôle « {role} » n'existe pas", remedy=f"choisir parmi {', '.join(ROLES.values())}")
    allowed = roles_on(organisation.kind)
    if role not in allowed:
        raise Refused(
            "role",
            f"le rôle « {ROLES[role]} » ne se donne pas sur « {organisation} »",
            remedy=f"choisir parmi {', '.join(ROLES[key] for key in allowed)}",
        )


def _check_reach(actor: Actor, organisation: Organisation, user: User | None, role: str) -> None:
    """Nobody opens to themselves what they do not hold; from above, one names those who administer and no reader.

    Raises InputError, which says who can.
    """
    if actor.everywhere:
        return
    if user is not None and user == actor.user:
        raise Refused(
            "email",
            "personne ne se donne un rôle à soi-même",
            remedy="le demander à une autre personne qui gère les droits",
        )
    held = actor.roles_on(organisation.node)
    if "administrateur" not in held and role not in GIVEN_FROM_ABOVE:
        raise Refused(
            "role",
            f"le rôle « {ROLES[role]} » se donne par l'établissement lui-même",
            remedy="y nommer un administrateur, qui le donnera",
        )


def _check_dates(role: str, starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    if role in DATED and (starts_on is None or ends_on is None):
        raise Refused(
            "ends_on",
            f"le rôle « {ROLES[role]} » se donne pour un mandat daté",
            remedy="dire quand il commence et quand il finit",
        )
    if ends_on is None:
        return
    if starts_on is not None and ends_on < starts_on:
        raise Refused("ends_on", "la fin précède le début", remedy="vérifier les deux dates")
    if ends_on < timezone.localdate():
        raise Refused("ends_on", "la fin est déjà passée", remedy="donner une date à venir, ou retirer le rôle")


def _keep_an_administrator(organisation: Organisation, membership: Membership) -> None:
    """Refuses to leave an organisation that has someone to give its roles without one who stays."""
    if membership.role not in MANAGERS:
        return
    others = Membership.objects.filter(
        in_force(timezone.localdate()),
        node_id__in=organisation.node.ancestor_ids,
        role__in=MANAGERS,
        ends_on=None,
    )
    if not others.exclude(pk=membership.pk).exists():
        raise InputError(
            "c'est la dernière personne qui gère les droits ici",
            remedy="donner d'abord ce rôle à une autre, sans date de fin",
        )


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
        _keep_an_administrator(organisation, membership)
        membership.delete()
        record(
            actor,
            "members.revoke",
            organisation.node,
            f"user:{membership.user_id}",
            {"role": membership.role, "email": membership.user.email, **_dates(membership)},
            None,
        )
    return membership
