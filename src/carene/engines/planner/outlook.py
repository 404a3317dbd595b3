# SPDX-License-Identifier: EUPL-1.2
"""What a plan does to the scores: axes, whole and maturity step, quarter after quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from carene.engines.months import add_months
from carene.engines.planner.model import Candidate, Plan
from carene.engines.referential.model import Referential
from carene.engines.scoring.model import CriterionResult, Judgement
from carene.engines.scoring.nodes import node_results
from carene.engines.scoring.steps import maturity


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the plan leads on one day. Scores on 0–4; None where nothing is evaluated, or without maturity steps."""

    on: dt.date  # the day before the plan, then the last day of each of its quarters
    overall: float | None
    axes: Mapping[str, float | None]
    step: int | None


def moments(referential: Referential, judgement: Judgement, plan: Plan) -> tuple[Moment, ...]:
    """One moment before the plan, then one at the end of each quarter.

    A criterion that nobody evaluated stays so until a measure of the plan raises it. Criteria that the judgement does
    not hold do not concern the establishment and are left out.
    """
    found = []
    last = add_months(plan.problem.start, plan.problem.months)
    for index, levels in enumerate(plan.levels):
        judged = [
            (referential.criterion[result.criterion], _at(result, plan.levels[0], levels))
            for result in judgement.criteria
        ]
        overall, axes, _ = node_results(referential, judged)
        end = min(add_months(plan.problem.start, index * 3), last)
        found.append(
            Moment(
                on=end - dt.timedelta(days=1),
                overall=overall.score,
                axes={axis.id: axis.score for axis in axes},
                step=maturity(referential, judged).step,
            )
        )
    return tuple(found)


def raised(plan: Plan) -> dict[str, tuple[int, int]]:
    """Criterion → (level before the plan, level at its end), for those that the plan raises."""
    before, after = plan.levels[0], plan.levels[-1]
    return {key: (level, after[key]) for key, level in before.items() if after.get(key, level) > level}


def regret(plan: Plan, candidate: Candidate) -> float:
    """What a measure left out could still bring below the targets: lists put the most regretted first."""
    problem, reached = plan.problem, plan.levels[-1] if plan.levels else {}
    if problem.level_values is not None:
        values = problem.level_values
        return sum(
            sum(values.get(step.criterion, ())[reached[step.criterion] : step.end])
            for step in candidate.steps
            if step.criterion in reached
        )
    return sum(
        problem.weights.get(step.criterion, 0.0)
        * max(0, min(step.end, problem.targets.get(step.criterion, step.end)) - reached[step.criterion])
        for step in candidate.steps
        if step.criterion in reached
    )


def step_reached(moments: Sequence[Moment]) -> tuple[int | None, dt.date | None]:
    """The highest step of the plan and the day from which it holds; no day when it already holds before the plan."""
    best = max((m.step for m in moments if m.step is not None), default=None)
    first = next((index for index, m in enumerate(moments) if m.step == best), 0)
    return best, moments[first].on if first and best is not None else None


def _at(result: CriterionResult, before: Mapping[str, int], levels: Mapping[str, int]) -> CriterionResult:
    """The result as it will be; a level that the plan does not move is that of the judgement."""
    level = levels.get(result.criterion)
    if level is None or result.state == "not_applicable":
        return result
    if level == before.get(result.criterion) and result.level is None:
        return result
    return replace(result, level=level)
