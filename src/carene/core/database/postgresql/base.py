# SPDX-License-Identifier: EUPL-1.2
"""Django's PostgreSQL, whose sessions carry whose rows may be touched (``core.row_security``).

A session is brought to the scope of the moment before each statement; nothing is sent when it holds it already. A
request therefore costs two statements more: its scope when its actor is known, none at its end.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.core.signals import request_finished
from django.db import connections
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from carene.core.row_security import scope
from carene.core.row_security.scope import Scope

# Its parameters stay parameters: what is written in the statement is shown to every session of the same role.
CARRY = "SELECT set_config('carene.scope', %s, false), set_config('carene.above', %s, false)"


class DatabaseWrapper(base.DatabaseWrapper):
    held: Scope | None = None  # by the session; None: not known
    carried = 0  # how many times it was changed, for the tests: these statements are in no list of Django's
    _undone_by_rollback = False

    def get_new_connection(self, conn_params: Any) -> Any:
        self.held = None
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        self.carry()
        return super().create_cursor(name)

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._undone_by_rollback = False

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self.held = None  # a rollback takes back what the session was told since

    def carry(self) -> None:
        """Brings the session to the scope of the moment."""
        status = self.connection.info.transaction_status
        if status == TransactionStatus.INERROR:  # only a rollback is listened to now
            return
        if self._undone_by_rollback and status == TransactionStatus.IDLE:
            self.held = None  # told inside a transaction that is over, and may have been rolled back
        wanted = scope.current()
        if self.held == wanted:
            return
        with psycopg.Cursor(self.connection) as cursor:
            cursor.execute(CARRY, [wanted.seen, wanted.above])
        self.held = wanted
        self.carried += 1
        self._undone_by_rollback = self.connection.info.transaction_status != TransactionStatus.IDLE


def _empty(**_signal: Any) -> None:
    """At the end of a request, once its answer is sent: its session waits for the next one without any row."""
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, DatabaseWrapper) and connection.connection is not None:
            try:
                connection.carry()
            except psycopg.Error:
                connection.close()  # a session that cannot be emptied is not kept


request_finished.connect(_empty)
