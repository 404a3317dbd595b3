# SPDX-License-Identifier: EUPL-1.2
"""Runs a command with a PostgreSQL server of its own: ``python scripts/with_postgresql.py COMMAND…``.

The cluster lives in a temporary folder, listens on loopback only, and is stopped and removed at the end. PostgreSQL
refuses to run as root: then it runs as the ``postgres`` user that the distribution's package created.

As in production, two roles: ``carene_owner`` owns the tables, ``carene`` serves. The command is given both addresses.
"""

from __future__ import annotations

import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

ADMINISTRATOR = "postgres"
ROLES = (
    "CREATE ROLE carene_owner LOGIN CREATEDB",
    "CREATE ROLE carene LOGIN",
    "CREATE DATABASE carene OWNER carene_owner",
)


def binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    sys.stderr.write("PostgreSQL manque : installer le paquet postgresql.\n")
    raise SystemExit(2)


def free_port() -> int:
    """Below those that the system lends to connections: it stays free until the server takes it."""
    while True:
        port = random.SystemRandom().randrange(10_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def main() -> int:
    command = sys.argv[1:]
    bin_folder = binaries()
    folder = Path(tempfile.mkdtemp(prefix="carene-pg-"))
    as_user: dict[str, int] = {}
    if os.geteuid() == 0:
        postgres = pwd.getpwnam("postgres")
        os.chown(folder, postgres.pw_uid, postgres.pw_gid)
        as_user = {"user": postgres.pw_uid, "group": postgres.pw_gid}
    port = free_port()
    data = folder / "data"

    def run(*arguments: str) -> None:
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)  # type: ignore[call-overload]

    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}"
    if "POSTGRESQL_DURABLE" not in os.environ:  # tests throw their data away; measures want the real price
        options += " -c fsync=off -c synchronous_commit=off"
    try:
        run(
            str(bin_folder / "initdb"),
            "-D",
            str(data),
            "-U",
            ADMINISTRATOR,
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        run(str(bin_folder / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            place = f"127.0.0.1:{port}/carene"
            for statement in ROLES:
                run(str(bin_folder / "psql"), "-h", str(folder), "-p", str(port), "-U", ADMINISTRATOR, "-qc", statement,
                    "postgres")  # fmt: skip
            environment = {
                **os.environ,
                "CARENE_DATABASE": f"postgresql://carene@{place}",
                "CARENE_DATABASE_OWNER": f"postgresql://carene_owner@{place}",
            }
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            run(str(bin_folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
