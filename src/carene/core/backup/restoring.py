# SPDX-License-Identifier: EUPL-1.2
"""Bringing an archive back: everything is checked and brought up to date beside, then one rename changes the database.

Killed at any moment, a restoration leaves the old database in its place or the new one, whole. Files are known by their
content: those of the archive are added to those already there, which changes nothing for the old database.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

import carene
from carene.core.backup import archive, database, lock, making, sealed
from carene.engines.sources import InputError


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
        with (
            lock.alone(place.var, lock.SERVER, used),
            lock.alone(place.var, lock.BACKUP, saving),
            _beside(place.var) as work,
        ):
            content = work / "content"
            content.mkdir()
            manifest = archive.extract(path, content, keys)
            _must_be_known(manifest, path.name)
            restored = _swap(manifest, content, work, place, path.name)
            _remember(manifest, path, place.var)
    except OSError as error:
        raise InputError(
            f"la restauration n'a pas pu se faire ({error.strerror or error})",
            where=str(error.filename or place.var),
            remedy="vérifier les droits et la place libre ; rien n'a été changé à la base",
        ) from error
    return restored


def _place(into: Path | None) -> Place:
    if into is not None:
        var = into.absolute()
        return Place(var, var / "carene.sqlite3", var / "files")
    var = Path(settings.VAR)
    base = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else var / "carene.sqlite3"
    return Place(var, Path(base).absolute(), Path(settings.FILES_ROOT))


@contextmanager
def _beside(var: Path) -> Iterator[Path]:
    for left in var.glob(".restauration-*"):  # of a restoration that was killed: the lock says that none is at work
        shutil.rmtree(left)
    work = Path(tempfile.mkdtemp(prefix=".restauration-", dir=var))
    try:
        yield work
    finally:
        shutil.rmtree(work)


def _must_be_known(manifest: archive.Manifest, name: str) -> None:
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    ours = {one.partition(".")[0] for one in known}
    later = [one for one in manifest.migrations if one not in known and one.partition(".")[0] in ours]
    if later or manifest.vendor not in {"sqlite", "postgresql"}:
        raise InputError(
            f"cette sauvegarde vient de la version {manifest.carene}, plus récente que celle-ci ({carene.__version__})",
            where=name,
            remedy="installer cette version ou une plus récente, puis recommencer",
        )


def _swap(manifest: archive.Manifest, content: Path, work: Path, place: Place, name: str) -> Restored:
    stamp = f"{timezone.localtime():%Y%m%d-%H%M%S}"
    aside = place.var / f"avant-restauration-{stamp}"
    if manifest.vendor == "sqlite":
        staged = content / "carene.sqlite3"
        fault = database.integrity(staged) if staged.is_file() else "elle manque"
        if fault:
            raise InputError(f"la base de l'archive est abîmée ({fault})", where=name, remedy="en prendre une autre")
        entries = _upgrade(manifest, work, f"sqlite:///{quote(str(staged))}", name)
        _fold(staged)
        _add_files(content, place.files)
        kept = str(_replace_base(staged, place.base, aside) or "")
    else:
        entries, kept = _postgresql(manifest, content, work, place, stamp, name)
    if manifest.secret:
        _replace(content / "secret_key", place.var / "secret_key", aside)
    making.sync_folder(place.var)
    return Restored(manifest, place.var, entries, kept)


def _upgrade(manifest: archive.Manifest, work: Path, address: str, name: str) -> int:
    """Migrates the copy and verifies its journal, in a process that knows only the copy; gives its entries."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CARENE_DATABASE")}
    environment |= {"CARENE_VAR": str(work / "var"), "CARENE_DATABASE": address}
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(carene.__file__).parents[1]), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-m", "carene.core.backup.upgrade"],
        input=json.dumps(manifest.heads), env=environment, capture_output=True, text=True, check=False,
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


def _add_files(content: Path, files: Path) -> None:
    for path in sorted(content.glob("files/*/*")):
        target = files / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)


def _replace_base(staged: Path, base: Path, aside: Path) -> Path | None:
    """The old database goes aside with its log, the new one takes its place by a single rename."""
    base.parent.mkdir(parents=True, exist_ok=True)
    connection.close()
    kept = None
    if base.exists():
        kept = aside
        aside.mkdir(exist_ok=True)
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
        _keep(base, aside)
        for suffix in ("-wal", "-shm"):
            log = base.with_name(base.name + suffix)
            if log.exists():
                os.replace(log, aside / log.name)
    if staged.stat().st_dev != base.parent.stat().st_dev:
        near = base.with_name(f".{base.name}.restauration")
        shutil.copyfile(staged, near)
        staged = near
    os.replace(staged, base)
    making.sync_folder(base.parent)
    return kept


def _replace(staged: Path, target: Path, aside: Path) -> None:
    if target.exists():
        aside.mkdir(exist_ok=True)
        _keep(target, aside)
    os.replace(staged, target)


def _keep(path: Path, aside: Path) -> None:
    try:
        os.link(path, aside / path.name)
    except OSError:  # another disk, or a file system without links
        shutil.copy2(path, aside / path.name)


def _remember(manifest: archive.Manifest, path: Path, var: Path) -> None:
    """The journal stands again where it stood then: the witness of a later backup would cry wolf."""
    content = {
        "made_at": manifest.made_at,
        "path": str(path.absolute()),
        "size": path.stat().st_size,
        "encrypted": sealed.is_sealed(path),
        "heads": manifest.heads,
    }
    (var / making.LAST).write_text(json.dumps(content), encoding="utf-8")


def _postgresql(
    manifest: archive.Manifest, content: Path, work: Path, place: Place, stamp: str, name: str
) -> tuple[int, str]:
    """Into a new database of the same server, then two renames in one transaction."""
    if connection.vendor != "postgresql":
        raise InputError(
            "cette sauvegarde vient de PostgreSQL", where=name, remedy="donner l'adresse du serveur par CARENE_DATABASE"
        )
    import psycopg
    from psycopg import sql

    known, stamp = connection.settings_dict, stamp.replace("-", "_")  # a name that needs no quotes
    base, new, old = (f"{known['NAME']}{end}" for end in ("", f"_restauration_{stamp}", f"_avant_{stamp}"))
    there: dict[str, Any] = {
        "host": known["HOST"] or None,
        "port": known["PORT"] or None,
        "user": known["USER"] or None,
    }
    connection.close()
    try:
        with psycopg.connect(
            dbname="template1", password=known["PASSWORD"] or None, autocommit=True, **there
        ) as server:
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(new)))
            try:
                _load(content / "carene.dump", new, name)
                entries = _upgrade(manifest, work, _address(known, new), name)
                _add_files(content, place.files)
                with server.transaction():
                    for before, after in ((base, old), (new, base)):
                        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                        server.execute(rename.format(sql.Identifier(before), sql.Identifier(after)))
            except BaseException:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(new)))
                raise
    except psycopg.errors.ObjectInUse as error:
        raise InputError(
            "un autre programme se sert de la base", where=base, remedy="l'arrêter, puis recommencer"
        ) from error
    except psycopg.Error as error:
        raise InputError(
            f"PostgreSQL a refusé ({database.last_line(str(error))})", where=base, remedy="donner le droit CREATEDB"
        ) from error
    return entries, f"la base {old}"


def _load(dump: Path, base: str, name: str) -> None:
    options, environment = database.address()
    command = [database.program("pg_restore"), *options, f"--dbname={base}", "--no-owner", "--no-privileges"]
    command += ["--exit-on-error", "--single-transaction", str(dump)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = database.last_line(done.stderr)
        raise InputError(f"pg_restore a échoué ({said})", where=name, remedy="vérifier sa version et les droits")


def _address(known: dict[str, Any], base: str) -> str:
    user = quote(str(known["USER"] or ""), safe="")
    secret = f":{quote(str(known['PASSWORD']), safe='')}" if known["PASSWORD"] else ""
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgresql://{user}{secret}@{known['HOST']}{port}/{base}"
