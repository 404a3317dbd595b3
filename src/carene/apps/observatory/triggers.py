# SPDX-License-Identifier: EUPL-1.2
"""The database refuses to change or remove a snapshot, whoever asks. As for the journal, a migration that rebuilds the
table on SQLite ends with ``install``."""

from __future__ import annotations

from typing import Any

TABLE = "observatory_snapshot"
REFUSED = "observatory: a snapshot is never changed or removed"
EVENTS = {"unchanged": "UPDATE", "kept": "DELETE"}


def install(connection: Any) -> None:
    """Creates them anew; for migrations."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION observatory_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
            )
            for name, event in {**EVENTS, "not_emptied": "TRUNCATE"}.items():
                each = "STATEMENT" if event == "TRUNCATE" else "ROW"
                cursor.execute(
                    f"CREATE TRIGGER {TABLE}_{name} BEFORE {event} ON {TABLE} FOR EACH {each} "
                    "EXECUTE FUNCTION observatory_refuse()"
                )
            return
        for name, event in EVENTS.items():
            cursor.execute(
                f"CREATE TRIGGER {TABLE}_{name} BEFORE {event} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )


def remove(connection: Any) -> None:
    """For migrations that rebuild the table, and for the tests, which empty every table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in (*EVENTS, "not_emptied"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name} ON {TABLE}")
        else:
            for name in EVENTS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name}")
