# SPDX-License-Identifier: EUPL-1.2
"""What the pages of roadmaps share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from carene.apps.organisations.scope import OrganisationRequest
from carene.apps.roadmaps import queries
from carene.apps.roadmaps.models import Action, Scenario
from carene.engines.sources import InputError

VERBS = ("roadmap.plan", "roadmap.adopt", "action.update", "level.accept", "assessment.start", "report.make")


def page(request: OrganisationRequest, tab: str, **more: Any) -> dict[str, Any]:
    """Context of every page: the organisation, the tab that is lit, who may do what."""
    node = request.organisation.node
    can = {verb.replace(".", "_"): request.actor.can(verb, node) for verb in VERBS}
    return {"organisation": request.organisation, "tab": tab, "can": can, **more}


def scenario_of(request: OrganisationRequest, pk: int) -> Scenario:
    """The scenario of this very organisation, with its plan, else 404."""
    try:
        return queries.scenario(request.organisation.node, pk)
    except Scenario.DoesNotExist as error:
        raise Http404 from error


def action_of(request: OrganisationRequest, pk: int) -> Action:
    """The action of this very organisation, else 404."""
    try:
        return queries.action(request.organisation.node, pk)
    except Action.DoesNotExist as error:
        raise Http404 from error


def told(request: OrganisationRequest, address: str, act: Callable[[], str]) -> HttpResponse:
    """Does something and comes back to ``address`` with what happened: a success, or the sentence of what was wrong.

    For buttons: nothing was typed, so that nothing can be lost by leaving the page.
    """
    try:
        said = act()
    except InputError as error:
        messages.error(request, error.sentence)
    else:
        if said:
            messages.success(request, said)
    return redirect(address)
