# SPDX-License-Identifier: EUPL-1.2
"""What other means would buy, and how the plan stands wrong estimates, as a job: loaded by workers only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from carene.apps.organisations import queries as organisations
from carene.apps.roadmaps import plans, stored
from carene.apps.roadmaps.actions.searching import PLAN
from carene.apps.roadmaps.means import from_row
from carene.apps.roadmaps.search_times import search_times
from carene.apps.roadmaps.searching import scenario_asked
from carene.apps.roadmaps.wishes import of_scenario
from carene.core.jobs.models import Job
from carene.core.jobs.reporting import Report
from carene.core.jobs.worker import actor_of
from carene.engines import french
from carene.engines.planner import explain, scenarios
from carene.engines.planner.model import Plan, Problem
from carene.engines.planner.optimise import QUARTER
from carene.engines.planner.usual import proposals

BUDGETS, MORE, DOUBTS = (0.0, 0.2), (0.2, 0.5), (0.5, 1.0)  # of the whole: what each part takes, about
PRICED = 20  # draws in which a little more of each means is priced: each takes a second
ENOUGH = 10  # draws under which an interval means nothing

Gain = tuple[str, float, tuple[float, float] | None]  # what one would have more of, value, interval


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
    computed = stored.read(row)
    current = computed is not None and computed.plan.problem == problem
    plan = _present(computed.plan if computed and current else None, points)
    gains: list[Gain] = []
    method, robust = "", None
    if not stop() and plan is not None:
        marginals = explain.marginals(plan, width=QUARTER)
        fewer = proposals().uncertainty.model_copy(update={"draws": min(PRICED, proposals().uncertainty.draws)})
        draws = scenarios.doubted(
            problem,
            plan,
            uncertainty=fewer,
            heard=heard("Ce qu'un peu plus de chaque moyen achèterait.", MORE),
            stop=stop,
        )
        gains, method = _gains(marginals, draws, problem), marginals.method
    if not stop() and plan is not None:
        robust = scenarios.robust(problem, plan, heard=heard("Nos estimations sont mises en doute.", DOUBTS), stop=stop)
    return {
        "version": row.version,
        "objective": row.objective,
        "current": current,
        "spots": [_spot(point) for point in points],
        "gains": gains,
        "method": method,
        "robust": _told(robust, plan) if robust and plan else None,
    }


def _present(own: Plan | None, points: Sequence[scenarios.Point]) -> Plan | None:
    """The plan of the scenario as long as it answers its question, else the one found with the same means; with the
    tightest of what is known of the best possible."""
    found = next((point.plan for point in points if point.share == 1), None)
    if own is None or found is None or found.bound is None:
        return own or found
    bound = max(own.value, found.bound if own.bound is None else min(own.bound, found.bound))
    return replace(own, bound=bound, gap=(bound - own.value) / bound if bound > 0 else 0.0)


def _gains(found: explain.Marginals, draws: Sequence[explain.Marginals], problem: Problem) -> list[Gain]:
    """The most useful first; what holds it in eight draws out of ten, when there are enough."""
    rows = []
    year = found.best_year
    if year is not None:
        values = [one.money[year] for one in draws]
        rows.append((f"{french.euros(explain.MORE_MONEY)} de plus en {year}", found.money[year], values))
    for skill, value in found.team.items():
        label = problem.labels.get(skill, skill)
        rows.append((f"Un jour de plus par mois, {label}", value, [one.team[skill] for one in draws]))
    share = proposals().uncertainty.quantile
    return [
        (label, value, scenarios.between([value, *values], share) if len(values) >= ENOUGH else None)
        for label, value, values in sorted(rows, key=lambda row: (-row[1], row[0]))
    ]


def _spot(point: scenarios.Point) -> dict[str, Any]:
    return {
        "share": point.share,
        "budget": point.budget,
        "value": point.value,
        "bound": point.bound,
        "starts": scenarios.starts_of(point.plan),
    }


def _told(robust: scenarios.Robust, usual: Plan) -> dict[str, Any]:
    """``same``: the plan that we started from stands our errors best."""
    titles = {candidate.id: candidate.title for candidate in robust.plan.problem.candidates}
    stays = sorted(robust.stays.items(), key=lambda item: (item[1], titles[item[0]]))
    starts = scenarios.starts_of(robust.plan)
    return {
        "same": starts == scenarios.starts_of(usual),
        "starts": starts,
        "value": robust.plan.value,
        "bound": robust.plan.bound,
        "low": robust.low,
        "median": robust.median,
        "nominal_low": robust.nominal_low,
        "nominal_median": robust.nominal_median,
        "nominal_value": usual.value,
        "draws": robust.draws,
        "stays": [[titles[key], share] for key, share in stays],
    }
