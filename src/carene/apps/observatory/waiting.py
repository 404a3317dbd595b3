# SPDX-License-Identifier: EUPL-1.2
"""Is there something to count? Asked twice a second by a worker, and once by a server that starts: it loads nothing."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from carene.apps.indicators import queries as observations
from carene.apps.observatory import closing
from carene.apps.observatory.models import Change, Month, Stale
from carene.engines.observatory.calendar import month_of

WHY = "the observatory counts everybody"


def pending(today: dt.date | None = None) -> bool:
    """Is there something to count, or a month to open or to close? Three short queries at most."""
    today = today or timezone.localdate()
    if Change.objects.unscoped(WHY).exists() or Stale.objects.exists():
        return True
    newest = Month.objects.order_by("-month").values_list("month", flat=True).first()
    if newest is None:
        return observations.first_day() is not None
    return month_of(newest) < month_of(today) or closing.due(today)
