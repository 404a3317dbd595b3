# SPDX-License-Identifier: EUPL-1.2
"""Other means for a scenario: tried, then made into scenarios of their own with the plans that were found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import plans, queries, stored
from carene.apps.roadmaps.actions import scenarios
from carene.apps.roadmaps.means import from_row
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.search_times import search_times
from carene.apps.roadmaps.wishes import of_scenario
from carene.core.access.actor import Actor
from carene.core.jobs import actions as jobs
from carene.core.jobs import queries as jobs_queries
from carene.core.jobs.models import Job
from carene.engines import french
from carene.engines.planner.model import Plan, Problem
from carene.engines.planner.planning import plan
from carene.engines.planner.scenarios import PRUDENT, replayed, starts_of
from carene.engines.sources import InputError

PLAN = scenarios.PLAN
OTHER_MEANS = "roadmaps.other_means"
AT_BUDGET = "Comment ce plan est trouvé : cherché pour ce budget en même temps que d'autres, les plus petits d'abord."


def try_other_means(actor: Actor, organisation: Organisation, scenario: Scenario) -> Job:
    """What more or less money, and a little more of each team, would change. Raises InputError."""
    actor.require(PLAN, organisation.node)
    plans.required_situation(organisation, scenario.referential)
    target = queries.scenario_target(scenario.pk)
    return jobs.enqueue(actor, organisation.node, OTHER_MEANS, {"scenario": scenario.pk}, target=target)


def make_with_budget(actor: Actor, organisation: Organisation, scenario: Scenario, *, share: float) -> Scenario:
    """The same wishes and team with ``share`` of the money, and the plan found for it, or a better one if it is at
    hand. Raises InputError: more than is tried."""
    actor.require(PLAN, organisation.node)
    if not 0 < share <= search_times().most:
        raise InputError("Ce budget n'a pas été essayé", remedy="en choisir un dans le tableau")
    found = _found(organisation, scenario)
    spot = next((one for one in found.get("spots", ()) if one["share"] == share), None)

    def planner(problem: Problem) -> Plan:
        at_once = plan(problem)
        if spot is None:
            return at_once
        bound = spot["bound"] if _same_question(scenario, found, problem) else None
        searched = replayed(problem, spot["starts"], AT_BUDGET, bound)
        return searched if searched.value >= at_once.value else at_once

    return _create(actor, organisation, scenario, f"{french.share(share)} du budget", share, planner, None)


def make_prudent(actor: Actor, organisation: Organisation, scenario: Scenario) -> Scenario:
    """The same means and wishes, with the plan that stands our errors of estimation best. Raises InputError: none was
    found, or what it was found for has changed."""
    actor.require(PLAN, organisation.node)
    found = _found(organisation, scenario)
    robust = found.get("robust")
    if not robust or found["version"] != scenario.version:
        raise InputError(
            "Aucun plan prudent n'est connu pour ce scénario tel qu'il est", remedy="essayer d'abord d'autres moyens"
        )

    def planner(problem: Problem) -> Plan:
        bound = robust["bound"] if _same_question(scenario, found, problem) else None
        again = replayed(problem, robust["starts"], PRUDENT, bound)
        if starts_of(again) != robust["starts"]:
            raise InputError("Les niveaux ou les coûts ont changé depuis cet essai", remedy="essayer de nouveau")
        return again

    prudence = {key: robust[key] for key in ("low", "median", "draws")}
    return _create(actor, organisation, scenario, "prudent", 1.0, planner, prudence)


def _create(
    actor: Actor,
    organisation: Organisation,
    scenario: Scenario,
    said: str,
    share: float,
    planner: Callable[[Problem], Plan],
    prudence: dict[str, Any] | None,
) -> Scenario:
    means = from_row(scenario)
    name = scenarios.free_name(organisation, f"{means.name[:90]}, {said}")
    budgets = {year: amount * share for year, amount in means.budgets.items()}
    return scenarios.create_scenario(
        actor, organisation, replace(means, name=name, budgets=budgets), wishes=of_scenario(scenario.wishes),
        referential=scenario.referential, objective=scenario.objective, planner=planner, prudence=prudence,
    )  # fmt: skip


def _found(organisation: Organisation, scenario: Scenario) -> dict[str, Any]:
    job = jobs_queries.latest(organisation.node, OTHER_MEANS, queries.scenario_target(scenario.pk))
    return (job.result if job else None) or {}


def _same_question(scenario: Scenario, found: dict[str, Any], problem: Problem) -> bool:
    """Whether what was proven then is proven for this problem too, budgets apart: the job saw the plan of the scenario
    answer its question (``current``), and it still does."""
    known = stored.read(scenario)
    if known is None or not found["current"] or found["version"] != scenario.version:
        return False
    return replace(known.plan.problem, budgets=problem.budgets) == problem
