# SPDX-License-Identifier: EUPL-1.2
"""Who speaks to the API: a person with a session (and its CSRF token), or a machine with a key."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie

from carene.apps.exchange import queries
from carene.apps.exchange.actions import digest
from carene.apps.exchange.models import ApiToken
from carene.core.access.actor import Actor, Grant
from carene.core.database.writes import atomic_write

SAFE = {"GET", "HEAD", "OPTIONS"}
NOTED_EVERY = dt.timedelta(hours=1)  # the last use is for people: no need to write at every call


class Key(HttpBearer):
    """``Authorization: Bearer carene_…``. The rights are those of its owner, on its organisation and below it."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        found = queries.token_of(digest(token))
        now = timezone.now()
        if found is None or not found.works_on(now) or not found.user.is_active:
            return None
        if found.read_only and request.method not in SAFE:
            raise HttpError(403, "Cette clé est en lecture seule ; en créer une qui peut écrire.")
        if found.last_used_at is None or now - found.last_used_at > NOTED_EVERY:
            with atomic_write():
                ApiToken.objects.of(found.node).filter(pk=found.pk).update(last_used_at=now)
        actor = narrowed(Actor.of(found.user, origin="api", address=request.META.get("REMOTE_ADDR", "")), found)
        request.actor = actor  # type: ignore[attr-defined]
        return actor


class Session(APIKeyCookie):
    """The session of the web pages; what changes something needs the CSRF token too."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        if not request.user.is_authenticated:
            return None
        actor = Actor.of(request.user, origin="api", address=request.META.get("REMOTE_ADDR", ""))
        request.actor = actor  # type: ignore[attr-defined]
        return actor


def narrowed(actor: Actor, token: ApiToken) -> Actor:
    """The same person, seen from the node of the key: rights held above count there, rights held elsewhere do not."""
    path = token.node.path
    grants = []
    for grant in actor.grants:
        if path.startswith(grant.path):
            grants.append(Grant(path, grant.role))
        elif grant.path.startswith(path):
            grants.append(grant)
    return Actor(actor.user, tuple(grants), actor.origin, actor.address)
