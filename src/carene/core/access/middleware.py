# SPDX-License-Identifier: EUPL-1.2
"""Puts ``request.actor`` on every request of a signed-in person."""

from collections.abc import Callable

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from carene.core.access.actor import Actor
from carene.core.row_security import scope


class ActorRequest(HttpRequest):
    """What views receive (for type checkers)."""

    actor: Actor


def acting(actor: Actor) -> Actor:
    """Who asks is known: the rest of the request sees the rows of the organisations that they see, and no other."""
    scope.take(scope.of(actor.paths_for("organisation.view")))
    return actor


class ActorMiddleware:
    """A request begins without any row, and ends so: what asks for none needs no actor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def build() -> Actor:
            if not request.user.is_authenticated:
                return Actor(None)
            return acting(Actor.of(request.user, address=get_client_ip(request) or ""))

        request.actor = SimpleLazyObject(build)  # type: ignore[attr-defined]
        with scope.nothing():
            return self.get_response(request)
