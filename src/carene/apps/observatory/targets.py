# SPDX-License-Identifier: EUPL-1.2
"""What a place aims at: the pack, over which come the nation, then the region."""

from __future__ import annotations

from django.utils import timezone

from carene.apps.observatory.models import AimedAt
from carene.apps.organisations.models import Organisation
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.model import Figure, Observatory, Target
from carene.engines.observatory.overlay import aiming, overlaid
from carene.engines.referential.model import Source


def set_here(organisation: Organisation) -> bool:
    """Targets are set for a region, for the nation, or at the root of a smaller instance."""
    return organisation.kind in {Organisation.Kind.REGION, Organisation.Kind.NATION} or (
        organisation.node.parent_id is None
    )


def over(organisation: Organisation) -> dict[str, AimedAt]:
    """Figure → what the nearest place says, from this one up; one query."""
    places = [int(part) for part in organisation.node.path.split("/") if part]
    rows = AimedAt.objects.unscoped("what those above aim at holds for those below").filter(node_id__in=places)
    found: dict[str, AimedAt] = {}
    for row in sorted(rows.select_related("set_by").order_by("id"), key=lambda one: places.index(one.node_id)):
        found[row.figure] = row  # the nearest comes last
    return found


def followed(organisation: Organisation, rows: dict[str, AimedAt] | None = None) -> Observatory:
    """The pack with the targets of this place; one query, unless ``over`` was already asked."""
    rows = over(organisation) if rows is None else rows
    known = shipped().figure
    return overlaid(shipped(), {name: _target(known[name], row) for name, row in rows.items() if name in known})


def _target(figure: Figure, row: AimedAt) -> tuple[Target, Source]:
    confidence = row.confidence
    target = Target(row.value, aiming(figure), confidence, "", row.by)  # type: ignore[arg-type]
    day = timezone.localdate(row.set_at)
    return target, Source(f"set:{row.figure}", row.source, day, confidence, row.url)  # type: ignore[arg-type]
