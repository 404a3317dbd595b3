# SPDX-License-Identifier: EUPL-1.2
"""Letters of the accounts. A letter may hold a link that opens an account: none is ever written to the log."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from carene.core.accounts.models import Invitation

logger = logging.getLogger(__name__)


class Unconfigured(BaseEmailBackend):
    """In place of a mail server when none is given: says that a letter was not sent, never what it said."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            logger.warning("courriel non envoyé, CARENE_SMTP_HOST n'est pas renseigné : « %s »", message.subject)
        return 0


def deliver(message: EmailMessage) -> bool:
    """Sends; False, and a line in the log, when the mail server did not take it."""
    try:
        return bool(message.send())
    except (smtplib.SMTPException, OSError) as error:
        logger.error("courriel « %s » non envoyé : %s", message.subject, type(error).__name__)
        return False


def say_a_request_waits(addresses: Sequence[str], where: str) -> bool:
    """One letter to those who may answer, each hidden from the others: neither who asks, nor what, nor a link.

    Nothing is tried, nor logged, when there is no mail server: the request is seen on the home page anyway.
    """
    if not settings.EMAIL_HOST or not addresses:
        return False
    body = render_to_string("account/email/request_message.txt", {"where": where})
    return deliver(EmailMessage("Une demande vous attend dans Carène", body, bcc=list(addresses)))


def send_invitation(invitation: Invitation, link: str, where: str, by: str) -> bool:
    """Sends the link to the person; False when it could not be sent."""
    context = {"person": invitation.user, "link": link, "where": where, "by": by, "until": invitation.expires_at}
    body = render_to_string("account/email/invitation_message.txt", context)
    try:
        return bool(send_mail("Carène : votre accès", body, None, [invitation.user.email]))
    except (smtplib.SMTPException, OSError) as error:
        logger.error("invitation non envoyée : %s", type(error).__name__)
        return False
