# SPDX-License-Identifier: EUPL-1.2
"""The journal as a file. Pure: lines in, bytes out."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.utils import timezone

from carene.apps.history.wording import Line
from carene.engines.exchange import table_files
from carene.engines.exchange.table_files import MEDIA_TYPES as MEDIA_TYPES
from carene.engines.exchange.table_files import Cell, Column

COLUMNS = (
    Column("N°", 8), Column("Date", 12), Column("Heure", 10), Column("Qui", 24), Column("Ce qui a été fait", 34),
    Column("Sur quoi", 40), Column("Avant et après", 70), Column("D'où", 10), Column("Adresse", 16),
    Column("Verbe", 20), Column("Cible", 26), Column("Avant (JSON)", 30), Column("Après (JSON)", 30),
    Column("Empreinte", 20),
)  # fmt: skip


def render(kind: str, lines: Iterable[Line]) -> bytes:
    """A file of one of ``MEDIA_TYPES``. Raises InputError when a sheet cannot hold so many lines."""
    return table_files.render(kind, "Journal", COLUMNS, (_cells(line) for line in lines))


def _cells(line: Line) -> list[Cell]:
    entry, at = line.entry, timezone.localtime(line.entry.at)
    changes = " ; ".join(
        f"{c.label} : {c.before or 'rien'} → {c.after or 'rien'}" if c.before else f"{c.label} : {c.after}"
        for c in line.changes
    )
    return [
        entry.seq, f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", entry.actor, line.said, line.subject, changes, line.origin,
        entry.address, entry.verb, entry.target, _json(entry.before), _json(entry.after), entry.hash,
    ]  # fmt: skip


def _json(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
