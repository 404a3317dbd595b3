# SPDX-License-Identifier: EUPL-1.2
"""Where each figure of a profile comes from, and what members of a group weigh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from carene.apps.organisations.models import Organisation, RegisterImport
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Node
from carene.engines import french

TYPED = ("organisation.create", "organisation.profile")
MOST_ENTRIES = 200  # of the journal, the latest; what was typed before them has no date


def origins(organisation: Organisation, names: list[str], *, people: bool) -> dict[str, str]:
    """Field → where its value comes from, in words; empty for an empty field. Two queries. ``people``: who typed it."""
    registered: dict[str, Any] = organisation.registered or {}
    typed = _typed(organisation.node, people=people)
    register = _register(organisation) if registered else ""
    found = {}
    for name in names:
        value = getattr(organisation, name)
        if value in (None, ""):
            found[name] = ""
        elif registered.get(name) == value:
            found[name] = register
        elif name in typed and typed[name][1] == value:
            found[name] = typed[name][0]
        else:
            found[name] = "Origine inconnue"
    return found


def _typed(node: Node, *, people: bool) -> dict[str, tuple[str, Any]]:
    """Field → who typed it last and when, and the value typed."""
    found: dict[str, tuple[str, Any]] = {}
    rows = Entry.objects.filter(node=node, verb__in=TYPED).order_by("-id")[:MOST_ENTRIES]
    for entry in rows:
        day = french.long_date(timezone.localtime(entry.at).date())
        said = f"Saisi le {day} par {entry.actor}" if people and entry.user_id else f"Saisi le {day}"
        for name, value in (entry.after or {}).items():
            found.setdefault(name, (said, value))
    return found


def _register(organisation: Organisation) -> str:
    reason = "dates of the imports of the regions and nations above an organisation in scope"
    rows = RegisterImport.objects.unscoped(reason).filter(node_id__in=organisation.node.ancestor_ids)
    last = rows.exclude(ended_at=None).order_by("-id").first()
    if last is None:
        return "Lu dans les registres"
    day = last.dated or timezone.localtime(last.started_at).date()
    return f"Lu dans les registres du {french.long_date(day)}"


@dataclass(frozen=True)
class Weight:
    """One member, its combined activity and its part of the whole; None while one of them all is unknown."""

    organisation: Organisation
    activity: int | None
    share: float | None


def weights(organisation: Organisation, most: int = 100) -> list[Weight]:
    """What the rule of the programme weighs: entities of a GHT, establishments of an entity out of one. One query.

    Empty when there is nothing to weigh: neither of the two, a single member, or more than ``most``.
    """
    if organisation.kind == Organisation.Kind.GHT:
        kind = Organisation.Kind.ENTITY
    elif organisation.kind == Organisation.Kind.ENTITY and organisation.ght_role == "hors_ght":
        kind = Organisation.Kind.SITE
    else:
        return []
    rows = list(
        Organisation.objects.below(organisation.node)
        .filter(kind=kind, closed_on=None)
        .order_by("name", "pk")[: most + 1]
    )
    if not 1 < len(rows) <= most:
        return []
    known = [row.activity for row in rows if row.activity is not None]
    total = sum(known) if len(known) == len(rows) else 0
    return [Weight(row, row.activity, (row.activity or 0) / total if total else None) for row in rows]
