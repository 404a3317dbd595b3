# SPDX-License-Identifier: EUPL-1.2
"""What the pages of one assessment share."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from carene.apps.assessments import queries
from carene.apps.assessments.models import Assessment
from carene.apps.assessments.queries import Sheet
from carene.apps.organisations.scope import OrganisationRequest
from carene.engines import french
from carene.engines.referential.model import SCALE, Criterion


def assessment_of(request: OrganisationRequest, pk: int) -> Assessment:
    """The assessment of this very organisation, else 404."""
    try:
        return queries.find(request.organisation.node, pk)
    except Assessment.DoesNotExist as error:
        raise Http404 from error


def sheet_of(request: OrganisationRequest, pk: int) -> Sheet:
    sheet = queries.sheet(request.organisation, assessment_of(request, pk))
    # The rail says the same share: what was just read spares it its query.
    request.organisation.assessments_sheet = sheet  # type: ignore[attr-defined]
    return sheet


def criterion_of(sheet: Sheet, key: str) -> Criterion:
    """A question of this establishment's questionnaire, else 404."""
    for criterion in sheet.criteria:
        if criterion.id == key:
            return criterion
    raise Http404


def writable(request: OrganisationRequest, assessment: Assessment) -> bool:
    return assessment.is_open and request.actor.can("assessment.answer", request.organisation.node)


def page(request: OrganisationRequest, sheet: Sheet, tab: str, **more: Any) -> dict[str, Any]:
    """Context of every page of one assessment: its tabs, who may do what."""
    assessment = sheet.assessment
    can = {
        verb.partition(".")[2]: request.actor.can(verb, request.organisation.node)
        for verb in ("assessment.start", "assessment.answer", "assessment.assign", "assessment.submit",
                     "assessment.validate", "assessment.reopen", "evidence.write", "roadmap.plan")
    }  # fmt: skip
    return {
        "organisation": request.organisation,
        "assessment": assessment,
        "sheet": sheet,
        "referential": sheet.referential,
        "tab": tab,
        "can": can,
        "writable": writable(request, assessment),
        "status": status(assessment),
        **more,
    }


def status(assessment: Assessment) -> str:
    """« En cours depuis le 3 novembre 2026 », « Validée par Denise Duval le … »."""
    if assessment.state == Assessment.State.VALIDATED and assessment.validated_at:
        return f"Validée{_by(assessment.validated_by)} le {_day(assessment.validated_at)}"
    if assessment.state == Assessment.State.SUBMITTED and assessment.submitted_at:
        return f"Soumise à la direction{_by(assessment.submitted_by)} le {_day(assessment.submitted_at)}"
    return f"En cours depuis le {_day(assessment.started_at)}"


def _by(user: Any) -> str:
    return f" par {user}" if user else ""


def _day(moment: Any) -> str:
    return french.long_date(timezone.localtime(moment).date())


def plan_url(request: OrganisationRequest) -> str:
    """Where roadmaps are made; this app knows the address only by its name."""
    try:
        return reverse("roadmaps:overview", args=[request.organisation.pk])
    except NoReverseMatch:
        return ""


def profile_gap(request: OrganisationRequest) -> str:
    """What the profile does not say yet, for the one who may fill it; the questions and the costs depend on it."""
    organisation = request.organisation
    if not request.actor.can("organisation.profile", organisation.node):
        return ""
    missing = [] if organisation.type else ["le type d'établissement"]
    return french.listing(missing if organisation.workstations else [*missing, "le nombre de postes"], last="ni")


def bar(sheet: Sheet, key: str) -> dict[str, float | None]:
    """Declared level, measure and target on 0–4, whatever the number of levels of the question."""
    result, top = sheet.judgement.criterion[key], sheet.referential.criterion[key].top
    return {
        "bar_level": None if result.declared is None else result.declared * SCALE / top,
        "bar_measured": None if result.measured is None else result.measured * SCALE / top,
        "bar_target": result.target * SCALE / top,
    }
