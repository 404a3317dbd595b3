# SPDX-License-Identifier: EUPL-1.2
"""What a reader of collections is: it knows its files, their date, and tells a Builder its records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from carene.engines.directory.building import Builder
from carene.engines.directory.model import Source

Progress = Callable[[str, float], None]  # what is being done (French), the share that is done


class Files(Protocol):
    """A folder, a zip or an opened .mla: names with "/", sizes, and streams. Nothing is written to the disk."""

    label: str  # the name that the user gave

    def names(self) -> list[PurePosixPath]: ...

    def size(self, name: PurePosixPath) -> int: ...

    def open(self, name: PurePosixPath) -> BinaryIO: ...


@dataclass(frozen=True)
class Found:
    """One collection in the files: ``read`` tells the builder all that it holds, after ``builder.begin()``."""

    source: Source
    reader: Reader
    files: Files
    root: PurePosixPath  # the folder or the file of the collection, below ``files``


class Reader(Protocol):
    name: str

    def find(self, files: Files) -> Iterator[Found]:
        """The collections of this format in the files. Reads as little as possible; never raises for other formats."""
        ...

    def read(self, found: Found, builder: Builder, progress: Progress) -> None:
        """Raises InputError when nothing of it can be read; what is missing or broken is said by ``builder.gap``."""
        ...
