# SPDX-License-Identifier: EUPL-1.2
"""The circuit of an application: its states, who moves it, what brings it back, and the windows of its steps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from carene.engines import french
from carene.engines.funding.model import Domain, WindowShape

Who = Literal["candidate", "region", "nation"]

STATES: dict[str, str] = {
    "draft": "candidature en préparation",
    "applied": "candidature déposée",
    "rejected": "candidature non retenue",
    "operating": "phase opérationnelle",
    "declared": "contrôle de l'ARS",
    "asked_by_region": "complément demandé par l'ARS",
    "national": "contrôle de l'ANS",
    "asked_by_nation": "complément demandé par l'ANS",
    "approved": "à payer",
    "paid": "payé",
    "withdrawn": "abandonné par le candidat",
}
STEP_OF: dict[str, str] = {  # the step whose window a state waits for
    "draft": "application",
    "applied": "application",
    "operating": "declaration",
    "declared": "region",
    "asked_by_region": "region",
    "national": "nation",
    "asked_by_nation": "nation",
    "approved": "payment",
}
EDITABLE = frozenset({"draft", "operating", "asked_by_region", "asked_by_nation"})
COMMITTED = frozenset({"operating", "declared", "asked_by_region", "national", "asked_by_nation", "approved", "paid"})
OVER = frozenset({"rejected", "paid", "withdrawn"})
CONTROLS: dict[str, Who] = {"declared": "region", "national": "nation"}  # where items are decided upon, and by whom


@dataclass(frozen=True)
class Move:
    """``window``: the step whose window must be open. ``reason``: it must be said. ``back``: it undoes something."""

    id: str
    label: str
    said: str  # what the journal and the file tell: « a déposé la candidature »
    origins: tuple[str, ...]
    target: str
    who: Who
    window: str = ""
    reason: bool = False
    back: bool = False


MOVES: dict[str, Move] = {
    move.id: move
    for move in (
        Move("apply", "Déposer la candidature", "a déposé la candidature", ("draft",), "applied", "candidate",
             "application"),
        Move("recall", "Reprendre la candidature", "a repris la candidature", ("applied",), "draft", "candidate",
             back=True),
        Move("retain", "Retenir la candidature", "a retenu la candidature", ("applied",), "operating", "region"),
        Move("reject", "Ne pas la retenir", "n'a pas retenu la candidature", ("applied",), "rejected", "region",
             reason=True),
        Move("reconsider", "Revenir sur cette décision", "est revenu sur la candidature", ("rejected", "operating"),
             "applied", "region", reason=True, back=True),
        Move("declare", "Transmettre la déclaration", "a transmis la déclaration", ("operating",), "declared",
             "candidate", "declaration"),
        Move("recall_declaration", "Reprendre la déclaration", "a repris la déclaration", ("declared",), "operating",
             "candidate", back=True),
        Move("ask_region", "Demander un complément", "a demandé un complément", ("declared",), "asked_by_region",
             "region", reason=True),
        Move("answer_region", "Renvoyer à l'ARS", "a renvoyé le dossier complété", ("asked_by_region",), "declared",
             "candidate"),
        Move("pass", "Clore le contrôle de l'ARS", "a clos le contrôle de l'ARS", ("declared",), "national", "region"),
        Move("ask_nation", "Demander un complément", "a demandé un complément", ("national",), "asked_by_nation",
             "nation", reason=True),
        Move("answer_nation", "Renvoyer à l'ANS", "a renvoyé le dossier complété", ("asked_by_nation",), "national",
             "candidate"),
        Move("send_back", "Rendre à l'ARS", "a rendu le dossier à l'ARS", ("national",), "declared", "nation",
             reason=True, back=True),
        Move("approve", "Clore le contrôle de l'ANS", "a clos le contrôle de l'ANS", ("national",), "approved",
             "nation"),
        Move("reopen", "Rouvrir le contrôle", "a rouvert le contrôle de l'ANS", ("approved",), "national", "nation",
             reason=True, back=True),
        Move("pay", "Enregistrer le paiement", "a enregistré le paiement", ("approved",), "paid", "nation"),
        Move("unpay", "Annuler le paiement enregistré", "a annulé le paiement enregistré", ("paid",), "approved",
             "nation", reason=True, back=True),
        Move("withdraw", "Abandonner", "a abandonné le dossier", ("draft", "applied", "operating"), "withdrawn",
             "candidate", reason=True, back=True),
        Move("resume", "Reprendre le dossier", "a repris le dossier", ("withdrawn",), "draft", "candidate", back=True),
    )
}  # fmt: skip


def moves_from(state: str) -> list[Move]:
    """Those that lead out of a state, in the order of the circuit."""
    return [move for move in MOVES.values() if state in move.origins]


@dataclass(frozen=True)
class Standing:
    """A window seen on a day. ``open`` None: the texts that we read give no date. ``binds``: an official date says no.

    A date that is not official is shown and stops nobody.
    """

    open: bool | None
    binds: bool
    words: str


def standing(domain: Domain, step: str, today: dt.date) -> Standing:
    window = domain.window(step)
    start, end = window.start, window.end
    if start and today < start.day:
        binds = domain.confidence(start.source) == "official"
        return Standing(False, binds, f"ouvre le {french.long_date(start.day)}, {french.due(start.day, today)}")
    if end and today > end.day:
        binds = domain.confidence(end.source) == "official"
        return Standing(False, binds, f"fermée depuis le {french.long_date(end.day)}")
    if end:
        return Standing(True, False, f"ouverte jusqu'au {french.long_date(end.day)}, {french.due(end.day, today)}")
    if start:
        return Standing(True, False, f"ouverte depuis le {french.long_date(start.day)}, sans fin publiée")
    return Standing(None, False, "dates non publiées à notre connaissance")


def span(window: WindowShape) -> str:
    """« du 2 septembre 2025 au 31 octobre 2025 », « jusqu'au 30 juin 2025 », empty when nothing is known."""
    start, end = window.start, window.end
    if start and end:
        return f"du {french.long_date(start.day)} au {french.long_date(end.day)}"
    if start:
        return f"à partir du {french.long_date(start.day)}"
    return f"jusqu'au {french.long_date(end.day)}" if end else ""


def deadline(domain: Domain, state: str) -> dt.date | None:
    """The last day of the step that a state waits for, when it is known."""
    step = STEP_OF.get(state)
    end = domain.window(step).end if step else None
    return end.day if end else None
