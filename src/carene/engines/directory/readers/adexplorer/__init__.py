# SPDX-License-Identifier: EUPL-1.2
"""Snapshots of AD Explorer → records. It keeps every object that its user may read, with every attribute."""

from __future__ import annotations

from collections.abc import Iterator

from carene.engines import french
from carene.engines.directory.attributes import TYPES
from carene.engines.directory.building import Builder
from carene.engines.directory.model import Source
from carene.engines.directory.readers.adexplorer import snapshot
from carene.engines.directory.readers.contract import Files, Found, Progress
from carene.engines.directory.readers.entries import COMPUTED, KEPT, Entries
from carene.engines.sources import InputError

_NAME = "distinguishedname"


class SnapshotReader:
    name = "AD Explorer"

    def find(self, files: Files) -> Iterator[Found]:
        for path in files.names():
            with files.open(path) as stream:
                try:
                    head = snapshot.header(stream)
                except snapshot.Broken:
                    continue
            yield Found(Source(self.name, "", head.taken_at, path.name), self, files, path)

    def read(self, found: Found, builder: Builder, progress: Progress) -> None:
        """Raises InputError: cut before its schema, which is at the end, or nothing in it."""
        told = Entries(builder, found.source)
        with found.files.open(found.root) as stream:
            try:
                head = snapshot.header(stream)
                known = snapshot.attributes(stream, head)
            except snapshot.Broken as error:
                raise InputError(
                    f"{found.root.name} est tronqué : le schéma, à la fin du fichier, n'y est pas",
                    remedy="refaire l'instantané, ou le copier de nouveau",
                ) from error
            try:
                for raw in snapshot.objects(stream, head, known, KEPT | {_NAME}):
                    (dn, *_) = raw.pop(_NAME, [b""])
                    if dn:
                        told.tell(dn.decode(), {name: values for name, values in raw.items() if values})
                    if told.count % 5000 == 0:
                        said = french.counted(told.count, "objet lu", "objets lus")
                        progress(said, told.count / max(1, head.objects))
            except snapshot.Broken as error:
                builder.gap(
                    f"{found.root.name} est illisible à partir de l'octet {error.place} : la suite n'est pas lue"
                )
        if not told.count:
            raise InputError(f"{found.root.name} ne contient aucun objet d'annuaire")
        told.reads(frozenset(TYPES) - COMPUTED)
