# SPDX-License-Identifier: EUPL-1.2
"""The GHT planned together, by its RSSI: a plan that was found, and that nobody has adopted yet."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from carene.apps.demonstration.clock import Story
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import actions as roadmaps
from carene.apps.roadmaps import group_members
from carene.apps.roadmaps.group_asked import Asked, MemberAsked
from carene.apps.roadmaps.means import Means, first_start, years_of
from carene.core.access.actor import Actor


def plan(data: dict[str, Any], places: dict[str, Organisation], actor: Actor) -> Story:
    """With the means of each one's own scenario, and the first way of sharing that is tried: the demonstration starts
    at once, and a real search is one click away."""
    wanted = data["together"]
    yield wanted["written"]
    group = places["ght"]
    row = roadmaps.plan_together(actor, group, _asked(wanted, places, actor))
    from carene.apps.roadmaps.group_running import compute  # the engines of workers: nobody else loads them
    from carene.engines.planner.group.planning import ROUND

    stages: list[str] = []
    found = compute(
        actor,
        group,
        row,
        steps=0,
        workers=1,
        progress=lambda stage, *_figures: stages.append(stage),
        stop=lambda: ROUND in stages,
    )
    roadmaps.keep_found(actor, group, row.pk, found.result, found.parts)


def _asked(wanted: dict[str, Any], places: dict[str, Organisation], actor: Actor) -> Asked:
    today, months = timezone.localdate(), int(wanted["months"])
    start = first_start(today)
    gathered = group_members.gather(actor, places["ght"])
    members = {}
    for key in wanted["members"]:
        member = gathered.member(places[key].pk)
        assert member is not None
        own = member.own(today)
        budgets = {year: own.budget(year) for year in years_of(start, months)}
        means = Means("Plan commun", start, months, budgets, own.team)
        members[member.pk] = MemberAsked(means, own.scenario.pk if own.scenario else None)
    return Asked(
        start=start,
        months=months,
        objective=wanted["objective"],
        key="fair",
        members=members,
        budgets={},
        percents={},
        carrier=None,
        seconds=int(wanted["seconds"]),
    )
