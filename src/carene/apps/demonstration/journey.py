# SPDX-License-Identifier: EUPL-1.2
"""Roadmaps adopted a year ago and carried since: most actions in time, some late, some just finished."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from carene.apps.demonstration.clock import days_ago
from carene.apps.demonstration.levels import chance
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import actions as roadmaps
from carene.apps.roadmaps import queries
from carene.apps.roadmaps.means import Means
from carene.core.access.actor import Actor
from carene.engines.months import first_of_next_month

MONTHS = 36
LATE = 0.3  # share of the actions that are not finished in time


def adopt(data: dict[str, Any], key: str, place: Organisation, director: Actor, rssi: Actor, days: int) -> None:
    """The board adopts a roadmap, that many days ago."""
    wanted = data["roadmaps"][key]
    with days_ago(days + 9) as today:
        scenario = roadmaps.create_scenario(rssi, place, _means(wanted, wanted["name"], first_of_next_month(today)))
    with days_ago(days):
        roadmaps.adopt(director, place, scenario.pk, version=scenario.version)


def variants(data: dict[str, Any], key: str, place: Organisation, rssi: Actor) -> None:
    """Other scenarios, computed from where one stands now."""
    wanted = data["roadmaps"][key]
    start = dt.date(timezone.localdate().year + 1, 1, 1)
    for variant in wanted["variants"]:
        with days_ago(3):
            means = _means({**wanted, "budgets": variant["budgets"]}, variant["name"], start)
            roadmaps.create_scenario(rssi, place, means)


def _means(wanted: dict[str, Any], name: str, start: dt.date) -> Means:
    amounts = wanted["budgets"]
    years = range(start.year, start.year + MONTHS // 12 + 1)
    budgets = {year: float(amounts[min(i, len(amounts) - 1)]) for i, year in enumerate(years)}
    means = Means(name, start, MONTHS, budgets, {k: float(v) for k, v in wanted["team"].items()})
    return Means(name, start, MONTHS, {year: budgets[year] for year in means.years}, means.team)


def carry(place: Organisation, owners: list[Actor], since: int, until: int) -> None:
    """What happened to the actions between two days, both counted back from today (``since`` > ``until``)."""
    today = timezone.localdate()
    rows = list(queries.actions(place.node))
    for action in rows:
        owner = owners[int(chance(action.measure, "owner") * len(owners))]
        began, due = (today - action.start_on).days, (today - action.due_on).days
        version = action.version
        if until < began <= since and action.state == "todo":
            with days_ago(began):
                assert owner.user is not None
                action = roadmaps.update_action(owner, place, action.pk, version=version, owner_id=owner.user.pk)
                action = roadmaps.start(owner, place, action.pk, version=action.version)
        if until < due <= since and action.state == "doing" and chance(action.measure, "late") > LATE:
            with days_ago(due):
                cost = round(action.planned_cost * (0.85 + 0.3 * chance(action.measure, "cost")), -2)
                roadmaps.finish(owner, place, action.pk, version=action.version, actual_cost=cost)
