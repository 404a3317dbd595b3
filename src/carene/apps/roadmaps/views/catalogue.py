# SPDX-License-Identifier: EUPL-1.2
"""What can be done: the measures, at the size of the establishment."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from carene.apps.assessments import queries as assessments
from carene.apps.assessments.referentials import care
from carene.apps.organisations.queries import profile_of
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.roadmaps import plans, queries
from carene.apps.roadmaps.catalogue import Catalogue
from carene.apps.roadmaps.views.common import page

LONGEST_SEARCH = 100


def _catalogue(request: OrganisationRequest) -> Catalogue:
    situation = plans.situation(request.organisation)
    if situation is not None:
        return Catalogue(situation.referential, situation.profile, situation)
    referential = care()
    return Catalogue(referential, profile_of(request.organisation, referential), None)


@require_GET
@organisation_view("roadmap.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    catalogue = _catalogue(request)
    asked = request.GET
    text, axis = asked.get("q", "")[:LONGEST_SEARCH], asked.get("axe", "")
    flags = {name: name in asked for name in ("rapide", "partage", "manque")}
    cards = catalogue.search(text, axis, quick=flags["rapide"], shareable=flags["partage"], lacking=flags["manque"])
    context = page(
        request,
        "catalogue",
        catalogue=catalogue,
        cards=cards,
        text=text,
        axis=axis,
        flags=flags,
        filtered=bool(text or axis or any(flags.values())),
        assessed=catalogue.situation is not None,
        size_known=catalogue.profile.size is not None,
    )
    return render(request, "roadmaps/catalogue.html", context)


@require_GET
@organisation_view("roadmap.view")
def measure(request: OrganisationRequest, measure_id: str) -> HttpResponse:
    catalogue = _catalogue(request)
    try:
        card = catalogue.card(measure_id)
    except KeyError as error:
        raise Http404 from error
    context = page(
        request,
        "catalogue",
        card=card,
        scenarios=list(queries.scenarios(request.organisation.node)[:20]),
        assessed=catalogue.situation is not None,
        answering=assessments.current(request.organisation.node) if catalogue.situation is not None else None,
    )
    return render(request, "roadmaps/measure.html", context)
