# SPDX-License-Identifier: EUPL-1.2
"""What a region or the nation adds to a domain: each part has its form, and its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from carene.apps.funding import actions, queries
from carene.apps.funding.actions.ruling import Source, rules_here
from carene.apps.funding.forms import CandidatesForm, CeilingForm, EnvelopeForm, ObjectiveForm, WindowForm
from carene.apps.funding.models import Ceiling, Setting
from carene.apps.funding.views.common import domain_of, or_404
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.funding.circuit import span
from carene.engines.funding.loader import shipped
from carene.engines.funding.model import CANDIDATES, STEPS, WindowShape
from carene.engines.funding.money import Band
from carene.engines.funding.overlay import overlaid
from carene.engines.sources import InputError

PARTS: dict[str, tuple[str, type[forms.Form]]] = {
    "plafond": ("Un plafond", CeilingForm),
    "fenetre": ("Une échéance", WindowForm),
    "enveloppe": ("L'enveloppe", EnvelopeForm),
    "candidats": ("Qui peut candidater", CandidatesForm),
    "objectif": ("Un objectif", ObjectiveForm),
}


@require_http_methods(["GET", "POST"])
@organisation_view("funding.set")
def page(request: OrganisationRequest, domain: str) -> HttpResponse:
    organisation = request.organisation
    known = domain_of(request, domain)
    if not rules_here(organisation):
        raise InputError("ces règles se saisissent pour une région ou la nation", remedy="ouvrir l'une d'elles")
    part = request.POST.get("part", "")
    built = {key: form(request.POST if key == part else None) for key, (_, form) in PARTS.items()}
    if part in built and built[part].is_valid():
        try:
            _save(request, domain, part, built[part].cleaned_data)
        except InputError as error:
            built[part].add_error(None, french.capitalised(error.sentence))
        else:
            messages.success(request, "C'est enregistré.")
            return redirect("funding:rules", organisation.pk, domain)
    settings = queries.settings_of(organisation.node, domain)
    context = {
        "domain": known,
        "ceilings": queries.ceilings_of(organisation.node, domain),
        "families": shipped().pack.family,
        "settings": [(row, _said(row)) for row in settings],
        "parts": [(key, PARTS[key][0], form) for key, form in built.items()],
        "unit": known.basis.unit if known.basis else "activité combinée",
    }
    return render(request, "funding/rules.html", context, status=400 if part in built and built[part].errors else 200)


def _save(request: OrganisationRequest, domain: str, part: str, data: dict[str, Any]) -> None:
    actor, organisation = request.actor, request.organisation
    if part == "plafond":
        band = Band(data["family"], data["low"], data["high"], data["amount"])
        actions.add_ceiling(actor, organisation, domain, band, source=data["source"])
        return
    source = Source(data["source"], data["url"], data["confidence"])
    key, value = SETTINGS[part](data)
    actions.set_setting(actor, organisation, domain, key, value, source)


SETTINGS: dict[str, Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]] = {
    "fenetre": lambda data: (
        f"window.{data['step']}",
        {key: data[key].isoformat() if data[key] else None for key in ("start", "end")},
    ),
    "enveloppe": lambda data: ("envelope", {"euros": data["euros"]}),
    "candidats": lambda data: ("candidates", {"who": data["who"]}),
    "objectif": lambda data: (
        f"item.{data['item']}",
        {
            "title": data["title"],
            "expected": data["expected"],
            "documents": [line.strip() for line in data["documents"].splitlines() if line.strip()],
        },
    ),
}


def _said(row: Setting) -> str:
    """« Déclaration : du 1er mars 2027 au 30 juin 2027 »."""
    kind, _, name = row.key.partition(".")
    if kind == "window":
        return f"{STEPS[name]} : {span(_window(row))}"
    if kind == "envelope":
        return f"Enveloppe : {french.euros(row.value['euros'])}"
    if kind == "candidates":
        return f"Peut candidater : {french.listing((CANDIDATES[who] for who in row.value['who']), 'ou')}"
    return f"Objectif {name} : {row.value['title']}"


def _window(row: Setting) -> WindowShape:
    base = shipped().all[0]
    kept = queries.as_settings([row])
    return overlaid(base, kept[row.domain]).window(row.key.partition(".")[2])


def _removing(remove: Callable[..., None], model: type[models.Model], said: str) -> Callable[..., Any]:
    @require_POST
    @organisation_view("funding.set")
    def view(request: OrganisationRequest, domain: str, **row: int) -> HttpResponse:
        domain_of(request, domain)
        with or_404(model):
            remove(request.actor, request.organisation, domain, *row.values())
        messages.success(request, said)
        return redirect("funding:rules", request.organisation.pk, domain)

    return view


remove_ceiling = _removing(actions.remove_ceiling, Ceiling, "Plafond retiré.")
remove_setting = _removing(
    actions.remove_setting, Setting, "Réglage retiré : ce que dit le texte public vaut de nouveau."
)
