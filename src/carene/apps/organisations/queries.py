# SPDX-License-Identifier: EUPL-1.2
"""Reading organisations, always within what the actor may see."""

from __future__ import annotations

from django.db.models import QuerySet

from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.accounts.models import User
from carene.core.tenancy.models import Membership, Node
from carene.engines.referential.model import Profile, Referential


def visible(actor: Actor, verb: str = "organisation.view") -> QuerySet[Organisation]:
    """Organisations on which the actor may do ``verb``, in tree order."""
    return (
        Organisation.objects.visible_to(actor, verb)
        .select_related("node__parent__organisation", "node__parent__parent__organisation")
        .order_by("node__path")
    )


def find(actor: Actor, node_id: int, verb: str = "organisation.view") -> Organisation:
    """One organisation with its two parents, in one query.

    Raises Organisation.DoesNotExist when it is not visible at all (a stranger learns nothing), PermissionDenied when it
    is visible but ``verb`` is not allowed.
    """
    organisation = visible(actor).get(pk=node_id)
    actor.require(verb, organisation.node)
    return organisation


def default_for(actor: Actor) -> Organisation | None:
    """The organisation to open first: the first one that answers, else the first one visible."""
    rows = visible(actor)
    kinds = (Organisation.Kind.ENTITY, Organisation.Kind.SITE)
    return rows.filter(kind__in=kinds).first() or rows.first()


def profile_of(organisation: Organisation, referential: Referential) -> Profile:
    """What the engines need to know of an establishment; unknown stays None."""
    return Profile(
        type=organisation.type or None,
        size=referential.size_of(organisation.workstations),
        ght=organisation.ght_role or None,
    )


def members(node: Node) -> QuerySet[Membership]:
    """Memberships that give rights on this node: its own and those above, people first."""
    return (
        Membership.objects.filter(node_id__in=node.ancestor_ids)
        .select_related("user", "node__organisation")
        .order_by("user__name", "user_id", "node__path", "role")
    )


def colleagues(node: Node, *, verb_roles: frozenset[str] | None = None) -> QuerySet[User]:
    """Active people who hold a role on this node or above; ``verb_roles`` keeps some roles."""
    rows = Membership.objects.filter(node_id__in=node.ancestor_ids)
    if verb_roles is not None:
        rows = rows.filter(role__in=verb_roles)
    return User.objects.filter(is_active=True, pk__in=rows.values("user_id")).order_by("name", "id")


def children(node: Node) -> QuerySet[Organisation]:
    """Organisations right below this node."""
    return Organisation.objects.below(node).filter(node__parent=node).select_related("node").order_by("name", "pk")


def answering_below(node: Node) -> QuerySet[Organisation]:
    """Establishments and legal entities below this node, each with what it is attached to."""
    kinds = (Organisation.Kind.ENTITY, Organisation.Kind.SITE)
    return (
        Organisation.objects.below(node)
        .filter(kind__in=kinds)
        .exclude(pk=node.pk)
        .select_related("node__parent__organisation")
        .order_by("name", "pk")
    )
