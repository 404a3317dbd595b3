# SPDX-License-Identifier: EUPL-1.2
"""A month is closed some days after its end: its figures are kept as they are, for ever."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

from carene.apps.observatory.models import KEY, SAID, Month, Rollup, Snapshot, Stale
from carene.apps.observatory.steps import step
from carene.core.access.actor import Actor
from carene.core.journal.writer import record
from carene.core.tenancy.models import Node
from carene.engines.french import month_and_year
from carene.engines.observatory.calendar import closes_on, month_of
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.strata import WHOLE

# The order of the columns is that of the snapshot's table wherever both are written.
COLUMNS = ", ".join((*KEY, *SAID))


def due(today: dt.date) -> bool:
    """Is there a month whose day of closing has come?"""
    return bool(ready(today))


def ready(today: dt.date) -> list[dt.date]:
    """Months to close, in order."""
    days = shipped().close_after_days
    opened = Month.objects.filter(closed_at=None).order_by("month").values_list("month", flat=True)
    return [month for month in opened if closes_on(month_of(month), days) <= today]


def close_due(today: dt.date) -> list[dt.date]:
    """Closes them, each in a transaction; those that still have something to count wait. Gives those closed."""
    closed = []
    for month in ready(today):
        with step():
            row = Month.objects.filter(month=month, closed_at=None).first()
            if row is None or Stale.objects.filter(month=month).exists():
                continue
            _keep(month)
            row.closed_at = timezone.now()
            row.save(update_fields=["closed_at"])
            _tell(month)
            closed.append(month)
    return closed


def _tell(month: dt.date) -> None:
    """In the journal of the top of the tree: from now on these figures do not move."""
    actor = Actor.system()
    for root in Node.objects.filter(parent=None).order_by("path"):
        kept = Snapshot.objects.of(root).filter(month=month, stratum=WHOLE).count()
        if kept:
            told = {"title": month_and_year(month), "figures": kept}
            record(actor, "observatory.close", root, f"month:{month:%Y-%m}", None, told)


def _keep(month: dt.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Snapshot._meta.db_table} ({COLUMNS}) "
            f"SELECT {COLUMNS} FROM {Rollup._meta.db_table} WHERE month = %s",
            [month],
        )
