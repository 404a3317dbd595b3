# SPDX-License-Identifier: EUPL-1.2
"""What the registers brought: the last imports of a nation or of a region, and how to run one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from carene.apps.organisations import queries_tree
from carene.apps.organisations.models import RegisterImport
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.registers.difference import UNCHANGED, WORDS
from carene.engines.sources import InputError

NOTES = {
    "recognised": ("déjà saisi à la main et reconnu", "déjà saisis à la main et reconnus"),
    "outside": ("hors de ce territoire, laissé de côté", "hors de ce territoire, laissés de côté"),
    "by_hand": ("laissé là où quelqu'un l'avait rangé", "laissés là où quelqu'un les avait rangés"),
    "kept_closed": ("laissé fermé, comme quelqu'un l'avait décidé", "laissés fermés, comme quelqu'un l'avait décidé"),
    "faulty": ("ligne fautive passée", "lignes fautives passées"),
}


@require_GET
@organisation_view("organisation.manage")
def listing(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    if organisation.kind not in queries_tree.RECEIVING:
        raise InputError("les registres se reçoivent dans une nation ou une région", remedy="ouvrir sa région")
    imports = queries_tree.imports_into(organisation)
    context = {
        "organisation": organisation,
        "journal": request.actor.can("journal.view", organisation.node),
        "imports": [(one, _said(one), _noted(one)) for one in imports],
    }
    return render(request, "organisations/registers.html", context)


def _said(one: RegisterImport) -> str:
    """« 107 ouvertures, 8 fusions ; 28 517 inchangés »."""
    found = [
        french.counted(one.counts.get(kind, 0), *words)
        for kind, words in WORDS.items()
        if kind != UNCHANGED and one.counts.get(kind)
    ]
    same = one.counts.get(UNCHANGED, 0)
    if not found:
        return f"Rien n'avait changé ({french.counted(same, 'inchangé', 'inchangés')})"
    text = french.capitalised(french.listing(found))
    return f"{text} ; {french.counted(same, *WORDS[UNCHANGED])}" if same else text


def _noted(one: RegisterImport) -> str:
    notes: dict[str, Any] = one.notes
    return " ; ".join(french.counted(notes[key], *words) for key, words in NOTES.items() if notes.get(key))
