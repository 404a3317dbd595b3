# SPDX-License-Identifier: EUPL-1.2
"""Small planning problems made by hand or drawn at random for the tests of the planner."""

from __future__ import annotations

import datetime as dt
import random

from hypothesis import strategies as st

from carene.engines.planner.model import Candidate, Problem, Step, Wish

START = dt.date(2027, 1, 1)
SKILLS = ("reseau", "rssi", "systemes")


def candidate(key: str, *steps: tuple[str, int, int], **changes: object) -> Candidate:
    """Free of charge, two months, no work, unless told otherwise; titled « Mesure key »."""
    values: dict[str, object] = {
        "id": key,
        "title": f"Mesure {key}",
        "steps": tuple(Step(*step) for step in steps),
        "investment": 0.0,
        "yearly": 0.0,
        "effort": {},
        "months": 2,
    }
    return Candidate(**{**values, **changes})  # type: ignore[arg-type]


def problem(*candidates: Candidate, **changes: object) -> Problem:
    """Two years from January 2027, 100 000 € each, no limit of team; criteria at 0, aimed at 3, of weight 1."""
    criteria = sorted({step.criterion for c in candidates for step in c.steps})
    values: dict[str, object] = {
        "start": START,
        "months": 24,
        "budgets": {2027: 100_000.0, 2028: 100_000.0},
        "capacity": {},
        "candidates": candidates,
        "levels": dict.fromkeys(criteria, 0),
        "targets": dict.fromkeys(criteria, 3),
        "weights": dict.fromkeys(criteria, 1.0),
    }
    return Problem(**{**values, **changes})  # type: ignore[arg-type]


def large(count: int, seed: int = 1) -> Problem:
    """A made-up catalogue: ladders on ``count`` / 3 criteria, prerequisites, tight budgets and teams."""
    draw = random.Random(seed)
    criteria = [f"C{n:03d}" for n in range(max(3, count // 3))]
    found: list[Candidate] = []
    for n in range(count):
        start = draw.choice((0, 0, 0, 1, 2))
        steps = [(c, start, min(4, start + draw.choice((1, 2)))) for c in draw.sample(criteria, draw.choice((1, 1, 2)))]
        requires = tuple({f"m{draw.randrange(n):04d}"} if n > 5 and draw.random() < 0.3 else ())
        found.append(
            candidate(
                f"m{n:04d}",
                *steps,
                investment=float(draw.choice((0, 2, 5, 10, 40)) * 1000),
                yearly=float(draw.choice((0, 0, 1, 5)) * 1000),
                effort={skill: float(draw.randint(1, 30)) for skill in draw.sample(SKILLS, draw.choice((1, 2)))},
                months=draw.randint(1, 9),
                requires=requires,
            )
        )
    years = dict.fromkeys((2027, 2028, 2029), 3000.0 * count)
    return problem(
        *found,
        months=36,
        budgets=years,
        capacity={skill: [1.2 * count] * 12 for skill in SKILLS},
        weights={c: float(draw.choice((1, 2, 3, 6))) for c in criteria},
        levels={c: draw.choice((0, 0, 1, 2)) for c in criteria},
        targets={c: draw.choice((2, 3)) for c in criteria},
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Any problem that makes sense: tight or empty resources, ladders, prerequisites, leave, every kind of wish."""
    months = draw(st.sampled_from((12, 13, 24, 35)))
    start = dt.date(2027, draw(st.sampled_from((1, 5, 12))), 1)
    criteria = ["A", "B", "C", "D"]
    count = draw(st.integers(0, 12))
    found = []
    for n in range(count):
        steps = []
        for criterion in draw(st.lists(st.sampled_from(criteria), max_size=2, unique=True)):
            low = draw(st.integers(0, 3))
            steps.append((criterion, low, draw(st.integers(low + 1, 4))))
        requires = draw(st.lists(st.integers(0, n - 1), max_size=2, unique=True)) if n else []
        found.append(
            candidate(
                f"m{n}",
                *steps,
                investment=draw(st.sampled_from((0.0, 999.99, 5000.0, 20000.0))),
                yearly=draw(st.sampled_from((0.0, 600.0, 7000.0))),
                effort={
                    skill: draw(st.sampled_from((0.5, 4.0, 15.0)))
                    for skill in draw(st.lists(st.sampled_from(SKILLS), max_size=2, unique=True))
                },
                months=draw(st.sampled_from((2, 1, 5, 11, 14))),
                requires=tuple(f"m{r}" for r in requires),
            )
        )
    wished = draw(st.lists(st.sampled_from([c.id for c in found]), max_size=4, unique=True)) if found else []
    limited = draw(st.lists(st.sampled_from(SKILLS), unique=True))
    return problem(
        *found,
        start=start,
        months=months,
        budgets={
            year: draw(st.sampled_from((30000.0, 100000.0, 6000.0, 0.0)))
            for year in draw(st.sampled_from(((2027, 2028, 2029, 2030), (2027, 2028), (2028,))))
        },
        capacity={skill: [draw(st.sampled_from((40.0, 12.0, 3.0, 0.0)))] * 12 for skill in limited},
        levels={c: draw(st.integers(0, 3)) for c in criteria[: draw(st.sampled_from((4, 4, 3, 0)))]},
        targets={c: draw(st.integers(1, 4)) for c in criteria},
        weights={c: draw(st.sampled_from((1.0, 6.0, 0.0))) for c in criteria},
        wishes={key: draw(wishes(months)) for key in wished},
        done=frozenset(draw(st.lists(st.sampled_from([c.id for c in found]), max_size=2)) if found else ()),
        calendar=draw(st.sampled_from(({}, {}, {8: 0.4, 12: 0.75}, {7: 0.0, 8: 0.0}))),
    )


def wishes(months: int) -> st.SearchStrategy[Wish]:
    month = st.integers(0, months + 2)
    return st.one_of(
        st.builds(Wish, mandatory=st.booleans(), deadline=st.none() | month, not_before=st.none() | st.integers(0, 6)),
        st.builds(Wish, mandatory=st.booleans(), start_month=month, deadline=st.none() | month),
        st.builds(Wish, excluded=st.just(True), reason=st.sampled_from(("", "Déjà au marché."))),
    )
