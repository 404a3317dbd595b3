# SPDX-License-Identifier: EUPL-1.2
"""Inserting a hundred thousand rows: one statement prepared once, without an object for each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

# Their values go to both databases as they are.
_AS_THEY_ARE = (models.CharField, models.TextField, models.FloatField, models.IntegerField)


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """``rows`` give values in the order of ``names`` (fields, or columns of foreign keys). Every column without a
    default in the database must be named. No signal, no ``save``: the caller has made what they would have made.
    """
    fields = [_field(model, name) for name in names]
    prepared = [
        None
        if isinstance(field, _AS_THEY_ARE) or field.is_relation
        else field  # dates and JSON are written differently on each database
        for field in fields
    ]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    odd = [(rank, field) for rank, field in enumerate(prepared) if field is not None]

    def ready(row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for rank, field in odd:
            values[rank] = field.get_db_prep_save(values[rank], connection)
        return values

    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", [ready(row) for row in rows])


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    for field in model._meta.concrete_fields:
        if name in {field.name, field.attname}:
            return field
    raise LookupError(name)
