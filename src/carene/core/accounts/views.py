# SPDX-License-Identifier: EUPL-1.2
"""Pages of the account that allauth has not: invitations, the demand of a second factor, sessions one by one."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import requests
from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.decorators import rate_limit
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carene.core.access.middleware import ActorRequest
from carene.core.accounts import actions, invitations, second_factor
from carene.core.accounts.devices import described
from carene.core.accounts.provider import Adapter
from carene.engines import french

HELD = "invitation"  # session key: the link leaves the address bar at once


@login_not_required
@never_cache
@rate_limit(action="invitation")  # type: ignore[untyped-decorator]
@sensitive_post_parameters("new_password1", "new_password2")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str = "") -> HttpResponse:
    """Two steps: the link goes to the session and out of the address; then a password is chosen."""
    if token:
        if invitations.find(token) is None:
            return render(request, "account/invitation.html", {"form": None, "person": None}, status=410)
        request.session[HELD] = token
        return redirect("accounts:invitation")
    held = request.session.get(HELD, "")
    found = invitations.find(held) if held else None
    if found is None:
        return render(request, "account/invitation.html", {"form": None, "person": None}, status=410)
    form = SetPasswordForm(found.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = get_adapter().get_client_ip(request)
        user = actions.accept_invitation(held, form.cleaned_data["new_password1"], address=address)
        del request.session[HELD]
        response: HttpResponse = perform_login(request, user, email_verification="none", redirect_url="/")
        return response
    return render(request, "account/invitation.html", {"form": form, "person": found.user})


@never_cache
@require_GET
def demand(request: ActorRequest) -> HttpResponse:
    """Why one cannot go further, and the ways on: enrol, or confirm with what is enrolled."""
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    if second_factor.given(request) or not second_factor.demanded(request):
        return redirect(back)
    if is_mfa_enabled(request.user, second_factor.STRONG):
        methods = get_adapter().get_reauthentication_methods(request.user)
        address = next(method["url"] for method in methods if method["id"].startswith("mfa_"))
        return redirect(f"{address}?{_next(back)}")
    return render(request, "account/second_factor.html")


def _next(back: str) -> str:
    return urlencode({"next": back})


@never_cache
@require_http_methods(["GET", "POST"])
def sessions(request: ActorRequest) -> HttpResponse:
    """Where one is signed in; posting closes all but this one."""
    key = request.session.session_key or ""
    if request.method == "POST":
        count = actions.end_other_sessions(request.actor, key)
        messages.success(request, f"{french.counted(count, 'session fermée', 'sessions fermées').capitalize()}.")
        return redirect("usersessions_list")
    rows = UserSession.objects.purge_and_list(request.user)
    rows.sort(key=lambda row: (row.session_key != key, -row.created_at.timestamp()))
    items = [(row, described(row.user_agent), row.session_key == key) for row in rows]
    return render(request, "usersessions/usersession_list.html", {"items": items, "others": len(items) > 1})


@require_POST
def end_session(request: ActorRequest, session_id: int) -> HttpResponse:
    try:
        actions.end_session(request.actor, session_id)
    except UserSession.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "Session fermée.")
    return redirect("usersessions_list")


@login_not_required
@never_cache
def oidc_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider, by a page of ours: our security policy lets no form lead to another site, even by a detour."""
    response = _guarded(request, provider_id, OAuth2LoginView)
    target = response.get("Location", "")
    if response.status_code == 302 and urlsplit(target).netloc not in {"", request.get_host()}:
        context = {"address": target, "provider": Adapter(request, provider_id).get_provider().name}
        return render(request, "socialaccount/login_redirect.html", context)
    return response


@login_not_required
@never_cache
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _guarded(request, provider_id, OAuth2CallbackView)


def _guarded(request: HttpRequest, provider_id: str, view: type) -> HttpResponse:
    """allauth's view; one page of ours when the provider does not answer, or answers nonsense."""
    adapter = Adapter(request, provider_id)
    try:
        response: HttpResponse = view.adapter_view(adapter)(request)  # type: ignore[attr-defined]
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (requests.RequestException, OAuth2Error, KeyError) as error:
        response = render_authentication_error(request, adapter.get_provider(), exception=error)
    return response
