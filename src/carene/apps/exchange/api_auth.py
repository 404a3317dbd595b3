# SPDX-License-Identifier: EUPL-1.2
"""Who speaks to the API: a person with a session (and its CSRF token), or a machine with a key."""

from __future__ import annotations

import datetime as dt

from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie

from carene.apps.exchange import queries
from carene.apps.exchange.actions import digest
from carene.apps.exchange.models import ApiToken
from carene.core.access.actor import Actor
from carene.core.access.middleware import acting
from carene.core.database.writes import atomic_write
from carene.core.row_security import scope

SAFE = {"GET", "HEAD", "OPTIONS"}
NOTED_EVERY = dt.timedelta(hours=1)  # the last use is for people: no need to write at every call


class Key(HttpBearer):
    """``Authorization: Bearer carene_…``. The rights are those of its owner, on its organisation and below it."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        with scope.everything("whose key this is"):
            found = queries.token_of(digest(token))
        now = timezone.now()
        if found is None or not found.works_on(now) or not found.user.is_active:
            if not ratelimit.consume(request, app="allauth.account", action="api_key", limit_get=True):
                raise HttpError(429, "Trop de clés refusées ; attendre une minute, puis vérifier la clé.")
            return None
        if found.read_only and request.method not in SAFE:
            raise HttpError(403, "Cette clé est en lecture seule ; en créer une qui peut écrire.")
        actor = narrowed(Actor.of(found.user, origin="api", address=get_client_ip(request) or ""), found)
        request.actor = acting(actor)  # type: ignore[attr-defined]
        if found.last_used_at is None or now - found.last_used_at > NOTED_EVERY:
            with scope.everything("even a key whose owner lost their rights is seen to be used"), atomic_write():
                ApiToken.objects.of(found.node).filter(pk=found.pk).update(last_used_at=now)
        return actor


class Session(APIKeyCookie):
    """The session of the web pages; what changes something needs the CSRF token too."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        """A machine whose key is wrong is told so; the CSRF token is a matter of browsers."""
        if self.param_name not in request.COOKIES or "Authorization" in request.headers:
            return None
        try:
            return super()._get_key(request)
        except HttpError as error:
            raise HttpError(403, "Le jeton de la page manque ou a vieilli ; recharger la page.") from error

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        if key is None or not request.user.is_authenticated:
            return None
        actor = Actor.of(request.user, origin="api", address=get_client_ip(request) or "")
        request.actor = acting(actor)  # type: ignore[attr-defined]
        return actor


def narrowed(actor: Actor, token: ApiToken) -> Actor:
    """The same person, seen from the node of the key: rights held above count there, rights held elsewhere do not."""
    path = token.node.path
    grants = []
    for grant in actor.grants:
        if path.startswith(grant.path):
            grants.append(grant._replace(path=path))
        elif grant.path.startswith(path):
            grants.append(grant)
    return Actor(actor.user, tuple(grants), actor.origin, actor.address)
