# SPDX-License-Identifier: EUPL-1.2
"""The table of a place, one figure of it, its establishments, its map."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from carene.apps.observatory import maturity, queries, queries_units, showing
from carene.apps.observatory.actions import SET
from carene.apps.observatory.forms import month_of
from carene.apps.observatory.queries_units import PAGE, Order
from carene.apps.observatory.reading import Child, Detail, Page
from carene.apps.observatory.targets import set_here
from carene.apps.observatory.tiling import tiles
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines.observatory.explain import CONFIDENCE, written
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.model import Figure
from carene.engines.observatory.spread import BANDS
from carene.engines.referential.catalogue import care

ORDERS: dict[Order, str] = {"name": "par nom", "best": "les plus avancés d'abord", "worst": "les moins avancés d'abord"}
MAPPED = (Organisation.Kind.NATION, Organisation.Kind.REGION)


def address_of(request: OrganisationRequest) -> str:
    """The chosen month, to be kept from one page to the next."""
    month = request.GET.get("mois", "")
    return f"?{urlencode({'mois': month})}" if month else ""


@require_GET
@organisation_view(queries.VERB)
def overview(request: OrganisationRequest) -> HttpResponse:
    organisation, searched = request.organisation, request.GET.get("q", "")[:100]
    table = queries.table(request.actor, organisation, month_of(request.GET.get("mois", "")))
    groups = showing.by_theme(table, searched)
    context = {
        "organisation": organisation,
        "area": showing.is_area(organisation),
        "table": table,
        "themes": groups,
        "months": showing.months_back(table.months),
        "chosen": f"{table.month:%Y-%m}" if table.month else "",
        "searched": searched,
        "known": sum(len(group.known) for group in groups),
        "total": len(table.lines),
        "kept": address_of(request),
        "smallest": shipped().smallest_cell,
        "opens": opens(organisation),
        "levels": showing.is_area(organisation)
        and organisation.kind != Organisation.Kind.NATION
        and request.actor.can(maturity.READ, organisation.node),
    }
    return render(request, "observatory/overview.html", context)


def known(figure: str) -> str:
    """404 for an address that names no figure of the pack."""
    if figure not in shipped().figure:
        raise Http404
    return figure


def opens(organisation: Organisation) -> bool:
    """Open data come from the top alone: two files of areas within one another would give their difference."""
    return showing.is_area(organisation) and organisation.node.parent_id is None


@require_GET
@organisation_view(queries.VERB)
def figure(request: OrganisationRequest, figure: str) -> HttpResponse:
    organisation = request.organisation
    area = showing.is_area(organisation)
    month = month_of(request.GET.get("mois", ""))
    found = queries.detail(request.actor, organisation, known(figure), month)
    context: dict[str, Any] = {
        "organisation": organisation,
        "area": area,
        "found": found,
        "value": big(found, area),
        "series": showing.trend(found, not area) if found.moments else None,
        "rows": [
            (one, _value(found.figure, one.now, area), _value(found.figure, one.closed, area) if one.restated else "")
            for one in reversed(found.moments)
        ],
        "restated": sum(one.restated for one in found.moments),
        "public": showing.published(found, organisation),
        "target": target_of(found),
        "settable": set_here(organisation) and request.actor.can(SET, organisation.node),
        "kept": address_of(request),
        "smallest": shipped().smallest_cell,
    }
    if not area:
        compared = queries_units.peers(request.actor, organisation, figure, detail=found)
        context |= {"peers": compared, "peers_chart": showing.peers_chart(compared)}
        return render(request, "observatory/of_one.html", context | {"goal": goal_of(found.figure)})
    children = showing.ordered(found.figure, found.children, found.ranked)
    context |= {
        "spread": showing.spread(found),
        "children": [_below(found, child) for child in children],
        "departments": [_below(found, child) for child in found.departments],
        "listed": found.ranked and organisation.kind != Organisation.Kind.NATION,
        "mapped": organisation.kind in MAPPED and bool(found.departments),
    }
    return render(request, "observatory/figure.html", context)


def big(found: Detail, area: bool) -> str:
    """The figure in large; empty where there is none or where it is hidden."""
    now = found.now
    if now is None or found.hidden or not now.answered:
        return ""
    return written(found.figure, now.value) if area or now.value is None else _value(found.figure, now, area)


def _value(figure: Figure, reading: Any, area: bool) -> str:
    if reading is None or not reading.answered:
        return "non évalué"
    if area:
        small = reading.median is None and reading.answered < shipped().smallest_cell
        return showing.value_of(figure, reading, hidden=small)
    return showing.said_by(figure, True, reading.value)


def target_of(found: Detail) -> dict[str, Any] | None:
    """What the whole aims at: in words, when, who says so and how sure that is."""
    target = found.figure.target
    if target is None:
        return None
    return {
        "said": showing.aim(found.figure, target, False),
        "by": target.by,
        "source": found.source,
        "set": found.aimed,
        "confidence": CONFIDENCE[target.confidence],
    }


def goal_of(figure: Figure) -> dict[str, Any] | None:
    goal = figure.goal
    if goal is None:
        return None
    return {"said": showing.aim(figure, goal, True), "confidence": CONFIDENCE[goal.confidence]}


def _below(found: Detail, child: Child) -> dict[str, Any]:
    reading = child.reading
    share = reading.share_at_target if reading and reading.value is not None else None
    return {
        "child": child,
        "value": showing.value_of(found.figure, reading, child.hidden),
        "answers": showing.answers(reading) if reading else "",
        "share": share,
        "oldest": reading.oldest if reading else None,
    }


@require_GET
@organisation_view(queries.VERB)
def establishments(request: OrganisationRequest, figure: str) -> HttpResponse:
    """One by one, for who may read each one's value; a nation is listed by department."""
    organisation, asked, one = request.organisation, request.GET, queries.figure_named(known(figure))
    order: Order = next((key for key in ORDERS if key == asked.get("ordre")), "name")
    department, month = asked.get("departement", "")[:3], month_of(asked.get("mois", ""))
    text = asked.get("page", "1")
    number = min(int(text), 100_000) if text.isascii() and text.isdigit() else 1
    found = queries_units.establishments(
        request.actor, organisation, figure, month, department=department, order=order, page=max(1, number)
    )
    filters = {"departement": department, "ordre": order if order != "name" else "", "mois": asked.get("mois", "")}
    context = {
        "organisation": organisation,
        "figure": one,
        "rows": [
            (
                unit,
                "" if unit.value is None else showing.said_by(one, True, unit.value),
                care().types.get(unit.type, ""),
            )
            for unit in found.units
        ],
        "total": found.total,
        "page": _page(found, number),
        "orders": ORDERS.items(),
        "order": order,
        "department": department,
        "address": urlencode({key: value for key, value in filters.items() if value}),
        "kept": address_of(request),
        "month": asked.get("mois", ""),
    }
    return render(request, "observatory/establishments.html", context)


def _page(found: Page, number: int) -> Any:
    return Paginator(range(found.total), PAGE).get_page(number)


@require_GET
@organisation_view(maturity.READ)
def levels(request: OrganisationRequest) -> HttpResponse:
    """Where each one stands by axis, for who reads the summary of each; a nation is read by department."""
    organisation, asked = request.organisation, request.GET
    if not showing.is_area(organisation):
        raise Http404
    order: Order = next((key for key in ORDERS if key == asked.get("ordre")), "name")
    department = asked.get("departement", "")[:3]
    context = {
        "organisation": organisation,
        "found": maturity.maturity(request.actor, organisation, department=department, order=order),
        "axes": maturity.headings(),
        "bands": BANDS,
        "department": department,
        "orders": ORDERS.items(),
        "order": order,
    }
    return render(request, "observatory/maturity.html", context)


@require_GET
@organisation_view(queries.VERB)
def map_page(request: OrganisationRequest, figure: str) -> HttpResponse:
    organisation = request.organisation
    found = queries.map_of(request.actor, organisation, known(figure), month_of(request.GET.get("mois", "")))
    listing = reverse("observatory:establishments", args=[organisation.pk, figure]) if found.ranked else ""
    context = {
        "organisation": organisation,
        "found": found,
        "value": big(found, True),
        "chart": tiles(found, listing) if found.departments else None,
        "departments": [_below(found, child) for child in found.departments],
        "children": [_below(found, child) for child in showing.ordered(found.figure, found.children, found.ranked)],
        "kept": address_of(request),
        "smallest": shipped().smallest_cell,
    }
    return render(request, "observatory/map.html", context)
