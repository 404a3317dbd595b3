# SPDX-License-Identifier: EUPL-1.2
"""ORADAD, the collector of ANSSI: tables of text, one folder by domain and one for the configuration of the forest."""

from __future__ import annotations

import calendar
from collections.abc import Iterator

from carene.engines.directory.building import Builder
from carene.engines.directory.model import Source
from carene.engines.directory.readers.contract import Files, Found, Progress
from carene.engines.directory.readers.oradad import tables
from carene.engines.directory.readers.oradad.reading import Reading
from carene.engines.sources import InputError

LARGEST = 64 << 20  # bytes of tables.tsv


class Oradad:
    name = "ORADAD"

    def find(self, files: Files) -> Iterator[Found]:
        for name in files.names():
            if name.name.lower() == tables.NAME and files.size(name) <= LARGEST:
                try:
                    with files.open(name) as stream:
                        told = tables.parsed(stream.read(LARGEST))
                except InputError:
                    continue
                if told is not None:
                    source = Source(self.name, "", _seconds(told.time), files.label)
                    yield Found(source, self, files, name.parent)

    def read(self, found: Found, builder: Builder, progress: Progress) -> None:
        """Raises InputError when no domain of it can be read."""
        with found.files.open(found.root / _spelled(found)) as stream:
            told = tables.parsed(stream.read(LARGEST))
        if told is None:
            raise InputError("tables.tsv n'est plus lisible", where=found.files.label)
        Reading(builder, found, told, progress).everything()


def _spelled(found: Found) -> str:
    return next(
        name.name for name in found.files.names() if name.parent == found.root and name.name.lower() == tables.NAME
    )


def _seconds(time: str) -> int | None:
    year, rest = int(time[:4]), [int(time[at : at + 2]) for at in range(4, 14, 2)]
    month, day, hour, minute, second = rest
    if not (year >= 2000 and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 62):
        return None
    return calendar.timegm((year, month, day, hour, minute, second, 0, 0, 0))
