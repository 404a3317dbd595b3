# SPDX-License-Identifier: EUPL-1.2
"""Making an archive while the server runs: whole under its name, or not there at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

import carene
from carene.core.backup import archive, database, lock, sealed
from carene.core.files.models import StoredFile
from carene.core.journal.verification import Point
from carene.engines import french
from carene.engines.sources import InputError

FOLDER = "backups"
LAST = "last_backup.json"
PARTIAL = ".partiel"
STALE = 24 * 3600  # seconds after which what a killed backup left is swept
RESERVE = 64 * 1024 * 1024  # octets that stay free


@dataclass(frozen=True)
class Made:
    path: Path
    size: int
    files: int
    notes: list[str]


def make(to: Path | None = None, recipients: list[str] | None = None, *, secret: bool = False) -> Made:
    """One archive in ``to`` (default: ``backups`` in the data folder). Raises InputError; then nothing is left behind.

    The database is copied first: a file is always on disk before the row that names it, so that every file which the
    copy knows is there when the files are copied.
    """
    var, keys = Path(settings.VAR), sealed.recipients(recipients or [])
    target = (to or var / FOLDER).absolute()
    busy = InputError("une sauvegarde est déjà en cours", where=str(var), remedy="attendre sa fin")
    try:
        with lock.alone(var, lock.BACKUP, busy), _work_folder(var) as work:
            target.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sweep(target)
            _room(work, target)
            made = _write(work, target, keys, secret=secret)
    except OSError as error:
        raise InputError(
            f"la sauvegarde ne peut pas être écrite ({error.strerror or error})",
            where=str(error.filename or target),
            remedy="vérifier le dossier, ses droits et la place libre",
        ) from error
    return made


@contextmanager
def _work_folder(var: Path) -> Iterator[Path]:
    for left in var.glob(".sauvegarde-*"):  # of a backup that was killed: the lock says that none is at work
        shutil.rmtree(left)
    work = Path(tempfile.mkdtemp(prefix=".sauvegarde-", dir=var))
    try:
        yield work
    finally:
        shutil.rmtree(work)


def _sweep(target: Path) -> None:
    """Removes what a killed backup left; not what another server may be writing there now."""
    for left in target.glob(f".carene-*{PARTIAL}"):
        if time.time() - left.stat().st_mtime > STALE:
            left.unlink()


def _room(work: Path, target: Path) -> None:
    files = sum(path.stat().st_size for path in stored_files())
    base = Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None
    size = base.stat().st_size if base and base.is_file() else 0
    for folder, needed in ((work, size), (target, size + files)):
        free = shutil.disk_usage(folder).free
        if free < needed + RESERVE:
            raise InputError(
                f"il reste {french.compact(free, 'o')} et il en faut {french.compact(needed + RESERVE, 'o')}",
                where=str(folder),
                remedy="faire de la place, ou choisir un autre dossier avec --to",
            )


def stored_files() -> Iterator[Path]:
    """Stored files, by name: SHA-256 below its first two letters."""
    for folder in sorted(Path(settings.FILES_ROOT).glob("[0-9a-f][0-9a-f]")):
        yield from sorted(path for path in folder.iterdir() if len(path.name) == 64 and path.is_file())


def _write(work: Path, target: Path, keys: list[Any], *, secret: bool) -> Made:
    now = timezone.now()
    copied = database.copy(work)
    manifest = archive.Manifest(
        carene.__version__, connection.vendor, now.isoformat(), copied.migrations, copied.heads, secret
    )
    manifest.notes += _missing()
    name = f"carene-{timezone.localtime(now):%Y%m%d-%H%M%S}.tar.zst{'.age' if keys else ''}"
    if (target / name).exists():
        raise InputError("une sauvegarde de la même seconde existe", where=name, remedy="recommencer")
    partial = target / f".{name}{PARTIAL}"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    count = 0
    try:
        with os.fdopen(descriptor, "wb") as out:
            with archive.writing(out, manifest, keys) as writer:
                writer.add(copied.name, work / copied.name)
                for path in stored_files():
                    count += 1
                    if writer.add(f"files/{path.parent.name}/{path.name}", path) != path.name:
                        manifest.notes.append(f"le fichier {path.name[:12]}… est abîmé sur le disque")
                if secret:
                    writer.add("secret_key", _secret(work))
            out.flush()
            os.fsync(out.fileno())
        os.replace(partial, target / name)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(target)
    made = Made(target / name, (target / name).stat().st_size, count, manifest.notes)
    _remember(made, manifest, encrypted=bool(keys))
    return made


def _secret(work: Path) -> Path:
    """The key may come from the environment: what is saved is the one in use."""
    path = work / "secret_key"
    path.touch(mode=0o600)
    path.write_text(settings.SECRET_KEY, encoding="utf-8")
    return path


def _missing() -> list[str]:
    rows = StoredFile.objects.unscoped("every file is saved").order_by("id")
    return [f"le fichier « {row.name} » manque sur le disque" for row in rows.iterator() if not row.path.is_file()]


def sync_folder(folder: Path) -> None:
    """A rename is only safe from a power cut once its folder is written."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remember(made: Made, manifest: archive.Manifest, *, encrypted: bool) -> None:
    """For ``carene doctor``: when, where, and where the journal stood (a witness against rewriting)."""
    content = {
        "made_at": manifest.made_at,
        "path": str(made.path),
        "size": made.size,
        "encrypted": encrypted,
        "heads": manifest.heads,
    }
    write_whole(Path(settings.VAR) / LAST, json.dumps(content))


def write_whole(path: Path, text: str) -> None:
    """The old content or the new one, whatever happens; on the disk for good when it returns."""
    temporary = path.with_suffix(".partiel")
    with temporary.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, path)
    sync_folder(path.parent)


def last(var: Path) -> dict[str, Any] | None:
    """What is remembered of the last backup; None when there was none, or it cannot be read."""
    try:
        content = json.loads((var / LAST).read_text(encoding="utf-8"))
        return content if isinstance(content, dict) else None
    except (OSError, ValueError):
        return None


def points(heads: list[list[Any]]) -> dict[int | None, Point]:
    """Heads of a manifest, for ``verify(witnesses=…)``."""
    return {node: Point(seq, digest) for node, seq, digest in heads if seq}
