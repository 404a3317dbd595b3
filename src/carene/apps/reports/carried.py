# SPDX-License-Identifier: EUPL-1.2
"""An adopted plan as it is being carried out: dates, owners and states of its actions, and those decided since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from carene.apps.reports.rendering.dossier import ActionState, Dossier, FollowUp
from carene.apps.roadmaps import queries as roadmaps
from carene.engines import french
from carene.engines.planner.model import Candidate, Plan, PlannedAction, Step

if TYPE_CHECKING:
    from carene.apps.roadmaps.models import Action

STATES: dict[str, ActionState] = {"todo": "planned", "doing": "running", "done": "done", "dropped": "dropped"}


@dataclass(frozen=True)
class Carried:
    """The plan with every action of the roadmap in it, what became of each, and French sentences about it all."""

    plan: Plan
    follow_ups: dict[str, FollowUp]
    remarks: tuple[str, ...]
    outside: int  # actions decided outside the plan


def carried(plan: Plan, rows: Iterable[Action], referential: str) -> Carried:
    """``rows``: all the actions of the organisation. Those that the plan does not hold are added to it, with their cost
    but without effect on the levels that it foresees."""
    actions = [row for row in rows if not row.measure or row.referential == referential]
    latest = roadmaps.by_measure(actions)
    planned = {action.measure for action in plan.actions}
    follow_ups = {key: follow_up(row) for key, row in latest.items() if key in planned}
    others = [
        row
        for row in actions
        if row.state != row.State.DROPPED
        and (not row.measure or (row.measure not in planned and latest[row.measure].pk == row.pk))
        and (row.done_on is None or row.done_on >= plan.problem.start)
    ]
    dropped = [row.title for key, row in latest.items() if key in planned and row.state == row.State.DROPPED]
    remarks = []
    if others:
        plan = _with(plan, others)
        follow_ups |= {key_of(row): follow_up(row) for row in others}
        count = french.counted(len(others), "action décidée", "actions décidées")
        whose = "leur" if len(others) > 1 else "son"
        remarks.append(
            f"{count} hors du plan calculé : {whose} coût est compté, {whose} effet sur les niveaux ne l'est pas."
        )
    if dropped:
        verb = "ont été abandonnées" if len(dropped) > 1 else "a été abandonnée"
        remarks.append(f"{french.listing(french.quoted(title) for title in dropped)} {verb} depuis le calcul du plan.")
    return Carried(plan, follow_ups, tuple(remarks), len(others))


def key_of(row: Action) -> str:
    """What stands for a measure in a document: the measure, or the action itself when it is our own."""
    return row.measure or f"action-{row.pk}"


def follow_up(row: Action) -> FollowUp:
    spent = f"Dépensé : {french.euros(row.actual_cost)}." if row.actual_cost is not None else ""
    return FollowUp(
        state=STATES[row.state],
        owner=str(row.owner) if row.owner else "",
        start=row.start_on,
        end=row.done_on or row.due_on,
        comment=spent,
        spent=float(row.actual_cost) if row.actual_cost is not None else None,
    )


def alone(row: Action, start: dt.date) -> PlannedAction:
    """An action as the documents take it, dated from the first month ``start`` of a plan."""
    years = {int(year): float(amount) for year, amount in row.cost_by_year.items()}
    return PlannedAction(
        measure=key_of(row),
        start_month=_months(start, row.start_on),
        end_month=_months(start, row.due_on) + 1,
        start=row.start_on,
        end=row.due_on,
        investment=row.planned_cost,
        yearly=0.0,
        cost=row.planned_cost,
        cost_by_year=years or {row.start_on.year: row.planned_cost},
        person_days={skill: float(days) for skill, days in row.person_days.items()},
        raises=tuple(Step(str(s["criterion"]), int(s["start"]), int(s["end"])) for s in row.raises),
        value=0.0,
        reason="Décidée hors du plan calculé.",
    )


def candidate(row: Action) -> Candidate:
    """What carries the title of an action in a plan."""
    return Candidate(key_of(row), row.title, (), row.planned_cost, 0.0, {}, 1, shared=row.shared)


def decisions(dossier: Dossier) -> tuple[str, ...]:
    """What the management is asked once a roadmap is adopted: to unblock, to name people, to vote the years to come."""
    assert dossier.plan is not None
    said = []
    late = [line for line in dossier.actions if line.state == "late"]
    if late:
        oldest = min(late, key=lambda line: line.end)
        what = f"{french.in_words(len(late), feminine=True)} {french.plural(len(late), 'action')} en retard"
        said.append(f"Débloquer {what}, à commencer par {french.quoted(oldest.title)}.")
    alone = sum(1 for line in dossier.actions if not line.owner and line.state in {"planned", "running", "late"})
    if alone:
        said.append(f"Désigner un responsable pour {french.counted(alone, 'action')}.")
    coming = [year for year in dossier.plan.years if year.year > dossier.prepared_on.year and year.spent]
    if coming:
        amounts = french.listing(f"{french.compact_euros(year.spent)} en {year.year}" for year in coming)
        said.append(f"Inscrire au budget {amounts}.")
    return tuple(said) or ("Rien à décider pour l'instant : la feuille de route suit son cours.",)


def _with(plan: Plan, rows: list[Action]) -> Plan:
    """The plan with these actions, whose cost weighs on its years."""
    added = [alone(row, plan.problem.start) for row in rows]
    known = {one.id for one in plan.problem.candidates}
    candidates = (*plan.problem.candidates, *(candidate(row) for row in rows if key_of(row) not in known))
    years = tuple(
        replace(year, spent=year.spent + sum(action.cost_by_year.get(year.year, 0.0) for action in added))
        for year in plan.years
    )
    return replace(
        plan, problem=replace(plan.problem, candidates=candidates), actions=(*plan.actions, *added), years=years
    )


def _months(start: dt.date, day: dt.date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month
