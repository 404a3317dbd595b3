# SPDX-License-Identifier: EUPL-1.2
"""Large files read piece by piece, compressed or not, with the share already read."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from carene.engines.registers.records import Account
from carene.engines.sources import InputError
from carene.engines.sources.document import megabytes

MOST = 4_000_000_000  # bytes, once unpacked: several times the largest register known
GZIP = b"\x1f\x8b"


def head(path: Path, size: int = 4096) -> bytes:
    """The first bytes, unpacked. Raises InputError (French) when the file cannot be read."""
    with opened(path, Account()) as stream:
        return stream.read(size)


@contextmanager
def opened(path: Path, account: Account) -> Iterator[BinaryIO]:
    """The file, unpacked on the way; ``account.share`` follows. Raises InputError (French) when it cannot be read."""
    name = path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP
            raw.seek(0)
            watched = io.BufferedReader(_Watched(raw, size, account), 1 << 16)
            stream: BinaryIO = gzip.GzipFile(fileobj=watched, mode="rb") if packed else watched  # type: ignore[assignment]
            yield io.BufferedReader(_Limited(stream, name), 1 << 16)
    except FileNotFoundError as error:
        raise InputError("ce fichier n'existe pas", where=name, remedy="vérifier son nom et son dossier") from error
    except IsADirectoryError as error:
        raise InputError("c'est un dossier, pas un fichier", where=name, remedy="donner le fichier lui-même") from error
    except PermissionError as error:
        raise InputError("la lecture de ce fichier est refusée", where=name, remedy="vérifier ses droits") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError("le fichier compressé est abîmé", where=name, remedy="le télécharger de nouveau") from error


class _Watched(io.RawIOBase):
    """Counts the bytes that leave the disk."""

    def __init__(self, raw: BinaryIO, size: int, account: Account) -> None:
        self._raw, self._size, self._account, self._read = raw, max(1, size), account, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._read += len(data)
        self._account.share = self._read / self._size
        return len(data)


class _Limited(io.RawIOBase):
    """Refuses a file that never ends (a few bytes can unpack to anything)."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream, self._name, self._read = stream, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._read += len(data)
        if self._read > MOST:
            raise InputError(
                f"le fichier dépasse {megabytes(MOST)} une fois décompressé", where=self._name, remedy="le scinder"
            )
        return len(data)
