# SPDX-License-Identifier: EUPL-1.2
"""Bringing an archive back: everything is checked and brought up to date beside, then one rename changes the database.

Killed at any moment, a restoration leaves the old data in their place or the new ones, whole (``interrupted``). Files
are known by their content: those of the archive are added to those there, which changes nothing for the old database.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

import carene
from carene.core.backup import archive, database, interrupted, lock, making, sealed
from carene.engines.sources import InputError

VENDORS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
REMEDIES = {
    "sqlite": "la restaurer sans CARENE_DATABASE : Carène ne passe pas d'une base à l'autre",
    "postgresql": "donner l'adresse du serveur par CARENE_DATABASE : Carène ne passe pas d'une base à l'autre",
}


@dataclass(frozen=True)
class Place:
    """Where an archive comes back to."""

    var: Path
    base: Path  # of SQLite
    files: Path


@dataclass(frozen=True)
class Restored:
    manifest: archive.Manifest
    place: Path
    entries: int  # of the journal, all verified
    kept: str  # where the old data were put, empty when there were none


def restore(path: Path, into: Path | None = None, key: Path | None = None) -> Restored:
    """Raises InputError when anything is not as it should be; then what was there is still there."""
    if not path.is_file():
        raise InputError("cette archive n'existe pas", where=str(path), remedy="vérifier le chemin")
    keys = sealed.identities(key) if key else []
    place = _place(into)
    used = InputError("un serveur tourne sur ce dossier", where=str(place.var), remedy="l'arrêter, puis recommencer")
    saving = InputError("une sauvegarde est en cours sur ce dossier", where=str(place.var), remedy="attendre sa fin")
    try:
        with lock.alone(place.var, lock.SERVER, used), lock.alone(place.var, lock.BACKUP, saving):
            interrupted.settle(place.var)  # of a restoration that was killed: the locks say that none is at work
            try:
                restored = _bring(path, keys, place)
            finally:
                interrupted.settle(place.var)
    except OSError as error:
        raise InputError(
            f"la restauration n'a pas pu se faire ({error.strerror or error})",
            where=str(error.filename or place.var),
            remedy="vérifier les droits et la place libre ; rien n'a été changé à la base",
        ) from error
    except DatabaseError as error:
        raise InputError(
            f"la base ne répond plus ({database.last_line(str(error))})",
            where=str(connection.settings_dict["NAME"]),
            remedy="la redémarrer, puis relancer la même commande",
        ) from error
    return restored


def _bring(path: Path, keys: list[Any], place: Place) -> Restored:
    """All but what ``settle`` does afterwards."""
    work = Path(tempfile.mkdtemp(prefix=interrupted.WORK, dir=place.var))
    content = work / "content"
    content.mkdir()
    manifest = archive.extract(path, content, keys)
    _must_be_known(manifest, path.name)
    if manifest.vendor == "sqlite":
        return _swap(manifest, content, work, place, path)
    from carene.core.backup import postgresql

    return postgresql.swap(manifest, content, work, place, path)


def _place(into: Path | None) -> Place:
    if into is not None:
        var = into.absolute()
        return Place(var, var / "carene.sqlite3", var / "files")
    var = Path(settings.VAR)
    base = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else var / "carene.sqlite3"
    return Place(var, Path(base).absolute(), Path(settings.FILES_ROOT))


def _must_be_known(manifest: archive.Manifest, name: str) -> None:
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    ours = {one.partition(".")[0] for one in known}
    later = [one for one in manifest.migrations if one not in known and one.partition(".")[0] in ours]
    if later or manifest.vendor not in VENDORS:
        raise InputError(
            f"cette sauvegarde vient de la version {manifest.carene}, plus récente que celle-ci ({carene.__version__})",
            where=name,
            remedy="installer cette version ou une plus récente, puis recommencer",
        )
    if manifest.vendor != connection.vendor:
        raise InputError(
            f"cette sauvegarde vient de {VENDORS[manifest.vendor]}, la base d'ici est {VENDORS[connection.vendor]}",
            where=name,
            remedy=REMEDIES[manifest.vendor],
        )


def _swap(manifest: archive.Manifest, content: Path, work: Path, place: Place, path: Path) -> Restored:
    staged = content / "carene.sqlite3"
    fault = database.integrity(staged) if staged.is_file() else "elle manque"
    if fault:
        raise InputError(f"la base de l'archive est abîmée ({fault})", where=path.name, remedy="en prendre une autre")
    entries = upgrade(manifest, work, {"CARENE_DATABASE": f"sqlite:///{quote(str(staged))}"}, path.name)
    _fold(staged)
    add_files(content, place.files)
    kept = aside(place)
    was = place.base.exists()
    if was:
        _set_aside(place.base, kept)
    place.base.parent.mkdir(parents=True, exist_ok=True)
    staged = _near(staged, place.base)
    interrupted.write(place.var, note(manifest, content, place, path, staged=str(staged), kept=kept))
    os.replace(staged, place.base)  # the moment
    making.sync_folder(place.base.parent)
    return Restored(manifest, place.var, entries, str(kept) if was else "")


def aside(place: Place) -> Path:
    return place.var / f"avant-restauration-{timezone.localtime():%Y%m%d-%H%M%S}"


def note(
    manifest: archive.Manifest, content: Path, place: Place, path: Path, *, staged: str, kept: Path, old: str = ""
) -> interrupted.Note:
    """The journal stands again where it stood at that backup: the witness of a later one would cry wolf."""
    last = {
        "made_at": manifest.made_at,
        "path": str(path.absolute()),
        "size": path.stat().st_size,
        "encrypted": sealed.is_sealed(path),
        "heads": manifest.heads,
    }
    secret = str(content / "secret_key") if manifest.secret else ""
    return interrupted.Note(manifest.vendor, staged, old, str(kept), secret, last)


def upgrade(manifest: archive.Manifest, work: Path, addresses: dict[str, str], name: str) -> int:
    """Migrates the copy and verifies its journal, in a process that knows only the copy; gives its entries.

    ``addresses``: of the copy, by variable of the environment.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CARENE_DATABASE")}
    environment |= {"CARENE_VAR": str(work / "var"), **addresses}
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(carene.__file__).parents[1]), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-m", "carene.core.backup.upgrade"],
        input=json.dumps(manifest.heads), env=environment, capture_output=True, text=True, check=False,
        pass_fds=lock.shared_with_children(),
    )  # fmt: skip
    if done.returncode:
        raise InputError(
            f"la base de l'archive ne se met pas à niveau ({database.last_line(done.stderr)})",
            where=name,
            remedy="la restaurer avec la version de Carène qui l'a faite, et signaler ce défaut",
        )
    report = json.loads(done.stdout.strip().splitlines()[-1])
    if report["faults"]:
        raise InputError(
            f"le journal de l'archive a été modifié ({report['faults'][0]})", where=name, remedy="en prendre une autre"
        )
    return int(report["entries"])


def _fold(base: Path) -> None:
    """One file, no log beside it, on the disk for good."""
    with closing(sqlite3.connect(base)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
    with base.open("rb") as written:
        os.fsync(written.fileno())


def add_files(content: Path, files: Path) -> None:
    """On the disk for good before the database that names them."""
    for path in sorted(content.glob("files/*/*")):
        target = files / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(path, target)
    for folder in sorted({files / path.name for path in content.glob("files/*")}):
        making.sync_folder(folder)


def _set_aside(base: Path, kept: Path) -> None:
    """The old database, whole in one file, gets a second name."""
    connection.close()
    try:
        with closing(sqlite3.connect(base, timeout=5)) as old:
            # Folds its log back: the file alone is then the whole old database.
            old.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise InputError(
                "un autre programme se sert de la base", where=str(base), remedy="l'arrêter, puis recommencer"
            ) from error
    except sqlite3.DatabaseError:
        pass  # it is damaged: that is why one restores; it goes aside as it is
    interrupted.keep(base, kept)
    for suffix in ("-wal", "-shm"):
        log = base.with_name(base.name + suffix)
        if log.exists():
            os.replace(log, kept / log.name)


def _near(staged: Path, base: Path) -> Path:
    """A rename stays on one disk."""
    if staged.stat().st_dev == base.parent.stat().st_dev:
        return staged
    near = base.with_name(f".{base.name}.restauration")
    shutil.copyfile(staged, near)
    near.chmod(0o600)
    with near.open("rb") as written:
        os.fsync(written.fileno())
    return near
