# SPDX-License-Identifier: EUPL-1.2
"""Databases to measure on: a process with a PostgreSQL of its own, a database that holds the demonstration."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.table import Figure

ROOT = Path(__file__).resolve().parents[1]


def carene() -> list[str]:
    return [sys.executable, "-m", "carene.cli.main"]


def with_postgresql(module: str, *arguments: str) -> list[Figure]:
    """Figures printed by ``python -m module …``, started with a server of its own that keeps its promises (fsync)."""
    if shutil.which("initdb") is None and not Path("/usr/lib/postgresql").is_dir():
        print(f"PostgreSQL is absent: {module} was not measured on it.")
        return []
    command = [sys.executable, str(ROOT / "scripts" / "with_postgresql.py"), sys.executable, "-m", module, *arguments]
    environment = {**os.environ, "POSTGRESQL_DURABLE": "1"}
    result = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [tuple(figure) for figure in json.loads(result.stdout.splitlines()[-1])]


@contextlib.contextmanager
def at_work() -> Iterator[None]:
    """Inside, this process reads and writes every row, as the commands of the administrator do."""
    import django

    django.setup()
    from carene.core.row_security.roles import maintenance

    with maintenance("bench"):
        yield


def fresh(*, demo: bool) -> None:
    """An empty database → ready, in silence, inside ``at_work``; with the demonstration in it when asked."""
    from carene.cli.server import prepare

    with contextlib.redirect_stdout(io.StringIO()):
        prepare()
        if demo:
            from carene.apps.demonstration import build

            build.load(lambda _text: None)
