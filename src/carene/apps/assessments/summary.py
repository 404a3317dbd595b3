# SPDX-License-Identifier: EUPL-1.2
"""The summary of an establishment: what it has submitted or validated, without a single question or comment.

It is kept with the assessment on the day of the decision: what is read from above is what was handed over, not what
people are typing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from carene.apps.assessments import referentials
from carene.apps.assessments.models import Assessment
from carene.apps.assessments.queries import Sheet, of
from carene.apps.organisations.models import Organisation
from carene.engines.referential.model import Referential
from carene.engines.scoring.model import NodeResult, State

STATES: tuple[State, ...] = ("measured", "declared", "stale", "not_applicable", "unanswered")


@dataclass(frozen=True)
class Part:
    """An axis, an objective or the whole. Scores on 0–4, None when nothing was evaluated; ``coverage`` on 0–1."""

    id: str
    title: str
    score: float | None
    target: float
    measured: float | None
    coverage: float
    applicable: int
    answered: int


@dataclass(frozen=True)
class AxisPart:
    node: Part
    strengths: int
    weaknesses: int
    objectives: tuple[Part, ...]


@dataclass(frozen=True)
class Summary:
    """``states`` counts questions by how they are known. ``validated_on`` None: handed to the management only.

    ``ongoing`` is the state of the assessment that follows this one, empty when there is none.
    """

    title: str
    referential: str
    version: str
    submitted_on: dt.date | None
    submitted_by: str
    validated_on: dt.date | None
    validated_by: str
    overall: Part
    step: int | None
    steps: int
    step_title: str
    step_meaning: str
    provisional: bool
    states: Mapping[str, int]
    axes: tuple[AxisPart, ...]
    ongoing: str

    @property
    def measured(self) -> bool:
        """Was anything measured on that day?"""
        return any(axis.node.measured is not None for axis in self.axes)

    @property
    def not_evaluated(self) -> list[str]:
        """Titles of the objectives of which nothing was evaluated."""
        return [part.title for axis in self.axes for part in axis.objectives if part.score is None]


def kept_summary(sheet: Sheet) -> dict[str, Any]:
    """What is kept of a judgement for those who read from above; JSON."""
    judgement, referential = sheet.judgement, sheet.referential
    states = Counter(result.state for result in judgement.criteria)

    def axis_of(criterion: str) -> str:
        return referential.objective[referential.criterion[criterion].objective].axis

    strengths = Counter(axis_of(found.criterion) for found in judgement.strengths)
    weaknesses = Counter(axis_of(found.criterion) for found in judgement.weaknesses)
    return {
        "overall": _kept(judgement.overall),
        "step": judgement.step.step,
        "provisional": judgement.step.provisional,
        "states": {state: states[state] for state in STATES},
        "axes": [
            _kept(axis)
            | {
                "strengths": strengths[axis.id],
                "weaknesses": weaknesses[axis.id],
                "objectives": [
                    _kept(node)
                    for objective in referential.objectives_of[axis.id]
                    if (node := judgement.objective[objective.id]).applicable
                ],
            }
            for axis in judgement.axes
            if axis.applicable
        ],
    }


def _kept(node: NodeResult) -> dict[str, Any]:
    return {
        "id": node.id,
        "score": node.score,
        "target": node.target,
        "measured": node.measured,
        "coverage": node.coverage,
        "applicable": node.applicable,
        "answered": node.answered,
    }


def summary(organisation: Organisation) -> Summary | None:
    """The last validated assessment of our referential, else the one submitted; None when there is neither. One query.

    An assessment that was opened again is no longer handed over: the one before it is read.
    """
    rows = list(of(organisation.node).filter(referential=referentials.BUILT_IN))
    validated = [row for row in rows if row.state == Assessment.State.VALIDATED and row.summary]
    submitted = [row for row in rows if row.state == Assessment.State.SUBMITTED and row.summary]
    chosen = next(iter(validated or submitted), None)
    if chosen is None:
        return None
    after = next((row for row in rows if row.state != Assessment.State.VALIDATED and row.pk != chosen.pk), None)
    return _read(chosen, Assessment.State(after.state).label if after else "")


def summary_data(found: Summary | None) -> dict[str, Any] | None:
    """The same as plain data, each axis in one level; for machines."""
    if found is None:
        return None
    data = asdict(found)
    return data | {"axes": [axis.pop("node") | axis for axis in data["axes"]]}


def _read(row: Assessment, ongoing: str) -> Summary:
    referential, kept = referentials.of(row), row.summary
    assert kept is not None
    step = next((one for one in referential.steps if one.id == kept["step"]), None)
    return Summary(
        title=row.title,
        referential=referential.name,
        version=row.referential_version,
        submitted_on=_day(row.submitted_at),
        submitted_by=str(row.submitted_by or ""),
        validated_on=_day(row.validated_at),
        validated_by=str(row.validated_by or ""),
        overall=_part(kept["overall"], ""),
        step=kept["step"],
        steps=max((one.id for one in referential.steps), default=0),
        step_title=step.title if step else "",
        step_meaning=step.meaning if step else "",
        provisional=kept["provisional"],
        states=kept["states"],
        axes=tuple(_axis(axis, referential) for axis in kept["axes"]),
        ongoing=ongoing,
    )


def _axis(kept: dict[str, Any], referential: Referential) -> AxisPart:
    known = referential.axis.get(kept["id"])
    objectives = [
        _part(one, found.title if (found := referential.objective.get(one["id"])) else one["id"])
        for one in kept["objectives"]
    ]
    title = known.title if known else kept["id"]
    return AxisPart(_part(kept, title), kept["strengths"], kept["weaknesses"], tuple(objectives))


def _part(kept: dict[str, Any], title: str) -> Part:
    names = ("id", "score", "target", "measured", "coverage", "applicable", "answered")
    return Part(title=title, **{name: kept[name] for name in names})


def _day(moment: dt.datetime | None) -> dt.date | None:
    return timezone.localtime(moment).date() if moment else None
