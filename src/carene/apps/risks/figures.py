# SPDX-License-Identifier: EUPL-1.2
"""Charts and words of the risks, the same for pages and documents. Pure: no Django."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from carene.engines import french
from carene.engines.simulation import wording
from carene.engines.simulation.comparing import Difference
from carene.engines.simulation.outcome import AttackOutcome, Distribution, Outcome, Spread
from carene.ui.charts.ranges import RangeRow, Scale, ranges_chart
from carene.ui.charts.svg import LIGHT, Palette

WIDE, NARROW, PAPER = 860, 340, 640
HOUR = 1 / 24
_DAYS = Scale(
    ((HOUR, "1 heure"), (6 * HOUR, "6 h"), (1, "1 jour"), (7, "1 semaine"), (30.4, "1 mois"), (182.5, "6 mois")),
    log=True,
)
YEARLY = "Bande : la vraie valeur y est neuf fois sur dix, si le modèle est juste. Point : la moyenne."
CASES = "Bande longue : neuf cas sur dix. Bande courte : un cas sur deux. Point : le cas du milieu."


@dataclass(frozen=True)
class AttackRow:
    """One attack in words; ``success`` says what counts as one."""

    title: str
    success: str
    chance: str
    often: str
    days: str
    euros: str
    yearly_days: str
    yearly_euros: str


def headline(found: Outcome) -> str:
    """« Un rançongiciel réussi : environ 2 % de chances par an, 4 semaines de soins dégradés »."""
    first = next(iter(found.attacks.values()))
    chance = wording.percent(first.probability).partition(" (")[0]
    about = chance if chance.startswith("moins") else f"environ {chance}"
    title = f"Un {first.title.lower()} réussi : {about} de chances par an"
    return f"{title}, {wording.days(first.days_if.quantiles[0.5])} de soins dégradés"


def attack_row(one: AttackOutcome, success: str) -> AttackRow:
    mean = one.probability.mean
    often = f"à peu près une fois en {french.number(wording.significant(1 / mean, 1))} ans" if mean >= 0.005 else ""
    return AttackRow(
        title=one.title,
        success=success,
        chance=wording.percent(one.probability),
        often=often,
        days=lasting(one.days_if),
        euros=costing(one.euros_if),
        yearly_days=yearly(one.days, "jour"),
        yearly_euros=yearly(one.euros),
    )


def lasting(found: Distribution) -> str:
    """« 4 semaines (de 9 jours à 3 mois) »."""
    low, middle, high = (wording.days(found.quantiles[rank]) for rank in (0.05, 0.5, 0.95))
    if low == middle:
        return middle if middle == high else f"{middle} ({high} dans les cas graves)"
    return f"{middle} (de {low} à {high})"


def costing(found: Distribution) -> str:
    """« 2 M€ (4 M€ dans les cas graves) »."""
    return f"{wording.euros(found.quantiles[0.5])} ({wording.euros(found.quantiles[0.95])} dans les cas graves)"


def yearly(value: Spread | Difference, unit: str = "€") -> str:
    """A yearly expectation with its interval: « 60 k€ (20 à 100 k€) », « 1 jour (0,3 à 3) »."""
    mean = wording.rounded(abs(value.mean), *sorted((abs(value.low), abs(value.high))))
    sign = french.MINUS if value.mean < 0 and mean else ""
    if unit == "€":
        low, high = wording.euros(value.low), wording.euros(value.high)
        said = sign + wording.euros(mean, 2)
        return said if low == high else f"{said} (entre {low} et {high})"
    if abs(mean) < wording.NEGLIGIBLE:
        return f"moins de {french.counted(wording.NEGLIGIBLE, unit)}"
    low, high = (wording.plain(wording.significant(x, 1)) for x in (value.low, value.high))
    return f"{sign}{french.counted(mean, unit)} (entre {low} et {high})"


def probability_chart(found: Outcome) -> Pair:
    rows = [
        RangeRow(one.title, p.low, p.mean, p.high, wording.percent(p))
        for one in found.attacks.values()
        for p in (one.probability,)
    ]
    title = "Probabilité qu'une attaque réussisse dans l'année"
    return _pair(rows, percents(max(row.high for row in rows)), title, YEARLY, "chances")


def days_chart(found: Outcome) -> Pair:
    rows = [_distributed(one.title, one.days_if, lasting(one.days_if)) for one in found.attacks.values()]
    return _pair(rows, _DAYS, "Durée des soins dégradés quand une attaque réussit", CASES, "jours")


def euros_chart(found: Outcome) -> Pair:
    rows = [_distributed(one.title, one.euros_if, costing(one.euros_if)) for one in found.attacks.values()]
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    return _pair(rows, decades(low, high), "Coût d'une attaque réussie", CASES, "euros")


def _distributed(label: str, found: Distribution, said: str) -> RangeRow:
    q = found.quantiles
    return RangeRow(label, q[0.05], q[0.5], q[0.95], said, core=(q[0.25], q[0.75]))


@dataclass(frozen=True)
class Pair:
    """The same chart for a desk, for a phone and for a printed page; ``draw`` makes it in other colours."""

    wide: str
    narrow: str
    paper: str
    draw: Callable[[float, Palette], str]


@dataclass(frozen=True)
class Drawing:
    """A function would do, but cannot be given to another process."""

    rows: Sequence[RangeRow]
    scale: Scale
    title: str
    legend: str

    def __call__(self, width: float, palette: Palette = LIGHT, name: str = "") -> str:
        return ranges_chart(
            self.rows, self.scale, title=self.title, legend=self.legend, width=width, palette=palette, ident=name
        )


def _pair(rows: Sequence[RangeRow], scale: Scale, title: str, legend: str, ident: str) -> Pair:
    draw = Drawing(rows, scale, title, legend)
    wide, narrow, paper = (
        draw(width, LIGHT, f"{ident}-{name}")
        for width, name in ((WIDE, "large"), (NARROW, "etroit"), (PAPER, "papier"))
    )
    return Pair(wide, narrow, paper, draw)


def over_time(
    labels: Sequence[str], values: Sequence[Spread], said: Callable[[Spread], str], scale: Scale, title: str, ident: str
) -> Pair:
    """One row a moment."""
    rows = [RangeRow(label, v.low, v.mean, v.high, said(v)) for label, v in zip(labels, values, strict=True)]
    return _pair(rows, scale, title, YEARLY, ident)


def percents(high: float) -> Scale:
    """From 0 to what holds ``high``, in four or five steps that people read."""
    return _linear(high * 100, lambda value: f"{wording.plain(value)}{french.SPACE}%", 100)


def amounts(high: float) -> Scale:
    return _linear(high, french.compact_euros)


def durations(high: float) -> Scale:
    return _linear(high, lambda value: f"{wording.plain(value)}{french.SPACE}j")


def _linear(high: float, said: Callable[[float], str], divisor: float = 1.0) -> Scale:
    if high <= 0:
        high = 1.0
    raw = high / 4
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= raw * 0.999)
    count = math.ceil(high / step - 1e-9)
    return Scale(tuple((round(step * rank, 12) / divisor, said(round(step * rank, 12))) for rank in range(count + 1)))


def decades(low: float, high: float) -> Scale:
    """1 k€, 10 k€, 100 k€…"""
    first, last = math.floor(math.log10(max(low, 1))), math.ceil(math.log10(max(high, 10)))
    return Scale(tuple((10.0**power, french.compact_euros(10.0**power)) for power in range(first, last + 1)), log=True)


def moment_label(on: dt.date | None) -> str:
    return "Aujourd'hui" if on is None else f"Fin {french.month_and_year(on)}"
