# SPDX-License-Identifier: EUPL-1.2
"""Submitted, validated by the management, reopened: each with what it means said before it is done."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from carene.apps.assessments import actions, queries
from carene.apps.assessments.forms import ReasonForm
from carene.apps.assessments.queries import Sheet, is_answered
from carene.apps.assessments.views.common import assessment_of, page, sheet_of
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.core.journal.models import Entry
from carene.engines import french

FIRST_SHOWN = 16  # questions of a list; the others are one click away

EVENTS = {
    "assessment.start": "a commencé l'auto-évaluation",
    "assessment.submit": "l'a soumise à la direction",
    "assessment.validate": "l'a validée",
    "assessment.reopen": "l'a rouverte",
    "assessment.assign": "a confié des questions",
}


@organisation_view("assessment.view")
def decide(request: OrganisationRequest, pk: int) -> HttpResponse:
    """What is unanswered, old or contradicted, then the buttons of the one who reads."""
    sheet = sheet_of(request, pk)
    judged = {result.criterion: result for result in sheet.judgement.criteria}
    unanswered = [c for c in sheet.criteria if (row := sheet.answers.get(c.id)) is None or not is_answered(row)]
    unanswered.sort(key=lambda c: not c.socle)  # stable: the socle first, then the order of the questionnaire
    stale = [c for c in sheet.criteria if sheet.is_stale(c)]
    disagreeing = [c for c in sheet.criteria if judged[c.id].disagrees]
    lists = [
        ("Sans réponse", "Une question du socle sans réponse retient le palier.", [(c, "") for c in unanswered]),
        (
            "À confirmer",
            "Ces réponses ont plus d'un an, ou l'âge que leur question accepte.",
            [(c, _answered_in(sheet, c.id)) for c in stale],
        ),
        (
            "En désaccord avec un indicateur",
            "Le niveau déclaré compte ; l'écart se verra dans le bilan.",
            [(c, f"déclaré {judged[c.id].declared}, mesuré {judged[c.id].measured}") for c in disagreeing],
        ),
    ]
    context = page(
        request,
        sheet,
        "decide",
        unanswered=unanswered,
        unanswered_socle=[c for c in unanswered if c.socle],
        stale=stale,
        disagreeing=disagreeing,
        lists=[(f"{title} ({len(rows)})", note, rows) for title, note, rows in lists if rows],
        **_figures(sheet),
        events=[_event(entry) for entry in queries.events(sheet.assessment) if entry.verb != "assessment.assign"],
        reopen_form=ReasonForm(),
        first_shown=FIRST_SHOWN,
        less_shown=-FIRST_SHOWN,
        first_slice=f":{FIRST_SHOWN}",
        rest_slice=f"{FIRST_SHOWN}:",
    )
    return render(request, "assessments/decide.html", context)


def _answered_in(sheet: Sheet, key: str) -> str:
    day = sheet.answers[key].answered_on
    return french.month_and_year(day) if day else ""


def _figures(sheet: Sheet) -> dict[str, str]:
    """Three figures that the one who decides reads first."""
    step, overall = sheet.judgement.step, sheet.judgement.overall
    return {
        "step_value": "—" if step.step is None else f"{step.step} sur {max(s.id for s in sheet.referential.steps)}",
        "step_note": f"{step.title}{', provisoire' if step.provisional else ''}" if step.title else "",
        "answered_value": f"{sheet.answered} sur {overall.applicable}",
        "answered_note": french.counted(overall.stale, "réponse à confirmer", "réponses à confirmer")
        if overall.stale
        else "aucune n'est à confirmer",
        "confirmed_value": str(overall.confirmed),
        "confirmed_note": "sa valeur, encore récente, montre ce niveau au moins",
    }


def _event(entry: Entry) -> dict[str, object]:
    after = entry.after if isinstance(entry.after, dict) else {}
    return {
        "at": entry.at,
        "who": entry.actor,
        "what": EVENTS.get(entry.verb, entry.verb),
        "reason": after.get("reason", ""),
    }


@require_POST
@organisation_view("assessment.submit")
def submit(request: OrganisationRequest, pk: int) -> HttpResponse:
    actions.submit(request.actor, request.organisation, assessment_of(request, pk))
    messages.success(request, "L'auto-évaluation est soumise : la direction peut la valider.")
    return redirect("assessments:decide", request.organisation.pk, pk)


@require_POST
@organisation_view("assessment.validate")
def validate(request: OrganisationRequest, pk: int) -> HttpResponse:
    actions.validate(request.actor, request.organisation, assessment_of(request, pk))
    messages.success(request, "L'auto-évaluation est validée. Elle entre dans l'histoire de l'établissement.")
    return redirect("assessments:review", request.organisation.pk, pk)


@require_POST
@organisation_view("assessment.reopen")
def reopen(request: OrganisationRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    actions.reopen(request.actor, request.organisation, assessment_of(request, pk), reason=reason)
    messages.success(request, "L'auto-évaluation est rouverte.")
    return redirect("assessments:questions", request.organisation.pk, pk)
