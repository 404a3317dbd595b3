# SPDX-License-Identifier: EUPL-1.2
"""What a sign-in through an identity provider may do here: never make anybody more than they were known to be.

Known already (linked): comes in. Otherwise the address decides, if the settings trust the provider for it:
nobody has it → an account without any right; someone was invited under it → linked, the invitation is used;
someone has an account → they must come in their usual way first, and link from « Mon compte ».
An address that nobody vouches for, or none, opens and creates nothing.
"""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import get_client_ip
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.forms import DisconnectForm
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.signals import social_account_removed
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect, render

from carene.core.access.actor import Actor
from carene.core.accounts import invitations
from carene.core.accounts.models import User
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record

logger = logging.getLogger(__name__)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "no_password": "C'est votre seule façon d'entrer : choisir d'abord un mot de passe.",
        "connected_other": "Cette identité est déjà reliée à un autre compte.",
    }

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Those of the environment; no query."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True  # pre_social_login has decided

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        user.name = str(data.get("name") or data.get("email") or "")[:120]
        return user

    def is_email_verified(self, provider: Any, email: str) -> bool:
        return False  # ``Generic.extract_email_addresses`` has decided; nothing is verified by default

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        email = next((address.email for address in sociallogin.email_addresses if address.verified), None)
        context = {"provider": sociallogin.provider.name}
        if email is None:
            raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html", context, status=403))
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            return  # an account without any right
        if invitations.current(user) is None:
            messages.info(
                request,
                f"Un compte existe à cette adresse. Entrez avec votre mot de passe, puis reliez {context['provider']} "
                "depuis « Mon compte ».",
            )
            raise ImmediateHttpResponse(redirect("account_login"))
        with atomic_write():
            invitations.close(user)
            sociallogin.connect(request, user)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        with atomic_write():
            user: User = super().save_user(request, sociallogin, form)
            after = {"email": user.email, "provider": sociallogin.account.provider}
            record(Actor(user, address=get_client_ip(request) or ""), "account.create", None, _of(user), None, after)
        return user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """The log says what was refused, never what was received."""
        reason = str(exception) if exception and not str(exception).startswith("Error retrieving") else error
        logger.warning("connexion par %s refusée : %s", provider.app.provider_id, reason)


def _of(user: User) -> str:
    return f"user:{user.pk}"


class UnlinkForm(DisconnectForm):  # type: ignore[misc]
    """Also unlinks an identity whose provider is no longer configured: allauth would fail on it."""

    def rows(self) -> list[tuple[SocialAccount, str, str]]:
        """(identity, name of its provider, address or name that it told)."""
        names = {app.provider_id: app.name for app in SocialAccountAdapter().list_apps(self.request)}
        rows = []
        for account in self.accounts.order_by("pk"):
            told = account.extra_data.get("userinfo", {})
            rows.append(
                (account, names.get(account.provider, account.provider), told.get("email") or told.get("name", ""))
            )
        return rows

    def save(self) -> None:
        account = self.cleaned_data["account"]
        if SocialAccountAdapter().list_apps(self.request, provider=account.provider):
            super().save()
            return
        raise_if_reauthentication_required(self.request, app="allauth.socialaccount")
        with atomic_write():
            account.delete()
            social_account_removed.send(sender=SocialAccount, request=self.request, socialaccount=account)


def provider_names(request: HttpRequest) -> list[str]:
    """Names of the identity providers of this server; none unless the environment names some. No query."""
    return [app.name for app in SocialAccountAdapter().list_apps(request)]
