# SPDX-License-Identifier: EUPL-1.2
"""What has a day: duties, documents to read again, decisions, commitments, meetings; a month, a file of them."""

from __future__ import annotations

import calendar
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from carene.apps.governance import queries
from carene.apps.governance.models import Commitment
from carene.apps.organisations.models import Organisation
from carene.engines.governance.pack import governance
from carene.engines.months import add_months, first_of_month
from carene.ui import calendars

_NAMESPACE = uuid.UUID("0f8d1f6e-3f5d-5a0a-8e63-4f1d3c1b7a92")  # ours, once and for all
MEETING = "Réunion"


@dataclass(frozen=True)
class Dated:
    on: dt.date
    key: str  # unique in the organisation, the same from one file to the next
    kind: str  # in words
    title: str
    url: str
    late: bool
    note: str = ""


def dated(organisation: Organisation, today: dt.date, *, detailed: bool) -> list[Dated]:
    """Everything with a day, in order. ``detailed``: decisions, commitments and meetings too."""
    node, pk = organisation.node, organisation.pk
    dues = queries.duties(organisation, today)
    found = [
        Dated(
            due.due_on,
            f"duty:{due.duty.id}",
            "Obligation",
            due.duty.title,
            reverse("governance:duty", args=[pk, due.duty.id]),
            due.state == "late",
            due.duty.todo,
        )
        for due in dues
        if due.due_on is not None
    ]
    carried = {due.duty.document for due in dues if due.due_on is not None}
    page = reverse("governance:policies", args=[pk])
    found += [
        Dated(row.next_on, f"policy:{row.pk}", "Document à relire", row.title, page, row.next_on < today)
        for row in queries.policies(node)
        if row.next_on is not None and row.kind not in carried
    ]
    if detailed:
        found += _decided(organisation, today)
    return sorted(found, key=lambda one: (one.on, one.title))


def _decided(organisation: Organisation, today: dt.date) -> list[Dated]:
    node, pk = organisation.node, organisation.pk
    page = reverse("governance:committees", args=[pk])
    promises = reverse("governance:commitments", args=[pk])
    decisions = [
        Dated(row.due_on, f"decision:{row.pk}", "Décision", row.text, page, row.late_on(today))
        for row in queries.open_decisions(node)
        if row.due_on is not None
    ]
    commitments = [
        Dated(row.due_on, f"commitment:{row.pk}", "Engagement", row.title, promises, row.due_on < today)
        for row in queries.commitments(node)
        if row.due_on is not None and row.state == Commitment.State.GOING
    ]
    meetings = [
        Dated(row.held_on, f"meeting:{row.pk}", MEETING, row.committee.title, page, late=False)
        for row in queries.meetings(node).prefetch_related(None).filter(held_on__gte=add_months(today, -1))
    ]
    return [*decisions, *commitments, *meetings]


@dataclass(frozen=True)
class Day:
    on: dt.date
    inside: bool  # of this month
    today: bool
    items: list[Dated]


def weeks(month: dt.date, items: Sequence[Dated], today: dt.date) -> list[list[Day]]:
    """The weeks of a month, from Monday."""
    by_day: dict[dt.date, list[Dated]] = {}
    for item in items:
        by_day.setdefault(item.on, []).append(item)
    return [
        [Day(day, day.month == month.month, day == today, by_day.get(day, [])) for day in week]
        for week in calendar.Calendar().monthdatescalendar(month.year, month.month)
    ]


def months_ahead(items: Sequence[Dated], today: dt.date) -> list[tuple[dt.date, int]]:
    """The months to come and how many things each holds."""
    first = first_of_month(today)
    counts: dict[dt.date, int] = {}
    for item in items:
        counts[first_of_month(item.on)] = counts.get(first_of_month(item.on), 0) + 1
    ahead = [add_months(first, rank) for rank in range(governance().calendar_months)]
    return [(month, counts.get(month, 0)) for month in ahead]


def ics(organisation: Organisation, items: Sequence[Dated], today: dt.date) -> bytes:
    """UTF-8 with CRLF."""
    days = [
        calendars.AllDay(f"{organisation.pk}\n{item.key}", item.on, f"{item.kind} : {item.title}", item.note)
        for item in items
    ]
    name = f"Gouvernance cyber, {organisation.name}"
    return calendars.ics("Gouvernance", days, namespace=_NAMESPACE, stamped=today, name=name)
