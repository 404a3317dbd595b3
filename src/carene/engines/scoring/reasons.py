# SPDX-License-Identifier: EUPL-1.2
"""Why a criterion is a strength or a weakness: one French sentence made of its own facts.

It opens with the text of the level reached, since that is what the reader recognises of the hospital; then come the
distance to the target, the way since the previous assessment, and what supports or weakens the answer.
"""

from __future__ import annotations

from carene.engines import french
from carene.engines.referential.model import Criterion, Indicator
from carene.engines.scoring.measured import format_value
from carene.engines.scoring.model import CriterionResult


def weakness_reason(criterion: Criterion, result: CriterionResult, indicator: Indicator | None) -> str:
    """Why this criterion, below its target, deserves attention."""
    level, gap = result.level or 0, result.target - (result.level or 0)
    if level == 0 and result.target == criterion.top:
        distance = f"tout reste à faire pour atteindre la cible de {result.target}"
    elif gap == 1:
        distance = f"il manque un niveau pour atteindre la cible de {result.target}"
    else:
        distance = f"{french.in_words(gap)} niveaux sous la cible de {result.target}"
    return _sentence(criterion, result, indicator, distance, weak=True)


def strength_reason(criterion: Criterion, result: CriterionResult, indicator: Indicator | None) -> str:
    """Why this criterion is something to lean on."""
    level, above = result.level or 0, (result.level or 0) - result.target
    if level == criterion.top:
        distance = "le plus haut niveau"
        if above > 0:
            distance += f", pour une cible de {result.target}"
    elif above > 0:
        distance = f"la cible de {result.target} est dépassée {french.of(_levels(above))}"
    else:
        distance = f"la cible de {result.target} est atteinte"
    return _sentence(criterion, result, indicator, distance, weak=False)


def _sentence(
    criterion: Criterion, result: CriterionResult, indicator: Indicator | None, distance: str, *, weak: bool
) -> str:
    if criterion.socle:
        distance += ", sur une question du socle"
    clauses = [distance, _trend(result), _support(result, indicator, weak=weak)]
    return f"{_state(criterion, result)} : {' ; '.join(clause for clause in clauses if clause)}."


def _state(criterion: Criterion, result: CriterionResult) -> str:
    level = result.level or 0
    text = criterion.levels[level].strip()
    named = f"Niveau {level}" if criterion.top == 4 else f"Niveau {level} sur {criterion.top}"
    return f"{named}, {french.quoted(text)}" if text else named


def _trend(result: CriterionResult) -> str:
    """What changed since the previous assessment; silent when there was none."""
    if result.previous is None or result.level is None:
        return ""
    change = result.level - result.previous
    if change < 0:
        return f"un recul depuis l'évaluation précédente, qui était au niveau {result.previous}"
    if change > 0:
        return f"{_levels(change)} de plus qu'à l'évaluation précédente"
    return "rien n'a changé depuis l'évaluation précédente" if result.level < result.target else ""


def _support(result: CriterionResult, indicator: Indicator | None, *, weak: bool) -> str:
    """What supports or weakens the level: a measure, a contradiction, an answer that has grown old."""
    seen = result.observation
    if result.measured is None or seen is None or indicator is None:
        return _age(result)
    fact = f"la valeur mesurée le {french.long_date(seen.observed_on)} ({format_value(indicator, seen.value)})"
    if result.declared is None:
        return f"personne n'a répondu, c'est {fact} qui le dit"
    if result.measured < result.declared:
        if weak:
            return f"{fact} est plus sévère encore et ne donne que le niveau {result.measured}"
        return f"{fact} ne le confirme pas et s'arrête au niveau {result.measured}"
    if result.measured > result.declared:
        if weak:
            return f"{fact} donne pourtant le niveau {result.measured}, la réponse est à revoir"
        return f"{fact} donne même le niveau {result.measured}"
    return f"{fact} le confirme"


def _age(result: CriterionResult) -> str:
    if result.state != "stale" or result.answered_on is None:
        return ""
    answered = french.long_date(result.answered_on)
    if result.observation is not None:
        return f"la réponse date du {answered} et la dernière valeur mesurée n'est plus valable"
    return f"la réponse date du {answered} et rien ne l'a confirmée depuis"


def _levels(count: int) -> str:
    return f"{french.in_words(count)} {french.plural(count, 'niveau')}"
