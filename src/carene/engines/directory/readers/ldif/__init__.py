# SPDX-License-Identifier: EUPL-1.2
"""Entries written as text by ordinary tools (ldapsearch, ldifde, ldbsearch, logs of queries) → records."""

from __future__ import annotations

from collections.abc import Iterator

from carene.engines import french
from carene.engines.directory.attributes import TYPES
from carene.engines.directory.building import Builder
from carene.engines.directory.model import Source
from carene.engines.directory.readers.contract import Files, Found, Progress
from carene.engines.directory.readers.entries import COMPUTED, Entries
from carene.engines.directory.readers.ldif import parsing
from carene.engines.sources import InputError

HEAD = 65_536
SUFFIXES = {".ldif", ".ldf", ".log", ".txt"}
# Every object has them: they come when all the attributes were asked for, or these by name.
_ALWAYS = frozenset({"instancetype", "usncreated", "objectguid", "objectcategory"})
_WHOLE = frozenset({"domaindns", "container", "organizationalunit", "user", "computer", "group"})


class LdifReader:
    name = "LDIF"

    def find(self, files: Files) -> Iterator[Found]:
        for path in files.names():
            if path.suffix.lower() not in SUFFIXES:
                continue
            with files.open(path) as stream:
                head = stream.read(HEAD)
            if parsing.is_log(head) or parsing.is_ldif(head):
                yield Found(Source(self.name, "", None, path.name), self, files, path)

    def read(self, found: Found, builder: Builder, progress: Progress) -> None:
        """Raises InputError: not an LDIF, or nothing in it."""
        told, size = Entries(builder, found.source), max(1, found.files.size(found.root))
        with found.files.open(found.root) as stream:
            log = parsing.is_log(stream.read(HEAD))
        with found.files.open(found.root) as stream:
            try:
                for entry in parsing.log(stream) if log else parsing.ldif(stream):
                    told.tell(entry.dn, entry.values)
                    if told.count % 5000 == 0:
                        said = french.counted(told.count, "objet lu", "objets lus")
                        progress(said, min(1.0, stream.tell() / size))
            except parsing.Unreadable as error:
                if not told.count:
                    raise InputError(
                        f"{found.root.name}, ligne {error.line} : ce n'est pas du LDIF",
                        remedy="exporter avec ldifde, ldapsearch ou ldbsearch",
                    ) from error
                builder.gap(f"{found.root.name} s'interrompt à la ligne {error.line} : la suite n'est pas lue")
        if not told.count:
            raise InputError(f"{found.root.name} ne contient aucun objet d'annuaire")
        _say(told)


def _say(told: Entries) -> None:
    """What was asked of the directory: every attribute when those that nobody asks for by name are there, else those
    that came at least once. A class that is not there may have been left out: nothing is said of it."""
    everything = told.attributes >= _ALWAYS
    told.reads(frozenset(TYPES) - COMPUTED if everything else frozenset(told.attributes & TYPES.keys()))
    for domain, classes in told.classes.items():
        if not classes >= _WHOLE:
            missing = ", ".join(sorted(_WHOLE - classes))
            told.builder.gap(f"{told.source.file} ne contient pas tout l'annuaire (aucun objet {missing})", domain)
