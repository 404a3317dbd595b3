# SPDX-License-Identifier: EUPL-1.2
"""Turns what a user did wrong into one sentence: a page, a message, or a header for htmx and fetch."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from carene.engines.sources import InputError


class UserErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, InputError):
            return self._say(request, error.sentence, 400, "Cela n'a pas pu être pris en compte")
        if isinstance(error, PermissionDenied):
            return self._say(
                request, str(error) or "Vous n'avez pas ce droit ici.", 403, "Cette page ne vous est pas ouverte"
            )
        return None

    @staticmethod
    def _say(request: HttpRequest, sentence: str, status: int, title: str) -> HttpResponse:
        if request.headers.get("Accept", "").startswith("application/json"):
            response: HttpResponse = JsonResponse({"detail": sentence}, status=status)
        else:
            response = render(request, "ui/error.html", {"title": title, "sentence": sentence}, status=status)
        response["X-Carene-Message"] = quote(sentence)
        return response
