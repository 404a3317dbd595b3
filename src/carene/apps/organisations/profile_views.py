# SPDX-License-Identifier: EUPL-1.2
"""The profile: what an establishment is, where each figure comes from, what rests on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from carene.apps.organisations import actions, queries, queries_profile, queries_services
from carene.apps.organisations.forms import ProfileForm
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.organisations.shape import PARTS
from carene.apps.organisations.tree_views import told_history
from carene.engines import french
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Referential

EUROS = frozenset({"operating_budget", "digital_budget"})


@organisation_view("organisation.view")
def profile(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    editable = request.actor.can("organisation.profile", organisation.node)
    people = request.actor.can("members.view", organisation.node)
    referential = care()
    form = ProfileForm(request.POST or None, instance=organisation, referential=referential)
    if request.method == "POST":
        request.actor.require("organisation.profile", organisation.node)
        if form.is_valid():
            actions.update_profile(request.actor, organisation, **form.cleaned_data)
            messages.success(request, "Profil enregistré.")
            return redirect("organisations:profile", organisation.pk)
        organisation.refresh_from_db(from_queryset=Organisation.objects.of(organisation.node))
    context = {
        "form": form,
        "parts": _parts(form, organisation, people=people),
        "editable": editable,
        "organisation": organisation,
        "weights": queries_profile.weights(organisation),
        "history": told_history(organisation),
        "contacts": people,
        "received": None,
        "provided": None,
        "today": timezone.localdate(),
        **_consequences(organisation, referential),
    }
    if organisation.assessable:
        context["received"] = queries_services.received_by(organisation.node)
        context["provided"] = queries_services.provided_by(organisation.node)
    return render(request, "organisations/profile.html", context)


def _parts(
    form: ProfileForm, organisation: Organisation, *, people: bool
) -> list[tuple[str, list[tuple[Any, str, str]], str]]:
    """Title, (field, its value in words, where it comes from), and where they all come from when it is one place."""
    origins = queries_profile.origins(organisation, list(form.fields), people=people)
    parts = []
    for title, names in PARTS:
        lines = [(form[n], _said(form, organisation, n), origins[n]) for n in names if n in form.fields]
        known = {origin for _, _, origin in lines if origin}
        common = known.pop() if len(known) == 1 else ""
        if lines:
            parts.append((title, lines, common))
    return parts


def _said(form: ProfileForm, organisation: Organisation, name: str) -> str:
    """The value as people read it; empty when unknown."""
    value = getattr(organisation, name)
    if value in (None, ""):
        return ""
    choices = dict(getattr(form.fields[name], "choices", ()))
    if choices:
        return str(choices.get(value, value))
    if isinstance(value, int):
        return french.euros(value) if name in EUROS else french.number(value)
    return str(value)


def _consequences(organisation: Organisation, referential: Referential) -> dict[str, Any]:
    """What follows from the profile: questions, size, target, share of the budget."""
    found = queries.profile_of(organisation, referential)
    bands = {band.id: band.label for band in referential.bands}
    target = referential.target_profile(found)
    return {
        "band": bands.get(found.size or "", ""),
        "target": target,
        "applicable": len(referential.applicable(found)),
        "total": len(referential.criteria),
        "source": referential.sources.get(target.source) if target else None,
        "ratio": _ratio(organisation),
    }


def _ratio(organisation: Organisation) -> float | None:
    if not organisation.operating_budget or organisation.digital_budget is None:
        return None
    return organisation.digital_budget / organisation.operating_budget * 100
