# SPDX-License-Identifier: EUPL-1.2
"""Puts ``request.actor`` on every request of a signed-in person."""

from collections.abc import Callable

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from carene.core.access.actor import Actor


class ActorRequest(HttpRequest):
    """What views receive (for type checkers)."""

    actor: Actor


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def build() -> Actor:
            if not request.user.is_authenticated:
                return Actor(None)
            return Actor.of(request.user, address=get_client_ip(request) or "")

        request.actor = SimpleLazyObject(build)  # type: ignore[attr-defined]
        return self.get_response(request)
