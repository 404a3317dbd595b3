# SPDX-License-Identifier: EUPL-1.2
"""Whose turn it is: on which node each side of the circuit holds its right, and what keeps a move from being made."""

from __future__ import annotations

from carene.apps.funding import queries
from carene.apps.funding.dossier import Dossier
from carene.apps.funding.holding import CLOSED, SUCCESSOR
from carene.apps.funding.models import Application
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines import french
from carene.engines.funding.circuit import Move, Who, standing
from carene.engines.funding.model import STEPS
from carene.engines.sources import InputError

VERBS: dict[Who, str] = {"candidate": "funding.submit", "region": "funding.control", "nation": "funding.pay"}
NAMES: dict[Who, str] = {"candidate": "le candidat", "region": "l'ARS", "nation": "l'ANS"}
SENDS = frozenset({"declare", "answer_region", "answer_nation"})


def place_of(application: Application, who: Who) -> Organisation | None:
    """On which node one must hold the right; None when nobody stands there in this instance."""
    if who == "candidate":
        return application.node.organisation
    return queries.places_above(application.node).get(who)


def may(actor: Actor, application: Application, who: Who) -> bool:
    place = place_of(application, who)
    return place is not None and actor.can(VERBS[who], place.node)


def require(actor: Actor, application: Application, who: Who) -> None:
    """Raises PermissionDenied, InputError when this instance has neither region nor nation above the candidate."""
    place = place_of(application, who)
    if place is None:
        raise InputError(
            f"personne ne tient ici la place de {NAMES[who]}", remedy="rattacher le candidat à sa région et à la nation"
        )
    actor.require(VERBS[who], place.node)


def obstacles(dossier: Dossier, move: Move) -> list[str]:
    """What keeps this move from being made now, in words; empty when it may."""
    found = list(_window(dossier, move))
    if move.id in {"apply", "resume", *SENDS}:
        found += _candidate(dossier)
    if move.id in {"apply", *SENDS} and dossier.missing:
        count = french.counted(len(dossier.missing), "point reste", "points restent")
        found.append(f"{count} à compléter : {french.listing(row.item.id for row, _ in dossier.missing)}")
    if move.id == "declare" and dossier.rows and not any(row.reached for row in dossier.due):
        found.append("rien n'est déclaré atteint")
    level = {"pass": "region", "approve": "nation"}.get(move.id)
    if level and (left := dossier.undecided(level)):
        found.append(f"décider encore de {french.listing(row.item.id for row in left)}")
    if move.id == "recall_declaration" and any("region" in row.decisions for row in dossier.rows.values()):
        found.append("l'ARS a commencé à décider : lui demander de renvoyer le dossier")
    return found


def _candidate(dossier: Dossier) -> list[str]:
    """Is who carries the file still there to carry it?"""
    if dossier.organisation.closed_on is not None:
        return [f"{CLOSED} : {SUCCESSOR}"]
    if dossier.group is not None and dossier.group.pk not in dossier.application.node.ancestor_ids:
        return [f"{dossier.organisation} n'est plus membre de {dossier.group}"]
    return []


def _window(dossier: Dossier, move: Move) -> list[str]:
    if not move.window:
        return []
    seen = standing(dossier.domain, move.window, dossier.today)
    if seen.open is not False or not seen.binds or dossier.waived(move.window):
        return []
    return [f"la fenêtre « {STEPS[move.window].lower()} » est {seen.words} ; l'ARS peut l'admettre, en disant pourquoi"
            if seen.words.startswith("fermée")
            else f"la fenêtre « {STEPS[move.window].lower()} » {seen.words}"]  # fmt: skip
