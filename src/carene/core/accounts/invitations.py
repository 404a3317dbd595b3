# SPDX-License-Identifier: EUPL-1.2
"""The links by which people who were given a role choose their first password."""

from __future__ import annotations

import datetime as dt
import secrets

from allauth.socialaccount.models import SocialAccount
from django.core import signing
from django.utils import timezone

from carene.core.accounts.models import Invitation, User

SALT = "carene.invitation"
VALID_FOR = dt.timedelta(days=7)


def needed(user: User) -> bool:
    """True while this person has no way to come in: neither password nor linked identity."""
    return user.is_active and not user.has_usable_password() and not SocialAccount.objects.filter(user=user).exists()


def issue(user: User) -> Invitation:
    """A new link; the one before stops working. To be called inside a transaction."""
    now = timezone.now()
    Invitation.objects.filter(user=user, used_at=None).update(used_at=now)
    return Invitation.objects.create(user=user, nonce=secrets.token_urlsafe(32), expires_at=now + VALID_FOR)


def token(invitation: Invitation) -> str:
    """What stands in the link. Needs the server's key: whoever reads the database cannot make it."""
    return signing.Signer(salt=SALT).sign(invitation.nonce)


def current(user: User) -> Invitation | None:
    """The link that works today for this person."""
    found = Invitation.objects.filter(user=user, used_at=None, expires_at__gt=timezone.now()).first()
    return found if found and needed(user) else None


def find(text: str, *, lock: bool = False) -> Invitation | None:
    """The invitation of a link; None when it was altered, has expired, has served, or is of no use any more.

    ``lock`` keeps the row until the end of the transaction: two people with the same link cannot both use it.
    """
    try:
        nonce = signing.Signer(salt=SALT).unsign(text)
    except signing.BadSignature:
        return None
    rows = Invitation.objects.filter(nonce=nonce, used_at=None, expires_at__gt=timezone.now())
    if lock:
        rows = rows.select_for_update()
    found = rows.first()
    if found is None or not needed(found.user):
        return None
    return found


def close(user: User) -> None:
    """Closes what is open for this person: they have come in another way."""
    Invitation.objects.filter(user=user, used_at=None).update(used_at=timezone.now())
