# SPDX-License-Identifier: EUPL-1.2
"""A scenario: its plan, the wishes that shape it, the act of adopting it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from carene.apps.assessments import queries as assessments
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.roadmaps import actions, adoption, figures, plans, queries, stored
from carene.apps.roadmaps.catalogue import Card, Catalogue
from carene.apps.roadmaps.forms import OverrideForm, WishForm, posted_version
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.search_panel import Panel, job_of
from carene.apps.roadmaps.sheets import ScenarioSheet
from carene.apps.roadmaps.views.common import page, scenario_of, told
from carene.apps.roadmaps.views.searching import job_context
from carene.apps.roadmaps.wishes import MonthWish, of_scenario
from carene.engines import french
from carene.engines.planner.explain import explanation
from carene.engines.planner.model import Plan
from carene.engines.sources import InputError


@require_GET
@organisation_view("roadmap.view")
def scenario(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = scenario_of(request, pk)
    situation = plans.required_situation(request.organisation, row.referential)
    computed = stored.read(row)
    sheet = ScenarioSheet(request.organisation.pk, row, computed, situation) if computed else None
    panel = Panel(row, job_of(request.organisation.node, row))
    context = page(
        request,
        "scenarios",
        scenario=row,
        panel=panel,
        **job_context(request, panel),
        title=figures.plan_title(row.start, row.months),
        status=_status(row),
        group_url=_group_url(request, row),
        sheet=sheet,
        gantt=sheet.calendar(timezone.localdate()) if sheet else None,
    )
    return render(request, "roadmaps/scenario.html", context)


def _group_url(request: OrganisationRequest, row: Scenario) -> str:
    """Where the common plan that it is a part of is read, for who may go there."""
    above = request.organisation.node.parent
    while above is not None and row.common and above.pk != row.common["group"]:
        above = above.parent
    if not row.common or above is None or not request.actor.can("summary.view", above):
        return ""
    return reverse("roadmaps:group_plan", args=[above.pk, row.common["plan"]])


def _status(row: Scenario) -> str:
    """« Adopté le 3 mars 2027 par … », « Remplacé depuis ; adopté le … », or nothing."""
    if row.adopted_at is None:
        return ""
    day = french.long_date(timezone.localtime(row.adopted_at).date())
    by = f" par {row.adopted_by}" if row.adopted_by else ""
    return f"Remplacé depuis ; adopté le {day}{by}" if row.retired_at else f"Adopté le {day}{by}"


@organisation_view("roadmap.view")
def measure(request: OrganisationRequest, pk: int, measure_id: str) -> HttpResponse:
    """One measure in a scenario: why, what, how much, and the wishes; a fragment when htmx asks for it."""
    row = scenario_of(request, pk)
    situation = plans.required_situation(request.organisation, row.referential)
    card = _card(situation, measure_id)
    wish = of_scenario(row.wishes).get(measure_id)
    wishes = WishForm(start=row.start, months=row.months, wish=wish)
    own = OverrideForm(skills=dict(card.skills), override=card.override)
    if request.method == "POST":
        request.actor.require("roadmap.plan", request.organisation.node)
        saving_figures = "chiffres" in request.POST
        if saving_figures:
            own = OverrideForm(request.POST, skills=dict(card.skills), override=card.override)
        else:
            wishes = WishForm(request.POST, start=row.start, months=row.months, wish=wish)
        form: Any = own if saving_figures else wishes
        if form.is_valid():
            try:
                said = (
                    _save_figures(request, row, card, own) if saving_figures else _save_wish(request, row, card, wishes)
                )
            except InputError as error:
                form.add_error(None, error.sentence)
            else:
                messages.success(request, said)
                return redirect("roadmaps:scenario", request.organisation.pk, pk)
    context = page(
        request,
        "scenarios",
        scenario=row,
        card=card,
        answering=assessments.current(request.organisation.node, row.referential),
        wish_form=wishes,
        override_form=own,
        **_place(row, measure_id),
    )
    template = "roadmaps/_measure.html" if request.htmx else "roadmaps/measure_in_scenario.html"
    return render(request, template, context, status=400 if wishes.errors or own.errors else 200)


def _card(situation: plans.Situation, measure_id: str) -> Card:
    try:
        return Catalogue(situation.referential, situation.profile, situation).card(measure_id)
    except KeyError as error:
        raise Http404 from error


def _place(row: Scenario, measure_id: str) -> dict[str, Any]:
    """Where the measure stands in the plan: planned, or left out with the reason."""
    plan = queries.plan_of(row)
    planned = next((a for a in plan.actions if a.measure == measure_id), None) if plan else None
    left = next((e for e in plan.left_out if e.measure == measure_id), None) if plan else None
    return {
        "planned": planned,
        "when": french.month_range(planned.start, planned.end) if planned else "",
        "left": left,
        "why": explanation(plan, measure_id) if plan else None,
        "needed": {a.measure for a in plan.actions} if plan else set(),
    }


def _save_wish(request: OrganisationRequest, row: Scenario, card: Card, form: WishForm) -> str:
    wish = form.wish()
    plan = actions.set_wish(
        request.actor, request.organisation, row, card.measure.id, wish, version=posted_version(request.POST)
    )
    return _outcome(plan, card.measure.id, card.measure.title)


def _save_figures(request: OrganisationRequest, row: Scenario, card: Card, form: OverrideForm) -> str:
    """Own figures are those of the establishment: they count in every scenario; this one is planned again at once."""
    if posted_version(request.POST) != row.version:
        raise actions.Conflict("ce scénario")
    actions.set_override(
        request.actor, request.organisation, card.measure.id, referential=row.referential, **form.values()
    )
    plan = actions.compute(request.actor, request.organisation, row)
    return f"Vos chiffres sont pris en compte. {_outcome(plan, card.measure.id, card.measure.title)}"


def _outcome(plan: Plan, measure_id: str, title: str) -> str:
    """What a new calculation did of a measure: « X » : de mars à juin 2027."""
    planned = next((a for a in plan.actions if a.measure == measure_id), None)
    if planned is None:
        left = next((e for e in plan.left_out if e.measure == measure_id), None)
        reason = f" : {left.reason[:1].lower()}{left.reason[1:]}" if left else "."
        return f"Plan recalculé. « {title} » n'y est pas{reason}"
    return f"Plan recalculé. « {title} » : {french.month_range(planned.start, planned.end)}."


@require_POST
@organisation_view("roadmap.plan")
def force(request: OrganisationRequest, pk: int, measure_id: str) -> HttpResponse:
    """« Forcer et recalculer »; what else was wished for the measure stays. From the catalogue too."""
    row = scenario_of(request, pk)
    situation = plans.required_situation(request.organisation, row.referential)
    card = _card(situation, measure_id)
    old = of_scenario(row.wishes).get(measure_id) or MonthWish()

    def act() -> str:
        wish = MonthWish(True, False, old.start, old.not_before, old.deadline, "" if old.excluded else old.reason)
        version = posted_version(request.POST)
        plan = actions.set_wish(request.actor, request.organisation, row, measure_id, wish, version=version)
        return _outcome(plan, measure_id, card.measure.title)

    return told(request, _address(request, pk), act)


@require_POST
@organisation_view("roadmap.plan")
def release(request: OrganisationRequest, pk: int, measure_id: str) -> HttpResponse:
    """Takes back what was wished for a measure; one that the referential no longer has too."""
    row = scenario_of(request, pk)

    def act() -> str:
        version = posted_version(request.POST)
        actions.set_wish(request.actor, request.organisation, row, measure_id, MonthWish(), version=version)
        return "Souhait retiré, plan recalculé."

    return told(request, _address(request, pk), act)


@require_POST
@organisation_view("roadmap.plan")
def estimate(request: OrganisationRequest, pk: int, measure_id: str) -> HttpResponse:
    """Back to our estimates for a measure."""
    row = scenario_of(request, pk)
    _card(plans.required_situation(request.organisation, row.referential), measure_id)

    def act() -> str:
        actions.set_override(request.actor, request.organisation, measure_id, referential=row.referential)
        actions.compute(request.actor, request.organisation, row)
        return "Nos estimations sont rétablies, plan recalculé."

    return told(request, _address(request, pk), act)


@require_POST
@organisation_view("roadmap.plan")
def undo(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = scenario_of(request, pk)

    def act() -> str:
        actions.undo_wish(request.actor, request.organisation, row, version=posted_version(request.POST))
        return "Dernier souhait annulé, plan recalculé."

    return told(request, _address(request, pk), act)


@require_POST
@organisation_view("roadmap.plan")
def recompute(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = scenario_of(request, pk)

    def act() -> str:
        plan = actions.compute(request.actor, request.organisation, row)
        return f"Plan recalculé : {french.counted(len(plan.actions), 'mesure')}."

    return told(request, _address(request, pk), act)


@organisation_view("roadmap.adopt")
def adopt(request: OrganisationRequest, pk: int) -> HttpResponse:
    """First what would change, then the act."""
    row = scenario_of(request, pk)
    if request.method == "POST":
        try:
            found = actions.adopt(request.actor, request.organisation, pk, version=posted_version(request.POST))
        except InputError as error:
            messages.error(request, error.sentence)
            return redirect("roadmaps:adopt", request.organisation.pk, pk)
        messages.success(request, f"Le scénario « {row.name} » est adopté. {_adopted_said(found)}")
        return redirect("roadmaps:overview", request.organisation.pk)
    computed = stored.read(row)
    existing = list(queries.actions(request.organisation.node))
    changes = adoption.changes(computed.plan, existing, row.referential) if computed else adoption.Changes()
    situation = plans.situation(request.organisation, row.referential, actions=existing)
    stale = plans.outdated(situation, row, computed) if situation and computed else []
    context = page(
        request,
        "scenarios",
        scenario=row,
        title=figures.plan_title(row.start, row.months),
        computed=computed,
        changes=changes,
        stale=stale,
        replaced=queries.scenarios(request.organisation.node)
        .filter(adopted_at__isnull=False, retired_at=None)
        .exclude(pk=pk)
        .first(),
        spent=sum(year.spent for year in computed.plan.years) if computed else 0,
    )
    return render(request, "roadmaps/adopt.html", context)


def _adopted_said(found: adoption.Changes) -> str:
    parts = [
        (len(found.created), "action créée", "actions créées"),
        (len(found.revived), "reprise", "reprises"),
        (len(found.moved), "mise à jour", "mises à jour"),
        (len(found.kept), "gardée", "gardées"),
        (len(found.dropped), "abandonnée", "abandonnées"),
    ]
    said = french.listing(french.counted(count, one, many) for count, one, many in parts if count)
    return f"{said}." if said else "Aucune action ne change."


def _address(request: OrganisationRequest, pk: int) -> str:
    return reverse("roadmaps:scenario", args=[request.organisation.pk, pk])
