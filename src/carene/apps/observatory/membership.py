# SPDX-License-Identifier: EUPL-1.2
"""Who counts in a month: drawn from the tree as it stands while the month is the current one, then kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q

from carene.apps.observatory.models import Member
from carene.apps.organisations.models import Organisation
from carene.core.database.bulk import insert_rows
from carene.engines.observatory.calendar import last_day, month_of
from carene.engines.observatory.strata import Unit
from carene.engines.observatory.units import Units
from carene.engines.referential.catalogue import care

AREAS = (Organisation.Kind.NATION, Organisation.Kind.REGION, Organisation.Kind.GHT)
COUNTED = (Organisation.Kind.ENTITY, Organisation.Kind.SITE)
COLUMNS = ("node_id", "kind", "type", "ght_role", "size", "department", "nation", "region", "ght", "activity")
WHY = "the observatory counts everybody"


def of_month(month: dt.date) -> Units:
    """As it was kept; empty for a month that was never opened."""
    rows = Member.objects.unscoped(WHY).filter(month=month).order_by("node_id")
    return Units([Unit(*row) for row in rows.values_list(*COLUMNS).iterator(5000)])


def renew(month: dt.date) -> bool:
    """Brings what is kept of this month to the tree of today; whether something changed."""
    wanted = {unit.node: unit for unit in living(month)}
    kept = {unit.node: unit for unit in of_month(month).rows}
    gone = [node for node, unit in kept.items() if wanted.get(node) != unit]
    fresh = [unit for node, unit in wanted.items() if kept.get(node) != unit]
    stored = Member.objects.unscoped(WHY).filter(month=month)
    if len(gone) > len(kept) // 2:
        stored.delete()
        fresh = list(wanted.values())
    else:
        for start in range(0, len(gone), 500):
            stored.filter(node_id__in=gone[start : start + 500]).delete()
    if fresh:
        insert_rows(Member, ("month", *COLUMNS), ((month, *unit) for unit in sorted(fresh)))
    return bool(gone or fresh)


def living(month: dt.date) -> Iterator[Unit]:
    """Establishments and legal entities open at the end of the month, in the tree of today."""
    end, referential = last_day(month_of(month)), care()
    every = Organisation.objects.unscoped(WHY)
    areas = dict(every.filter(kind__in=AREAS).order_by("pk").values_list("pk", "kind"))
    opened = every.filter(Q(opened_on=None) | Q(opened_on__lte=end), Q(closed_on=None) | Q(closed_on__gt=end))
    rows = opened.filter(kind__in=COUNTED).order_by("pk").values_list(
        "pk", "kind", "type", "ght_role", "workstations", "department", "activity", "node__path"
    )  # fmt: skip
    for pk, kind, type_, role, workstations, department, activity, path in rows.iterator(5000):
        above = {areas[node]: node for part in path.split("/")[:-2] if (node := int(part)) in areas}
        yield Unit(
            pk,
            kind,
            type_,
            role,
            referential.size_of(workstations) or "",
            department,
            above.get(Organisation.Kind.NATION),
            above.get(Organisation.Kind.REGION),
            above.get(Organisation.Kind.GHT),
            None if activity is None else float(activity),
        )
