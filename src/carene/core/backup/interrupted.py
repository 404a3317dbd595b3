# SPDX-License-Identifier: EUPL-1.2
"""What a restoration does after its one rename, and what is done when it was killed before, during or after.

Before anything in place changes, a restoration notes what it is about to do. The rename of the database is its moment.
Before it, everything can be thrown away; after it, everything left to do is in the note, and can be done again.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from carene.core.backup import lock, making
from carene.core.row_security.roles import as_owner
from carene.engines.sources import InputError

NOTE = "restauration.json"
WORK = ".restauration-"  # beginning of the name of the folder where a restoration works


@dataclass(frozen=True)
class Note:
    vendor: str
    staged: str  # the new database, until the moment: a path (SQLite) or a name (PostgreSQL)
    old: str  # name of the old database from the moment on (PostgreSQL)
    kept: str  # folder where what is replaced is kept
    secret: str  # path of the key of signature to put in place, empty for none
    last: dict[str, Any]  # what is to be remembered of the last backup


@dataclass(frozen=True)
class Outcome:
    """Of a restoration that was killed. ``secret``: the key that this process has read is no longer the right one."""

    took_place: bool
    secret: bool = False

    @property
    def sentence(self) -> str:
        if self.took_place:
            return "Une restauration avait été interrompue après l'échange des bases : elle est maintenant achevée."
        return (
            "Une restauration avait été interrompue avant l'échange des bases : rien n'a changé ; "
            "relancer « carene restore » si elle est toujours voulue."
        )


def write(var: Path, note: Note) -> None:
    """On the disk for good before the caller goes on."""
    making.write_whole(var / NOTE, json.dumps(asdict(note)))


def resume(var: Path) -> Outcome | None:
    """At each start: ends what a killed restoration left, or throws it away; None when there is nothing of the kind.

    Raises InputError while a restoration is at work, and when the key of signature changed: then one starts again.
    """
    if not (var / NOTE).exists() and not any(var.glob(f"{WORK}*")):
        return None
    busy = InputError("une restauration est en cours sur ce dossier", where=str(var), remedy="attendre sa fin")
    with lock.alone(var, lock.BACKUP, busy):
        outcome = settle(var)
    if outcome and outcome.secret:
        raise InputError(
            "une restauration interrompue vient d'être achevée, avec la clé de signature de la sauvegarde",
            where=str(var),
            remedy="relancer la même commande",
        )
    return outcome


def settle(var: Path) -> Outcome | None:
    """``resume``, for who holds the locks already. Killed in the middle, it can be done again."""
    path, works = var / NOTE, sorted(var.glob(f"{WORK}*"))
    if not path.exists():
        _remove(works)
        return Outcome(took_place=False) if works else None
    note = Note(**json.loads(path.read_text(encoding="utf-8")))
    took_place = _took_place(note)
    secret = took_place and _end(var, note)
    if took_place:
        _remove(works)  # they hold what is left to do: the note goes after them
    path.unlink()
    making.sync_folder(var)
    if not took_place:
        if note.vendor == "sqlite":  # its absence says that the moment came: it goes after the note
            Path(note.staged).unlink(missing_ok=True)
        _remove(works)
    return Outcome(took_place, secret)


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder)


def _took_place(note: Note) -> bool:
    """On PostgreSQL, what was staged and did not become the database is dropped."""
    if note.vendor == "sqlite":
        return not Path(note.staged).exists()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname IN (%s, %s)", [note.old, note.staged])
        if [row[0] for row in cursor.fetchall()] == [note.old]:
            return True
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(note.staged)} WITH (FORCE)")
    return False


def _end(var: Path, note: Note) -> bool:
    """True when the key of signature changed."""
    staged, place, changed = Path(note.secret), var / "secret_key", False
    if note.secret and staged.exists():
        changed = not place.exists() or place.read_bytes() != staged.read_bytes()
        if place.exists():
            keep(place, Path(note.kept))
        os.replace(staged, place)
    making.write_whole(var / making.LAST, json.dumps(note.last))
    return changed


def keep(path: Path, folder: Path) -> None:
    """The same content under another name, or a copy where that cannot be; what was kept first stays."""
    folder.mkdir(exist_ok=True)
    target = folder / path.name
    if target.exists():
        return
    try:
        os.link(path, target)
    except OSError:  # another disk, or a file system without links
        shutil.copy2(path, target)
