# SPDX-License-Identifier: EUPL-1.2
"""Pages of evidence: what proves, what remains to be proved, and the form."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from carene.apps.assessments import queries as assessments
from carene.apps.evidence import actions, criteria, queries
from carene.apps.evidence.forms import EvidenceForm
from carene.apps.evidence.models import Evidence
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.core.files import store
from carene.engines import french
from carene.engines.referential.catalogue import CARE
from carene.engines.sources import InputError

PAGE = 50
BACK_TO_UNSUPPORTED = "a-etayer"

log = logging.getLogger(__name__)


@require_GET
@organisation_view("evidence.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    node, today = request.organisation.node, timezone.localdate()
    text, state = request.GET.get("q", "").strip()[: actions.URL_LENGTH], request.GET.get("etat", "")
    chosen = criteria.asked(request.actor, node, request.GET.get("critere", ""))
    rows = queries.removed(node) if state == "removed" else queries.in_state(queries.by_expiry(node), state, today)
    if text:
        rows = queries.matching(rows, text)
    if chosen:
        rows = queries.supporting(rows, *chosen)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    supported = queries.supported(node)
    shown = [(link.referential, link.criterion) for row in page.object_list for link in row.links.all()]
    titles = criteria.titles(dict.fromkeys([*supported, *shown, *([chosen] if chosen else [])]))
    tally = queries.tally(node, today)
    request.organisation.evidence_to_renew = tally["expired"] + tally["soon"]  # type: ignore[attr-defined]
    filters = {"q": text, "etat": state, "critere": criteria.value_of(chosen) if chosen else ""}
    context = {
        "items": [_item(row, titles, today) for row in page.object_list],
        "page": page,
        "tally": tally,
        "sentence": _sentence(tally),
        "states": [(key, label, tally[key]) for key, label in queries.STATES.items() if tally[key] or key == state],
        "criteria": sorted(
            ((criteria.value_of(pair), titles[pair]) for pair in {*supported, *([chosen] if chosen else [])}),
            key=lambda choice: choice[1],
        ),
        "filters": filters,
        "filtered": any(filters.values()),
        "address": urlencode({key: value for key, value in filters.items() if value}),
        "editable": request.actor.can("evidence.write", node),
    }
    return render(request, "evidence/list.html", context)


def _item(row: Evidence, titles: dict[criteria.Pair, str], today: Any) -> dict[str, Any]:
    state = row.state_on(today)
    return {
        "row": row,
        "words": queries.state_words(row, today),
        "tone": {"expired": "late", "soon": "soon"}.get(state, "muted"),
        "size": _size(row.file.size) if row.file else "",
        "supports": [titles[link.referential, link.criterion] for link in row.links.all()],
    }


def _size(octets: int) -> str:
    """« 340 ko », « 2,4 Mo »."""
    kilo = octets / 1000
    return french.with_unit(max(1, kilo), "ko", 0) if kilo < 1000 else french.with_unit(kilo / 1000, "Mo", 1)


def _sentence(tally: dict[str, int]) -> str:
    """« 42 preuves, dont 3 expirées et 2 qui expirent bientôt. »"""
    parts = []
    if tally["expired"]:
        parts.append(french.counted(tally["expired"], "expirée"))
    if tally["soon"]:
        parts.append(french.counted(tally["soon"], "qui expire bientôt", "qui expirent bientôt"))
    total = french.counted(tally["total"], "preuve")
    return f"{total}, dont {french.listing(parts)}." if parts else f"{total}."


@require_GET
@organisation_view("evidence.view")
def unsupported(request: OrganisationRequest) -> HttpResponse:
    """Answers of level 2 or more that nothing supports yet."""
    organisation = request.organisation
    key = request.GET.get("referentiel", CARE)
    assessment = assessments.current(organisation.node, key)
    rows = criteria.unsupported(assessments.sheet(organisation, assessment)) if assessment else []
    context = {
        "assessment": assessment,
        "rows": rows,
        "socle": [row for row in rows if row.criterion.socle],
        "others": [row for row in rows if not row.criterion.socle],
        "threshold": criteria.SUPPORTED_FROM,
        "editable": request.actor.can("evidence.write", organisation.node),
        "suite": BACK_TO_UNSUPPORTED,
    }
    return render(request, "evidence/unsupported.html", context)


@organisation_view("evidence.write")
def add(request: OrganisationRequest) -> HttpResponse:
    groups = criteria.offered(request.organisation)
    initial = {"criteria": [value for value in request.GET.getlist("critere") if criteria.pair_of(value)]}
    form = EvidenceForm(*_sent(request), initial=initial, groups=groups)
    if request.method == "POST" and form.is_valid():
        try:
            evidence = actions.add(request.actor, request.organisation, **form.values())
        except InputError as error:
            form.refuse(error)
        else:
            messages.success(request, f"« {evidence.title} » est ajoutée.")
            return redirect(_next(request), request.organisation.pk)
    return _form(request, form, None)


@organisation_view("evidence.write")
def edit(request: OrganisationRequest, evidence_id: int) -> HttpResponse:
    row = _found(request, evidence_id)
    linked = [(link.referential, link.criterion) for link in row.links.all()]
    initial = {name: getattr(row, name) for name in ("title", "url", "effective_on", "expires_on", "note")} | {
        "criteria": [criteria.value_of(pair) for pair in linked]
    }
    form = EvidenceForm(
        *_sent(request),
        initial=initial,
        groups=criteria.offered(request.organisation),
        linked=linked,
        has_file=row.file is not None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(request.actor, request.organisation, row, **form.values())
        except InputError as error:
            form.refuse(error)
        else:
            messages.success(request, "Preuve enregistrée.")
            return redirect(_next(request), request.organisation.pk)
    return _form(request, form, row)


def _sent(request: OrganisationRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _form(request: OrganisationRequest, form: EvidenceForm, row: Evidence | None) -> HttpResponse:
    if form.errors and request.FILES.get("upload") and "upload" not in form.errors:
        # Browsers never fill a file field again.
        form.add_error("upload", "Choisir de nouveau ce fichier : il n'a pas été gardé.")
    context = {
        "form": form,
        "row": row,
        "size": _size(row.file.size) if row and row.file else "",
        "suite": request.POST.get("suite") or request.GET.get("suite", ""),
    }
    return render(request, "evidence/form.html", context, status=400 if form.errors else 200)


def _next(request: OrganisationRequest) -> str:
    return "evidence:unsupported" if request.POST.get("suite") == BACK_TO_UNSUPPORTED else "evidence:list"


def _found(request: OrganisationRequest, evidence_id: int) -> Evidence:
    try:
        return queries.find(request.organisation.node, evidence_id)
    except Evidence.DoesNotExist as error:
        raise Http404 from error


@require_GET
@organisation_view("evidence.view")
def download(request: OrganisationRequest, evidence_id: int) -> FileResponse:
    row = _found(request, evidence_id)
    if row.file is None:
        raise Http404
    try:
        response = store.response(row.file)
    except FileNotFoundError as error:
        log.exception("stored file %s of evidence %s is missing", row.file.sha256, row.pk)
        raise InputError(
            f"le fichier « {row.file.name} » manque sur le serveur",
            remedy="prévenir la personne qui administre Carène, qui le reprendra d'une sauvegarde",
        ) from error
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@organisation_view("evidence.write")
def remove(request: OrganisationRequest, evidence_id: int) -> HttpResponse:
    organisation = request.organisation
    try:
        row = actions.remove(request.actor, organisation, evidence_id)
    except Evidence.DoesNotExist as error:
        raise Http404 from error
    undo = reverse("evidence:restore", args=[organisation.pk, row.pk])
    messages.success(request, f"« {row.title} » est retirée.", extra_tags=undo)
    return redirect("evidence:list", organisation.pk)


@require_POST
@organisation_view("evidence.write")
def restore(request: OrganisationRequest, evidence_id: int) -> HttpResponse:
    organisation = request.organisation
    try:
        row = actions.restore(request.actor, organisation, evidence_id)
    except Evidence.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, f"« {row.title} » est rétablie.")
    return redirect("evidence:list", organisation.pk)
