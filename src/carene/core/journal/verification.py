# SPDX-License-Identifier: EUPL-1.2
"""Is the journal as it was written? Reads every chain once and names what was changed, removed, moved or added.

Rows are read as the database holds them, not through models: a falsified value must be told, not stop the reading.
Whoever owns the whole database can rewrite a chain from one row to its end and its head with it; only a head kept
elsewhere shows that: ``witnesses`` (those of a backup, for example).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from carene.core.database.reads import snapshot
from carene.core.journal import sealing
from carene.core.journal.triggers import ENTRIES, HEADS
from carene.core.tenancy.models import Node
from carene.engines import french

COLUMNS = ("id", "hash", *sealing.FIELDS)
FETCHED = 2000
MOST = 100  # faults told; one per chain: what follows the first is its consequence


@dataclass(frozen=True)
class Point:
    """Where a chain stood at some moment."""

    seq: int
    hash: str


Points = Mapping[int | None, Point]


@dataclass(frozen=True)
class Fault:
    """``row`` is the key of the row in the database, None when what is wrong is that there is none."""

    node: int | None
    seq: int
    row: Any
    kind: str  # changed, removed, moved, head, witness
    what: str

    @property
    def sentence(self) -> str:
        chain = "chaîne commune" if self.node is None else f"chaîne de l'organisation {self.node}"
        return f"{chain}, ligne {french.number(self.seq)} : {self.what}"


@dataclass
class Report:
    entries: int = 0
    chains: int = 0
    faults: list[Fault] = field(default_factory=list)
    heads: dict[int | None, Point] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        return not self.faults


def heads() -> dict[int | None, Point]:
    """Where each chain stands now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT node_id, seq, hash FROM {HEADS} ORDER BY id")  # nosec B608
        return {node: Point(seq, digest) for node, seq, digest in cursor.fetchall()}


def verify(node: Node | None = None, witnesses: Points | None = None) -> Report:
    """Reads the chain of ``node``, or every chain. Streams: memory does not grow with the journal."""
    report = Report()
    with snapshot():
        report.heads = heads()
        if node is not None:
            report.heads = {key: point for key, point in report.heads.items() if key == node.pk}
        expected = dict(report.heads)
        chain: _Chain | None = None
        for row in _rows(node):
            report.entries += 1
            if chain is None or row["node_id"] != chain.node:
                _close(chain, expected, report)
                key = row["node_id"]
                chain = _Chain(key, (witnesses or {}).get(key) if isinstance(key, int | None) else None)
                report.chains += 1
            chain.take(row)
        _close(chain, expected, report)
    for key, point in expected.items():  # heads without a single row
        if point.seq or point.hash:
            _tell(report, Fault(key, 1, None, "removed", "toutes les lignes de la chaîne ont été retirées"))
    for key in (witnesses or {}).keys() - report.heads.keys() if node is None else ():
        _tell(report, Fault(key, 1, None, "removed", "toute la chaîne a été retirée"))
    return report


class _Chain:
    def __init__(self, node: Any, witness: Point | None) -> None:
        self.node = node
        self.witness = witness
        self.last = Point(0, "")
        self.row: Any = 0
        self.fault: Fault | None = None

    def take(self, row: Mapping[str, Any]) -> None:
        if self.fault is None:
            self.fault = self._fault(row)
            if self.fault is None:
                self.last, self.row = Point(row["seq"], row["hash"]), row["id"]

    def _fault(self, row: Mapping[str, Any]) -> Fault | None:
        seq, key, expected = row["seq"], row["id"], self.last.seq + 1

        def fault(kind: str, what: str, at: int = expected) -> Fault:
            return Fault(self.node, at, key, kind, what)

        if not isinstance(seq, int) or seq < expected:
            return fault("moved", f"une ligne de trop a été glissée là (clé {key})")
        if seq > expected:
            count = seq - expected
            return fault("removed", f"{french.counted(count, 'ligne a été retirée', 'lignes ont été retirées')} ici")
        if _digest(row) != row["hash"]:
            return fault("changed", f"la ligne a été modifiée (clé {key})")
        if row["previous"] != self.last.hash:
            return fault("moved", f"la ligne ne suit pas celle d'avant (clé {key}) : déplacée, ou glissée là")
        if self.row and key <= self.row:
            return fault("moved", f"l'ordre des lignes a été changé (clé {key})")
        if self.witness and seq == self.witness.seq and row["hash"] != self.witness.hash:
            return fault("witness", "la chaîne a été réécrite depuis le témoin")
        return None

    def close(self, head: Point | None) -> Fault | None:
        """The fault of the whole chain, given where its head says that it stands."""
        if self.fault is not None:
            return self.fault
        after = self.last.seq + 1
        if head is None:
            return Fault(self.node, self.last.seq, self.row, "head", "la tête de la chaîne a été retirée")
        if isinstance(head.seq, int) and head.seq > self.last.seq:
            count = french.counted(head.seq - self.last.seq, "ligne a été retirée", "lignes ont été retirées")
            return Fault(self.node, after, None, "removed", f"{count} à la fin, ou la tête a été modifiée")
        if head != self.last:
            what = "la tête de la chaîne ne correspond pas à sa dernière ligne"
            return Fault(self.node, self.last.seq, self.row, "head", what)
        if self.witness and self.witness.seq > self.last.seq:
            return Fault(self.node, after, None, "witness", "des lignes que le témoin connaît ont été retirées")
        return None


def _close(chain: _Chain | None, expected: dict[int | None, Point], report: Report) -> None:
    if chain is not None:
        fault = chain.close(expected.pop(chain.node, None))
        if fault:
            _tell(report, fault)


def _tell(report: Report, fault: Fault) -> None:
    if len(report.faults) < MOST:
        report.faults.append(fault)


def _rows(node: Node | None) -> Iterator[dict[str, Any]]:
    where, values = (" WHERE node_id = %s", [node.pk]) if node is not None else ("", [])
    with connection.chunked_cursor() as cursor:
        # The order of the unique index: nothing is sorted.
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM {ENTRIES}{where} ORDER BY node_id, seq, id", values)  # nosec B608
        while batch := cursor.fetchmany(FETCHED):
            for row in batch:
                yield dict(zip(COLUMNS, row, strict=True))


def _digest(row: Mapping[str, Any]) -> str | None:
    """What the hash should be; None when a value is not even of its kind."""
    try:
        at = row["at"] if isinstance(row["at"], dt.datetime) else dt.datetime.fromisoformat(row["at"])
        fields = {
            **row,
            "at": sealing.moment(at if at.tzinfo else at.replace(tzinfo=dt.UTC)),
            "before": _json(row["before"]),
            "after": _json(row["after"]),
        }
        return sealing.digest(fields)
    except (TypeError, ValueError):
        return None


def _json(text: str | None) -> Any:
    return None if text is None else sealing.one_form(json.loads(text))
