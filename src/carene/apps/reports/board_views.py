# SPDX-License-Identifier: EUPL-1.2
"""The page for those who decide, on screen and as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.reports import actions, board
from carene.apps.reports.views import download


@require_GET
@organisation_view("report.make")
def page(request: OrganisationRequest) -> HttpResponse:
    found = board.page(request.actor, request.organisation)
    return render(request, "reports/board.html", {"organisation": request.organisation, "board": found})


@require_GET
@organisation_view("report.make")
def pdf(request: OrganisationRequest) -> HttpResponse:
    return download(actions.make_board(request.actor, request.organisation))
