# SPDX-License-Identifier: EUPL-1.2
"""Where answers arrive: JSON from the pages, a plain form without JavaScript."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from carene.apps.assessments import actions, queries, wording
from carene.apps.assessments.models import Answer, Assessment
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines.sources import InputError


@require_POST
@organisation_view("assessment.answer", lineage=False)
def answer(request: OrganisationRequest, pk: int, criterion: str) -> HttpResponse:
    """Saves one answer. JSON: what is absent stays as it is, ``version`` is required; 409 when someone else wrote."""
    try:
        if request.content_type == "application/json":
            return _answer_json(request, pk, criterion)
        return _answer_form(request, pk, criterion)
    except Assessment.DoesNotExist as error:
        raise Http404 from error


def _answer_json(request: OrganisationRequest, pk: int, criterion: str) -> HttpResponse:
    data = _payload(request)
    version = _integer(data, "version")
    if version is None:
        raise InputError("Il manque la version de la réponse", remedy="recharger la page")
    try:
        if data.get("undo") is True:
            row = actions.undo(request.actor, request.organisation, pk, criterion, version=version)
        else:
            row = actions.answer(
                request.actor,
                request.organisation,
                pk,
                criterion,
                level=_integer(data, "level") if "level" in data else actions.KEEP,
                not_applicable=bool(data["not_applicable"]) if "not_applicable" in data else actions.KEEP,
                justification=_text(data, "justification"),
                comment=_text(data, "comment"),
                confirm=data.get("confirm") is True,
                version=version,
            )
    except actions.Conflict as conflict:
        return JsonResponse({"detail": _who(request, conflict.stored), "stored": _as_json(conflict.stored)}, status=409)
    return JsonResponse(_as_json(row))


def _answer_form(request: OrganisationRequest, pk: int, criterion: str) -> HttpResponse:
    """Without JavaScript: the whole answer at once, then on to the page that the pressed button asks for."""
    form = request.POST
    level = form.get("level", "")
    not_applicable = level == "na"
    try:
        version = int(form["version"])
        chosen: Any = None if not_applicable else int(level) if level else actions.KEEP
    except (KeyError, ValueError) as error:
        raise InputError(
            "La réponse envoyée est incomplète", remedy="recharger la page et choisir un niveau"
        ) from error
    try:
        actions.answer(
            request.actor,
            request.organisation,
            pk,
            criterion,
            level=chosen,
            not_applicable=not_applicable if level else actions.KEEP,
            justification=form.get("justification"),
            comment=form.get("comment"),
            confirm="confirm" in form,
            version=version,
        )
    except actions.Conflict as conflict:
        mine = {**form.dict(), "version": str(conflict.stored.version)}
        mine.pop("csrfmiddlewaretoken", None)
        context = {
            "sentence": _who(request, conflict.stored),
            "stored": conflict.stored,
            "stored_said": wording.position(conflict.stored),
            "mine_said": "non applicable" if not_applicable else f"niveau {level}" if level else "le même niveau",
            "fields": mine,
            "back": reverse("assessments:question", args=[request.organisation.pk, pk, criterion]),
        }
        return render(request, "assessments/conflict.html", context, status=409)
    messages.success(request, "Réponse enregistrée.")
    return HttpResponseRedirect(_onward(request, pk, criterion))  # an address, never the name of a view


def _onward(request: HttpRequest, pk: int, criterion: str) -> str:
    wanted = request.POST.get("suite") or request.POST.get("retour") or ""
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("assessments:question", args=[request.organisation.pk, pk, criterion])  # type: ignore[attr-defined]


def _payload(request: HttpRequest) -> dict[str, Any]:
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise InputError("La réponse envoyée n'est pas lisible", remedy="recharger la page")
    return data


def _integer(data: dict[str, Any], key: str) -> int | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        what = "Le niveau envoyé" if key == "level" else "La version envoyée"
        raise InputError(f"{what} n'est pas un nombre entier", remedy="recharger la page")
    return value


def _text(data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise InputError("Le texte envoyé n'est pas lisible", remedy="recharger la page")
    return value


def _as_json(row: Answer) -> dict[str, Any]:
    """What the page needs to go on: the new version and the words to show."""
    return {
        "criterion": row.criterion,
        "version": row.version,
        "level": row.level,
        "not_applicable": row.not_applicable,
        "justification": row.justification,
        "comment": row.comment,
        "answered": queries.is_answered(row),
        "answered_on": row.answered_on.isoformat() if row.answered_on else None,
        "said": wording.position(row),
        "saved": wording.saved_at(row) if row.pk else "",
    }


def _who(request: HttpRequest, row: Answer) -> str:
    """« Camille Roux a répondu niveau 3 à 14 h 32. »"""
    mine = row.updated_by_id is not None and row.updated_by_id == request.user.pk
    who = "Vous avez" if mine else f"{queries.author(row)} a"
    where = ", dans une autre fenêtre" if mine else ""
    return f"{who} répondu {queries.spoken(row)} {queries.spoken_when(row)}{where}."
