# SPDX-License-Identifier: EUPL-1.2
"""Reading the journal of one organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from carene.apps.history import wording
from carene.core.accounts.models import User
from carene.core.database.windows import Window
from carene.core.journal.models import Entry, Head
from carene.core.journal.triggers import ENTRIES
from carene.core.tenancy.models import Node

BATCH = 2000


@dataclass(frozen=True)
class Filters:
    """None or empty: no limit. Days are those of the place where the server is, both included."""

    person: int | None = None
    verb: str = ""
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def any(self) -> bool:
        return bool(self.person or self.verb or self.first or self.last)


def entries(node: Node, filters: Filters) -> QuerySet[Entry]:
    """Latest first."""
    rows = Entry.objects.filter(node=node).order_by("-id")
    if filters.person:
        rows = rows.filter(user=filters.person)
    if filters.verb:
        rows = rows.filter(verb=filters.verb)
    if filters.first:
        rows = rows.filter(at__gte=_midnight(filters.first))
    if filters.last and filters.last < dt.date.max:
        rows = rows.filter(at__lt=_midnight(filters.last + dt.timedelta(days=1)))
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def lines(rows: list[Entry]) -> list[wording.Line]:
    """Entries as sentences; one query for the names."""
    named = wording.people_named(rows)
    people = User.objects.filter(pk__in=named).order_by("pk").values_list("pk", "name") if named else ()
    names = dict(people)
    return [wording.line(row, names) for row in rows]


def every_line(rows: QuerySet[Entry]) -> Iterator[wording.Line]:
    """All of them, oldest first, read by batches: a file may hold a hundred thousand."""
    rows, last = rows.order_by("id"), 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield from lines(batch)
        last = batch[-1].pk


class Rows(Window[Entry]):
    """The entries of a journal, latest first, for a paginator. Hundreds of thousands cost no more than a few.

    Without a choice, the chain counts its rows and numbers them. What a choice keeps is counted up to ``far``; when
    there is more, ``beyond`` is ``far``, else 0, and further pages come as one goes on.
    """

    def __init__(self, node: Node, filters: Filters, far: int) -> None:
        self._rows, self._chosen = entries(node, filters), filters.any
        self._count = self._rows[: far + 1].count() if filters.any else _length(node)
        self.beyond = far if filters.any and self._count > far else 0

    def __len__(self) -> int:
        return self._count

    def read(self, start: int, stop: int) -> list[Entry]:
        if self._chosen:
            return list(self._rows[start:stop])
        last = self._count - start
        return list(self._rows.filter(seq__lte=last, seq__gt=last - (stop - start)).order_by("-seq"))


def _length(node: Node) -> int:
    return Head.objects.filter(node=node).order_by("pk").values_list("seq", flat=True).first() or 0


def people(node: Node) -> list[tuple[int, str]]:
    """Who wrote in this journal, by name."""
    keys = RawSQL(_different("user_id"), [node.pk, node.pk])
    return list(User.objects.filter(pk__in=keys).order_by("name", "id").values_list("pk", "name"))


def verbs(node: Node) -> list[tuple[str, str]]:
    """What was done in this journal: (verb, sentence), by sentence."""
    with connection.cursor() as cursor:
        cursor.execute(_different("verb"), [node.pk, node.pk])
        keys = [str(row[0]) for row in cursor.fetchall()]
    return sorted(((key, wording.verb_label(key)) for key in keys), key=lambda pair: pair[1])


def _different(column: str) -> str:
    """Query of the values of a column in one journal. Each is looked for beyond the one before, in an index: as many
    steps as there are values, where DISTINCT would read every row."""
    first = f"SELECT {column} FROM {ENTRIES} WHERE node_id = %s"  # nosec B608
    order = f"ORDER BY {column} LIMIT 1"
    return (
        f"WITH RECURSIVE found(value) AS (SELECT ({first} AND {column} IS NOT NULL {order}) "  # nosec B608
        f"UNION ALL SELECT ({first} AND {column} > found.value {order}) FROM found WHERE found.value IS NOT NULL) "
        "SELECT value FROM found WHERE value IS NOT NULL"
    )
