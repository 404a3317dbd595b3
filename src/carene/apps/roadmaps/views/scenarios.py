# SPDX-License-Identifier: EUPL-1.2
"""The scenarios of an establishment: list, comparison, means; duplicate, rename, delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.roadmaps import actions, figures, plans, queries, stored
from carene.apps.roadmaps.forms import MeansForm, posted_version
from carene.apps.roadmaps.means import Means, from_row, suggestion
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.objectives import Objective, Value
from carene.apps.roadmaps.views.common import page, scenario_of, told
from carene.engines import french
from carene.engines.planner.outlook import raised
from carene.engines.referential.model import Referential
from carene.engines.sources import InputError

MOST_COMPARED = 4


@require_GET
@organisation_view("roadmap.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    node = request.organisation.node
    rows = list(queries.scenarios(node))
    deleted = queries.deleted(node, queries.as_key(request.GET.get("supprime", "")))
    assessed = bool(rows) or plans.situation(request.organisation, actions=()) is not None
    return render(
        request,
        "roadmaps/scenarios.html",
        page(request, "scenarios", scenarios=rows, deleted=deleted, assessed=assessed, most=MOST_COMPARED),
    )


@organisation_view("roadmap.plan")
def create(request: OrganisationRequest) -> HttpResponse:
    situation = plans.situation(request.organisation, actions=())
    if situation is None:
        return render(request, "roadmaps/not_yet.html", page(request, "scenarios"))
    form = _form(request, situation)
    if request.method == "POST" and form.is_valid():
        try:
            scenario = actions.create_scenario(request.actor, request.organisation, form.means())
        except InputError as error:
            form.add_error(None, error.sentence)
        else:
            return redirect("roadmaps:scenario", request.organisation.pk, scenario.pk)
    return _means_page(request, situation, form, None)


@organisation_view("roadmap.plan")
def means(request: OrganisationRequest, pk: int) -> HttpResponse:
    scenario = scenario_of(request, pk)
    situation = plans.required_situation(request.organisation, scenario.referential)
    form = _form(request, situation, from_row(scenario))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_means(
                request.actor, request.organisation, scenario, form.means(), version=posted_version(request.POST)
            )
        except InputError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, "Le plan est recalculé avec ces moyens.")
            return redirect("roadmaps:scenario", request.organisation.pk, scenario.pk)
    return _means_page(request, situation, form, scenario)


def _form(request: OrganisationRequest, situation: plans.Situation, means: Means | None = None) -> MeansForm:
    today = timezone.localdate()
    return MeansForm(
        request.POST if request.method == "POST" else None,
        referential=situation.referential,
        suggestion=suggestion(request.organisation, situation.referential, situation.profile, today),
        today=today,
        means=means,
    )


def _means_page(
    request: OrganisationRequest, situation: plans.Situation, form: MeansForm, scenario: Scenario | None
) -> HttpResponse:
    proposed = suggestion(request.organisation, situation.referential, situation.profile, timezone.localdate())
    size = next((b.label for b in situation.referential.bands if b.id == situation.profile.size), "")
    context = page(
        request, "scenarios", form=form, scenario=scenario, proposed=proposed, size=size,
        assessment=situation.sheet.assessment,
    )  # fmt: skip
    return render(request, "roadmaps/means.html", context, status=400 if form.errors else 200)


@require_POST
@organisation_view("roadmap.plan")
def duplicate(request: OrganisationRequest, pk: int) -> HttpResponse:
    scenario = scenario_of(request, pk)
    copy = actions.duplicate_scenario(request.actor, request.organisation, scenario)
    messages.success(request, f"« {copy.name} » est créé à l'identique : changez ce que vous voulez y essayer.")
    return redirect("roadmaps:scenario", request.organisation.pk, copy.pk)


@require_POST
@organisation_view("roadmap.plan")
def rename(request: OrganisationRequest, pk: int) -> HttpResponse:
    scenario = scenario_of(request, pk)
    name = request.POST.get("name", "")

    def act() -> str:
        version = posted_version(request.POST)
        actions.rename_scenario(request.actor, request.organisation, scenario, name, version=version)
        return f"Le scénario s'appelle maintenant « {scenario.name} »."

    return told(request, reverse("roadmaps:scenario", args=[request.organisation.pk, pk]), act)


@require_POST
@organisation_view("roadmap.plan")
def delete(request: OrganisationRequest, pk: int) -> HttpResponse:
    scenario = scenario_of(request, pk)
    try:
        actions.delete_scenario(request.actor, request.organisation, scenario)
    except InputError as error:
        messages.error(request, error.sentence)
        return redirect("roadmaps:scenario", request.organisation.pk, pk)
    return redirect(f"{reverse('roadmaps:scenarios', args=[request.organisation.pk])}?supprime={pk}")


@require_POST
@organisation_view("roadmap.plan")
def restore(request: OrganisationRequest, pk: int) -> HttpResponse:
    try:
        scenario = actions.restore_scenario(request.actor, request.organisation, pk)
    except Scenario.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, f"« {scenario.name} » est rétabli.")
    return redirect("roadmaps:scenarios", request.organisation.pk)


@dataclass(frozen=True)
class Leap:
    """A score at the beginning and at the end: two lengths in percent, and words."""

    before: str
    after: str
    said: str


@dataclass(frozen=True)
class Column:
    """One scenario in the comparison; figures as texts, charts as small bars."""

    scenario: Scenario
    budget: str
    spent: str
    team: str
    step: str
    score: str
    axes: list[Leap]
    planned: int
    left: int
    raised: int
    end: Any
    objective: str
    worth: str
    gap: str
    low: str  # what it is still worth nine times out of ten; empty unless it is a prudent plan
    start: str  # score of the beginning, which tells plans that do not begin from the same place


@require_GET
@organisation_view("roadmap.view")
def compare(request: OrganisationRequest) -> HttpResponse:
    """Up to four scenarios side by side; those without a plan are said."""
    asked = [key for key in map(queries.as_key, request.GET.getlist("s")) if key]
    chosen = list(dict.fromkeys(asked))[:MOST_COMPARED]
    node = request.organisation.node
    rows = {row.pk: row for row in queries.with_plans(node).filter(pk__in=chosen)}
    situation = plans.situation(request.organisation, actions=())
    found = [(rows[pk], stored.read(rows[pk])) for pk in chosen if pk in rows]
    columns = [
        _column(row, computed, situation.referential)
        for row, computed in found
        if computed is not None and situation is not None
    ]
    context = page(
        request,
        "scenarios",
        columns=columns,
        axes=_axis_rows(columns, situation.referential) if situation else [],
        same_start=len({column.start for column in columns}) < 2,
        differing=_differing(found),
        without=[row.name for row, computed in found if computed is None],
        doubted=any(column.low for column in columns),
        too_many=len(set(asked)) > MOST_COMPARED,
        most=MOST_COMPARED,
        others=[row for row in queries.scenarios(node) if row.pk not in chosen],
        chosen=chosen,
    )
    return render(request, "roadmaps/compare.html", context)


def _column(row: Scenario, computed: stored.Computed, referential: Referential) -> Column:
    plan, moments = computed.plan, computed.moments
    step, _ = figures.step_said(referential, moments)
    first, last = moments[0], moments[-1]
    team = {skill: float(days) for skill, days in row.team.items()}
    return Column(
        scenario=row,
        budget=figures.budgets_said([year.budget for year in plan.years]),
        spent=french.compact_euros(sum(year.spent for year in plan.years)),
        team=f"{french.person_days(sum(team.values()))} par mois" if team else "non limitée",
        step=step or "sans paliers",
        score=_from_to(first.overall, last.overall),
        axes=[
            Leap(
                figures.on_scale(first.axes.get(axis.id)),
                figures.on_scale(last.axes.get(axis.id)),
                _from_to(first.axes.get(axis.id), last.axes.get(axis.id)),
            )
            for axis in referential.axes
        ],
        planned=len(plan.actions),
        left=len(plan.left_out),
        raised=len(raised(plan)),
        end=last.on,
        objective=str(Objective(row.objective).label),
        worth=Value(row.objective).said(plan.value),
        gap="pas encore su" if plan.gap is None else f"à {french.share(plan.gap, 1)} au plus",
        low=Value(row.objective).said(row.prudence["low"]) if row.prudence else "",
        start=french.score(first.overall),
    )


def _differing(found: list[tuple[Scenario, stored.Computed | None]]) -> list[tuple[str, list[str]]]:
    """Title and dates, plan by plan, of each measure that some of them hold and others leave out."""
    plans_shown = [computed.plan for _, computed in found if computed is not None]
    titles = {candidate.id: candidate.title for plan in plans_shown for candidate in plan.problem.candidates}
    dates = [
        {action.measure: french.month_range(action.start, action.end) for action in plan.actions}
        for plan in plans_shown
    ]
    some = {measure for held in dates for measure in held}
    rows = [
        (titles.get(measure, measure), [held.get(measure, "") for held in dates])
        for measure in some
        if not all(measure in held for held in dates)
    ]
    return sorted(rows)


def _axis_rows(columns: list[Column], referential: Referential) -> list[tuple[str, list[Leap]]]:
    return [(axis.title, [column.axes[index] for column in columns]) for index, axis in enumerate(referential.axes)]


def _from_to(before: float | None, after: float | None) -> str:
    if before is None:
        return french.score(after)
    return f"{french.score(before)} → {french.score(after)}"
