# SPDX-License-Identifier: EUPL-1.2
"""The days of a campaign: which reminder is due, where one establishment stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

State = Literal["none", "begun", "submitted", "validated"]
STATES: dict[State, str] = {
    "none": "pas commencée",
    "begun": "commencée",
    "submitted": "soumise à la direction",
    "validated": "validée",
}
HANDED: tuple[State, ...] = ("submitted", "validated")
OPENING = "open"


def step_due(starts: dt.date, due: dt.date, reminders: Sequence[int], today: dt.date) -> str | None:
    """The last step that has come: « open », or days from the last one (« -10 », « 3 »). None before the first day.

    Only the last: whoever missed three days of reminders gets one letter, not three.
    """
    if today < starts:
        return None
    past = [days for days in reminders if starts < due + dt.timedelta(days=days) <= today]
    return str(max(past)) if past else OPENING


def is_late(state: State, handed_on: dt.date | None, due: dt.date, today: dt.date) -> bool:
    """Handed over after the last day, or not at all once it has gone by."""
    if state in HANDED:
        return handed_on is not None and handed_on > due
    return today > due
