# SPDX-License-Identifier: EUPL-1.2
"""What holds for each unit at the end of each month: for what has just changed, or for a whole month at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from carene.apps.indicators import queries as observations
from carene.apps.observatory import partitions
from carene.apps.observatory.models import MonthValue, Number
from carene.engines.observatory.calendar import first_day, holds, last_day, month_of

TABLE, NUMBERS = MonthValue._meta.db_table, Number._meta.db_table
WHY = "the observatory counts everybody"
FRESH = "observatory_fresh"  # a month being made
FRESH_COLUMNS = "indicator_no smallint, node_id bigint, value double precision, observed_on date, until date"
HELD = "indicator_no, node_id, value, observed_on, until"
Pair = tuple[int, str]  # node, indicator


class Held(NamedTuple):
    value: float
    observed_on: dt.date
    until: dt.date


class Span(NamedTuple):
    """The first and the last day on which something changed."""

    first: dt.date
    last: dt.date


def update(
    changes: Mapping[Pair, Span], months: Sequence[int], numbers: Mapping[str, int], validity: Mapping[str, int]
) -> set[tuple[str, int]]:
    """Brings the given pairs up to date in every month that a change may touch; gives (indicator, month) touched.

    ``months``: those that are followed, in order. Indicators that nothing follows are passed over.
    """
    known = {pair: days for pair, days in changes.items() if pair[1] in numbers and pair[1] in validity}
    wanted = _wanted(known, months, validity) if known and months else {}
    if not wanted:
        return set()
    there = _stored(wanted, numbers)
    touched: set[tuple[str, int]] = set()
    gone: list[tuple[Any, ...]] = []
    fresh: list[tuple[Any, ...]] = []
    for (node, indicator, month), held in wanted.items():
        key = (first_day(month), numbers[indicator], node)
        if there.get(key) == held:
            continue
        touched.add((indicator, month))
        if held is None:
            gone.append(key)
        else:
            fresh.append((*key, *held))
    _write(gone, fresh)
    return touched


def _wanted(
    changes: Mapping[Pair, Span], months: Sequence[int], validity: Mapping[str, int]
) -> dict[tuple[int, str, int], Held | None]:
    """(node, indicator, month) → what holds then, for every month that a change may touch."""
    oldest = min(min(month_of(days.first) for days in changes.values()), months[0])
    since = first_day(oldest - max(validity[indicator] for _, indicator in changes))
    seen: dict[Pair, list[tuple[dt.date, float]]] = defaultdict(list)
    for node, indicator, day, value in observations.standing(
        {node for node, _ in changes}, {indicator for _, indicator in changes}, since, last_day(months[-1])
    ):
        seen[node, indicator].append((day, value))  # oldest first
    found: dict[tuple[int, str, int], Held | None] = {}
    for (node, indicator), days in changes.items():
        valid = validity[indicator]
        for month in months:
            if month_of(days.first) <= month < month_of(days.last) + valid:
                found[node, indicator, month] = _held(seen[node, indicator], valid, month)
    return found


def _held(seen: Sequence[tuple[dt.date, float]], validity: int, month: int) -> Held | None:
    for day, value in reversed(seen):
        if month_of(day) <= month:
            return Held(value, day, first_day(month_of(day) + validity - 1)) if holds(day, validity, month) else None
    return None


def _stored(wanted: Iterable[tuple[int, str, int]], numbers: Mapping[str, int]) -> dict[Any, Held]:
    nodes, names, months = (set(column) for column in zip(*wanted, strict=True))
    rows = MonthValue.objects.unscoped(WHY).filter(
        month__in=[first_day(month) for month in months],
        indicator_no__in=[numbers[name] for name in names],
        node_id__in=nodes,
    )
    columns = rows.order_by().values_list("month", "indicator_no", "node_id", "value", "observed_on", "until")
    return {row[:3]: Held(*row[3:]) for row in columns}


def _write(gone: list[tuple[Any, ...]], fresh: list[tuple[Any, ...]]) -> None:
    key = "month = %s AND indicator_no = %s AND node_id = %s"
    with connection.cursor() as cursor:
        if gone:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE {key}", gone)
        if fresh:
            cursor.executemany(
                f"INSERT INTO {TABLE} (month, indicator_no, node_id, value, observed_on, until) "
                "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (month, indicator_no, node_id) DO UPDATE "
                "SET value = excluded.value, observed_on = excluded.observed_on, until = excluded.until",
                fresh,
            )


def whole(month: dt.date, *, after: dt.date | None, validity: Mapping[str, int]) -> int:
    """Makes every value of a month anew; gives how many.

    ``after``: the month before, whose values are taken to be right: what was observed in the month comes over them.
    None: from the observations alone, as far back as one may hold.
    """
    partitions.ensure(connection, month)
    latest, parameters = _latest(month, after, validity)
    kept = f"FROM {TABLE} v WHERE v.month = %s AND v.until >= %s"
    with connection.cursor() as cursor:
        if not MonthValue.objects.unscoped(WHY).filter(month=month).exists():
            cursor.execute(
                f"INSERT INTO {TABLE} (month, {HELD}) SELECT %s, {HELD} FROM ({latest}) l", [month, *parameters]
            )
            made = int(cursor.rowcount)
            if after:
                cursor.execute(
                    f"INSERT INTO {TABLE} (month, {HELD}) SELECT %s, {HELD} {kept} ON CONFLICT DO NOTHING",
                    [month, after, month],
                )
                made += int(cursor.rowcount)
            return made
        cursor.execute(f"CREATE TEMPORARY TABLE {FRESH} ({FRESH_COLUMNS})")
        cursor.execute(f"INSERT INTO {FRESH} ({HELD}) {latest}", parameters)
        if after:
            _learn(cursor)
            cursor.execute(
                f"INSERT INTO {FRESH} ({HELD}) SELECT {HELD} {kept} AND NOT EXISTS (SELECT 1 FROM {FRESH} f "
                "WHERE f.indicator_no = v.indicator_no AND f.node_id = v.node_id)",
                [after, month],
            )
        _learn(cursor)
        made = _take(cursor, month)
        cursor.execute(f"DROP TABLE {FRESH}")
    return made


def _latest(month: dt.date, after: dt.date | None, validity: Mapping[str, int]) -> tuple[str, list[Any]]:
    """Query of the last observation of each unit and indicator that holds in the month, with its parameters; of those
    made since the month ``after``. In the order of the table's key, which is then written from one end to the other."""
    lengths = sorted(set(validity.values()))
    number = month_of(month)
    start = month if after else first_day(number - max(lengths, default=1) + 1)
    # The last month of an observation, by its own month and the validity of its indicator.
    cases: list[str] = []
    parameters: list[Any] = []
    for seen in range(month_of(start), number + 1):
        for length in lengths:
            if seen + length > number:
                cases.append("WHEN o.observed_on >= %s AND o.observed_on <= %s AND n.validity = %s THEN %s")
                parameters += [first_day(seen), last_day(seen), length, first_day(seen + length - 1)]
    query = (
        f"SELECT {HELD} FROM (SELECT n.id AS indicator_no, o.node_id, o.value, o.observed_on, "
        f"CASE {' '.join(cases)} END AS until, row_number() "
        "OVER (PARTITION BY n.id, o.node_id ORDER BY o.observed_on DESC, o.id DESC) AS rank "
        f"FROM {observations.STANDING_TABLE} o JOIN {NUMBERS} n ON n.key = o.indicator "
        "WHERE NOT o.withdrawn AND n.validity > 0 AND o.observed_on >= %s AND o.observed_on <= %s) latest "
        "WHERE rank = 1 AND until IS NOT NULL"
    )
    return query, [*parameters, start, last_day(number)]


def _learn(cursor: Any) -> None:
    """PostgreSQL knows nothing of a new table, and would walk it for each row of the other."""
    if connection.vendor == "postgresql":
        cursor.execute(f"ANALYZE {FRESH}")


def _take(cursor: Any, month: dt.date) -> int:
    """Brings a month to what is in ``FRESH``, writing what differs alone: a month that is right costs no disk."""
    same = f"f.indicator_no = {TABLE}.indicator_no AND f.node_id = {TABLE}.node_id"
    cursor.execute(
        f"DELETE FROM {TABLE} WHERE month = %s AND NOT EXISTS (SELECT 1 FROM {FRESH} f WHERE {same})", [month]
    )
    cursor.execute(
        f"UPDATE {TABLE} SET value = f.value, observed_on = f.observed_on, until = f.until FROM {FRESH} f "
        f"WHERE month = %s AND {same} AND ({TABLE}.value <> f.value OR {TABLE}.observed_on <> f.observed_on "
        f"OR {TABLE}.until <> f.until)",
        [month],
    )
    cursor.execute(
        f"INSERT INTO {TABLE} (month, indicator_no, node_id, value, observed_on, until) "
        f"SELECT %s, f.indicator_no, f.node_id, f.value, f.observed_on, f.until FROM {FRESH} f LEFT JOIN {TABLE} v "
        "ON v.month = %s AND v.indicator_no = f.indicator_no AND v.node_id = f.node_id WHERE v.node_id IS NULL",
        [month, month],
    )
    cursor.execute(f"SELECT count(*) FROM {FRESH}")
    return int(cursor.fetchone()[0])
