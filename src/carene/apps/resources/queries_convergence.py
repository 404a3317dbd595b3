# SPDX-License-Identifier: EUPL-1.2
"""Reading how a GHT converges: the path that it validated, and where each member stands on each step."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from carene.apps.organisations.models import Organisation
from carene.apps.resources.models import MemberStep, Trajectory
from carene.apps.resources.queries import units_below
from carene.core.tenancy.models import Node
from carene.engines.months import add_months
from carene.engines.resources.convergence import Mark, Progress, progress
from carene.engines.resources.pack import Step, resources

SUPPORT = "support"


@dataclass(frozen=True)
class Member:
    organisation: Organisation
    marks: Sequence[Mark]  # one for each step, in order
    progress: Progress


@dataclass(frozen=True)
class StepLine:
    step: Step
    progress: Progress


@dataclass(frozen=True)
class Path:
    """``review_by``: before when the committee should follow it again; None without a trajectory."""

    trajectory: Trajectory | None
    members: Sequence[Member]
    steps: Sequence[StepLine]
    progress: Progress
    support: Organisation | None
    review_by: dt.date | None

    def stale_on(self, today: dt.date) -> bool:
        return self.review_by is not None and self.review_by < today


def path(group: Organisation, today: dt.date) -> Path:
    """Three queries."""
    known = resources()
    units = units_below(group)
    marks = _marks(group, units)
    steps = known.convergence.steps
    members = [Member(one, marks[one.pk], progress(marks[one.pk], len(steps), today)) for one in units]
    lines = [
        StepLine(step, progress((member.marks[rank] for member in members), len(members), today))
        for rank, step in enumerate(steps)
    ]
    every = [mark for member in members for mark in member.marks]
    found = trajectory(group.node)
    return Path(
        found,
        members,
        lines,
        progress(every, len(every), today),
        support_among(units),
        add_months(found.seen_on, known.convergence.months_between_reviews) if found else None,
    )


def trajectory(group: Node) -> Trajectory | None:
    """That of this very group; its members read it too."""
    rows = Trajectory.objects.unscoped("the path of a group, read by those who may see the group or stand in it")
    return rows.filter(node=group, removed_at=None).order_by("pk").first()


def steps_of(organisation: Organisation, group: Organisation) -> Mapping[str, MemberStep]:
    """Step → what this member said of it in that group; one query."""
    rows = MemberStep.objects.of(organisation.node).filter(group=group.node).order_by("id")
    return {row.step: row for row in rows}


def support_among(units: Sequence[Organisation]) -> Organisation | None:
    return next((one for one in units if one.ght_role == SUPPORT), None)


def support_of(group: Organisation) -> Organisation | None:
    """The establishment that carries the GHT, where its indicators are published; one query."""
    return support_among(units_below(group))


def _marks(group: Organisation, units: Sequence[Organisation]) -> dict[int, list[Mark]]:
    said: dict[int, dict[str, Mark]] = defaultdict(dict)
    for row in MemberStep.objects.below(group.node).filter(group=group.node).order_by("id"):
        said[row.node_id][row.step] = row.mark
    steps = resources().convergence.steps
    return {one.pk: [said[one.pk].get(step.id, Mark(step.id, "todo")) for step in steps] for one in units}
