# SPDX-License-Identifier: EUPL-1.2
"""What happens to accounts, told to the journal; and what the session must know of the second factor."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from django.dispatch import receiver
from django.http import HttpRequest

from carene.core.access.actor import Actor
from carene.core.accounts import invitations, second_factor
from carene.core.accounts.models import User
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record


def _tell(request: HttpRequest, user: User, verb: str, before: Any = None, after: Any = None) -> None:
    actor = Actor(user, address=get_adapter().get_client_ip(request))
    with atomic_write():
        record(actor, verb, None, f"user:{user.pk}", before, after)


@receiver(account.user_logged_in)
def _signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    if getattr(kwargs.get("sociallogin"), "strong", False):
        second_factor.mark(request, user)
    methods = [entry["method"] for entry in get_authentication_records(request, user)]
    _tell(request, user, "account.sign_in", None, {"with": list(dict.fromkeys(methods))})


@receiver(account.password_changed)
@receiver(account.password_set)
@receiver(account.password_reset)
def _password(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    with atomic_write():
        invitations.close(user)
        _tell(request, user, "account.password")


@receiver(mfa.authenticator_used)
def _factor_used(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    second_factor.mark(request, user)


@receiver(mfa.authenticator_added)
def _factor_added(request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    if authenticator.type in second_factor.STRONG:
        second_factor.mark(request, user)
    _tell(request, user, "account.factor_add", None, {"type": authenticator.type})


@receiver(mfa.authenticator_reset)
def _factor_reset(request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    _tell(request, user, "account.factor_reset", None, {"type": authenticator.type})


@receiver(mfa.authenticator_removed)
def _factor_removed(request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    if not second_factor.enrolled(user):
        request.session.pop(second_factor.SESSION_KEY, None)
    _tell(request, user, "account.factor_remove", {"type": authenticator.type})


@receiver(social.social_account_added)
def _linked(request: HttpRequest, sociallogin: Any, **_kwargs: Any) -> None:
    _tell(request, sociallogin.user, "account.link", None, {"provider": sociallogin.account.provider})


@receiver(social.social_account_removed)
def _unlinked(request: HttpRequest, socialaccount: Any, **_kwargs: Any) -> None:
    _tell(request, socialaccount.user, "account.unlink", {"provider": socialaccount.provider})
