# SPDX-License-Identifier: EUPL-1.2
"""The one door of every page of an organisation: who asks, for which one, to do what."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from carene.apps.organisations import beside, queries
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor


class OrganisationRequest(HttpRequest):
    """A request inside an organisation (for type checkers)."""

    actor: Actor
    organisation: Organisation
    htmx: Any


View = Callable[..., HttpResponseBase]


def organisation_view(verb: str, *, lineage: bool = True) -> Callable[[View], View]:
    """For views whose URL begins with ``o/<int:node_id>/``: gives them ``request.organisation``.

    ``lineage`` False: without what it is attached to, for an address that shows no page and must be quick.

    A stranger gets 404, someone who sees the organisation without holding ``verb`` gets 403 with a sentence.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, node_id: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            try:
                organisation = queries.find(actor, node_id, lineage=lineage)
            except Organisation.DoesNotExist as error:
                raise Http404 from error
            request.organisation = organisation  # type: ignore[attr-defined]  # a refusal is said beside its rooms
            actor.require(verb, organisation.node)
            response = view(request, *args, **kwargs)
            beside.remember(request, response, organisation)
            return response

        wrapped.verb = verb  # type: ignore[attr-defined]
        return wrapped

    return decorate
