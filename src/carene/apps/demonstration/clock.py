# SPDX-License-Identifier: EUPL-1.2
"""The demonstration tells a story of two years: its clock can be set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone


@contextmanager
def days_ago(days: float) -> Iterator[dt.date]:
    """Inside, « now » is that many days earlier: actions, journal and histories are dated as if they had happened then.

    Only for a database that nobody uses yet: the clock is that of the whole process.
    """
    real = timezone.now
    moment = real() - dt.timedelta(days=days)
    timezone.now = lambda: moment
    try:
        yield timezone.localtime(moment).date()
    finally:
        timezone.now = real
