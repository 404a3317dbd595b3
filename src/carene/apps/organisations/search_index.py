# SPDX-License-Identifier: EUPL-1.2
"""The index of the searched words: pieces of three letters, kept by the database itself.

SQLite: an FTS5 table that triggers follow. PostgreSQL: an index of pg_trgm. Where neither can be had the same questions
are answered by reading every row. Made after each migration, because rebuilding a table drops its triggers.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.utils import DatabaseError, OperationalError

TABLE = "organisations_organisation"
INDEX = "organisations_search"

logger = logging.getLogger(__name__)

_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5("
    f"search, content='{TABLE}', content_rowid='node_id', tokenize='trigram')",
    f"CREATE TRIGGER IF NOT EXISTS {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}(rowid, search) VALUES (new.node_id, new.search); END",
    f"CREATE TRIGGER IF NOT EXISTS {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}({INDEX}, rowid, search) VALUES ('delete', old.node_id, old.search); END",
    f"CREATE TRIGGER IF NOT EXISTS {INDEX}_update AFTER UPDATE OF search ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}({INDEX}, rowid, search) VALUES ('delete', old.node_id, old.search); "
    f"INSERT INTO {INDEX}(rowid, search) VALUES (new.node_id, new.search); END",
)


def ensure(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Makes what is missing; does nothing when all is there."""
    database = connections[using]
    if database.vendor == "sqlite":
        _ensure_sqlite(database)
    elif database.vendor == "postgresql":
        _ensure_postgresql(database)


def _ensure_sqlite(database: Any) -> None:
    with database.cursor() as cursor:
        names = ("insert", "delete", "update")
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name IN (%s, %s, %s)",
            [f"{INDEX}_{name}" for name in names],
        )
        if cursor.fetchone()[0] == len(names):
            return
        try:
            for statement in _SQLITE:
                cursor.execute(statement)
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')")  # nosec B608
        except OperationalError as error:
            logger.warning("no trigram index on this SQLite (%s): searches will read every row", error)


def _ensure_postgresql(database: Any) -> None:
    try:
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {INDEX} ON {TABLE} USING gin (search gin_trgm_ops)")
    except DatabaseError as error:
        logger.warning("no pg_trgm on this server (%s): searches will read every row", error)


def settle() -> None:
    """After a great many rows: PostgreSQL keeps the latest ones in a list that every search would read whole."""
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [INDEX])
    except DatabaseError as error:  # not ours to do on this server: its own housekeeping will
        logger.info("the search index was not settled: %s", error)


_ready: set[str] = set()  # databases where the table was seen; it never goes away


def is_ready() -> bool:
    """Is there an FTS5 table to ask? (PostgreSQL uses its index by itself.)"""
    if connection.vendor != "sqlite":
        return False
    name = str(connection.settings_dict["NAME"])
    if name in _ready:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %s", [INDEX])
        if cursor.fetchone() is None:
            return False
    _ready.add(name)
    return True
