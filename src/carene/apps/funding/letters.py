# SPDX-License-Identifier: EUPL-1.2
"""Letters to those whose turn it is: which file, where it stands; neither what it holds, nor a link."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from carene.apps.funding.models import Application
from carene.apps.funding.queries import places_above
from carene.apps.organisations import queries as organisations
from carene.core.accounts.mail import deliver
from carene.engines.funding.circuit import Move

CANDIDATES = frozenset({"direction", "rssi"})
OFFICERS = {"region": frozenset({"officier"}), "nation": frozenset({"national"})}
TURN = {"applied": "region", "declared": "region", "national": "nation", "approved": "nation"}


def addresses(application: Application, step: Move) -> list[str]:
    """Those of the candidate when somebody above moved the file, else those whose turn it is."""
    if step.who != "candidate":
        people = organisations.colleagues(application.node, verb_roles=CANDIDATES)
        found = list(people.values_list("email", flat=True))
    else:
        found = []
    turn = TURN.get(step.target)
    place = places_above(application.node).get(turn) if turn and turn != step.who else None
    if place is not None and turn is not None:
        found += organisations.colleagues(place.node, verb_roles=OFFICERS[turn]).values_list("email", flat=True)
    return list(dict.fromkeys(found))


def say(whom: Sequence[str], name: str, stage: str) -> bool:
    """One letter, each hidden from the others. Nothing is tried when there is no mail server."""
    if not settings.EMAIL_HOST or not whom:
        return False
    body = render_to_string("funding/letter.txt", {"name": name, "stage": stage})
    return deliver(EmailMessage("Un dossier de financement a avancé dans Carène", body, bcc=list(whom)))
