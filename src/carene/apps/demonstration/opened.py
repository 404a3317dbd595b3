# SPDX-License-Identifier: EUPL-1.2
"""What is opened for a time: the mandate of an auditor, what establishments share with the region, what it asks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from carene.apps.demonstration.clock import days_ago
from carene.apps.demonstration.following import day_in
from carene.apps.organisations import actions as organisations
from carene.apps.organisations.models import Organisation
from carene.apps.sharing import actions
from carene.core.access.actor import Actor
from carene.core.accounts.demo import DOMAIN, PASSWORD


def mandate(data: dict[str, Any], places: dict[str, Organisation]) -> None:
    """Roles between two days, given a little before they begin."""
    for row in data["mandates"]:
        starts_on, ends_on = day_in(row["from"]), day_in(row["to"])
        with days_ago(row["written"]):
            membership = organisations.grant(
                Actor.system(),
                places[row["place"]],
                email=f"{row['login']}@{DOMAIN}",
                name=row["name"],
                function=row["function"],
                role=row["role"],
                starts_on=starts_on,
                ends_on=ends_on,
            )
            membership.user.set_password(PASSWORD)
            membership.user.save(update_fields=["password"])


def share(data: dict[str, Any], places: dict[str, Organisation], people: dict[str, Actor]) -> None:
    """Opened to the officers of the region, taken back, asked for."""
    region = places["region"]
    for row in data["shares"]:
        by, place = people[row["by"]], places[row["place"]]
        with days_ago(row["written"]) as day:
            ends_on = day + dt.timedelta(days=row["days"])
            given = actions.give(by, place, holder_id=region.pk, ends_on=ends_on, reason=row["reason"])
        if "revoked" in row:
            with days_ago(row["revoked"]):
                actions.revoke(by, place, given.pk)
    for row in data["requests"]:
        with days_ago(row["written"]):
            actions.ask(people[row["by"]], places[row["place"]], reason=row["reason"])
