# SPDX-License-Identifier: EUPL-1.2
"""A problem that cannot be planned is refused in one French sentence before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from carene.engines import french
from carene.engines.planner.model import Candidate, Problem, Wish
from carene.engines.sources import InputError

SHORTEST, LONGEST = 12, 60  # months of horizon
_ROUNDING = 1e-6  # of shares that make a whole


def check_problem(problem: Problem) -> None:
    """Raise InputError for the first thing that is wrong; an empty catalogue or empty resources are not wrong."""
    _check_horizon(problem)
    _check_resources(problem)
    known: set[str] = set()
    for candidate in problem.candidates:
        if candidate.id in known:
            raise InputError(
                "elle figure deux fois au catalogue", where=_named(candidate), remedy="gardez-en une seule"
            )
        known.add(candidate.id)
        _check_candidate(candidate)
        _check_payers(problem, candidate)
    for candidate in problem.candidates:
        for required in candidate.requires:
            if required not in known and required not in problem.done:
                raise InputError(
                    f"son prérequis {french.quoted(required)} n'est pas au catalogue",
                    where=_named(candidate),
                    remedy="ajoutez-le ou retirez ce prérequis",
                )
    _check_cycles(problem.candidates)
    _check_exclusive(problem, known)
    for key, wish in sorted(problem.wishes.items()):
        if key not in known:
            raise InputError(
                "la mesure n'est pas au catalogue",
                where=f"souhait sur {french.quoted(key)}",
                remedy="retirez ce souhait",
            )
        _check_wish(key, wish)


def _check_exclusive(problem: Problem, known: set[str]) -> None:
    """Groups of known measures, none of which needs another of its group."""
    requires = {candidate.id: set(candidate.requires) for candidate in problem.candidates}
    for group in problem.exclusive:
        for key in group:
            if key not in known and key not in problem.done:
                raise InputError(
                    f"la mesure {french.quoted(key)} n'est pas au catalogue",
                    where="mesures qui s'excluent",
                    remedy="retirez-la de ce groupe",
                )
            clash = sorted(requires.get(key, set()) & set(group))
            if clash:
                raise InputError(
                    f"la mesure {french.quoted(key)} demande {french.quoted(clash[0])}, qui l'exclut",
                    where="mesures qui s'excluent",
                    remedy="retirez ce prérequis ou séparez ces mesures",
                )


def _check_horizon(problem: Problem) -> None:
    if not SHORTEST <= problem.months <= LONGEST:
        raise InputError(
            f"l'horizon est de {problem.months} mois",
            where="feuille de route",
            remedy=f"choisissez de {SHORTEST} à {LONGEST} mois",
        )
    if problem.start.day != 1:
        raise InputError(
            f"elle commence le {french.long_date(problem.start)}",
            where="feuille de route",
            remedy="choisissez le premier jour d'un mois",
        )


def _check_resources(problem: Problem) -> None:
    for year, budget in sorted(problem.budgets.items()):
        _check_amount(budget, f"budget {year}", "le montant")
    for purse, budgets in sorted(problem.purses.items()):
        for year, budget in sorted(budgets.items()):
            _check_amount(budget, f"budget {year} de {french.quoted(problem.labels.get(purse, purse))}", "le montant")
    quarters = math.ceil(problem.months / 3)
    for skill, days in sorted(problem.capacity.items()):
        where = f"équipe {french.quoted(problem.labels.get(skill, skill))}"
        if len(days) < quarters:
            raise InputError(
                f"la capacité est donnée pour {len(days)} trimestres alors que l'horizon en compte {quarters}",
                where=where,
                remedy="complétez-la",
            )
        for rank, value in enumerate(days):
            _check_amount(value, f"{where}, trimestre {rank + 1}", "le nombre de jours")
    _check_amount(problem.day_rate, "feuille de route", "le coût d'une journée")
    _check_amount(problem.beyond_target, "feuille de route", "la valeur d'un niveau au-delà de la cible")
    for criterion, weight in sorted(problem.weights.items()):
        _check_amount(weight, f"critère {criterion}", "le poids")
    for criterion, values in sorted((problem.level_values or {}).items()):
        for value in values:
            _check_amount(value, f"critère {criterion}", "la valeur d'un niveau")
    for month, share in sorted(problem.calendar.items()):
        _check_amount(share, f"calendrier, mois {month}", "la part de présence")
        if not 1 <= month <= 12 or share > 1:
            raise InputError(
                f"le mois {month} a une part de présence de {french.number(share)}",
                where="calendrier",
                remedy="donnez des mois de 1 à 12 et des parts de 0 à 1",
            )


def _check_candidate(candidate: Candidate) -> None:
    where = _named(candidate)
    _check_amount(candidate.investment, where, "l'investissement")
    _check_amount(candidate.yearly, where, "le coût annuel")
    for skill, days in sorted(candidate.effort.items()):
        _check_amount(days, where, f"la charge {french.quoted(skill)}")
    if not isinstance(candidate.months, int) or candidate.months < 1:
        raise InputError(
            f"la durée est de {candidate.months} mois", where=where, remedy="indiquez au moins un mois entier"
        )
    for step in candidate.steps:
        if not 0 <= step.start < step.end:
            raise InputError(
                f"elle relève {step.criterion} du niveau {step.start} au niveau {step.end}",
                where=where,
                remedy="le second doit être plus haut que le premier",
            )


def _check_payers(problem: Problem, candidate: Candidate) -> None:
    """Purses that exist, and parts that make the whole."""
    where = _named(candidate)
    for purse, share in sorted(candidate.payers.items()):
        if purse and purse not in problem.purses:
            raise InputError(
                f"le budget {french.quoted(purse)}, qui doit la payer, n'existe pas",
                where=where,
                remedy="ajoutez-le ou changez qui paie",
            )
        _check_amount(share, where, "la part d'un budget")
    if candidate.payers and not math.isclose(sum(candidate.payers.values()), 1.0, abs_tol=_ROUNDING):
        raise InputError(
            f"les parts de ceux qui la paient font {french.percent(100 * sum(candidate.payers.values()), 2)}",
            where=where,
            remedy="corrigez-les pour qu'elles fassent 100 %",
        )


def _check_wish(key: str, wish: Wish) -> None:
    where = f"souhait sur {french.quoted(key)}"
    if wish.excluded and (wish.mandatory or wish.start_month is not None):
        raise InputError("la mesure est à la fois imposée et écartée", where=where, remedy="choisissez l'un des deux")
    for month in (wish.start_month, wish.not_before, wish.deadline):
        if month is not None and month < 0:
            raise InputError(
                "une date demandée précède le début de la feuille de route", where=where, remedy="repoussez cette date"
            )
    if wish.start_month is not None and wish.not_before is not None and wish.start_month < wish.not_before:
        raise InputError(
            "la date de début demandée précède la date avant laquelle elle ne peut pas commencer",
            where=where,
            remedy="changez l'une des deux",
        )


def _check_amount(value: object, where: str, what: str) -> None:
    """Refuses what is missing, not a number or negative: the types of a caller's data are not trusted here."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"{what} manque ou n'est pas un nombre", where=where, remedy="renseignez-le")
    if value < 0:
        raise InputError(f"{what} est négatif ({french.number(value)})", where=where, remedy="mettez zéro ou plus")


def _check_cycles(candidates: Iterable[Candidate]) -> None:
    requires = {candidate.id: candidate.requires for candidate in candidates}
    titles = {candidate.id: candidate.title for candidate in candidates}
    cycle = _find_cycle(requires)
    if len(cycle) == 2:
        raise InputError(
            f"{french.quoted(titles[cycle[0]])} s'attend elle-même", where="catalogue", remedy="retirez ce prérequis"
        )
    if cycle:
        chain = " → ".join(french.quoted(titles[key]) for key in cycle)
        raise InputError(
            f"des mesures s'attendent l'une l'autre : {chain}",
            where="catalogue",
            remedy="retirez l'un de ces prérequis",
        )


def _find_cycle(requires: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The first cycle met, closed on its first measure; empty when there is none. Iterative: chains may be long."""
    finished: set[str] = set()
    for root in sorted(requires):
        if root in finished:
            continue
        path = [root]
        pending = [iter(requires[root])]
        while path:
            following = next(pending[-1], None)
            if following is None:
                finished.add(path.pop())
                pending.pop()
            elif following in path:
                return [*path[path.index(following) :], following]
            elif following in requires and following not in finished:
                path.append(following)
                pending.append(iter(requires[following]))
    return []


def _named(candidate: Candidate) -> str:
    return f"mesure {french.quoted(candidate.title or candidate.id)}"
