# SPDX-License-Identifier: EUPL-1.2
"""The part of a common plan that a group proposes to an establishment: accepted or not by its own people."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.roadmaps import actions
from carene.apps.roadmaps.models import CommonPart
from carene.apps.roadmaps.views.common import told
from carene.engines.sources import InputError


@require_POST
@organisation_view("roadmap.plan")
def accept(request: OrganisationRequest, part_id: int) -> HttpResponse:
    organisation = request.organisation
    try:
        row = actions.accept_part(request.actor, organisation, part_id)
    except CommonPart.DoesNotExist as error:
        raise Http404 from error
    except InputError as error:
        messages.error(request, error.sentence)
        return redirect("roadmaps:overview", organisation.pk)
    messages.success(
        request, f"« {row.name} » est parmi vos scénarios ; il ne change rien tant qu'il n'est pas adopté."
    )
    return redirect("roadmaps:scenario", organisation.pk, row.pk)


@require_POST
@organisation_view("roadmap.plan")
def decline(request: OrganisationRequest, part_id: int) -> HttpResponse:
    def act() -> str:
        try:
            actions.decline_part(request.actor, request.organisation, part_id)
        except CommonPart.DoesNotExist as error:
            raise Http404 from error
        return "La proposition du groupe est écartée."

    return told(request, reverse("roadmaps:overview", args=[request.organisation.pk]), act)
