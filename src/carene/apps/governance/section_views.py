# SPDX-License-Identifier: EUPL-1.2
"""Adding, changing, taking away and bringing back: the same three views for each of ``SECTIONS``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from carene.apps.governance import actions, forms
from carene.apps.governance.doors import establishment_view
from carene.apps.governance.sections import SECTIONS, Section
from carene.apps.governance.told import told
from carene.apps.organisations.scope import OrganisationRequest
from carene.core.database import stale
from carene.engines.sources import InputError

REMOVE = "retirer"  # name of the button that takes the row away


def adding(section: Section) -> Callable[..., Any]:
    @establishment_view(actions.WRITE)
    def add(request: OrganisationRequest) -> HttpResponse:
        asked = request.GET.get("pour", "")
        initial = {section.asks: asked} if section.asks and asked.isdecimal() else {}
        return _form(request, section, None, initial)

    return add


def editing(section: Section) -> Callable[..., Any]:
    @establishment_view(actions.WRITE)
    def edit(request: OrganisationRequest, **key: int) -> HttpResponse:
        organisation = request.organisation
        row = section.model.objects.of(organisation.node).filter(removed_at=None, **_pk(section, key)).first()
        if row is None:
            raise Http404
        if request.method == "POST" and REMOVE in request.POST:
            actions.remove(request.actor, organisation, section.model, row.pk)
            undo = reverse(f"governance:restore_{section.key}", args=[organisation.pk, row.pk])
            messages.success(request, f"{section.noun} est retiré{section.e}.", extra_tags=undo)
            return redirect(section.back, organisation.pk)
        return _form(request, section, row, forms.initial_of(row, section.form))

    return edit


def restoring(section: Section) -> Callable[..., Any]:
    @require_POST
    @establishment_view(actions.WRITE)
    def restore(request: OrganisationRequest, **key: int) -> HttpResponse:
        try:
            actions.restore(request.actor, request.organisation, section.model, key[section.parameter])
        except section.model.DoesNotExist as error:
            raise Http404 from error
        messages.success(request, f"{section.noun} est rétabli{section.e}.")
        return redirect(section.back, request.organisation.pk)

    return restore


def _pk(section: Section, key: dict[str, int]) -> dict[str, int]:
    return {"pk": key[section.parameter]}


def _form(request: OrganisationRequest, section: Section, row: Any, initial: dict[str, Any]) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = section.form(sent, initial=initial, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get(stale.FIELD) if row is not None else None
        try:
            section.save(request.actor, request.organisation, row.pk if row else None, seen=seen, **form.values())
        except stale.Overtaken as error:
            row.refresh_from_db(from_queryset=section.model.objects.of(request.organisation.node))
            form.overtaken(error, row)
        except InputError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{section.noun} est enregistré{section.e}.")
            return redirect(section.back, request.organisation.pk)
    context = {
        "organisation": request.organisation,
        "section": section,
        "form": form,
        "row": row,
        "heading": str(row) if row is not None and section.key not in {"meeting", "post"} else section.new,
        "edited": row is not None,
        "seen": stale.mark(told(row)) if row is not None else "",
        "back": reverse(section.back, args=[request.organisation.pk]),
    }
    return render(request, "governance/form.html", context, status=400 if form.errors else 200)


def addresses() -> list[Any]:
    found = []
    for one in SECTIONS:
        row = f"{one.slug}/<int:{one.parameter}>/"
        found += [
            path(f"{one.slug}/ajouter/", adding(one), name=f"add_{one.key}"),
            path(f"{row}modifier/", editing(one), name=f"edit_{one.key}"),
            path(f"{row}retablir/", restoring(one), name=f"restore_{one.key}"),
        ]
    return found
