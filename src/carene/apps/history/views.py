# SPDX-License-Identifier: EUPL-1.2
"""The journal of an organisation, and its files."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from carene.apps.history import actions, queries, rendering
from carene.apps.organisations.scope import OrganisationRequest, organisation_view

PAGE = 50
COUNTED = 1000  # of the rows that answer a choice; beyond, « plus de »


@require_GET
@organisation_view("journal.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    node, filters = request.organisation.node, _filters(request)
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 1
    rows = queries.Rows(node, filters, far=max(COUNTED, PAGE * number))
    page = Paginator(rows, PAGE).get_page(asked)
    days: list[tuple[dt.date, list[object]]] = []
    for line in queries.lines(list(page.object_list)):
        day = timezone.localtime(line.entry.at).date()
        if not days or days[-1][0] != day:
            days.append((day, []))
        days[-1][1].append(line)
    kept = {
        "qui": filters.person or "",
        "quoi": filters.verb,
        "du": filters.first.isoformat() if filters.first else "",
        "au": filters.last.isoformat() if filters.last else "",
    }
    context = {
        "days": days,
        "page": page,
        "beyond": rows.beyond,
        "people": queries.people(node),
        "verbs": queries.verbs(node),
        "filters": kept,
        "filtered": filters.any,
        "address": urlencode({key: value for key, value in kept.items() if value}),
    }
    return render(request, "history/list.html", context)


@require_GET
@organisation_view("journal.view")
def export(request: OrganisationRequest, kind: str) -> HttpResponse:
    if kind not in rendering.MEDIA_TYPES:
        raise Http404
    content = actions.export(request.actor, request.organisation, kind, _filters(request))
    response = HttpResponse(content, content_type=rendering.MEDIA_TYPES[kind])
    name = f"journal-{request.organisation.pk}-{timezone.localdate():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _filters(request: OrganisationRequest) -> queries.Filters:
    """What cannot be understood limits nothing."""
    person = request.GET.get("qui", "")
    return queries.Filters(
        int(person) if person.isdecimal() and len(person) < 19 else None,
        request.GET.get("quoi", "").replace("\x00", "")[:40],
        _day(request.GET.get("du", "")),
        _day(request.GET.get("au", "")),
    )


def _day(text: str) -> dt.date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and day.year > 1 else None  # before, a midnight may fall before the calendar begins
