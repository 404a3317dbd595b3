# SPDX-License-Identifier: EUPL-1.2
"""Pages of organisations: the list, the profile, the people, one's own account."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from carene.apps.organisations import actions, queries, queries_tree
from carene.apps.organisations.forms import AccountForm, ChildForm, GrantForm, ProfileForm
from carene.apps.organisations.invitation_views import invite
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.organisations.search import search
from carene.core.access.policy import POLICY, ROLE_HELP, ROLES, VERBS
from carene.core.accounts import actions as accounts
from carene.core.accounts import invitations
from carene.core.accounts.social import provider_names
from carene.core.tenancy.models import Membership
from carene.engines import french
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError

PAGE = 50
CHILDREN_SHOWN = 20  # the page of the tree has them all
LONGEST_SEARCH = 200  # no name is longer, and SQLite refuses endless patterns


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The establishments that one may see, page by page, with a search by name, town, FINESS or SIRET."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    actor = request.actor  # type: ignore[attr-defined]
    answer = search(queries.visible(actor), text) if text else None
    listing = queries_tree.Listing([(pk, 0) for pk in answer.ids], True) if answer else queries_tree.listed(actor)
    page = Paginator(listing.pairs, PAGE).get_page(request.GET.get("page"))
    rows = queries.visible(actor).in_bulk([pk for pk, _ in page.object_list])
    items = [(rows[pk], depth, _described(rows[pk])) for pk, depth in page.object_list]
    context = {"page": page, "items": items, "text": text, "answer": answer, "whole": listing.whole}
    return render(request, "organisations/list.html", context)


def _described(organisation: Organisation) -> str:
    """« Centre hospitalier, Valmont, 412 lits et places »; a region or a GHT says what it is unless its name does."""
    if not organisation.assessable:
        kind = organisation.get_kind_display()
        return "" if organisation.name.startswith(kind) else kind
    parts = [care().types.get(organisation.type) or organisation.get_kind_display(), organisation.town]
    if organisation.beds:
        parts.append(french.counted(organisation.beds, "lit et place", "lits et places"))
    return ", ".join(part for part in parts if part)


@organisation_view("organisation.view")
def profile(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    editable = request.actor.can("organisation.profile", organisation.node)
    referential = care()
    form = ProfileForm(request.POST or None, instance=organisation, referential=referential)
    if request.method == "POST":
        request.actor.require("organisation.profile", organisation.node)
        if form.is_valid():
            actions.update_profile(request.actor, organisation, **form.cleaned_data)
            messages.success(request, "Profil enregistré.")
            return redirect("organisations:profile", organisation.pk)
        organisation.refresh_from_db(from_queryset=Organisation.objects.of(organisation.node))
    profile_ = queries.profile_of(organisation, referential)
    bands = {band.id: band.label for band in referential.bands}
    target = referential.target_profile(profile_)
    context = {
        "form": form,
        "editable": editable,
        "band": bands.get(profile_.size or "", ""),
        "target": target,
        "applicable": len(referential.applicable(profile_)),
        "total": len(referential.criteria),
        "organisation": organisation,
        "source": referential.sources.get(target.source) if target else None,
        "ratio": _ratio(organisation),
    }
    return render(request, "organisations/profile.html", context)


def _ratio(organisation: Organisation) -> float | None:
    if not organisation.operating_budget or organisation.digital_budget is None:
        return None
    return organisation.digital_budget / organisation.operating_budget * 100


@organisation_view("organisation.view")
def members(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = actions.grant(request.actor, organisation, **form.cleaned_data)
        except InputError as error:
            form.add_error("name", french.capitalised(error.sentence))
        else:
            messages.success(request, f"{membership.user} a maintenant le rôle « {ROLES[membership.role]} ».")
            if invitations.needed(membership.user):
                return invite(request, membership.pk)
            if not queries.answers_for(request.actor, membership.user):
                messages.info(request, "Ce compte sert aussi ailleurs : s'assurer que c'est bien celui de la personne.")
            return redirect("organisations:members", organisation.pk)
    return _members_page(request, form, ChildForm(kinds=_kinds_below(organisation)))


def _kinds_below(organisation: Organisation) -> list[tuple[str, str]]:
    return [(k.value, str(k.label)) for k in Organisation.Kind if k.value in actions.BELOW[organisation.kind]]


def _members_page(request: OrganisationRequest, form: GrantForm, child_form: ChildForm) -> HttpResponse:
    """People, each with their roles; what is attached here, and the two forms for the one who may."""
    organisation, actor = request.organisation, request.actor
    people = [
        (user, [{"row": m, "label": ROLES.get(m.role, m.role), "here": m.node_id == organisation.pk} for m in rows])
        for user, rows in groupby(queries.members(organisation.node), key=lambda membership: membership.user)
    ]
    context = {
        "people": people,
        "form": form,
        "manage": actor.can("members.manage", organisation.node),
        "roles": [(label, ROLE_HELP[key]) for key, label in ROLES.items()],
        "children": [(child, _described(child)) for child in queries.children(organisation.node)[:CHILDREN_SHOWN]],
        "child_form": child_form,
        "can_attach": bool(_kinds_below(organisation)) and actor.can("organisation.manage", organisation.node),
    }
    return render(request, "organisations/members.html", context)


@require_POST
@organisation_view("members.manage")
def revoke(request: OrganisationRequest, membership_id: int) -> HttpResponse:
    membership = actions.revoke(request.actor, request.organisation, membership_id)
    messages.success(request, f"{membership.user} n'a plus le rôle « {ROLES[membership.role]} » ici.")
    return redirect("organisations:members", request.organisation.pk)


@require_POST
@organisation_view("organisation.manage")
def add_child(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    form = ChildForm(request.POST, kinds=_kinds_below(organisation))
    if not form.is_valid():
        return _members_page(request, GrantForm(), form)
    child = actions.create(request.actor, organisation, **form.cleaned_data)
    messages.success(request, "C'est fait. Reste à renseigner le profil, puis à donner un premier rôle.")
    return redirect("organisations:profile", child.pk)


@organisation_view("organisation.view")
def rights(request: OrganisationRequest) -> HttpResponse:
    """Who may do what, as a table that a director can read."""
    table = [(label, [verb in POLICY[role] for role in ROLES]) for verb, label in VERBS.items()]
    return render(request, "organisations/rights.html", {"roles": list(ROLES.values()), "table": table})


def account(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert user.is_authenticated
    form = AccountForm(request.POST or None, initial={"name": user.name, "function": user.function})
    if request.method == "POST" and form.is_valid():
        accounts.update_self(request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        messages.success(request, "Enregistré.")
        return redirect("organisations:account")
    memberships = [
        (m.node.organisation, ROLES.get(m.role, m.role))
        for m in Membership.objects.filter(user=user)
        .select_related("node__organisation")
        .order_by("node__path", "role")
    ]
    context = {"form": form, "memberships": memberships, "identities": provider_names(request)}
    return render(request, "organisations/account.html", context)
