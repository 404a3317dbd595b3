# SPDX-License-Identifier: EUPL-1.2
"""Reading who has what: the map of a group or a region, and the means of one establishment.

The facts belong to governance (posts), organisations (shared services) and indicators: they are read through their
queries, as many for seven members as for three thousand.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from carene.apps.governance import queries_staff as staff
from carene.apps.indicators import queries as indicators
from carene.apps.organisations import queries_services as services
from carene.apps.organisations.models import Organisation
from carene.core.tenancy.models import Node
from carene.engines.months import add_months
from carene.engines.referential.catalogue import care
from carene.engines.resources import findings as said
from carene.engines.resources.holdings import rows as rows_of
from carene.engines.resources.model import Facts, Post, Row, Tie, Unit
from carene.engines.resources.pack import resources

MOST_UNITS = 5_000  # of one map; a nation is read region by region
KINDS = Organisation.Kind


@dataclass(frozen=True)
class Map:
    """``units``: the establishments, by id, in the order of their names; ``groups``: GHT, by id."""

    units: Mapping[int, Organisation]
    groups: Mapping[int, Organisation]
    rows: Sequence[Row]
    findings: Sequence[said.Finding]


def units_below(group: Organisation) -> list[Organisation]:
    """Open legal entities, and establishments that stand right under a GHT or a region; one query."""
    whole = Q(kind=KINDS.ENTITY) | Q(kind=KINDS.SITE, node__parent__organisation__kind__in=(KINDS.GHT, KINDS.REGION))
    rows = Organisation.objects.below(group.node).filter(whole, closed_on=None).select_related("node")
    return list(rows.order_by("search", "pk")[:MOST_UNITS])


def groups_below(group: Organisation) -> dict[int, Organisation]:
    """GHT at this node and below; one query."""
    rows = Organisation.objects.below(group.node).filter(kind=KINDS.GHT, closed_on=None).select_related("node")
    return {row.pk: row for row in rows.order_by("search", "pk")}


def read_map(group: Organisation, today: dt.date) -> Map:
    """Six queries, whatever the number of members."""
    units = {row.pk: row for row in units_below(group)}
    groups = groups_below(group)
    node = group.node
    known = resources()
    facts = Facts(
        units=[_unit(row, groups) for row in units.values()],
        posts=_posts(staff.posts_below(node), units),
        ties=_ties(services.lines_below(node, today), units, today),
        on_call=frozenset(_owners(staff.on_call_below(node), units)),
        measured=_measured(node, units, today),
    )
    rows = rows_of(facts, known)
    return Map(units, groups, rows, said.findings(rows, known, care().skills))


def means_of(organisation: Organisation, today: dt.date) -> Row:
    """The same of one establishment; four queries."""
    node, own = organisation.node, {organisation.pk: organisation}
    lines = services.lines_of(node, today)
    names = {line.node for line in lines if line.provider == organisation.pk}
    others = Organisation.objects.unscoped("those for whom this establishment does something").filter(pk__in=names)
    known = {**own, **{row.pk: row for row in others.order_by("pk")}} if names else own
    facts = Facts(
        units=[Unit(pk, row.label) for pk, row in known.items()],
        posts=_posts(staff.posts_below(node), own),
        ties=_ties(lines, known, today),
        on_call=frozenset(_owners(staff.on_call_below(node), own)),
        measured=_measured(node, own, today),
    )
    return rows_of(facts, resources())[0]


def ght_of(organisation: Organisation) -> Organisation | None:
    """The GHT in which it stands, itself included; the page has read two levels above it."""
    node: Node | None = organisation.node
    for _ in range(3):
        found: Organisation | None = getattr(node, "organisation", None) if node is not None else None
        if found is None:
            return None
        if found.kind == KINDS.GHT:
            return found
        node = node.parent if node is not None else None
    return None


def _unit(row: Organisation, groups: Mapping[int, Organisation]) -> Unit:
    return Unit(row.pk, row.label, next((pk for pk in row.node.ancestor_ids if pk in groups), None))


def _owner(path: str, units: Mapping[int, Organisation]) -> int | None:
    """The unit of the map at this node or above it: what a site of an entity describes is of that entity."""
    ids = (int(part) for part in reversed(path.split("/")) if part)
    return next((pk for pk in ids if pk in units), None)


def _owners(paths: Iterable[str], units: Mapping[int, Organisation]) -> set[int]:
    return {pk for path in paths if (pk := _owner(path, units)) is not None}


def _posts(lines: Iterable[staff.PostLine], units: Mapping[int, Organisation]) -> list[Post]:
    return [
        Post(pk, line.kind, line.skill, line.state, line.fte, line.employer, line.percent)
        for line in lines
        if (pk := _owner(line.path, units)) is not None
    ]


def _ties(lines: Iterable[services.Line], units: Mapping[int, Organisation], today: dt.date) -> list[Tie]:
    found = []
    for line in lines:
        pk = _owner(line.path, units)
        provider = units.get(line.provider)
        if pk is not None:
            coming = line.starts_on if line.starts_on is not None and line.starts_on > today else None
            name = provider.label if provider is not None else line.provider_name
            found.append(Tie(line.kind, line.provider, name, pk, line.percent, line.euros, coming))
    return found


def _measured(node: Node, units: Mapping[int, Organisation], today: dt.date) -> dict[int, frozenset[str]]:
    wanted = {key for service in resources().services.values() for key in service.known_by}
    months = max((care().indicator[key].validity_months for key in wanted), default=0)
    found: dict[int, set[str]] = defaultdict(set)
    for path, indicator in indicators.positive_below(node, wanted, add_months(today, -months)):
        pk = _owner(path, units)
        if pk is not None:
            found[pk].add(indicator)
    return {pk: frozenset(keys) for pk, keys in found.items()}
