# SPDX-License-Identifier: EUPL-1.2
"""Members and their activity; expenses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from carene.apps.funding import actions
from carene.apps.funding.actions.preparing import grid_state
from carene.apps.funding.dossier import Dossier
from carene.apps.funding.forms import MOST, ExpenseForm, MeasureForm
from carene.apps.funding.models import Expense
from carene.apps.funding.views.common import dossier_of, or_404, valid
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.core.database import stale
from carene.engines import french
from carene.engines.funding.loader import shipped
from carene.engines.sources import InputError

SPACES = str.maketrans("", "", "  \u00a0\u202f")


@require_http_methods(["GET", "POST"])
@organisation_view("funding.view")
def members(request: OrganisationRequest, application_id: int) -> HttpResponse:
    """The grid members × items, and the share of the activity that it makes."""
    dossier, values, refused = dossier_of(request, application_id), None, ""
    if request.method == "POST":
        values = {member.unit_id: _read(request, dossier, member.unit_id, member.name) for member in dossier.members}
        seen = request.POST.get(stale.FIELD)
        try:
            actions.set_members(request.actor, request.organisation, application_id, values, seen)
        except stale.Overtaken as error:
            dossier, refused = dossier_of(request, application_id), french.capitalised(error.sentence)
        else:
            messages.success(request, "Les membres sont enregistrés.")
            return redirect("funding:members", request.organisation.pk, application_id)
    context = {
        "dossier": dossier,
        "weighed": [dossier.rows[item.id] for item in dossier.weighed],
        "lines": _lines(dossier, values or {}),
        "may_write": dossier.editable and request.actor.can("funding.prepare", request.organisation.node),
        "rules": shipped().pack.rules,
        "seen": stale.mark(grid_state(dossier.members)),
        "refused": refused,
    }
    return render(request, "funding/members.html", context, status=400 if refused else 200)


def _lines(dossier: Dossier, typed: Mapping[int, tuple[int | None, Mapping[str, bool]]]) -> list[tuple[Any, ...]]:
    """(member, activity to show, (item, answer to show, answer that is kept)…): what was typed before what is kept."""
    found = []
    for member in dossier.members:
        activity, complies = typed.get(member.unit_id, (member.activity, member.complies))
        keys = [item.id for item in dossier.weighed]
        found.append(
            (member, activity, [(dossier.rows[key], complies.get(key), member.complies.get(key)) for key in keys])
        )
    return found


def _read(request: OrganisationRequest, dossier: Dossier, unit: int, name: str) -> tuple[int | None, dict[str, bool]]:
    typed = request.POST.get(f"activity_{unit}", "").translate(SPACES)
    if typed and (not typed.isdecimal() or int(typed[:30]) > MOST):
        raise InputError(f"l'activité de {name} n'est pas un nombre entier", remedy="l'écrire en chiffres")
    answers = {item.id: request.POST.get(f"complies_{unit}_{item.id}", "") for item in dossier.weighed}
    return int(typed) if typed else None, {key: value == "oui" for key, value in answers.items() if value}


@require_POST
@organisation_view("funding.prepare")
def expense(request: OrganisationRequest, application_id: int) -> HttpResponse:
    dossier_of(request, application_id)
    data = valid(ExpenseForm(request.POST))
    actions.add_expense(request.actor, request.organisation, application_id, **data)
    messages.success(request, "Dépense ajoutée.")
    return redirect("funding:application", request.organisation.pk, application_id)


@require_POST
@organisation_view("funding.prepare")
def remove_expense(request: OrganisationRequest, application_id: int, expense_id: int) -> HttpResponse:
    dossier_of(request, application_id)
    with or_404(Expense):
        actions.remove_expense(request.actor, request.organisation, application_id, expense_id)
    messages.success(request, "Dépense retirée.")
    return redirect("funding:application", request.organisation.pk, application_id)


@require_POST
@organisation_view("funding.prepare")
def measure(request: OrganisationRequest, application_id: int) -> HttpResponse:
    dossier_of(request, application_id)
    data = valid(MeasureForm(request.POST))
    actions.set_measure(request.actor, request.organisation, application_id, data["measure"])
    messages.success(request, "C'est enregistré.")
    return redirect("funding:application", request.organisation.pk, application_id)
