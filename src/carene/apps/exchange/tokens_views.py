# SPDX-License-Identifier: EUPL-1.2
"""The keys with which machines act for a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from carene.apps.exchange import actions, queries
from carene.apps.exchange.forms import TokenForm
from carene.apps.exchange.models import ApiToken
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.sources import InputError


@never_cache
@require_http_methods(["GET", "POST"])
@organisation_view("organisation.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    """A new key is shown once, in the very answer to its creation: it is stored nowhere, not even in a session."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            _, secret = actions.create_token(
                request.actor,
                request.organisation,
                name=data["name"],
                days=data["days"],
                read_only=not data["writes"],
            )
            form = TokenForm()
        except InputError as error:
            form.add_error(None, french.capitalised(error.sentence))
    now = timezone.now()
    rows = [
        {"token": token, "expired": not token.works_on(now)}
        for token in queries.tokens(request.actor, request.organisation.node)
    ]
    address = request.build_absolute_uri("/api/organisations")
    context = {"form": form, "secret": secret, "rows": rows, "address": address}
    return render(request, "exchange/tokens.html", context)


@require_POST
@organisation_view("organisation.view")
def revoke(request: OrganisationRequest, token_id: int) -> HttpResponse:
    try:
        actions.revoke_token(request.actor, request.organisation, token_id)
    except ApiToken.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "Clé révoquée : elle ne donne plus accès à rien.")
    return redirect("exchange:tokens", request.organisation.pk)
