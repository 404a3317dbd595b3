# SPDX-License-Identifier: EUPL-1.2
"""What surrounds the answers: given questions, evidence, measures, roadmaps under way."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from carene.apps.assessments import actions as assessments
from carene.apps.assessments import queries as assessment_queries
from carene.apps.assessments import referentials
from carene.apps.demonstration.clock import days_ago
from carene.apps.evidence import actions as evidence
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor

Places = dict[str, Organisation]
People = dict[str, Actor]


def story(data: dict[str, Any], places: Places, people: People) -> None:
    """Everything but the answers, in the order in which people would have done it."""
    _evidence(data, places["valmont"], people["rssi"])


def _in(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def _evidence(data: dict[str, Any], place: Organisation, actor: Actor) -> None:
    for row in data["evidence"]:
        effective, expires = _in(row["from"]), _in(row["to"])
        with days_ago(max(1, -row["from"] - 3)):
            evidence.add(
                actor,
                place,
                title=row["title"],
                url=row["url"],
                effective_on=effective,
                expires_on=expires,
                links=[(referentials.BUILT_IN, criterion) for criterion in row["criteria"]],
            )


def _assignments(data: dict[str, Any], place: Organisation, people: People) -> None:
    assessment = assessment_queries.current(place.node)
    if assessment is None or not assessment.is_open:
        return
    for row in data["assigned"]:
        user = people[row["to"]].user
        assert user is not None
        assessments.assign(
            people["rssi"],
            place,
            assessment,
            row["criterion"],
            user_id=user.pk,
            message=row["message"],
            due_on=_in(row["in_days"]),
        )
