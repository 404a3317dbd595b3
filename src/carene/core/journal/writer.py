# SPDX-License-Identifier: EUPL-1.2
"""Writing to the journal, inside the transaction of the action it tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from carene.core.access.actor import Actor
from carene.core.journal import sealing
from carene.core.journal.models import Entry, Head
from carene.core.row_security import scope
from carene.core.tenancy.models import Node

BATCH = 200  # rows of one INSERT


def entry(actor: Actor, verb: str, node: Node | None, target: str, before: Any = None, after: Any = None) -> Entry:
    """An unsaved entry; ``before`` and ``after`` are JSON-ready and hold no secret."""
    return Entry(
        at=timezone.now(),
        user=actor.user,
        actor=actor.label,
        node=node,
        verb=verb,
        target=target,
        before=sealing.plain(before),
        after=sealing.plain(after),
        origin=actor.origin,
        address=actor.address,
    )


def record(actor: Actor, verb: str, node: Node | None, target: str, before: Any = None, after: Any = None) -> None:
    """Adds one entry: two statements, the head of the chain and the row."""
    record_many([entry(actor, verb, node, target, before, after)])


def record_many(entries: list[Entry], held: Head | None = None) -> None:
    """Adds many entries, chained in memory, in a few statements. Raises RuntimeError outside a transaction.

    ``held`` is the head of the only chain written to, when the caller has read and locked it in this transaction with
    something else: one statement less.
    """
    if not entries:
        return
    if not connection.in_atomic_block:
        message = "the journal is written inside the transaction of the action it tells"
        raise RuntimeError(message)
    if any(one.node_id is None for one in entries):
        with scope.with_common():
            _write(entries, held)
    else:
        _write(entries, held)


def _write(entries: list[Entry], held: Head | None) -> None:
    if held is not None:
        heads: dict[int | None, tuple[int, str]] = {held.node_id: (held.seq, held.hash)}
    else:
        heads = _locked_heads({one.node_id for one in entries})
    for one in entries:
        seq, last = heads[one.node_id]
        one.seq, one.previous = seq + 1, last
        one.hash = sealing.digest({**vars(one), "at": sealing.moment(one.at)})
        heads[one.node_id] = (one.seq, one.hash)
    Entry.objects.bulk_create(entries, batch_size=BATCH)


def _locked_heads(nodes: set[int | None]) -> dict[int | None, tuple[int, str]]:
    """Node → (seq, hash). On PostgreSQL their rows stay locked until the transaction ends: chains never fork."""
    found = _read(nodes)
    fresh = nodes - found.keys()
    if fresh:  # the first entry of a chain; somebody else may be writing it at the same moment
        open_chains(fresh)
        found |= _read(fresh)
    return found


def open_chains(nodes: Iterable[int | None]) -> None:
    """Gives a head to the nodes (by id) that have none."""
    fresh = [Head(node_id=node) for node in sorted(nodes, key=lambda node: node or 0)]
    Head.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=BATCH)


def _read(nodes: set[int | None]) -> dict[int | None, tuple[int, str]]:
    known = [node for node in nodes if node is not None]
    wanted = Q(node_id__in=known) if known else Q()
    if None in nodes:
        wanted |= Q(node_id=None)
    # In one order for everyone, so that two transactions never wait for each other.
    rows = Head.objects.select_for_update().filter(wanted).order_by("id")
    return {row.node_id: (row.seq, row.hash) for row in rows}
