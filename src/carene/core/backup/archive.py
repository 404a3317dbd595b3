# SPDX-License-Identifier: EUPL-1.2
"""The archive: a tar compressed with Zstandard, its manifest last. Without its manifest an archive is not one.

Zstandard is part of Python from 3.14 on; before, ``backports.zstd`` is the same code.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from carene.core.backup import sealed
from carene.engines.sources import InputError

FORMAT = 1
MANIFEST = "MANIFEST.json"
LARGEST_MANIFEST = 512 * 1024 * 1024
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Member:
    name: str
    size: int
    sha256: str


@dataclass
class Manifest:
    """``migrations``: « app.name » of each one applied; ``heads``: [node, seq, hash] of each chain of the journal."""

    carene: str
    vendor: str
    made_at: str
    migrations: list[str]
    heads: list[list[Any]]
    secret: bool = False
    notes: list[str] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    format: int = FORMAT

    @property
    def made(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.made_at)


class Writer:
    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar = tar
        self._manifest = manifest

    def add(self, name: str, path: Path) -> str:
        """Copies a file in; gives its SHA-256. What is told of it is what was written, not what was hoped."""
        with path.open("rb") as source:
            info = self._tar.gettarinfo(arcname=name, fileobj=source)
            info.uid = info.gid = 0
            info.uname = info.gname = ""
            info.mode = 0o600
            hashing = _Hashing(source)
            self._tar.addfile(info, hashing)
        self._manifest.members.append(Member(name, info.size, hashing.digest.hexdigest()))
        return hashing.digest.hexdigest()

    def close(self) -> None:
        content = json.dumps(asdict(self._manifest), ensure_ascii=False).encode("utf-8")
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(content), 0o600
        info.mtime = int(self._manifest.made.timestamp())
        self._tar.addfile(info, io.BytesIO(content))


class _Hashing:
    """A source that hashes what is read from it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._source.read(size)
        self.digest.update(content)
        return content


def _zstd() -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found]
    except ImportError:
        from backports import zstd
    return zstd


@contextmanager
def writing(target: IO[bytes], manifest: Manifest, keys: list[Any]) -> Iterator[Writer]:
    """Fills ``target``; encrypted when there are ``keys``. The manifest is written when nothing failed."""
    with ExitStack() as stack:
        stream: Any = stack.enter_context(sealed.encrypting(target, keys)) if keys else target
        stream = stack.enter_context(_zstd().open(stream, "wb"))
        tar = stack.enter_context(tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT))
        writer = Writer(tar, manifest)
        yield writer
        writer.close()


def extract(path: Path, folder: Path, keys: list[Any]) -> Manifest:
    """Writes the members below ``folder`` and holds each against the manifest.

    Raises InputError: not an archive, cut, changed, of a later format, a member outside its place, a key missing.
    """
    found: dict[str, Member] = {}
    try:
        with ExitStack() as stack:
            stream: Any = stack.enter_context(path.open("rb"))
            if sealed.is_sealed(path):
                if not keys:
                    raise InputError(
                        "cette archive est chiffrée", where=path.name, remedy="donner la clé privée avec --key"
                    )
                stream = stack.enter_context(sealed.decrypting(stream, keys, path.name))
            stream = stack.enter_context(_zstd().open(stream, "rb"))
            tar = stack.enter_context(tarfile.open(fileobj=stream, mode="r|"))
            text = _members(tar, folder, found, path.name)
            while stream.read(CHUNK):  # to the end: what is cut must be seen
                pass
    except (tarfile.TarError, _zstd().ZstdError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno:  # the disk, not the archive
            raise InputError(
                f"l'archive ne peut pas être lue ou ouverte ({error.strerror})",
                where=str(error.filename or path),
                remedy="vérifier les droits et la place libre",
            ) from error
        raise _broken(path.name, "n'est pas une sauvegarde entière de Carène") from error
    return _checked(text, found, path.name)


def _members(tar: tarfile.TarFile, folder: Path, found: dict[str, Member], name: str) -> bytes:
    text = b""
    for info in tar:
        source = tar.extractfile(info) if info.isreg() else None
        if source is None or not _allowed(info.name) or info.name in found or text:
            raise _broken(name, f"contient « {info.name[:80]} », qui n'a rien à y faire")
        if info.name == MANIFEST:
            if info.size > LARGEST_MANIFEST:
                raise _broken(name, "a un manifeste démesuré")
            text = source.read()
            continue
        target = folder / info.name
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with target.open("xb") as out:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                out.write(chunk)
        target.chmod(0o600)
        found[info.name] = Member(info.name, info.size, digest.hexdigest())
    return text


def _allowed(name: str) -> bool:
    parts = name.split("/")
    if parts[0] == "files":
        return len(parts) == 3 and parts[1] == parts[2][:2] and len(parts[2]) == 64 and parts[2].isalnum()
    return name in {MANIFEST, "carene.sqlite3", "carene.dump", "secret_key"}


def _checked(text: bytes, found: dict[str, Member], name: str) -> Manifest:
    if not text:
        raise _broken(name, "est incomplète : son manifeste manque")
    try:
        data = json.loads(text)
        if data["format"] > FORMAT:
            raise InputError(
                "cette sauvegarde vient d'une version plus récente de Carène",
                where=name,
                remedy=f"installer la version {data['carene']}, ou plus récente, puis recommencer",
            )
        data["members"] = [Member(**one) for one in data["members"]]
        manifest = Manifest(**data)
        manifest.made.timestamp()
    except (ValueError, TypeError, KeyError) as error:
        raise _broken(name, "a un manifeste illisible") from error
    told = {member.name: member for member in manifest.members}
    for key in sorted(told.keys() | found.keys()):
        if told.get(key) != found.get(key):
            raise _broken(name, f"a été modifiée : « {key} » ne correspond pas à son empreinte")
    return manifest


def _broken(name: str, what: str) -> InputError:
    return InputError(f"cette archive {what}", where=name, remedy="prendre une autre sauvegarde")
