# SPDX-License-Identifier: EUPL-1.2
"""What the home page rests on, read through the queries of the other apps and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from carene.apps.assessments import expected
from carene.apps.assessments import queries as assessments
from carene.apps.evidence import queries as evidence
from carene.apps.funding import queries as funding
from carene.apps.governance import queries as governance
from carene.apps.organisations import queries_below
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import queries as roadmaps
from carene.core.access.actor import Actor
from carene.engines.governance.duties import Due as Duty
from carene.engines.planner.candidates import MeasureOverride, candidates_from
from carene.engines.planner.model import Candidate
from carene.engines.referential.catalogue import CARE

if TYPE_CHECKING:
    from carene.apps.assessments.models import Assignment
    from carene.apps.evidence.models import Evidence
    from carene.apps.funding.models import Application
    from carene.apps.governance.models import Decision, PolicyDocument
    from carene.apps.roadmaps.models import Action
    from carene.engines.funding.model import Domain

SOON_DAYS = 30  # what falls due within this time is announced on the home page


@dataclass
class Situation:
    """One establishment on one day. What the actor may not see is empty. Eleven queries, one more for ``candidates``.

    ``reference`` is the assessment that the figures come from, ``opened`` the one being answered: the same one before
    any validation, None when there is none. ``actions`` are all of the roadmap, by start.
    """

    organisation: Organisation
    today: dt.date
    reference: assessments.Sheet | None = None
    opened: assessments.Sheet | None = None
    assignments: Sequence[Assignment] = ()
    proposals: int = 0
    expiring: Sequence[Evidence] = ()
    actions: Sequence[Action] = field(default_factory=list)
    duties: Sequence[Duty] = ()  # those that have a day, documents apart
    policies: Sequence[PolicyDocument] = ()
    decisions: Sequence[Decision] = ()
    expected: Sequence[expected.Expected] = ()  # by those above, and not handed over yet
    to_send: Sequence[tuple[Application, Domain, dt.date]] = ()  # files of funding, with the end of their window

    @property
    def current(self) -> assessments.Sheet | None:
        """The one to act on: being answered, else validated."""
        return self.opened or self.reference

    @property
    def disagreements(self) -> int:
        """Answers that a measure contradicts, in the current assessment."""
        sheet = self.current
        if sheet is None:
            return 0
        return sum(
            1
            for key, level in sheet.measured.items()
            if (row := sheet.answers.get(key)) is not None and row.level is not None and row.level != level
        )

    @cached_property
    def candidates(self) -> dict[str, Candidate]:
        """Measures with the costs of this establishment: our estimates for its size, or its own figures."""
        sheet = self.reference
        if sheet is None:
            return {}
        overrides = {
            key: MeasureOverride(row.investment, row.yearly, row.effort, row.months)
            for key, row in roadmaps.overrides(self.organisation.node).items()
            if key in sheet.referential.measure
        }
        return {one.id: one for one in candidates_from(sheet.referential, sheet.profile, True, overrides)}


def situation(actor: Actor, organisation: Organisation, today: dt.date) -> Situation:
    node = organisation.node
    found = Situation(organisation, today)
    if actor.can("assessment.view", node):
        _read_assessments(found)
        found.expected = expected.expected(organisation, today)
    if actor.can("evidence.view", node):
        found.expiring = list(evidence.to_renew(node, today).prefetch_related(None))
        organisation.evidence_to_renew = len(found.expiring)  # type: ignore[attr-defined]  # what the rail would count
    if actor.can("roadmap.view", node):
        found.actions = list(roadmaps.actions(node))
    if actor.can("governance.view", node):
        found.duties = governance.dated_duties(organisation, today)
        found.policies = [row for row in governance.policies(node) if row.next_on is not None]
    if actor.can("decision.view", node):
        # One that became an action is told as that action.
        found.decisions = [row for row in governance.open_decisions(node) if row.due_on and row.action_id is None]
    if actor.can("funding.prepare", node):
        found.to_send = funding.to_send(organisation)
    return found


def _read_assessments(found: Situation) -> None:
    node = found.organisation.node
    rows = list(assessments.of(node).filter(referential=CARE))
    validated = next((row for row in rows if row.state == row.State.VALIDATED), None)
    open_one = next((row for row in rows if row.state != row.State.VALIDATED), None)
    chosen = [row for row in (validated, open_one) if row is not None]
    if not chosen:
        return
    sheets = assessments.sheets(found.organisation, chosen)
    found.reference = sheets[0]
    if open_one is not None:
        found.opened = sheets[-1]
        # The rail says the same share: what was just read spares it its query.
        found.organisation.assessments_sheet = found.opened  # type: ignore[attr-defined]
        found.assignments = [row for given in found.opened.assignments.values() for row in given]
    found.proposals = assessments.pending_proposals(node).filter(referential=CARE).count()


class Line(NamedTuple):
    """What is known of one establishment of a group, as little as ranking and counting need."""

    standing: assessments.Standing
    late: int


NOTHING = Line(assessments.Standing(), 0)


@dataclass(frozen=True)
class Board:
    """A group on one day. ``lines``: those of whom something is known, by id, a few thousand in a country; of the
    others, who may be a hundred thousand, only how many they all are is read."""

    group: Organisation
    total: int
    lines: dict[int, Line]

    def found(self, text: str) -> queries_below.Found:
        """Those below, or those that answer ``text``, by name."""
        return queries_below.by_name(self.group, text, total=self.total)


def board(actor: Actor, group: Organisation, today: dt.date) -> Board:
    """Three queries, whatever their number."""
    node = group.node
    may = actor.can("summary.view", node)
    standings = assessments.standings_below(node) if may else {}
    late = roadmaps.late_below(node, today) if may else {}
    known = (standings.keys() | late.keys()) - {node.pk}
    lines = {pk: Line(standings.get(pk, NOTHING.standing), late.get(pk, 0)) for pk in known}
    return Board(group, queries_below.count_below(group), lines)


@dataclass(frozen=True)
class Establishment:
    """A line as it is shown."""

    organisation: Organisation
    line: Line

    @property
    def standing(self) -> assessments.Standing:
        return self.line.standing

    @property
    def late(self) -> int:
        return self.line.late

    @property
    def attached_to(self) -> str:
        parent = self.organisation.node.parent
        return parent.organisation.label if parent else ""
