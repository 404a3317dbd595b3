# SPDX-License-Identifier: EUPL-1.2
"""One writer at a time on SQLite, plain transactions on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# SQLite has no fair queue for writers: a thread may wait seconds while others overtake it. A process-wide lock is fair
# enough and cuts the worst wait by ten; it is not what makes writes correct (BEGIN IMMEDIATE is).
_writer = threading.RLock()


@contextmanager
def atomic_write() -> Iterator[None]:
    """Transaction around a write. Nested calls join the outer transaction."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with _writer, transaction.atomic():
        yield
