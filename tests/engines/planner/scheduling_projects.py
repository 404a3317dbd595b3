# SPDX-License-Identifier: EUPL-1.2
"""Projects drawn for the properties of the scheduling core."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from carene.engines.planner.scheduling.check import check_project
from carene.engines.planner.scheduling.model import Activity, Project
from carene.engines.sources import InputError
from tests.engines.planner.schedule_checker import Facts


@st.composite
def projects(draw: st.DrawFn, most: int = 12, *, dated: bool = True) -> Project:
    """Projects that ``check_project`` accepts; ``dated``: calendars, deadlines, release dates, optional activities."""
    count = draw(st.integers(0, most))
    resources = [f"r{rank}" for rank in range(draw(st.integers(0, 3)))]
    limit = {name: draw(st.integers(1, 6)) for name in resources}
    ids = draw(st.permutations([f"a{rank}" for rank in range(count)]))
    pairs = [(first, second) for at, first in enumerate(ids) for second in ids[at + 1 :]]
    precedences = draw(st.lists(st.sampled_from(pairs), max_size=count + 3)) if pairs else []
    calendar = dated and draw(st.booleans())
    horizon = draw(st.integers(8, 40)) if calendar or (dated and draw(st.booleans())) else None
    capacity = {
        name: draw(st.lists(st.integers(0, most), min_size=horizon, max_size=horizon + 2))
        if calendar and horizon and draw(st.booleans())
        else most
        for name, most in limit.items()
    }
    activities = tuple(
        Activity(
            key,
            duration=draw(st.integers(0, 5)),
            demand={name: draw(st.integers(0, most)) for name, most in limit.items() if draw(st.booleans())},
            optional=dated and draw(st.booleans()),
            earliest_start=draw(st.integers(0, 6)) if dated else 0,
            latest_end=draw(st.none() | st.integers(6, 30)) if dated else None,
        )
        for key in sorted(ids)
    )
    project = Project(activities, tuple(precedences), capacity, horizon)
    try:
        check_project(project)
    except InputError:
        assume(False)  # a demand that the calendar never offers, a deadline before the critical path
    return project


def facts(project: Project) -> Facts:
    return Facts(
        durations={one.id: one.duration for one in project.activities},
        demands={one.id: dict(one.demand) for one in project.activities},
        precedences=list(project.precedences),
        capacity=dict(project.capacity),
        earliest={one.id: one.earliest_start for one in project.activities},
        latest={one.id: one.latest_end for one in project.activities if one.latest_end is not None},
        optional={one.id for one in project.activities if one.optional},
        horizon=project.horizon,
    )
