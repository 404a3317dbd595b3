# SPDX-License-Identifier: EUPL-1.2
"""An archive comes back on PostgreSQL into a new database of the same server, then two renames in one transaction."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from carene.core.backup import archive, database, interrupted, lock, restoring
from carene.core.row_security.roles import as_owner
from carene.engines.sources import InputError


def swap(
    manifest: archive.Manifest, content: Path, work: Path, place: restoring.Place, path: Path
) -> restoring.Restored:
    """Raises InputError; what was made until then is for ``interrupted.settle`` to drop."""
    with as_owner():
        return _swap(manifest, content, work, place, path)


def _swap(
    manifest: archive.Manifest, content: Path, work: Path, place: restoring.Place, path: Path
) -> restoring.Restored:
    import psycopg
    from psycopg import sql

    known, kept = connection.settings_dict, restoring.aside(place)
    stamp = kept.name.removeprefix("avant-restauration-").replace("-", "_")  # a name that needs no quotes
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
            # Noted first: the new database must be found again, to be dropped, whatever happens.
            told = restoring.note(manifest, content, place, path, staged=new, kept=kept, old=old)
            interrupted.write(place.var, told)
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(new)))
            _load(content / "carene.dump", new, path.name)
            entries = restoring.upgrade(manifest, work, _addresses(new), path.name)
            restoring.add_files(content, place.files)
            with server.transaction():  # its end is the moment
                for before, after in ((base, old), (new, base)):
                    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                    server.execute(rename.format(sql.Identifier(before), sql.Identifier(after)))
    except psycopg.errors.ObjectInUse as error:
        raise InputError(
            "un autre programme se sert de la base", where=base, remedy="l'arrêter, puis recommencer"
        ) from error
    except psycopg.Error as error:
        raise InputError(
            f"PostgreSQL a refusé ({database.last_line(str(error))})", where=base, remedy="donner le droit CREATEDB"
        ) from error
    return restoring.Restored(manifest, place.var, entries, f"la base {old}")


def _load(dump: Path, base: str, name: str) -> None:
    options, environment = database.address()
    command = [database.program("pg_restore"), *options, f"--dbname={base}", "--no-owner", "--no-privileges"]
    command += ["--exit-on-error", "--single-transaction", str(dump)]
    held = lock.shared_with_children()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, pass_fds=held)
    if done.returncode:
        said = database.last_line(done.stderr)
        raise InputError(f"pg_restore a échoué ({said})", where=name, remedy="vérifier sa version et les droits")


def _addresses(base: str) -> dict[str, str]:
    """Of both roles, where there are two: what the owner makes is opened to the application at once."""
    found = {"CARENE_DATABASE": _address(settings.DATABASES["default"], base)}
    if settings.DATABASE_OWNER:
        found["CARENE_DATABASE_OWNER"] = _address(settings.DATABASE_OWNER, base)
    return found


def _address(known: dict[str, Any], base: str) -> str:
    user = quote(str(known["USER"] or ""), safe="")
    secret = f":{quote(str(known['PASSWORD']), safe='')}" if known["PASSWORD"] else ""
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgresql://{user}{secret}@{known['HOST']}{port}/{base}"
