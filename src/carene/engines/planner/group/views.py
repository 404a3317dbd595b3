# SPDX-License-Identifier: EUPL-1.2
"""The joint plan read by each of its members, and measure by measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from carene.engines.planner.footprint import Grid, Purses, footprint
from carene.engines.planner.group.joint import Joint, named, parted, suffix
from carene.engines.planner.group.model import Common, GroupPlan, Joining, Member, MemberPlan
from carene.engines.planner.group.parts import Part, common_share
from carene.engines.planner.group.said import of_group, of_member
from carene.engines.planner.model import Plan, PlannedAction, Problem, Step, YearBudget


def group_plan(joint: Joint, plan: Plan, alone: Mapping[str, Plan], shared: bool) -> GroupPlan:
    """``plan``: of the joint problem; ``alone``: member → its plan without the group."""
    actions = {action.measure: action for action in plan.actions}
    common = tuple(
        _common(joint, part, actions)
        for part in sorted(joint.parts.values(), key=lambda part: part.key)
        if part.key in actions
    )
    members = tuple(_of_member(joint, plan, member, alone[member.id], common) for member in joint.group.members)
    found = GroupPlan(joint.group.name, joint.group.key, plan, members, common, shared, ())
    said = of_group(joint.group, found)
    return replace(
        found,
        plan=replace(plan, method=" ".join(said)),
        members=tuple(replace(one, said=of_member(joint.group, one)) for one in members),
        said=said,
    )


def _common(joint: Joint, part: Part, actions: Mapping[str, PlannedAction]) -> Common:
    action = actions[part.key]
    days = sum(part.effort.values())
    by_group = part.measure in joint.by_group
    joinings = []
    for name in part.members:
        own = actions[named(name, part.measure)]
        whole = next(c for c in joint.group.member(name).problem.candidates if c.id == part.measure)
        problem = joint.problem
        share = common_share(joint.group.sharing[part.measure], joint.group.usual_members)
        serving = problem.months - share * action.end_month - (1 - share) * own.end_month
        alone = whole.investment + whole.yearly * serving / 12
        joinings.append(
            Joining(
                member=name,
                start_month=own.start_month,
                end_month=own.end_month,
                own=own.cost,
                paid=0.0 if by_group else action.cost * part.money.get(name, 0.0),
                fair=action.cost * part.fair_money[name],
                alone=alone,
                own_days=sum(own.person_days.values()),
                paid_days=days * part.work.get(name, 0.0),
                fair_days=days * part.fair_work[name],
                alone_days=sum(whole.effort.values()),
            )
        )
    return Common(
        measure=part.measure,
        title=part.title,
        start_month=action.start_month,
        end_month=action.end_month,
        start=action.start,
        end=action.end,
        cost=action.cost,
        person_days=days,
        by_group=by_group,
        joinings=tuple(joinings),
    )


def _of_member(joint: Joint, plan: Plan, member: Member, alone: Plan, common: tuple[Common, ...]) -> MemberPlan:
    mine = [one for shared in common for one in shared.joinings if one.member == member.id]
    carried = joint.group.carrier is not None  # its teams work for all, in measures that it may not even join
    worked = {one.measure: part for one in common for part in [joint.parts[one.measure]]}
    paid_days = (
        sum(days * part.work.get(member.id, 0.0) for part in worked.values() for days in part.effort.values())
        if carried
        else sum(one.paid_days for one in mine)
    )
    return MemberPlan(
        member=member.id,
        name=member.name,
        plan=_view(joint, plan, member, alone),
        alone=alone,
        saved=sum(one.saved for one in mine),
        saved_days=sum(one.alone_days - one.own_days for one in mine) - paid_days,
        paid=sum(one.paid for one in mine),
        fair=sum(one.fair for one in mine),
        paid_days=paid_days,
        fair_days=sum(one.fair_days for one in mine),
    )


def _view(joint: Joint, plan: Plan, member: Member, alone: Plan) -> Plan:
    problem, start = member.problem, f"{member.id}/"
    starts = {action.measure: action.start_month for action in plan.actions}
    actions = tuple(
        _action(joint, member, action, starts) for action in plan.actions if action.measure.startswith(start)
    )
    own = suffix(member.name)
    budgets = [one for one in plan.purses if one.purse == member.id]
    return Plan(
        problem=problem,
        actions=actions,
        left_out=tuple(
            replace(
                one,
                measure=one.measure.removeprefix(start),
                reason=one.reason.replace(own, ""),
                brief=one.brief.replace(own, ""),
            )
            for one in plan.left_out
            if one.measure.startswith(start)
        ),
        years=tuple(YearBudget(one.year, one.budget, one.spent) for one in budgets),
        levels=tuple(
            {key.removeprefix(start): level for key, level in moment.items() if key.startswith(start)}
            for moment in plan.levels
        ),
        loads=tuple(
            replace(one, skill=one.skill.removeprefix(start)) for one in plan.loads if one.skill.startswith(start)
        ),
        value=sum(action.value for action in actions),
        method=f"Sa part du plan commun de {joint.group.name}.",
        unmet=tuple(one.replace(own, "") for one in plan.unmet if own in one),
        unit=plan.unit,
        seed=plan.seed,
        steps=plan.steps,
    )


def _action(joint: Joint, member: Member, action: PlannedAction, starts: Mapping[str, int]) -> PlannedAction:
    """Under the member's own names, with its part of the common part when it joins one."""
    _, key = parted(action.measure)
    part = joint.parts.get(key)
    days = {parted(skill)[1]: amount for skill, amount in action.person_days.items()}
    costs = dict(action.cost_by_year)
    if part is not None and member.id in part.members:
        for skill, amount in part.effort.items():
            days[skill] = days.get(skill, 0.0) + amount * part.work.get(member.id, 0.0)
        if key not in joint.by_group:
            for year, amount in _paid_by_year(joint.problem, part, starts[part.key]).items():
                costs[year] = costs.get(year, 0.0) + amount * part.money.get(member.id, 0.0)
    whole = next(c for c in member.problem.candidates if c.id == key)
    return replace(
        action,
        measure=key,
        investment=whole.investment,
        yearly=whole.yearly,
        cost=sum(costs.values()),
        cost_by_year=dict(sorted(costs.items())),
        person_days={skill: amount for skill, amount in sorted(days.items()) if amount},
        raises=tuple(Step(parted(step.criterion)[1], step.start, step.end) for step in action.raises),
        reason=action.reason.replace(suffix(member.name), ""),
    )


def _paid_by_year(problem: Problem, part: Part, begins: int) -> dict[int, float]:
    """Cost of a common part by calendar year, whoever pays."""
    grid = Grid(problem.start, problem.months)
    purses = Purses.of(problem, grid)
    one = next(c for c in problem.candidates if c.id == part.key)
    found: dict[int, float] = {}
    for rank, amount in footprint(grid, purses, one, begins).money:
        found[purses.year(rank)] = found.get(purses.year(rank), 0.0) + amount
    return found
