# SPDX-License-Identifier: EUPL-1.2
"""Folders, zips and single files, read where they are: nothing is extracted, no name of an archive becomes a path."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from carene.engines.french import number, plural
from carene.engines.sources import InputError

GIGABYTE = 1 << 30
MOST_FILES = 500_000
MOST_BYTES = 64 * GIGABYTE  # a forest of a million objects is some 15 GB of TSV
MOST_RATIO = 400  # UTF-16 hexadecimal of descriptors that repeat compresses 150 times; a bomb, 1,000 times
RATIO_FROM = 16 << 20  # below, a bomb hurts nobody
BROKEN = (OSError, EOFError, RuntimeError, ValueError, OverflowError, struct.error, zlib.error, lzma.LZMAError,
          zipfile.BadZipFile)  # fmt: skip


class Guarded(io.RawIOBase):
    """A stream whose failures are said in French."""

    def __init__(self, stream: IO[bytes], where: str) -> None:
        self._stream, self._where = stream, where
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            content = self._stream.read(len(buffer))
        except BROKEN as error:
            raise damaged(self._where) from error
        buffer[: len(content)] = content
        self._given += len(content)
        return len(content)

    def seekable(self) -> bool:
        return self._stream.seekable()

    def tell(self) -> int:
        return self._given  # of a pipe too, that does not know

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            self._given = self._stream.seek(offset, whence)
        except BROKEN as error:
            raise damaged(self._where) from error
        return self._given

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


def damaged(where: str) -> InputError:
    return InputError("ce fichier est abîmé ou incomplet", where=where, remedy="refaire la copie depuis l'original")


def guarded(stream: IO[bytes], where: str) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(Guarded(stream, where), 1 << 20))


def tidy(name: str) -> PurePosixPath:
    """A name of an archive, that may be written with « \\ », as a path that goes nowhere but down."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    return PurePosixPath(*parts)


class Folder:
    """Links are not followed: what is read stays below the folder."""

    def __init__(self, path: Path) -> None:
        self.label = path.name or str(path)
        self._found: dict[PurePosixPath, Path] = {}
        for one in sorted(path.rglob("*")):
            if not one.is_symlink() and one.is_file():
                self._found[PurePosixPath(one.relative_to(path).as_posix())] = one
            if len(self._found) > MOST_FILES:
                raise too_many(self.label)

    def names(self) -> list[PurePosixPath]:
        return list(self._found)

    def size(self, name: PurePosixPath) -> int:
        return self._found[name].stat().st_size

    def open(self, name: PurePosixPath) -> BinaryIO:
        return opened(self._found[name], str(name))

    def path(self, name: PurePosixPath) -> Path:
        return self._found[name]


class Single:
    """One file that the user gave."""

    def __init__(self, path: Path) -> None:
        self.label = path.name
        self._path = path

    def names(self) -> list[PurePosixPath]:
        return [PurePosixPath(self._path.name)]

    def size(self, name: PurePosixPath) -> int:
        return self._path.stat().st_size

    def open(self, name: PurePosixPath) -> BinaryIO:
        return opened(self._path, str(name))


class Zip:
    """Raises InputError for what is not a sound zip, asks for a password, or would swell without measure."""

    def __init__(self, path: Path) -> None:
        self.label = path.name
        try:
            self._archive = zipfile.ZipFile(path)
            infos = self._archive.infolist()
        except BROKEN as error:
            raise damaged(self.label) from error
        if len(infos) > MOST_FILES:
            raise too_many(self.label)
        self._found: Mapping[PurePosixPath, zipfile.ZipInfo] = {
            tidy(info.filename): info for info in infos if not info.is_dir() and tidy(info.filename).parts
        }
        if sum(info.file_size for info in self._found.values()) > MOST_BYTES:
            raise InputError(
                f"une fois ouverte, l'archive dépasserait {number(MOST_BYTES // GIGABYTE)} Go",
                where=self.label,
                remedy="donner le dossier de la collecte plutôt que son archive",
            )
        for name, info in self._found.items():
            self._check(name, info)

    def _check(self, name: PurePosixPath, info: zipfile.ZipInfo) -> None:
        where = f"{self.label}, {name}"
        if info.flag_bits & 1:
            raise InputError(
                "l'archive demande un mot de passe",
                where=where,
                remedy="l'ouvrir et donner le dossier qu'elle contient",
            )
        if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise InputError(
                "ce fichier grossirait sans mesure une fois décompressé",
                where=where,
                remedy="donner le dossier de la collecte plutôt que son archive",
            )

    def names(self) -> list[PurePosixPath]:
        return list(self._found)

    def size(self, name: PurePosixPath) -> int:
        return self._found[name].file_size

    def open(self, name: PurePosixPath) -> BinaryIO:
        where = f"{self.label}, {name}"
        try:
            return guarded(self._archive.open(self._found[name]), where)
        except BROKEN as error:
            raise damaged(where) from error


def opened(path: Path, where: str) -> BinaryIO:
    try:
        return guarded(path.open("rb"), where)
    except PermissionError as error:
        raise InputError("la lecture de ce fichier est refusée", where=where, remedy="vérifier ses droits") from error
    except OSError as error:
        raise damaged(where) from error


def too_many(label: str) -> InputError:
    return InputError(
        f"il y a là plus de {number(MOST_FILES)} {plural(MOST_FILES, 'fichier')}",
        where=label,
        remedy="donner le dossier de la collecte, et lui seul",
    )
