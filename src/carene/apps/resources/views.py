# SPDX-License-Identifier: EUPL-1.2
"""Who has what: the map of a group, the means of one establishment, what sharing would free."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.resources import queries, sharing
from carene.apps.resources.exporting import map_file
from carene.core.access.actor import Actor
from carene.engines import french
from carene.engines.exchange.table_files import MEDIA_TYPES
from carene.engines.referential.catalogue import care
from carene.engines.registers.text import fold
from carene.engines.resources.findings import KINDS as FINDINGS
from carene.engines.resources.model import STATES, Row
from carene.engines.resources.pack import resources

PAGE = 100
SHOWN = 60  # sentences on one page; the filters find the others
LONGEST_SEARCH = 200
GHT, REGION, NATION = Organisation.Kind.GHT, Organisation.Kind.REGION, Organisation.Kind.NATION


def page(organisation: Organisation, actor: Actor, tab: str, **more: Any) -> dict[str, Any]:
    """What every page of resources needs."""
    node = organisation.node
    return {
        "organisation": organisation,
        "tab": tab,
        "group": organisation.kind == GHT,
        "converges": organisation.kind == GHT or (organisation.assessable and queries.ght_of(organisation) is not None),
        "editable": actor.can("resource.write", node),
        "pack": resources(),
        **more,
    }


@require_GET
@organisation_view("resource.view")
def overview(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    if organisation.assessable:
        return _own(request)
    if organisation.kind == NATION:
        regions = (
            Organisation.objects.below(organisation.node).filter(kind=REGION, closed_on=None).order_by("search", "pk")
        )
        context = page(organisation, request.actor, "overview", regions=regions)
        return render(request, "resources/nation.html", context)
    drawn = queries.read_map(organisation, timezone.localdate())
    service, state, text, kind = (
        request.GET.get(name, "")[:LONGEST_SEARCH] for name in ("service", "etat", "q", "sujet")
    )
    rows = [row for row in drawn.rows if _kept(row, drawn, service, state, text)]
    found = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    said = [one for one in drawn.findings if (not kind or one.kind == kind) and (not service or one.subject == service)]
    context = page(organisation, request.actor, "overview", page=found)
    context |= {
        "lines": [_line(row, drawn) for row in found.object_list],
        "findings": [(one, drawn.groups[one.group]) for one in said[:SHOWN]],
        "more": max(0, len(said) - SHOWN),
        "total": len(drawn.rows),
        "several": len(drawn.groups) > 1,
        "skills": [(key, care().skills[key]) for key in resources().skills],
        "services": list(resources().services.items()),
        "states": list(STATES.items()),
        "kinds": list(FINDINGS.items()),
        "asked": {"service": service, "etat": state, "q": text, "sujet": kind},
        "address": urlencode({"service": service, "etat": state, "q": text, "sujet": kind}),
        "filtered": any((service, state, text, kind)),
    }
    return render(request, "resources/map.html", context)


def _kept(row: Row, drawn: queries.Map, service: str, state: str, text: str) -> bool:
    if text and fold(text) not in drawn.units[row.unit.id].search:
        return False
    if not state:
        return True
    cells = [row.services[service]] if service in row.services else list(row.services.values())
    return any(cell.state == state for cell in cells)


def _line(row: Row, drawn: queries.Map) -> dict[str, Any]:
    pack, labels = resources(), care().skills
    return {
        "organisation": drawn.units[row.unit.id],
        "group": drawn.groups.get(row.unit.group or 0),
        "cells": [(pack.services[key].label, cell) for key, cell in row.services.items()],
        "hands": [(labels[key], row.skills.get(key)) for key in pack.skills],
        "described": row.described,
    }


def _own(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    row = queries.means_of(organisation, timezone.localdate())
    labels = care().skills
    context = page(organisation, request.actor, "overview")
    context |= {
        "cells": [(resources().services[key], cell) for key, cell in row.services.items()],
        "hands": [(labels[key], row.skills.get(key)) for key in resources().skills],
        "described": row.described,
    }
    return render(request, "resources/own.html", context)


@require_GET
@organisation_view("resource.view")
def export(request: OrganisationRequest, kind: str) -> HttpResponse:
    organisation = request.organisation
    if kind not in MEDIA_TYPES or organisation.kind not in {GHT, REGION}:
        raise Http404
    drawn = queries.read_map(organisation, timezone.localdate())
    response = HttpResponse(map_file(kind, drawn), content_type=MEDIA_TYPES[kind])
    name = f"ressources-{organisation.pk}-{timezone.localdate():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@organisation_view("resource.view")
def freed(request: OrganisationRequest) -> HttpResponse:
    """What sharing each thing would free for the members of a GHT."""
    organisation = request.organisation
    if organisation.kind != GHT:
        raise Http404
    drawn = queries.read_map(organisation, timezone.localdate())
    pack = resources()
    found = {kind: sharing.freed(organisation, drawn, kind) for kind in pack.sharing}
    asked = request.GET.get("service", "")
    order = sorted(found, key=lambda kind: -found[kind].found.freed)
    chosen = asked if asked in found else order[0]
    context = page(organisation, request.actor, "freed", chosen=chosen, one=found[chosen])
    context |= {
        "all": [(kind, found[kind]) for kind in order],
        "source": pack.sources[pack.freed.source],
        "months": french.months(pack.freed.months),
        "can_plan": request.actor.can("roadmap.view", organisation.node),
    }
    return render(request, "resources/freed.html", context)
