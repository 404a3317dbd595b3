# SPDX-License-Identifier: EUPL-1.2
"""The search for the best plan: launched, followed second by second, stopped, kept."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.roadmaps import actions, queries
from carene.apps.roadmaps.forms import posted_version
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.search_panel import Panel, job_of
from carene.apps.roadmaps.views.common import scenario_of, told
from carene.core.jobs.models import Job
from carene.engines.sources import InputError


@require_POST
@organisation_view("roadmap.plan")
def launch(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = scenario_of(request, pk)
    seconds = queries.as_key(request.POST.get("seconds", "")) or 0

    def act() -> str:
        actions.search(
            request.actor, request.organisation, row, objective=request.POST.get("objective", ""), seconds=seconds
        )
        return ""

    return told(request, _address(request, pk), act)


@require_GET
@organisation_view("roadmap.view", lineage=False)
def progress(request: OrganisationRequest, pk: int) -> HttpResponse:
    """What changes each second; at the end, the page is asked for again."""
    row = light(request, pk)
    if not request.htmx:
        return redirect(_address(request, pk))
    job = job_of(request.organisation.node, row)
    if job is None or not job.open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    said_anew = request.GET.get("etape", "") != job.stage
    return render(request, "ui/job_progress.html", job_context(request, Panel(row, job)) | {"said_anew": said_anew})


def job_context(request: OrganisationRequest, panel: Panel) -> dict[str, Any]:
    """What ``ui/job.html`` shows."""
    args = [request.organisation.pk, panel.scenario.pk]
    can_stop = request.actor.can("roadmap.plan", request.organisation.node)
    return {
        "job": panel.job,
        "job_figures": panel.figures,
        "job_chart": panel.chart,
        "url": reverse("roadmaps:search_progress", args=args),
        "stop_url": reverse("roadmaps:search_stop", args=args) if can_stop else "",
        "said_anew": False,
    }


@require_POST
@organisation_view("roadmap.plan")
def stop(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = light(request, pk)

    def act() -> str:
        actions.stop(request.actor, request.organisation, _job(request, row))
        return ""

    return told(request, _address(request, pk), act)


@require_POST
@organisation_view("roadmap.plan")
def keep(request: OrganisationRequest, pk: int) -> HttpResponse:
    """The plan found becomes a scenario of its own; the one that was changed meanwhile stays as it is."""
    row = light(request, pk)
    made: list[Scenario] = []

    def act() -> str:
        made.append(actions.make_of_found(request.actor, request.organisation, _job(request, row)))
        return f"Le plan trouvé est dans le scénario « {made[0].name} »."

    answer = told(request, _address(request, pk), act)
    return redirect("roadmaps:scenario", request.organisation.pk, made[0].pk) if made else answer


@require_POST
@organisation_view("roadmap.plan")
def aside(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = light(request, pk)

    def act() -> str:
        actions.put_aside(request.actor, request.organisation, _job(request, row))
        return "Le plan trouvé est écarté."

    return told(request, _address(request, pk), act)


@require_POST
@organisation_view("roadmap.plan")
def take_back(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = scenario_of(request, pk)

    def act() -> str:
        actions.take_back(request.actor, request.organisation, row, version=posted_version(request.POST))
        return "Le plan précédent est rétabli ; celui qu'il remplace reste à un clic."

    return told(request, _address(request, pk), act)


def light(request: OrganisationRequest, pk: int) -> Scenario:
    """Without its plans."""
    try:
        return queries.scenarios(request.organisation.node).get(pk=pk)
    except Scenario.DoesNotExist as error:
        raise Http404 from error


def _job(request: OrganisationRequest, row: Scenario) -> Job:
    """The last search of this scenario. Raises InputError when none was ever asked for, or kept so long."""
    job = job_of(request.organisation.node, row)
    if job is None:
        raise InputError("Ce scénario n'a pas de recherche", remedy="en lancer une")
    return job


def _address(request: OrganisationRequest, pk: int) -> str:
    return reverse("roadmaps:scenario", args=[request.organisation.pk, pk]) + "#recherche"
