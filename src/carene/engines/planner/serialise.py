# SPDX-License-Identifier: EUPL-1.2
"""A plan as JSON-ready data, and back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from carene.engines.planner.model import Plan


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def to_data(plan: Plan) -> dict[str, Any]:
    """Only what JSON knows: keys are strings, dates are « 2027-04-01 », sets and tuples are lists."""
    data: dict[str, Any] = _adapter().dump_python(plan, mode="json")
    # A set has no order: the same plan gives the same text.
    data["problem"]["done"] = sorted(plan.problem.done)
    data["problem"]["unanswered"] = sorted(plan.problem.unanswered)
    return data


def from_data(data: Any) -> Plan:
    """The plan that ``to_data`` gave. Raises ValueError when the data are not those of a plan."""
    return _adapter().validate_python(data)
