# SPDX-License-Identifier: EUPL-1.2
"""Moving a file, deciding of an item, admitting it late."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from carene.apps.funding import actions
from carene.apps.funding.actions import Payment
from carene.apps.funding.forms import DecisionForm, MoveForm, WaiverForm
from carene.apps.funding.models import Application
from carene.apps.funding.views.common import dossier_of, or_404, valid
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.funding.circuit import MOVES, STATES


@require_POST
@organisation_view("funding.view")
def move(request: OrganisationRequest, application_id: int, move: str) -> HttpResponse:
    if move not in MOVES:
        raise Http404
    data = valid(MoveForm(request.POST))
    with or_404(Application):
        application = actions.move(
            request.actor,
            request.organisation,
            application_id,
            move,
            version=data["version"],
            reason=data["reason"],
            payment=Payment(data["euros"], data["on"], data["reference"]),
        )
    messages.success(request, f"C'est fait : {STATES[application.state]}.")
    return redirect("funding:application", request.organisation.pk, application_id)


@require_POST
@organisation_view("funding.view")
def decide(request: OrganisationRequest, application_id: int, item: str) -> HttpResponse:
    dossier_of(request, application_id)
    data = valid(DecisionForm(request.POST))
    if data["accepted"] == "reprendre":
        actions.undecide(request.actor, request.organisation, application_id, item, version=data["version"])
        messages.success(request, f"{item} : la décision est reprise.")
    else:
        accepted = data["accepted"] == "oui"
        actions.decide(
            request.actor,
            request.organisation,
            application_id,
            item,
            accepted=accepted,
            reason=data["reason"],
            version=data["version"],
        )
        messages.success(request, f"{item} est {'accepté' if accepted else 'refusé'}.")
    return redirect("funding:application", request.organisation.pk, application_id)


@require_POST
@organisation_view("funding.view")
def waive(request: OrganisationRequest, application_id: int) -> HttpResponse:
    dossier_of(request, application_id)
    data = valid(WaiverForm(request.POST))
    row = actions.waive(
        request.actor,
        request.organisation,
        application_id,
        data["step"],
        until=data["until"],
        reason=data["reason"],
    )
    messages.success(request, f"Dépôt admis jusqu'au {french.long_date(row.until)}.")
    return redirect("funding:application", request.organisation.pk, application_id)
