# SPDX-License-Identifier: EUPL-1.2
"""How allauth behaves here: nobody signs up by themselves, and what it says is in our words."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from carene.core.accounts import mail
from carene.core.accounts.devices import described

SAID_BY_THE_PAGE = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}
MESSAGES = {
    "account/messages/password_changed.txt": "Mot de passe changé.",
    "account/messages/password_set.txt": "Mot de passe enregistré.",
    "mfa/messages/recovery_codes_generated.txt": "Nouveaux codes de secours : les anciens ne servent plus.",
    "mfa/messages/totp_activated.txt": "L'application d'authentification est activée.",
    "mfa/messages/totp_deactivated.txt": "L'application d'authentification est retirée.",
    "mfa/messages/webauthn_added.txt": "Clé ajoutée.",
    "mfa/messages/webauthn_removed.txt": "Clé retirée.",
    "socialaccount/messages/account_connected.txt": "Identité reliée à votre compte.",
    "socialaccount/messages/account_connected_updated.txt": "Cette identité était déjà reliée à votre compte.",
    "socialaccount/messages/account_connected_other.txt": "Cette identité est déjà reliée à un autre compte.",
    "socialaccount/messages/account_disconnected.txt": "Cette identité n'est plus reliée à votre compte.",
}
# Letters that tell of a change: subject, sentence.
NOTICES = {
    "account/email/password_changed": ("mot de passe changé", "Le mot de passe de votre compte a été changé."),
    "account/email/password_reset": ("mot de passe changé", "Le mot de passe de votre compte a été changé."),
    "account/email/password_set": ("mot de passe choisi", "Un mot de passe a été choisi pour votre compte."),
    "mfa/email/recovery_codes_generated": (
        "nouveaux codes de secours",
        "De nouveaux codes de secours ont été créés ; les anciens ne servent plus.",
    ),
    "mfa/email/totp_activated": (
        "application d'authentification activée",
        "Une application d'authentification protège maintenant votre compte.",
    ),
    "mfa/email/totp_deactivated": (
        "application d'authentification retirée",
        "L'application d'authentification ne protège plus votre compte.",
    ),
    "mfa/email/webauthn_added": ("clé ajoutée", "Une clé de sécurité a été ajoutée à votre compte."),
    "mfa/email/webauthn_removed": ("clé retirée", "Une clé de sécurité a été retirée de votre compte."),
    "socialaccount/email/account_connected": ("identité reliée", "Une identité a été reliée à votre compte."),
    "socialaccount/email/account_disconnected": ("identité déliée", "Une identité n'est plus reliée à votre compte."),
}
WAYS = {
    "reauthenticate": "Avec mon mot de passe",
    "mfa_reauthenticate": "Avec un code",
    "mfa_reauthenticate:webauthn": "Avec une clé de sécurité",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "L'adresse ou le mot de passe n'est pas le bon.",
        "too_many_login_attempts": "Trop d'essais : attendre cinq minutes avant de recommencer.",
        "rate_limited": "Trop d'essais : attendre un peu avant de recommencer.",
    }

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Nothing pops up for what one sees anyway: that one has come in, or gone out."""
        if message_template in SAID_BY_THE_PAGE:
            return
        if message_template in MESSAGES:
            kwargs = {"message": MESSAGES[message_template]}
        super().add_message(request, level, message_template, *args, **kwargs)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        return [{**way, "description": WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not right after coming in: what was proved a minute ago need not be proved again."""
        request = context.request
        last = max((entry["at"] for entry in get_authentication_records(request, request.user)), default=0.0)
        recent = time.time() - last < app_settings.REAUTHENTICATION_TIMEOUT
        return not recent and bool(super().is_reauthentication_required(app=app))

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """One letter for all changes. Raises KeyError for one that we have no words for: a bug."""
        subject, sentence = NOTICES[template_prefix]
        values = {
            "person": user,
            "sentence": sentence,
            "timestamp": timezone.now(),
            "ip": self.get_client_ip(self.request),
            "device": described(self.get_http_user_agent(self.request)),
        }
        body = render_to_string("account/email/notice_message.txt", values)
        message = EmailMessage(self.format_email_subject(subject), body, None, [email or user.email])
        # After the transaction: nobody waits for a mail server while holding the database.
        transaction.on_commit(lambda: mail.deliver(message))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail.deliver(self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context}))
