# SPDX-License-Identifier: EUPL-1.2
"""The dates of an establishment, for its home page and its assessment."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from carene.apps.assessments.expected import Expected
from carene.apps.campaigns import queries
from carene.apps.organisations.models import Organisation


def expected_of(organisation: Organisation, today: dt.date) -> list[Expected]:
    """What open campaigns still wait for; one query, and one more for each of them."""
    return [
        Expected(
            by=str(one.campaign.node.organisation),
            title=one.campaign.title,
            on=one.due,
            late=one.late(today),
            url=reverse("campaigns:campaign", args=[organisation.pk, one.campaign.pk]),
            referential=one.campaign.referential,
        )
        for one in queries.asked_of(organisation)
        if not one.handed and one.campaign.starts_on <= today
    ]
