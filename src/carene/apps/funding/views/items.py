# SPDX-License-Identifier: EUPL-1.2
"""One item: what is expected, what one says and proves, what the machine and the controls find."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carene.apps.evidence import queries as evidence
from carene.apps.funding import actions
from carene.apps.funding.actions.preparing import said_state
from carene.apps.funding.dossier import Dossier, Row
from carene.apps.funding.forms import ItemForm, PieceForm
from carene.apps.funding.models import Document
from carene.apps.funding.turns import may
from carene.apps.funding.views.common import dossier_of, or_404, row_of
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.core.database import stale
from carene.core.files import store
from carene.engines import french
from carene.engines.funding.circuit import CONTROLS
from carene.engines.sources import InputError

MOST_KNOWN = 200  # pieces of evidence offered


@require_http_methods(["GET", "POST"])
@organisation_view("funding.view")
def item_page(request: OrganisationRequest, application_id: int, item: str) -> HttpResponse:
    dossier = dossier_of(request, application_id)
    row = row_of(dossier, item)
    form = ItemForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get(stale.FIELD)
        try:
            actions.fill(request.actor, request.organisation, application_id, item, seen=seen, **form.values())
        except stale.Overtaken as error:
            dossier = dossier_of(request, application_id)
            row = row_of(dossier, item)
            form.overtaken(error, row)
        except InputError as error:
            form.add_error(None, french.capitalised(error.sentence))
        else:
            messages.success(request, f"{item} est enregistré.")
            return redirect("funding:item", request.organisation.pk, application_id, item)
    return _render(request, dossier, row, form=form)


def _render(request: OrganisationRequest, dossier: Dossier, row: Row, **forms: Any) -> HttpResponse:
    actor, node = request.actor, request.organisation.node
    may_write = dossier.editable and actor.can("funding.prepare", node)
    known = list(evidence.of(node).values_list("pk", "title")[:MOST_KNOWN]) if may_write else []
    piece = forms.get("piece") or PieceForm(row=row, candidate=dossier.application.candidate, known=known)
    level = CONTROLS.get(dossier.application.state)
    context = {
        "dossier": dossier,
        "row": row,
        "source": dossier.domain.sources[row.item.source],
        "places": row.places(dossier.application.candidate),
        "form": forms.get("form") or ItemForm(row=row),
        "piece": piece,
        "may_write": may_write,
        "may_attach": may_write and actor.can("evidence.write", node),
        "may_decide": level is not None and row.reached and may(actor, dossier.application, level),
        "level": level or "",
        "seen": stale.mark(said_state(row.said)),
    }
    bad = any(form.errors for form in forms.values())
    return render(request, "funding/item.html", context, status=400 if bad else 200)


@require_POST
@organisation_view("evidence.write")
def attach(request: OrganisationRequest, application_id: int, item: str) -> HttpResponse:
    dossier = dossier_of(request, application_id)
    row, organisation = row_of(dossier, item), request.organisation
    known = list(evidence.of(organisation.node).values_list("pk", "title")[:MOST_KNOWN])
    form = PieceForm(request.POST, request.FILES, row=row, candidate=dossier.application.candidate, known=known)
    if form.is_valid():
        place, chosen = form.cleaned_data["place"], form.cleaned_data["evidence"]
        try:
            if chosen:
                actions.attach(request.actor, organisation, application_id, item, place, evidence_id=int(chosen))
            else:
                actions.attach_new(request.actor, organisation, application_id, item, place, **form.new())
        except InputError as error:
            form.add_error(None, french.capitalised(error.sentence))
        else:
            messages.success(request, "Document joint.")
            return redirect("funding:item", organisation.pk, application_id, item)
    return _render(request, dossier, row, piece=form)


@require_POST
@organisation_view("funding.prepare")
def detach(request: OrganisationRequest, application_id: int, document_id: int) -> HttpResponse:
    dossier = dossier_of(request, application_id)
    with or_404(Document):
        row = actions.detach(request.actor, request.organisation, application_id, document_id)
    messages.success(request, "Document retiré du dossier ; il reste dans les preuves.")
    return redirect("funding:item", dossier.organisation.pk, application_id, row.item)


@require_GET
@organisation_view("funding.view")
def download(request: OrganisationRequest, application_id: int, document_id: int) -> FileResponse:
    """The file as it must be read by who asks: those outside get what was sent, and only what they see."""
    dossier = dossier_of(request, application_id)
    attached = [d for key in dossier.shown for d in dossier.rows[key].documents if d.row.pk == document_id]
    if not attached:
        raise Http404
    file = attached[0].file if dossier.inside else attached[0].row.sent_file
    if file is None:
        raise Http404
    response = store.response(file)
    response["Cache-Control"] = "private, no-store"
    return response
