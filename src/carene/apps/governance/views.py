# SPDX-License-Identifier: EUPL-1.2
"""Pages of governance: what one establishment steers with, and where the members of a group stand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from carene.apps.governance import actions, figures, forms, queries, queries_group
from carene.apps.governance.doors import establishment_view
from carene.apps.governance.models import Budget, Decision
from carene.apps.governance.told import told
from carene.apps.organisations import actions as organisations
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.core.access.actor import Actor
from carene.core.database import stale
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.governance.pack import governance
from carene.engines.sources import InputError

PAGE = 100
SHOWN = 5  # things told on the first page


def page(request: OrganisationRequest, tab: str, **more: Any) -> dict[str, Any]:
    """What every page of governance needs. ``named``: may this reader know who holds a post?"""
    node = request.organisation.node
    return {
        "organisation": request.organisation,
        "tab": tab,
        "editable": actions.open_to_writing(request.organisation) and request.actor.can(actions.WRITE, node),
        "decided": request.actor.can("decision.view", node),
        "named": knows_people(request.actor, node),
        "pack": governance(),
        **more,
    }


def knows_people(actor: Actor, node: Node) -> bool:
    return actor.reaches("detail", node)


@require_GET
@organisation_view("governance.view")
def overview(request: OrganisationRequest) -> HttpResponse:
    if not request.organisation.assessable:
        return _group(request)
    organisation, today = request.organisation, timezone.localdate()
    node = organisation.node
    years = queries.years(node)
    posts = list(queries.posts(node))
    dues = queries.duties(organisation, today)
    context = page(
        request,
        "overview",
        year=years[0] if years else None,
        shares=figures.shares(years[0]) if years else [],
        staff=figures.figures(queries.staff_figures(organisation, posts)) if posts else [],
        pressing=[due for due in dues if due.state in {"late", "soon"}][:SHOWN],
        late=sum(due.state == "late" for due in dues),
        undated=sum(due.state == "undated" for due in dues),
        duties=len(dues),
        documents=len(queries.policies(node)),
    )
    context["decisions"] = []
    if context["decided"]:
        opened = list(queries.open_decisions(node))
        context |= {
            "decisions": [(row, row.late_on(today)) for row in opened[:SHOWN]],
            "open_count": len(opened),
            "committee_figures": figures.figures(queries.committee_figures(node, today)),
        }
    return render(request, "governance/overview.html", context)


def _group(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    summary = queries_group.summary(organisation, today)
    paginator = Paginator(queries_group.members(organisation, summary.members), PAGE)
    vars(paginator)["count"] = summary.members  # already counted
    found = paginator.get_page(request.GET.get("page"))
    context = page(request, "overview", page=found)
    context |= {
        "members": queries_group.rows(list(found.object_list), today, detailed=context["decided"]),
        "summary": summary,
        "target": french.percent(governance().budget.digital.target),
        "source": governance().sources[governance().budget.digital.source],
    }
    return render(request, "governance/group.html", context)


@require_GET
@establishment_view("governance.view")
def budget(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    year, stage = request.GET.get("annee", ""), request.GET.get("etape", "")
    if year.isdecimal() and len(year) == 4 and stage in Budget.Stage.values:
        return redirect("governance:edit_budget", organisation.pk, int(year), stage)
    years = queries.years(organisation.node)
    pack = governance().budget
    context = page(
        request,
        "budget",
        years=years,
        shares=figures.shares(years[0]) if years else [],
        lacking=figures.missing_euros(years[0]) if years else "",
        chart=figures.trend(years),
        choices=figures.stages(today),
        stages=Budget.Stage.choices,
        digital_source=governance().sources[pack.digital.source],
        cyber_source=governance().sources[pack.cyber.source],
        usual=french.percent(pack.usual),
        usual_source=governance().sources[pack.usual_source],
        differs=_differs(request, years[0]) if years else [],
        can_profile=request.actor.can("organisation.profile", organisation.node),
    )
    return render(request, "governance/budget.html", context)


def _differs(request: OrganisationRequest, year: queries.Year) -> list[tuple[str, str, str]]:
    """(what, the profile's figure, this year's) where the two are not the same."""
    organisation, row = request.organisation, year.best
    pairs = (
        ("budget d'exploitation", organisation.operating_budget, row.operating),
        ("budget numérique", organisation.digital_budget, row.digital_operating),
    )
    return [
        (what, french.euros(known) if known is not None else french.UNKNOWN, french.euros(typed))
        for what, known, typed in pairs
        if typed is not None and typed != known
    ]


@require_POST
@establishment_view("organisation.profile")
def budget_to_profile(request: OrganisationRequest) -> HttpResponse:
    """Gives the profile the figures of the latest year, because someone asked for it."""
    organisation = request.organisation
    years = queries.years(organisation.node)
    if not years:
        raise Http404
    row = years[0].best
    given = {"operating_budget": row.operating, "digital_budget": row.digital_operating}
    changes = {key: value for key, value in given.items() if value is not None}
    organisations.update_profile(request.actor, organisation, **changes)
    messages.success(request, f"Le profil reprend les chiffres de {row.year}.")
    return redirect("governance:budget", organisation.pk)


@establishment_view(actions.WRITE)
def edit_budget(request: OrganisationRequest, year: int, stage: str) -> HttpResponse:
    organisation = request.organisation
    if stage not in Budget.Stage.values:
        raise Http404
    row = queries.budget(organisation.node, year, stage) if year < 10_000 else None
    first = row is None and not queries.years(organisation.node)
    initial = forms.initial_of(row, forms.BudgetForm) if row else forms.first_budget(organisation) if first else {}
    sent = request.POST if request.method == "POST" else None
    form = forms.BudgetForm(sent, initial=initial, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            seen = request.POST.get(stale.FIELD)
            actions.save_budget(request.actor, organisation, year=year, stage=stage, seen=seen, **form.values())
        except stale.Overtaken as error:
            row = queries.budget(organisation.node, year, stage)
            form.overtaken(error, row)
        except InputError as error:
            form.refuse(error)
        else:
            messages.success(request, f"Le budget {year} {Budget.Stage(stage).label} est enregistré.")
            return redirect("governance:budget", organisation.pk)
    proposed = first and any(value is not None for value in initial.values())
    context = page(request, "budget", form=form, year=year, stage=Budget.Stage(stage).label, proposed=proposed)
    context["seen"] = stale.mark(told(row) if row else None)
    return render(request, "governance/budget_form.html", context, status=400 if form.errors else 200)


@require_GET
@establishment_view("governance.view")
def staff(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    posts = list(queries.posts(organisation.node))
    team = queries.team(posts)
    labels = governance().staff.posts
    context = page(
        request,
        "staff",
        posts=[(row, labels[row.kind].label if row.kind in labels else row.kind) for row in posts],
        figures=figures.figures(queries.staff_figures(organisation, posts)) if posts else [],
        skills=figures.by_skill(team),
        total=sum(team.by_skill.values()),
        on_calls=queries.on_calls(organisation.node),
        reference=governance().staff,
        reference_source=governance().sources[governance().staff.source],
    )
    return render(request, "governance/staff.html", context)


@require_GET
@establishment_view("decision.view")
def committees(request: OrganisationRequest) -> HttpResponse:
    node, today = request.organisation.node, timezone.localdate()
    meetings = Paginator(queries.meetings(node), PAGE).get_page(request.GET.get("page"))
    opened = list(queries.open_decisions(node))
    kinds = governance().committees
    context = page(
        request,
        "committees",
        committees=[
            (row, kinds[row.kind].label if row.kind in kinds else row.kind) for row in queries.committees(node)
        ],
        meetings=meetings,
        opened=[(row, row.late_on(today)) for row in opened],
        figures=figures.figures(queries.committee_figures(node, today)),
        proofs=queries.proofs(node, (row.evidence_id for row in meetings)),
        can_act=request.actor.can("action.update", node),
        today=today,
    )
    return render(request, "governance/committees.html", context)


@require_POST
@establishment_view(actions.WRITE)
def carry_out(request: OrganisationRequest, decision_id: int) -> HttpResponse:
    try:
        actions.carry_out(request.actor, request.organisation, decision_id)
    except Decision.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "La décision est dans la feuille de route.")
    return redirect("governance:committees", request.organisation.pk)


@require_GET
@establishment_view("decision.view")
def commitments(request: OrganisationRequest) -> HttpResponse:
    today, labels = timezone.localdate(), governance().commitments
    rows = [
        (row, labels[row.kind].label if row.kind in labels else row.kind,
         bool(row.due_on and row.due_on < today and row.state == row.State.GOING))
        for row in queries.commitments(request.organisation.node)
    ]  # fmt: skip
    return render(request, "governance/commitments.html", page(request, "commitments", rows=rows))


@require_GET
@establishment_view("governance.view")
def policies(request: OrganisationRequest) -> HttpResponse:
    node, today = request.organisation.node, timezone.localdate()
    labels, rows = governance().documents, list(queries.policies(node))
    shown = [
        (row, labels[row.kind].label if row.kind in labels else row.kind, bool(row.next_on and row.next_on < today))
        for row in rows
    ]
    present = {row.kind for row in rows}
    context = page(
        request,
        "policies",
        rows=shown,
        missing=[one.label for key, one in labels.items() if key not in present and key != "autre"],
        proofs=queries.proofs(node, (row.evidence_id for row in rows)) if knows_people(request.actor, node) else {},
    )
    return render(request, "governance/policies.html", context)
