# SPDX-License-Identifier: EUPL-1.2
"""Figures of governance in words, each with its target, its formula and where they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from carene.apps.governance.publishing import publishable
from carene.apps.governance.queries import Year
from carene.engines import french
from carene.engines.governance.pack import Source, Target, governance
from carene.engines.governance.ratios import Ratio, Team
from carene.engines.referential.catalogue import care
from carene.engines.scoring.measured import format_value
from carene.ui.charts.shares import ShareRow, shares_chart

WIDE, NARROW = 720, 340


@dataclass(frozen=True)
class Figure:
    """One indicator published here. ``note`` says why there is no value, or why it is not published."""

    label: str
    value: str
    note: str
    tone: str
    formula: str


@dataclass(frozen=True)
class Money:
    """A share of money beside its target."""

    label: str
    value: str
    note: str
    tone: str
    target: Target
    source: Source
    formula: str = ""  # with the amounts: « 2 080 000 € ÷ 118 000 000 € »


def figure(indicator: str, ratio: Ratio, *, good: bool | None = None) -> Figure:
    known = care().indicator[indicator]
    note = ratio.why
    if ratio.value is not None and not publishable(indicator, ratio):
        note = "hors des bornes de l'indicateur, donc non publié"
    tone = "" if good is None else "good" if good else "late"
    if ratio.value is None:
        value = "—"
    elif known.kind == "boolean":
        value = "Oui" if ratio.value else "Non"
    else:
        value = format_value(known, round(ratio.value, 2))
    return Figure(known.title, value, note, tone, known.definition)


def figures(values: Mapping[str, Ratio]) -> list[Figure]:
    return [figure(key, ratio) for key, ratio in values.items()]


def shares(year: Year) -> list[Money]:
    budget, money = governance().budget, year.best.money
    digital, cyber = (money.digital_operating, money.operating), (money.cyber, money.digital)
    return [
        _money("Numérique dans l'exploitation", year.digital, budget.digital, "la cible", digital),
        _money("Cybersécurité dans le numérique", year.cyber, budget.cyber, "le repère", cyber),  # nobody set a target
    ]


def _money(label: str, ratio: Ratio, target: Target, what: str, parts: tuple[float | None, float | None]) -> Money:
    source = governance().sources[target.source]
    if ratio.value is None:
        return Money(label, "—", ratio.why, "", target, source)
    reached = round(ratio.value, 2) >= target.target
    note = f"{'atteint' if reached else 'sous'} {what} de {target.said}"
    formula = " ÷ ".join(french.euros(part) for part in parts if part is not None)
    return Money(
        label, french.with_unit(ratio.value, "%"), note, "good" if reached else "late", target, source, formula
    )


def missing_euros(year: Year) -> str:
    """« Il manque 280 k€ par an pour atteindre 2 %. »; empty when nothing lacks."""
    euros = lacking(year)
    goal = governance().budget.digital.said
    return f"Il manque {french.compact_euros(euros)} d'exploitation pour atteindre {goal}." if euros else ""


def lacking(year: Year) -> float:
    """Euros a year between the digital budget and its target; 0 when it is reached or cannot be computed."""
    money, target = year.best.money, governance().budget.digital.target
    if not money.operating or money.digital_operating is None:
        return 0.0
    return max(0.0, money.operating * target / 100 - money.digital_operating)


def trend(years: Sequence[Year]) -> dict[str, SafeString]:
    """The digital share of each year, oldest first; drawn for a desk and for a phone."""
    rows = [
        ShareRow(str(year.year), year.digital.value, promised=year.executed is None, why=year.digital.why)
        for year in reversed(years)
    ]
    title = "Part du numérique dans l'exploitation, année par année"
    target = governance().budget.digital.target
    # Drawn by our charts, which escape every text.
    return {
        name: mark_safe(shares_chart(rows, target=target, title=title, width=width, ident=f"part-{name}"))  # nosec B308
        for name, width in (("wide", WIDE), ("narrow", NARROW))
    }


def by_skill(team: Team) -> list[tuple[str, float, float]]:
    """Every skill of the planner, its FTE held and its FTE vacant, those that nobody has included: a hole is a fact."""
    return [
        (label, team.by_skill.get(key, 0.0), team.vacant_by_skill.get(key, 0.0)) for key, label in care().skills.items()
    ]


def stages(today: dt.date) -> list[tuple[int, str]]:
    """Years that may be typed, latest first."""
    return [(year, str(year)) for year in range(today.year + 1, today.year - 6, -1)]
