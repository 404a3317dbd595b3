# SPDX-License-Identifier: EUPL-1.2
"""The people of an organisation: who holds which role, until when; giving one, dating it, taking it back."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from carene.apps.organisations import actions, queries
from carene.apps.organisations.actions_people import Refused
from carene.apps.organisations.forms import ChildForm, DatesForm, GrantForm
from carene.apps.organisations.invitation_views import invite
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries_people import Held, held
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.organisations.shape import roles_on
from carene.core.access.policy import MANAGERS, ROLE_HELP, ROLES
from carene.core.accounts import invitations
from carene.engines import french
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError

CHILDREN_SHOWN = 20  # the page of the tree has them all


def described(organisation: Organisation) -> str:
    """« Centre hospitalier, Valmont, 412 lits et places »; a region or a GHT says what it is unless its name does."""
    if not organisation.assessable:
        kind = organisation.get_kind_display()
        return "" if organisation.name.startswith(kind) else kind
    parts = [care().types.get(organisation.type) or organisation.get_kind_display(), organisation.town]
    if organisation.beds:
        parts.append(french.counted(organisation.beds, "lit et place", "lits et places"))
    return ", ".join(part for part in parts if part)


@require_http_methods(["GET", "POST"])
@organisation_view("members.view")
def members(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    form = GrantForm(request.POST or None, kind=organisation.kind)
    if request.method == "POST" and form.is_valid():
        try:
            membership = actions.grant(request.actor, organisation, **form.cleaned_data)
        except InputError as error:
            field = error.field if isinstance(error, Refused) else "ends_on"
            form.add_error(field, french.capitalised(error.sentence))
        else:
            messages.success(request, f"{membership.user} a maintenant le rôle « {ROLES[membership.role]} ».")
            if invitations.needed(membership.user):
                return invite(request, membership.pk)
            if not queries.answers_for(request.actor, membership.user):
                messages.info(request, "Ce compte sert aussi ailleurs : s'assurer que c'est bien celui de la personne.")
            return redirect("organisations:members", organisation.pk)
    return members_page(request, form, ChildForm(kinds=kinds_below(organisation)))


def kinds_below(organisation: Organisation) -> list[tuple[str, str]]:
    return [(k.value, str(k.label)) for k in Organisation.Kind if k.value in actions.BELOW[organisation.kind]]


def members_page(request: OrganisationRequest, form: GrantForm, child_form: ChildForm) -> HttpResponse:
    """People, each with their roles; what is attached here, and the two forms for the one who may."""
    organisation, actor = request.organisation, request.actor
    people = [
        (user, [held(row, organisation) for row in rows])
        for user, rows in groupby(queries.members(organisation.node), key=lambda membership: membership.user)
    ]
    context = {
        "people": people,
        "ending": [(user, one) for user, roles in people for one in roles if one.ends_soon],
        "form": form,
        "manage": actor.can("members.manage", organisation.node),
        "givers": french.listing(user.name for user, roles in people if any(map(_gives_roles, roles))),
        "roles": [(ROLES[key], ROLE_HELP[key]) for key in roles_on(organisation.kind)],
        "children": [(child, described(child)) for child in queries.children(organisation.node)[:CHILDREN_SHOWN]],
        "child_form": child_form,
        "can_attach": bool(kinds_below(organisation)) and actor.can("organisation.manage", organisation.node),
    }
    return render(request, "organisations/members.html", context)


def _gives_roles(role: Held) -> bool:
    return role.row.role in MANAGERS and role.in_force


@require_http_methods(["GET", "POST"])
@organisation_view("members.manage")
def dates(request: OrganisationRequest, membership_id: int) -> HttpResponse:
    """The days of one role: prolonged, ended earlier, or without end."""
    organisation = request.organisation
    membership = queries.held(organisation.node, membership_id)
    if membership is None:
        raise Http404
    initial = {"starts_on": membership.starts_on, "ends_on": membership.ends_on}
    form = DatesForm(request.POST if request.method == "POST" else None, initial=initial, role=membership.role)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.redate(request.actor, organisation, membership_id, **form.cleaned_data)
        except InputError as error:
            form.add_error("ends_on", french.capitalised(error.sentence))
        else:
            when = held(changed, organisation).when or "sans date de fin"
            messages.success(request, f"{changed.user}, {ROLES[changed.role]} : {when}.")
            return redirect("organisations:members", organisation.pk)
    context = {"form": form, "person": membership.user, "role": ROLES.get(membership.role, membership.role)}
    return render(request, "organisations/dates.html", context)


@require_POST
@organisation_view("members.manage")
def revoke(request: OrganisationRequest, membership_id: int) -> HttpResponse:
    membership = actions.revoke(request.actor, request.organisation, membership_id)
    messages.success(request, f"{membership.user} n'a plus le rôle « {ROLES[membership.role]} » ici.")
    return redirect("organisations:members", request.organisation.pk)
