# SPDX-License-Identifier: EUPL-1.2
"""Offers of those above, needs of the establishments, and what answers what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.resources import actions_offers as actions
from carene.apps.resources import forms
from carene.apps.resources import queries_offers as queries
from carene.apps.resources.models import Need, Offer, Pairing
from carene.apps.resources.views import page
from carene.engines.referential.catalogue import care
from carene.engines.resources.pack import resources
from carene.engines.sources import InputError

PAGE = 50
REMOVE = "retirer"


@require_GET
@organisation_view("resource.view")
def offers(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    if not organisation.assessable:
        return _group(request)
    node = organisation.node
    found = queries.offers_for(organisation, today)
    context = page(organisation, request.actor, "offers")
    context |= {
        "offers": [(one, spoken(one)) for one in found],
        "needs": list(queries.needs_of(node)),
        "proposed": queries.proposed_to(node),
    }
    return render(request, "resources/offers_for.html", context)


def _group(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    own = list(queries.offers_of(organisation.node))
    found = Paginator(queries.needs_below(organisation.node), PAGE).get_page(request.GET.get("page"))
    needs = []
    for need in found.object_list:
        place = need.node.organisation
        tried = {row.offer_id: row for row in need.pairings.all() if row.waits}
        answers = [
            (one, tried.get(one.offer.pk)) for one in queries.answers(place, need, own, today) if not one.refusal
        ]
        needs.append((need, place, answers, about(need)))
    context = page(organisation, request.actor, "offers", page=found, needs=needs)
    context |= {
        "offers": [(one, spoken(one)) for one in own],
        "takers": queries.takers(organisation.node),
        "waiting": list(queries.asked_of(organisation.node)[:PAGE]),
        "offering": request.actor.can(actions.OFFER, organisation.node),
    }
    return render(request, "resources/offers_of.html", context)


def spoken(offer: Offer) -> dict[str, str]:
    """For whom an offer is, and about what, in words."""
    referential = care()
    bands = {band.id: band.label for band in referential.bands}
    kinds = [referential.types.get(key, key) for key in offer.types] + [bands.get(key, key) for key in offer.sizes]
    return {"whom": ", ".join(kinds), "about": about(offer)}


def about(row: Offer | Need) -> str:
    """« SOC, Systèmes »: the service, the skill, the measures or the question."""
    referential, words = care(), []
    if row.service in resources().services:
        words.append(resources().services[row.service].label)
    if row.skill in referential.skills:
        words.append(referential.skills[row.skill])
    measures = row.measures if isinstance(row, Offer) else [row.measure]
    words += [referential.measure[key].title for key in measures if key in referential.measure]
    if isinstance(row, Need) and row.criterion in referential.criterion:
        words.append(f"{row.criterion} {referential.criterion[row.criterion].title}")
    return ", ".join(words)


@require_http_methods(["GET", "POST"])
@organisation_view(actions.OFFER)
def edit_offer(request: OrganisationRequest, offer_id: int | None = None) -> HttpResponse:
    group = request.organisation
    row = queries.offers_of(group.node).filter(pk=offer_id).first() if offer_id is not None else None
    if group.kind not in actions.GROUPS or (row is None and offer_id is not None):
        raise Http404
    if row is not None and request.method == "POST" and REMOVE in request.POST:
        actions.remove_offer(request.actor, group, row.pk)
        undo = reverse("resources:restore_offer", args=[group.pk, row.pk])
        messages.success(request, f"« {row.title} » est retirée.", extra_tags=undo)
        return redirect("resources:offers", group.pk)
    form = forms.OfferForm(request.POST or None, initial=forms.initial_of(row, forms.OfferForm))
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_offer(request.actor, group, row.pk if row else None, **form.values())
        except InputError as error:
            form.refuse(error)
        else:
            messages.success(request, f"« {saved.title} » est enregistrée.")
            return redirect("resources:offers", group.pk)
    heading = row.title if row else "Que proposez-vous ?"
    return _form(request, form, heading, "Ce que les établissements en dessous pourront demander.", row is not None)


@require_POST
@organisation_view(actions.OFFER)
def restore_offer(request: OrganisationRequest, offer_id: int) -> HttpResponse:
    try:
        row = actions.restore_offer(request.actor, request.organisation, offer_id)
    except Offer.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, f"« {row.title} » est rétablie.")
    return redirect("resources:offers", request.organisation.pk)


@require_http_methods(["GET", "POST"])
@organisation_view(actions.WRITE)
def edit_need(request: OrganisationRequest, need_id: int | None = None) -> HttpResponse:
    organisation = request.organisation
    row = queries.needs_of(organisation.node).filter(pk=need_id).first() if need_id is not None else None
    if not organisation.assessable or (row is None and need_id is not None):
        raise Http404
    form = forms.NeedForm(request.POST or None, initial=forms.initial_of(row, forms.NeedForm) or _asked(request))
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_need(request.actor, organisation, row.pk if row else None, **form.values())
        except InputError as error:
            form.refuse(error)
        else:
            messages.success(request, "La demande est enregistrée.")
            return redirect("resources:need", organisation.pk, saved.pk)
    heading = row.title if row else "De quoi avez-vous besoin ?"
    return _form(
        request, form, heading, "Ceux qui proposent des offres, au GHT et à la région, liront cette demande.", False
    )


def _asked(request: OrganisationRequest) -> dict[str, str]:
    """From a measure of the catalogue, or a question: what a link gives."""
    measure = care().measure.get(request.GET.get("mesure", ""))
    criterion = care().criterion.get(request.GET.get("critere", ""))
    title = measure.title if measure else criterion.title if criterion else ""
    given = {"title": title, "measure": measure.id if measure else "", "criterion": criterion.id if criterion else ""}
    return given if title else {}


def _form(request: OrganisationRequest, form: forms.Form, heading: str, lead: str, removable: bool) -> HttpResponse:
    context: dict[str, Any] = {"organisation": request.organisation, "form": form, "heading": heading, "lead": lead}
    back = reverse("resources:offers", args=[request.organisation.pk])
    context |= {"back": back, "crumb": "Offres et demandes", "removable": removable}
    return render(request, "resources/form.html", context, status=400 if form.errors else 200)


@require_GET
@organisation_view("resource.view")
def need(request: OrganisationRequest, need_id: int) -> HttpResponse:
    """One need, what may answer it, and what was answered."""
    organisation, today = request.organisation, timezone.localdate()
    try:
        row = queries.need_of(organisation.node, need_id)
    except Need.DoesNotExist as error:
        raise Http404 from error
    waiting = {one.offer_id for one in row.pairings.all() if one.waits or one.state == Pairing.State.ACCEPTED}
    found = queries.answers(organisation, row, queries.offers_for(organisation, today), today)
    context = page(organisation, request.actor, "offers", need=row, about=about(row), open=row.state == Need.State.OPEN)
    context |= {
        "pairings": list(row.pairings.all()),
        "answers": [(one, spoken(one.offer)) for one in found if one.offer.pk not in waiting],
    }
    return render(request, "resources/need.html", context)


@require_POST
@organisation_view(actions.WRITE)
def close_need(request: OrganisationRequest, need_id: int) -> HttpResponse:
    organisation = request.organisation
    try:
        actions.close_need(request.actor, organisation, need_id, request.POST.get("reason", ""))
    except Need.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "La demande est close.")
    return redirect("resources:offers", organisation.pk)


@require_POST
@organisation_view(actions.WRITE)
def ask(request: OrganisationRequest, need_id: int, offer_id: int) -> HttpResponse:
    organisation = request.organisation
    try:
        actions.ask(request.actor, organisation, need_id, offer_id)
    except (Need.DoesNotExist, Offer.DoesNotExist) as error:
        raise Http404 from error
    messages.success(request, "L'offre est demandée. La réponse s'affichera ici et à l'accueil.")
    return redirect("resources:need", organisation.pk, need_id)


@require_POST
@organisation_view(actions.OFFER)
def propose(request: OrganisationRequest, offer_id: int, need_id: int) -> HttpResponse:
    group = request.organisation
    try:
        actions.propose(request.actor, group, offer_id, need_id)
    except (Need.DoesNotExist, Offer.DoesNotExist) as error:
        raise Http404 from error
    messages.success(request, "L'offre est proposée ; une place est gardée jusqu'à la réponse.")
    return redirect("resources:offers", group.pk)


@require_POST
@organisation_view("resource.view")
def answer(request: OrganisationRequest, pairing_id: int) -> HttpResponse:
    """« oui », « non », or « retirer » for who made the proposal; the action asks for the right."""
    place, choice = request.organisation, request.POST.get("reponse", "")
    try:
        if choice == REMOVE:
            actions.withdraw(request.actor, place, pairing_id)
            said = "La proposition est retirée."
        elif choice in {"oui", "non"}:
            reason = request.POST.get("reason", "")
            actions.answer(request.actor, place, pairing_id, accept=choice == "oui", reason=reason)
            said = "C'est accepté." if choice == "oui" else "C'est refusé."
        else:
            raise InputError("la réponse n'a pas été comprise", remedy="recharger la page et recommencer")
    except Pairing.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, said)
    return redirect("resources:offers", place.pk)
