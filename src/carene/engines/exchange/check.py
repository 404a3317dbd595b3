# SPDX-License-Identifier: EUPL-1.2
"""Does what a file says make sense for this referential? What does not is taken out, and said with its place."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from carene.engines import french
from carene.engines.exchange.questionnaire import LONGEST_TEXT, Card, Entry, Means, Measured, Origin, Reading
from carene.engines.exchange.values import shown
from carene.engines.referential.model import Referential
from carene.engines.sources import InputError


def checked(reading: Reading, referential: Referential, today: dt.date) -> Reading:
    """The same reading without the answers and observations that cannot be used; each becomes a problem.

    ``today``: nothing can have been measured after it. Raises InputError when the file speaks of another referential.
    """
    found = reading.questionnaire
    notices = list(reading.notices)
    notices += origin_notices(found.origin, referential)
    problems = list(reading.problems)
    problems += card_problems(found.card, referential, found.places)
    answers = {}
    for key, entry in found.answers.items():
        problem = entry_problem(entry, referential)
        if problem:
            problems.append(problem)
        elif not entry.says_nothing:
            answers[key] = entry
    observations = []
    for item, problem in checked_observations(found.observations, referential, today):
        if problem:
            problems.append(problem)
        else:
            observations.append(item)
    problems += means_problems(found.means, referential, found.places)
    kept = replace(found, answers=answers, observations=tuple(observations))
    return Reading(kept, tuple(problems), tuple(notices))


def origin_notices(origin: Origin, referential: Referential) -> Iterator[str]:
    """What to know when the file was written with another version. Raises InputError for another referential."""
    if origin.id and origin.id != referential.id:
        raise InputError(
            f"ce fichier répond au référentiel {shown(origin.id)} et non à {shown(referential.id)}",
            remedy="le reprendre dans une auto-évaluation de ce référentiel",
        )
    if origin.version and origin.version != referential.version:
        yield (
            f"Ce fichier a été préparé avec la version {origin.version} du référentiel ; "
            f"la version {referential.version} est en service : relire les réponses dont le texte a changé."
        )
    elif origin.digest and referential.digest and origin.digest != referential.digest:
        yield "Le texte du référentiel a changé depuis la préparation de ce fichier : relire les réponses."


def unknown(what: str, key: str, known: Iterable[str], where: str) -> InputError:
    """« le critère « GOV.1.9 » n'existe pas… », with the nearest identifier when there is one."""
    close = difflib.get_close_matches(key, list(known), n=1, cutoff=0.75)
    remedy = f"écrire {shown(close[0])}, ou retirer cette ligne" if close else "retirer cette ligne"
    return InputError(f"{what} {shown(key)} n'existe pas dans ce référentiel", where=where, remedy=remedy)


def card_problems(card: Card, referential: Referential, places: Mapping[str, str]) -> Iterator[InputError]:
    for key, label, value, known in (
        ("type", "le type", card.type, referential.types),
        ("ght", "le rôle dans le GHT", card.ght, referential.ght_roles),
    ):
        if value is not None and known and value not in known:
            yield InputError(
                f"{label} {shown(value)} n'est pas connu",
                where=places.get(key, "établissement"),
                remedy=f"choisir parmi {', '.join(known)}",
            )


def entry_problem(entry: Entry, referential: Referential) -> InputError | None:
    criterion = referential.criterion.get(entry.criterion)
    if criterion is None:
        return unknown("le critère", entry.criterion, referential.criterion, entry.where)
    if entry.level is not None and not 0 <= entry.level <= criterion.top:
        return InputError(
            f"le niveau {entry.level} n'existe pas pour {criterion.id}",
            where=entry.where,
            remedy=f"choisir un niveau de 0 à {criterion.top}, ou N/A",
        )
    if entry.not_applicable and entry.level is not None:
        return InputError(
            f"{criterion.id} a un niveau et se dit aussi non applicable",
            where=entry.where,
            remedy="choisir l'un des deux",
        )
    if entry.not_applicable and not entry.justification:
        return InputError(
            f"{criterion.id} est dit non applicable sans justification",
            where=entry.where,
            remedy="écrire en une phrase pourquoi, dans la justification",
        )
    for label, text in (("la justification", entry.justification), ("le commentaire", entry.comment)):
        if len(text) > LONGEST_TEXT:
            return InputError(
                f"{label} de {criterion.id} dépasse {french.number(LONGEST_TEXT)} caractères",
                where=entry.where,
                remedy="raccourcir ce texte",
            )
    return None


def checked_observations(
    observations: Iterable[Measured], referential: Referential, today: dt.date
) -> Iterator[tuple[Measured, InputError | None]]:
    """Each observation with what is wrong with it, if anything; one said twice in the file counts once."""
    seen: dict[tuple[str, dt.date], str] = {}
    for item in observations:
        problem = observation_problem(item, referential, today)
        key = (item.indicator, item.observed_on)
        if problem is None and key in seen:
            problem = InputError(
                f"{shown(item.indicator)} est déjà donné au {french.long_date(item.observed_on)} ({seen[key]})",
                where=item.where,
                remedy="garder une seule ligne",
            )
        seen.setdefault(key, item.where)
        yield item, problem


def observation_problem(item: Measured, referential: Referential, today: dt.date) -> InputError | None:
    """What is wrong with one observation: unknown indicator, value out of bounds, day to come."""
    indicator = referential.indicator.get(item.indicator)
    if indicator is None:
        return unknown("l'indicateur", item.indicator, referential.indicator, item.where)
    low, high = indicator.minimum, indicator.maximum
    if (low is not None and item.value < low) or (high is not None and item.value > high):
        bounds = (
            f"entre {french.number(low)} et {french.number(high)}"
            if low is not None and high is not None
            else f"d'au moins {french.number(low)}"
            if low is not None
            else f"d'au plus {french.number(high or 0)}"
        )
        return InputError(
            f"{french.with_unit(item.value, indicator.unit)} est hors des valeurs possibles de « {indicator.title} »",
            where=item.where,
            remedy=f"donner une valeur {bounds}",
        )
    if indicator.kind == "boolean" and item.value not in (0, 1):
        return InputError(
            f"« {indicator.title} » ne vaut que 1 (oui) ou 0 (non)", where=item.where, remedy="écrire 1 ou 0"
        )
    if indicator.kind == "count" and item.value != int(item.value):
        return InputError(
            f"« {indicator.title} » se compte en nombres entiers", where=item.where, remedy="écrire un nombre entier"
        )
    if item.observed_on > today:
        return InputError(
            f"la valeur est datée du {french.long_date(item.observed_on)}, qui n'est pas encore passé",
            where=item.where,
            remedy="corriger la date",
        )
    return None


def means_problems(means: Means, referential: Referential, places: Mapping[str, str]) -> Iterator[InputError]:
    for skill in means.team:
        if referential.skills and skill not in referential.skills:
            yield unknown("la compétence", skill, referential.skills, places.get("team", "équipe"))
    for key, wish in means.wishes.items():
        if key not in referential.measure:
            yield unknown("la mesure", key, referential.measure, wish.where)
        elif wish.mandatory and wish.excluded:
            yield InputError(
                f"la mesure {shown(key)} est à la fois imposée et écartée",
                where=wish.where,
                remedy="choisir l'un des deux",
            )
    for key, override in means.overrides.items():
        if key not in referential.measure:
            yield unknown("la mesure", key, referential.measure, override.where)
        for skill in override.effort or ():
            if referential.skills and skill not in referential.skills:
                yield unknown("la compétence", skill, referential.skills, override.where)
    for key in means.done:
        if key not in referential.measure:
            yield unknown("la mesure", key, referential.measure, places.get("done", "mesures déjà faites"))
