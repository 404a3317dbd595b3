# SPDX-License-Identifier: EUPL-1.2
"""Sentences and charts shared by the pages of roadmaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from carene.engines import french
from carene.engines.months import add_months
from carene.engines.planner.model import Plan
from carene.engines.planner.outlook import Moment, step_reached
from carene.engines.referential.model import SCALE, Referential
from carene.ui.charts import charts

WIDE, NARROW = 860, 340


@dataclass(frozen=True)
class Chart:
    """The same chart for a desk and for a phone."""

    wide: SafeString
    narrow: SafeString


def plan_title(start: dt.date, months: int) -> str:
    """« Feuille de route 2027–2029 »."""
    first, last = start.year, add_months(start, months - 1).year
    return f"Feuille de route {first}" if first == last else f"Feuille de route {first}–{last}"


def budgets_said(amounts: Sequence[float]) -> str:
    """« 180 + 150 + 150 k€ » up to three years, else the whole."""
    if len(amounts) == 1 or len(amounts) > 3:
        total = french.compact_euros(sum(amounts))
        return total if len(amounts) == 1 else f"{total} en {len(amounts)} ans"
    if all(amount >= 1000 for amount in amounts) and max(amounts) < 999_500:
        return " + ".join(_thousands(amount) for amount in amounts) + "\u00a0k€"
    return " + ".join(french.compact_euros(amount) for amount in amounts)


def _thousands(amount: float) -> str:
    return french.number(amount / 1000, 0 if amount >= 99_950 or amount % 1000 == 0 else 1)


def step_said(referential: Referential, moments: Sequence[Moment]) -> tuple[str, str]:
    """(« 3 au 2e trimestre 2028 », « 2 au départ »); empty texts when the referential has no maturity steps."""
    if not moments or all(moment.step is None for moment in moments):
        return "", ""
    step, day = step_reached(moments)
    before = moments[0].step
    if day is None:
        return f"{step}, inchangé", "Le plan ne franchit pas de palier"
    return (
        f"{step} au {french.long_quarter(day)}",
        f"{before} au départ du plan" if before is not None else "aucun au départ du plan",
    )


def quarter_labels(plan: Plan) -> list[str]:
    """One label a moment: « départ », then the quarters."""
    problem = plan.problem
    ends = [add_months(problem.start, 3 * index) - dt.timedelta(days=1) for index in range(1, len(plan.levels))]
    return ["départ", *(french.quarter(day) if day.month % 3 == 0 else french.month_and_year(day) for day in ends)]


def axes_chart(referential: Referential, plan: Plan, moments: Sequence[Moment]) -> Chart:
    series = [charts.Series("Ensemble", tuple(moment.overall for moment in moments))]
    series += [charts.Series(axis.title, tuple(m.axes.get(axis.id) for m in moments)) for axis in referential.axes]
    labels = quarter_labels(plan)
    title = "Scores de chaque axe, trimestre après trimestre, si le plan est tenu"
    return Chart(
        _svg(charts.quarters_chart(series, labels, title=title, width=WIDE, ident="axes-large")),
        _svg(charts.quarters_chart(series, labels, title=title, width=NARROW, ident="axes-etroit")),
    )


def budget_chart(years: Iterable[tuple[int, float, float]], title: str) -> Chart:
    """``(year, budget, spent)``."""
    bars = [charts.YearBar(year, budget, spent) for year, budget, spent in years]
    return Chart(
        _svg(charts.budget_chart(bars, title=title, width=WIDE, ident="budget-large")),
        _svg(charts.budget_chart(bars, title=title, width=NARROW, ident="budget-etroit")),
    )


def on_scale(score: float | None) -> str:
    """A score as a length, in percent of the scale."""
    return f"{(score or 0.0) / SCALE * 100:.1f}%"


def _svg(text: str) -> SafeString:
    return mark_safe(text)  # drawn by our charts, which escape every text # nosec B308


def days_said(days: Mapping[str, float], skills: Mapping[str, str]) -> str:
    """« Systèmes 12, Réseau 5 », the most asked first."""
    ordered = sorted(days.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(
        f"{skills.get(skill, skill)} {french.number(value, 1).removesuffix(',0')}" for skill, value in ordered
    )


def work_said(days: Mapping[str, float], skills: Mapping[str, str]) -> str:
    """« Systèmes et RSSI, 18 jours », « Systèmes et 3 autres, 46 jours »: who works most, and the whole."""
    known = {skill: value for skill, value in days.items() if value}
    if not known:
        return "sans charge"
    ordered = sorted(known, key=lambda skill: (-known[skill], skill))
    names = [skills.get(skill, skill) for skill in ordered]
    if len(names) > 2:
        names = [names[0], french.counted(len(names) - 1, "autre")]
    return f"{french.listing(names)}, {french.person_days(sum(known.values()))}"
