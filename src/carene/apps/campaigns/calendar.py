# SPDX-License-Identifier: EUPL-1.2
"""The days of a campaign, as an iCalendar file: its first and last day, and each reminder."""

from __future__ import annotations

import datetime as dt
import uuid

from carene.apps.campaigns.models import Campaign
from carene.ui import calendars
from carene.ui.calendars import AllDay

_NAMESPACE = uuid.UUID("0d9e4f1c-6a52-5b0e-8c7b-3f6d2a9b7e10")  # ours, once and for all


def file(campaign: Campaign, due: dt.date, today: dt.date) -> bytes:
    """UTF-8 with CRLF; ``due``: the last day of who asks. A newer file moves the events instead of adding others."""
    days = [("debut", campaign.starts_on, "Début"), ("fin", due, "Dernier jour")]
    days += [
        (f"rappel{step}", due + dt.timedelta(days=step), "Rappel" if step <= 0 else "Relance")
        for step in campaign.reminders
        if due + dt.timedelta(days=step) > campaign.starts_on
    ]
    title = " ".join(campaign.title.split())
    return calendars.ics(
        "Campagne",
        [AllDay(f"{campaign.pk}\n{key}", day, f"{words} : {title}") for key, day, words in days],
        namespace=_NAMESPACE,
        stamped=today,
        revision=campaign.revision,
    )
