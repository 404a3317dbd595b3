# SPDX-License-Identifier: EUPL-1.2
"""``tables.tsv``, that tells every file of an ORADAD collection and its columns, and the rows of these files."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from carene.engines.directory.readers.files import tidy
from carene.engines.sources import InputError

NAME = "tables.tsv"
FIRST = re.compile(r"^(.+)_(\d{14})$")
CHUNK = 4 << 20  # bytes
PARTITIONS = {"domain", "configuration", "schema", "domaindns", "forestdns"}


@dataclass(frozen=True)
class Table:
    """One file of rows. ``domain``: dns name, for partitions that each domain has; ``columns`` in lower case."""

    path: PurePosixPath  # below the folder of the collection
    partition: str
    domain: str
    request: str  # lower case: "user", "top"…
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Tables:
    forest: str
    time: str  # YYYYMMDDhhmmss, UTC
    tables: tuple[Table, ...]
    wrong: int  # lines that do not tell a table


def parsed(content: bytes) -> Tables | None:
    """None when it is another file of this name."""
    lines = decoded(content).splitlines()
    first = FIRST.match(lines[0].strip()) if lines else None
    if first is None:
        return None
    tables: dict[PurePosixPath, Table] = {}
    wrong = 0
    for line in lines[1:]:
        table = _table(line.rstrip("\r").split("\t"))
        if table:
            tables[table.path] = table
        elif line.strip():
            wrong += 1
    return Tables(first[1].lower(), first[2], tuple(tables.values()), wrong)


def _table(cells: list[str]) -> Table | None:
    if len(cells) < 6 or not cells[3].isdigit():
        return None
    columns = tuple(cell.strip().lower() for cell in cells[4::2])
    path = tidy(cells[0])
    if len(columns) != int(cells[3]) or not path.parts:
        return None
    folders = [part.lower() for part in path.parts[:-1]]
    partition = folders[0] if folders else ""
    return Table(path, partition, folders[1] if len(folders) > 1 else "", path.stem.lower(), columns)


def decoded(content: bytes) -> str:
    return codecs.getincrementaldecoder(encoding(content))("replace").decode(content, True)


def encoding(start: bytes) -> str:
    """ORADAD writes UTF-16LE with its mark; what was saved again by another program is read too."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[1:2] == b"\0":
        return "utf-16-le"
    return "utf-8-sig"


class Rows:
    """The rows of a file, each with as many cells as the table has columns.

    Once read: ``wrong``, rows of another width; ``broken``, what was said of a file that ends before its end.
    """

    def __init__(self, stream: BinaryIO, table: Table) -> None:
        self.wrong = 0
        self.broken = ""
        self._stream, self._table = stream, table

    def __iter__(self) -> Iterator[list[str]]:
        width, head = len(self._table.columns), self._table.columns[:2]
        for line in self._lines():
            row = line.split("\t")
            if len(row) == width:
                if tuple(cell.lower() for cell in row[:2]) != head:  # writeHeader
                    yield row
            elif line:
                self.wrong += 1

    def _lines(self) -> Iterator[str]:
        decoder, rest = None, ""
        while chunk := self._chunk():
            decoder = decoder or codecs.getincrementaldecoder(encoding(chunk))("replace")
            lines = (rest + decoder.decode(chunk)).split("\n")
            rest = lines.pop()
            for line in lines:
                yield line[:-1] if line.endswith("\r") else line
        if decoder is None:
            self.broken = self.broken or "le fichier est vide"
        elif rest:
            self.broken = self.broken or "le fichier s'arrête au milieu d'une ligne"

    def _chunk(self) -> bytes:
        try:
            return self._stream.read(CHUNK)
        except InputError as error:
            self.broken = error.what
            return b""
