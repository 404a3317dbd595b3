# SPDX-License-Identifier: EUPL-1.2
"""Referentials usable here, and bringing another one: sent, previewed, then kept."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from carene.apps.assessments import actions, queries, referentials
from carene.apps.assessments.forms import LibraryForm
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.core.files.models import StoredFile
from carene.core.files.store import accept, store
from carene.engines import french
from carene.engines.referential.ciso_assistant import Imported, read_library
from carene.engines.sources import InputError

COUNTED = (
    ("axes", "axe", "axes"),
    ("objectives", "objectif", "objectifs"),
    ("criteria", "question", "questions"),
    ("groups", "groupe d'application", "groupes d'application"),
    ("correspondences", "correspondance", "correspondances"),
)


@organisation_view("assessment.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    ours = referentials.care()
    context = {
        "organisation": request.organisation,
        "ours": ours,
        "socle": sum(1 for c in ours.criteria if c.socle),
        "rows": queries.imported_at(request.organisation.node),
        "can_import": request.actor.can("referential.import", request.organisation.node),
    }
    return render(request, "assessments/frameworks.html", context)


@organisation_view("referential.import")
def send(request: OrganisationRequest) -> HttpResponse:
    """Receives the file and reads it once: what cannot be read is said before anything is kept."""
    form = LibraryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["library"]
        if upload.size > settings.MAX_UPLOAD_BYTES:
            limit = french.number(settings.MAX_UPLOAD_BYTES / 1_048_576)
            raise InputError(
                f"« {upload.name} » dépasse {limit} Mo", remedy="choisir la bibliothèque d'un seul référentiel"
            )
        try:
            given = accept(request.actor, request.organisation.node, upload)
            read_library(upload.read(), upload.name)
        except InputError as error:
            form.add_error("library", error.sentence)
        else:
            upload.seek(0)
            kept = store(request.actor, request.organisation.node, given)
            return redirect("assessments:framework_preview", request.organisation.pk, kept.pk)
    context = {"organisation": request.organisation, "form": form}
    return render(request, "assessments/framework_send.html", context, status=400 if form.errors else 200)


@organisation_view("referential.import")
def preview(request: OrganisationRequest, file_id: int) -> HttpResponse:
    """What the file holds and what was not understood of it; kept when the person says so."""
    kept = StoredFile.objects.of(request.organisation.node).filter(pk=file_id).first()
    if kept is None:
        raise Http404
    imported = read_library(kept.path.read_bytes(), kept.name)
    if request.method == "POST":
        row = actions.import_referential(request.actor, request.organisation, imported)
        messages.success(request, f"« {row.name} » peut maintenant servir à une auto-évaluation.")
        return redirect("assessments:frameworks", request.organisation.pk)
    context = {
        "organisation": request.organisation,
        "file": kept,
        "imported": imported,
        "content": imported.referential,
        "counts": _counts(imported),
        "sample": imported.referential.criteria[:5] if imported.referential else (),
    }
    return render(request, "assessments/framework_preview.html", context)


def _counts(imported: Imported) -> list[str]:
    return [french.counted(imported.counts[key], one, many) for key, one, many in COUNTED if imported.counts.get(key)]
