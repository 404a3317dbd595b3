# SPDX-License-Identifier: EUPL-1.2
"""What a simulation says, in French sentences for a board: the figure, how uncertain it is, what it rests on.

A figure never shows more digits than its uncertainty allows: one when its interval goes from one to more than two, two
otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from carene.engines import french
from carene.engines.simulation.comparing import Comparison, Difference
from carene.engines.simulation.outcome import AttackOutcome, Distribution, Outcome, Spread

WIDE = 2.0  # ratio of an interval above which one digit is enough
SHARED = 0.02  # share of the unevaluated below which nothing is said
RARE = 0.0005  # probability a year under which a figure says no more than « rare »
NEGLIGIBLE = 0.05  # days a year
SHORT = 0.1  # days of one success under which care is hardly touched


def rounded(value: float, low: float, high: float) -> float:
    """``value`` with the digits that its interval allows."""
    digits = 1 if low <= 0 or high / low > WIDE else 2
    return significant(value, digits)


def significant(value: float, digits: int) -> float:
    if value == 0 or not math.isfinite(value):
        return value
    return float(f"{value:.{digits}g}")


def percent(value: Spread) -> str:
    """« 2 % (entre 0,6 et 5 %) »."""
    if value.high < RARE:
        return f"moins de {_share(RARE)}"
    mean = _share(rounded(value.mean, value.low, value.high))
    if _share(value.low, 1) == _share(value.high, 1):
        return mean
    return f"{mean} (entre {plain(significant(100 * value.low, 1))} et {_share(value.high, 1)})"


def days(value: float) -> str:
    """« 3 heures », « 2 jours », « 5 semaines », « 4 mois »: the unit that people would use, one digit or two."""
    if value < 1 / 24:
        return "moins d'une heure"
    if value < 1:
        hours = max(1, round(value * 24))
        return french.counted(hours, "heure")
    if value < 21:
        whole = round(value) if value >= 1.75 else 1
        return french.counted(whole, "jour")
    if value < 75:
        return french.counted(round(value / 7), "semaine")
    return f"{round(value / 30.4)}{french.SPACE}mois"


def euros(value: float, digits: int = 1) -> str:
    return french.compact_euros(significant(value, digits))


def sentences(outcome: Outcome) -> Iterator[str]:
    """The page of the board, in order: the main risk, what it costs, the other attacks, how sure all this is."""
    first, *others = outcome.attacks.values()
    yield from about(first)
    for one in others:
        yield from about(one)
    yield from aims(outcome)
    yield f"Les trois attaques ensemble représentent en moyenne {cost(outcome.total)}."
    yield from certainty(outcome)


def about(one: AttackOutcome) -> Iterator[str]:
    """One attack: how likely, how long, how much."""
    chance = (
        f"{one.title} : la probabilité d'une attaque réussie dans l'année est de l'ordre de {percent(one.probability)}"
    )
    often = one.probability.mean
    if often >= 0.005:
        chance += f", à peu près une fois en {french.number(significant(1 / often, 1))} ans"
    yield f"{chance}."
    if one.days_if.mean <= 0:
        return
    low, middle, high = (one.days_if.quantiles[rank] for rank in (0.05, 0.5, 0.95))
    money, most = one.euros_if.quantiles[0.5], one.euros_if.quantiles[0.95]
    if middle >= SHORT:
        yield (
            f"Si elle réussit, les soins passent en mode dégradé pendant {days(middle)} environ, de {days(low)} à "
            f"{days(high)} selon les cas ; "
            f"elle coûte de l'ordre de {euros(money)}, {euros(most)} dans les cas graves."
        )
    else:
        yield (
            f"Si elle réussit, les soins sont peu touchés le plus souvent ({days(high)} dans les cas graves) ; elle "
            f"coûte de l'ordre de {euros(money)}, {euros(most)} dans les cas graves."
        )


def cost(one: AttackOutcome) -> str:
    """« 1,5 jour de soins dégradés et 60 k€ par an (entre 15 et 150 k€) »."""
    lost = (
        f"{_days(rounded(one.days.mean, one.days.low, one.days.high))} de soins dégradés"
        if one.days.mean >= NEGLIGIBLE
        else f"moins de {_days(NEGLIGIBLE)} de soins dégradés"
    )
    money = euros(rounded(one.euros.mean, one.euros.low, one.euros.high), 2)
    return f"{lost} et {money} par an (entre {euros(one.euros.low)} et {euros(one.euros.high)})"


def aims(outcome: Outcome) -> Iterator[str]:
    """CaRE's two aims, as two figures."""
    passing = 1 - outcome.prevent.mean
    if passing > 0:
        yield (
            "Empêcher : sur 1 000 tentatives sérieuses, "
            f"{plain(significant(1000 * passing, 1))} {french.plural(1000 * passing, 'aboutit', 'aboutissent')}."
        )
    found: Distribution = outcome.recover
    if found.mean > 0:
        title = next(iter(outcome.attacks.values())).title.lower()
        middle = days(found.quantiles[0.5])
        yield f"Redémarrer : après une attaque réussie ({title}), on revient en {middle} une fois sur deux."


def certainty(outcome: Outcome) -> Iterator[str]:
    """How sure all this is, and what it rests on."""
    yield (
        "Ce sont des ordres de grandeur : la vraie valeur est dans l'intervalle neuf fois sur dix, si le modèle est "
        "juste. La fréquence des attaques suit les comptes publics ; le reste est l'estimation du projet Carène."
    )
    count, share = len(outcome.unevaluated), outcome.unevaluated_share
    if count and share >= SHARED:
        said = french.plural(count, "n'a pas été évalué", "n'ont pas été évalués")
        part = french.share(significant(share, 1 if share < 0.1 else 2))
        yield (
            f"{french.counted(count, 'critère')} sur {outcome.acting} {said} : {part} de ce qui peut changer le "
            "résultat repose sur une supposition."
        )


def change(found: Mapping[str, Comparison], outcome: Outcome) -> Iterator[str]:
    """What a roadmap changes; ``outcome`` is the one before."""
    for key, one in found.items():
        if key == "total":
            continue
        title = outcome.attacks[key].title
        if abs(one.probability.share) < 0.01 and abs(one.days_if.share) < 0.01:
            yield f"{title} : rien ne change."
        else:
            yield f"{title} : probabilité {_lower(one.probability)}, durée d'une attaque réussie {_lower(one.days_if)}."
    total = found["total"]
    yield (
        f"En tout, {_days(rounded(total.days.mean, total.days.low, total.days.high))} de soins dégradés et "
        f"{euros(total.euros.mean)} évités par an (entre {euros(total.euros.low)} et {euros(total.euros.high)})."
    )


def _lower(difference: Difference) -> str:
    if abs(difference.share) < 0.01:
        return "inchangée"
    ratio = 1 / (1 - difference.share) if difference.share < 1 else math.inf
    if ratio >= 2:
        return f"divisée par {french.number(significant(ratio, 1 if ratio < 10 else 2))}"
    word = "réduite" if difference.share > 0 else "augmentée"
    return f"{word} {french.of(french.share(significant(abs(difference.share), 1)))}"


def _days(value: float) -> str:
    return french.counted(significant(value, 2), "jour")


def _share(ratio: float, digits: int = 2) -> str:
    return f"{plain(significant(100 * ratio, digits))}{french.SPACE}%"


def plain(value: float) -> str:
    """« 12 », « 0,5 », « 0,003 »: two decimals, four for what is smaller."""
    return french.number(value) if abs(value) >= 0.01 or value == 0 else french.number(value, 4).rstrip("0")
