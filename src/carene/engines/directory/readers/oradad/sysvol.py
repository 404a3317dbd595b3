# SPDX-License-Identifier: EUPL-1.2
"""SYSVOL as ORADAD lists it (rights of every file) and copies it (those that may hold secrets or settings)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from carene.engines.directory.building import Builder
from carene.engines.directory.model import SysvolFile
from carene.engines.directory.readers.contract import Found
from carene.engines.directory.readers.oradad.tables import Rows, Table
from carene.engines.french import counted
from carene.engines.sources import InputError

LARGEST = 4 << 20  # bytes of one file
MOST = 256 << 20  # of all
NEEDED = ("guid", "path", "filename", "archivename", "securitydescriptor", "filesize")


class Sysvol:
    def __init__(self, builder: Builder, found: Found, table: Table, domain: int) -> None:
        self._builder, self._found, self._table, self._domain = builder, found, table, domain
        self._copies = self._copied()
        self._total = 0

    def _copied(self) -> dict[str, PurePosixPath]:
        """Name of a copy, « hash_name » in lower case → where it stands: beside the collection, in <…>_SYSVOL."""
        root, domain = self._found.root, self._table.domain
        folders = {f"{root.name}_sysvol".lower(), "sysvol", "_sysvol"}
        found = {}
        for name in self._found.files.names():
            parts = [part.lower() for part in name.parts]
            if domain in parts[1:-1] and any(part in folders for part in parts[:-1]):
                found[parts[-1]] = name
        return found

    def read(self, rows: Rows) -> Iterator[str]:
        """What could not be read, in French. Tells the builder each file."""
        columns = {name: at for at, name in enumerate(self._table.columns)}
        if not all(name in columns for name in NEEDED):
            yield "la table de SYSVOL n'a pas les colonnes attendues"
            return
        refused = left = wrong = 0
        error, taken = columns.get("errorcode", -1), columns.get("take", -1)
        for row in rows:
            cell = {name: row[columns[name]] for name in NEEDED}
            refused += error >= 0 and row[error] not in {"", "0"}
            try:
                descriptor = self._descriptor(cell["securitydescriptor"])
            except ValueError:
                wrong += 1
                continue
            size = int(cell["filesize"]) if cell["filesize"].isdigit() else 0
            try:
                content = self._content(f"{cell['archivename']}_{cell['filename']}".lower())
            except InputError:
                content = None
            left += content is None and taken >= 0 and row[taken] == "1"
            path = cell["path"].replace("\\", "/")
            policy = cell["guid"].strip("{}").lower()
            self._builder.sysvol(SysvolFile(self._domain, policy, path, size, content, descriptor))
        for count, said in (
            (refused, "de SYSVOL que le collecteur n'a pas pu ouvrir"),
            (left, "de SYSVOL dont la copie manque ou dépasse la limite"),
            (wrong + rows.wrong, "de SYSVOL dont la ligne est illisible"),
        ):
            if count:
                yield f"{counted(count, 'fichier')} {said}."
        if rows.broken:
            yield f"liste de SYSVOL : {rows.broken}."

    def _descriptor(self, text: str) -> int:
        return self._builder.descriptor(bytes.fromhex(text)) if text else -1

    def _content(self, name: str) -> bytes | None:
        found = self._copies.get(name)
        if found is None:
            return None
        size = self._found.files.size(found)
        if size > LARGEST or self._total + size > MOST:
            raise InputError("ce fichier de SYSVOL est trop grand", where=str(found))
        with self._found.files.open(found) as stream:
            content = stream.read(LARGEST + 1)
        self._total += len(content)
        return content
