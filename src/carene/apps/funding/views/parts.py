# SPDX-License-Identifier: EUPL-1.2
"""Members and their activity; expenses."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from carene.apps.funding import actions
from carene.apps.funding.dossier import Dossier
from carene.apps.funding.forms import MOST, ExpenseForm, MeasureForm
from carene.apps.funding.models import Expense
from carene.apps.funding.views.common import dossier_of, valid
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines.funding.loader import shipped
from carene.engines.sources import InputError

SPACES = str.maketrans("", "", "  \u00a0\u202f")


@require_http_methods(["GET", "POST"])
@organisation_view("funding.view")
def members(request: OrganisationRequest, application_id: int) -> HttpResponse:
    """The grid members × items, and the share of the activity that it makes."""
    dossier = dossier_of(request, application_id)
    may_write = dossier.editable and request.actor.can("funding.prepare", request.organisation.node)
    if request.method == "POST":
        values = {member.unit_id: _read(request, dossier, member.unit_id, member.name) for member in dossier.members}
        actions.set_members(request.actor, request.organisation, application_id, values)
        messages.success(request, "Les membres sont enregistrés.")
        return redirect("funding:members", request.organisation.pk, application_id)
    weighed = [dossier.rows[item.id] for item in dossier.weighed]
    lines = [(member, [(row, member.complies.get(row.item.id)) for row in weighed]) for member in dossier.members]
    context = {
        "dossier": dossier,
        "weighed": weighed,
        "lines": lines,
        "may_write": may_write,
        "rules": shipped().pack.rules,
    }
    return render(request, "funding/members.html", context)


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
    try:
        actions.remove_expense(request.actor, request.organisation, application_id, expense_id)
    except Expense.DoesNotExist as error:
        raise Http404 from error
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
