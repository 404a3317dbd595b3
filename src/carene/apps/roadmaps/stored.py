# SPDX-License-Identifier: EUPL-1.2
"""The plan of a scenario as it is kept in the database."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from carene.apps.roadmaps.models import Scenario
from carene.engines.planner import serialise
from carene.engines.planner.model import Plan
from carene.engines.planner.outlook import Moment


@dataclass(frozen=True)
class Computed:
    """A plan and where it leads: scores before it, then at the end of each quarter."""

    plan: Plan
    moments: tuple[Moment, ...]


@lru_cache(maxsize=1)
def _moments() -> TypeAdapter[tuple[Moment, ...]]:
    return TypeAdapter(tuple[Moment, ...])


def to_data(computed: Computed) -> dict[str, Any]:
    return {
        "plan": serialise.to_data(computed.plan),
        "moments": _moments().dump_python(computed.moments, mode="json"),
    }


def read(scenario: Scenario) -> Computed | None:
    """What was computed; None when nothing was, or when it was kept in a form that this version no longer reads.

    Both are told to the user in the same way: the scenario is to be computed.
    """
    if scenario.plan is None:
        return None
    try:
        return Computed(
            serialise.from_data(scenario.plan.get("plan")), _moments().validate_python(scenario.plan.get("moments"))
        )
    except ValueError:
        return None
