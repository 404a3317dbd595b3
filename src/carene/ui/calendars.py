# SPDX-License-Identifier: EUPL-1.2
"""Days that people put in their own calendar, as an iCalendar file."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from carene.engines import french
from carene.ui.charts.text import clean, one_line

_EPOCH = dt.date(2020, 1, 1)


@dataclass(frozen=True)
class AllDay:
    """``key`` stays from one file to the next: a newer file moves the event instead of adding another."""

    key: str
    on: dt.date
    title: str
    note: str = ""


def ics(
    product: str,
    days: Iterable[AllDay],
    *,
    namespace: uuid.UUID,
    stamped: dt.date,
    name: str = "",
    revision: int | None = None,
) -> bytes:
    """UTF-8 with CRLF. ``revision`` grows with what is told, so that the newer file wins; by default, days go by."""
    from icalendar import Calendar, Event  # heavy: for those who ask for the file

    file = Calendar()
    file.add("prodid", f"-//Carène//{product}//FR")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    if name:
        file.add("x-wr-calname", one_line(name))
    for day in days:
        event = Event()
        event.add("uid", str(uuid.uuid5(namespace, clean(day.key))))
        event.add("dtstamp", dt.datetime.combine(stamped, dt.time(12), tzinfo=dt.UTC))
        event.add("sequence", max(0, (stamped - _EPOCH).days) if revision is None else revision)
        event.add("summary", one_line(french.typeset(clean(day.title))))
        event.add("dtstart", day.on)
        event.add("dtend", day.on + dt.timedelta(days=1))  # all day: the end is the day after, not included
        event.add("transp", "TRANSPARENT")  # it does not make anyone busy
        event.add("categories", ["Cybersécurité"])
        if day.note:
            event.add("description", french.typeset(clean(day.note)))
        file.add_component(event)
    content: bytes = file.to_ical()
    return content
