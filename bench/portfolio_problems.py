# SPDX-License-Identifier: EUPL-1.2
"""Portfolios of measures drawn at random, shaped like those of a hospital: ladders, prerequisites, running costs, teams
that are too small, budgets that pay for a part. Nothing of a real establishment."""

from __future__ import annotations

import datetime as dt
import random

from carene.engines.planner.model import Candidate, Problem, Step

YEARS = (2027, 2028, 2029)
SKILLS = {"rssi": 0.5, "systemes": 0.55, "reseau": 0.35, "applications": 0.3}  # how often a measure needs it
MONEY, TEAM = 0.35, 0.4  # what there is, as a share of what everything would take
CALENDAR = {7: 0.75, 8: 0.4, 12: 0.75}


def portfolio(count: int, seed: int) -> Problem:
    """``count`` measures over 36 months, about one criterion for two measures and a half."""
    draw = random.Random(1000 * count + seed)
    criteria = [f"C{rank:03d}" for rank in range(max(4, round(count / 2.5)))]
    levels = {criterion: draw.choice((0, 0, 0, 1, 1, 2)) for criterion in criteria}
    measures: list[Candidate] = []
    for rank in range(count):
        measures.append(_measure(rank, draw, criteria, levels, measures))
    money = sum(one.investment + one.yearly * 1.5 for one in measures)
    work = {skill: sum(one.effort.get(skill, 0.0) for one in measures) for skill in SKILLS}
    return Problem(
        start=dt.date(YEARS[0], 1, 1),
        months=36,
        budgets={year: round(MONEY * money * share) for year, share in zip(YEARS, (0.25, 0.35, 0.4), strict=True)},
        capacity={skill: [round(TEAM * days / 12, 1)] * 12 for skill, days in work.items()},
        candidates=tuple(measures),
        levels=levels,
        targets={criterion: draw.choice((2, 3, 3)) for criterion in criteria},
        weights={criterion: float(draw.choice((1, 1, 2, 2, 3, 8, 12))) for criterion in criteria},
        calendar=CALENDAR,
    )


def _measure(
    rank: int, draw: random.Random, criteria: list[str], levels: dict[str, int], earlier: list[Candidate]
) -> Candidate:
    steps = []
    for criterion in draw.sample(criteria, draw.choice((1, 1, 1, 2, 3))):
        start = draw.choice((0, levels[criterion], levels[criterion], min(3, levels[criterion] + 1)))
        steps.append(Step(criterion, start, min(4, start + draw.choice((1, 1, 2, 2, 3)))))
    size = draw.lognormvariate(0, 0.8)
    paid = draw.random() < 0.65
    requires = draw.sample([one.id for one in earlier[-40:]], min(len(earlier), draw.choice((0, 0, 0, 1, 1, 2))))
    return Candidate(
        id=f"m{rank:04d}",
        title=f"Mesure {rank}",
        steps=tuple(steps),
        investment=round(9000 * size * draw.uniform(0.3, 1.8), -2) if paid else 0.0,
        yearly=round(4000 * size * draw.uniform(0.2, 1.5), -2) if draw.random() < 0.4 else 0.0,
        effort={
            skill: round(8 * size * draw.uniform(0.3, 2.0), 1)
            for skill, often in SKILLS.items()
            if draw.random() < often
        },
        months=draw.choice((1, 2, 2, 3, 3, 4, 6, 6, 9, 12)),
        requires=tuple(sorted(requires)),
    )
