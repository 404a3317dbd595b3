# SPDX-License-Identifier: EUPL-1.2
"""Pages of shared services: of a group, where they are described; of a member, what it receives and provides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carene.apps.organisations import actions_services as actions
from carene.apps.organisations import queries_services as queries
from carene.apps.organisations.forms_services import ServiceForm
from carene.apps.organisations.models import Organisation, SharedService
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.organisations.services_export import services_file
from carene.core.journal.models import Entry
from carene.engines import french
from carene.engines.exchange.table_files import MEDIA_TYPES
from carene.engines.sources import InputError

DONE = ("a ajouté", "a modifié", "a retiré")


@require_GET
@organisation_view("organisation.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    contacts, told = (request.actor.can(verb, organisation.node) for verb in ("members.view", "journal.view"))
    context: dict[str, Any] = {"organisation": organisation, "today": timezone.localdate(), "contacts": contacts}
    if organisation.kind not in actions.GROUPS:
        context |= {
            "received": queries.received_by(organisation.node),
            "provided": queries.provided_by(organisation.node),
        }
        return render(request, "organisations/services_of.html", context)
    found = queries.shared_in(organisation.node)
    context |= {
        "services": found,
        "manage": request.actor.can(actions.VERB, organisation.node),
        "history": [_told(one) for one in queries.service_history(organisation.node)] if told else [],
        "several": any(one.node_id != organisation.pk for one in found.all),
    }
    return render(request, "organisations/services.html", context)


def _told(entry: Entry) -> tuple[Entry, str]:
    rank = 0 if entry.before is None else 2 if entry.after is None else 1
    name = (entry.after or entry.before or {}).get("name", "")
    return entry, f"{entry.actor} {DONE[rank]} {french.quoted(str(name))}"


@require_http_methods(["GET", "POST"])
@organisation_view(actions.VERB)
def edit(request: OrganisationRequest, service_id: int | None = None) -> HttpResponse:
    """The form, empty or of one service."""
    group = request.organisation
    if group.kind not in actions.GROUPS:
        raise InputError("un service se mutualise dans un GHT ou une région", remedy="ouvrir le GHT, puis recommencer")
    service = _service(group, service_id) if service_id is not None else None
    members = queries.members_of(group.node)
    form = ServiceForm(request.POST or None, group=group, members=members, service=service)
    if service is not None and not form.listed:
        form.initial["provider"] = form.initial["finess"]
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.share_service(request.actor, group, form.draft(), service_id)
        except InputError as error:
            form.add_error(None, french.capitalised(error.sentence))
        else:
            messages.success(request, f"« {saved} » est enregistré.")
            return redirect("organisations:services", group.pk)
    return render(request, "organisations/service_form.html", {"organisation": group, "form": form, "service": service})


def _service(group: Organisation, service_id: int) -> SharedService:
    try:
        return queries.shared_service(group.node, service_id)
    except SharedService.DoesNotExist as error:
        raise Http404 from error


@require_POST
@organisation_view(actions.VERB)
def remove(request: OrganisationRequest, service_id: int) -> HttpResponse:
    group = request.organisation
    try:
        service = actions.remove_service(request.actor, group, service_id)
    except SharedService.DoesNotExist as error:
        raise Http404 from error
    undo = reverse("organisations:restore_service", args=[group.pk, service.pk])
    messages.success(request, f"« {service} » est retiré.", extra_tags=undo)
    return redirect("organisations:services", group.pk)


@require_POST
@organisation_view(actions.VERB)
def restore(request: OrganisationRequest, service_id: int) -> HttpResponse:
    group = request.organisation
    try:
        service = actions.restore_service(request.actor, group, service_id)
    except SharedService.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, f"« {service} » est rétabli.")
    return redirect("organisations:services", group.pk)


@require_GET
@organisation_view("organisation.view")
def export(request: OrganisationRequest, kind: str) -> HttpResponse:
    if kind not in MEDIA_TYPES:
        raise Http404
    organisation = request.organisation
    contacts = request.actor.can("members.view", organisation.node)
    if organisation.kind in actions.GROUPS:
        rows = queries.shared_in(organisation.node).all
    else:
        rows = queries.received_by(organisation.node).all + queries.provided_by(organisation.node).all
    response = HttpResponse(services_file(kind, rows, contacts=contacts), content_type=MEDIA_TYPES[kind])
    name = f"services-mutualises-{organisation.pk}-{timezone.localdate():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
