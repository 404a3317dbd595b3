# SPDX-License-Identifier: EUPL-1.2
"""SharpHound, BloodHound CE and those who write as they do: JSON of versions 4, 5 and 6.

The files of one run stand together (one time, one folder or one zip). Rights come as edges, not as descriptors; what
BloodHound's server derives (DCSync, ADCS…) is derived later, from the same edges.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from carene.engines.directory.building import Builder
from carene.engines.directory.model import Source
from carene.engines.directory.readers.contract import Files, Found, Progress
from carene.engines.directory.readers.sharphound.kinds import STRUCTURAL
from carene.engines.directory.readers.sharphound.reading import Reading
from carene.engines.sources import InputError

HEAD = 4_096
KIND = re.compile(rf"^(.*?)_?({'|'.join(STRUCTURAL)})(?:_\d+)?\.json$", re.IGNORECASE)
TIME = re.compile(r"(?<!\d)(20\d{12})(?!\d)")
OPENING = re.compile(r'^\s*\{\s*"(data|meta)"\s*:\s*[\[{]')
TAIL_KIND = re.compile(r'"type"\s*:\s*"(\w+)"')


class SharpHound:
    name = "SharpHound"

    def find(self, files: Files) -> Iterator[Found]:
        """One collection by time that names of files begin with; the files without one are together."""
        runs: dict[tuple[str, str], list[PurePosixPath]] = {}
        for name in files.names():
            if name.suffix.lower() == ".json" and _looks_right(files, name):
                match = KIND.match(name.name)
                time = TIME.search(name.name)
                key = time[1] if time else (match[1] if match else "")
                runs.setdefault((str(name.parent), key), []).append(name)
        for (folder, key), names in sorted(runs.items()):
            source = Source(self.name, "", _seconds(key), files.label)
            yield Found(source, _Run(names), files, PurePosixPath(folder))

    def read(self, found: Found, builder: Builder, progress: Progress) -> None:
        found.reader.read(found, builder, progress)


class _Run:
    """The reader of the files of one run."""

    name = SharpHound.name

    def __init__(self, names: list[PurePosixPath]) -> None:
        self._names = names

    def find(self, files: Files) -> Iterator[Found]:
        yield from SharpHound().find(files)

    def read(self, found: Found, builder: Builder, progress: Progress) -> None:
        total = sum(found.files.size(name) for name in self._names) or 1
        done = 0
        by_kind: dict[str, list[PurePosixPath]] = {}
        for name in self._names:
            kind = kind_of(found.files, name)
            if kind in STRUCTURAL:
                by_kind.setdefault(kind, []).append(name)
            else:
                builder.gap(f"{found.files.label}, {name} : ce fichier SharpHound n'est pas d'un genre connu.")
        reading = Reading(builder, found, told_domains="domains" in by_kind)
        for kind in STRUCTURAL:
            for name in by_kind.get(kind, ()):
                progress(f"Lecture de {name.name}", done / total)
                reading.file(kind, name)
                done += found.files.size(name)
        if not reading.count:
            raise InputError(
                "ces fichiers SharpHound ne décrivent aucun objet",
                where=found.files.label,
                remedy="refaire la collecte, ou donner le zip entier",
            )
        reading.end()


def kind_of(files: Files, name: PurePosixPath) -> str:
    """From the name of the file; else from what it says of itself, at its end."""
    match = KIND.match(name.name)
    if match:
        return match[2].lower()
    tail = b""
    with files.open(name) as stream:
        while chunk := stream.read(1 << 20):
            tail = (tail + chunk)[-HEAD:]
    said = TAIL_KIND.search(tail.decode("utf-8", "replace").replace("\0", ""))
    return said[1].lower() if said else ""


def _looks_right(files: Files, name: PurePosixPath) -> bool:
    try:
        with files.open(name) as stream:
            start = stream.read(HEAD)
    except InputError:
        return KIND.match(name.name) is not None  # said when it is read
    text = start.decode("utf-8", "replace").replace("\0", "").lstrip("\ufeff\ufffd\xff\xfe")
    return OPENING.match(text) is not None


def _seconds(time: str) -> int | None:
    """The clock of the machine that collected, which says no time zone: read as UTC."""
    try:
        return int(dt.datetime.strptime(time, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC).timestamp())
    except ValueError:
        return None
