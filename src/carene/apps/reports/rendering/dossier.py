# SPDX-License-Identifier: EUPL-1.2
"""Everything that a document of Carène needs, gathered once by the web or the command line, then rendered anywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from carene.engines.months import add_months
from carene.engines.planner.model import Plan, PlannedAction
from carene.engines.referential.model import Profile, Referential
from carene.engines.scoring.model import Answer, Judgement

if TYPE_CHECKING:
    from carene.apps.risks.board import Board

ActionState = Literal["planned", "running", "done", "dropped"]

STATE_WORDS: Mapping[str, str] = {
    "planned": "prévue", "running": "en cours", "done": "faite", "dropped": "abandonnée", "late": "en retard",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One past or present judgement: scores on 0–4, by axis id; None where nothing was evaluated."""

    on: dt.date
    overall: float | None
    axes: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What became of a planned measure once adopted. Dates None keep those of the plan; ``deadline`` is imposed;
    ``spent`` in euros, None when nobody said."""

    state: ActionState = "planned"
    owner: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    deadline: dt.date | None = None
    comment: str = ""
    spent: float | None = None


@dataclass(frozen=True)
class Dossier:
    """One establishment at one moment.

    ``key`` identifies the organisation for ever (FINESS, slug): calendar entries are recognised by it. ``subtitle`` is
    the line under the name (« Centre hospitalier, 412 lits, 1 180 postes »), ``evaluated`` the sentence that says when
    and by whom the evaluation was validated. ``assumptions`` are French sentences: sources of the figures, estimates,
    what was not answered. ``decisions`` replaces the decisions that the documents otherwise deduce from the plan.
    ``overridden`` lists the measures whose cost or effort the organisation replaced by its own. ``follow_ups`` and
    ``answers`` are by measure id and criterion id. ``history`` is ascending and ends with this judgement.
    """

    organisation: str
    referential: Referential
    profile: Profile
    judgement: Judgement
    prepared_on: dt.date
    key: str = ""
    subtitle: str = ""
    evaluated: str = ""
    previous: Judgement | None = None
    plan: Plan | None = None
    roadmap_title: str = ""
    scenario: str = ""
    target_label: str = ""
    assumptions: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    history: tuple[TrendPoint, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    follow_ups: Mapping[str, FollowUp] = field(default_factory=dict)
    overridden: frozenset[str] = frozenset()
    outside: int = 0  # actions that were decided outside the plan, and are counted with it
    risk: Board | None = None  # what attacks may cost; None where it is not simulated

    @cached_property
    def actions(self) -> tuple[ActionLine, ...]:
        """The planned actions with what became of them, by start."""
        if self.plan is None:
            return ()
        lines = [self._line(action) for action in self.plan.actions]
        return tuple(sorted(lines, key=lambda line: (line.start, line.end, line.measure)))

    @cached_property
    def horizon_end(self) -> dt.date | None:
        """Last day of the plan."""
        if self.plan is None:
            return None
        problem = self.plan.problem
        return add_months(problem.start, problem.months) - dt.timedelta(days=1)

    def quarter_start(self, quarter: int) -> dt.date | None:
        """First day of a quarter of the plan; None without plan."""
        return None if self.plan is None else add_months(self.plan.problem.start, 3 * quarter)

    @property
    def plan_title(self) -> str:
        """« Feuille de route 2027–2029 », unless it was given a title."""
        if self.roadmap_title or self.plan is None or self.horizon_end is None:
            return self.roadmap_title or "Feuille de route"
        first, last = self.plan.problem.start.year, self.horizon_end.year
        return f"Feuille de route {first}" if first == last else f"Feuille de route {first}–{last}"

    def _line(self, action: PlannedAction) -> ActionLine:
        assert self.plan is not None
        follow_up = self.follow_ups.get(action.measure, FollowUp())
        candidate = next((c for c in self.plan.problem.candidates if c.id == action.measure), None)
        measure = self.referential.measure.get(action.measure)
        end = follow_up.end or action.end
        late = follow_up.state in {"planned", "running"} and end < self.prepared_on
        return ActionLine(
            measure=action.measure,
            title=candidate.title if candidate else measure.title if measure else action.measure,
            start=follow_up.start or action.start,
            end=end,
            state="late" if late else follow_up.state,
            owner=follow_up.owner,
            comment=follow_up.comment,
            deadline=follow_up.deadline or self._imposed(action.measure),
            shared=bool(candidate and candidate.shared),
            planned=action,
        )

    def _imposed(self, measure: str) -> dt.date | None:
        """The deadline asked of the planner, as the last day allowed."""
        assert self.plan is not None
        wish = self.plan.problem.wishes.get(measure)
        if wish is None or wish.deadline is None:
            return None
        return add_months(self.plan.problem.start, wish.deadline) - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action as documents show it; ``state`` may also be « late », seen from the day the document is prepared."""

    measure: str
    title: str
    start: dt.date
    end: dt.date
    state: Literal["planned", "running", "done", "dropped", "late"]
    owner: str
    comment: str
    deadline: dt.date | None
    shared: bool
    planned: PlannedAction
