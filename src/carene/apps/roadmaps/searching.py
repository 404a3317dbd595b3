# SPDX-License-Identifier: EUPL-1.2
"""The search for the best plan of a scenario, as a job: loaded by workers only."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from carene.apps.assessments.referentials import BUILT_IN
from carene.apps.organisations import queries as organisations
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import plans, queries, stored, worth
from carene.apps.roadmaps.actions.searching import PLAN, Asked, keep_plan
from carene.apps.roadmaps.means import from_row
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.search_panel import gap
from carene.apps.roadmaps.stored import Computed
from carene.apps.roadmaps.wishes import of_scenario
from carene.core.jobs.models import Job
from carene.core.jobs.reporting import Report
from carene.core.jobs.worker import actor_of
from carene.engines.planner import avoided
from carene.engines.planner.model import Plan
from carene.engines.planner.optimise import optimise
from carene.engines.simulation.loader import shipped
from carene.engines.sources import InputError

# What the engine calls its stages → what people read meanwhile.
STAGES = {
    "Sélection gloutonne": "Un premier plan se compose, mesure après mesure.",
    "Mise au net": "Le plan trouvé est vérifié.",
    "Recherche locale": "Recherche locale : quelques mesures sont retirées, de meilleures prennent leur place.",
    "CP-SAT, ensemble": "Un solveur reprend le plan entier, pour le surpasser ou démontrer qu'on ne le peut pas.",
    "CP-SAT, par fenêtres": "Un solveur reprend quelques mesures à la fois.",
}
POINTS = 240  # of the curve; beyond, every other one is enough


@dataclass(frozen=True)
class Outcome:
    organisation: Organisation
    asked: Asked
    simulated: str  # what it avoids, by the true simulation; empty for another referential than ours
    before: float | None  # value of the plan that the scenario had, when it answered the same question
    found: Computed


def run(job: Job, report: Report) -> Outcome:
    """The best plan that the time allows, for the scenario as it is when the search begins.

    Raises InputError: the scenario was deleted, or no longer makes sense.
    """
    began = time.monotonic()
    organisation = organisations.find(actor_of(job), job.node_id, PLAN)
    row, objective = scenario_asked(organisation, job), job.arguments["objective"]
    situation, means = plans.required_situation(organisation, row.referential), from_row(row)
    problem = plans.problem_of(situation, means, of_scenario(row.wishes), objective)
    asked = Asked.of(row, objective, situation.sheet.assessment.pk)
    curve: list[tuple[float, float, float | None]] = []

    def progress(stage: str, value: float, bound: float | None, share: float) -> None:
        if value <= 0 and not curve:  # nothing to show yet
            report(STAGES.get(stage, stage), share)
            return
        now = (round(time.monotonic() - began, 1), value, bound)
        if not curve or curve[-1][1:] != now[1:]:
            if len(curve) >= POINTS:
                del curve[1::2]
            curve.append(now)
        report(STAGES.get(stage, stage), share, value=value, bound=bound, curve=[*curve, now])

    present = stored.read(row)
    plan = optimise(
        problem,
        seconds=job.arguments["seconds"],
        progress=progress,
        stop=lambda: report.stopping,
        warm=present.plan if present else None,
    )
    before = present.plan if present and present.plan.problem == plan.problem else None
    best = plan if before is None else better(before, plan)
    found = plans.followed(situation, means, best)
    return Outcome(organisation, asked, _simulated(situation, best), before.value if before else None, found)


def _simulated(situation: plans.Situation, plan: Plan) -> str:
    """The values that the planner adds up are shares of a risk that is a product: the simulation has the last word."""
    if situation.sheet.assessment.referential != BUILT_IN:
        return ""
    case = worth.case(situation.organisation, situation.profile, situation.sheet.judgement)
    return avoided.sentence(avoided.avoided(plan, shipped(), case), plan.unit)


def better(before: Plan, found: Plan) -> Plan:
    """Of two plans of the same problem the best one, with the tightest of what is known of the best possible."""
    best = max(before, found, key=lambda plan: plan.value)
    bounds = [plan.bound for plan in (before, found) if plan.bound is not None]
    if not bounds:
        return best
    bound = min(bounds)
    return replace(best, bound=bound, gap=gap(best.value, bound), trail=found.trail, method=found.method)


def keep(job: Job, outcome: Outcome) -> dict[str, Any]:
    """In its scenario; beside it, to be decided, when someone changed the scenario meanwhile."""
    plan = outcome.found.plan
    result = {
        "objective": outcome.asked.objective,
        "value": plan.value,
        "before": outcome.before,
        "simulated": outcome.simulated,
    }
    if keep_plan(actor_of(job), outcome.organisation, outcome.asked, outcome.found):
        return {**result, "version": outcome.asked.version + 1}
    return {**result, "plan": stored.to_data(outcome.found), "asked": asdict(outcome.asked)}


def scenario_asked(organisation: Organisation, job: Job) -> Scenario:
    try:
        return queries.scenario(organisation.node, job.arguments["scenario"])
    except Scenario.DoesNotExist as error:
        raise InputError("Le scénario a été supprimé", remedy="le rétablir, puis relancer la recherche") from error
