# SPDX-License-Identifier: EUPL-1.2
"""Writing to the journal, inside the transaction of the action it tells."""

from typing import Any

from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Node


def entry(actor: Actor, verb: str, node: Node | None, target: str, before: Any = None, after: Any = None) -> Entry:
    """An unsaved entry; ``before`` and ``after`` are JSON-ready and hold no secret."""
    return Entry(
        user=actor.user,
        actor=actor.label,
        node=node,
        verb=verb,
        target=target,
        before=before,
        after=after,
        origin=actor.origin,
        address=actor.address,
    )


def record(actor: Actor, verb: str, node: Node | None, target: str, before: Any = None, after: Any = None) -> None:
    """Adds one entry."""
    entry(actor, verb, node, target, before, after).save(force_insert=True)


def record_many(entries: list[Entry]) -> None:
    """Adds many entries in a few statements."""
    Entry.objects.bulk_create(entries, batch_size=200)
