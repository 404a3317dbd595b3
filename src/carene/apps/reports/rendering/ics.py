# SPDX-License-Identifier: EUPL-1.2
"""The dates of the actions, as an iCalendar file.

Two all-day events an action, its start and its end, since many calendars ignore the to-dos of an imported file. Their
identifiers come from the organisation and the measure: a newer file moves the events instead of adding others.
"""

from __future__ import annotations

import datetime as dt
import uuid

from icalendar import Calendar, Event

from carene.apps.reports.rendering import tables
from carene.apps.reports.rendering.dossier import ActionLine, Dossier
from carene.engines import french
from carene.ui.charts.text import clean, one_line

_NAMESPACE = uuid.UUID("6f0f3bd8-5b0c-5f27-9d55-8b1f2a6d3c41")  # ours, once and for all
_EPOCH = dt.date(2020, 1, 1)


def calendar_ics(dossier: Dossier) -> bytes:
    """The calendar as UTF-8 bytes with CRLF; without plan, a calendar without event.

    Events are dated ``prepared_on``, and their revision number grows with it: the newer file wins in a calendar.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Carène//Feuille de route//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", one_line(f"{dossier.plan_title}, {dossier.organisation}"))
    for line in dossier.actions:
        if line.state == "dropped":
            continue
        ending = "Action faite" if line.state == "done" else "À terminer"
        calendar.add_component(_event(dossier, line, "debut", line.start, f"Début : {line.title}"))
        calendar.add_component(_event(dossier, line, "fin", line.end, f"{ending} : {line.title}"))
        if line.deadline is not None and line.deadline != line.end:
            calendar.add_component(_event(dossier, line, "echeance", line.deadline, f"Échéance imposée : {line.title}"))
    content: bytes = calendar.to_ical()
    return content


def _event(dossier: Dossier, line: ActionLine, kind: str, day: dt.date, summary: str) -> Event:
    event = Event()
    key = dossier.key or dossier.organisation
    event.add("uid", str(uuid.uuid5(_NAMESPACE, clean(f"{key}\n{line.measure}\n{kind}"))))
    event.add("dtstamp", dt.datetime.combine(dossier.prepared_on, dt.time(12), tzinfo=dt.UTC))
    event.add("sequence", max(0, (dossier.prepared_on - _EPOCH).days))
    event.add("summary", one_line(french.typeset(summary)))
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))  # all day: the end is the day after, not included
    event.add("transp", "TRANSPARENT")  # an action does not make anyone busy
    event.add("categories", ["Cybersécurité"])
    event.add("description", french.typeset(clean(_description(dossier, line))))
    return event


def _description(dossier: Dossier, line: ActionLine) -> str:
    planned = line.planned
    period = f"Du {french.long_date(line.start)} au {french.long_date(line.end)}, {tables.state_word(line)}."
    said = [period, f"Responsable : {line.owner}." if line.owner else ""]
    origin = "chiffres de l'établissement" if line.measure in dossier.overridden else "estimation Carène"
    said.append(f"Coût dans le plan : {french.euros(planned.cost)} ({origin}).")
    work = tables.effort_words(dossier, planned.person_days)
    said.append(f"Travail en jours : {work}." if work else "")
    said.append(f"Critères relevés : {tables.raises_words(dossier, planned.raises)}." if planned.raises else "")
    said.append(line.comment)
    return "\n".join(sentence for sentence in said if sentence.strip())
