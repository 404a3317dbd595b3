# SPDX-License-Identifier: EUPL-1.2
"""The plan of a group as JSON-ready data: what ``carene plan`` prints of a file that describes a group.

Money in euros, efforts in person-days, dates as « 2027-01-31 », shares on 0–1.
"""

from __future__ import annotations

from typing import Any

from carene.engines.exchange.group import KEYS
from carene.engines.exchange.result import referential_data, roadmap_data
from carene.engines.planner.footprint import Grid
from carene.engines.planner.group.model import COMMON, Common, GroupPlan, Joining, MemberPlan
from carene.engines.referential.model import Referential

WRITTEN = {known: written for written, known in KEYS.items()}


def group_data(found: GroupPlan, referential: Referential) -> dict[str, Any]:
    """``value`` with sharing, ``apart`` without; ``common``: what is done once; ``members``: the part of each."""
    plan = found.plan
    grid = Grid(plan.problem.start, plan.problem.months)
    return {
        "format": 1,
        "referential": referential_data(referential),
        "group": {"name": found.name, "key": WRITTEN[found.key]},
        "unit": plan.unit,
        "value": round(found.value, 4),
        "apart": round(found.apart, 4),
        "bound": None if plan.bound is None else round(plan.bound, 4),
        "gap": None if plan.gap is None else round(plan.gap, 6),
        "trail": [{"stage": one.name, "value": round(one.value, 4)} for one in plan.trail],
        "shared": found.shared,
        "saved": {"euros": _euros(found.saved), "person_days": _euros(found.saved_days)},
        "budgets": [
            {"year": one.year, "budget": _euros(one.budget), "spent": _euros(one.spent)}
            for one in plan.purses
            if one.purse == COMMON
        ],
        "common": [_common(one, grid) for one in found.common],
        "members": [_member(one, referential) for one in found.members],
        "unmet": list(plan.unmet),
        "sentences": list(found.said),
        "notices": list(plan.problem.notes),
    }


def _common(one: Common, grid: Grid) -> dict[str, Any]:
    return {
        "measure": one.measure,
        "title": one.title,
        "start": one.start.isoformat(),
        "end": one.end.isoformat(),
        "cost": _euros(one.cost),
        "person_days": _euros(one.person_days),
        "paid_by_group": one.by_group,
        "total": _euros(one.total),
        "alone": _euros(one.alone),
        "total_person_days": _euros(one.total_days),
        "alone_person_days": _euros(one.alone_days),
        "members": [_joining(joining, grid) for joining in one.joinings],
    }


def _joining(one: Joining, grid: Grid) -> dict[str, Any]:
    return {
        "member": one.member,
        "start": grid.day(one.start_month).isoformat(),
        "end": grid.last_day(one.end_month).isoformat(),
        "own": _euros(one.own),
        "paid": _euros(one.paid),
        "fair": _euros(one.fair),
        "alone": _euros(one.alone),
        "saved": _euros(one.saved),
        "own_person_days": _euros(one.own_days),
        "common_person_days": _euros(one.paid_days),
        "fair_person_days": _euros(one.fair_days),
        "alone_person_days": _euros(one.alone_days),
        "saved_person_days": _euros(one.saved_days),
    }


def _member(one: MemberPlan, referential: Referential) -> dict[str, Any]:
    alone = one.alone
    return {
        "member": one.member,
        "name": one.name,
        "value": round(one.plan.value, 4),
        "gained": round(one.gained, 4),
        "saved": {"euros": _euros(one.saved), "person_days": _euros(one.saved_days)},
        "paid": _euros(one.paid),
        "fair": _euros(one.fair),
        "difference": _euros(one.difference),
        "common_person_days": _euros(one.paid_days),
        "fair_person_days": _euros(one.fair_days),
        "roadmap": roadmap_data(one.plan, referential),
        "alone": {
            "value": round(alone.value, 4),
            "gap": None if alone.gap is None else round(alone.gap, 6),
            "spent": _euros(sum(year.spent for year in alone.years)),
            "actions": [{"measure": a.measure, "start": a.start.isoformat()} for a in alone.actions],
        },
        "sentences": list(one.said),
    }


def _euros(value: float) -> float:
    """To the hundredth, and no « −0 »."""
    return round(value, 2) + 0.0
