# SPDX-License-Identifier: EUPL-1.2
"""What changed between what is stored and what the registers say now; decides nothing, writes nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from carene.engines.registers.entries import Assembly, Entry
from carene.engines.registers.text import fold

OPENED, CLOSED, REOPENED, MOVED, RELOCATED, RENAMED, MERGED, CORRECTED, UNCHANGED = (
    "opened", "closed", "reopened", "moved", "relocated", "renamed", "merged", "corrected", "unchanged",
)  # fmt: skip
WORDS: Mapping[str, tuple[str, str]] = {
    OPENED: ("ouverture", "ouvertures"),
    CLOSED: ("fermeture", "fermetures"),
    REOPENED: ("réouverture", "réouvertures"),
    MERGED: ("fusion", "fusions"),
    MOVED: ("changement de rattachement", "changements de rattachement"),
    RELOCATED: ("déménagement", "déménagements"),
    RENAMED: ("changement de nom", "changements de nom"),
    CORRECTED: ("autre correction", "autres corrections"),
    UNCHANGED: ("inchangé", "inchangés"),
}


class Known(NamedTuple):
    """What is stored of one node that an import wrote, or that it recognised."""

    pk: int
    key: str
    digest: str
    parent: str  # key of what the register placed it under
    role: str  # in its GHT
    siret: str
    department: str
    closed: bool
    kept: bool = False  # closed by someone, not by a register: registers do not open it again


@dataclass
class Difference:
    """``absent``: open in the store and not in a whole file; ``merged``: key → key of what it became part of."""

    opened: list[Entry] = field(default_factory=list)
    changed: list[tuple[Known, Entry]] = field(default_factory=list)
    closed: dict[str, dt.date | None] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    unchanged: int = 0


def compare(
    known: Mapping[str, Known], assembly: Assembly, *, whole: bool, unread: Collection[str] = frozenset()
) -> Difference:
    """``known`` by key. ``whole``: what the files do not hold no longer exists, except the numbers of ``unread``."""
    found = Difference()
    for entry in assembly.by_kind():
        old = known.get(entry.key)
        if old is None:
            found.opened.append(entry)
        elif (
            (old.closed and not old.kept)
            or moved(old, entry)
            or (old.digest != entry.digest and not guessed(entry, old))
        ):
            found.changed.append((old, entry))
        else:
            found.unchanged += 1
    gone: list[str] = []
    for key, old in known.items():
        if old.closed or key in assembly.entries:
            continue
        if key in assembly.closed:
            found.closed[key] = assembly.closed[key]
            gone.append(key)
        elif whole and key.startswith(("et:", "ej:")) and key.partition(":")[2] not in unread:
            found.absent.append(key)
            gone.append(key)
    found.merged = _merged(known, assembly, gone)
    return found


def moved(old: Known, entry: Entry) -> bool:
    return (old.parent, old.role) != (entry.parent, entry.ght_role)


def guessed(entry: Entry, old: Known) -> bool:
    """A provisional description never replaces what a register said of the entity itself; its place may change."""
    return entry.provisional and old.digest != "" and not old.digest.startswith("~")


def _merged(known: Mapping[str, Known], assembly: Assembly, gone: list[str]) -> dict[str, str]:
    """Gone, yet alive elsewhere: an establishment whose SIRET another one now bears, an entity all of whose
    establishments that still exist are now those of one other entity."""
    if not gone:
        return {}
    merged: dict[str, str] = {}
    sites = [key for key in gone if key.startswith("et:") and known[key].siret]
    wanted = {known[key].siret for key in sites}
    bearers: dict[str, list[str]] = defaultdict(list)
    for entry in assembly.entries.values():
        if entry.kind == "site" and entry.siret in wanted:
            bearers[entry.siret].append(entry.key)
    for key in sites:
        heirs = bearers[known[key].siret]
        if len(heirs) == 1:
            merged[key] = heirs[0]
    entities = {key for key in gone if key.startswith("ej:")}
    heirs_of: dict[str, set[str]] = defaultdict(set)
    for key, old in known.items():
        if old.parent in entities and key in assembly.entries:
            heirs_of[old.parent].add(f"ej:{assembly.entries[key].finess_ej}")
    merged |= {key: next(iter(heirs)) for key, heirs in heirs_of.items() if len(heirs) == 1}
    return merged


def kinds_of(
    before: Mapping[str, Any], after: Mapping[str, Any], *, reopened: bool = False, precise: bool = True
) -> list[str]:
    """Which changes lead from one description to the other; both hold ``parent`` and the names of an entry.

    Not ``precise``: what was known was only guessed; that a register names it now is no change of name or place.
    """
    kinds = [REOPENED] if reopened else []
    if before.get("parent") != after.get("parent"):
        kinds.append(MOVED)
    if not precise:
        return kinds or [CORRECTED]
    if before.get("name") != after.get("name"):
        kinds.append(RENAMED)
    if _elsewhere(before, after):
        kinds.append(RELOCATED)
    return kinds or [CORRECTED]


def _elsewhere(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Another town, or in the same one another number or street; two registers may write one street in two ways."""
    if any((before.get(name) or "") != (after.get(name) or "") for name in ("postcode", "department")):
        return True
    old, new = fold(str(before.get("address") or "")).split(), fold(str(after.get("address") or "")).split()
    return any(
        some and others and not (some & others)
        for some, others in (
            ({word for word in old if word.isdigit()}, {word for word in new if word.isdigit()}),
            ({word for word in old if len(word) > 3}, {word for word in new if len(word) > 3}),
        )
    )


def counted(kinds: Counter[str]) -> dict[str, int]:
    """Every kind in the order in which people want to read them, zeros included."""
    return {kind: kinds[kind] for kind in WORDS}
