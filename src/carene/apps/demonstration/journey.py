# SPDX-License-Identifier: EUPL-1.2
"""Roadmaps adopted a year ago and carried since: most actions in time, some late, some just finished."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from carene.apps.demonstration.clock import Clock, Story
from carene.apps.demonstration.levels import chance
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import actions as roadmaps
from carene.apps.roadmaps import queries
from carene.apps.roadmaps.means import Means
from carene.core.access.actor import Actor
from carene.engines.months import first_of_next_month

MONTHS = 36
ADOPTED = 330  # days ago
LATE = 0.3  # share of the actions that are not finished in time


def roadmap(
    clock: Clock, data: dict[str, Any], key: str, place: Organisation, who: tuple[Actor, Actor, list[Actor]]
) -> Story:
    """The board adopts a roadmap; those who own its actions carry them out since."""
    director, rssi, owners = who
    wanted = data["roadmaps"][key]
    yield ADOPTED + 9
    start = first_of_next_month(timezone.localdate())
    scenario = roadmaps.create_scenario(rssi, place, _means(wanted, wanted["name"], start))
    yield ADOPTED
    roadmaps.adopt(director, place, scenario.pk, version=scenario.version)
    yield from _carry(clock, place, owners)


def variants(clock: Clock, data: dict[str, Any], key: str, place: Organisation, rssi: Actor) -> Story:
    """Other scenarios, computed from where one stands now."""
    wanted = data["roadmaps"][key]
    start = dt.date(clock.day_in(0).year + 1, 1, 1)
    for variant in wanted["variants"]:
        yield 3
        means = _means({**wanted, "budgets": variant["budgets"]}, variant["name"], start)
        roadmaps.create_scenario(rssi, place, means)


def _means(wanted: dict[str, Any], name: str, start: dt.date) -> Means:
    amounts = wanted["budgets"]
    years = range(start.year, start.year + MONTHS // 12 + 1)
    budgets = {year: float(amounts[min(i, len(amounts) - 1)]) for i, year in enumerate(years)}
    means = Means(name, start, MONTHS, budgets, {k: float(v) for k, v in wanted["team"].items()})
    return Means(name, start, MONTHS, {year: budgets[year] for year in means.years}, means.team)


def _carry(clock: Clock, place: Organisation, owners: list[Actor]) -> Story:
    """What happened to the actions since: each begins on its day, most end on theirs."""
    actions = {action.pk: action for action in queries.actions(place.node)}
    days: list[tuple[int, bool, int]] = []  # how many days ago, does it begin, which one
    for action in actions.values():
        days.append(((clock.day_in(0) - action.start_on).days, True, action.pk))
        days.append(((clock.day_in(0) - action.due_on).days, False, action.pk))
    for ago, begins, pk in sorted(days, reverse=True):
        if not 0 < ago <= ADOPTED:
            continue
        action = actions[pk]
        owner = owners[int(chance(action.measure, "owner") * len(owners))]
        if begins and action.state == "todo":
            yield ago
            assert owner.user is not None
            action = roadmaps.update_action(owner, place, pk, version=action.version, owner_id=owner.user.pk)
            actions[pk] = roadmaps.start(owner, place, pk, version=action.version)
        if not begins and action.state == "doing" and chance(action.measure, "late") > LATE:
            yield ago
            cost = round(action.planned_cost * (0.85 + 0.3 * chance(action.measure, "cost")), -2)
            roadmaps.finish(owner, place, pk, version=action.version, actual_cost=cost)
