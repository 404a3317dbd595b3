# SPDX-License-Identifier: EUPL-1.2
"""What a group is for the planner, and what comes out of planning it. Money in euros, efforts in person-days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from carene.engines.planner.model import Plan, Problem
from carene.engines.planner.usual import proposals
from carene.engines.referential.model import Referential

Key = Literal["fair", "equal", "activity", "custom"]

# Stands before the measure in the name of a common part, and names the purse of the group itself.
COMMON = "GHT"


def usual_members() -> float:
    """Members for which ``member_share`` was estimated in the pack."""
    return proposals().group.usual_members


@dataclass(frozen=True, slots=True)
class Member:
    """``problem``: sized alone, at full price (``problem_from(…, ght=False)``). ``activity``: what the key « activity »
    weighs, such as a yearly operating budget in euros. ``id`` has no « / »."""

    id: str
    name: str  # as its people know it
    problem: Problem
    activity: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """``sharing``: measure → share of its price alone that a member pays in a group of ``usual_members`` like members
    (see ``shareable``). ``percents``: member → part of the common costs, for the key « custom ». ``budgets``: the purse
    of the group itself (calendar year → euros), that pays the common parts as long as it can, by date; the key does the
    rest. ``carrier``: the member whose teams do all the common work; without it the work follows the key too."""

    name: str
    members: tuple[Member, ...]
    sharing: Mapping[str, float]
    key: Key = "fair"
    percents: Mapping[str, float] = field(default_factory=dict)
    budgets: Mapping[int, float] = field(default_factory=dict)
    carrier: str | None = None
    usual_members: float = field(default_factory=usual_members)

    def member(self, key: str) -> Member:
        return next(member for member in self.members if member.id == key)


def shareable(referential: Referential) -> Mapping[str, float]:
    """``Group.sharing`` of a referential: its measures that a group or a region may do once."""
    return {
        measure.id: measure.sharing.member_share
        for measure in referential.measures
        if measure.sharing.scope != "none" and measure.sharing.member_share < 1
    }


@dataclass(frozen=True, slots=True)
class Joining:
    """A member in a common measure: its own part, from ``start_month`` to ``end_month`` (exclusive), what it pays and
    works for the common part by the key, what it fairly would, and what both parts would take from it alone, on the
    same days. Euros inside the horizon."""

    member: str
    start_month: int
    end_month: int
    own: float
    paid: float
    fair: float
    alone: float
    own_days: float
    paid_days: float
    fair_days: float
    alone_days: float

    @property
    def saved(self) -> float:
        """Euros; below zero when the key makes it pay more than alone."""
        return self.alone - self.own - self.paid

    @property
    def saved_days(self) -> float:
        return self.alone_days - self.own_days - self.paid_days


@dataclass(frozen=True, slots=True)
class Common:
    """A measure done once: its common part and those who join it. ``by_group``: paid by the purse of the group."""

    measure: str
    title: str
    start_month: int
    end_month: int
    start: dt.date
    end: dt.date  # last day of the common work
    cost: float  # of the common part, inside the horizon
    person_days: float
    by_group: bool
    joinings: tuple[Joining, ...]

    @property
    def total(self) -> float:
        """Common part and own parts."""
        return self.cost + sum(one.own for one in self.joinings)

    @property
    def alone(self) -> float:
        return sum(one.alone for one in self.joinings)

    @property
    def total_days(self) -> float:
        return self.person_days + sum(one.own_days for one in self.joinings)

    @property
    def alone_days(self) -> float:
        return sum(one.alone_days for one in self.joinings)


@dataclass(frozen=True, slots=True)
class MemberPlan:
    """``plan``: the member's part of the joint plan, with its own measures, criteria, skills and budgets; the cost and
    the work of a common measure hold its part of the common part, its dates are those of its own part. ``alone``: its
    plan without the group. ``paid``, ``fair``: for the common parts, by the key and fairly. ``saved``: against the same
    measures bought alone. ``said``: French sentences."""

    member: str
    name: str
    plan: Plan
    alone: Plan
    saved: float
    saved_days: float
    paid: float
    fair: float
    paid_days: float
    fair_days: float
    said: tuple[str, ...] = ()

    @property
    def difference(self) -> float:
        """Euros paid above the fair part (below, when negative)."""
        return self.paid - self.fair

    @property
    def gained(self) -> float:
        """Value of its part of the joint plan above that of its plan alone, with the same means."""
        return self.plan.value - self.alone.value


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """``plan``: of all together; measures, criteria and skills are named « member/… », common parts « GHT/… ».
    ``shared``: False when the plans alone, put side by side, are what is given. ``said``: French sentences."""

    name: str
    key: Key
    plan: Plan
    members: tuple[MemberPlan, ...]
    common: tuple[Common, ...]
    shared: bool
    said: tuple[str, ...]

    @property
    def value(self) -> float:
        return self.plan.value

    @property
    def apart(self) -> float:
        """Value of the plans of the members, each alone."""
        return sum(member.alone.value for member in self.members)

    @property
    def saved(self) -> float:
        """Euros, for all; what the purse of the group paid is not saved."""
        return sum(one.alone - one.total for one in self.common)

    @property
    def saved_days(self) -> float:
        return sum(one.alone_days - one.total_days for one in self.common)
