# SPDX-License-Identifier: EUPL-1.2
"""Importing observations: the model, the file, its preview, its application."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from carene.apps.exchange import actions, drafts, queries
from carene.apps.exchange.forms import UploadForm
from carene.apps.exchange.models import Draft
from carene.apps.exchange.views import MEDIA, content_of, draft_of, given
from carene.apps.exchange.xlsx_write import write_observations_model
from carene.apps.indicators import queries as indicators
from carene.apps.organisations.queries import profile_of
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.referential.catalogue import care
from carene.engines.scoring.measured import format_value
from carene.engines.sources import InputError

ACCEPT = ".csv,.xlsx,.yaml,.yml,.json"
_RANK = re.compile("[0-9]{1,9}")


@require_http_methods(["GET", "POST"])
@organisation_view("observation.write")
def send(request: OrganisationRequest) -> HttpResponse:
    upload = UploadForm(*given(request), accept=ACCEPT)
    if request.method == "POST" and upload.is_valid():
        try:
            content, name = content_of(upload.cleaned_data["file"])
            draft = actions.read_observations(request.actor, request.organisation, content, name)
            return redirect("exchange:observations_preview", request.organisation.pk, draft.pk)
        except InputError as error:
            upload.add_error("file", drafts.shown(error))
    rows = queries.drafts(request.actor, request.organisation.node).filter(kind=Draft.Kind.OBSERVATIONS)
    context = {"upload": upload, "drafts": list(rows[:8]), "example": _example()}
    return render(request, "exchange/observations.html", context, status=400 if upload.errors else 200)


def _example() -> list[str]:
    """Three lines of a good file, with indicators that exist."""
    first = list(care().indicators[:2])
    day = french.numeric_date(timezone.localdate())
    return ["indicateur;valeur;date;source", *(f"{one.id};1,7;{day};Registre" for one in first)]


@require_GET
@organisation_view("observation.view")
def model(request: OrganisationRequest, kind: str) -> HttpResponse:
    """An empty file to fill in: the indicators that concern this establishment."""
    referential = care()
    profile = profile_of(request.organisation, referential)
    today = timezone.localdate()
    lines = indicators.lines(request.organisation.node, referential, profile, today)
    keys = [line.indicator for _, of_axis in lines for line in of_axis]
    if kind == "xlsx":
        data = write_observations_model(referential, keys, request.organisation.name, today)
        media = MEDIA["xlsx"]
    elif kind == "csv":
        data = ("\ufeffindicateur;valeur;date;source\r\n" + "".join(f"{one.id};;;\r\n" for one in keys)).encode()
        media = "text/csv; charset=utf-8"
    else:
        raise Http404
    response = HttpResponse(data, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="indicateurs.{kind}"'
    return response


@require_http_methods(["GET", "POST"])
@organisation_view("observation.write")
def preview(request: OrganisationRequest, draft_id: int) -> HttpResponse:
    draft = draft_of(request, draft_id, Draft.Kind.OBSERVATIONS)
    if draft.applied_at is not None:
        messages.info(request, "Ce fichier a déjà été repris.")
        return redirect("indicators:list", request.organisation.pk)
    sentence = ""
    if request.method == "POST":
        chosen = {int(rank) for rank in request.POST.getlist("take") if _RANK.fullmatch(rank)}
        try:
            recorded = actions.apply_observations(request.actor, request.organisation, draft_id, chosen)
        except InputError as error:
            sentence = french.capitalised(error.sentence)
        else:
            count = len(recorded.created)
            words = french.plural(count, "valeur enregistrée", "valeurs enregistrées")
            messages.success(request, f"{count} {words} de « {draft.name} ».")
            return redirect("indicators:list", request.organisation.pk)
    kept = drafts.to_observations(draft.content)
    rows = _rows(request, kept)
    context = {
        "draft": draft,
        "kept": kept,
        "sections": [
            ("replaced", "Une autre valeur existe déjà pour ce jour", [r for r in rows if r["kind"] == "replaced"]),
            ("new", "Ces valeurs sont nouvelles", [r for r in rows if r["kind"] == "new"]),
        ],
        "known": [r for r in rows if r["kind"] == "known"],
        "sentence": sentence,
    }
    return render(request, "exchange/observations_preview.html", context, status=409 if sentence else 200)


def _rows(request: OrganisationRequest, kept: drafts.KeptObservations) -> list[dict[str, Any]]:
    """Each line beside what is stored for its day; one query."""
    referential = care()
    stored = queries.values_for(request.organisation.node, kept.items)
    rows = []
    for rank, item in enumerate(kept.items):
        indicator = referential.indicator.get(item.indicator)
        if indicator is None:
            continue
        before = stored.get((item.indicator, item.observed_on))
        kind = "new" if before is None else "known" if before == item.value else "replaced"
        rows.append(
            {
                "rank": rank,
                "kind": kind,
                "indicator": indicator,
                "value": format_value(indicator, item.value),
                "before": "" if before is None else format_value(indicator, before),
                "item": item,
            }
        )
    return rows
