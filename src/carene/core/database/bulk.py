# SPDX-License-Identifier: EUPL-1.2
"""Writing a hundred thousand rows: one statement prepared once, no more work for each row than it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

# Their values go to both databases as they are.
_AS_THEY_ARE = (models.CharField, models.TextField, models.FloatField, models.IntegerField)


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """``rows`` give values in the order of ``names`` (fields, or columns of foreign keys). Every column without a
    default in the database must be named. No signal, no ``save``: the caller has made what they would have made.
    """
    columns, ready = _prepared(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Ten times faster than INSERT, which alone may write where rows are protected.
            named = ", ".join(columns)
            cursor.execute(f"CREATE TEMPORARY TABLE incoming AS SELECT {named} FROM {table} WITH NO DATA")  # nosec B608
            with cursor.copy(f"COPY incoming ({named}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(ready(row))
            cursor.execute(f"INSERT INTO {table} ({named}) SELECT {named} FROM incoming")  # nosec B608
            cursor.execute("DROP TABLE incoming")
        else:
            marks = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            cursor.executemany(statement, [ready(row) for row in rows])


def update_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes ``names`` but the last, which is the key, in the rows that it designates."""
    columns, ready = _prepared(model, names)
    sets = ", ".join(f"{column} = %s" for column in columns[:-1])
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE {columns[-1]} = %s", [ready(row) for row in rows])  # nosec B608


@contextmanager
def bare(table: str) -> Iterator[None]:
    """Inside, a table of PostgreSQL has neither indexes (but its key), nor foreign keys, nor conditions on its owner:
    they are made again at the end. For a base in which nobody else is, in a transaction. Nothing on SQLite."""
    if connection.vendor != "postgresql":
        yield
        return
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        keys = _list(
            cursor, "SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname", quoted,
        )  # fmt: skip
        indexes = _list(
            cursor, "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid = %s::regclass AND NOT indisprimary ORDER BY 1", quoted,
        )  # fmt: skip
        for name, _ in keys:
            cursor.execute(f"ALTER TABLE {quoted} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(f"ALTER TABLE {quoted} NO FORCE ROW LEVEL SECURITY")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for name, definition in keys:
            cursor.execute(f"ALTER TABLE {quoted} ADD CONSTRAINT {name} {definition}")
        cursor.execute(f"ALTER TABLE {quoted} FORCE ROW LEVEL SECURITY")
        cursor.execute(f"ANALYZE {quoted}")


def _list(cursor: Any, query: str, table: str) -> list[Any]:
    cursor.execute(query, [table])
    return list(cursor.fetchall())


def refresh_statistics(*tables: type[models.Model]) -> None:
    """After a great many rows: both plan by what they know of them. SQLite never learns it by itself, and reads the
    whole country to show a region. PostgreSQL does within minutes; it listens at once to the owner of the tables only.
    """
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _prepared(
    model: type[models.Model], names: Sequence[str]
) -> tuple[list[str], Callable[[Sequence[Any]], list[Any]]]:
    """Quoted columns, and what makes of a row the values that the database takes."""
    fields = [_field(model, name) for name in names]
    # Dates and JSON are written differently on each database.
    odd = [(n, f) for n, f in enumerate(fields) if not (isinstance(f, _AS_THEY_ARE) or f.is_relation)]

    def ready(row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for rank, field in odd:
            values[rank] = field.get_db_prep_save(values[rank], connection)
        return values

    return [connection.ops.quote_name(str(field.column)) for field in fields], ready


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    for field in model._meta.concrete_fields:
        if name in {field.name, field.attname}:
            return field
    raise LookupError(name)
