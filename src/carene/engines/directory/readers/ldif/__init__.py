# SPDX-License-Identifier: EUPL-1.2
"""Entries written as text by ordinary tools (ldapsearch, ldifde, ldbsearch, logs of queries) → records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from carene.engines import french
from carene.engines.directory.attributes import TYPES, Type
from carene.engines.directory.building import Builder
from carene.engines.directory.model import Source
from carene.engines.directory.readers.contract import Files, Found, Progress
from carene.engines.directory.readers.ldif import parsing
from carene.engines.directory.readers.typing import domain_of, typed
from carene.engines.sources import InputError

HEAD = 65_536
_NAMED = {Type.NAME, Type.NAMES}
_SIDS = {Type.SID, Type.SIDS}
_BINARY = {Type.BLOB, Type.BLOBS}
_MANY = {Type.TEXTS, Type.NAMES, Type.SIDS, Type.BLOBS}
_DESCRIPTOR = "ntsecuritydescriptor"
# Every object has them: they come when all the attributes were asked for, or these by name.
_ALWAYS = frozenset({"instancetype", "usncreated", "objectguid", "objectcategory"})
# A server computes them when they are asked for by name, never with « all »
_COMPUTED = frozenset({"msds-user-account-control-computed", "msds-revealedlist"})
_WHOLE = frozenset({"domaindns", "container", "organizationalunit", "user", "computer", "group"})


@dataclass
class _Seen:
    """What the entries of a file tell of the question that was asked."""

    attributes: set[str] = field(default_factory=set)
    classes: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    bare: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))  # without a descriptor
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class LdifReader:
    name = "LDIF"

    def find(self, files: Files) -> Iterator[Found]:
        for path in files.names():
            if path.suffix.lower() not in {".ldif", ".ldf", ".log", ".txt"}:
                continue
            with files.open(path) as stream:
                head = stream.read(HEAD)
            if parsing.is_log(head) or parsing.is_ldif(head):
                yield Found(Source(self.name, "", None, path.name), self, files, path)

    def read(self, found: Found, builder: Builder, progress: Progress) -> None:
        """Raises InputError: not an LDIF, or nothing in it."""
        seen, count, done = _Seen(), 0, 0
        size = max(1, found.files.size(found.root))
        log = self._is_log(found)
        with found.files.open(found.root) as stream:
            entries = parsing.log(stream) if log else parsing.ldif(stream)
            try:
                for entry in entries:
                    _add(entry, builder, found.source, seen, joined=log)
                    count += 1
                    if count % 5000 == 0:
                        done = stream.tell() if stream.seekable() else done
                        progress(f"{french.counted(count, 'objet lu', 'objets lus')}", min(1.0, done / size))
            except parsing.Unreadable as error:
                if not count:
                    raise InputError(
                        f"{found.root.name}, ligne {error.line} : ce n'est pas du LDIF",
                        remedy="exporter avec ldifde, ldapsearch ou ldbsearch",
                    ) from error
                builder.gap(f"{found.root.name} s'interrompt à la ligne {error.line} : la suite n'est pas lue")
        if not count:
            raise InputError(f"{found.root.name} ne contient aucun objet d'annuaire")
        _tell(seen, builder, found)

    def _is_log(self, found: Found) -> bool:
        with found.files.open(found.root) as stream:
            return parsing.is_log(stream.read(HEAD))


def _add(entry: parsing.Entry, builder: Builder, source: Source, seen: _Seen, *, joined: bool) -> None:
    domain = builder.domain(domain_of(entry.dn), source=source)
    classes = entry.values.get("objectclass", [b""])
    classes = parsing.parted(False, classes[0]) if joined else classes
    structural = classes[-1].decode("ascii", errors="replace").lower()
    values = _values(entry.values, seen, joined=joined)
    descriptor = _descriptor(entry.values, seen, joined=joined)
    if structural == "domaindns" and "objectsid" in values:
        builder.domain(domain_of(entry.dn), values["objectsid"])
    builder.add(domain, structural, entry.dn, values, descriptor=descriptor)
    seen.attributes.update(entry.values)
    seen.classes[domain].add(structural)
    if descriptor is None and not values.get("isdeleted"):
        seen.bare[domain, structural] += 1


def _values(raw: Mapping[str, list[bytes]], seen: _Seen, *, joined: bool) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, found in raw.items():
        kind = TYPES.get(name)
        if kind is None:
            continue
        try:
            if joined:
                found = _unjoined(kind, found[0])
            values[name] = typed(name, found)
        except ValueError:
            seen.wrong[name] += 1
    return values


def _unjoined(kind: Type, raw: bytes) -> list[bytes]:
    if kind in _BINARY or (kind in _SIDS and not raw.startswith(b"S-1-")):
        return [parsing.unwrapped(one) for one in raw.split(b", ")]
    return parsing.parted(kind in _NAMED, raw) if kind in _MANY else [raw]


def _descriptor(raw: Mapping[str, list[bytes]], seen: _Seen, *, joined: bool) -> bytes | None:
    if _DESCRIPTOR not in raw:
        return None
    try:
        return parsing.unwrapped(raw[_DESCRIPTOR][0]) if joined else raw[_DESCRIPTOR][0]
    except ValueError:
        seen.wrong[_DESCRIPTOR] += 1
        return None


def _tell(seen: _Seen, builder: Builder, found: Found) -> None:
    """What was asked of the directory: every attribute when those that nobody asks for by name are there, else those
    that came at least once. A class that is not there may have been left out: nothing is said of it, unless the whole
    tree plainly came."""
    asked = frozenset(TYPES) - _COMPUTED if seen.attributes >= _ALWAYS else frozenset(seen.attributes & TYPES.keys())
    asked -= frozenset(seen.wrong)
    for domain, classes in seen.classes.items():
        for structural in classes:
            whole = not seen.bare[domain, structural] and _DESCRIPTOR in seen.attributes
            builder.reads(domain, structural, asked | {"descriptor"} if whole else asked)
        if not classes >= _WHOLE:
            missing = ", ".join(sorted(_WHOLE - classes))
            builder.gap(f"{found.root.name} ne contient pas tout l'annuaire (aucun objet {missing})", domain)
    for name, count in sorted(seen.wrong.items()):
        times = french.counted(count, "valeur illisible", "valeurs illisibles")
        builder.gap(f"{found.root.name} : {times} de {name}", None, {name})
