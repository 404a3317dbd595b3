# SPDX-License-Identifier: EUPL-1.2
"""What people do to their own account."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError

from carene.core.access.actor import Actor
from carene.core.accounts import invitations
from carene.core.accounts.models import User
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines.sources import InputError

NO_LINK = "cette invitation ne sert plus : elle a servi, ou elle est trop ancienne"


def update_self(actor: Actor, *, name: str, function: str) -> None:
    """Changes one's own name and function."""
    user = _self(actor)
    before = {"name": user.name, "function": user.function}
    user.name, user.function = name.strip(), function.strip()
    with atomic_write():
        user.save(update_fields=["name", "function"])
        record(actor, "account.update", None, f"user:{user.pk}", before, {"name": user.name, "function": user.function})


def accept_invitation(token: str, password: str, *, address: str = "") -> User:
    """Sets the first password of the invited person; the link is used up in the same transaction.

    The caller has validated the password. Raises InputError when the link is of no use any more.
    """
    with atomic_write():
        invitation = invitations.find(token, lock=True)
        if invitation is None:
            raise InputError(NO_LINK, remedy="en demander une autre à la personne qui administre Carène")
        user = invitation.user
        user.set_password(password)
        user.save(update_fields=["password"])
        invitations.close(user)
        record(Actor(user, address=address), "account.invitation", None, f"user:{user.pk}")
    return user


def end_session(actor: Actor, session_id: int) -> None:
    """Closes one of one's own sessions: whoever holds it must sign in again at their next page.

    Raises UserSession.DoesNotExist when it is closed already, or somebody else's: nobody learns which.
    """
    user = _self(actor)
    with atomic_write():
        session = UserSession.objects.get(user_id=user.pk, pk=session_id)
        before = {"address": session.ip, "opened": session.created_at.isoformat()}
        session.end()
        record(actor, "account.session_end", None, f"user:{user.pk}", before, None)


def end_other_sessions(actor: Actor, current_key: str) -> int:
    """Closes all one's sessions but this one; gives how many."""
    user = _self(actor)
    with atomic_write():
        others = list(UserSession.objects.filter(user_id=user.pk).exclude(session_key=current_key).order_by("pk"))
        for session in others:
            session.end()
        if others:
            record(actor, "account.session_end", None, f"user:{user.pk}", {"count": len(others)}, None)
    return len(others)


def set_password(actor: Actor, user: User, password: str) -> None:
    """By the administrator of the server, for someone whom no letter reaches. Closes every session of this person.

    Raises InputError when the password is one that the person could not choose.
    """
    _server_only(actor)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InputError(" ; ".join(m.rstrip(".") for m in error.messages), remedy="en choisir un autre") from error
    with atomic_write():
        user.set_password(password)
        user.save(update_fields=["password"])
        invitations.close(user)
        record(actor, "account.password", None, f"user:{user.pk}")


def remove_factors(actor: Actor, user: User) -> int:
    """By the administrator of the server, for someone who lost them all; gives how many were removed."""
    _server_only(actor)
    with atomic_write():
        rows = Authenticator.objects.filter(user=user)
        types = sorted(rows.values_list("type", flat=True))
        rows.delete()
        if types:
            record(actor, "account.factor_remove", None, f"user:{user.pk}", {"types": types}, None)
    return len(types)


def _server_only(actor: Actor) -> None:
    if not actor.everywhere:
        message = "Seul l'administrateur du serveur le peut."
        raise PermissionDenied(message)


def _self(actor: Actor) -> User:
    if actor.user is None:
        message = "only a person has an account"
        raise TypeError(message)
    return actor.user
