# SPDX-License-Identifier: EUPL-1.2
"""The problem of a whole group: that of each member under its own name, and the common parts of what they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from carene.engines.planner.board import DAYS_SLACK, MONEY_SLACK
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.group.model import COMMON, Group, Member
from carene.engines.planner.group.parts import Part, common_key, common_part, common_share, own_part, split_months
from carene.engines.planner.model import Candidate, Problem, Step

Together = Mapping[str, tuple[str, ...]]  # measure → the members who do it together, two at least


@dataclass(frozen=True)
class Joint:
    """``by_group``: measures whose common part the purse of the group pays."""

    group: Group
    together: Together
    parts: Mapping[str, Part]
    by_group: frozenset[str]
    problem: Problem


def named(member: str, key: str) -> str:
    return f"{member}/{key}"


def parted(key: str) -> tuple[str, str]:
    """(member, or ``COMMON``, and its own key)."""
    member, _, own = key.partition("/")
    return member, own


def suffix(name: str) -> str:
    """Says whose a measure or a criterion is, after its title."""
    return f" ({name})"


def concerned(group: Group) -> Together:
    """Every shareable measure that two members at least may still plan, with all of them.

    Not those whose month one imposes: it speaks of the whole work. Nor who must be done before both parts could be, or
    could never pay or do its part.
    """
    found: dict[str, list[str]] = {}
    for member in group.members:
        catalogue = Catalogue(member.problem)
        for key in catalogue.open_keys():
            if key not in group.sharing or catalogue.is_met(key):
                continue
            share, wish = common_share(group.sharing[key], group.usual_members), catalogue.wish(key)
            both = sum(split_months(catalogue.candidates[key].months, share))
            if share > 0 and wish.start_month is None and (wish.deadline is None or wish.deadline >= both):
                found.setdefault(key, []).append(member.id)
    able = {key: _able(group, key, sorted(members)) for key, members in sorted(found.items())}
    return {key: members for key, members in able.items() if members}


def _able(group: Group, measure: str, names: list[str]) -> tuple[str, ...]:
    """Those who could pay and do their part if nothing else were planned; empty when fewer than two.

    When one leaves, the others' parts only grow: who cannot now will not later.
    """
    while len(names) > 1:
        alone = {n: next(c for c in group.member(n).problem.candidates if c.id == measure) for n in names}
        part = common_part(group, measure, alone)
        staying = [name for name in names if _can(group, part, name, alone[name])]
        if len(staying) == len(names):
            return tuple(names)
        names = staying
    return ()


def _can(group: Group, part: Part, name: str, alone: Candidate) -> bool:
    problem = group.member(name).problem
    own = own_part(alone, common_share(group.sharing[part.measure], group.usual_members))
    paid = 0.0 if group.budgets else part.investment * part.money.get(name, 0.0)
    days = {skill: amount * part.work.get(name, 0.0) for skill, amount in part.effort.items()}
    return own.investment + paid <= sum(problem.budgets.values()) + MONEY_SLACK and all(
        own.effort.get(skill, 0.0) + days.get(skill, 0.0) <= sum(problem.capacity[skill]) + DAYS_SLACK
        for skill in problem.capacity
    )


def build(group: Group, together: Together, by_group: frozenset[str] = frozenset()) -> Joint:
    """Measures of ``together`` become a common part and an own part for each; the others stay whole, at full price.

    An own part waits for the common part and for the member's own prerequisites. A common part waits for the common
    parts of the prerequisites that all its members have and share, since each waits for these anyway; for nothing else.
    """
    alone = {member.id: {one.id: one for one in member.problem.candidates} for member in group.members}
    parts = {
        measure: common_part(group, measure, {name: alone[name][measure] for name in members})
        for measure, members in sorted(together.items())
    }
    by_group &= parts.keys()
    candidates = [
        *(_common(group, part, parts, alone, part.measure in by_group) for part in parts.values()),
        *(one for member in group.members for one in _of_member(group, member, together)),
    ]
    return Joint(group, together, parts, by_group, _merged(group, tuple(candidates)))


def _common(
    group: Group, part: Part, parts: Mapping[str, Part], alone: Mapping[str, Mapping[str, Candidate]], by_group: bool
) -> Candidate:
    asked = set.intersection(*(set(alone[name][part.measure].requires) for name in part.members))
    before = [one for one in sorted(asked & parts.keys()) if set(part.members) <= set(parts[one].members)]
    return Candidate(
        id=part.key,
        title=f"{part.title}, part commune",
        steps=(),
        investment=part.investment,
        yearly=part.yearly,
        effort={
            named(name, skill): days * share
            for name, share in part.work.items()
            for skill, days in part.effort.items()
            if days * share > 0
        },
        months=part.months,
        requires=tuple(common_key(one) for one in before),
        shared=True,
        payers={COMMON: 1.0} if by_group else {name: share for name, share in part.money.items() if share > 0},
    )


def _of_member(group: Group, member: Member, together: Together) -> Iterator[Candidate]:
    for one in member.problem.candidates:
        joins = member.id in together.get(one.id, ())
        sized = own_part(one, common_share(group.sharing[one.id], group.usual_members)) if joins else one
        requires = tuple(named(member.id, required) for required in sized.requires)
        yield replace(
            sized,
            id=named(member.id, one.id),
            title=f"{one.title or one.id}{suffix(member.name)}",
            steps=tuple(Step(named(member.id, s.criterion), s.start, s.end) for s in one.steps),
            effort={named(member.id, skill): days for skill, days in sized.effort.items()},
            requires=(common_key(one.id), *requires) if joins else requires,
            payers={member.id: 1.0},
        )


def _merged(group: Group, candidates: tuple[Candidate, ...]) -> Problem:
    """Each member's levels are worth what they are worth to it: values add up, a point being a point everywhere."""
    first = group.members[0].problem
    labels = {COMMON: group.name}
    capacity: dict[str, Sequence[float]] = {}
    values: dict[str, tuple[float, ...]] = {}
    for member in group.members:
        problem, name = member.problem, member.id
        labels[name] = member.name
        labels |= {named(name, key): f"{label}{suffix(member.name)}" for key, label in problem.labels.items()}
        capacity |= {named(name, skill): days for skill, days in sorted(problem.capacity.items())}
        for criterion, worth in Catalogue(problem).worth.items():
            values[named(name, criterion)] = tuple(after - before for before, after in pairwise(worth))
    purses = {member.id: member.problem.budgets for member in group.members}
    return Problem(
        start=first.start,
        months=first.months,
        budgets={},
        capacity=capacity,
        candidates=candidates,
        levels={named(m.id, key): level for m in group.members for key, level in m.problem.levels.items()},
        targets={named(m.id, key): target for m in group.members for key, target in m.problem.targets.items()},
        weights={},
        wishes={named(m.id, key): wish for m in group.members for key, wish in m.problem.wishes.items()},
        done=frozenset(named(m.id, key) for m in group.members for key in m.problem.done),
        day_rate=first.day_rate,
        labels=labels,
        notes=tuple(f"{m.name} : {note}" for m in group.members for note in m.problem.notes),
        unanswered=tuple(named(m.id, key) for m in group.members for key in m.problem.unanswered),
        level_values=values,
        objective=first.objective,
        unit=first.unit,
        calendar=first.calendar,
        exclusive=tuple(tuple(named(m.id, key) for key in one) for m in group.members for one in m.problem.exclusive),
        purses={**purses, COMMON: group.budgets} if group.budgets else purses,
    )
