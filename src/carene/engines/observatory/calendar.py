# SPDX-License-Identifier: EUPL-1.2
"""Months as numbers, and how long a value holds.

A value holds in the month of its observation and in those that follow, ``validity_months`` in all: it stands for a
unit at the end of a month as long as it would not have expired by then.
"""

from __future__ import annotations

import datetime as dt

from carene.engines.months import first_of_next_month


def month_of(day: dt.date) -> int:
    """``2026-11-23`` → 24322: months since year 0."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> dt.date:
    return first_of_next_month(first_day(month)) - dt.timedelta(days=1)


def holds(observed_on: dt.date, validity_months: int, month: int) -> bool:
    start = month_of(observed_on)
    return start <= month < start + validity_months


def closes_on(month: int, close_after_days: int) -> dt.date:
    """From this day on, the figures of the month are kept as they are."""
    return last_day(month) + dt.timedelta(days=close_after_days + 1)
