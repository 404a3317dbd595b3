# SPDX-License-Identifier: EUPL-1.2
"""What the board is told of the risk: today, with the plan, and how sure it is. The same in the page and in documents.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from carene.apps.risks import figures
from carene.apps.risks.moments import Moment
from carene.engines import french
from carene.engines.simulation import wording
from carene.engines.simulation.model import Model
from carene.engines.simulation.outcome import Outcome


@dataclass(frozen=True)
class PlanLine:
    """One moment of the plan in words; ``saved`` texts are empty today."""

    when: str
    chance: str
    lasting: str
    days: str
    euros: str
    saved_days: str
    saved_euros: str


@dataclass(frozen=True)
class Board:
    """Everything is said: no figure is left to format. ``plan`` is empty without a plan."""

    headline: str
    prevent: str
    recover: str
    rows: tuple[figures.AttackRow, ...]
    total: str
    certainty: tuple[str, ...]
    chances: figures.Pair
    lasting: figures.Pair
    change: tuple[str, ...] = ()
    plan: tuple[PlanLine, ...] = ()
    plan_chart: figures.Pair | None = None
    spared: str = ""  # what the plan avoids once it is over, with its interval; empty when it avoids nothing


def board(model: Model, outcome: Outcome, moments: Sequence[Moment] = ()) -> Board:
    """``moments``: those of the plan, today first; none without a plan."""
    prevent, *recover = wording.aims(outcome)
    return Board(
        headline=figures.headline(outcome),
        prevent=prevent,
        recover=next(iter(recover), ""),
        rows=tuple(figures.attack_row(one, model.attack[key].success) for key, one in outcome.attacks.items()),
        total=f"Les trois attaques ensemble représentent en moyenne {wording.cost(outcome.total)}.",
        certainty=tuple(wording.certainty(outcome)),
        chances=figures.probability_chart(outcome),
        lasting=figures.days_chart(outcome),
        change=tuple(wording.change(moments[-1].saved, moments[0].outcome)) if moments else (),
        plan=plan_lines(moments),
        plan_chart=chance_chart(moments) if moments else None,
        spared=spared(moments) if moments else "",
    )


def plan_lines(moments: Sequence[Moment]) -> tuple[PlanLine, ...]:
    found = []
    for moment in moments:
        first, total = next(iter(moment.outcome.attacks.values())), moment.outcome.total
        saved = moment.saved["total"]
        found.append(
            PlanLine(
                when=figures.moment_label(moment.on),
                chance=wording.percent(first.probability),
                lasting=figures.lasting(first.days_if),
                days=figures.yearly(total.days, "jour"),
                euros=figures.yearly(total.euros),
                saved_days=figures.yearly(saved.days, "jour") if moment.on else "",
                saved_euros=figures.yearly(saved.euros) if moment.on else "",
            )
        )
    return tuple(found)


def chance_chart(moments: Sequence[Moment]) -> figures.Pair:
    """The probability of the first attack (the one that stops care), moment after moment."""
    firsts = [next(iter(moment.outcome.attacks.values())) for moment in moments]
    spreads = [one.probability for one in firsts]
    title = f"{firsts[0].title} : probabilité par an, si le plan est tenu"
    labels = [figures.moment_label(moment.on) for moment in moments]
    scale = figures.percents(max(one.high for one in spreads))
    return figures.over_time(labels, spreads, wording.percent, scale, title, "chance")


def days_chart(moments: Sequence[Moment]) -> figures.Pair:
    """Days of degraded care a year, all attacks."""
    spreads = [moment.outcome.total.days for moment in moments]
    labels = [figures.moment_label(moment.on) for moment in moments]
    scale = figures.durations(max(one.high for one in spreads))
    title = "Jours de soins dégradés par an, toutes attaques, si le plan est tenu"
    return figures.over_time(labels, spreads, lambda v: figures.yearly(v, "jour"), scale, title, "jours-par-an")


def spared(moments: Sequence[Moment]) -> str:
    """« Une fois tenu, il évite en moyenne 0,8 jour (entre 0,2 et 2) de soins dégradés et 40 k€ (…) par an. »"""
    saved = moments[-1].saved["total"]
    if saved.days.mean <= 0 and saved.euros.mean <= 0:
        return ""
    return (
        f"Une fois tenu, il évite en moyenne {figures.yearly(saved.days, 'jour')} de soins dégradés et "
        f"{figures.yearly(saved.euros)} par an."
    )


def saved_headline(moments: Sequence[Moment]) -> str:
    """« À son terme, ce plan évite 40 k€ (…) et 0,8 jour (…) par an »."""
    saved = moments[-1].saved["total"]
    if saved.days.mean <= 0 and saved.euros.mean <= 0:
        return "Ce plan ne change pas ce risque"
    spared = wording.euros(wording.rounded(saved.euros.mean, saved.euros.low, saved.euros.high), 2)
    days = wording.rounded(saved.days.mean, saved.days.low, saved.days.high)
    if abs(days) < wording.NEGLIGIBLE:
        return f"À son terme, ce plan évite en moyenne {spared} par an"
    return f"À son terme, ce plan évite en moyenne {french.counted(days, 'jour')} de soins dégradés et {spared} par an"
