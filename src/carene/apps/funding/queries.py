# SPDX-License-Identifier: EUPL-1.2
"""Reading applications, and the domains as they are said at one place of the tree."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from carene.apps.funding.models import Application, Ceiling, Setting
from carene.apps.organisations import queries as organisations
from carene.apps.organisations.models import Organisation
from carene.core.tenancy.models import Node
from carene.engines.funding import overlay
from carene.engines.funding.circuit import EDITABLE, deadline
from carene.engines.funding.loader import shipped
from carene.engines.funding.model import Domain
from carene.engines.funding.money import Band
from carene.engines.referential.schema import SourceShape

Settings = dict[str, list[overlay.Setting]]  # by domain


def of_place(organisation: Organisation) -> QuerySet[Application]:
    """Those that an entity carries, those of a GHT, or all those below a region or a nation."""
    if organisation.kind == Organisation.Kind.GHT:
        rows = Application.objects.below(organisation.node).filter(group_id=organisation.pk)
    elif organisation.assessable:
        rows = Application.objects.of(organisation.node)
    else:
        rows = Application.objects.below(organisation.node)
    return rows.select_related("node__organisation", "group__organisation").order_by("domain", "id")


def to_send(organisation: Organisation) -> list[tuple[Application, Domain, dt.date]]:
    """Files that the candidate has still to send, with the last day to do it where it is known; one query for none."""
    if organisation.closed_on is not None:
        return []
    rows = Application.objects.of(organisation.node).filter(state__in=sorted(EDITABLE)).order_by("domain", "id")
    domains = {one.id: one for one in domains_at(organisation.node)} if (found := list(rows)) else {}
    known = ((row, domains[row.domain]) for row in found if row.domain in domains)
    return [(row, domain, last) for row, domain in known if (last := deadline(domain, row.state)) is not None]


def find(node: Node, pk: int) -> Application:
    """Raises Application.DoesNotExist when another organisation carries it."""
    rows = Application.objects.of(node).select_related("node__organisation", "group__organisation")
    return rows.get(pk=pk)


def settings_at(node: Node) -> Settings:
    """What those above, and this place itself, say of the domains; the nearest comes last, and wins. One query."""
    rows = Setting.objects.unscoped("rules that hold for all below").filter(node_id__in=node.ancestor_ids)
    return as_settings(rows.order_by("node__path", "id"))


def settings_below(node: Node) -> dict[int, Settings]:
    """The same, by the region that wrote it, for lists; those of the nation itself are under its own id."""
    rows = Setting.objects.unscoped("rules of those above").filter(node_id__in=node.ancestor_ids)
    rows |= Setting.objects.below(node)
    found: dict[int, list[Setting]] = defaultdict(list)
    for row in rows.order_by("node__path", "id"):
        found[row.node_id].append(row)
    return {pk: as_settings(kept) for pk, kept in found.items()}


def as_settings(rows: Iterable[Setting]) -> Settings:
    """As the engine reads them, by domain."""
    found: Settings = defaultdict(list)
    for row in rows:
        source = SourceShape.model_validate(
            {"title": row.source, "url": row.url, "confidence": row.confidence, "date": row.dated}
        )
        found[row.domain].append(overlay.Setting(row.pk, row.key, row.value, source))
    return dict(found)


def domains_at(node: Node) -> list[Domain]:
    """Every domain as it is said here."""
    settings = settings_at(node)
    return [overlay.overlaid(domain, settings.get(domain.id, ())) for domain in shipped().all]


def domain_at(node: Node, domain_id: str) -> Domain:
    """Raises LookupError for a domain that is not of the pack."""
    domain = shipped().get(domain_id)
    if domain is None:
        raise LookupError(domain_id)
    return overlay.overlaid(domain, settings_at(node).get(domain_id, ()))


def ceilings_at(node: Node, domain_id: str) -> list[Ceiling]:
    """The table of the nearest place that has one, whole: two tables never mix. One query."""
    rows = Ceiling.objects.unscoped("rules that hold for all below").filter(
        node_id__in=node.ancestor_ids, domain=domain_id
    )
    found = list(rows.select_related("node__organisation").order_by("family", "low", "id"))
    nearest = max((len(row.node.path) for row in found), default=0)
    return [row for row in found if len(row.node.path) == nearest]


def bands(rows: Iterable[Ceiling]) -> list[Band]:
    return [Band(row.family, row.low, row.high, row.amount) for row in rows]


def settings_of(node: Node, domain_id: str) -> QuerySet[Setting]:
    """Those that were written at this very place."""
    return Setting.objects.of(node).filter(domain=domain_id).order_by("key", "id")


def ceilings_of(node: Node, domain_id: str) -> QuerySet[Ceiling]:
    return Ceiling.objects.of(node).filter(domain=domain_id).order_by("family", "low", "id")


def places_above(node: Node) -> dict[str, Organisation]:
    """Kind → the nearest organisation of that kind at or above a node. One query."""
    rows = Organisation.objects.unscoped("who stands above a node in scope").filter(pk__in=node.ancestor_ids)
    return {row.kind: row for row in rows.select_related("node").order_by("node__path")}


def units_now(organisation: Organisation, group: Organisation | None) -> list[Organisation]:
    """What a candidate is made of today: the entities of its GHT, else the establishments of the entity, else itself.

    One query.
    """
    kind = Organisation.Kind.SITE if group is None else Organisation.Kind.ENTITY
    place = organisation if group is None else group
    rows = list(organisations.children(place.node).filter(kind=kind, closed_on=None))
    return rows if group is not None or len(rows) > 1 else [organisation]


def support_of(group: Organisation) -> Organisation | None:
    """The entity that carries the files of its GHT, None when nobody said which one it is."""
    rows = organisations.children(group.node).filter(kind=Organisation.Kind.ENTITY, closed_on=None)
    return rows.filter(ght_role="support").first()


def regions_of(organisation: Organisation) -> dict[int, Organisation]:
    """Id → each region below a nation, or the one above an organisation. One query."""
    if organisation.kind == Organisation.Kind.NATION:
        rows = Organisation.objects.below(organisation.node)
    else:
        rows = Organisation.objects.unscoped("the region above a node in scope").filter(
            pk__in=organisation.node.ancestor_ids
        )
    return {row.pk: row for row in rows.filter(kind=Organisation.Kind.REGION).order_by("name", "pk")}
