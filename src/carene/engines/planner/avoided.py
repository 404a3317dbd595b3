# SPDX-License-Identifier: EUPL-1.2
"""What a plan buys in risk: the value of each level for the planner, and the plan played again by the true simulation.

The planner needs values that add up; the risk is a product. So each level is given its exact share of what all levels
avoid together (``simulation.shares``), the plan is sought with these, then every quarter of it is put through the
simulation: the second figure is the one to believe, the first one says what was optimised.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from carene.engines import french
from carene.engines.months import add_months
from carene.engines.planner.candidates import Values
from carene.engines.planner.model import BEYOND_TARGET, Plan

if TYPE_CHECKING:  # numpy comes with it: only those who ask for the risk pay for that
    from carene.engines.simulation.case import Case
    from carene.engines.simulation.comparing import Comparison
    from carene.engines.simulation.model import Model

Measure = Literal["euros", "days"]
UNITS: Mapping[Measure, str] = {
    "euros": "€ de pertes évitées par an",
    "days": "jours de soins dégradés évités par an",
}
DAYS_OF_A_YEAR, HOURS = 365.25, 24


@dataclass(frozen=True, slots=True)
class Risk:
    """Expected, a year: ``probability`` of at least one success (0–1), ``days`` of degraded care, ``euros``."""

    probability: float
    days: float
    euros: float


@dataclass(frozen=True, slots=True)
class RiskMoment:
    on: dt.date  # the day before the plan, then the last day of each of its quarters
    risk: Risk


@dataclass(frozen=True, slots=True)
class Avoided:
    """``moments``: before the plan, then at the end of each quarter. ``days``, ``euros``: avoided over the whole
    horizon, against levels that stay what they are. ``planned``: what the planner's additive values had announced for
    the horizon, in the unit that was optimised (None when it was not the risk). ``notes``: French."""

    moments: tuple[RiskMoment, ...]
    days: float
    euros: float
    planned: float | None
    notes: tuple[str, ...]

    @property
    def before(self) -> Risk:
        return self.moments[0].risk

    @property
    def after(self) -> Risk:
        return self.moments[-1].risk


def values_of(model: Model, case: Case, measure: Measure = "euros", *, beyond_target: float = BEYOND_TARGET) -> Values:
    """Value of each level for ``problem_from``, in euros or days of care avoided a year when it is held all year.

    Up to the targets they sum to what reaching them all avoids. Levels above, if ``beyond_target`` is not 0, are worth
    that part of their share in what full levels everywhere would avoid. A level that nobody evaluated starts at 0.
    """
    from carene.engines.simulation.model import LEVELS
    from carene.engines.simulation.shares import level_values

    targets = {key: min(target, LEVELS - 1) for key, target in case.targets.items()}
    aimed = level_values(model, case.levels, targets, case.establishment)
    full = level_values(model, case.levels, dict.fromkeys(case.targets, LEVELS - 1), case.establishment)
    found: dict[str, tuple[float, ...]] = {}
    for key, start in aimed.start.items():
        steps = [0.0] * start + [getattr(amount, measure) for amount in aimed.steps.get(key, ())]
        above = [getattr(amount, measure) for amount in full.steps.get(key, ())]
        steps += [beyond_target * value for value in above[len(steps) - start :]]
        found[key] = tuple(max(0.0, float(value)) for value in steps)
    return Values(found, "risk", UNITS[measure])


def avoided(plan: Plan, model: Model, case: Case) -> Avoided:
    """The plan through the simulation, quarter by quarter; about a millisecond each.

    A criterion that nobody evaluated stays so until a measure of the plan raises it.
    """
    from carene.engines.simulation.expectation import risk

    problem = plan.problem
    last = add_months(problem.start, problem.months)
    moments: list[RiskMoment] = []
    notes: tuple[str, ...] = ()
    for index in range(len(plan.levels)):
        expected = risk(model, _levels_at(plan, case, index), case.establishment)
        notes = expected.notes
        end = min(add_months(problem.start, index * 3), last)
        total = expected.total
        moments.append(RiskMoment(end - dt.timedelta(days=1), Risk(total.probability, total.days, total.euros)))
    days = euros = 0.0
    for before, after in pairwise(moments):
        years = (after.on - before.on).days / DAYS_OF_A_YEAR
        # Within a quarter the levels rise month after month: half of the way is taken for the whole of it.
        days += years * (moments[0].risk.days - (before.risk.days + after.risk.days) / 2)
        euros += years * (moments[0].risk.euros - (before.risk.euros + after.risk.euros) / 2)
    planned = plan.value * problem.months / 12 if problem.objective == "risk" else None
    return Avoided(tuple(moments), days, euros, planned, tuple(notes))


def saved(plan: Plan, model: Model, case: Case) -> Comparison:
    """What the plan takes away a year once it is over, the attacks together, with the interval of each difference."""
    from carene.engines.simulation.comparing import compare
    from carene.engines.simulation.simulate import simulate

    before, after = (
        simulate(model, _levels_at(plan, case, index), case.establishment) for index in (0, len(plan.levels) - 1)
    )
    return compare(before, after)["total"]


def _levels_at(plan: Plan, case: Case, index: int) -> dict[str, int | None]:
    """Levels at a moment of the plan; those that nobody evaluated stay so until the plan raises them."""
    now = dict(case.levels)
    for key, level in plan.levels[index].items():
        if level > plan.levels[0].get(key, level) or now.get(key) is not None:
            now[key] = level
    return now


def sentence(found: Avoided, unit: str) -> str:
    """Both figures, in French: the simulation's, and what the planner had announced."""
    before, after = found.before, found.after
    said = (
        f"À la fin du plan, la simulation donne {_percent(after.probability)} de risque par an au lieu de "
        f"{_percent(before.probability)}, {_days(after.days)} de soins dégradés au lieu de {_days(before.days)} et "
        f"{french.compact_euros(after.euros)} de pertes au lieu de {french.compact_euros(before.euros)} ; sur "
        f"tout l'horizon, {french.compact_euros(found.euros)} de pertes et {_days(found.days)} de soins dégradés sont "
        "évités."
    )
    if found.planned is None:
        return said
    figure = french.compact_euros(found.planned) if unit == UNITS["euros"] else _days(found.planned)
    return (
        f"{said} Le calcul du plan, qui ajoute des parts et ne compte pas les critères sans réponse, annonçait "
        f"{figure} sur l'horizon."
    )


def _days(days: float) -> str:
    """« 12,5 jours », « 7 heures », « 40 minutes »: a small establishment loses little, but not nothing."""
    if abs(days) >= 1:
        return f"{french.trimmed(days)}{french.SPACE}{french.plural(days, 'jour')}"
    if abs(days) >= 2 / HOURS:
        return french.counted(round(days * HOURS), "heure")
    return french.counted(round(days * HOURS * 60), "minute")


def _percent(probability: float) -> str:
    return french.share(probability, 1)
