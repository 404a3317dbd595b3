# SPDX-License-Identifier: EUPL-1.2
"""Reading shared services: those of a group, those that an establishment receives and those that it provides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from carene.apps.organisations.models import Beneficiary, Organisation, SharedService
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Node

MOST_CHOICES = 100  # members listed one by one in a form; beyond, one gives FINESS numbers
NAMED = "services that the actor's own organisation provides or receives: their names and who is at the other end"


def _whole(rows: QuerySet[SharedService]) -> QuerySet[SharedService]:
    """With who provides, for whom and in which group: two queries whatever their number."""
    lines = (
        Beneficiary.objects.unscoped("lines of services in scope")
        .select_related("node__organisation")
        .order_by("node__organisation__name", "pk")
    )
    return (
        rows.filter(removed_at=None)
        .select_related("node__organisation", "provider__organisation")
        .prefetch_related(Prefetch("beneficiaries", lines))
        .order_by("kind", "title", "pk")
    )


@dataclass(frozen=True)
class Services:
    """Shared services by what one looks for first: those that run or will, then those that are over."""

    open: list[SharedService]
    over: list[SharedService]

    @property
    def all(self) -> list[SharedService]:
        return [*self.open, *self.over]

    def __bool__(self) -> bool:
        return bool(self.open or self.over)


def _parted(rows: Iterable[SharedService]) -> Services:
    today, found = timezone.localdate(), list(rows)
    rank = {kind: n for n, kind in enumerate(SharedService.Kind.values)}
    found.sort(key=lambda row: (rank[row.kind], str(row), row.pk))
    return Services([r for r in found if not r.is_over(today)], [r for r in found if r.is_over(today)])


def shared_in(group: Node) -> Services:
    """Services of this GHT, or of this region and of all the GHT below it."""
    return _parted(_whole(SharedService.objects.below(group)))


def shared_service(group: Node, pk: int) -> SharedService:
    """One service of this very group. Raises SharedService.DoesNotExist."""
    return _whole(SharedService.objects.of(group)).get(pk=pk)


def received_by(node: Node) -> Services:
    """What others do for this organisation."""
    ids = Beneficiary.objects.of(node).order_by("pk").values("service_id")
    return _parted(_whole(SharedService.objects.unscoped(NAMED).filter(pk__in=ids)))


def provided_by(node: Node) -> Services:
    """What this organisation does for others."""
    return _parted(_whole(SharedService.objects.unscoped(NAMED).filter(provider=node)))


@dataclass(frozen=True)
class Provision:
    """A shared service for engines that plan: ids of nodes, parts of the cost where they were agreed."""

    kind: str
    provider: int
    beneficiaries: tuple[int, ...]
    percents: dict[int, float]
    euros: dict[int, int]
    starts_on: dt.date | None
    ends_on: dt.date | None


def provisions(group: Node, on: dt.date) -> list[Provision]:
    """Services of a group, and below it, that run on that day."""
    return [
        Provision(
            row.kind,
            row.provider_id,
            tuple(line.node_id for line in row.beneficiaries.all()),
            {line.node_id: float(line.share_percent) for line in row.beneficiaries.all() if line.share_percent},
            {line.node_id: line.share_euros for line in row.beneficiaries.all() if line.share_euros is not None},
            row.starts_on,
            row.ends_on,
        )
        for row in shared_in(group).all
        if not row.is_over(on) and not row.is_coming(on)
    ]


class Line(NamedTuple):
    """One beneficiary of a shared service that runs or will; ``provider`` and ``node`` are ids."""

    kind: str
    provider: int
    provider_name: str
    node: int
    path: str
    percent: float | None
    euros: int | None
    starts_on: dt.date | None


def lines_below(node: Node, on: dt.date) -> list[Line]:
    """What those below this node receive, from wherever it comes, on that day or later; one query."""
    return _lines(Beneficiary.objects.below(node), on)


def lines_of(node: Node, on: dt.date) -> list[Line]:
    """What this very organisation receives and provides; one query."""
    rows = Beneficiary.objects.unscoped(NAMED).filter(Q(node=node) | Q(service__provider=node))
    return _lines(rows, on)


def _lines(rows: QuerySet[Beneficiary], on: dt.date) -> list[Line]:
    going = Q(service__ends_on=None) | Q(service__ends_on__gte=on)
    names = (
        "service__kind", "service__provider_id", "service__provider__organisation__name", "node_id", "node__path",
        "share_percent", "share_euros", "service__starts_on",
    )  # fmt: skip
    found = rows.filter(going, service__removed_at=None).order_by("service_id", "pk").values_list(*names)
    return [
        Line(kind, provider, name, pk, path, None if percent is None else float(percent), euros, starts)
        for kind, provider, name, pk, path, percent, euros, starts in found
    ]


def members_of(group: Node) -> list[Organisation] | None:
    """Who may provide or receive: open legal entities, establishments that stand right under a region too.

    None when they are too many for a list.
    """
    kinds = Q(kind=Organisation.Kind.ENTITY) | Q(kind=Organisation.Kind.SITE, node__parent=group)
    rows = Organisation.objects.below(group).filter(kinds, closed_on=None).order_by("name", "pk")
    found = list(rows[: MOST_CHOICES + 1])
    return None if len(found) > MOST_CHOICES else found


def by_finess(group: Node, numbers: Iterable[str]) -> dict[str, Organisation]:
    """Open establishments and entities of a group by their FINESS number."""
    wanted = set(numbers)
    rows = Organisation.objects.below(group).filter(
        finess__in=wanted, kind__in=(Organisation.Kind.ENTITY, Organisation.Kind.SITE), closed_on=None
    )
    return {row.finess: row for row in rows.order_by("-kind", "-pk")}  # an entity before its establishment


def service_history(group: Node, most: int = 30) -> list[Entry]:
    """What was done to the services of this very group, the latest first."""
    return list(Entry.objects.filter(node=group, verb="service.share").order_by("-id")[:most])


def services_left_behind(organisation: Organisation, target: Organisation) -> list[SharedService]:
    """Running services of groups that ``organisation``, or what stands below it, would leave by going to ``target``."""
    left = set(organisation.node.ancestor_ids[:-1]) - set(target.node.ancestor_ids)
    below = Organisation.objects.below(organisation.node).order_by("pk").values("pk")
    reason = "services of groups that a branch in scope leaves, for which its members are named"
    lines = Beneficiary.objects.below(organisation.node).order_by("pk").values("service_id")
    rows = (
        SharedService.objects.unscoped(reason)
        .filter(node_id__in=left)
        .filter(Q(pk__in=lines) | Q(provider_id__in=below))
    )
    return _parted(_whole(rows)).open
