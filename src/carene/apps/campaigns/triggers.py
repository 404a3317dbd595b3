# SPDX-License-Identifier: EUPL-1.2
"""The database refuses to change or remove what a closing found, whoever asks. A migration that rebuilds one of these
tables on SQLite ends with ``install``."""

from __future__ import annotations

from typing import Any

TABLES = ("campaigns_closing", "campaigns_outcome")
REFUSED = "campaigns: what a closing found is never changed or removed"
EVENTS = {"unchanged": "UPDATE", "kept": "DELETE"}


def install(connection: Any) -> None:
    """Creates them anew; for migrations."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION campaigns_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
            )
        for table in TABLES:
            for name, event in EVENTS.items():
                refuse = (
                    "FOR EACH ROW EXECUTE FUNCTION campaigns_refuse()"
                    if connection.vendor == "postgresql"
                    else f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
                )
                cursor.execute(f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {refuse}")


def remove(connection: Any) -> None:
    """For migrations that rebuild the tables, and for the tests, which empty every table."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for name in EVENTS:
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")
