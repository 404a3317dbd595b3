# SPDX-License-Identifier: EUPL-1.2
"""Turns what a user did wrong into one sentence: a page, a message, or a header for htmx and fetch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render

from carene.engines.sources import InputError

API = "/api/"
FORBIDDEN = 403


class NotKeptMiddleware:
    """No page stays on a shared workstation or in a proxy after its reader has left, unless its view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class UserErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """No text holds a NUL, and PostgreSQL stores none: it is refused here once for every page."""
        sent = [request.path_info, *_values(request.GET)]
        if not request.path_info.startswith(API):  # it reads the body by itself
            sent += _values(request.POST)
        if not any("\0" in text for text in sent):
            return None
        sentence = "La demande contient un caractère nul ; le retirer, puis l'envoyer de nouveau."
        return self._say(request, sentence, 400, "Cela n'a pas pu être pris en compte")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, InputError):
            return self._say(request, error.sentence, 400, "Cela n'a pas pu être pris en compte")
        if isinstance(error, PermissionDenied):
            return self._say(
                request, str(error) or "Vous n'avez pas ce droit ici.", FORBIDDEN, "Cette page ne vous est pas ouverte"
            )
        return None

    @staticmethod
    def _say(request: HttpRequest, sentence: str, status: int, title: str) -> HttpResponse:
        if request.path_info.startswith(API) or request.headers.get("Accept", "").startswith("application/json"):
            response: HttpResponse = JsonResponse({"detail": sentence}, status=status)
        else:
            context = {"title": title, "sentence": sentence, "can_ask": status == FORBIDDEN and _can_ask(request)}
            response = render(request, "ui/error.html", context, status=status)
        response["X-Carene-Message"] = quote(sentence)
        return response


def _can_ask(request: HttpRequest) -> bool:
    """Is the page refused to someone who may ask this establishment for the detail, and does not read it yet?"""
    organisation = getattr(request, "organisation", None)
    if organisation is None or not organisation.assessable:
        return False
    actor = request.actor  # type: ignore[attr-defined]
    return bool(actor.can("share.ask", organisation.node) and not actor.reaches("detail", organisation.node))


def _values(data: QueryDict) -> Iterator[str]:
    """Names and values of a form or of a query string."""
    for name, values in data.lists():
        yield name
        yield from values
