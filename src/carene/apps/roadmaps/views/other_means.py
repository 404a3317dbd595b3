# SPDX-License-Identifier: EUPL-1.2
"""« Et avec d'autres moyens ? »: what each budget buys, and a little more of each team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.roadmaps import actions
from carene.apps.roadmaps.actions.searching import OTHER_MEANS
from carene.apps.roadmaps.figures import NARROW, WIDE, Chart
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.objectives import Objective, Value
from carene.apps.roadmaps.search_panel import job_of
from carene.apps.roadmaps.views.common import page, scenario_of, told
from carene.apps.roadmaps.views.searching import light
from carene.core.jobs.models import Job
from carene.engines import french
from carene.engines.sources import InputError
from carene.ui.charts.curves import Spot, frontier_chart

LITTLE = 0.0005  # of the value of the plan: under it, one more means buys nothing worth a line


@dataclass(frozen=True)
class Found:
    """What the job found, in words."""

    scenario: Scenario
    result: dict[str, Any]

    @property
    def stale(self) -> bool:
        return bool(self.result["version"] != self.scenario.version)

    @property
    def value(self) -> Value:
        return Value(self.result["objective"])

    @property
    def objective(self) -> str:
        return str(Objective(self.result["objective"]).label)

    @property
    def chart(self) -> Chart:
        spots = [Spot(budget, value, share == 1) for share, budget, value, _, _ in self.result["spots"]]
        title = "Ce que vaut le meilleur plan trouvé, selon le budget"
        wide = frontier_chart(spots, self.value.said, title=title, width=WIDE, ident="budgets-large")
        narrow = frontier_chart(spots, self.value.said, title=title, width=NARROW, ident="budgets-etroit")
        return Chart(mark_safe(wide), mark_safe(narrow))  # drawn by our charts, which escape every text # nosec B308

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One for each budget tried; ``share`` as it is posted back, empty for the present one."""
        return [
            {
                "budget": french.compact_euros(budget),
                "said": "le vôtre" if share == 1 else french.share(share),
                "value": self.value.said(value),
                "gap": "pas su" if gap is None else f"{french.share(gap, 1)} au plus",
                "measures": french.counted(measures, "mesure"),
                "share": "" if share in {0, 1} else str(share),
            }
            for share, budget, value, gap, measures in self.result["spots"]
        ]

    @property
    def gains(self) -> list[tuple[str, str]]:
        """(means, what they would buy), the most first."""
        mine = max(value for *_, value, _, _ in self.result["spots"])
        return [
            (label, f"environ {self.value.whole(gain)}" if gain > LITTLE * mine else "presque rien")
            for label, gain in self.result["gains"]
        ]

    @property
    def robust(self) -> dict[str, str] | None:
        """How the plan stands our errors of estimation; None when the job was stopped before."""
        known = self.result["robust"]
        if known is None:
            return None
        return {
            "draws": french.number(known["draws"]),
            "low": self.value.whole(known["low"]),
            "median": self.value.said(known["median"]),
            "nominal": "" if known["nominal_low"] == known["low"] else self.value.said(known["nominal_low"]),
        }

    @property
    def stays(self) -> list[tuple[str, str]]:
        """(measure, share of the draws in which it stays), the least sure first."""
        return [(title, french.share(share)) for title, share in (self.result["robust"] or {}).get("stays", [])]


@require_GET
@organisation_view("roadmap.view")
def page_of(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = scenario_of(request, pk)
    job = job_of(request.organisation.node, row, OTHER_MEANS)
    running = job is not None and job.open
    found = Found(row, job.result) if job and job.result and not running else None
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


@require_POST
@organisation_view("roadmap.plan")
def make(request: OrganisationRequest, pk: int) -> HttpResponse:
    """A budget of the table becomes a scenario."""
    row = scenario_of(request, pk)
    made: list[Scenario] = []

    def act() -> str:
        try:
            share = float(request.POST.get("share", ""))
        except ValueError as error:
            raise InputError("Ce budget n'a pas été essayé", remedy="en choisir un dans le tableau") from error
        made.append(actions.make_with_budget(request.actor, request.organisation, row, share=share))
        return f"« {made[0].name} » est créé, avec un premier plan."

    answer = told(request, _address(request, pk), act)
    return redirect("roadmaps:scenario", request.organisation.pk, made[0].pk) if made else answer


def _address(request: OrganisationRequest, pk: int) -> str:
    return reverse("roadmaps:other_means", args=[request.organisation.pk, pk])
