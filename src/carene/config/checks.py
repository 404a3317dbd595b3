# SPDX-License-Identifier: EUPL-1.2
"""What must not be open to others: with it ``carene serve`` refuses to start, and ``check --deploy`` fails."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

from carene.config import env
from carene.engines.sources import InputError

SHORTEST_KEY = 50


def loopback(host: str) -> bool:
    """True for an address that only this machine reaches."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def problems(host: str) -> list[tuple[str, str]]:
    """(what is unsafe, what to do) for a server listening on ``host``; empty when it may start.

    A server that listens to this machine only, under local names only, is open to nobody else: it may be careless. One
    that answers to other names is reached through a proxy.
    """
    found = []
    if len(settings.SECRET_KEY) < SHORTEST_KEY or len(set(settings.SECRET_KEY)) < 5:
        found.append(
            (
                f"la clé secrète a moins de {SHORTEST_KEY} caractères, ou presque toujours les mêmes",
                "en mettre une au hasard dans CARENE_SECRET_KEY, ou n'en donner aucune : Carène en fait une",
            )
        )
    if loopback(host) and all(loopback(name) for name in settings.ALLOWED_HOSTS):
        return found
    if settings.DEBUG:
        found.append(("CARENE_DEBUG montre le détail des erreurs à tous", "le retirer"))
    if "*" in settings.ALLOWED_HOSTS:
        found.append(("CARENE_HOSTS accepte n'importe quel nom", "y écrire les noms de ce serveur"))
    if not settings.HTTPS and not env.boolean("CARENE_ALLOW_HTTP"):
        found.append(
            (
                "les mots de passe passeraient en clair : CARENE_HTTPS n'est pas demandé",
                "CARENE_HTTPS=oui derrière un mandataire qui chiffre, ou CARENE_ALLOW_HTTP=oui pour s'en passer",
            )
        )
    if settings.HTTPS and not settings.SECURE_PROXY_SSL_HEADER:
        found.append(
            (
                "CARENE_HTTPS renverrait sans fin vers la même adresse : le mandataire n'est pas cru",
                "CARENE_BEHIND_PROXY=oui, et un mandataire qui écrit lui-même X-Forwarded-Proto",
            )
        )
    return found


def refuse_unsafe(host: str) -> None:
    """Raises InputError, naming everything that is unsafe, before a server listens on ``host``."""
    found = problems(host)
    if found:
        what = " ; ".join(what for what, _ in found)
        raise InputError(f"refus de démarrer : {what}", remedy=" ; ".join(remedy for _, remedy in found))


@register(Tags.security, deploy=True)
def deployment(app_configs: Any, **_kwargs: Any) -> list[Error]:
    """The same, as a check of Django: a deployment is open to others by definition."""
    return [Error(what, hint=remedy, id="carene.E001") for what, remedy in problems("0.0.0.0")]  # nosec B104
