# SPDX-License-Identifier: EUPL-1.2
"""The invitation of a person who holds a role and has no password yet: sent, shown for copying, sent again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from carene.apps.organisations import actions, queries
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.core.accounts import invitations, mail
from carene.core.accounts.models import Invitation


@never_cache
@require_http_methods(["GET", "POST"])
@organisation_view("members.manage")
def invitation(request: OrganisationRequest, membership_id: int) -> HttpResponse:
    """The state of the invitation; its link, for one who manages every place that it opens. POST sends a new one."""
    if request.method == "POST":
        return invite(request, membership_id)
    organisation = request.organisation
    membership = queries.held(organisation.node, membership_id)
    if membership is None:
        raise Http404
    person = membership.user
    current = invitations.current(person)
    shown = current is not None and queries.answers_for(request.actor, person)
    context = {
        "person": person,
        "membership": membership,
        "needed": invitations.needed(person),
        "invitation": current,
        "link": _link(request, current) if current and shown else "",
    }
    return render(request, "organisations/invitation.html", context)


def invite(request: OrganisationRequest, membership_id: int) -> HttpResponse:
    """Opens an invitation and sends it; to be called by views that have checked nothing: the action does."""
    organisation = request.organisation
    opened = actions.invite(request.actor, organisation, membership_id)
    if mail.send_invitation(opened, _link(request, opened), organisation.name, request.actor.label):
        messages.success(request, f"Invitation envoyée à {opened.user.email}.")
    else:
        messages.error(request, "Le courriel n'a pas pu partir : transmettre le lien autrement.")
    return redirect("organisations:invitation", organisation.pk, membership_id)


def _link(request: OrganisationRequest, invitation: Invitation) -> str:
    path = reverse("accounts:invitation_link", args=[invitations.token(invitation)])
    return request.build_absolute_uri(path)
