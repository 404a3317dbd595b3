# SPDX-License-Identifier: EUPL-1.2
"""The ten-minute start: the questions of the socle, then a first judgement with its coverage said plainly."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from carene.apps.assessments import wording
from carene.apps.assessments.views.common import bar, page, plan_url, profile_gap, sheet_of
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines.scoring.first_look import first_look

MINUTES_FOR_A_QUESTION = 0.4  # reading five lines and choosing; said as « environ »


@organisation_view("assessment.view")
def start(request: OrganisationRequest, pk: int) -> HttpResponse:
    sheet = sheet_of(request, pk)
    look = first_look(sheet.referential, sheet.judgement)
    remaining = set(look.remaining)
    way = sheet.socle or sheet.criteria
    following = next((c for c in way if c.id in remaining), None)
    args = [request.organisation.pk, pk]
    priorities = [
        {
            "weakness": priority.weakness,
            "criterion": sheet.referential.criterion[priority.weakness.criterion],
            **bar(sheet, priority.weakness.criterion),
            "attacks": [sheet.referential.attacks.get(key, key) for key in priority.weakness.attacks],
            "measures": [
                (
                    sheet.referential.measure[key],
                    wording.measure_cost(sheet.referential.measure[key], sheet.profile.size),
                )
                for key in priority.measures
            ],
        }
        for priority in look.priorities
    ]
    context = page(
        request,
        sheet,
        "start",
        look=look,
        step=sheet.judgement.step,
        overall=sheet.judgement.overall,
        priorities=priorities,
        has_socle=bool(sheet.socle),
        others=len(sheet.criteria) - look.total,
        minutes=max(1, round(look.total * MINUTES_FOR_A_QUESTION)),
        profile_gap=profile_gap(request),
        plan_url=plan_url(request),
        next_url=reverse("assessments:start_question", args=[*args, following.id]) if following else "",
    )
    return render(request, "assessments/start.html", context)
