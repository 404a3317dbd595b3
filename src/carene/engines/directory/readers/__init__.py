# SPDX-License-Identifier: EUPL-1.2
"""Files of collectors → one Collection, whichever the collectors, the domains and the containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from carene.engines.directory.building import Builder
from carene.engines.directory.model import Collection, Gap
from carene.engines.directory.readers.adexplorer import SnapshotReader
from carene.engines.directory.readers.contract import Files, Found, Progress, Reader
from carene.engines.directory.readers.files import Folder, Single, Zip
from carene.engines.directory.readers.ldif import LdifReader
from carene.engines.directory.readers.mla import MAGIC, Mla
from carene.engines.directory.readers.oradad import Oradad
from carene.engines.directory.readers.sharphound import SharpHound
from carene.engines.sources import InputError

READERS: tuple[Reader, ...] = (Oradad(), SharpHound(), SnapshotReader(), LdifReader())
ACCEPTED = (
    "donner une collecte ORADAD (son dossier, son zip ou son archive .mla), SharpHound (son zip ou ses fichiers JSON), "
    "un instantané d'AD Explorer ou un export LDIF"
)
ZIP_MAGIC = b"PK\x03\x04"


def read(paths: Sequence[Path], *, key: bytes | None = None, progress: Progress | None = None) -> Collection:
    """Every collection below these paths, from the oldest to the freshest, as one.

    ``key``: the private key (PEM or DER) that opens ``.mla`` archives. Raises InputError when a path cannot be used, or
    when nothing is recognised.
    """
    told = progress or _silent
    gaps: list[str] = []
    found: list[Found] = []
    for path in paths:
        for files in _opened(path, key, gaps):
            found += _found(files, gaps)
    if not found:
        raise InputError(
            gaps[0].rstrip(".") if gaps else "aucune collecte d'annuaire n'a été reconnue",
            where="" if gaps else ", ".join(path.name for path in paths),
            remedy="" if gaps else ACCEPTED,
        )
    builder = Builder()
    builder.gaps += [Gap(one) for one in gaps]
    found.sort(key=lambda one: (one.source.collected_at is not None, one.source.collected_at or 0, one.source.file))
    failed: list[InputError] = []
    for rank, one in enumerate(found):
        builder.begin()
        try:
            one.reader.read(one, builder, _share(told, rank, len(found)))
        except InputError as error:
            failed.append(error)
            builder.gap(error.sentence)
    if len(failed) == len(found):
        raise failed[0]
    told("Rapprochement des objets", 1.0)
    return builder.finish()


def _found(files: Files, gaps: list[str]) -> Iterator[Found]:
    """A file that cannot be opened at all is a gap."""
    for reader in READERS:
        try:
            yield from reader.find(files)
        except InputError as error:
            if error.sentence not in gaps:
                gaps.append(error.sentence)


def _silent(said: str, share: float) -> None:
    """Nobody looks."""


def _share(told: Progress, rank: int, count: int) -> Callable[[str, float], None]:
    return lambda said, share: told(said, (rank + share) / count)


def _opened(path: Path, key: bytes | None, gaps: list[str]) -> list[Files]:
    """The folder or the file, and the archives that stand in the folder. An archive there that cannot be opened is a
    gap; one that the user named is an error."""
    if not path.exists():
        raise InputError("ce fichier n'existe pas", where=path.name, remedy="vérifier son nom et son dossier")
    if not path.is_dir():
        return [_archive(path, key) or Single(path)]
    folder = Folder(path)
    opened: list[Files] = [folder]
    for name in folder.names():
        if name.suffix.lower() in {".zip", ".mla"}:
            try:
                archive = _archive(folder.path(name), key)
            except InputError as error:
                gaps.append(error.sentence)
            else:
                opened += [archive] if archive else []
    return opened


def _archive(path: Path, key: bytes | None) -> Files | None:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise InputError("ce fichier ne peut pas être lu", where=path.name, remedy="vérifier ses droits") from error
    if start == ZIP_MAGIC or path.suffix.lower() == ".zip":
        return Zip(path)
    if start.startswith(MAGIC) or path.suffix.lower() == ".mla":
        return Mla(path, key)
    return None
