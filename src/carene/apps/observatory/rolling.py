# SPDX-License-Identifier: EUPL-1.2
"""The cells of some figures of one month: read what holds, aggregate, write what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone

from carene.apps.observatory.models import KEY, SAID, MonthValue, Rollup
from carene.apps.observatory.numbers import Numbers
from carene.core.database.bulk import insert_rows
from carene.engines.observatory.aggregate import Cell, Values, cells
from carene.engines.observatory.calendar import month_of
from carene.engines.observatory.model import Figure
from carene.engines.observatory.strata import WHOLE
from carene.engines.observatory.units import Units

WHY = "the observatory counts everybody"
AT_ONCE = 500_000  # values held in memory
COLUMNS = (*KEY, *SAID, "computed_at")
# A date as the number of days that Python counts: a million dates are not worth a million objects.
ORDINAL = {
    "postgresql": "observed_on - DATE '0001-01-01' + 1",
    "sqlite": "CAST(julianday(observed_on) - 1721424.5 AS INTEGER)",
}
# A row of PostgreSQL's binary copy: how many columns, then the width of each and its bytes.
COPIED = np.dtype(
    [("columns", ">i2"), ("w0", ">i4"), ("number", ">i2"), ("w1", ">i4"), ("node", ">i8"), ("w2", ">i4"),
     ("value", ">f8"), ("w3", ">i4"), ("day", ">i4")]
)  # fmt: skip
COPY_HEAD = 19  # bytes before the first row; two come after the last
KINDS: dict[str, Any] = {"number": np.int16, "node": np.int64, "value": np.float64, "day": np.int32}


def batches(figures: Sequence[Figure], units: Units) -> list[Sequence[Figure]]:
    """Groups of figures whose values fit in memory."""
    size = max(1, AT_ONCE // (len(units) + 1))
    return [figures[start : start + size] for start in range(0, len(figures), size)]


def compute(month: dt.date, figures: Collection[Figure], units: Units, numbers: Numbers) -> int:
    """Computes their cells and writes those that changed, in the transaction of the caller; gives how many."""
    values = _values(month, {name for figure in figures for name in figure.formula.reads}, numbers)
    wanted: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for figure in figures:
        number = numbers.of_figure[figure.id]
        for cell in cells(figure, month_of(month), values, units):
            # A stratum where nobody answered says nothing; of a whole area, one wants to read « nobody of 45 ».
            if cell.answered or cell.stratum == WHOLE:
                wanted[number, month, cell.area, cell.stratum] = _said(cell)
    return _write(month, [numbers.of_figure[figure.id] for figure in figures], wanted)


def _values(month: dt.date, names: Collection[str], numbers: Numbers) -> dict[str, Values]:
    known = {numbers.of_indicator[name]: name for name in names if name in numbers.of_indicator}
    if not known:
        return {}
    all_of, nodes, column, days = _columns(month, list(known))
    found = {}
    for no, name in known.items():
        mine = np.flatnonzero(all_of == no)
        mine = mine[np.argsort(nodes[mine], kind="stable")]
        found[name] = Values(nodes[mine], column[mine], days[mine])
    return found


def _columns(month: dt.date, numbers: list[int]) -> tuple[Any, Any, Any, Any]:
    """Number of the indicator, node, value and day of all the values of a month, as arrays."""
    said = f"SELECT indicator_no, node_id, value, {ORDINAL[connection.vendor]} FROM {MonthValue._meta.db_table} WHERE "
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Columns of known widths: the bytes are read as they come, without an object for each value.
            wanted = f"{said} month = '{month.isoformat()}' AND indicator_no IN ({', '.join(map(str, numbers))})"
            with cursor.copy(f"COPY ({wanted}) TO STDOUT (FORMAT BINARY)") as copy:
                content = b"".join(copy)
            rows = np.frombuffer(content, COPIED, offset=COPY_HEAD, count=(len(content) - COPY_HEAD) // COPIED.itemsize)
            return tuple(rows[name].astype(kind) for name, kind in KINDS.items())  # type: ignore[return-value]
        marks = ", ".join(["%s"] * len(numbers))
        cursor.execute(f"{said} month = %s AND indicator_no IN ({marks})", [month, *numbers])
        found = cursor.fetchall()
    columns = zip(*found, strict=True) if found else ((), (), (), ())
    kinds = KINDS.values()
    return tuple(np.fromiter(one, kind, len(found)) for one, kind in zip(columns, kinds, strict=True))  # type: ignore[return-value]


def _said(cell: Cell) -> tuple[Any, ...]:
    oldest = None if cell.oldest is None else dt.date.fromordinal(cell.oldest)
    return (
        cell.population,
        cell.answered,
        cell.weight,
        cell.value,
        cell.at_target,
        cell.minimum,
        cell.q1,
        cell.median,
        cell.q3,
        cell.maximum,
        oldest,
    )


def _write(month: dt.date, figures: list[int], wanted: dict[tuple[Any, ...], tuple[Any, ...]]) -> int:
    stored = Rollup.objects.unscoped(WHY).filter(month=month, figure_no__in=figures)
    there = {row[: len(KEY)]: row[len(KEY) :] for row in stored.order_by().values_list(*KEY, *SAID)}
    gone = [key for key in there if key not in wanted]
    fresh = [key for key in wanted if key not in there]
    moved = [key for key, said in wanted.items() if key in there and there[key] != said]
    now = timezone.now()
    if gone:
        where = " AND ".join(f"{name} = %s" for name in KEY)
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {Rollup._meta.db_table} WHERE {where}", gone)
    if fresh:
        insert_rows(Rollup, COLUMNS, ((*key, *wanted[key], now) for key in fresh))
    if moved:
        sets = ", ".join(f"{name} = %s" for name in (*SAID, "computed_at"))
        where = " AND ".join(f"{name} = %s" for name in KEY)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {Rollup._meta.db_table} SET {sets} WHERE {where}",
                [(*wanted[key], now, *key) for key in moved],
            )
    return len(gone) + len(fresh) + len(moved)
