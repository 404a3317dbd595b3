# SPDX-License-Identifier: EUPL-1.2
"""What is to be counted again is noted in the transaction of what changed, and counted right after it by a worker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from carene.apps.indicators.signals import observed
from carene.apps.observatory.models import Change
from carene.apps.organisations.signals import reshaped
from carene.core.jobs import starting


def connect() -> None:
    observed.connect(_observed, dispatch_uid="observatory")
    reshaped.connect(_reshaped, dispatch_uid="observatory")


def _observed(changes: Iterable[tuple[int, str, dt.date]], **_signal: Any) -> None:
    """Of many days of one indicator, the first and the last are enough."""
    days: dict[tuple[int, str], set[dt.date]] = {}
    for node, indicator, day in changes:
        known = days.setdefault((node, indicator), set()) | {day}
        days[node, indicator] = {min(known), max(known)}
    _note([Change(node_id=node, indicator=name, since=day) for (node, name), ends in days.items() for day in ends])


def _reshaped(nodes: Iterable[int], **_signal: Any) -> None:
    today = timezone.localdate()
    _note([Change(node_id=node, since=today) for node in nodes])


def _note(rows: list[Change]) -> None:
    if rows:
        Change.objects.unscoped("rows of what has just been written").bulk_create(rows, batch_size=500)
        transaction.on_commit(starting.nudge)
