# SPDX-License-Identifier: EUPL-1.2
"""Month values on PostgreSQL: one table a month. A month is read alone, dropped alone, and never makes another slower.

The application owns no table: a function that acts as the owner makes the next partition, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from carene.engines.months import first_of_next_month

TABLE = "observatory_monthvalue"
CREATE = (
    f"""CREATE TABLE {TABLE} (
        value double precision NOT NULL,
        node_id bigint NOT NULL,
        month date NOT NULL,
        observed_on date NOT NULL,
        until date NOT NULL,
        indicator_no smallint NOT NULL,
        PRIMARY KEY (month, indicator_no, node_id)
    ) PARTITION BY RANGE (month)""",
    # Where a row goes whose month nobody opened: never in ordinary life.
    f"CREATE TABLE {TABLE}_other PARTITION OF {TABLE} DEFAULT",
    f"""CREATE FUNCTION observatory_open_month(first date, following date) RETURNS void LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = {{schema}}, pg_temp AS $$
        BEGIN
            IF first <> date_trunc('month', first) OR following <> first + interval '1 month'
                    OR first NOT BETWEEN date '2000-01-01' AND date '2100-01-01' THEN
                RAISE EXCEPTION 'observatory: a partition holds one month';
            END IF;
            EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF {TABLE} FOR VALUES FROM (%L) TO (%L)',
                '{TABLE}_' || to_char(first, 'YYYYMM'), first, following);
        END $$""",
)
DROP = (
    "DROP FUNCTION IF EXISTS observatory_open_month(date, date)",
    f"DROP TABLE IF EXISTS {TABLE}",
)


def install(connection: Any) -> None:
    """For the migration, on PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        for statement in CREATE:
            cursor.execute(statement.replace("{schema}", schema))


def remove(connection: Any) -> None:
    with connection.cursor() as cursor:
        for statement in DROP:
            cursor.execute(statement)


def ensure(connection: Any, month: dt.date) -> None:
    """The partition of a month is there; nothing on SQLite."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT observatory_open_month(%s, %s)", [month, first_of_next_month(month)])
