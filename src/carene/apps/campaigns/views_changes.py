# SPDX-License-Identifier: EUPL-1.2
"""What changes a campaign: parse, call the action, say what was done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from carene.apps.assessments import referentials
from carene.apps.campaigns import actions, actions_people, queries
from carene.apps.campaigns.forms import CampaignForm, ExtendForm, MessageForm, ReasonForm
from carene.apps.campaigns.models import Campaign
from carene.apps.campaigns.views import found
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.campaigns.pack import proposed
from carene.engines.sources import InputError


def valid(form: forms.Form) -> dict[str, Any]:
    """What a form without a page of its own holds. Raises InputError with the first thing that is wrong."""
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        label = form.fields[name].label or name
        raise InputError(f"{label} : {str(errors[0]).rstrip('.').lower()}", remedy="corriger et recommencer")
    return dict(form.cleaned_data)


def revision(request: HttpRequest) -> int:
    """What the page showed; 0, which no campaign has, when it says nothing readable."""
    text = request.POST.get("vu", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _back(request: OrganisationRequest, campaign_id: int, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("campaigns:campaign", request.organisation.pk, campaign_id)


@require_http_methods(["GET", "POST"])
@organisation_view("campaign.run")
def new(request: OrganisationRequest) -> HttpResponse:
    if request.organisation.kind not in queries.PLACES:
        raise Http404
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@organisation_view("campaign.run")
def edit(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    return _form(request, found(request, campaign_id, own=True))


def _form(request: OrganisationRequest, row: Campaign | None) -> HttpResponse:
    organisation, actor = request.organisation, request.actor
    choices = referentials.available(actor, organisation.node)
    form = CampaignForm(request.POST or None, node=organisation.node, referentials=choices, campaign=row)
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                row = actions.create(actor, organisation, form.wanted())
            else:
                row = actions.change(actor, organisation, row.pk, form.wanted(), revision=revision(request))
            return _back(request, row.pk, "La campagne est enregistrée.")
        except InputError as error:
            form.add_error(None, error.sentence)
    context = {"organisation": organisation, "campaign": row, "form": form, "proposed": proposed()}
    return render(request, "campaigns/form.html", context, status=400 if form.errors else 200)


@require_POST
@organisation_view("campaign.run")
def launch(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    row = found(request, campaign_id, own=True)
    actions.launch(request.actor, request.organisation, row.pk, revision=revision(request))
    return _back(request, row.pk, "La campagne est ouverte.")


@require_POST
@organisation_view("campaign.run")
def close(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    row = found(request, campaign_id, own=True)
    actions.close(request.actor, request.organisation, row.pk, revision=revision(request))
    messages.success(request, "La campagne est close, ses résultats sont figés.")
    return redirect("campaigns:results", request.organisation.pk, row.pk)


@require_POST
@organisation_view("campaign.run")
def reopen(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    row = found(request, campaign_id, own=True)
    reason = valid(ReasonForm(request.POST))["reason"]
    actions.reopen(request.actor, request.organisation, row.pk, revision=revision(request), reason=reason)
    return _back(request, row.pk, "La campagne est rouverte.")


@require_POST
@organisation_view("campaign.run")
def remove(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    row = found(request, campaign_id, own=True)
    actions.remove(request.actor, request.organisation, row.pk, revision=revision(request))
    messages.success(request, "La campagne en préparation est retirée.")
    return redirect("campaigns:list", request.organisation.pk)


@require_POST
@organisation_view("campaign.run")
def welcome(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    row = found(request, campaign_id, own=True)
    count = actions_people.welcome(request.actor, request.organisation, row.pk)
    return _back(request, row.pk, french.counted(count, "établissement ajouté", "établissements ajoutés") + ".")


@require_POST
@organisation_view("campaign.run")
def set_aside(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    row = found(request, campaign_id, own=True)
    text, reason = request.POST.get("node", ""), valid(ReasonForm(request.POST))["reason"]
    node = int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
    actions_people.set_aside(request.actor, request.organisation, row.pk, node, reason=reason)
    return _back(request, row.pk, "L'établissement est écarté.")


@require_POST
@organisation_view("campaign.run")
def say(request: OrganisationRequest, campaign_id: int, participant_id: int | None = None) -> HttpResponse:
    row, text = found(request, campaign_id, own=True), valid(MessageForm(request.POST))["text"]
    _known(row, participant_id)
    actions_people.say(request.actor, request.organisation, row.pk, text, participant=participant_id)
    messages.success(request, "Le message est publié.")
    if participant_id is None:
        return redirect("campaigns:campaign", request.organisation.pk, row.pk)
    return redirect("campaigns:participant", request.organisation.pk, row.pk, participant_id)


def _known(row: Campaign, participant_id: int | None) -> None:
    if participant_id is not None and not queries.participants(row).filter(pk=participant_id).exists():
        raise Http404


@require_POST
@organisation_view("campaign.answer")
def answer(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    row = found(request, campaign_id)
    if queries.participation(row, request.organisation.node) is None:
        raise Http404
    actions_people.answer(request.actor, request.organisation, row.pk, valid(MessageForm(request.POST))["text"])
    return _back(request, row.pk, "La réponse est publiée.")


def _decided(request: OrganisationRequest, row: Campaign, participant_id: int, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("campaigns:participant", request.organisation.pk, row.pk, participant_id)


@require_POST
@organisation_view("campaign.run")
def extend(request: OrganisationRequest, campaign_id: int, participant_id: int) -> HttpResponse:
    row = found(request, campaign_id, own=True)
    _known(row, participant_id)
    data = valid(ExtendForm(request.POST))
    actions_people.extend(
        request.actor, request.organisation, row.pk, participant_id, until=data["until"], reason=data["reason"]
    )
    return _decided(request, row, participant_id, "Le délai est prolongé.")


@require_POST
@organisation_view("campaign.run")
def exclude(request: OrganisationRequest, campaign_id: int, participant_id: int) -> HttpResponse:
    row = found(request, campaign_id, own=True)
    _known(row, participant_id)
    reason = valid(ReasonForm(request.POST))["reason"]
    actions_people.exclude(request.actor, request.organisation, row.pk, participant_id, reason=reason)
    return _decided(request, row, participant_id, "L'établissement est écarté.")


@require_POST
@organisation_view("campaign.run")
def include(request: OrganisationRequest, campaign_id: int, participant_id: int) -> HttpResponse:
    row = found(request, campaign_id, own=True)
    _known(row, participant_id)
    actions_people.include(request.actor, request.organisation, row.pk, participant_id)
    return _decided(request, row, participant_id, "L'établissement répond de nouveau.")
