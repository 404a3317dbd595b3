# SPDX-License-Identifier: EUPL-1.2
"""« Et avec d'autres moyens ? »: what each budget buys, and a little more of each team."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.roadmaps import actions, queries
from carene.apps.roadmaps.actions.other_means import OTHER_MEANS
from carene.apps.roadmaps.means_panel import Found
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.search_panel import job_of
from carene.apps.roadmaps.views.common import page, scenario_of, told
from carene.apps.roadmaps.views.searching import light
from carene.core.jobs.models import Job
from carene.engines.sources import InputError


@require_GET
@organisation_view("roadmap.view")
def page_of(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = scenario_of(request, pk)
    job = job_of(request.organisation.node, row, OTHER_MEANS)
    running = job is not None and job.open
    found = _found(request, row, job) if job else None
    failure = job.error.rstrip(".") if job and job.state == Job.State.FAILED else ""
    context = page(request, "scenarios", scenario=row, running=running, found=found, failure=failure,
                   **_job_context(request, row, job))  # fmt: skip
    return render(request, "roadmaps/other_means.html", context)


@require_GET
@organisation_view("roadmap.view", lineage=False)
def progress(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = light(request, pk)
    if not request.htmx:
        return redirect(_address(request, pk))
    job = job_of(request.organisation.node, row, OTHER_MEANS)
    if job is None or not job.open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    said_anew = request.GET.get("etape", "") != job.stage
    return render(request, "ui/job_progress.html", _job_context(request, row, job) | {"said_anew": said_anew})


def _job_context(request: OrganisationRequest, row: Scenario, job: Job | None) -> dict[str, Any]:
    args = [request.organisation.pk, row.pk]
    can_stop = request.actor.can("roadmap.plan", request.organisation.node)
    return {
        "job": job, "job_figures": [], "job_chart": None, "said_anew": False,
        "url": reverse("roadmaps:other_means_progress", args=args),
        "stop_url": reverse("roadmaps:other_means_stop", args=args) if can_stop else "",
    }  # fmt: skip


@require_POST
@organisation_view("roadmap.plan")
def launch(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = light(request, pk)

    def act() -> str:
        actions.try_other_means(request.actor, request.organisation, row)
        return ""

    return told(request, _address(request, pk), act)


@require_POST
@organisation_view("roadmap.plan")
def stop(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = light(request, pk)

    def act() -> str:
        job = job_of(request.organisation.node, row, OTHER_MEANS)
        if job is None:
            raise InputError("Rien n'est en cours", remedy="recharger la page")
        actions.stop(request.actor, request.organisation, job)
        return ""

    return told(request, _address(request, pk), act)


@require_http_methods(["GET", "POST"])
@organisation_view("roadmap.plan")
def make(request: OrganisationRequest, pk: int) -> HttpResponse:
    """A budget of the curve becomes a scenario; asked for by a link, the one that exists opens, else we ask first."""
    row = scenario_of(request, pk)
    found = _found(request, row)
    try:
        share = float((request.POST if request.method == "POST" else request.GET).get("share", ""))
    except ValueError:
        share = math.nan
    if request.method == "POST":
        return _made(request, row, lambda: actions.make_with_budget(
            request.actor, request.organisation, row, share=share))  # fmt: skip
    asked = next((one for one in found.budgets if float(one.share) == share), None) if found else None
    if asked is None or not asked.url:
        messages.error(request, "Ce budget n'a pas été essayé ; en choisir un dans le tableau.")
        return redirect(_address(request, pk))
    if asked.exists:
        return redirect(asked.url)
    return render(request, "roadmaps/other_means_make.html", page(request, "scenarios", scenario=row, asked=asked))


@require_POST
@organisation_view("roadmap.plan")
def make_prudent(request: OrganisationRequest, pk: int) -> HttpResponse:
    """The plan that stands our errors best becomes a scenario."""
    row = scenario_of(request, pk)
    return _made(request, row, lambda: actions.make_prudent(request.actor, request.organisation, row))


def _made(request: OrganisationRequest, row: Scenario, act: Callable[[], Scenario]) -> HttpResponse:
    try:
        made = act()
    except InputError as error:
        messages.error(request, error.sentence)
        return redirect(_address(request, row.pk))
    messages.success(request, f"« {made.name} » est créé, avec le plan trouvé.")
    return redirect("roadmaps:scenario", request.organisation.pk, made.pk)


def _found(request: OrganisationRequest, row: Scenario, job: Job | None = None) -> Found | None:
    """What the last job found; None while it runs, or when there was none."""
    job = job or job_of(request.organisation.node, row, OTHER_MEANS)
    if job is None or job.open or not job.result:
        return None
    can = request.actor.can("roadmap.plan", request.organisation.node)
    return Found(row, job.result, list(queries.scenarios(request.organisation.node)), can)


def _address(request: OrganisationRequest, pk: int) -> str:
    return reverse("roadmaps:other_means", args=[request.organisation.pk, pk])
