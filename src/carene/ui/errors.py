# SPDX-License-Identifier: EUPL-1.2
"""The last answers, when no view gave one: a page for people, one sentence of JSON for machines."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from carene.ui.middleware import API


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = "La demande n'a pas été comprise ; voir openapi.json."
    return _said(request, sentence, 400) or defaults.bad_request(request, exception)


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _said(request, "Rien ne répond à cette adresse.", 404) or defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    sentence = "Carène a rencontré une erreur ; elle est notée dans le journal du serveur."
    return _said(request, sentence, 500) or defaults.server_error(request)


def _said(request: HttpRequest, sentence: str, status: int) -> HttpResponse | None:
    if not request.path_info.startswith(API):
        return None
    data: dict[str, Any] = {"detail": sentence, "errors": []}
    return JsonResponse(data, status=status)
