# SPDX-License-Identifier: EUPL-1.2
"""The journal of an action in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from carene.apps.roadmaps.models import Action
from carene.core.journal.models import Entry
from carene.engines import french


@dataclass(frozen=True)
class Event:
    at: dt.datetime
    who: str
    said: str


def owners_named(entries: Iterable[Entry]) -> set[int]:
    """Ids of the people that these lines speak of."""
    found = {data["owner"] for entry in entries for data in (entry.before, entry.after) if data and data.get("owner")}
    return {int(key) for key in found}


def events(entries: Iterable[Entry], names: Mapping[int, str]) -> list[Event]:
    """Comments are left out: the page shows them by themselves."""
    found = [(entry, _said(entry, names)) for entry in entries]
    return [Event(entry.at, entry.actor, said) for entry, said in found if said]


def _said(entry: Entry, names: Mapping[int, str]) -> str:
    before, after = entry.before or {}, entry.after or {}
    if "comment" in after:
        return ""
    if entry.verb == "roadmap.adopt":
        by = f" avec « {after['scenario']} »" if after.get("scenario") else ""
        if not before:
            return f"Action créée à l'adoption de la feuille de route{by}"
        return french.capitalised(f"{_differences(before, after, names) or 'rien ne change'}, à l'adoption{by}")
    if not before:
        return "Action créée"
    return french.capitalised(_differences(before, after, names))


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[int, str]) -> str:
    # The day of the end goes with the new state; told alone only when it is corrected.
    known = {key for key in LABELS if key != "done_on" or (before.get(key) and after.get(key))}
    keys = [key for key in LABELS if key in known and key in after and before.get(key) != after[key]]
    return ", ".join(
        f"{LABELS[key]} : {_value(key, before.get(key), names)} → {_value(key, after[key], names)}" for key in keys
    )


LABELS = {
    "state": "état",
    "title": "titre",
    "owner": "responsable",
    "start_on": "début",
    "due_on": "échéance",
    "planned_cost": "coût prévu",
    "actual_cost": "dépensé",
    "shared": "avec d'autres établissements",
    "done_on": "terminée le",
}


def _value(key: str, value: Any, names: Mapping[int, str]) -> str:
    if key == "shared":
        return "oui" if value else "non"
    if value is None or value == "":
        return "personne" if key == "owner" else "rien"
    if key == "state":
        return str(Action.State(value).label)
    if key == "owner":
        return names.get(int(value), "quelqu'un qui n'a plus d'accès")
    if key in {"planned_cost", "actual_cost"}:
        return french.euros(value)
    if key in {"start_on", "due_on", "done_on"}:
        return french.long_date(dt.date.fromisoformat(value))
    return french.quoted(str(value))
