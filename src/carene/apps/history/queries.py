# SPDX-License-Identifier: EUPL-1.2
"""Reading the journal of one organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from carene.apps.history import wording
from carene.core.accounts.models import User
from carene.core.journal.models import Entry
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


def people(node: Node) -> list[tuple[int, str]]:
    """Who wrote in this journal, by name."""
    keys = Entry.objects.filter(node=node).exclude(user=None).order_by().values("user_id")
    return list(User.objects.filter(pk__in=keys).order_by("name", "id").values_list("pk", "name"))


def verbs(node: Node) -> list[tuple[str, str]]:
    """What was done in this journal: (verb, sentence), by sentence."""
    keys = Entry.objects.filter(node=node).order_by("verb").values_list("verb", flat=True).distinct()
    return sorted(((key, wording.verb_label(key)) for key in keys), key=lambda pair: pair[1])
