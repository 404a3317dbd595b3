# SPDX-License-Identifier: EUPL-1.2
"""Where the self-assessment stands, the ones before, a new one; new levels proposed by finished actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from carene.apps.assessments import actions, changes, expected, queries, referentials
from carene.apps.assessments.forms import GroupsForm, ReasonForm, StartForm
from carene.apps.assessments.models import Assessment, LevelProposal
from carene.apps.assessments.queries import Sheet, is_answered
from carene.apps.assessments.views.common import profile_gap, status
from carene.apps.organisations.queries import profile_of
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.referential.model import Criterion


@dataclass(frozen=True)
class AxisProgress:
    title: str
    answered: int
    total: int
    url: str

    @property
    def share(self) -> float:
        return self.answered / self.total if self.total else 1.0


@dataclass(frozen=True)
class Past:
    """A validated assessment: what was judged that day, and the change since the one before."""

    assessment: Assessment
    step: int | None
    overall: float | None
    delta: str
    tone: str


@organisation_view("assessment.view")
def overview(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    if not organisation.assessable:
        return render(request, "assessments/not_here.html", {"organisation": organisation})
    rows = list(queries.of(organisation.node))
    opened = [row for row in rows if row.state != Assessment.State.VALIDATED]
    current = next((row for row in opened if row.referential == referentials.BUILT_IN), opened[0] if opened else None)
    available = referentials.available(request.actor, organisation.node)
    names = {key: name for key, name, _ in available}
    taken = {row.referential for row in opened}
    startable = [choice for choice in available if choice[0] not in taken]
    proposals = list(queries.pending_proposals(organisation.node).order_by("-created_at", "-id"))
    context: dict[str, Any] = {
        "organisation": organisation,
        "current": _current(request, current) if current else None,
        "others": [(row, status(row), names.get(row.referential, "")) for row in opened if row is not current],
        "past": _past(rows),
        "start_form": StartForm(startable)
        if startable and request.actor.can("assessment.start", organisation.node)
        else None,
        **_first_time(request),
        "only_ours": len(available) == 1,
        "proposals": _proposals(proposals),
        "expected": expected.expected(organisation, timezone.localdate()),
        "can_accept": request.actor.can("level.accept", organisation.node),
        "mine": len(queries.assigned_to(request.actor.user, organisation.node)),
        "names": names,
        "profile_gap": profile_gap(request),
    }
    return render(request, "assessments/overview.html", context)


def _first_time(request: OrganisationRequest) -> dict[str, int]:
    """How many questions our referential asks this establishment: those of the socle, and the others."""
    care = referentials.care()
    asked = care.applicable(profile_of(request.organisation, care))
    socle = sum(1 for criterion in asked if criterion.socle)
    return {"socle": socle, "beyond": len(asked) - socle}


def _current(request: OrganisationRequest, assessment: Assessment) -> dict[str, Any]:
    """The open assessment: progress by axis, what is left, where to go on."""
    sheet = queries.sheet(request.organisation, assessment)
    request.organisation.assessments_sheet = sheet  # type: ignore[attr-defined]
    args = [request.organisation.pk, assessment.pk]
    listing = reverse("assessments:questions", args=args)
    unanswered = [c for c in sheet.criteria if not _has_answer(sheet, c.id)]
    left = [
        (len(unanswered), "sans réponse", f"{listing}?montrer=sans-reponse"),
        (sum(1 for c in sheet.criteria if sheet.is_stale(c)), "à confirmer", f"{listing}?montrer=anciennes"),
        (_disagreeing(sheet), "en désaccord avec un indicateur", f"{listing}?montrer=desaccord"),
        (_given(sheet), "chez des collègues", f"{listing}?montrer=confiees"),
    ]
    answered = len(sheet.criteria) - len(unanswered)
    return {
        "assessment": assessment,
        "status": status(assessment),
        "answered": answered,
        "total": len(sheet.criteria),
        "share": answered / len(sheet.criteria) if sheet.criteria else 1.0,
        "socle_left": sum(1 for c in sheet.socle if not _has_answer(sheet, c.id) and c.id not in sheet.measured),
        "axes": _axes(sheet, listing),
        "left": [(french.counted(n, "question"), label, url) for n, label, url in left if n],
        **_onward(request, sheet, unanswered),
        "changes": changes.between(sheet) if assessment.previous_id else None,
    }


def _onward(request: OrganisationRequest, sheet: Sheet, unanswered: list[Criterion]) -> dict[str, str]:
    """The one thing to do next, for the one who looks."""
    assessment, node = sheet.assessment, request.organisation.node
    args = [request.organisation.pk, assessment.pk]
    if assessment.is_open and unanswered and request.actor.can("assessment.answer", node):
        first = next((c for c in unanswered if c.socle), unanswered[0])
        view = "assessments:start_question" if first.socle else "assessments:question"
        return {"next_label": "Continuer", "next_url": reverse(view, args=[*args, first.id])}
    if assessment.is_open and request.actor.can("assessment.submit", node):
        return {"next_label": "Relire et soumettre", "next_url": reverse("assessments:decide", args=args)}
    if assessment.state == Assessment.State.SUBMITTED and request.actor.can("assessment.validate", node):
        return {"next_label": "Lire et valider", "next_url": reverse("assessments:decide", args=args)}
    return {"next_label": "Voir le bilan", "next_url": reverse("assessments:review", args=args)}


def _has_answer(sheet: Sheet, key: str) -> bool:
    row = sheet.answers.get(key)
    return row is not None and is_answered(row)


def _given(sheet: Sheet) -> int:
    return sum(1 for criterion in sheet.criteria if criterion.id in sheet.assignments)


def _disagreeing(sheet: Sheet) -> int:
    return sum(
        1
        for key, level in sheet.measured.items()
        if (row := sheet.answers.get(key)) is not None and row.level is not None and row.level != level
    )


def _axes(sheet: Sheet, listing: str) -> list[AxisProgress]:
    found = []
    for axis in sheet.referential.axes:
        keys = [c.id for c in sheet.criteria if sheet.referential.objective[c.objective].axis == axis.id]
        if keys:
            answered = sum(1 for key in keys if _has_answer(sheet, key))
            found.append(AxisProgress(axis.title, answered, len(keys), f"{listing}?axe={axis.id}"))
    return found


def _past(rows: list[Assessment]) -> list[Past]:
    """Validated ones, latest first; the change is said against the one before of the same referential."""
    validated = [row for row in rows if row.state == Assessment.State.VALIDATED]
    scores = {row.pk: (row.result or {}).get("overall") for row in validated}
    found = []
    for row in validated:
        now, before = scores[row.pk], scores.get(row.previous_id or 0)
        change = None if now is None or before is None else round(now - before, 1)
        found.append(
            Past(
                row,
                (row.result or {}).get("step"),
                now,
                "" if change is None else "stable" if change == 0 else french.signed(change),
                "" if not change else "good" if change > 0 else "late",
            )
        )
    return found


def _proposals(rows: list[LevelProposal]) -> list[dict[str, Any]]:
    contents = {key: referentials.get(key) for key in {row.referential for row in rows}}
    return [
        {"row": row, "criterion": contents[row.referential].criterion[row.criterion]}
        for row in rows
        if row.criterion in contents[row.referential].criterion
    ]


@require_POST
@organisation_view("assessment.start")
def start(request: OrganisationRequest) -> HttpResponse:
    """Starts at once; a framework with implementation groups first asks which."""
    organisation = request.organisation
    available = referentials.available(request.actor, organisation.node)
    form = StartForm(available, request.POST)
    if not form.is_valid():
        messages.error(request, "Choisir un référentiel de la liste.")
        return redirect("assessments:overview", organisation.pk)
    key, title = form.cleaned_data["referential"], form.cleaned_data["title"]
    content = referentials.get(key)
    groups: list[str] = []
    if content.groups:
        chosen = GroupsForm(content, request.POST if "groups_asked" in request.POST else None)
        if not chosen.is_valid():
            context = {"organisation": organisation, "form": chosen, "content": content, "key": key, "title": title}
            return render(request, "assessments/groups.html", context)
        groups = chosen.cleaned_data["groups"]
    assessment = actions.start(request.actor, organisation, referential=key, title=title, groups=groups)
    if assessment.previous_id:
        messages.success(
            request, "Les réponses de la dernière fois sont reprises avec leur date : les confirmer ou les changer."
        )
        return redirect("assessments:questions", organisation.pk, assessment.pk)
    first = "assessments:start" if any(criterion.socle for criterion in content.criteria) else "assessments:questions"
    return redirect(first, organisation.pk, assessment.pk)


@require_POST
@organisation_view("level.accept")
def accept(request: OrganisationRequest, proposal_id: int) -> HttpResponse:
    try:
        proposal = actions.accept_proposal(request.actor, request.organisation, proposal_id)
    except LevelProposal.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, f"Niveau {proposal.level} enregistré dans l'auto-évaluation en cours.")
    return redirect("assessments:overview", request.organisation.pk)


@organisation_view("level.accept")
def refuse(request: OrganisationRequest, proposal_id: int) -> HttpResponse:
    """Asks for the reason, then refuses."""
    row = queries.pending_proposals(request.organisation.node).filter(pk=proposal_id).first()
    if row is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.refuse_proposal(request.actor, request.organisation, proposal_id, reason=form.cleaned_data["reason"])
        messages.success(request, "La proposition est refusée, le niveau ne change pas.")
        return redirect("assessments:overview", request.organisation.pk)
    shown = _proposals([row])
    context = {"organisation": request.organisation, "form": form, "proposal": shown[0] if shown else {"row": row}}
    return render(request, "assessments/refuse.html", context)
