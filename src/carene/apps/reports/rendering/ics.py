# SPDX-License-Identifier: EUPL-1.2
"""The dates of the actions, as an iCalendar file.

Two all-day events an action, its start and its end, since many calendars ignore the to-dos of an imported file. Their
identifiers come from the organisation and the measure: a newer file moves the events instead of adding others.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from carene.apps.reports.rendering import tables
from carene.apps.reports.rendering.dossier import ActionLine, Dossier
from carene.engines import french
from carene.ui import calendars
from carene.ui.calendars import AllDay

_NAMESPACE = uuid.UUID("6f0f3bd8-5b0c-5f27-9d55-8b1f2a6d3c41")  # ours, once and for all


def calendar_ics(dossier: Dossier) -> bytes:
    """The calendar as UTF-8 bytes with CRLF; without plan, a calendar without event."""
    return calendars.ics(
        "Feuille de route",
        [day for line in dossier.actions if line.state != "dropped" for day in _days(dossier, line)],
        namespace=_NAMESPACE,
        stamped=dossier.prepared_on,
        name=f"{dossier.plan_title}, {dossier.organisation}",
    )


def _days(dossier: Dossier, line: ActionLine) -> Iterator[AllDay]:
    ending = "Action faite" if line.state == "done" else "À terminer"
    days = [("debut", line.start, "Début"), ("fin", line.end, ending)]
    if line.deadline is not None and line.deadline != line.end:
        days.append(("echeance", line.deadline, "Échéance imposée"))
    key, note = dossier.key or dossier.organisation, _description(dossier, line)
    for kind, day, words in days:
        yield AllDay(f"{key}\n{line.measure}\n{kind}", day, f"{words} : {line.title}", note)


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
