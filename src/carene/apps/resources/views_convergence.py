# SPDX-License-Identifier: EUPL-1.2
"""The convergence of a GHT: its path, where each member stands; the steps of one member."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from carene.apps.evidence import queries as evidence
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.resources import actions_convergence as actions
from carene.apps.resources import forms, queries
from carene.apps.resources import queries_convergence as paths
from carene.apps.resources.views import page
from carene.engines.resources.convergence import Mark, progress
from carene.engines.resources.pack import resources
from carene.engines.sources import InputError

REMOVE = "retirer"


@require_GET
@organisation_view("resource.view")
def convergence(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    if organisation.kind != Organisation.Kind.GHT:
        return _member(request)
    path = paths.path(organisation, today)
    pack = resources()
    context = page(organisation, request.actor, "convergence", path=path, stale=path.stale_on(today))
    context |= {
        "members": [
            (one, [(step, mark, mark.words(today), mark.late_on(today)) for step, mark in zip(
                pack.convergence.steps, one.marks, strict=True)])
            for one in path.members
        ],
        "source": pack.sources[pack.convergence.source],
    }  # fmt: skip
    return render(request, "resources/convergence.html", context)


def _member(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    ght = queries.ght_of(organisation)
    if ght is None or not organisation.assessable:
        raise Http404
    pack = resources()
    said = paths.steps_of(organisation, ght)
    detailed = request.actor.can("evidence.view", organisation.node)
    proofs = {}
    ids = [row.evidence_id for row in said.values() if row.evidence_id is not None]
    if detailed and ids:
        rows = evidence.of(organisation.node).prefetch_related(None).filter(pk__in=ids).order_by("pk")
        proofs = {row.pk: row.title for row in rows}
    lines, marks = [], []
    for step in pack.convergence.steps:
        row = said.get(step.id)
        mark = row.mark if row else Mark(step.id, "todo")
        marks.append(mark)
        proof = ""
        if row is not None and detailed:
            proof = proofs.get(row.evidence_id or 0, "") or row.proof or row.reason
        lines.append((step, mark, mark.words(today), mark.late_on(today), proof))
    row_of = queries.means_of(organisation, today)
    hints = {
        step.id: row_of.services[step.service]
        for step in pack.convergence.steps
        if step.service and row_of.services[step.service].state in {"provides", "receives"}
    }
    context = page(organisation, request.actor, "convergence", lines=lines, ght=ght, hints=hints)
    context |= {
        "progress": progress(marks, len(marks), today),
        "trajectory": paths.trajectory(ght.node),
        "source": pack.sources[pack.convergence.source],
    }
    return render(request, "resources/steps.html", context)


@require_http_methods(["GET", "POST"])
@organisation_view(actions.WRITE)
def trajectory(request: OrganisationRequest) -> HttpResponse:
    group = request.organisation
    if group.kind != Organisation.Kind.GHT:
        raise Http404
    row = paths.trajectory(group.node)
    if request.method == "POST" and REMOVE in request.POST:
        actions.remove_trajectory(request.actor, group)
        messages.success(request, "La trajectoire est retirée.")
        return redirect("resources:convergence", group.pk)
    form = forms.TrajectoryForm(request.POST or None, initial=forms.initial_of(row, forms.TrajectoryForm))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_trajectory(request.actor, group, **form.values())
        except InputError as error:
            form.refuse(error)
        else:
            messages.success(request, "La trajectoire est enregistrée.")
            return redirect("resources:convergence", group.pk)
    back = reverse("resources:convergence", args=[group.pk])
    context = {"organisation": group, "form": form, "heading": "Trajectoire de convergence", "back": back}
    context |= {
        "removable": row is not None,
        "lead": "Ce que le comité stratégique du GHT a validé.",
        "crumb": "Convergence",
    }
    return render(request, "resources/form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@organisation_view(actions.WRITE)
def step(request: OrganisationRequest, step: str) -> HttpResponse:
    organisation = request.organisation
    ght = queries.ght_of(organisation)
    known = resources().step.get(step)
    if ght is None or known is None or not organisation.assessable:
        raise Http404
    row = paths.steps_of(organisation, ght).get(step)
    form = forms.StepForm(
        request.POST or None, organisation=organisation, initial=forms.initial_of(row, forms.StepForm)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_step(request.actor, organisation, step, **form.values())
        except InputError as error:
            form.refuse(error)
        else:
            messages.success(request, f"« {known.title} » est à jour.")
            return redirect("resources:convergence", organisation.pk)
    back = reverse("resources:convergence", args=[organisation.pk])
    context = {"organisation": organisation, "form": form, "heading": known.title, "back": back, "crumb": "Convergence"}
    context |= {"removable": False, "lead": f"{known.why} Ce qui le prouve : {' ; '.join(known.proof).lower()}."}
    return render(request, "resources/form.html", context, status=400 if form.errors else 200)
