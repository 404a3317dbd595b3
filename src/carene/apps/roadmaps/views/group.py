# SPDX-License-Identifier: EUPL-1.2
"""« Planifier ensemble »: what one asks of a group, how far the computation is, what it found, for whom."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.roadmaps import actions, group_members
from carene.apps.roadmaps.actions.group import TOGETHER, Given, target_of
from carene.apps.roadmaps.group_export import plan_file
from carene.apps.roadmaps.group_forms import GroupForm
from carene.apps.roadmaps.group_members import Gathered, may_plan
from carene.apps.roadmaps.group_sheet import Sheet
from carene.apps.roadmaps.models import CommonPart, CommonPlan
from carene.apps.roadmaps.objectives import Value
from carene.apps.roadmaps.search_panel import curve, gap
from carene.apps.roadmaps.views.common import told
from carene.core.jobs import queries as jobs
from carene.core.jobs.models import Job
from carene.engines import french
from carene.engines.exchange.table_files import MEDIA_TYPES
from carene.engines.sources import InputError

DOOR = "summary.view"  # the detail of each member is then for those who may read it
SHOWN = 30  # plans in the list
NOT_YOURS = "Planifier ensemble demande le droit de calculer des scénarios dans un au moins des établissements."


def _group(request: OrganisationRequest) -> Organisation:
    if request.organisation.kind != Organisation.Kind.GHT:
        raise Http404
    return request.organisation


def _plan(request: OrganisationRequest, pk: int) -> CommonPlan:
    rows = CommonPlan.objects.of(_group(request).node).filter(deleted_at=None).select_related("created_by")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@require_GET
@organisation_view(DOOR)
def listing(request: OrganisationRequest) -> HttpResponse:
    group = _group(request)
    gathered = group_members.gather(request.actor, group)
    rows = CommonPlan.objects.of(group.node).filter(deleted_at=None).select_related("created_by")
    context = {
        "organisation": group,
        "plans": rows.defer("result", "basis").order_by("-created_at", "-id")[:SHOWN],
        "gathered": gathered,
        "may_plan": may_plan(request.actor, group, gathered.members),
    }
    return render(request, "roadmaps/group_list.html", context)


@require_http_methods(["GET", "POST"])
@organisation_view(DOOR)
def create(request: OrganisationRequest) -> HttpResponse:
    group, today = _group(request), timezone.localdate()
    gathered = group_members.gather(request.actor, group)
    if not may_plan(request.actor, group, gathered.members):
        messages.error(request, NOT_YOURS)
        return redirect("roadmaps:group", group.pk)
    percents = group_members.agreed(group.node, gathered.members, today)
    data = request.POST if request.method == "POST" else None
    form = GroupForm(data, members=gathered.members, percents=percents, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.plan_together(request.actor, group, form.asked())
            actions.launch(request.actor, group, row)
        except InputError as error:
            form.add_error(None, error.sentence)
        else:
            return redirect("roadmaps:group_plan", group.pk, row.pk)
    context = {"organisation": group, "form": form, "gathered": gathered, "agreed": bool(percents)}
    return render(request, "roadmaps/group_form.html", context, status=400 if form.errors else 200)


@require_GET
@organisation_view(DOOR)
def plan(request: OrganisationRequest, plan_id: int) -> HttpResponse:
    row, group = _plan(request, plan_id), _group(request)
    gathered = group_members.gather(request.actor, group)
    job = jobs.latest(group.node, TOGETHER, target_of(row.pk))
    sheet = _sheet(row, gathered)
    today, can = timezone.localdate(), may_plan(request.actor, group, gathered.members)
    context = {
        "organisation": group,
        "plan": row,
        "sheet": sheet,
        "gantt": sheet.calendar(today) if sheet else None,
        "plans": sheet.plans(today) if sheet else [],
        "may_plan": can,
        "giving": _giving(request, sheet) if sheet and sheet.whole and can and row.proposed_at is None else None,
        "running": job is not None and job.open,
        "failure": job.error.rstrip(".") if job and job.state == Job.State.FAILED else "",
        **_job_context(request, row, job, can),
    }
    return render(request, "roadmaps/group_plan.html", context)


def _sheet(row: CommonPlan, gathered: Gathered) -> Sheet | None:
    """None while nothing was found."""
    if row.result is None:
        return None
    visible = {one.pk: one.organisation for one in gathered.members}
    parts = CommonPart.objects.unscoped("states of the parts of a plan in scope, of members shown only")
    known = parts.filter(common=row, node_id__in=list(visible)).defer("plan", "fields", "summary").order_by("pk")
    return Sheet(row, visible, group_members.changes(row.basis, gathered), list(known))


def _giving(request: OrganisationRequest, sheet: Sheet) -> Given:
    """What adopting would do, for those that the reader sees."""
    found = Given([], [])
    for one in sheet.rows:
        mine = request.actor.can("roadmap.plan", one.organisation.node)
        (found.made if mine else found.proposed).append(one.organisation)
    return found


def _job_context(request: OrganisationRequest, row: CommonPlan, job: Job | None, can: bool) -> dict[str, Any]:
    args, value = [request.organisation.pk, row.pk], Value(row.asked["objective"])
    known = job.figures if job else {}
    figures = []
    if "value" in known:
        figures = [("Meilleur plan jusqu'ici, tous ensemble", value.whole(known["value"]))]
        if known.get("bound") is not None:
            figures += [
                ("Aucun plan ne dépasse", value.said(known["bound"])),
                ("Écart au plus", french.share(gap(known["value"], known["bound"]), 1)),
            ]
    points = known.get("curve", [])
    return {
        "job": job,
        "job_figures": figures,
        "job_chart": curve(points, value) if len(points) > 1 else None,
        "said_anew": False,
        "url": reverse("roadmaps:group_progress", args=args),
        "stop_url": reverse("roadmaps:group_stop", args=args) if can else "",
    }


@require_GET
@organisation_view(DOOR, lineage=False)
def progress(request: OrganisationRequest, plan_id: int) -> HttpResponse:
    row = _plan(request, plan_id)
    if not request.htmx:
        return redirect(_address(request, plan_id))
    job = jobs.latest(request.organisation.node, TOGETHER, target_of(row.pk))
    if job is None or not job.open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = _job_context(request, row, job, can=False) | {"said_anew": request.GET.get("etape", "") != job.stage}
    return render(request, "ui/job_progress.html", context)


@require_POST
@organisation_view(DOOR)
def stop(request: OrganisationRequest, plan_id: int) -> HttpResponse:
    row = _plan(request, plan_id)

    def act() -> str:
        job = jobs.latest(request.organisation.node, TOGETHER, target_of(row.pk))
        if job is None:
            raise InputError("Rien n'est en cours", remedy="recharger la page")
        actions.stop_together(request.actor, request.organisation, job)
        return ""

    return told(request, _address(request, plan_id), act)


@require_POST
@organisation_view(DOOR)
def relaunch(request: OrganisationRequest, plan_id: int) -> HttpResponse:
    """The same question again, when its computation did not go to its end."""
    row = _plan(request, plan_id)

    def act() -> str:
        if row.result is not None:
            raise InputError("Ce plan est déjà trouvé", remedy="en demander un autre")
        actions.launch(request.actor, request.organisation, row)
        return ""

    return told(request, _address(request, plan_id), act)


@require_POST
@organisation_view(DOOR)
def adopt(request: OrganisationRequest, plan_id: int) -> HttpResponse:
    row = _plan(request, plan_id)

    def act() -> str:
        given = actions.give_parts(request.actor, request.organisation, row)
        said = []
        if given.made:
            count = french.counted(len(given.made), "scénario est créé", "scénarios sont créés")
            said.append(f"{count} chez {french.listing(one.label for one in given.made)}")
        if given.proposed:
            count = french.counted(len(given.proposed), "établissement doit", "établissements doivent")
            said.append(
                f"{count} encore accepter sa part" if len(given.proposed) == 1 else f"{count} encore accepter leur part"
            )
        return f"{' ; '.join(said)}."

    return told(request, _address(request, plan_id), act)


@require_POST
@organisation_view(DOOR)
def forget(request: OrganisationRequest, plan_id: int) -> HttpResponse:
    row = _plan(request, plan_id)

    def act() -> str:
        actions.forget_plan(request.actor, request.organisation, row)
        return "Le plan commun est supprimé ; les scénarios qui en sont nés restent."

    return told(request, reverse("roadmaps:group", args=[request.organisation.pk]), act)


@require_GET
@organisation_view(DOOR)
def export(request: OrganisationRequest, plan_id: int, kind: str) -> HttpResponse:
    """What the page shows; the whole as JSON, for who reads every member."""
    row, group = _plan(request, plan_id), _group(request)
    sheet = _sheet(row, group_members.gather(request.actor, group))
    if sheet is None or kind not in {*MEDIA_TYPES, "json"}:
        raise Http404
    if kind == "json":
        if not sheet.whole:
            raise PermissionDenied("Ce fichier contient le détail d'établissements que vous ne lisez pas.")
        content, media = json.dumps(sheet.data, ensure_ascii=False, indent=2).encode(), "application/json"
    else:
        content, media = plan_file(kind, sheet), MEDIA_TYPES[kind]
    response = HttpResponse(content, content_type=media)
    name = f"plan-commun-{group.pk}-{timezone.localdate():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _address(request: OrganisationRequest, plan_id: int) -> str:
    return reverse("roadmaps:group_plan", args=[request.organisation.pk, plan_id])
