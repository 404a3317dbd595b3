# SPDX-License-Identifier: EUPL-1.2
"""The outcome of an assessment as JSON-ready data: what ``carene assess --json`` prints and the API gives.

Scores are on 0–4, shares on 0–1, money in euros, efforts in person-days, dates as « 2027-01-31 ».
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from carene.engines.exchange.assess import Outcome
from carene.engines.exchange.questionnaire import Card
from carene.engines.exchange.structured import vars_of
from carene.engines.planner.avoided import Avoided, Risk
from carene.engines.planner.explain import Explanation, explanations
from carene.engines.planner.model import Plan, PlannedAction
from carene.engines.referential.model import Profile, Referential
from carene.engines.scoring.model import CriterionResult, Judgement, NodeResult, Observation

if TYPE_CHECKING:
    from carene.engines.simulation.comparing import Comparison, Difference

SAVED = ("probability", "days", "euros")


def to_result(outcome: Outcome) -> dict[str, Any]:
    found = outcome
    return {
        "format": 1,
        "date": found.today.isoformat(),
        "referential": referential_data(found.referential),
        "organisation": organisation_data(found.questionnaire.card, found.profile, found.referential),
        **judgement_data(found.judgement, found.referential),
        "roadmap": roadmap_data(found.plan, found.referential),
        **({} if found.avoided is None else {"avoided": avoided_data(found.avoided, found.saved)}),
        "notices": [*found.notices, *found.plan.problem.notes],
    }


def referential_data(referential: Referential) -> dict[str, Any]:
    return {
        "id": referential.id,
        "name": referential.name,
        "version": referential.version,
        "digest": referential.digest,
    }


def organisation_data(card: Card, profile: Profile, referential: Referential) -> dict[str, Any]:
    """What is known of the establishment (null where it is not), with its size band."""
    target = referential.target_profile(profile)
    return {
        **vars_of(card),
        "type_label": referential.types.get(card.type or "", ""),
        "size": profile.size,
        "target_profile": target.label if target else None,
    }


def judgement_data(judgement: Judgement, referential: Referential) -> dict[str, Any]:
    """``maturity``, ``criteria``, ``strengths``, ``weaknesses``."""
    step = judgement.step
    titles = {axis.id: axis.title for axis in referential.axes}
    titles |= {objective.id: objective.title for objective in referential.objectives}
    return {
        "maturity": {
            "step": step.step,
            "title": step.title,
            "meaning": step.meaning,
            "provisional": step.provisional,
            "next_step": step.next_step,
            "missing_socle": list(step.missing_socle),
            "others_share": _share(step.others_share),
            "others_needed": _share(step.others_needed),
            **_node(judgement.overall),
            "axes": [{"id": n.id, "title": titles[n.id], **_node(n)} for n in judgement.axes],
            "objectives": [{"id": n.id, "title": titles[n.id], **_node(n)} for n in judgement.objectives],
        },
        "criteria": [_criterion(result, referential) for result in judgement.criteria],
        "strengths": [
            {
                "criterion": one.criterion,
                "title": referential.criterion[one.criterion].title,
                "level": one.level,
                "target": one.target,
                "reason": one.reason,
            }
            for one in judgement.strengths
        ],
        "weaknesses": [
            {
                "criterion": one.criterion,
                "title": referential.criterion[one.criterion].title,
                "level": one.level,
                "target": one.target,
                "reason": one.reason,
                "attacks": list(one.attacks),
                "aims": list(one.aims),
                "measures": list(one.measures),
            }
            for one in judgement.weaknesses
        ],
    }


def _node(node: NodeResult) -> dict[str, Any]:
    return {
        "level": node.level,
        "score": _score(node.score),
        "target": _score(node.target),
        "measured": _score(node.measured),
        "coverage": _share(node.coverage),
        "applicable": node.applicable,
        "answered": node.answered,
        "confirmed": node.confirmed,
        "stale": node.stale,
    }


def _criterion(result: CriterionResult, referential: Referential) -> dict[str, Any]:
    criterion = referential.criterion[result.criterion]
    return {
        "id": criterion.id,
        "objective": criterion.objective,
        "title": criterion.title,
        "state": result.state,
        "level": result.level,
        "declared": result.declared,
        "measured": result.measured,
        "target": result.target,
        "disagrees": result.disagrees,
        "observation": observation_data(result.observation) if result.observation else None,
    }


def observation_data(item: Observation) -> dict[str, Any]:
    return {
        "indicator": item.indicator,
        "value": item.value,
        "date": item.observed_on.isoformat(),
        "source": item.source,
    }


def roadmap_data(plan: Plan, referential: Referential) -> dict[str, Any]:
    """The plan; for each measure what it buys and, planned, what it waited for or, left out, why (French sentences)."""
    problem = plan.problem
    told = {one.measure: one for one in explanations(plan)}
    titles = {candidate.id: candidate.title for candidate in problem.candidates}
    titles |= {key: measure.title for key, measure in referential.measure.items() if key not in titles}
    return {
        "start": problem.start.isoformat(),
        "months": problem.months,
        "method": plan.method,
        "objective": problem.objective,
        "unit": plan.unit,
        "value": round(plan.value, 4),
        "bound": None if plan.bound is None else round(plan.bound, 4),
        "gap": None if plan.gap is None else round(plan.gap, 6),
        "trail": [
            {
                "stage": one.name,
                "value": round(one.value, 4),
                "bound": None if one.bound is None else round(one.bound, 4),
            }
            for one in plan.trail
        ],
        "actions": [_action(action, titles, told[action.measure]) for action in plan.actions],
        "years": [{"year": one.year, "budget": _money(one.budget), "spent": _money(one.spent)} for one in plan.years],
        "left_out": [
            {
                "measure": one.measure,
                "title": titles.get(one.measure, ""),
                "code": one.code,
                "reason": one.reason,
                "buys": told[one.measure].buys,
                "why_not": told[one.measure].why_not,
            }
            for one in plan.left_out
        ],
        "loads": [
            {
                "skill": one.skill,
                "quarter": one.quarter,
                "used": _money(one.used),
                "available": None if one.available is None else _money(one.available),
            }
            for one in plan.loads
        ],
        "levels": {"before": dict(plan.levels[0]), "after": dict(plan.levels[-1])} if plan.levels else {},
        "unmet": list(plan.unmet),
    }


def avoided_data(found: Avoided, saved: Comparison | None = None) -> dict[str, Any]:
    """Expected risk a year before the plan and at the end of each quarter; what is avoided over the horizon; and, each
    year once the plan is over, with the interval that holds it nine times in ten (``yearly``)."""
    return {
        "before": _risk(found.before),
        "after": _risk(found.after),
        "quarters": [{"date": one.on.isoformat(), **_risk(one.risk)} for one in found.moments],
        "horizon": {"euros": _money(found.euros), "days": _money(found.days)},
        **({} if saved is None else {"yearly": {name: _difference(getattr(saved, name)) for name in SAVED}}),
        "planned": None if found.planned is None else _money(found.planned),
        "notes": list(found.notes),
    }


def _difference(found: Difference) -> dict[str, float]:
    """Mean, interval and share of what there was before; the probability is that of a year with a success."""
    return {key: round(getattr(found, key), 6) for key in ("mean", "low", "high", "share")}


def _risk(risk: Risk) -> dict[str, float]:
    return {"probability": round(risk.probability, 6), "days": round(risk.days, 4), "euros": _money(risk.euros)}


def _action(action: PlannedAction, titles: dict[str, str], told: Explanation) -> dict[str, Any]:
    return {
        "measure": action.measure,
        "title": titles.get(action.measure, ""),
        "start": action.start.isoformat(),
        "end": action.end.isoformat(),
        "cost": _money(action.cost),
        "investment": _money(action.investment),
        "yearly": _money(action.yearly),
        "cost_by_year": {str(year): _money(amount) for year, amount in sorted(action.cost_by_year.items())},
        "person_days": _money(sum(action.person_days.values())),
        "person_days_by_skill": {skill: _money(days) for skill, days in sorted(action.person_days.items())},
        "raises": [{"criterion": s.criterion, "from": s.start, "to": s.end} for s in action.raises],
        "reason": action.reason,
        "buys": told.buys,
        "waited": told.waited,
    }


def _score(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _share(value: float) -> float:
    return round(value, 4)


def _money(value: float) -> float:
    """To the hundredth: what a plan adds up never shows the dust of floating point."""
    return round(value, 2)
