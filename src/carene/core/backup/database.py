# SPDX-License-Identifier: EUPL-1.2
"""A copy of the database at one moment, while people work."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from carene.core.journal.triggers import HEADS
from carene.core.row_security.roles import maintenance
from carene.core.row_security.scope import EVERYTHING
from carene.engines.sources import InputError


@dataclass(frozen=True)
class Copy:
    name: str  # of the member of the archive
    migrations: list[str]
    heads: list[list[Any]]


FACTS = (
    "SELECT app || '.' || name FROM django_migrations ORDER BY id",
    f"SELECT node_id, seq, hash FROM {HEADS} ORDER BY id",
)


def copy(folder: Path) -> Copy:
    """Writes a whole, checked copy below ``folder``. Raises InputError when it cannot be made."""
    if connection.vendor == "sqlite":
        return _sqlite(folder / "carene.sqlite3")
    with maintenance("a backup holds every row"):
        return _postgresql(folder / "carene.dump")


def _sqlite(target: Path) -> Copy:
    source = Path(connection.settings_dict["NAME"])
    if not source.is_file():
        raise InputError("il n'y a pas de base ici", where=str(source), remedy="vérifier CARENE_VAR")
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(target)) as out,
        ):
            # In one step: between two, a write of another connection makes SQLite begin again, without end on a large
            # database. Nobody waits: on a write-ahead log, who reads does not stop who writes.
            live.backup(out)
            out.execute("PRAGMA journal_mode=DELETE")  # one file, no log beside it
        target.chmod(0o600)
        fault = integrity(target)
        if fault:
            raise InputError(
                f"la base est abîmée ({fault})", where=str(source), remedy="restaurer la dernière sauvegarde saine"
            )
        with closing(sqlite3.connect(f"{target.as_uri()}?mode=ro", uri=True)) as made:
            migrations, heads = (made.execute(query).fetchall() for query in FACTS)
    except sqlite3.Error as error:
        raise InputError(
            f"la base ne peut pas être copiée ({error})", where=str(source), remedy="lancer « carene doctor »"
        ) from error
    return Copy(target.name, [row[0] for row in migrations], [list(row) for row in heads])


def integrity(path: Path) -> str:
    """What SQLite says of this file; empty when all is well."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
            said = [row[0] for row in base.execute("PRAGMA integrity_check(3)")]
    except sqlite3.Error as error:
        return str(error)
    return "" if said == ["ok"] else " ; ".join(said)


def program(name: str) -> str:
    """Path of a PostgreSQL client program. Raises InputError when it is not installed."""
    found = shutil.which(name)
    if not found:
        raise InputError(
            f"le programme {name} manque", remedy="installer le paquet postgresql-client, de la version du serveur"
        )
    return found


def address() -> tuple[list[str], dict[str, str]]:
    """Options and environment by which PostgreSQL's programs reach the server; the password is in no command line."""
    settings = connection.settings_dict
    options = []
    for option, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if settings[key]:
            options.append(f"{option}={settings[key]}")
    return options, {**os.environ, "PGPASSWORD": str(settings["PASSWORD"] or "")}


def _postgresql(target: Path) -> Copy:
    dump = program("pg_dump")
    options, environment = address()
    connection.ensure_connection()
    with connection.cursor() as cursor:
        # What is read here and what pg_dump reads are of one moment.
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT pg_export_snapshot()")
            moment = cursor.fetchone()[0]
            facts = []
            for query in FACTS:
                cursor.execute(query)
                facts.append(cursor.fetchall())
            command = [dump, *options, "--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
            command += [f"--snapshot={moment}", f"--file={target}", f"--dbname={connection.settings_dict['NAME']}"]
            # Even the owner sees no row without saying which ones: it says all of them.
            command += ["--enable-row-security"]
            environment["PGOPTIONS"] = f"-c carene.scope={EVERYTHING.seen}"
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        finally:
            cursor.execute("ROLLBACK")
    if done.returncode:
        raise InputError(f"pg_dump a échoué ({last_line(done.stderr)})", remedy="vérifier sa version et les droits")
    target.chmod(0o600)
    return Copy(target.name, [row[0] for row in facts[0]], [list(row) for row in facts[1]])


def last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "sans explication"
