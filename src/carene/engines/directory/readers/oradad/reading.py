# SPDX-License-Identifier: EUPL-1.2
"""One collection of ORADAD, table after table, told to a builder.

``top`` holds every object, its descriptor and its groups; the other tables, the attributes of their class. The same DN
joins them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from carene.engines.directory.building import Builder
from carene.engines.directory.readers.contract import Found, Progress
from carene.engines.directory.readers.oradad.sysvol import Sysvol
from carene.engines.directory.readers.oradad.tables import PARTITIONS, Rows, Table, Tables, decoded
from carene.engines.directory.readers.oradad.values import CLASSES, DESCRIPTOR, NEVER_WHEN_EMPTY, Plan, plan
from carene.engines.french import counted
from carene.engines.sources import InputError

TOP, ROOT, SYSVOL = "top", "root", "sysvol"
STRUCTURAL: Mapping[str, str] = {  # requests whose name is not that of their class
    "root": "domaindns",
    "smsa": "msds-managedserviceaccount",
    "gmsa": "msds-groupmanagedserviceaccount",
    "dmsa": "msds-delegatedmanagedserviceaccount",
    "ou": "organizationalunit",
    "gpo": "grouppolicycontainer",
    "class": "classschema",
    "attribute": "attributeschema",
    "passwordsettings": "msds-passwordsettings",
    "authnpolicy": "msds-authnpolicy",
    "authnpolicysilo": "msds-authnpolicysilo",
}
ACCOUNTS = {"user", "computer", "smsa", "gmsa", "dmsa"}
PASSED_OVER = "exchange_"  # their class and their rights are in top, the rest decides nothing
CUT = 524_288 - 2_048  # characters: a field stops at 1 MiB, before or within the value that does not fit
CONVERSIONS = (ValueError, TypeError, OverflowError, IndexError)


class Reading:
    def __init__(self, builder: Builder, found: Found, told: Tables, progress: Progress) -> None:
        self._builder, self._found, self._told, self._progress = builder, found, told, progress
        self._names = {str(name).lower(): name for name in found.files.names()}
        self._domains: dict[str, int] = {}  # dns name → number
        self._known: dict[tuple[int, str], set[str]] = {}
        self._wrong: Counter[tuple[int, str]] = Counter()  # domain, attribute → values that could not be read
        self._tables = [
            table
            for table in told.tables
            if table.partition in PARTITIONS and not table.request.startswith(PASSED_OVER)
        ]

    def everything(self) -> None:
        if self._told.wrong:
            lines = counted(self._told.wrong, "ligne incomprise", "lignes incomprises")
            self._builder.gap(f"{self._found.files.label}, tables.tsv : {lines}.")
        self._find_domains()
        groups: dict[tuple[str, str], list[Table]] = {}
        for table in self._tables:
            groups.setdefault((table.partition, table.domain), []).append(table)
        total = sum(self._size(table) for table in self._tables) or 1
        done = 0
        for (partition, name), tables in groups.items():
            domain = self._domains.get(name, self._forest)
            declared = self._declare(partition, domain, tables)
            for table in sorted(tables, key=lambda one: one.request != TOP):
                self._progress(f"Lecture de {table.path}", done / total)
                if table.request == SYSVOL:
                    self._sysvol(table, domain)
                else:
                    self._table(table, domain, declared)
                done += self._size(table)
        for (domain, attribute), count in sorted(self._wrong.items()):
            values = counted(count, "valeur illisible", "valeurs illisibles")
            self._builder.gap(f"{self._found.files.label} : {values} de {attribute}.", domain, {attribute})

    # Domains ---------------------------------------------------------------------------------------------------------

    def _find_domains(self) -> None:
        source = replace(self._found.source, version=self._version())
        for table in self._tables:
            if table.partition == "domain" and table.request == ROOT:
                sid = self._sid(table)
                if sid:
                    number = self._builder.domain(table.domain, sid, forest=self._told.forest, source=source)
                    self._domains[table.domain] = number
                else:
                    self._builder.gap(
                        f"{self._found.files.label} : la racine du domaine {table.domain} n'a pas pu être lue ; "
                        "ce domaine est laissé de côté."
                    )
        if not self._domains:
            raise InputError(
                "aucune racine de domaine n'a pu être lue dans cette collecte ORADAD",
                where=self._found.files.label,
                remedy="vérifier que la collecte s'est terminée et la donner entière",
            )
        self._tables = [t for t in self._tables if not t.domain or t.domain in self._domains]
        first = next(iter(self._domains.values()))
        self._forest = self._domains.get(self._told.forest, first)

    def _sid(self, table: Table) -> str:
        name = self._name(table.path)
        if name is None or "objectsid" not in table.columns:
            return ""
        at = table.columns.index("objectsid")
        with self._found.files.open(name) as stream:
            return next((row[at] for row in Rows(stream, table) if row[at].startswith("S-1-5-21-")), "")

    def _version(self) -> str:
        name = self._name(PurePosixPath("metadata.tsv"))
        if name is None:
            return ""
        try:
            with self._found.files.open(name) as stream:
                lines = decoded(stream.read(1 << 20)).splitlines()
        except InputError:
            return ""
        cells = (line.split("\t") for line in lines)
        return next((row[1] for row in cells if len(row) > 1 and row[0] == "oradad_version"), "")

    def _name(self, path: PurePosixPath) -> PurePosixPath | None:
        return self._names.get(str(self._found.root / path).lower())

    def _size(self, table: Table) -> int:
        name = self._name(table.path)
        return self._found.files.size(name) if name is not None else 0

    # What is read ----------------------------------------------------------------------------------------------------

    def _declare(self, partition: str, domain: int, tables: Iterable[Table]) -> dict[str, set[str]]:
        """Structural class → the attributes that this partition reads of it; « » : those of every object."""
        declared: dict[str, set[str]] = {"": set()}
        for table in tables:
            if self._name(table.path) is None:
                self._missing(table, domain)
            elif table.request == TOP:
                declared[""] = {name for _, name, _ in plan(table.columns)}
                if DESCRIPTOR in table.columns:
                    declared[""].add("descriptor")
                if "memberof" in declared[""]:
                    declared[""].add("members")
            elif table.request == SYSVOL:
                self._reads(domain, "grouppolicycontainer", {"sysvol"})
                self._reads(domain, "domaindns", {"sysvol"})
            else:
                declared[_structural(table)] = {name for _, name, _ in plan(table.columns)}
        for structural, names in declared.items():
            if structural:
                self._reads(domain, structural, names | declared[""])
        if not declared[""]:
            where = f"{partition} de {self._told.forest}"
            self._builder.gap(
                f"{self._found.files.label} : la table top manque pour la partition {where} ; "
                "les droits sur ses objets ne sont pas connus.",
                domain,
                {"descriptor"},
            )
        return declared

    def _missing(self, table: Table, domain: int) -> None:
        self._builder.gap(
            f"{self._found.files.label} : le fichier {table.path} manque ; ce qui en dépend n'est pas évalué.",
            domain,
            {"sysvol"} if table.request == SYSVOL else (),
        )

    def _reads(self, domain: int, structural: str, names: set[str]) -> None:
        known = self._known.setdefault((domain, structural), set())
        if not names <= known:
            known |= names
            self._builder.reads(domain, structural, known)

    # Rows ------------------------------------------------------------------------------------------------------------

    def _table(self, table: Table, domain: int, declared: Mapping[str, set[str]]) -> None:
        name = self._name(table.path)
        if name is None:
            return
        with self._found.files.open(name) as stream:
            rows = Rows(stream, table)
            if table.request == TOP:
                self._top(rows, table, domain, declared)
            else:
                self._class(rows, table, domain)
        if rows.wrong or rows.broken:
            lines = counted(rows.wrong, "ligne n'a pas", "lignes n'ont pas")
            said = rows.broken or f"{lines} les colonnes annoncées par tables.tsv"
            attributes = declared[""] if table.request == TOP else declared.get(_structural(table), set())
            if table.request != TOP:
                self._builder.reads_not(domain, _structural(table))
            self._builder.gap(
                f"{self._found.files.label}, {table.path} : {said} ; ce qui en dépend n'est pas évalué.",
                domain,
                attributes,
            )

    def _top(self, rows: Rows, table: Table, domain: int, declared: Mapping[str, set[str]]) -> None:
        kept = plan(table.columns)
        columns = {name: at for at, name in enumerate(table.columns)}
        classes, descriptors = columns.get(CLASSES, -1), columns.get(DESCRIPTOR, -1)
        seen: set[str] = set()
        for row in rows:
            values = self._values(row, kept, domain)
            structural = row[classes].rpartition(";")[2].lower() if classes >= 0 else ""
            if structural not in seen:
                seen.add(structural)
                self._reads(domain, structural, declared.get(structural, set()) | declared[""])
            descriptor = None
            if descriptors >= 0 and row[descriptors]:
                try:
                    descriptor = bytes.fromhex(row[descriptors])
                except ValueError:
                    self._wrong[domain, "descriptor"] += 1
            self._builder.add(domain, structural, row[0], values, descriptor=descriptor)

    def _class(self, rows: Rows, table: Table, domain: int) -> None:
        kept, structural = plan(table.columns), _structural(table)
        empty = [name for name in NEVER_WHEN_EMPTY if name in table.columns] if table.request in ACCOUNTS else []
        for row in rows:
            values = self._values(row, kept, domain)
            for name in empty:
                values.setdefault(name, 0)
            self._builder.add(domain, structural, row[0], values)
            if structural == "crossref" and values.get("dnsroot") in self._domains and "netbiosname" in values:
                self._builder.domain(values["dnsroot"], netbios=values["netbiosname"])

    def _values(self, row: list[str], kept: Plan, domain: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for at, name, convert in kept:
            text = row[at]
            if text:
                try:
                    values[name] = convert(text)
                except CONVERSIONS:
                    self._wrong[domain, name] += 1
                else:
                    if len(text) >= CUT and isinstance(values[name], tuple):
                        values[name] = values[name][:-1]
                        self._cut(row[0], name, domain)
        return values

    def _cut(self, dn: str, name: str, domain: int) -> None:
        rebuilt = name == "member" and any("memberof" in names for names in self._known.values())
        self._builder.gap(
            f"ORADAD a coupé {name} de {dn}, trop long. "
            + (
                "Ses membres sont reconstitués depuis leurs propres groupes ; ceux d'autres forêts peuvent manquer."
                if rebuilt
                else "Ce qui en dépend n'est pas évalué."
            ),
            domain,
            () if rebuilt else {name},
        )

    def _sysvol(self, table: Table, domain: int) -> None:
        name = self._name(table.path)
        if name is None:
            return
        with self._found.files.open(name) as stream:
            sysvol = Sysvol(self._builder, self._found, table, domain)
            for said in sysvol.read(Rows(stream, table)):
                self._builder.gap(f"{self._found.files.label} : {said}", domain, {"sysvol"})


def _structural(table: Table) -> str:
    return STRUCTURAL.get(table.request, table.request)
