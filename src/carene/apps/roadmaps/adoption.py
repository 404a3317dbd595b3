# SPDX-License-Identifier: EUPL-1.2
"""What adopting a plan would change in the actions: the same computation announces it and does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from carene.apps.roadmaps.models import Action
from carene.apps.roadmaps.queries import by_measure
from carene.engines.planner.model import Plan, PlannedAction

State = Action.State


@dataclass(frozen=True)
class Change:
    """An existing action that takes new dates, cost or effort from the plan."""

    action: Action
    values: dict[str, Any]

    @property
    def start_on(self) -> dt.date:
        day: dt.date = self.values["start_on"]
        return day

    @property
    def due_on(self) -> dt.date:
        day: dt.date = self.values["due_on"]
        return day


@dataclass(frozen=True)
class Changes:
    """``kept``: under way or done, left as they are; ``dropped``: to do, but no longer in the plan."""

    created: list[dict[str, Any]] = field(default_factory=list)
    moved: list[Change] = field(default_factory=list)
    revived: list[Change] = field(default_factory=list)
    kept: list[Action] = field(default_factory=list)
    dropped: list[Action] = field(default_factory=list)

    @property
    def none(self) -> bool:
        return not (self.created or self.moved or self.revived or self.dropped)


def changes(plan: Plan, actions: Iterable[Action], referential: str) -> Changes:
    """``actions``: all those of the node. Actions without a measure, or of another referential, are never touched."""
    rows = [row for row in actions if row.measure and row.referential == referential]
    existing = by_measure(rows)
    found = Changes()
    for planned in plan.actions:
        values = values_of(plan, planned)
        action = existing.get(planned.measure)
        if action is None:
            found.created.append(values)
        elif action.state == State.TODO:
            if any(getattr(action, key) != value for key, value in values.items()):
                found.moved.append(Change(action, values))
        elif action.state == State.DROPPED:
            found.revived.append(Change(action, values))
    planned_measures = {planned.measure for planned in plan.actions}
    for row in sorted(rows, key=lambda row: (row.start_on, row.pk)):
        if row.state in {State.DOING, State.DONE}:
            found.kept.append(row)
        elif row.state == State.TODO and row.measure not in planned_measures:
            found.dropped.append(row)
    return found


def values_of(plan: Plan, planned: PlannedAction) -> dict[str, Any]:
    """The fields of an action, from the measure as it is planned."""
    candidate = next(c for c in plan.problem.candidates if c.id == planned.measure)
    return {
        "measure": planned.measure,
        "title": candidate.title[:200],
        "start_on": planned.start,
        "due_on": planned.end,
        "planned_cost": round(planned.cost, 2),
        "cost_by_year": {str(year): round(amount, 2) for year, amount in sorted(planned.cost_by_year.items())},
        "person_days": dict(planned.person_days),
        "raises": [{"criterion": s.criterion, "start": s.start, "end": s.end} for s in planned.raises],
        "shared": candidate.shared,
    }
