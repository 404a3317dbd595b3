# SPDX-License-Identifier: EUPL-1.2
"""What other means would buy, and how the plan stands wrong estimates, as a job: loaded by workers only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from carene.apps.organisations import queries as organisations
from carene.apps.roadmaps import plans, stored
from carene.apps.roadmaps.actions.searching import PLAN
from carene.apps.roadmaps.means import from_row
from carene.apps.roadmaps.search_panel import gap
from carene.apps.roadmaps.search_times import search_times
from carene.apps.roadmaps.searching import scenario_asked
from carene.apps.roadmaps.wishes import of_scenario
from carene.core.jobs.models import Job
from carene.core.jobs.reporting import Report
from carene.core.jobs.worker import actor_of
from carene.engines import french
from carene.engines.planner import explain, scenarios
from carene.engines.planner.model import Plan, Problem

BUDGETS, DOUBTS = (0.0, 0.3), (0.35, 1.0)  # of the whole: what each part takes, about


def run(job: Job, report: Report) -> dict[str, Any]:
    """Stopped, gives what was found so far. Raises InputError: the scenario was deleted, or makes no sense any more."""
    organisation = organisations.find(actor_of(job), job.node_id, PLAN)
    row, known = scenario_asked(organisation, job), search_times()
    situation = plans.required_situation(organisation, row.referential)
    problem = plans.problem_of(situation, from_row(row), of_scenario(row.wishes), row.objective)

    def heard(said: str, part: tuple[float, float]) -> Callable[[float], None]:
        def hear(share: float) -> None:
            report(said, part[0] + share * (part[1] - part[0]))

        return hear

    def stop() -> bool:
        return report.stopping

    points = scenarios.pareto(
        problem, known.points, most=known.most, heard=heard("D'autres budgets sont essayés.", BUDGETS), stop=stop
    )
    plan = _present(problem, stored.read(row), points)
    gains: list[tuple[str, float]] = []
    method, robust = "", None
    if not stop() and plan is not None:
        report("Ce qu'un peu plus de chaque moyen achèterait.", BUDGETS[1])
        marginals = explain.marginals(plan)
        gains, method = _gains(marginals, problem), marginals.method
    if not stop() and plan is not None:
        robust = scenarios.robust(problem, plan, heard=heard("Nos estimations sont mises en doute.", DOUBTS), stop=stop)
    return {
        "version": row.version,
        "objective": row.objective,
        "spots": [[p.share, p.budget, p.value, _gap(p), len(p.plan.actions)] for p in points],
        "gains": gains,
        "method": method,
        "robust": _told(robust) if robust else None,
    }


def _present(problem: Problem, computed: stored.Computed | None, points: tuple[scenarios.Point, ...]) -> Plan | None:
    """The plan of the scenario, or the one just found with the same means when that is worth more."""
    found = [point.plan for point in points if point.share == 1]
    if computed and computed.plan.problem == problem:
        found.append(computed.plan)
    return max(found, key=lambda plan: plan.value, default=None)


def _gains(found: explain.Marginals, problem: Problem) -> list[tuple[str, float]]:
    """(what one would have more of, value), the most useful first."""
    year = found.best_year
    money = [(f"{french.euros(explain.MORE_MONEY)} de plus en {year}", found.money[year])] if year is not None else []
    team = [
        (f"Un jour de plus par mois, {problem.labels.get(skill, skill)}", value) for skill, value in found.team.items()
    ]
    return sorted(money + team, key=lambda gain: (-gain[1], gain[0]))


def _gap(point: scenarios.Point) -> float | None:
    return None if point.bound is None else gap(point.value, point.bound)


def _told(robust: scenarios.Robust) -> dict[str, Any]:
    titles = {candidate.id: candidate.title for candidate in robust.plan.problem.candidates}
    stays = sorted(robust.stays.items(), key=lambda item: (item[1], titles[item[0]]))
    return {
        "low": robust.low,
        "median": robust.median,
        "nominal_low": robust.nominal_low,
        "draws": robust.draws,
        "stays": [[titles[key], share] for key, share in stays],
    }
