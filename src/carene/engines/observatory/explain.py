# SPDX-License-Identifier: EUPL-1.2
"""How a figure is made, in French: what is computed, on whom, for how long a value counts, what is aimed at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from carene.engines import french
from carene.engines.observatory.model import Figure, Goal, Observatory, Target
from carene.engines.referential.model import Referential
from carene.engines.scoring.measured import format_value

KINDS = {
    frozenset({"entity"}): "les entités juridiques",
    frozenset({"site"}): "les établissements géographiques",
    frozenset({"entity", "site"}): "les entités juridiques et les établissements",
}
CONFIDENCE = {
    "official": "texte officiel",
    "secondary": "source secondaire",
    "inferred": "estimation de Carène",
    "to_check": "à vérifier",
}


def written(figure: Figure, value: float | None) -> str:
    """« 71,4 % », « 2,3 », « 12 incidents »; « non calculable » where there is none."""
    if value is None:
        return "non calculable"
    if figure.unit == "%":
        return french.percent(value)
    if figure.unit in ("jours", "incidents"):
        return french.with_unit(value, french.plural(value, figure.unit.removesuffix("s")), 1 if value % 1 else 0)
    return french.with_unit(value, figure.unit, 1 if value % 1 else 0)


def written_of_one(figure: Figure, value: float, referential: Referential) -> str:
    """The value of one unit: « oui », « 3 fonctions » where the figure of the whole is a share."""
    if figure.formula.kind == "ratio":
        return written(figure, value)
    return format_value(referential.indicator[figure.formula.of], value)


def explain(figure: Figure, observatory: Observatory, referential: Referential) -> list[str]:
    """Sentences in the order in which one asks: how, who, until when, aiming at what."""
    return [
        _formula(figure, referential),
        _population(figure, referential),
        f"Une valeur compte {figure.validity_months} mois, celui de sa mesure compris.",
        *_bounds(figure),
        *_goal(figure),
        *_target(figure, observatory),
        *([figure.note] if figure.note else []),
    ]


def _formula(figure: Figure, referential: Referential) -> str:
    formula = figure.formula
    of = f"« {referential.indicator[formula.of].title} »"
    weighted = ", chacun pesant selon son activité combinée" if figure.weighting == "activity" else ""
    if formula.kind == "mean":
        return f"Moyenne de {of} sur ceux qui ont répondu{weighted}."
    if formula.kind == "sum":
        return f"Somme de {of} sur ceux qui ont répondu."
    if formula.kind == "ratio":
        over = referential.indicator[formula.over].title
        return f"Somme de {of} divisée par la somme de « {over} » ; rien n'est calculé quand celle-ci est nulle."
    if referential.indicator[formula.of].kind == "boolean":
        return f"Part de ceux qui répondent oui à {of}, parmi ceux qui ont répondu{weighted}."
    sign = "au moins" if formula.op == ">=" else "au plus"
    return (
        f"Part de ceux dont {of} vaut {sign} {french.number(formula.threshold)}, parmi ceux qui ont répondu{weighted}."
    )


def _population(figure: Figure, referential: Referential) -> str:
    population = figure.population
    words = [KINDS[population.kinds]]
    words += _named(population.ght, referential.ght_roles)
    words += _named(population.types, referential.types)
    return f"Comptent {', '.join(words)}. L'ouverture et le rattachement sont ceux de la fin du mois."


def _named(keys: frozenset[str] | None, names: Mapping[str, str]) -> Iterator[str]:
    if keys is not None:
        yield " ou ".join(name[:1].lower() + name[1:] for key, name in names.items() if key in keys)


def _bounds(figure: Figure) -> Iterator[str]:
    if figure.formula.kind != "ratio" and figure.minimum is not None and figure.maximum is not None:
        low, high = french.number(figure.minimum), french.number(figure.maximum)
        yield f"Une valeur hors de {low} à {high} est une erreur de saisie ou d'unité : elle ne compte pas."


def _goal(figure: Figure) -> Iterator[str]:
    if figure.goal is not None and figure.formula.kind != "share":
        aimed = f"{_sign(figure.goal)} {written(figure, figure.goal.value)}{_sure(figure.goal)}"
        yield f"Un établissement est à l'objectif {aimed}."


def _target(figure: Figure, observatory: Observatory) -> Iterator[str]:
    target = figure.target
    if target is None:
        return
    source = observatory.sources[target.source].title
    by = f" à la date du {french.long_date(target.by)}" if target.by else ""
    aimed = f"{_sign(target)} {written(figure, target.value)}{by}{_sure(target)}"
    yield f"Cible de l'ensemble : {aimed} ; source : {source}."


def _sign(goal: Goal | Target) -> str:
    return (
        "à partir de"
        if goal.op == ">=" and not isinstance(goal, Target)
        else "au moins"
        if goal.op == ">="
        else "au plus"
    )


def _sure(goal: Goal) -> str:
    return f" ({CONFIDENCE[goal.confidence]})"
