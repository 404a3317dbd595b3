# SPDX-License-Identifier: EUPL-1.2
"""One run of SharpHound, file by file, told to a builder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from carene.engines.directory.building import Builder
from carene.engines.directory.model import EdgeKind
from carene.engines.directory.readers.contract import Found
from carene.engines.directory.readers.sharphound.kinds import METHODS, STRUCTURAL
from carene.engines.directory.readers.sharphound.properties import PREFIX, attributes_of, read_by
from carene.engines.directory.readers.sharphound.relations import Record, Relations, identifiers
from carene.engines.directory.readers.sharphound.streaming import Objects
from carene.engines.french import counted, listing
from carene.engines.sources import InputError

VERSIONS = {4, 5, 6}
PRINCIPALS = {"users", "computers", "groups"}
DELEGATES_ALL = "unconstraineddelegation"


class Reading:
    """``count``: the objects that were read."""

    def __init__(self, builder: Builder, found: Found, *, told_domains: bool) -> None:
        """``told_domains``: one of the files is that of the domains."""
        self.count = 0
        self._told_domains = told_domains
        self._builder, self._found = builder, found
        self._relations = Relations(builder)
        self._version = ""
        self._domains: dict[str, int] = {}  # name or SID of a domain → number
        self._described: dict[int, tuple[str, str]] = {}  # domains that this run holds whole: name, SID
        self._read: dict[tuple[int, str], set[str]] = {}
        self._templates: dict[str, str] = {}  # identifier → name
        self._not_understood: dict[str, str] = {}  # attribute → a value
        self._methods = 0

    def file(self, kind: str, name: PurePosixPath) -> None:
        where = f"{self._found.files.label}, {name}"
        structurals: dict[str, set[str]] = {}
        try:
            with self._found.files.open(name) as stream:
                objects = Objects(stream, where)
                for record in objects:
                    self._record(kind, record, structurals)
        except InputError as error:
            self._builder.gap(error.sentence, attributes=())
            for (domain, structural), _ in list(self._read.items()):
                if structural in {STRUCTURAL[kind], *structurals}:
                    self._builder.reads_not(domain, structural)
                    said = f"Des objets manquent dans {name} : ce qui en dépend n'est pas évalué."
                    self._builder.gap(said, domain, structurals.get(structural, ()))
            return
        for structural, names in (structurals or {STRUCTURAL[kind]: set()}).items():
            for domain in self._described:
                self._reads(domain, structural, names)
        self._about(name, objects.meta)

    def _about(self, name: PurePosixPath, meta: Mapping[str, Any]) -> None:
        version, methods = meta.get("version"), meta.get("methods")
        if isinstance(version, int):
            if version not in VERSIONS:
                self._builder.gap(
                    f"{name} : la version {version} de ce format n'est pas connue, elle est lue comme la 6."
                )
            self._version = str(meta.get("collectorversion") or f"format {version}")
        if isinstance(methods, int):
            self._methods |= methods

    def _record(self, kind: str, record: Record, structurals: dict[str, set[str]]) -> None:
        properties = record.get("Properties")
        own = record.get("ObjectIdentifier")
        if not isinstance(properties, Mapping) or not isinstance(own, str) or not own:
            return
        self.count += 1
        domain = self._domain(kind, own, properties)
        structural = _structural(kind, properties)
        values = attributes_of(structural, properties, self._unknown)
        names = set(read_by(structural, properties))
        self._beyond(kind, record, values, names)
        dn = _text(properties.get("distinguishedname"))
        _identify(own, values)
        values["isdeleted"] = record.get("IsDeleted") is True
        if dn:
            seen = structurals.setdefault(structural, set())
            if not names <= seen:
                seen |= names
                self._reads(domain, structural, seen)
        self._builder.add(domain, structural, dn, values)
        self._relations.of(own, kind, record)
        if values.get(PREFIX + DELEGATES_ALL) is True and not values.get(PREFIX + "isdc"):
            self._builder.edge(own, str(properties.get("domainsid") or ""), EdgeKind.COERCE_TO_TGT)
        container = next(identifiers([record.get("ContainedBy")]), "")
        if container and not dn:
            self._builder.edge(container, own, EdgeKind.CONTAINS)

    def _beyond(self, kind: str, record: Record, values: dict[str, Any], names: set[str]) -> None:
        """What stands beside the properties."""
        group = record.get("PrimaryGroupSID")
        if "PrimaryGroupSID" in record:
            names.add("primarygroupid")
            tail = str(group).rpartition("-")[2]
            if isinstance(group, str) and tail.isascii() and tail.isdigit() and len(tail) <= 10:
                values["primarygroupid"] = int(tail)
        if "Members" in record:
            names |= {"member", "members"}
        if kind == "certtemplates":
            self._templates[str(record["ObjectIdentifier"])] = str(record["Properties"].get("name", "")).partition("@")[
                0
            ]
        elif kind == "enterprisecas":
            names.add("certificatetemplates")
            published = (self._templates.get(one) for one in identifiers(record.get("EnabledCertTemplates")))
            values["certificatetemplates"] = tuple(one for one in published if one)
        for name in ("CARegistryData", "DCRegistryData"):
            registry = record.get(name)
            for key, entry in registry.items() if isinstance(registry, Mapping) else ():
                if isinstance(entry, Mapping) and isinstance(entry.get("Value"), (int, bool)):
                    values[PREFIX + str(key).lower()] = entry["Value"]
                    names.add(PREFIX + str(key).lower())

    def _domain(self, kind: str, own: str, properties: Mapping[str, Any]) -> int:
        sid, name = _text(properties.get("domainsid")).upper(), _text(properties.get("domain")).lower()
        sid = own.upper() if kind == "domains" else sid
        sid = sid if sid.startswith("S-1-5-21-") else ""
        number = self._domains.get(sid or name, -1)
        if number < 0:
            number = self._builder.domain(name, sid)
            self._domains[sid or name] = number
        if number not in self._described and self._describes(kind, properties):
            self._builder.gives_edges(number)
            self._builder.domain(name, sid, netbios=_text(properties.get("netbios")))
            self._described[number] = name, sid
        return number

    def _describes(self, kind: str, properties: Mapping[str, Any]) -> bool:
        """A run also holds objects of the root of the forest (its configuration), that it does not describe whole."""
        if kind == "domains":
            return properties.get("collected") is not False
        return not self._told_domains and kind in PRINCIPALS and bool(properties.get("distinguishedname"))

    def _reads(self, domain: int, structural: str, names: set[str]) -> None:
        if domain not in self._described:
            return
        known = self._read.setdefault((domain, structural), set())
        known |= names
        self._builder.reads(domain, structural, known)

    def _unknown(self, attribute: str, value: Any) -> None:
        self._not_understood.setdefault(attribute, str(value)[:80])

    def end(self) -> None:
        """Whose collection it was; what the run did not look at, or what was not understood of it."""
        source = replace(self._found.source, version=self._version)
        for name, sid in self._described.values():
            self._builder.domain(name, sid, source=source)
        for attribute, value in sorted(self._not_understood.items()):
            said = f"SharpHound donne à {attribute} une valeur inconnue (« {value} ») : elle est laissée de côté."
            self._builder.gap(said, attributes={attribute})
        if unknown := self._relations.unknown.most_common(10):
            rights = listing(f"« {right[:60]} » ({counted(times, 'fois', 'fois')})" for right, times in unknown)
            self._builder.gap(f"Ces droits de SharpHound ne sont pas connus et ne comptent pas : {rights}.")
        for domain in sorted(self._described) if self._methods else ():
            for bit, what, attributes in METHODS:
                if not self._methods & bit:
                    self._builder.gap(f"La collecte SharpHound n'a pas lu {what}.", domain, attributes)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _structural(kind: str, properties: Mapping[str, Any]) -> str:
    if kind == "users" and properties.get("gmsa") is True:
        return "msds-groupmanagedserviceaccount"
    if kind == "users" and properties.get("msa") is True:
        return "msds-managedserviceaccount"
    return STRUCTURAL[kind]


def _identify(own: str, values: dict[str, Any]) -> None:
    """« DOMAIN-S-1-5-32-544 », « S-1-5-21-… » or a GUID."""
    at = own.upper().find("S-1-")
    if at >= 0:
        values["objectsid"] = own[at:].upper()
    elif len(own) == 36:
        values["objectguid"] = own.lower()
