# SPDX-License-Identifier: EUPL-1.2
"""One writer at a time in the tables of the observatory, however many workers there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from carene.core.database.writes import atomic_write


@contextmanager
def step() -> Iterator[None]:
    """One transaction, alone among its kind."""
    with atomic_write():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('carene observatory'))")
        yield
