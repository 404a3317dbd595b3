# SPDX-License-Identifier: EUPL-1.2
"""One question a screen, with everything that helps to answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from carene.apps.assessments import queries, wording
from carene.apps.assessments.forms import AssignForm, EvidenceForm
from carene.apps.assessments.queries import Sheet, is_answered
from carene.apps.assessments.targets import answer_target
from carene.apps.assessments.views.common import assessment_of, criterion_of, page, sheet_of
from carene.apps.evidence import actions as evidence_actions
from carene.apps.evidence import queries as evidence
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.referential.model import Criterion
from carene.engines.sources import InputError

MEASURES_SHOWN = 4
EXISTING_SHOWN = 200
MOST_LINKS = 10  # more pieces of the progress bar than that are too narrow to be touched


@dataclass(frozen=True)
class Segment:
    """One question of the path, as a piece of the progress bar."""

    title: str
    url: str
    state: str  # "done", "here" or ""


@organisation_view("assessment.view")
def question(request: OrganisationRequest, pk: int, criterion: str) -> HttpResponse:
    sheet = sheet_of(request, pk)
    found = criterion_of(sheet, criterion)
    objective = sheet.referential.objective[found.objective]
    near = [c for c in sheet.criteria if c.objective == found.objective]
    context = page(
        request,
        sheet,
        "question",
        axis=sheet.referential.axis[objective.axis],
        objective=objective,
        route="",
        **_path(
            request,
            sheet,
            sheet.criteria,
            near,
            found,
            "assessments:question",
            ("assessments:questions", "Toutes les questions"),
        ),
        **_question(request, sheet, found),
        **_side(request, sheet, found),
    )
    return render(request, "assessments/question.html", context)


@organisation_view("assessment.view")
def start_question(request: OrganisationRequest, pk: int, criterion: str) -> HttpResponse:
    """The same question on the way of the ten-minute start: only the socle, less beside it."""
    sheet = sheet_of(request, pk)
    found = criterion_of(sheet, criterion)
    way = list(sheet.socle or sheet.criteria)
    if found not in way:
        raise Http404
    objective = sheet.referential.objective[found.objective]
    context = page(
        request,
        sheet,
        "start",
        axis=sheet.referential.axis[objective.axis],
        objective=objective,
        route="socle",
        **_path(request, sheet, way, way, found, "assessments:start_question", ("assessments:start", "Premier bilan")),
        **_question(request, sheet, found),
    )
    return render(request, "assessments/question.html", context)


def _path(
    request: OrganisationRequest,
    sheet: Sheet,
    way: Any,
    near: list[Criterion],
    here: Criterion,
    view: str,
    end: tuple[str, str],
) -> dict[str, Any]:
    """Where we are on the way: segments of what is near, the question before and the one after."""
    args = [request.organisation.pk, sheet.assessment.pk]

    def url(criterion: Criterion) -> str:
        return reverse(view, args=[*args, criterion.id])

    keys = [c.id for c in way]
    index = keys.index(here.id)
    done = {c.id for c in way if (row := sheet.answers.get(c.id)) is not None and is_answered(row)}
    return {
        "segments": [
            Segment(c.title, url(c), "here" if c.id == here.id else "done" if c.id in done else "") for c in near
        ],
        "many": len(near) > MOST_LINKS,
        "rank": near.index(here) + 1,
        "near_total": len(near),
        "answered": len(done),
        "total": len(keys),
        "before_url": url(way[index - 1]) if index else "",
        "after_url": url(way[index + 1]) if index + 1 < len(keys) else reverse(end[0], args=args),
        "after_label": "Suivant" if index + 1 < len(keys) else end[1],
        "here_url": url(here),
    }


def _question(request: OrganisationRequest, sheet: Sheet, criterion: Criterion) -> dict[str, Any]:
    """The question, its levels and what stands beside the answer."""
    row = sheet.answers.get(criterion.id)
    measured = sheet.measured.get(criterion.id)
    target = sheet.referential.target(criterion, sheet.profile)
    declared = row.level if row else None
    observation = sheet.observations.get(criterion.thresholds.indicator) if criterion.thresholds else None
    return {
        "criterion": criterion,
        "answer": row,
        "version": row.version if row else 0,
        "not_applicable": bool(row and row.not_applicable),
        "comment": row.comment if row else "",
        "justification": row.justification if row else "",
        "saved": wording.saved_at(row)
        if row and timezone.localtime(row.updated_at).date() == timezone.localdate()
        else "",
        "levels": [
            {"level": i, "text": text, "mine": i == declared, "measured": i == measured, "target": i == target}
            for i, text in enumerate(criterion.levels)
        ],
        "declared": declared,
        "disagreements": wording.disagreements(sheet.referential, criterion, observation, measured),
        "stale": sheet.is_stale(criterion),
        "answered_in": french.month_and_year(row.answered_on) if row and row.answered_on else "",
        "to_confirm": bool(
            row
            and is_answered(row)
            and row.answered_on
            and row.answered_on < timezone.localtime(sheet.assessment.started_at).date()
        ),
        "save_url": reverse("assessments:answer", args=[request.organisation.pk, sheet.assessment.pk, criterion.id]),
        "assigned": sheet.assignments.get(criterion.id, []),
    }


def _side(request: OrganisationRequest, sheet: Sheet, criterion: Criterion) -> dict[str, Any]:
    """What helps: proofs, references, last time, who knows, history, measures, colleagues."""
    node = request.organisation.node
    attached = list(evidence.for_criterion(node, sheet.assessment.referential, criterion.id))
    can_attach = sheet.assessment.is_open and request.actor.can("evidence.write", node)
    can_assign = sheet.assessment.is_open and request.actor.can("assessment.assign", node)
    today = timezone.localdate()
    return {
        "evidence": [(piece, piece.state_on(today)) for piece in attached],
        "evidence_form": EvidenceForm(prefix="preuve") if can_attach else None,
        "existing": [e for e in evidence.of(node)[:EXISTING_SHOWN] if e not in attached] if can_attach else [],
        "references": wording.references(criterion),
        "last_time": wording.since_last_time(sheet.previous_answers.get(criterion.id), sheet.answers.get(criterion.id)),
        "who_knows": [sheet.referential.roles.get(role, role) for role in criterion.who],
        "history": wording.history(
            queries.answer_history(sheet.assessment, criterion.id), answer_target(sheet.assessment.pk, criterion.id)
        ),
        "measures": wording.raising_measures(sheet, criterion)[:MEASURES_SHOWN],
        "assign_form": AssignForm(queries.answerers(node)) if can_assign else None,
    }


@require_POST
@organisation_view("evidence.write")
def attach(request: OrganisationRequest, pk: int, criterion: str) -> HttpResponse:
    """Attaches a new piece of evidence to the question, takes an existing one, or detaches one."""
    sheet = queries.sheet(request.organisation, assessment_of(request, pk))
    found = criterion_of(sheet, criterion)
    key = sheet.assessment.referential
    post = request.POST
    if "detach" in post:
        _change_link(evidence_actions.unlink, request, post["detach"], (key, found.id))
        messages.success(request, "La preuve n'est plus jointe à cette question ; elle reste dans « Preuves ».")
    elif post.get("existing"):
        _change_link(evidence_actions.link, request, post["existing"], (key, found.id))
        messages.success(request, "Preuve jointe.")
    else:
        form = EvidenceForm(post, request.FILES, prefix="preuve")
        if not form.is_valid():
            field, errors = next(iter(form.errors.items()))
            raise InputError(f"{form.fields[field].label} : {errors[0]}".rstrip("."), remedy="revenir et corriger")
        data = form.cleaned_data
        upload = data["upload"]
        evidence_actions.add(
            request.actor,
            request.organisation,
            title=data["title"] or (upload.name if upload else data["url"])[:200],
            upload=upload,
            url=data["url"],
            effective_on=data["effective_on"],
            expires_on=data["expires_on"],
            links=[(key, found.id)],
        )
        messages.success(request, "Preuve jointe.")
    return redirect("assessments:question", request.organisation.pk, pk, found.id)


def _change_link(act: Callable[..., None], request: OrganisationRequest, evidence: str, pair: tuple[str, str]) -> None:
    """Links or unlinks the piece of evidence whose key the page sent."""
    try:
        act(request.actor, request.organisation, int(evidence), *pair)
    except (ValueError, ObjectDoesNotExist) as error:
        raise InputError("Cette preuve n'existe pas", remedy="recharger la page") from error
