# SPDX-License-Identifier: EUPL-1.2
"""Criteria by what they take away, and would take away, with where to act."""

from __future__ import annotations

from dataclasses import dataclass

from carene.apps.risks.queries import Situation
from carene.engines import french
from carene.engines.referential.model import Measure
from carene.engines.simulation import wording
from carene.engines.simulation.ranges import Range
from carene.engines.simulation.shares import Amount, Contribution

UNITS = {"jours": "en jours de soins", "euros": "en euros"}
SHOWN = 8
MEASURES = 3  # named for one criterion; its question names them all


@dataclass(frozen=True)
class CriterionRow:
    """``share``: of what all levels take away today, or of the risk that is left; ``amount``: a year,
    ``between``: where it is nine times in ten."""

    id: str
    title: str
    level: int | None
    target: int | None
    share: str
    amount: str
    between: str
    places: str
    measures: tuple[Measure, ...]


def holding(found: Situation, unit: str) -> list[CriterionRow]:
    """The criteria whose present level takes away the most."""
    kept = [one for one in found.contributions.criteria if one.level and _of(one.today, unit) > 0]
    kept.sort(key=lambda one: (-_of(one.today, unit), one.criterion))
    given = found.contributions
    whole = _of(given.bare, unit) - _of(given.now, unit)
    return [_row(found, one, one.today, found.ranges.today[one.criterion], unit, whole) for one in kept]


def to_raise(found: Situation, unit: str) -> list[CriterionRow]:
    """The criteria that, brought to their target, would take away the most."""
    kept = [one for one in found.contributions.criteria if _of(one.to_target, unit) > 0]
    kept.sort(key=lambda one: (-_of(one.to_target, unit), one.criterion))
    now, ranges = _of(found.contributions.now, unit), found.ranges.to_target
    return [_row(found, one, one.to_target, ranges[one.criterion], unit, now) for one in kept]


def _of(amount: Amount, unit: str) -> float:
    return amount.euros if unit == "euros" else amount.days


def _row(found: Situation, one: Contribution, amount: Amount, sure: Range, unit: str, whole: float) -> CriterionRow:
    referential = found.sheet.referential
    return CriterionRow(
        id=one.criterion,
        title=referential.criterion[one.criterion].title,
        level=one.level,
        target=found.case.targets.get(one.criterion),
        share=_share(_of(amount, unit) / whole) if whole > 0 else "",
        amount=f"{said(amount, unit)} par an",
        between=between(sure, unit),
        places=french.listing(dict.fromkeys(barrier.place for barrier in one.barriers)),
        measures=tuple(referential.measures_for.get(one.criterion, ()))[:MEASURES],
    )


def said(amount: Amount, unit: str) -> str:
    """« 9 k€ », « 3 heures », « 20 minutes »: one digit, it is an estimate."""
    if unit == "euros":
        return wording.euros(amount.euros)
    if amount.days < 1 / 24:
        minutes = wording.significant(amount.days * 24 * 60, 1)
        return french.counted(minutes, "minute") if minutes >= 1 else "moins d'une minute"
    if amount.days < 1:
        return wording.days(amount.days)
    return french.counted(wording.significant(amount.days, 1), "jour")


def between(sure: Range, unit: str) -> str:
    """« de 40 minutes à 9 heures », « jusqu'à 20 k€ » from nothing; empty when the model has no doubt."""
    low, high = said(sure.low, unit), said(sure.high, unit)
    if low == high:
        return ""
    nothing = _of(sure.low, unit) < (1 if unit == "euros" else 1 / (24 * 60))
    return f"jusqu'à {high}" if nothing else f"de {low} à {high}"


def _share(ratio: float) -> str:
    """« 20 % », « 3 % », « moins de 1 % »."""
    percent = wording.significant(100 * ratio, 1 if ratio < 0.1 else 2)
    return f"moins de 1{french.SPACE}%" if percent < 1 else f"{wording.plain(percent)}{french.SPACE}%"
