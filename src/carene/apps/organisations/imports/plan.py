# SPDX-License-Identifier: EUPL-1.2
"""What an import would change, before it changes anything."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from carene.apps.organisations.imports.known import Stored, adopt, read_stored, recognise
from carene.apps.organisations.models import Organisation
from carene.engines import french
from carene.engines.registers import difference as diff
from carene.engines.registers.difference import Difference, Known
from carene.engines.registers.entries import OWN, Assembler, Assembly, Entry, region_key
from carene.engines.registers.nomenclature import nomenclature
from carene.engines.registers.records import Account, Record
from carene.engines.registers.territories import territories
from carene.engines.sources import InputError
from carene.engines.sources.errors import InputErrors

Progress = Callable[[str, float], None]  # what is being done, and the share of it that is done (0–1)

READING, COMPARING, WRITING = "Lecture", "Comparaison", "Enregistrement"
SHOWN = 20  # examples of each kind of change; the counts are always whole
# A file that lacks more than this share of what is known is taken for an extract, unless someone says otherwise.
# A safety of ours, not a figure of the programme.
MOST_ABSENT = 0.1
FEW = 20


@dataclass(frozen=True)
class Choice:
    """What the caller decides. ``partial``: the file is an extract, nothing is closed. ``close_missing``: it is whole,
    however much it lacks. ``skip_faults``: faulty lines are listed and left out; else one of them stops everything."""

    partial: bool = False
    close_missing: bool = False
    skip_faults: bool = False


@dataclass
class Change:
    """One line of the account: what happens to whom."""

    kind: str
    key: str
    name: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass
class Plan:
    under: Organisation
    stored: Stored
    assembly: Assembly
    difference: Difference
    account: Account
    source: str
    counts: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)  # nature of what opens
    examples: dict[str, list[Change]] = field(default_factory=dict)
    outside: int = 0
    recognised: int = 0
    applied: bool = False
    by_hand: int = 0  # left where someone put them

    @property
    def kept_closed(self) -> int:
        """Described by the registers, yet left closed because someone closed them."""
        known = self.stored.by_key
        return sum(1 for key in self.assembly.entries if key in known and known[key].kept)

    def say(self, change: Change) -> None:
        self.counts[change.kind] += 1
        shown = self.examples.setdefault(change.kind, [])
        if len(shown) < SHOWN:
            shown.append(change)

    @property
    def day(self) -> dt.date | None:
        return self.account.dated


def make_plan(
    under: Organisation,
    records: Iterable[Record],
    account: Account,
    *,
    source: str,
    whole: bool,
    choice: Choice,
    progress: Progress,
) -> Plan:
    """Reads everything, compares; raises InputErrors when lines are faulty, InputError when too much is missing."""
    region = _region_of(under)
    stored = read_stored(under)
    if region and region not in stored.by_key:
        adopt(stored, region, under.pk)
    assembler = Assembler(territories(), nomenclature())
    for number, record in enumerate(records):
        assembler.take(record)
        if number % 2000 == 0:
            progress(READING, account.share)
    progress(READING, 1.0)
    if account.errors and not choice.skip_faults:
        raise InputErrors(account.errors)
    assembly = assembler.finish(stored.groups)
    outside = assembly.keep_region(region) if region else 0
    recognise(stored, assembly)
    progress(COMPARING, 0.0)
    whole = whole and not choice.partial and not account.lost
    found = diff.compare(stored.by_key, assembly, whole=whole, unread=account.unread)
    if not choice.close_missing:
        _check_absent(stored, found)
    plan = Plan(under, stored, assembly, found, account, source, outside=outside, recognised=len(stored.adopted))
    _tell(plan)
    progress(COMPARING, 1.0)
    return plan


def _region_of(under: Organisation) -> str:
    """Key of the region that the import is limited to; empty for a nation."""
    if under.kind == Organisation.Kind.NATION:
        return ""
    if under.kind != Organisation.Kind.REGION:
        raise InputError(
            f"les registres ne se rangent pas sous « {under} »",
            remedy="choisir une nation ou une région",
        )
    code = under.register_key.removeprefix("region:") or territories().region_named(under.name)
    if not code:
        raise InputError(
            f"« {under} » n'est pas le nom d'une région connue",
            remedy="lui donner le nom officiel de la région, par exemple « Bretagne »",
        )
    return region_key(code)


def _check_absent(stored: Stored, found: Difference) -> None:
    absent = sum(1 for key in found.absent if key.startswith("et:"))
    known = sum(1 for key, old in stored.by_key.items() if key.startswith("et:") and not old.closed)
    if absent > FEW and absent > known * MOST_ABSENT:
        raise InputError(
            f"{french.number(absent)} établissements connus sur {french.number(known)} ne sont pas dans le fichier",
            remedy="ajouter --partial si c'est un extrait (rien n'est fermé), --close-missing s'ils ont vraiment fermé",
        )


def _tell(plan: Plan) -> None:
    """Counts and examples, in one reading of the rows that change."""
    for entry in plan.difference.opened:
        plan.by_kind[entry.kind] += 1
        plan.say(Change(diff.OPENED, entry.key, entry.name))
    for old, entry, row in rows_of(plan.under, plan.difference.changed):
        if old.key in plan.stored.adopted:
            continue
        before, after = descriptions(old, entry, row)
        for kind in kinds_of(old, before, after, row):
            plan.say(Change(kind, entry.key, entry.name, *changed(before, after)))
    names = _names(plan.under, [*plan.difference.closed, *plan.difference.absent], plan.stored)
    for key in [*plan.difference.closed, *plan.difference.absent]:
        heir = plan.difference.merged.get(key)
        if heir:
            plan.say(Change(diff.MERGED, key, names.get(key, ""), {}, {"other": heir}))
        else:
            plan.say(Change(diff.CLOSED, key, names.get(key, "")))
    plan.counts[diff.UNCHANGED] += plan.difference.unchanged


def rows_of(
    under: Organisation, pairs: list[tuple[Known, Entry]], *, lock: bool = False
) -> Iterator[tuple[Known, Entry, Organisation]]:
    """The rows of these pairs, a few hundred at a time."""
    for start in range(0, len(pairs), 500):
        part = pairs[start : start + 500]
        rows = Organisation.objects.below(under.node).select_related("node")
        if lock:
            rows = rows.select_for_update(of=("self", "node"))
        found = rows.in_bulk([old.pk for old, _ in part])
        yield from ((old, entry, found[old.pk]) for old, entry in part if old.pk in found)


def descriptions(old: Known, entry: Entry, row: Organisation) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row as the registers last described it, and as they do now, JSON-ready."""
    before = {name: getattr(row, name) for name in OWN} | dict(row.registered or {})
    before["parent"] = row.register_parent
    after = before | {"parent": entry.parent, "ght_role": entry.ght_role}
    if not diff.guessed(entry, old):
        after |= entry.values()
    return _plain(before), _plain(after)


def kinds_of(old: Known, before: dict[str, Any], after: dict[str, Any], row: Organisation) -> list[str]:
    precise = not old.digest.startswith("~")
    return diff.kinds_of(before, after, reopened=row.closed_on is not None and not old.kept, precise=precise)


def changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    keys = sorted(key for key in after if (before.get(key) or "") != (after[key] or ""))
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in values.items()}


def _names(under: Organisation, keys: list[str], stored: Stored) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(keys), 500):
        ids = [stored.by_key[key].pk for key in keys[start : start + 500]]
        rows = Organisation.objects.below(under.node).filter(pk__in=ids).order_by("pk")
        found |= dict(rows.values_list("register_key", "name"))
    return found
