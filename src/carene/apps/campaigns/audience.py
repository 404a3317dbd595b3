# SPDX-License-Identifier: EUPL-1.2
"""Who a campaign concerns: those below its place that answer every condition; an empty condition asks nothing."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from pydantic import BaseModel, ConfigDict

from carene.apps.campaigns.models import Campaign
from carene.apps.organisations.models import Organisation
from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import below_any
from carene.engines import french
from carene.engines.referential.catalogue import care

KINDS = {"entity": "Les entités juridiques", "site": "Les établissements géographiques"}


class Audience(BaseModel):
    """``groups`` are ids of GHT or regions; ``sizes`` are bands of the referential, read from workstations."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str = "entity"
    types: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    departments: tuple[str, ...] = ()


def of(campaign: Campaign) -> Audience:
    return Audience.model_validate(campaign.audience)


def concerned(node: Node, audience: Audience) -> list[Organisation]:
    """Those that are not closed, with their node, in the order of their names. Two queries with groups, else one."""
    rows: QuerySet[Organisation] = Organisation.objects.below(node).filter(kind=audience.kind, closed_on=None)
    if audience.types:
        rows = rows.filter(type__in=audience.types)
    if audience.departments:
        rows = rows.filter(department__in=audience.departments)
    if audience.groups:
        paths = list(groups(node).filter(pk__in=audience.groups).values_list("node__path", flat=True))
        rows = rows.filter(below_any("node", paths))
    found = list(rows.select_related("node").order_by("search", "pk"))
    if audience.sizes:
        found = [row for row in found if care().size_of(row.workstations) in audience.sizes]
    return found


def groups(node: Node) -> QuerySet[Organisation]:
    """Regions and GHT below a place, itself apart."""
    kinds = (Organisation.Kind.REGION, Organisation.Kind.GHT)
    rows = Organisation.objects.below(node).filter(kind__in=kinds, closed_on=None).exclude(pk=node.pk)
    return rows.order_by("search", "pk")


def departments(node: Node) -> set[str]:
    """Where those below a place stand."""
    rows = Organisation.objects.below(node).exclude(department="").order_by("department")
    return set(rows.values_list("department", flat=True).distinct())


def said(audience: Audience, names: dict[int, str]) -> str:
    """« Les entités juridiques, de type EHPAD, du GHT Rives du Val »."""
    referential = care()
    bands = {band.id: band.label for band in referential.bands}
    parts = [KINDS.get(audience.kind, audience.kind)]
    if audience.types:
        parts.append(f"de type {french.listing([referential.types.get(one, one) for one in audience.types], 'ou')}")
    if audience.sizes:
        parts.append(f"de taille {french.listing([bands.get(one, one) for one in audience.sizes], 'ou')}")
    if audience.groups:
        parts.append(f"dans {french.listing([names.get(one, 'un groupe fermé') for one in audience.groups], 'ou')}")
    if audience.departments:
        parts.append(f"des départements {french.listing(audience.departments)}")
    return ", ".join(parts)


def plain(audience: Audience) -> dict[str, Any]:
    """As it is kept: JSON."""
    return audience.model_dump(mode="json")
