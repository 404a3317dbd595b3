# SPDX-License-Identifier: EUPL-1.2
"""The whole questionnaire on one page."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from carene.apps.assessments import referentials
from carene.apps.assessments.rows import FILTERS, Wanted, questionnaire
from carene.apps.assessments.views.common import assessment_of, page, sheet_of, writable
from carene.apps.evidence import queries as evidence
from carene.apps.organisations.scope import OrganisationRequest, organisation_view

A_YEAR = 365 * 24 * 3600


@organisation_view("assessment.view")
def questions(request: OrganisationRequest, pk: int) -> HttpResponse:
    sheet = sheet_of(request, pk)
    kind = request.GET.get("montrer", "")
    wanted = Wanted(
        kind if kind in FILTERS else "", request.GET.get("axe", "")[:80], request.GET.get("cherche", "")[:200]
    )
    found = questionnaire(
        sheet,
        evidence.counts(request.organisation.node, sheet.assessment.referential),
        request.user.pk,
        wanted,
        writable=writable(request, sheet.assessment),
    )
    args = [request.organisation.pk, pk]
    context = page(
        request,
        sheet,
        "questions",
        found=found,
        wanted=wanted,
        filters=[(key, label, found.counts[key]) for key, label in FILTERS.items()],
        texts_url=reverse("assessments:texts", args=[*args, sheet.referential.digest[:16] or "0"]),
        save_url=reverse("assessments:answer", args=[*args, "__criterion__"]),
    )
    return render(request, "assessments/questions.html", context)


@organisation_view("assessment.view")
def texts(request: OrganisationRequest, pk: int, digest: str) -> HttpResponse:
    """Texts of every level, fetched once by the browser: the address holds the digest of the referential."""
    referential = referentials.of(assessment_of(request, pk))
    if digest != (referential.digest[:16] or "0"):
        raise Http404
    response = JsonResponse({c.id: c.levels for c in referential.criteria})
    response["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return response
