# SPDX-License-Identifier: EUPL-1.2
"""A group planned together, as a job: loaded by workers only."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from carene.apps.assessments.referentials import care
from carene.apps.organisations import queries as organisations
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import plans, queries, stored, worth
from carene.apps.roadmaps.actions.group import FROM_GROUP, keep_found
from carene.apps.roadmaps.group_asked import Asked
from carene.apps.roadmaps.models import CommonPlan
from carene.apps.roadmaps.searching import POINTS, STAGES
from carene.apps.roadmaps.wishes import MonthWish, of_scenario
from carene.core.access.actor import Actor
from carene.core.jobs.models import Job
from carene.core.jobs.reporting import Report
from carene.core.jobs.worker import actor_of
from carene.engines.exchange.group_result import group_data
from carene.engines.months import add_months
from carene.engines.planner import avoided
from carene.engines.planner.group.model import Group, GroupPlan, Member, MemberPlan, shareable
from carene.engines.planner.group.planning import ALONE, plan_group
from carene.engines.planner.model import Plan
from carene.engines.simulation.loader import shipped
from carene.engines.sources import InputError

VIEW = "roadmap.view"


@dataclass(frozen=True)
class Planned:
    """A member as it was when the computation began."""

    organisation: Organisation
    situation: plans.Situation
    wishes: Mapping[str, MonthWish]  # without those that a plan of the group had imposed


@dataclass(frozen=True)
class Outcome:
    """``result``: see ``CommonPlan``; ``parts``: values of the row of each member."""

    organisation: Organisation
    plan: int
    result: dict[str, Any]
    parts: list[dict[str, Any]]


def run(job: Job, report: Report) -> Outcome:
    """The best that the time allows. Raises InputError: the plan was put aside, a member has no assessment any more."""
    actor = actor_of(job)
    organisation = organisations.find(actor, job.node_id)
    row = CommonPlan.objects.of(organisation.node).filter(pk=job.arguments["plan"], deleted_at=None).first()
    if row is None:
        raise InputError("Ce plan commun a été supprimé", remedy="en demander un autre")
    seconds = Asked.from_data(row.asked).seconds
    return compute(actor, organisation, row, seconds=seconds, progress=Telling(report), stop=lambda: report.stopping)


class Telling:
    """What the search says of itself, for the page: its stage, and once all are planned together, the best so far."""

    def __init__(self, report: Callable[..., Any]) -> None:
        self._report, self._began = report, time.monotonic()
        self._curve: list[tuple[float, float, float | None]] = []

    def __call__(self, stage: str, value: float, bound: float | None, share: float) -> None:
        told, curve = _said(stage), self._curve
        if share < ALONE:  # the value is that of one member
            self._report(told, share)
            return
        best = max(value, curve[-1][1] if curve else 0.0)  # each search begins from nothing
        now = (round(time.monotonic() - self._began, 1), best, None if bound is None else max(bound, best))
        if not curve or curve[-1][1:] != now[1:]:
            if len(curve) >= POINTS:
                del curve[1::2]
            curve.append(now)
        self._report(told, share, value=best, bound=now[2], curve=[*curve, now])


def compute(actor: Actor, organisation: Organisation, row: CommonPlan, **how: Any) -> Outcome:
    """``how``: as ``plan_group``."""
    asked = Asked.from_data(row.asked)
    members = {str(pk): _planned(actor, asked, pk) for pk in asked.members}
    group = _group(organisation, asked, members)
    found = plan_group(group, **how)
    days = {one.member: sum(sum(a.person_days.values()) for a in one.alone.actions) for one in found.members}
    risk = {one.member: _risk(members[one.member], one) for one in found.members}
    result = {"data": group_data(found, care()), "alone_days": days, "risk": risk}
    parts = [_part(found, one, members[one.member], asked) for one in found.members]
    return Outcome(organisation, row.pk, result, parts)


def keep(job: Job, outcome: Outcome) -> dict[str, Any]:
    keep_found(actor_of(job), outcome.organisation, outcome.plan, outcome.result, outcome.parts)
    return {"value": outcome.result["data"]["value"]}


def _said(stage: str) -> str:
    """« CH de Valmont : un solveur reprend quelques mesures à la fois. »"""
    who, _, what = stage.partition(" : ")
    told = STAGES.get(what, "")
    return f"{who} : {told[:1].lower()}{told[1:]}" if told else stage


def _planned(actor: Actor, asked: Asked, pk: int) -> Planned:
    try:
        organisation = organisations.find(actor, pk, VIEW)
    except Organisation.DoesNotExist as error:
        raise InputError("Un des établissements n'existe plus", remedy="recommencer sans lui") from error
    wishes: Mapping[str, MonthWish] = {}
    scenario = asked.members[pk].scenario
    if scenario is not None:
        rows = queries.scenarios(organisation.node).filter(pk=scenario)
        wishes = {
            key: wish for one in rows for key, wish in of_scenario(one.wishes).items() if wish.reason != FROM_GROUP
        }
    return Planned(organisation, plans.required_situation(organisation), wishes)


def _group(organisation: Organisation, asked: Asked, members: Mapping[str, Planned]) -> Group:
    active = all(one.organisation.activity for one in members.values())  # weighed alike
    built = tuple(
        Member(
            key,
            one.organisation.label,
            plans.problem_of(one.situation, asked.members[int(key)].means, one.wishes, asked.objective, ght=False),
            float((one.organisation.activity if active else one.organisation.operating_budget) or 0),
        )
        for key, one in members.items()
    )
    return Group(
        name=organisation.label,
        members=built,
        sharing=shareable(care()),
        key=asked.key,
        percents={str(pk): percent for pk, percent in asked.percents.items()} if asked.key == "custom" else {},
        budgets={year: amount for year, amount in asked.budgets.items() if amount},
        carrier=str(asked.carrier) if asked.carrier is not None else None,
    )


def _risk(member: Planned, one: MemberPlan) -> dict[str, float]:
    """Expected losses, euros a year, by the simulation: today, at the end of the plan alone, of the plan together."""
    situation = member.situation
    case = worth.case(situation.organisation, situation.profile, situation.sheet.judgement)
    alone, together = (avoided.avoided(plan, shipped(), case) for plan in (one.alone, one.plan))
    return {"now": together.before.euros, "alone": alone.after.euros, "together": together.after.euros}


def _part(found: GroupPlan, one: MemberPlan, member: Planned, asked: Asked) -> dict[str, Any]:
    """What ``CommonPart`` keeps of a member."""
    means = asked.members[int(one.member)].means
    mine = {common.measure for common in found.common if any(j.member == one.member for j in common.joinings)}
    plan = _shown_as_shared(one.plan, mine)
    return {
        "node_id": int(one.member),
        "plan": stored.to_data(plans.followed(member.situation, means, plan)),
        "summary": {
            "measures": len(plan.actions),
            "common": len(mine),
            "cost": round(sum(action.cost for action in plan.actions), 2),
            "saved": round(one.saved, 2),
            "saved_days": round(one.saved_days, 2),
        },
        "fields": {
            "assessment_id": member.situation.sheet.assessment.pk,
            "referential": member.situation.sheet.assessment.referential,
            "start": asked.start.isoformat(),
            "months": asked.months,
            "budgets": {str(year): means.budgets[year] for year in means.years},
            "team": dict(means.team),
            "objective": str(asked.objective),
            "wishes": _imposed(plan, member.wishes),
        },
    }


def _shown_as_shared(plan: Plan, measures: set[str]) -> Plan:
    candidates = tuple(replace(one, shared=one.id in measures) for one in plan.problem.candidates)
    return replace(plan, problem=replace(plan.problem, candidates=candidates))


def _imposed(plan: Plan, wishes: Mapping[str, MonthWish]) -> dict[str, Any]:
    """Each measure on its month; what the member had put aside stays so."""
    start = plan.problem.start
    kept = {key: wish for key, wish in wishes.items() if wish.excluded}
    dated = {
        action.measure: MonthWish(start=add_months(start, action.start_month), reason=FROM_GROUP)
        for action in plan.actions
    }
    return {key: wish.to_data() for key, wish in sorted({**kept, **dated}.items())}
