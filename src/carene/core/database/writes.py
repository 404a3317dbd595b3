# SPDX-License-Identifier: EUPL-1.2
"""One writer at a time on SQLite, plain transactions on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from carene.engines.sources import InputError

# SQLite has no fair queue for writers: a thread may wait seconds while others overtake it. A process-wide lock is fair
# enough and cuts the worst wait by ten; it is not what makes writes correct (BEGIN IMMEDIATE is).
_writer = threading.RLock()

# What PostgreSQL says to the second of two people who write the same thing at once, after both have read that nothing
# stands in the way: unique violation, serialization failure, deadlock. On SQLite, the second one reads after the first.
_OVERTAKEN = {"23505", "40001", "40P01"}


@contextmanager
def atomic_write() -> Iterator[None]:
    """Transaction around a write. Nested calls join the outer transaction.

    Raises InputError when someone else wrote the same thing at the same moment; nothing was written then.
    """
    try:
        with _transaction():
            yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) not in _OVERTAKEN:
            raise
        raise InputError(
            "Quelqu'un vient d'enregistrer la même chose au même moment", remedy="recharger la page et recommencer"
        ) from error


@contextmanager
def _transaction() -> Iterator[None]:
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with _writer, transaction.atomic():
        yield
