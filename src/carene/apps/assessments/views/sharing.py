# SPDX-License-Identifier: EUPL-1.2
"""Questions given to colleagues, and those given to me."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from carene.apps.assessments import actions, queries, referentials
from carene.apps.assessments.forms import AssignForm
from carene.apps.assessments.models import Assignment
from carene.apps.assessments.queries import is_answered
from carene.apps.assessments.views.common import page, sheet_of
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.referential.model import Criterion
from carene.engines.sources import InputError


@dataclass(frozen=True)
class Given:
    """A question given to me, with its text."""

    assignment: Assignment
    criterion: Criterion


@organisation_view("assessment.assign")
def assign(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Chooses questions and a colleague: one question, or those of an objective."""
    sheet = sheet_of(request, pk)
    asked = request.POST.getlist("question") or request.GET.getlist("question")
    objective = request.GET.get("objectif", "")
    offered = [c for c in sheet.criteria if c.id in asked or c.objective == objective]
    if not offered:
        raise InputError("Aucune question n'est choisie", remedy="en choisir au moins une dans le questionnaire")
    form = AssignForm(queries.answerers(request.organisation.node), request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.cleaned_data["user"]
        given = actions.assign(
            request.actor,
            request.organisation,
            pk,
            asked,
            user_id=user.pk,
            message=form.cleaned_data["message"],
            due_on=form.cleaned_data["due_on"],
        )
        messages.success(request, f"{french.counted(len(given), 'question confiée', 'questions confiées')} à {user}.")
        if len(asked) == 1:
            return redirect("assessments:question", request.organisation.pk, pk, asked[0])
        return redirect("assessments:questions", request.organisation.pk, pk)
    unanswered = {c.id for c in offered if (row := sheet.answers.get(c.id)) is None or not is_answered(row)}
    chosen = set(asked) or unanswered or {c.id for c in offered}
    context = page(
        request, sheet, "assign", form=form, offered=[(c, c.id in chosen) for c in offered], only_one=len(offered) == 1
    )
    return render(request, "assessments/assign.html", context)


@require_POST
@organisation_view("assessment.assign")
def unassign(request: OrganisationRequest, pk: int, assignment_id: int) -> HttpResponse:
    sheet = sheet_of(request, pk)
    try:
        given = sheet.assessment.assignments.get(pk=assignment_id)
    except Assignment.DoesNotExist as error:
        raise Http404 from error
    actions.unassign(request.actor, request.organisation, pk, assignment_id)
    messages.success(request, "La question n'est plus confiée.")
    return redirect("assessments:question", request.organisation.pk, pk, given.criterion)


@organisation_view("assessment.view")
def mine(request: OrganisationRequest) -> HttpResponse:
    """Questions given to me here, soonest first."""
    assignments = queries.assigned_to(request.actor.user, request.organisation.node)
    contents = {key: referentials.get(key) for key in {one.assessment.referential for one in assignments}}
    given = [
        Given(one, contents[one.assessment.referential].criterion[one.criterion])
        for one in assignments
        if one.criterion in contents[one.assessment.referential].criterion
    ]
    context = {"organisation": request.organisation, "given": given}
    return render(request, "assessments/mine.html", context)
