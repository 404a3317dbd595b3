# SPDX-License-Identifier: EUPL-1.2
"""A second factor where the role demands one: nobody who holds such a role goes further without it.

The session says whether a second factor was used in it: no query is spent on those who have one, and none more than the
page needs on those whose role demands nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from carene.core.accounts.demo import is_demo
from carene.core.accounts.models import User

SESSION_KEY = "second_factor"  # the id of the person who gave it
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
OPEN = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_", "accounts:")
SENTENCE = "Votre rôle demande un second facteur : l'activer depuis « Mon compte », puis recommencer."


def roles() -> frozenset[str]:
    """Roles that demand a second factor: none in a demonstration, unless the environment names some."""
    if not settings.MFA_ROLES or (is_demo() and not settings.MFA_ROLES_GIVEN):
        return frozenset()
    return frozenset(settings.MFA_ROLES)


def demanded(request: Any) -> bool:
    """True when one of the roles of who asks demands it."""
    wanted = roles()
    held = {str(grant.role) for grant in request.actor.grants} if wanted else set()
    return bool(wanted & held)


def given(request: HttpRequest) -> bool:
    return bool(request.session.get(SESSION_KEY) == request.user.pk)


def mark(request: HttpRequest, user: User) -> None:
    """Remembers, for this session, that this person gave a second factor."""
    request.session[SESSION_KEY] = user.pk


def enrolled(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=STRONG).exists())


class SecondFactorMiddleware:
    """After ActorMiddleware. Pages of the account stay open: that is where one enrols."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not settings.MFA_ROLES or match is None or match.view_name.startswith(OPEN):
            return None
        if not request.user.is_authenticated or given(request) or not demanded(request):
            return None
        return _send(request)


def _send(request: HttpRequest) -> HttpResponse:
    """To the confirmation when a factor exists, to the enrolment when there is none; a sentence for machines."""
    if "application/json" in request.headers.get("Accept", "") or request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse({"detail": SENTENCE}, status=403)
        response["X-Carene-Message"] = quote(SENTENCE)
        return response
    address = reverse("accounts:second_factor")
    back = request.get_full_path() if request.method == "GET" and not getattr(request, "htmx", None) else "/"
    target = f"{address}?next={quote(back)}"
    if getattr(request, "htmx", None):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return redirect(target)
