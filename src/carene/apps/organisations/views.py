# SPDX-License-Identifier: EUPL-1.2
"""Pages of organisations: the list, what is attached, one's own account."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from carene.apps.organisations import actions, queries, queries_people, queries_tree
from carene.apps.organisations.forms import AccountForm, ChildForm, GrantForm
from carene.apps.organisations.people_views import described, kinds_below, members_page
from carene.apps.organisations.queries_people import held
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.organisations.search import search
from carene.core.accounts import actions as accounts
from carene.core.accounts.social import provider_names
from carene.core.tenancy.models import Membership, in_force

PAGE = 50
ROLES_SHOWN = 50  # of one's own; the list of the establishments has them all
LONGEST_SEARCH = 200  # no name is longer, and SQLite refuses endless patterns


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The establishments that one may see, page by page, with a search by name, town, FINESS or SIRET."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    actor = request.actor  # type: ignore[attr-defined]
    answer = search(queries.visible(actor), text) if text else None
    listing = queries_tree.Listing([(pk, 0) for pk in answer.ids], True) if answer else queries_tree.listed(actor)
    page = Paginator(listing.pairs, PAGE).get_page(request.GET.get("page"))
    rows = listing.read or queries.already_seen(pk for pk, _ in page.object_list)
    items = [(rows[pk], depth, described(rows[pk])) for pk, depth in page.object_list]
    context = {"page": page, "items": items, "text": text, "answer": answer, "whole": listing.whole}
    return render(request, "organisations/list.html", context)


@require_POST
@organisation_view("organisation.manage")
def add_child(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    form = ChildForm(request.POST, kinds=kinds_below(organisation))
    if not form.is_valid():
        return members_page(request, GrantForm(kind=organisation.kind), form)
    child = actions.create(request.actor, organisation, **form.cleaned_data)
    messages.success(request, "C'est fait. Reste à renseigner le profil, puis à donner un premier rôle.")
    return redirect("organisations:profile", child.pk)


def account(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert user.is_authenticated
    form = AccountForm(request.POST or None, initial={"name": user.name, "function": user.function})
    if request.method == "POST" and form.is_valid():
        accounts.update_self(request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        messages.success(request, "Enregistré.")
        return redirect("organisations:account")
    mine = Membership.objects.filter(in_force(timezone.localdate()), user=user).select_related("node__organisation")
    rows = list(mine.order_by("node__path", "role")[: ROLES_SHOWN + 1])
    context = {
        "form": form,
        "memberships": [(row.node.organisation, held(row, row.node.organisation)) for row in rows[:ROLES_SHOWN]],
        "shared": queries_people.shared_with(user),
        "more": len(rows) > ROLES_SHOWN,
        "identities": provider_names(request),
    }
    return render(request, "organisations/account.html", context)
