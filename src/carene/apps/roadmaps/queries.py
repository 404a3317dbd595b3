# SPDX-License-Identifier: EUPL-1.2
"""Reading scenarios and actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import stored
from carene.apps.roadmaps.models import Action, ActionComment, CommonPart, MeasureOverride, Scenario
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.planner.model import Plan
from carene.ui import shell

ACTIVE = (Action.State.TODO, Action.State.DOING)


def scenarios(node: Node) -> QuerySet[Scenario]:
    """Scenarios of a node, latest first, without their plans (read them one by one with ``scenario``)."""
    return (
        Scenario.objects.of(node)
        .filter(deleted_at=None)
        .select_related("created_by", "adopted_by")
        .defer("plan", "previous", "undo")
        .order_by("-created_at", "-id")
    )


def scenario(node: Node, pk: int) -> Scenario:
    """One scenario with its plan. Raises Scenario.DoesNotExist when it is deleted or belongs to another node."""
    return with_plans(node).get(pk=pk)


def with_plans(node: Node) -> QuerySet[Scenario]:
    """Scenarios with their plans: large rows, only for the few that a page shows."""
    return scenarios(node).defer(None)


def deleted(node: Node, pk: int | None) -> Scenario | None:
    """A scenario that was put aside and can be brought back."""
    if pk is None:
        return None
    return Scenario.objects.of(node).filter(pk=pk, deleted_at__isnull=False).defer("plan", "previous", "undo").first()


def as_key(text: str) -> int | None:
    """A key read in an address; None for anything that is not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def adopted(node: Node) -> Scenario | None:
    """The scenario that is the roadmap now, with its plan."""
    return with_plans(node).filter(adopted_at__isnull=False, retired_at=None).order_by("-adopted_at", "-id").first()


def proposed_parts(node: Node) -> list[CommonPart]:
    """Parts of common plans that wait for someone of this establishment, without their plans."""
    rows = CommonPart.objects.of(node).filter(state=CommonPart.State.PROPOSED)
    return list(rows.defer("plan", "fields").order_by("-computed_at", "-id"))


def plan_of(scenario: Scenario) -> Plan | None:
    """The plan computed for a scenario; None when it is to be computed (again)."""
    computed = stored.read(scenario)
    return computed.plan if computed else None


def actions(node: Node) -> QuerySet[Action]:
    """Every action of a node, whatever its state, by start; with owner."""
    return Action.objects.of(node).select_related("owner").order_by("start_on", "id")


def action(node: Node, pk: int) -> Action:
    """Raises Action.DoesNotExist when it belongs to another node."""
    return (
        actions(node)
        .select_related("scenario")
        .defer("scenario__plan", "scenario__previous", "scenario__undo")
        .get(pk=pk)
    )


def late(node: Node, today: dt.date) -> QuerySet[Action]:
    """Actions whose due date has gone by, the latest of all first."""
    return actions(node).filter(state__in=ACTIVE, due_on__lt=today).order_by("due_on", "id")


def next_actions(node: Node, today: dt.date, limit: int = 5) -> QuerySet[Action]:
    """What to begin next: actions to do that are not late, soonest start first."""
    return actions(node).filter(state=Action.State.TODO, due_on__gte=today).order_by("start_on", "due_on", "id")[:limit]


def late_counter(organisation: Organisation) -> shell.Counter | None:
    """« 3 en retard » for the rail; one query."""
    late_actions = late(organisation.node, timezone.localdate()).count()
    return shell.Counter(f"{french.number(late_actions)} en retard", urgent=True) if late_actions else None


@dataclass(frozen=True)
class Year:
    """Euros of one calendar year: voted in the adopted scenario, planned by the actions, really spent."""

    year: int
    budget: float
    planned: float
    spent: float


def yearly(node: Node, today: dt.date | None = None) -> list[Year]:
    """Planned and spent, year by year; two queries. See ``yearly_of``."""
    return yearly_of(actions(node), adopted(node), today or timezone.localdate())


def yearly_of(rows: Iterable[Action], roadmap: Scenario | None, today: dt.date) -> list[Year]:
    """What is spent counts in the year when the action ended, in the present one while it goes on."""
    budgets = {int(year): float(amount) for year, amount in roadmap.budgets.items()} if roadmap else {}
    planned: dict[int, float] = {}
    spent: dict[int, float] = {}
    for row in rows:
        if row.state != Action.State.DROPPED:
            for year, amount in _spread(row).items():
                planned[year] = planned.get(year, 0.0) + amount
        if row.actual_cost:
            year = row.done_on.year if row.done_on else max(today.year, row.start_on.year)
            spent[year] = spent.get(year, 0.0) + row.actual_cost
    years = sorted({*budgets, *planned, *spent})
    return [Year(year, budgets.get(year, 0.0), planned.get(year, 0.0), spent.get(year, 0.0)) for year in years]


def _spread(row: Action) -> dict[int, float]:
    """The planned cost of an action by year: as its plan spread it, scaled when it was changed since; else evenly."""
    by_year = {int(year): float(amount) for year, amount in row.cost_by_year.items()}
    total = sum(by_year.values())
    if not total:
        months = [
            year
            for year in range(row.start_on.year, row.due_on.year + 1)
            for month in range(1, 13)
            if (row.start_on.year, row.start_on.month) <= (year, month) <= (row.due_on.year, row.due_on.month)
        ]
        by_year = {year: float(months.count(year)) for year in months}
        total = len(months) or 1
    return {year: amount * row.planned_cost / total for year, amount in by_year.items()}


@dataclass(frozen=True)
class Progress:
    todo: int
    doing: int
    done: int
    late: int

    @property
    def total(self) -> int:
        """Actions that count: those that were dropped do not."""
        return self.todo + self.doing + self.done

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0


def progress(node: Node, today: dt.date) -> Progress:
    """How far the roadmap is; one query."""
    found = Action.objects.of(node).aggregate(
        todo=Count("pk", filter=Q(state=Action.State.TODO)),
        doing=Count("pk", filter=Q(state=Action.State.DOING)),
        done=Count("pk", filter=Q(state=Action.State.DONE)),
        late=Count("pk", filter=Q(state__in=ACTIVE, due_on__lt=today)),
    )
    return Progress(**found)


def overrides(node: Node) -> dict[str, MeasureOverride]:
    """Measure → what the organisation knows better than our estimates."""
    return {row.measure: row for row in MeasureOverride.objects.of(node).order_by("measure")}


def comments(action: Action) -> list[ActionComment]:
    return list(action.comments.select_related("author").order_by("created_at", "id"))


def history(action: Action) -> list[Entry]:
    """What was done to an action, latest first."""
    return list(Entry.objects.filter(target=action_target(action.pk)).order_by("-id")[:100])


def action_target(pk: int) -> str:
    return f"action:{pk}"


def scenario_target(pk: int) -> str:
    return f"scenario:{pk}"


def by_measure(rows: Iterable[Action]) -> Mapping[str, Action]:
    """The action that counts for each measure: one under way, else to do, else done, else the last one dropped."""
    rank = {Action.State.DOING: 0, Action.State.TODO: 1, Action.State.DONE: 2, Action.State.DROPPED: 3}
    ordered = sorted((row for row in rows if row.measure), key=lambda row: (rank[Action.State(row.state)], -row.pk))
    found: dict[str, Action] = {}
    for row in ordered:
        found.setdefault(row.measure, row)
    return found


def late_below(node: Node, today: dt.date) -> dict[int, int]:
    """Node id → number of late actions, for this node and those below it that have some; one query."""
    rows = Action.objects.below(node).filter(state__in=ACTIVE, due_on__lt=today).order_by("node_id")
    return dict(rows.values_list("node_id").annotate(late=Count("pk")))
