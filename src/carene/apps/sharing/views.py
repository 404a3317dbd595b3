# SPDX-License-Identifier: EUPL-1.2
"""What is shared of an establishment: what is open, what is asked, what is over."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.sharing import actions, queries
from carene.apps.sharing.forms import AskForm, EndForm, GiveForm
from carene.core.access.limits import limits
from carene.core.access.models import Share
from carene.core.access.policy import LEVEL_HELP, LEVELS
from carene.engines import french
from carene.engines.sources import InputError


@dataclass(frozen=True)
class Line:
    """A share in words. ``here``: given on this very organisation; else on one above, which opens this one too."""

    share: Share
    whom: str
    level: str
    here: bool
    soon: bool


def line(share: Share, organisation: Organisation) -> Line:
    whom = french.typeset(f"Agents de « {share.holder.organisation} »") if share.holder else str(share.user)
    soon = limits().is_soon(share.ends_on, timezone.localdate())
    return Line(share, whom, LEVELS.get(share.level, share.level), share.node_id == organisation.pk, soon)


@require_http_methods(["GET", "POST"])
@organisation_view("members.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    manage = request.actor.can(actions.MANAGE, organisation.node) and queries.shares_here(organisation)
    holders = queries.holders(organisation) if manage or request.method == "POST" else []
    form = GiveForm(request.POST if request.method == "POST" else None, holders=holders)
    if request.method == "POST":
        request.actor.require(actions.MANAGE, organisation.node)
        if form.is_valid():
            data = form.cleaned_data
            try:
                share = actions.give(
                    request.actor,
                    organisation,
                    holder_id=data["holder"],
                    email=data["email"],
                    ends_on=data["ends_on"],
                    reason=data["reason"],
                )
            except InputError as error:
                form.add_error(None, french.capitalised(error.sentence))
            else:
                messages.success(request, f"Le détail est partagé jusqu'au {french.long_date(share.ends_on)}.")
                return redirect("sharing:list", organisation.pk)
    return _page(request, form, manage=manage)


def _page(request: OrganisationRequest, form: GiveForm, *, manage: bool) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    asked = list(queries.requests(organisation.node))
    past = queries.past_shares(organisation.node, today)
    context = {
        "organisation": organisation,
        "manage": manage,
        "shares_here": queries.shares_here(organisation),
        "form": form,
        "pending": [(row, EndForm(auto_id=f"id_{row.pk}_%s")) for row in asked if row.state == row.State.PENDING],
        "open": [line(share, organisation) for share in queries.open_shares(organisation.node, today)],
        "ended": [
            (one, line(one.share, organisation) if one.share else None)
            for one in queries.history(past, asked)[: queries.PAST_SHOWN]
        ],
        "limits": limits(),
        "detail": LEVEL_HELP["detail"],
    }
    return render(request, "sharing/list.html", context)


@require_POST
@organisation_view("share.manage")
def revoke(request: OrganisationRequest, share_id: int) -> HttpResponse:
    share = actions.revoke(request.actor, request.organisation, share_id)
    whom = line(share, request.organisation).whom
    messages.success(request, f"C'est repris, dès maintenant : {whom}.")
    return redirect("sharing:list", request.organisation.pk)


@require_http_methods(["GET", "POST"])
@organisation_view("share.ask")
def ask(request: OrganisationRequest) -> HttpResponse:
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(request.actor, request.organisation, reason=form.cleaned_data["reason"])
        except InputError as error:
            form.add_error(None, french.capitalised(error.sentence))
        else:
            messages.success(request, "Demande envoyée : l'établissement la verra sur son accueil.")
            return redirect("home:home", request.organisation.pk)
    last = queries.last_request(request.actor, request.organisation.node)
    context = {
        "organisation": request.organisation,
        "form": form,
        "detail": LEVEL_HELP["detail"],
        "waiting": last if last and last.state == last.State.PENDING else None,
    }
    return render(request, "sharing/ask.html", context)


@require_POST
@organisation_view("share.ask")
def withdraw(request: OrganisationRequest, request_id: int) -> HttpResponse:
    actions.withdraw(request.actor, request.organisation, request_id)
    messages.success(request, "Demande retirée : l'établissement n'a plus à répondre.")
    return redirect("home:home", request.organisation.pk)


@require_POST
@organisation_view("share.manage")
def accept(request: OrganisationRequest, request_id: int) -> HttpResponse:
    form = EndForm(request.POST)
    if not form.is_valid():
        raise InputError("la date de fin n'est pas une date", remedy="en choisir une, puis accepter de nouveau")
    share = actions.accept(request.actor, request.organisation, request_id, ends_on=form.cleaned_data["ends_on"])
    messages.success(request, f"Demande acceptée : détail ouvert jusqu'au {french.long_date(share.ends_on)}.")
    return redirect("sharing:list", request.organisation.pk)


@require_POST
@organisation_view("share.manage")
def refuse(request: OrganisationRequest, request_id: int) -> HttpResponse:
    actions.refuse(request.actor, request.organisation, request_id, answer=request.POST.get("answer", ""))
    messages.success(request, "Demande refusée : la personne qui l'a faite lira votre motif.")
    return redirect("sharing:list", request.organisation.pk)
