# SPDX-License-Identifier: EUPL-1.2
"""Reading organisations, always within what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.access.models import Share, open_on
from carene.core.accounts.models import User
from carene.core.tenancy.models import Membership, Node, in_force
from carene.core.tenancy.scoped import among
from carene.engines import french
from carene.engines.referential.model import Profile, Referential

LARGEST_KEY = 2**63 - 1
ANSWERING = (Organisation.Kind.ENTITY, Organisation.Kind.SITE)


def visible(actor: Actor, verb: str = "organisation.view") -> QuerySet[Organisation]:
    """Organisations on which the actor may do ``verb``, in tree order."""
    return _with_lineage(Organisation.objects.visible_to(actor, verb)).order_by("node__path")


def already_seen(ids: Iterable[int]) -> dict[int, Organisation]:
    """Those that ``visible`` has just given by id: to ask again who may see them costs as much as to find them."""
    return _with_lineage(Organisation.objects.unscoped("ids that a scope gave")).in_bulk(list(ids))


def _with_lineage(rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    return rows.select_related("node__parent__organisation", "node__parent__parent__organisation")


def find(actor: Actor, node_id: int, verb: str = "organisation.view", *, lineage: bool = True) -> Organisation:
    """One organisation in one query, with its two parents unless ``lineage`` is False.

    Raises Organisation.DoesNotExist when it is not visible at all (a stranger learns nothing), PermissionDenied when it
    is visible but ``verb`` is not allowed.
    """
    organisation = seen(actor, node_id, lineage=lineage)
    if organisation is None:
        raise Organisation.DoesNotExist
    actor.require(verb, organisation.node)
    return organisation


def seen(actor: Actor, node_id: int, *, lineage: bool = True) -> Organisation | None:
    """The same one, or None when the actor may not see it. Its own path says so, however many rights one holds."""
    if not 0 < node_id <= LARGEST_KEY:  # an address may hold any number; SQLite refuses to look it up
        return None
    rows = Organisation.objects.unscoped("one row, shown only if its path is below a right of the actor")
    rows = _with_lineage(rows) if lineage else rows.select_related("node")
    found = rows.filter(pk=node_id).order_by("pk").first()
    return found if found is not None and actor.can("organisation.view", found.node) else None


def default_for(actor: Actor) -> Organisation | None:
    """The organisation to open first: the first establishment where the actor has work, else the highest one visible.

    Someone who only looks (a regional officer) begins with the whole, not with one establishment among two hundred.
    """
    for verb in ("assessment.answer", "assessment.validate"):
        held = held_by(actor, verb)
        for rows in (held, visible(actor, verb)):  # where one holds the right itself, before what stands below
            found = rows.filter(kind__in=ANSWERING).order_by("pk").first()
            if found is not None:
                return found
    return held_by(actor, "organisation.view").first()


def held_by(actor: Actor, verb: str) -> QuerySet[Organisation]:
    """The very organisations where the actor holds ``verb``, without what stands below the highest of them; in tree
    order."""
    ids = [int(path.rstrip("/").rpartition("/")[2]) for path in actor.paths_for(verb)]
    rows = Organisation.objects.unscoped("the nodes of the rights of the actor").filter(pk__in=among(ids))
    return _with_lineage(rows).order_by("node__path")


def in_tree_order(rows: Sequence[tuple[int, str, str]]) -> list[tuple[int, int]]:
    """Rows (id, name, path) as (id, depth): each below what it is attached to, brothers by name."""
    names = {pk: name for pk, name, _ in rows}

    def chain(path: str) -> list[tuple[str, int]]:
        ids = [int(part) for part in path.split("/") if part]
        return [(french.sort_key(names[pk]), pk) for pk in ids if pk in names]

    ordered = sorted((chain(path), pk) for pk, _, path in rows)
    return [(pk, len(above) - 1) for above, pk in ordered]


def profile_of(organisation: Organisation, referential: Referential) -> Profile:
    """What the engines need to know of an establishment; unknown stays None."""
    return Profile(
        type=organisation.type or None,
        size=referential.size_of(organisation.workstations),
        ght=organisation.ght_role or None,
    )


def members(node: Node) -> QuerySet[Membership]:
    """Memberships on this node and above, people first; those that have ended or have not begun give nothing."""
    return (
        Membership.objects.filter(node_id__in=node.ancestor_ids)
        .select_related("user", "node__organisation")
        .order_by("user__name", "user_id", "node__path", "role")
    )


def colleagues(node: Node, *, verb_roles: frozenset[str] | None = None) -> QuerySet[User]:
    """Active people who hold a role today on this node or above; ``verb_roles`` keeps some roles."""
    rows = Membership.objects.filter(in_force(timezone.localdate()), node_id__in=node.ancestor_ids)
    if verb_roles is not None:
        rows = rows.filter(role__in=verb_roles)
    return User.objects.filter(is_active=True, pk__in=rows.values("user_id")).order_by("name", "id")


def children(node: Node) -> QuerySet[Organisation]:
    """Organisations right below this node."""
    return Organisation.objects.below(node).filter(node__parent=node).select_related("node").order_by("name", "pk")


def held(node: Node, membership_id: int) -> Membership | None:
    """A role given on this very node, with who holds it."""
    return Membership.objects.filter(node=node, pk=membership_id).select_related("user").first()


def answers_for(actor: Actor, user: User) -> bool:
    """True when the actor manages every place where this person holds a role, or where something is shared with them.

    Only then may the actor see the link that opens the person's account: else it would open places of others too.
    """
    roles = Membership.objects.filter(user=user).select_related("node").order_by("pk")
    shares = Share.objects.unscoped("what is shared with one person").filter(open_on(timezone.localdate()), user=user)
    nodes = [row.node for row in roles] + [row.node for row in shares.select_related("node").order_by("pk")]
    return all(actor.can("members.manage", node) for node in nodes)
