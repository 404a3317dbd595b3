# SPDX-License-Identifier: EUPL-1.2
"""The scheduling core: properties on drawn projects, held by a checker and an oracle that share no code with it."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings

from carene.engines.planner.scheduling import exact
from carene.engines.planner.scheduling.bounds import lower_bound
from carene.engines.planner.scheduling.check import check_project
from carene.engines.planner.scheduling.model import Activity, Project, Solution
from carene.engines.planner.scheduling.serial import (
    RULES,
    backward,
    by_priority,
    forward,
    justify,
    parallel,
    priorities,
)
from carene.engines.planner.scheduling.solve import solve
from tests.engines.planner.schedule_checker import best_cost, cost, faults
from tests.engines.planner.scheduling_projects import facts, projects

many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def check(project: Project, solution: Solution) -> None:
    """Valid, and consistent with what it says of itself."""
    known, schedule = facts(project), solution.schedule
    assert list(faults(known, schedule.starts, schedule.makespan)) == []
    late, missing, makespan = cost(known, schedule.starts)
    assert (sum(schedule.late.values()), len(schedule.left_out), schedule.makespan) == (late, missing, makespan)
    assert set(schedule.left_out) == set(known.durations) - set(schedule.starts)
    assert 0 <= solution.bound <= solution.makespan == makespan


@many
@given(projects())
def test_schedules_are_valid_and_never_worse_than_the_rules(project: Project) -> None:
    network = check_project(project)
    solution = solve(project, steps=30, seed=3)
    check(project, solution)
    known = facts(project)
    for rule in RULES:
        values = priorities(network, rule)
        for starts in (forward(network, by_priority(network, values)), parallel(network, values)):
            schedule = network.schedule(starts)
            assert list(faults(known, schedule.starts, schedule.makespan)) == []
            assert cost(known, solution.schedule.starts) <= cost(known, schedule.starts)


@pytest.mark.parametrize("last", [0, 1])
@pytest.mark.parametrize("due", [None, 3])
def test_an_optional_activity_waits_for_one_that_comes_later_in_its_turn(last: int, due: int | None) -> None:
    """Priorities may put followers first: they are not left out for that, nor put at the end of time."""
    chain = ("a", "b", "c", "d")
    activities = [Activity(key, 1, optional=key in "cd", latest_end=due if key in "cd" else None) for key in chain[:3]]
    project = Project((*activities, Activity("d", last, optional=True)), (("a", "b"), ("b", "c"), ("c", "d")), {})
    network = check_project(project)
    for rule in RULES:
        values = priorities(network, rule)
        for starts in (forward(network, by_priority(network, values)), parallel(network, values)):
            assert network.schedule(starts).starts == {"a": 0, "b": 1, "c": 2, "d": 3}


@pytest.mark.parametrize("rule", RULES)
def test_what_waits_for_an_optional_activity_that_cannot_be_is_left_out(rule: str) -> None:
    activities = (Activity("a", 3), Activity("b", 1, optional=True, latest_end=2), Activity("c", 0, optional=True))
    network = check_project(Project(activities, (("a", "b"), ("b", "c")), {}))
    values = priorities(network, rule)
    for starts in (forward(network, by_priority(network, values)), parallel(network, values)):
        assert network.schedule(starts).starts == {"a": 0}


@many
@given(projects())
def test_justification_is_valid_and_never_worse(project: Project) -> None:
    network, known = check_project(project), facts(project)
    starts = forward(network, by_priority(network, priorities(network, "mts")))
    right = backward(network, starts)
    left = justify(network, starts)
    assert all(after >= before for before, after in zip(starts, right, strict=True))
    assert network.makespan(right) == network.makespan(starts)
    assert network.cost(left) <= network.cost(starts)
    for found in (right, left):
        schedule = network.schedule(found)
        assert list(faults(known, schedule.starts, schedule.makespan)) == []


@many
@given(projects(most=5))
def test_bounds_are_below_the_best(project: Project) -> None:
    assert lower_bound(check_project(project)) <= best_cost(facts(project))[2]


@few
@given(projects(most=5))
def test_the_solver_finds_the_best_and_proves_it(project: Project) -> None:
    """Late, left out, makespan: against every order of every choice."""
    solution = solve(project, seconds=20)
    check(project, solution)
    assert solution.proven, solution
    assert cost(facts(project), solution.schedule.starts) == best_cost(facts(project))


@few
@given(projects(most=5))
def test_one_thread_does_it_all(project: Project) -> None:
    solution = solve(project, seconds=2, workers=1)
    check(project, solution)
    assert cost(facts(project), solution.schedule.starts) == best_cost(facts(project))


@few
@given(projects(most=14))
def test_the_same_seed_and_steps_give_the_same_schedule(project: Project) -> None:
    one, two = (solve(project, steps=120, seed=11).schedule for _ in range(2))
    assert one == two


@few
@given(projects(most=14))
def test_more_steps_are_never_worse(project: Project) -> None:
    costs = [cost(facts(project), solve(project, steps=steps, seed=5).schedule.starts) for steps in (1, 20, 150)]
    assert costs == sorted(costs, reverse=True)


def crowd(count: int = 60) -> Project:
    """One team, work of every length, chains: hard enough to take time."""
    activities = tuple(
        Activity(f"a{i}", 1 + i * 7 % 9, {"team": 1 + i * 5 % 7, "other": i * 3 % 5}) for i in range(count)
    )
    chains = tuple((f"a{i}", f"a{j}") for i in range(count) for j in (i + 7, i + 11) if j < count and i % 3)
    return Project(activities, chains, {"team": 9, "other": 6})


def test_without_the_solver_the_search_still_plans_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "available", lambda: False)
    solution = solve(crowd(), seconds=0.3)
    check(crowd(), solution)
    assert "OR-Tools n'est pas installé" in solution.method


def test_stop_and_time_are_obeyed_and_progress_only_improves() -> None:
    told: list[tuple[int, int]] = []
    asked = []
    exact.load()
    begun = time.perf_counter()
    solution = solve(
        crowd(),
        seconds=60,
        stop=lambda: bool(asked.append(1)) or time.perf_counter() > begun + 0.5,
        progress=lambda *now: told.append(now),
    )
    assert time.perf_counter() - begun < 40
    check(crowd(), solution)
    assert told[-1] == (solution.makespan, solution.bound)
    assert [makespan for makespan, _ in told] == sorted((makespan for makespan, _ in told), reverse=True)
    assert [bound for _, bound in told] == sorted(bound for _, bound in told)
    begun = time.perf_counter()
    check(crowd(), solve(crowd(), seconds=0.5))
    assert time.perf_counter() - begun < 40


def test_a_stop_at_once_still_gives_a_schedule() -> None:
    check(crowd(), solve(crowd(), stop=lambda: True))


def test_what_the_callers_raise_comes_through() -> None:
    def fail(makespan: int, bound: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        solve(crowd(), progress=fail)


def test_august_is_respected() -> None:
    """Two persons, none in August: what would straddle it waits for September."""
    team = [2] * 12
    team[7] = 0
    work = [Activity("audit", 6, {"team": 1}), Activity("mfa", 3, {"team": 2})]
    project = Project(tuple(work), (("audit", "mfa"),), {"team": team}, horizon=12)
    solution = solve(project)
    assert solution.schedule.starts == {"audit": 0, "mfa": 8}
    assert solution.proven


def test_optional_work_gives_way_and_deadlines_come_first() -> None:
    activities = (
        Activity("nice", 5, {"team": 1}, optional=True),
        Activity("after", 1, optional=True),
        Activity("must", 4, {"team": 1}, latest_end=4),
    )
    solution = solve(Project(activities, (("nice", "after"),), {"team": 1}, horizon=8))
    assert solution.schedule.starts == {"must": 0}
    assert solution.schedule.left_out == ("nice", "after")
    assert not solution.schedule.late
    assert solution.proven


def test_two_deadlines_that_one_team_cannot_meet_are_told() -> None:
    activities = tuple(Activity(key, 4, {"team": 1}, latest_end=5) for key in ("a", "b"))
    solution = solve(Project(activities, (), {"team": 1}))
    assert sum(solution.schedule.late.values()) == 3
    assert solution.makespan == 8


def test_nothing_to_plan() -> None:
    assert solve(Project(())).makespan == 0
