# SPDX-License-Identifier: EUPL-1.2
"""The documents of an assessment that lives in a file: a dossier from its outcome. Pure: no database, no settings."""

from __future__ import annotations

import re

from carene.apps.reports.rendering.dossier import Dossier, TrendPoint
from carene.apps.risks.board import Board, board
from carene.apps.risks.moments import Levels, along
from carene.engines import french
from carene.engines.exchange.assess import Outcome
from carene.engines.exchange.questionnaire import Card, Note
from carene.engines.exchange.values import folded
from carene.engines.referential.catalogue import CARE
from carene.engines.referential.model import Referential
from carene.engines.scoring.model import Answer
from carene.engines.simulation.case import case_of
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.outcome import Outcome as Simulated
from carene.engines.simulation.simulate import simulate

UNNAMED = "Établissement sans nom"
CONFIDENCE = {
    "official": "texte officiel",
    "secondary": "source secondaire",
    "inferred": "déduit",
    "to_check": "à vérifier",
}


def dossier_of(outcome: Outcome) -> Dossier:
    """Everything that the PDF and the XLSX need."""
    found = outcome.questionnaire
    judgement = outcome.judgement
    card = found.card
    return Dossier(
        organisation=card.name or UNNAMED,
        referential=outcome.referential,
        profile=outcome.profile,
        judgement=judgement,
        prepared_on=outcome.today,
        key=card.finess or re.sub(r"[^a-z0-9]", "", folded(card.name)) or "sans-nom",
        subtitle=subtitle(card, outcome.referential),
        evaluated=f"Auto-évaluation du {french.long_date(outcome.today)}, lue d'un fichier.",
        plan=outcome.plan,
        assumptions=(*outcome.notices, *(_source(note) for note in found.sources)),
        history=(TrendPoint(outcome.today, judgement.overall.score, {a.id: a.score for a in judgement.axes}),),
        answers={
            key: Answer(key, one.level, one.not_applicable, one.justification, one.comment, outcome.today)
            for key, one in found.answers.items()
        },
        overridden=frozenset(found.means.overrides),
        risk=risk_of(outcome) if outcome.referential.id == CARE else None,
    )


def risk_of(outcome: Outcome) -> Board:
    """What attacks may cost with these answers, and with the plan when there is one."""
    model, budget = shipped(), outcome.questionnaire.card.operating_budget
    case = case_of(outcome.judgement, outcome.profile, budget)

    def simulated(levels: Levels) -> Simulated:
        return simulate(model, levels, case.establishment)

    if outcome.plan is None:
        return board(model, simulated(case.levels))
    moments = along(outcome.plan, case.levels, outcome.today, simulated)
    return board(model, moments[0].outcome, moments)


def subtitle(card: Card, referential: Referential) -> str:
    """« Centre hospitalier, Valmont, 412 lits et places, 1 180 postes »."""
    parts = [referential.types.get(card.type or "", card.type or ""), card.town]
    if card.beds:
        parts.append(french.counted(card.beds, "lit ou place", "lits et places"))
    if card.workstations:
        parts.append(french.counted(card.workstations, "poste"))
    if card.operating_budget:
        parts.append(f"{french.compact_euros(card.operating_budget)} de budget d'exploitation")
    return ", ".join(part for part in parts if part)


def _source(note: Note) -> str:
    """« Source : titre (2025, source secondaire). »"""
    about = ", ".join(part for part in (note.date, CONFIDENCE.get(note.confidence or "", "")) if part)
    return f"Source : {note.title.rstrip('.')}{f' ({about})' if about else ''}."
