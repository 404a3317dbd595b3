# SPDX-License-Identifier: EUPL-1.2
"""Records → the tree that the registers describe: regions, GHT, legal entities, establishments, each under another."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from carene.engines.registers.nomenclature import Nomenclature
from carene.engines.registers.records import Establishment, Ght, LegalEntity, Location, Membership, Place, Record
from carene.engines.registers.territories import Territories
from carene.engines.registers.text import fold

NOWHERE = Place()
UNPLACED = "region:"  # for what stands in no known department
UNPLACED_NAME = "Département non reconnu"

# What people may type over: kept beside the row, so that the register only changes what it wrote itself.
SHARED = ("name", "short_name", "finess", "town", "type", "ght_role")
# What only the register says.
OWN = (
    "finess_ej", "finess_et", "siret", "address", "postcode", "department", "latitude", "longitude",
    "opened_on", "category",
)  # fmt: skip


def region_key(code: str) -> str:
    return f"region:{code}"


def ght_key(code: str) -> str:
    return f"ght:{code}"


def entity_key(finess: str) -> str:
    return f"ej:{finess}"


def site_key(finess: str) -> str:
    return f"et:{finess}"


@dataclass(slots=True)
class Entry:
    """One node as the registers describe it. ``parent`` is a key, empty for what stands right under the import's root.

    ``provisional``: drawn from its establishments or from the list of GHT, because no register names it.
    """

    key: str
    kind: str
    parent: str
    name: str
    short_name: str = ""
    finess: str = ""
    finess_ej: str = ""
    finess_et: str = ""
    siret: str = ""
    address: str = ""
    postcode: str = ""
    town: str = ""
    department: str = ""
    latitude: float | None = None
    longitude: float | None = None
    opened_on: dt.date | None = None
    category: str = ""
    type: str = ""
    ght_role: str = ""
    provisional: bool = False

    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in (*SHARED, *OWN)}

    @property
    def digest(self) -> str:
        """Changes when anything said here changes, except its place in the tree; « ~ » begins a provisional one."""
        said = repr([getattr(self, name) for name in (*SHARED, *OWN) if name != "ght_role"])
        digest = hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
        return f"~{digest}" if self.provisional else digest


@dataclass
class Assembly:
    """``closed``: what the register says closed, with the day it says; ``repeated``: numbers written several times."""

    entries: dict[str, Entry] = field(default_factory=dict)
    closed: dict[str, dt.date | None] = field(default_factory=dict)
    has_groups: bool = False
    repeated: Counter[str] = field(default_factory=Counter)

    def keep_region(self, region: str) -> int:
        """Drops what stands elsewhere than below this key; gives how many were dropped."""
        kept = {key: entry for key, entry in self.entries.items() if self._region_above(entry) in {region, ""}}
        dropped = len(self.entries) - len(kept)
        self.entries = kept
        return dropped

    def _region_above(self, entry: Entry) -> str:
        """Empty when it stands under a group that only the store knows."""
        while entry.kind != "region":
            above = self.entries.get(entry.parent)
            if above is None:
                return entry.parent if entry.parent.startswith("region:") else ""
            entry = above
        return entry.key

    def by_kind(self) -> Iterator[Entry]:
        """Parents before children."""
        for kind in ("region", "ght", "entity", "site"):
            yield from (entry for entry in self.entries.values() if entry.kind == kind)


class Assembler:
    """Takes records as they come; ``finish`` gives the tree. Holds one small object for each open structure."""

    def __init__(self, territories: Territories, nomenclature: Nomenclature) -> None:
        self._territories, self._nomenclature = territories, nomenclature
        self._made = Assembly()
        self._best: dict[str, tuple[str, str]] = {}  # entity → rank and number of its most hospital-like establishment
        self._groups: dict[str, Ght] = {}
        self._members: list[Membership] = []

    def take(self, record: Record) -> None:
        match record:
            case Establishment():
                self._site(record)
            case Location():
                entry = self._made.entries.get(site_key(record.finess))
                if entry is not None:
                    entry.latitude, entry.longitude = record.latitude, record.longitude
            case LegalEntity():
                self._entity(record)
            case Ght():
                self._groups[record.code] = record
            case Membership():
                self._members.append(record)

    def _site(self, record: Establishment) -> None:
        key = site_key(record.finess)
        if not record.active:
            self._made.closed[key] = record.closed_on
            return
        if key in self._made.entries:
            self._made.repeated[record.finess] += 1
        parent = entity_key(record.entity)
        entry = Entry(key, "site", parent, record.name, _short(record.short_name))
        _put(entry, record.place)
        entry.finess = entry.finess_et = record.finess
        entry.finess_ej, entry.siret, entry.opened_on = record.entity, record.siret, record.opened_on
        entry.category = record.category
        entry.type = self._nomenclature.type_of(record.category, record.status)
        self._made.entries[key] = entry
        rank = (record.rank, record.finess)
        if parent not in self._best or rank < self._best[parent]:
            self._best[parent] = rank

    def _entity(self, record: LegalEntity) -> None:
        key = entity_key(record.finess)
        if not record.active:
            self._made.closed[key] = record.closed_on
            return
        entry = Entry(key, "entity", "", record.name, _short(record.short_name))
        _put(entry, record.place)
        entry.finess = entry.finess_ej = record.finess
        entry.opened_on = record.opened_on
        self._made.entries[key] = entry

    def finish(self, known_groups: Mapping[str, tuple[str, str]] | None = None) -> Assembly:
        """``known_groups``: key of an entity → key of its GHT and role there, as stored; kept when no file tells."""
        made = self._made
        made.has_groups = bool(self._groups)
        self._name_entities()
        places = self._place_entities(known_groups or {})
        for entry in list(made.entries.values()):
            if entry.kind == "entity":
                entry.parent, entry.ght_role = places.get(entry.key) or (self._region(entry), "")
        for entry in made.entries.values():
            if entry.kind == "site":
                # Another region than its legal entity's: the authority of the place must see it.
                entity = made.entries[entry.parent]
                if entry.department and self._region(entry) != self._region(entity):
                    entry.parent = self._region(entry)
        self._add_regions()
        return made

    def _name_entities(self) -> None:
        """An entity that no file names is called like its most hospital-like establishment, and takes its type."""
        entries = self._made.entries
        for key, (_, finess) in self._best.items():
            main = entries[site_key(finess)]
            entity = entries.get(key)
            if entity is None:
                entity = Entry(key, "entity", "", main.name, main.short_name, provisional=True)
                number = key.removeprefix("ej:")
                entity.finess = entity.finess_ej = number
                entity.address, entity.postcode, entity.town = main.address, main.postcode, main.town
                entity.department, entity.latitude, entity.longitude = main.department, main.latitude, main.longitude
                entries[key] = entity
                self._made.closed.pop(key, None)
            entity.type, entity.category = main.type, main.category

    def _place_entities(self, known: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """Key of an entity → key of its GHT, and its role."""
        if not self._groups:
            return dict(known)
        places: dict[str, tuple[str, str]] = {}
        for member in self._members:
            key = self._entity_of(member)
            # Several establishments of one entity may be listed: the support role wins.
            if places.get(key, ("", ""))[1] != "support":
                places[key] = (ght_key(member.ght), member.role or "membre")
        for code, group in self._groups.items():
            entry = Entry(ght_key(code), "ght", "", group.name)
            region = self._territories.region_named(group.region)
            entry.parent = region_key(region) if region else self._region_of_members(ght_key(code), places)
            self._made.entries[entry.key] = entry
        return places

    def _entity_of(self, member: Membership) -> str:
        entries = self._made.entries
        key = entity_key(member.finess)
        if key in entries:
            return key
        site = entries.get(site_key(member.finess))
        if site is not None:
            return entity_key(site.finess_ej)
        entry = Entry(key, "entity", "", member.name or f"Entité juridique {member.finess}", provisional=True)
        _put(entry, member.place)
        entry.finess = entry.finess_ej = member.finess
        entries[key] = entry
        return key

    def _region_of_members(self, ght: str, places: Mapping[str, tuple[str, str]]) -> str:
        votes: Counter[str] = Counter()
        for key, (group, role) in places.items():
            if group == ght:
                votes[self._region(self._made.entries[key])] += 1000 if role == "support" else 1
        return max(sorted(votes), key=lambda key: votes[key]) if votes else UNPLACED

    def _region(self, entry: Entry) -> str:
        return region_key(self._territories.region_of(entry.department))

    def _add_regions(self) -> None:
        entries = self._made.entries
        for key in sorted({e.parent for e in entries.values() if e.parent.startswith("region:")}):
            found = self._territories.regions.get(key.removeprefix("region:"))
            entries[key] = Entry(key, "region", "", found.name if found else UNPLACED_NAME)


def _short(name: str) -> str:
    """A name to say every day; one that is as long as the name itself is none."""
    return name if len(name) <= 60 else ""


def _put(entry: Entry, place: Place) -> None:
    entry.address, entry.postcode, entry.town = place.address, place.postcode, place.town
    entry.department, entry.latitude, entry.longitude = place.department, place.latitude, place.longitude


def assemble(
    records: Iterable[Record],
    territories: Territories,
    nomenclature: Nomenclature,
    known_groups: Mapping[str, tuple[str, str]] | None = None,
) -> Assembly:
    """The whole way in one call, for small files and tests."""
    assembler = Assembler(territories, nomenclature)
    for record in records:
        assembler.take(record)
    return assembler.finish(known_groups)


def same_group(name: str, other: str) -> bool:
    """Two registers write the name of one GHT."""
    return fold(name).removeprefix("ght ") == fold(other).removeprefix("ght ")
