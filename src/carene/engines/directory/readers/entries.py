# SPDX-License-Identifier: EUPL-1.2
"""Entries with the values that LDAP gives → records of the Builder: one home for collectors that keep them raw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from carene.engines import french
from carene.engines.directory.attributes import TYPES
from carene.engines.directory.building import Builder
from carene.engines.directory.model import Source
from carene.engines.directory.readers.typing import domain_of, typed

DESCRIPTOR = "ntsecuritydescriptor"
# A server computes them when they are asked for by name, never with « all »
COMPUTED = frozenset({"msds-user-account-control-computed", "msds-revealedlist"})
KEPT = frozenset(TYPES) | {DESCRIPTOR, "objectclass"}


class Entries:
    """Tells a Builder entries one by one, and keeps what it needs to say what they hold."""

    def __init__(self, builder: Builder, source: Source) -> None:
        self.builder = builder
        self.source = source
        self.count = 0
        self.attributes: set[str] = set()  # that came at least once
        self.classes: dict[int, set[str]] = defaultdict(set)  # domain → structural classes that came
        self._bare: dict[tuple[int, str], int] = defaultdict(int)  # objects without a descriptor
        self._wrong: dict[str, int] = defaultdict(int)

    def tell(self, dn: str, raw: Mapping[str, list[bytes]]) -> None:
        """``raw``: attribute in lower case → its values, none of them empty."""
        name = domain_of(dn)
        domain = self.builder.domain(name, source=self.source)
        structural = raw.get("objectclass", [b""])[-1].decode("ascii", errors="replace").lower()
        values = self._typed(raw)
        if structural == "domaindns" and "objectsid" in values:
            self.builder.domain(name, values["objectsid"])
        descriptor = raw[DESCRIPTOR][0] if raw.get(DESCRIPTOR) else None
        self.builder.add(domain, structural, dn, values, descriptor=descriptor)
        self.count += 1
        self.attributes.update(raw)
        self.classes[domain].add(structural)
        if descriptor is None and not values.get("isdeleted"):
            self._bare[domain, structural] += 1

    def reads(self, attributes: frozenset[str]) -> None:
        """Of each class that came, the collector reads these attributes; and descriptors, when all have one."""
        for domain, classes in self.classes.items():
            for structural in classes:
                whole = DESCRIPTOR in self.attributes and not self._bare[domain, structural]
                known = attributes - self._wrong.keys()
                self.builder.reads(domain, structural, known | {"descriptor"} if whole else known)
        for name, count in sorted(self._wrong.items()):
            times = french.counted(count, "valeur illisible", "valeurs illisibles")
            self.builder.gap(f"{self.source.file} : {times} de {name}", None, {name})

    def _typed(self, raw: Mapping[str, list[bytes]]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, found in raw.items():
            if name in TYPES and found:
                try:
                    values[name] = typed(name, found)
                except ValueError:
                    self._wrong[name] += 1
        return values
