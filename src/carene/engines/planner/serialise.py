# SPDX-License-Identifier: EUPL-1.2
"""A plan as JSON-ready data, and back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from carene.engines.planner.group.model import GroupPlan
from carene.engines.planner.model import Plan


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def to_data(plan: Plan) -> dict[str, Any]:
    """Only what JSON knows: keys are strings, dates are « 2027-04-01 », sets and tuples are lists."""
    data: dict[str, Any] = _adapter().dump_python(plan, mode="json")
    _ordered(data)
    return data


def from_data(data: Any) -> Plan:
    """The plan that ``to_data`` gave. Raises ValueError when the data are not those of a plan."""
    return _adapter().validate_python(data)


@lru_cache(maxsize=1)
def _group_adapter() -> TypeAdapter[GroupPlan]:
    return TypeAdapter(GroupPlan)


def group_to_data(plan: GroupPlan) -> dict[str, Any]:
    """As ``to_data``: the plan of all, the part of each and their plans alone."""
    data: dict[str, Any] = _group_adapter().dump_python(plan, mode="json")
    for one in (data["plan"], *(member[key] for member in data["members"] for key in ("plan", "alone"))):
        _ordered(one)
    return data


def group_from_data(data: Any) -> GroupPlan:
    """The plan that ``group_to_data`` gave. Raises ValueError when the data are not those of a group's plan."""
    return _group_adapter().validate_python(data)


def _ordered(data: dict[str, Any]) -> None:
    """A set has no order: the same plan gives the same text."""
    for key in ("done", "unanswered"):
        data["problem"][key] = sorted(data["problem"][key])
