# SPDX-License-Identifier: EUPL-1.2
"""What the database knows of its tables: it plans by it. PostgreSQL keeps it up by itself, SQLite is asked each day."""

from __future__ import annotations

import datetime as dt

from django.db import connection


def refresh(_today: dt.date) -> str:
    """The task of the day; "" on PostgreSQL. Whole indexes, since a sample of them misleads more than nothing; table by
    table, since others write in between."""
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
    return "index mesurés"
