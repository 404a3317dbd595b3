# SPDX-License-Identifier: EUPL-1.2
"""Decisions of a control on something that the candidate has changed since: they fall, and the file says it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from carene.apps.funding.dossier import read
from carene.apps.funding.holding import target, titled
from carene.apps.funding.models import Application, Decision
from carene.apps.funding.turns import NAMES
from carene.core.access.actor import Actor
from carene.core.journal.writer import record


def drop(actor: Actor, application: Application) -> list[str]:
    """Ids of the items to decide again. Called when the file is sent again, inside that transaction."""
    dossier = read(actor, application, timezone.localdate())
    fallen = [
        (item, decision)
        for item, row in dossier.rows.items()
        for decision in row.decisions.values()
        if decision.judged and decision.judged != dossier.judged(row)
    ]
    for item, decision in fallen:
        before = titled(application, item=item, **decision_state(decision))
        record(actor, "funding.decide", application.node, target(application), before, None)
        decision.delete()
    return list(dict.fromkeys(item for item, _ in fallen))


def decision_state(row: Decision) -> dict[str, Any]:
    """For the journal."""
    return {"level": NAMES[row.level], "accepted": row.accepted, "reason": row.reason}  # type: ignore[index]
