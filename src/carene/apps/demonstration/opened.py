# SPDX-License-Identifier: EUPL-1.2
"""What is opened for a time: the mandate of an auditor, what establishments share with the region, what it asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from carene.apps.demonstration.clock import Clock, Story
from carene.apps.organisations import actions as organisations
from carene.apps.organisations.models import Organisation
from carene.apps.sharing import actions
from carene.core.access.actor import Actor
from carene.core.accounts.demo import DOMAIN, PASSWORD


def mandate(clock: Clock, data: dict[str, Any], places: dict[str, Organisation]) -> Iterator[Story]:
    """Roles between two days, given a little before they begin."""
    for row in data["mandates"]:
        yield _mandate(clock, row, places[row["place"]])


def _mandate(clock: Clock, row: dict[str, Any], place: Organisation) -> Story:
    yield row["written"]
    membership = organisations.grant(
        Actor.system(),
        place,
        email=f"{row['login']}@{DOMAIN}",
        name=row["name"],
        function=row["function"],
        role=row["role"],
        starts_on=clock.day_in(row["from"]),
        ends_on=clock.day_in(row["to"]),
    )
    membership.user.set_password(PASSWORD)
    membership.user.save(update_fields=["password"])


def share(data: dict[str, Any], places: dict[str, Organisation], people: dict[str, Actor]) -> Iterator[Story]:
    """Opened to the officers of the region, taken back, asked for."""
    for row in data["shares"]:
        yield _share(row, places[row["place"]], places["region"], people[row["by"]])
    for row in data["requests"]:
        yield _ask(row, places[row["place"]], people[row["by"]])


def _share(row: dict[str, Any], place: Organisation, region: Organisation, by: Actor) -> Story:
    yield row["written"]
    ends_on = timezone.localdate() + dt.timedelta(days=row["days"])
    given = actions.give(by, place, holder_id=region.pk, ends_on=ends_on, reason=row["reason"])
    if "revoked" in row:
        yield row["revoked"]
        actions.revoke(by, place, given.pk)


def _ask(row: dict[str, Any], place: Organisation, by: Actor) -> Story:
    yield row["written"]
    actions.ask(by, place, reason=row["reason"])
