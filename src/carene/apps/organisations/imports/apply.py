# SPDX-License-Identifier: EUPL-1.2
"""Writing what a plan says: batches, each one transaction with its line of journal; killed between two, the next import
finishes the work."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from django.utils import timezone

from carene.apps.organisations import search_index
from carene.apps.organisations.imports.plan import (
    WRITING,
    Plan,
    Progress,
    changed,
    descriptions,
    kinds_of,
    rows_of,
)
from carene.apps.organisations.models import SEARCHED, IdentityChange, Organisation, RegisterImport
from carene.apps.organisations.signals import reshaped
from carene.core.access.actor import Actor
from carene.core.database.bulk import insert_rows, refresh_statistics, update_rows
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.bulk import insert_nodes, reparent, reserve_ids
from carene.core.tenancy.models import Node
from carene.engines.registers import difference as diff
from carene.engines.registers.difference import Known
from carene.engines.registers.entries import OWN, SHARED, Entry
from carene.engines.registers.text import searched

BATCH = 2000  # new rows of one transaction
STEP = 500  # changed or closed rows of one transaction
MADE = "new rows, whose nodes stand below the root of the import"
RECOGNISED = "recognised"
T = TypeVar("T")


class Writer:
    """Applies one plan. ``ids``: key → node, of what is stored and of what was just made."""

    def __init__(self, actor: Actor, plan: Plan, progress: Progress) -> None:
        self.actor, self.plan, self.progress = actor, plan, progress
        self.today = timezone.localdate()
        self.ids = {key: known.pk for key, known in plan.stored.by_key.items()}
        self.history = not plan.stored.is_new  # the first import has no history: everything was open already
        self.done, self.batches = 0, 0
        found = plan.difference
        self.total = max(1, len(found.opened) + len(found.changed) + len(found.closed) + len(found.absent))

    def write(self) -> None:
        """The account of the import is opened first: cut in the middle, it stays without an end, and is seen so."""
        account = self._open_account()
        self._write()
        self.plan.applied = True
        with atomic_write():
            account.ended_at = timezone.now()
            account.counts, account.notes = diff.counted(self.plan.counts), self._notes()
            account.save(update_fields=["ended_at", "counts", "notes"])
            reshaped.send(Organisation, nodes=[self.plan.under.pk])

    def _open_account(self) -> RegisterImport:
        with atomic_write():
            reshaped.send(Organisation, nodes=[self.plan.under.pk])  # cut in the middle, what was written is seen too
            return RegisterImport.objects.create(
                node=self.plan.under.node,
                started_at=timezone.now(),
                actor=self.actor.label,
                origin=self.actor.origin,
                source=self.plan.source,
                dated=self.plan.day,
                counts={},
                notes={},
            )

    def _notes(self) -> dict[str, int]:
        plan = self.plan
        return {
            "recognised": plan.recognised,
            "outside": plan.outside,
            "by_hand": plan.by_hand,
            "kept_closed": plan.kept_closed,
            "faulty": len(plan.account.errors),
        }

    def _write(self) -> None:
        found = self.plan.difference
        for kind in ("region", "ght", "entity", "site"):  # parents before children
            for opened in _parts([e for e in found.opened if e.kind == kind], BATCH):
                self._batch(partial(self._open, opened), len(opened))
        for pairs in _parts(found.changed, STEP):
            self._batch(partial(self._change, pairs), len(pairs))
        days = found.closed | dict.fromkeys(found.absent, self.plan.day)
        for keys in _parts(list(days), STEP):
            self._batch(partial(self._close, keys, days), len(keys))
        if self.done > BATCH:
            refresh_statistics(Node, Organisation)
            search_index.settle()

    def _batch(self, work: Callable[[], Counter[str]], size: int) -> None:
        """One transaction: ``work`` writes and gives the counts that the journal keeps."""
        with atomic_write():
            Node.hold(self.plan.under.pk)  # two imports take turns
            counts = work()
            self.batches += 1
            target = f"organisation:{self.plan.under.pk}"
            after = {"source": self.plan.source, "batch": self.batches, **counts}
            record(self.actor, "organisation.import", self.plan.under.node, target, None, after)
        self.done += size
        self.progress(WRITING, self.done / self.total)

    # New ----------------------------------------------------------------------------------------------------------

    def _open(self, entries: Sequence[Entry]) -> Counter[str]:
        under = self.plan.under
        keys = [entry.key for entry in entries]
        rows = Organisation.objects.below(under.node).filter(register_key__in=keys).order_by("pk")
        there = dict(rows.values_list("register_key", "pk"))  # made by another import since the plan
        self.ids |= there
        fresh = [entry for entry in entries if entry.key not in there]
        paths = self._paths({self._parent(entry) for entry in fresh})
        nodes, made = [], []
        for entry, pk in zip(fresh, reserve_ids(len(fresh)), strict=True):
            parent = self._parent(entry)
            nodes.append((pk, parent, f"{paths[parent]}{pk}/"))
            made.append(_row(entry, pk))
            self.ids[entry.key] = pk
        insert_nodes(nodes)
        insert_rows(Organisation, ROW, made)
        if self.history:
            IdentityChange.objects.unscoped(MADE).bulk_create(
                [
                    self._told(self.ids[e.key], diff.OPENED, on=e.opened_on, after={"name": e.name, "key": e.key})
                    for e in fresh
                ],
                batch_size=STEP,
            )
        return Counter({diff.OPENED: len(fresh)})

    def _parent(self, entry: Entry) -> int:
        return int(self.ids.get(entry.parent, self.plan.under.pk))

    def _paths(self, ids: set[int]) -> dict[int, str]:
        """Paths as they are now, locked: a branch that moves meanwhile would leave its new leaves behind."""
        rows = Node.objects.select_for_update().filter(pk__in=ids).order_by("pk")
        return dict(rows.values_list("pk", "path"))

    # Changed ------------------------------------------------------------------------------------------------------

    def _change(self, pairs: Sequence[tuple[Known, Entry]]) -> Counter[str]:
        counts: Counter[str] = Counter()
        told: list[IdentityChange] = []
        written: list[tuple[Any, ...]] = []
        for old, entry, row in rows_of(self.plan.under, list(pairs), lock=True):
            before, after = descriptions(old, entry, row)
            adopted = old.key in self.plan.stored.adopted
            kinds = [RECOGNISED] if adopted else kinds_of(old, before, after, row)
            previous_parent = row.register_parent
            closed_on = row.closed_on if old.kept else None
            self._describe(row, entry, after, known=not diff.guessed(entry, old))
            row.closed_on = closed_on
            if previous_parent != entry.parent and not adopted:
                self._move(row, previous_parent, entry)
            written.append(tuple(getattr(row, name) for name in CHANGED))
            counts.update(kinds)
            if not adopted:
                was, now = changed(before, after)
                lasting = [kind for kind in kinds if kind != diff.CORRECTED]
                told += [self._told(row.pk, kind, before=was, after=now) for kind in lasting]
        update_rows(Organisation, CHANGED, written)
        IdentityChange.objects.unscoped(MADE).bulk_create(told, batch_size=STEP)
        return counts

    def _describe(self, row: Organisation, entry: Entry, after: dict[str, Any], *, known: bool) -> None:
        """The register's own fields always; the shared ones where nobody typed over what it had written."""
        written = row.registered or {}
        names = SHARED if known else ("ght_role",)
        for name in names:
            value = getattr(entry, name)
            if getattr(row, name) == written.get(name, ""):
                setattr(row, name, value)
        if known:
            for name in OWN:
                setattr(row, name, getattr(entry, name))
            row.register_digest = entry.digest
        row.registered = {name: after[name] for name in SHARED}
        row.register_key, row.register_parent = entry.key, entry.parent
        row.search = searched(*(str(getattr(row, name)) for name in SEARCHED))

    def _move(self, row: Organisation, previous: str, entry: Entry) -> None:
        """Follows the register only when the row still stands where the register had put it."""
        target = self._parent(entry)
        if row.node.parent_id == target:
            return
        if row.node.parent_id != self.ids.get(previous):
            self.plan.by_hand += 1
            return
        reparent(row.node, Node.objects.get(pk=target))

    # Closed -------------------------------------------------------------------------------------------------------

    def _close(self, keys: Sequence[str], days: dict[str, dt.date | None]) -> Counter[str]:
        counts: Counter[str] = Counter()
        told: list[IdentityChange] = []
        known = self.plan.stored.by_key
        rows = Organisation.objects.below(self.plan.under.node).filter(pk__in=[known[k].pk for k in keys])
        for row in rows.order_by("pk").select_for_update(of=("self",)):
            row.closed_on = days[row.register_key] or self.today
            row.save(update_fields=["closed_on"])
            heir = self.ids.get(self.plan.difference.merged.get(row.register_key, ""))
            kind = diff.MERGED if heir else diff.CLOSED
            counts[kind] += 1
            told.append(self._told(row.pk, kind, on=row.closed_on, before={"name": row.name}, other=heir))
        IdentityChange.objects.unscoped(MADE).bulk_create(told, batch_size=STEP)
        return counts

    def _told(
        self,
        pk: int,
        kind: str,
        *,
        on: dt.date | None = None,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        other: int | None = None,
    ) -> IdentityChange:
        day = on or self.plan.day or self.today
        return IdentityChange(
            node_id=pk, kind=kind, on=day, before=before, after=after, source=self.plan.source[:120], other_id=other
        )


# Order of the values of a new row; the other columns are those that people alone fill, empty.
ROW = (
    "node_id", "kind", *SHARED, *OWN, "register_key", "register_parent", "register_digest", "registered", "search"
)  # fmt: skip


CHANGED = (*ROW[2:], "closed_on", "node_id")


def _row(entry: Entry, pk: int) -> tuple[Any, ...]:
    shared = [getattr(entry, name) for name in SHARED]
    own = [getattr(entry, name) for name in OWN]
    registered = dict(zip(SHARED, shared, strict=True))
    search = searched(entry.name, entry.short_name, entry.town, entry.postcode)
    return (pk, entry.kind, *shared, *own, entry.key, entry.parent, entry.digest, registered, search)


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
