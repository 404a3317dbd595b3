# SPDX-License-Identifier: EUPL-1.2
"""What a region or the nation aims at, typed in place of the pack."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from carene.apps.observatory import actions, showing, targets
from carene.apps.observatory.forms import TargetForm
from carene.apps.observatory.models import AimedAt
from carene.apps.observatory.views import known
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.overlay import aiming
from carene.engines.sources import InputError


@require_http_methods(["GET", "POST"])
@organisation_view(actions.SET)
def target(request: OrganisationRequest, figure: str) -> HttpResponse:
    """Shows what is aimed at, and takes another value with its source."""
    organisation, pack = request.organisation, shipped().figure[known(figure)]
    if not targets.set_here(organisation):
        raise Http404  # no page of an establishment or of a GHT leads here
    row = targets.over(organisation).get(figure)
    form = TargetForm(request.POST or None, initial=_initial(row), unit=pack.unit)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_target(request.actor, organisation, figure, actions.Aim(**form.cleaned_data))
        except InputError as error:
            form.add_error(None, french.capitalised(error.sentence))
        else:
            messages.success(request, "La cible est enregistrée.")
            return redirect("observatory:figure", organisation.pk, figure)
    context = {
        "organisation": organisation,
        "figure": pack,
        "form": form,
        "row": row,
        "mine": row is not None and row.node_id == organisation.pk,
        "pack": showing.aim(pack, pack.target, False) if pack.target else "",
        "source": shipped().sources[pack.target.source] if pack.target else None,
        "side": "au moins" if aiming(pack) == ">=" else "au plus",
    }
    return render(request, "observatory/target.html", context, status=400 if form.errors else 200)


def _initial(row: AimedAt | None) -> dict[str, object]:
    names = ("value", "by", "source", "url", "confidence")
    return {name: getattr(row, name) for name in names} if row else {"confidence": "to_check"}


@require_POST
@organisation_view(actions.SET)
def remove_target(request: OrganisationRequest, figure: str) -> HttpResponse:
    try:
        actions.remove_target(request.actor, request.organisation, known(figure))
    except AimedAt.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "La cible saisie est retirée : celle du programme vaut de nouveau.")
    return redirect("observatory:figure", request.organisation.pk, figure)
