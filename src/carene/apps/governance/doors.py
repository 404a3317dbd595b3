# SPDX-License-Identifier: EUPL-1.2
"""The door of the pages of one establishment: a group has no budget nor committee of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase

from carene.apps.organisations.scope import OrganisationRequest, View, organisation_view


def establishment_view(verb: str) -> Callable[[View], View]:
    """As ``organisation_view``; a GHT, a region or the nation gets 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: OrganisationRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.organisation.assessable:
                raise Http404
            return view(request, *args, **kwargs)

        return organisation_view(verb)(checked)

    return decorate
