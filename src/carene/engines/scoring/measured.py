# SPDX-License-Identifier: EUPL-1.2
"""What an indicator says of a criterion: which level a value means, whether it still counts, how it reads in French."""

from __future__ import annotations

import datetime as dt
import math

from carene.engines import french
from carene.engines.months import add_months
from carene.engines.referential.model import Criterion, Direction, Indicator, Thresholds
from carene.engines.scoring.model import CriterionResult, Observation
from carene.engines.sources import InputError

_INVARIABLE = frozenset({"accès", "cas", "fois", "mois"})  # units that end with an s in the singular too


def level_from_value(thresholds: Thresholds, direction: Direction, value: float) -> int:
    """The highest level whose bound ``value`` reaches, 0 when it reaches none.

    A bound is reached from above (``higher``: value ≥ bound) or from below (``lower``: value ≤ bound).
    Raises InputError when the value is not a finite number.
    """
    if not math.isfinite(value):
        raise InputError(
            "la valeur observée n'est pas un nombre",
            where=f"indicateur {thresholds.indicator}",
            remedy="corrigez ou retirez cette observation",
        )
    return max((level for level, bound in thresholds.bounds.items() if _reached(direction, value, bound)), default=0)


def is_valid(observation: Observation, indicator: Indicator, today: dt.date) -> bool:
    """Whether it counts today: not dated in the future, and no older than the validity of its indicator."""
    if observation.observed_on > today:
        return False
    return today <= add_months(observation.observed_on, indicator.validity_months)


def format_value(indicator: Indicator, value: float) -> str:
    """« 71 % », « 0,5 ETP », « 45 jours », « oui »."""
    if indicator.kind == "boolean":
        return "oui" if value else "non"
    if indicator.kind == "percent":
        return french.percent(value)
    if indicator.kind in ("days", "date_age_days"):
        return french.counted(value, "jour")
    word, space, rest = indicator.unit.partition(" ")
    # Abbreviations (ETP, h, min) do not take the mark of the plural; words (niveau, heures) do, and may come with it.
    if len(word) > 3 and word.islower() and word not in _INVARIABLE:
        word = french.plural(value, word.removesuffix("s"))
    return french.with_unit(value, word + space + rest)


def explain_disagreement(criterion: Criterion, indicator: Indicator, result: CriterionResult) -> str:
    """Why the measure does not say what was declared, in one French sentence; empty when they agree.

    « Déclaré 2, mesuré 1 : le 9 novembre 2026, « Comptes de prestataires avec double facteur » valait 71 %, or le
    niveau 2 en demande 80 %. »
    """
    if not result.disagrees or criterion.thresholds is None or result.observation is None:
        return ""
    declared, measured = result.declared or 0, result.measured or 0
    seen = result.observation
    opening = (
        f"Déclaré {declared}, mesuré {measured} : le {french.long_date(seen.observed_on)}, "
        f"{french.quoted(indicator.title)} valait {format_value(indicator, seen.value)}"
    )
    if measured < declared:
        return f"{opening}, {_what_is_missing(criterion.thresholds, indicator, declared, measured)}."
    return f"{opening}, {_what_is_gained(criterion.thresholds, indicator, measured)}."


def _what_is_missing(thresholds: Thresholds, indicator: Indicator, declared: int, measured: int) -> str:
    if declared in thresholds.bounds:
        bound = format_value(indicator, thresholds.bounds[declared])
        if indicator.kind == "boolean":
            return f"or le niveau {declared} demande « {bound} »"
        if indicator.direction == "higher":
            return f"or le niveau {declared} en demande {bound}"
        return f"or le niveau {declared} n'admet pas plus de {bound}"
    # The indicator has no bound of its own for that level: the first bound that is not reached is the one that decides.
    # There is one: a measure at the ceiling of its indicator disagrees with nothing above it.
    level = min(level for level in thresholds.bounds if level > measured)
    bound = format_value(indicator, thresholds.bounds[level])
    limit = "au moins" if indicator.direction == "higher" else "au plus"
    return f"or il faut {bound} {limit} pour que la valeur mesurée dépasse le niveau {measured}"


def _what_is_gained(thresholds: Thresholds, indicator: Indicator, measured: int) -> str:
    bound = format_value(indicator, thresholds.bounds[measured])
    if indicator.kind == "boolean":
        return f"ce qui correspond au niveau {measured} : la réponse est peut-être à relever"
    limit = "à partir de" if indicator.direction == "higher" else "jusqu'à"
    return f"ce qui suffit au niveau {measured} ({limit} {bound}) : la réponse est peut-être à relever"


def _reached(direction: Direction, value: float, bound: float) -> bool:
    return value >= bound if direction == "higher" else value <= bound
