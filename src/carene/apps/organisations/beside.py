# SPDX-License-Identifier: EUPL-1.2
"""Which organisation stands beside the pages of none of them (one's account, the list): the one that was open last,
kept by the browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from carene.apps.organisations import queries
from carene.apps.organisations.models import Organisation
from carene.core.accounts import second_factor

COOKIE = "carene_place"  # a number and nothing else; what it opens is asked of the rights each time
KEPT_SECONDS = 90 * 24 * 3600
ACCOUNT = ("account_", "mfa_", "usersessions_", "socialaccount_")
PAGES = frozenset({"organisations:account", "organisations:list"})


def remember(request: HttpRequest, response: HttpResponseBase, organisation: Organisation) -> None:
    """Only when it changes: most answers carry no cookie."""
    if request.COOKIES.get(COOKIE) != str(organisation.pk):
        response.set_cookie(
            COOKIE,
            str(organisation.pk),
            max_age=KEPT_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def find(request: HttpRequest) -> Organisation | None:
    """None outside these pages, and while a role demands a second factor that was not given: nothing shows then."""
    match = request.resolver_match
    if match is None or not (match.view_name.startswith(ACCOUNT) or match.view_name in PAGES):
        return None
    if settings.MFA_ROLES and not second_factor.given(request) and second_factor.demanded(request):
        return None
    actor = request.actor  # type: ignore[attr-defined]
    kept = request.COOKIES.get(COOKIE, "")
    if kept.isdecimal():
        found = queries.seen(actor, int(kept))
        if found is not None:
            return found
    return queries.default_for(actor)
