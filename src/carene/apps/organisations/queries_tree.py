# SPDX-License-Identifier: EUPL-1.2
"""Reading the tree: what stands under a node, what a move would change, what happened to an organisation."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, When
from django.utils import timezone

from carene.apps.organisations.models import IdentityChange, Organisation, RegisterImport
from carene.apps.organisations.queries import held_by, in_tree_order, visible
from carene.apps.organisations.shape import above
from carene.core.access.actor import Actor
from carene.core.database.windows import Window
from carene.core.tenancy.models import Membership, Node, in_force, under
from carene.engines.registers.text import fold

RECEIVING = (Organisation.Kind.NATION, Organisation.Kind.REGION)
SHOWN_WHOLE = 200  # organisations listed as one tree; beyond, one goes from level to level
ASSESSABLE = (Organisation.Kind.ENTITY, Organisation.Kind.SITE)
SUGGESTED = 20


def nations(actor: Actor) -> list[Organisation]:
    return list(visible(actor).filter(kind=Organisation.Kind.NATION))


def named(actor: Actor, name: str) -> list[Organisation]:
    """Nations and regions that answer to this number or to this name, accents and capitals forgiven."""
    rows = visible(actor).filter(kind__in=RECEIVING)
    if name.isdecimal():
        return list(rows.filter(pk=int(name)))
    return [row for row in rows if fold(name) in {fold(row.name), fold(row.short_name)}]


@dataclass(frozen=True)
class Heads(Window[tuple[int, int]]):
    """For a paginator: thousands of organisations of which as many as a page are read, since their number is known."""

    rows: QuerySet[Organisation]
    number: int

    def __len__(self) -> int:
        return self.number

    def read(self, start: int, stop: int) -> list[tuple[int, int]]:
        return [(pk, 0) for pk in self.rows.values_list("pk", flat=True)[start:stop]]


@dataclass(frozen=True)
class Listing:
    """``pairs`` are (id, depth). ``whole``: everything visible is there; else only what one holds directly.

    ``read``: the rows themselves, by id, when they were needed to put them in order.
    """

    pairs: Sequence[tuple[int, int]]
    whole: bool
    read: dict[int, Organisation] | None = None


def listed(actor: Actor) -> Listing:
    """What a person sees first: everything as a tree when it is small, else the heads, the closed ones last. With the
    rows of the page, two queries for everyone."""
    heads = held_by(actor, "organisation.view")
    if len(actor.paths_for("organisation.view")) > SHOWN_WHOLE:  # to look below them would change nothing
        ordered = heads.order_by(F("closed_on").asc(nulls_first=True), "search", "pk")
        return Listing(Heads(ordered, len(actor.paths_for("organisation.view"))), whole=False)
    few = list(visible(actor).values_list("pk", "name", "node__path")[: SHOWN_WHOLE + 1])
    if len(few) <= SHOWN_WHOLE:
        return Listing(in_tree_order(few), whole=True)
    found = sorted(heads, key=lambda row: (row.closed_on or dt.date.min, row.search, row.pk))
    return Listing([(row.pk, 0) for row in found], whole=False, read={row.pk: row for row in found})


def children(node: Node, *, closed: bool, kind: str = "") -> QuerySet[Organisation]:
    """What stands right under this node, groups before establishments, then by name."""
    rows = Organisation.objects.below(node).filter(node__parent=node)
    if kind:
        rows = rows.filter(kind=kind)
    if not closed:
        rows = rows.filter(closed_on=None)
    rank = Case(
        *(When(kind=kind, then=n) for n, kind in enumerate(Organisation.Kind.values)), output_field=IntegerField()
    )
    return rows.select_related("node").order_by(
        rank, "search", "pk"
    )  # begins with the name, accents and capitals folded


def kinds_under(node: Node) -> tuple[Counter[str], int]:
    """How many of each kind stand right under this node and are open; and how many have closed."""
    rows = (
        Organisation.objects.below(node)
        .filter(node__parent=node)
        .values("kind")
        .annotate(opened=Count("pk", filter=Q(closed_on=None)), all=Count("pk"))
        .order_by("kind")
    )
    counts: Counter[str] = Counter()
    gone = 0
    for row in rows:
        counts[row["kind"]] = row["opened"]
        gone += row["all"] - row["opened"]
    return counts, gone


def open_below(node: Node) -> Counter[str]:
    """How many of each kind are open anywhere below this node."""
    rows = Organisation.objects.below(node).filter(closed_on=None).exclude(pk=node.pk)
    return Counter(dict(rows.order_by("kind").values_list("kind").annotate(count=Count("pk"))))


def counts_of(parents: Iterable[Organisation]) -> dict[int, int]:
    """Open organisations right under each of these: one query for a page."""
    rows = (
        Organisation.objects.unscoped("counts below rows that were already found visible")
        .filter(node__parent_id__in=[parent.pk for parent in parents], closed_on=None)
        .values("node__parent_id")
        .annotate(count=Count("pk"))
        .order_by("node__parent_id")
    )
    return {row["node__parent_id"] or 0: row["count"] for row in rows}


def history(organisation: Organisation, most: int = 20) -> list[IdentityChange]:
    """What happened to this organisation as such, the latest first."""
    return list(IdentityChange.objects.of(organisation.node).select_related("other__organisation")[:most])


def imports_into(organisation: Organisation, most: int = 20) -> list[RegisterImport]:
    """The imports of registers that this nation or region received, the latest first."""
    return list(RegisterImport.objects.of(organisation.node).order_by("-id")[:most])


def places_for(actor: Actor, organisation: Organisation) -> QuerySet[Organisation]:
    """Where the actor may put it."""
    node = organisation.node
    return (
        Organisation.objects.visible_to(actor, "organisation.manage")
        .filter(kind__in=above(organisation.kind), closed_on=None)
        .exclude(pk=node.parent_id or 0)
        .exclude(under(node.path, "node__path"))
        .select_related("node__parent__organisation", "node__parent__parent__organisation")
        .order_by("name", "pk")
    )


def twins_for(actor: Actor, organisation: Organisation) -> QuerySet[Organisation]:
    """What it may become part of."""
    return (
        Organisation.objects.visible_to(actor, "organisation.manage")
        .filter(kind=organisation.kind, closed_on=None)
        .exclude(pk=organisation.pk)
        .select_related("node__parent__organisation", "node__parent__parent__organisation")
        .order_by("name", "pk")
    )


def nearest(rows: QuerySet[Organisation], organisation: Organisation) -> list[Organisation]:
    """A few of them to begin with: those of the same region or group first, GHT before the rest."""
    ids = organisation.node.ancestor_ids[:-1]
    near = Q(node__parent_id__in=ids[-2:]) | Q(pk__in=ids)  # what is above it too: leaving a GHT is going to its region
    order = {"ght": 0, "region": 1}
    found = list(rows.filter(near)[: 5 * SUGGESTED])
    return sorted(found, key=lambda row: (order.get(row.kind, 2), fold(row.name)))[:SUGGESTED]


@dataclass(frozen=True)
class Effect:
    """What putting a branch elsewhere changes. ``losing`` and ``gaining`` are memberships, people first."""

    branch: int
    assessable: int
    losing: list[Membership]
    gaining: list[Membership]


def effect_of_move(organisation: Organisation, target: Organisation) -> Effect:
    """Three queries, whatever the size of the branch."""
    rows = Organisation.objects.below(organisation.node)
    counts = rows.aggregate(branch=Count("pk"), assessable=Count("pk", filter=Q(kind__in=ASSESSABLE)))
    before, after = set(organisation.node.ancestor_ids[:-1]), set(target.node.ancestor_ids)
    return Effect(counts["branch"], counts["assessable"], _held(before - after), _held(after - before))


def effect_of_merge(organisation: Organisation, target: Organisation) -> Effect:
    """For what stands below ``organisation`` and passes under ``target``; what is merged itself does not move."""
    rows = Organisation.objects.below(organisation.node).exclude(pk=organisation.pk)
    counts = rows.aggregate(branch=Count("pk"), assessable=Count("pk", filter=Q(kind__in=ASSESSABLE)))
    before, after = set(organisation.node.ancestor_ids), set(target.node.ancestor_ids)
    return Effect(counts["branch"], counts["assessable"], _held(before - after), _held(after - before))


def people_of(organisation: Organisation) -> list[Membership]:
    """Who holds a role on this very organisation."""
    return _held({organisation.pk})


def _held(nodes: set[int]) -> list[Membership]:
    rows = Membership.objects.filter(in_force(timezone.localdate()), node_id__in=nodes)
    rows = rows.select_related("user", "node__organisation")
    return list(rows.order_by("user__name", "user_id", "node__path", "role"))


@dataclass(frozen=True, slots=True)
class Spot:
    pk: int
    name: str
    type: str
    town: str
    department: str
    latitude: float
    longitude: float


def parents_of(ids: Iterable[int]) -> dict[int, int]:
    """Id → id of what it is attached to; one query for each few hundred of them."""
    wanted = list(ids)
    found: dict[int, int] = {}
    for start in range(0, len(wanted), 500):
        rows = Node.objects.filter(pk__in=wanted[start : start + 500]).order_by("pk")
        found |= dict(rows.exclude(parent=None).values_list("pk", "parent_id"))
    return found


# Establishments, and entities that people placed: those of a register stand where their establishments do.
PLACED = Q(kind=Organisation.Kind.SITE) | Q(kind=Organisation.Kind.ENTITY, register_key="", latitude__isnull=False)


def spots(node: Node, types: Iterable[str]) -> list[Spot]:
    """Open establishments of these types below a node, with coordinates."""
    rows = (
        Organisation.objects.below(node)
        .filter(PLACED, closed_on=None, latitude__isnull=False, type__in=list(types))
        .order_by("name", "pk")
    )
    names = ("pk", "name", "type", "town", "department", "latitude", "longitude")
    return [Spot(*row) for row in rows.values_list(*names)]


def types_below(node: Node) -> tuple[dict[str, int], int, int]:
    """Open establishments by type; how many have no type of ours; how many of all have no coordinates."""
    rows = (
        Organisation.objects.below(node)
        .filter(PLACED, closed_on=None)
        .values("type")
        .annotate(count=Count("pk"), unplaced=Count("pk", filter=Q(latitude=None)))
        .order_by("type")
    )
    counts = {row["type"]: row["count"] for row in rows}
    return counts, counts.pop("", 0), sum(row["unplaced"] for row in rows if row["type"])
