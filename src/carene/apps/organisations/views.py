# SPDX-License-Identifier: EUPL-1.2
"""Pages of organisations: the list, the profile, the people, one's own account."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from carene.apps.organisations import actions, queries
from carene.apps.organisations.forms import AccountForm, ChildForm, GrantForm, ProfileForm
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.core.access.policy import POLICY, ROLE_HELP, ROLES, VERBS
from carene.core.accounts import actions as accounts
from carene.core.tenancy.models import Membership
from carene.engines.referential.catalogue import care

PAGE = 50


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The establishments that one may see; the whole list, page by page, with a search by name, town or FINESS."""
    text = request.GET.get("q", "").strip()
    rows = queries.visible(request.actor)  # type: ignore[attr-defined]
    if text:
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(short_name__icontains=text)
            | Q(town__icontains=text)
            | Q(finess__startswith=text)
        )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    items = [(o, max(0, o.node.path.count("/") - 1)) for o in page.object_list]
    return render(request, "organisations/list.html", {"page": page, "items": items, "text": text})


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
    manage = request.actor.can("members.manage", organisation.node)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        membership = actions.grant(request.actor, organisation, **form.cleaned_data)
        messages.success(request, f"{membership.user} est maintenant {ROLES[membership.role]}.")
        return redirect("organisations:members", organisation.pk)
    rows = [
        {"row": m, "role": ROLES.get(m.role, m.role), "here": m.node_id == organisation.pk}
        for m in queries.members(organisation.node)
    ]
    kinds = [(k.value, str(k.label)) for k in Organisation.Kind if k.value in actions.BELOW[organisation.kind]]
    context = {
        "rows": rows,
        "form": form,
        "manage": manage,
        "roles": [(label, ROLE_HELP[key]) for key, label in ROLES.items()],
        "children": list(queries.children(organisation.node)),
        "child_form": ChildForm(kinds=kinds)
        if kinds and request.actor.can("organisation.manage", organisation.node)
        else None,
    }
    return render(request, "organisations/members.html", context)


@require_POST
@organisation_view("members.manage")
def revoke(request: OrganisationRequest, membership_id: int) -> HttpResponse:
    membership = actions.revoke(request.actor, request.organisation, membership_id)
    messages.success(request, f"{membership.user} n'est plus {ROLES[membership.role]} ici.")
    return redirect("organisations:members", request.organisation.pk)


@require_POST
@organisation_view("organisation.manage")
def add_child(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    kinds = [(k.value, str(k.label)) for k in Organisation.Kind if k.value in actions.BELOW[organisation.kind]]
    form = ChildForm(request.POST, kinds=kinds)
    if not form.is_valid():
        messages.error(request, "Donner une nature et un nom.")
        return redirect("organisations:members", organisation.pk)
    child = actions.create(request.actor, organisation, **form.cleaned_data)
    messages.success(request, f"{child} est créé : renseigner son profil.")
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
    return render(request, "organisations/account.html", {"form": form, "memberships": memberships})
