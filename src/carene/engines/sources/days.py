# SPDX-License-Identifier: EUPL-1.2
"""A day that somebody typed: is the year a slip of the keyboard?"""

from __future__ import annotations

import datetime as dt

from carene.engines.sources.errors import InputError

FIRST, LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)


def require_plausible(day: dt.date, what: str) -> None:
    """``what``: « La réunion ». Raises InputError."""
    if not FIRST <= day <= LAST:
        raise InputError(f"{what} est en {day.year}", remedy="vérifier l'année")
