# SPDX-License-Identifier: EUPL-1.2
"""A campaign as rows: for tests of what reads it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from carene.apps.campaigns.models import Campaign, Comment, Participant
from carene.apps.organisations.models import Organisation


def make_campaign(group: Organisation, hospital: Organisation, name: str) -> tuple[int, int]:
    """Open, of a group that asks one hospital, each text of which names somebody; keys of the campaign, of the part."""
    now, today = timezone.now(), timezone.localdate()
    row = Campaign.objects.create(
        node=group.node, title=f"Campagne de {name}", message=f"Message de {name}", referential="care",
        version="1.0.0", audience={}, starts_on=today, ends_on=today + dt.timedelta(days=30), reminders=[-10],
        state="open", created_at=now, changed_at=now, changed_by=name, opened_at=now,
    )  # fmt: skip
    part = Participant.objects.create(campaign=row, node=hospital.node, joined_at=now)
    Comment.objects.create(campaign=row, node=hospital.node, text=f"Réponse de {name}", at=now, by=name, answers=True)
    return row.pk, part.pk
