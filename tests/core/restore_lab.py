# SPDX-License-Identifier: EUPL-1.2
"""``python -m tests.core.restore_lab ARCHIVE SCRATCH``: restorations killed before each line that they run.

The data folder (``CARENE_VAR``) holds the old data; each round works on a copy of it. What takes long and touches
nothing in place (bringing the copy up to date) is left out; what comes after a kill is what a start of the server does.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any

from tests.support.postgresql import OWNER

OLD_KEY = "old" * 20
SAMPLE = 6  # lines before the note, where nothing in place was touched: some of them
State = tuple[str, ...]


def killed_at(line: int, work: Callable[[], object]) -> tuple[bool, list[str]]:
    """Runs ``work`` in a child that dies before the ``line``-th line that it runs in our modules.

    Gives whether it died, and the lines that it ran, as « module:number ».
    """
    from carene.core.backup import interrupted, postgresql, restoring

    ours = {module.__file__ for module in (interrupted, postgresql, restoring)}
    outlet, inlet = os.pipe()
    child = os.fork()
    if child:
        os.close(inlet)
        with os.fdopen(outlet) as source:
            ran = source.read().split()
        return os.WIFSIGNALED(os.waitpid(child, 0)[1]), ran
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename not in ours:
            return None
        if event == "line":
            count += 1
            if count == line:
                os.kill(os.getpid(), signal.SIGKILL)
            os.write(inlet, f"{Path(frame.f_code.co_filename).stem}:{frame.f_lineno} ".encode())
        return trace

    try:
        sys.settrace(trace)
        work()
    finally:
        os._exit(0)


class Sqlite:
    """``reset`` puts the old data back in ``var``; ``state`` tells whose data stand there."""

    step = 1  # every line from the note on

    def __init__(self, source: Path, scratch: Path) -> None:
        self.source, self.var = source, scratch / "var"
        self._leave_a_log()

    def _leave_a_log(self) -> None:
        """As a killed server does: the last write is in the log only."""
        child = os.fork()
        if child == 0:
            base = sqlite3.connect(self.source / "carene.sqlite3")
            base.execute("PRAGMA journal_mode=WAL")
            base.execute("UPDATE organisations_organisation SET name = 'Ancien'")
            base.commit()
            os._exit(0)
        os.waitpid(child, 0)
        assert (self.source / "carene.sqlite3-wal").stat().st_size > 0

    def reset(self) -> None:
        shutil.rmtree(self.var, ignore_errors=True)
        shutil.copytree(self.source, self.var, ignore=shutil.ignore_patterns("*.lock", "static", "backups"))
        (self.var / "secret_key").write_text(OLD_KEY)

    def state(self) -> State:
        from carene.core.backup import database

        base = self.var / "carene.sqlite3"
        with closing(sqlite3.connect(base)) as opened:
            ((name, kinds),) = opened.execute("SELECT max(name), count(DISTINCT name) FROM organisations_organisation")
        assert database.integrity(base) == ""
        return "old" if (name, kinds) == ("Ancien", 1) else "new", *_beside(self.var)


class Postgresql:
    """The database of the settings is a small one, made anew when it was replaced."""

    step = 3  # making and dropping databases takes time

    def __init__(self, source: Path, scratch: Path) -> None:
        self.source, self.var, self.is_old = source, scratch / "var", False
        from carene.core.backup import postgresql

        self.base = os.environ["CARENE_DATABASE"].rpartition("/")[2]
        postgresql._load = lambda _dump, base, _name: self._mark(base, "new")

    def _server(self, base: str) -> Any:
        import psycopg

        return psycopg.connect(f"{OWNER.rpartition('/')[0]}/{base}", autocommit=True)

    def _mark(self, base: str, word: str) -> None:
        with self._server(base) as opened:
            opened.execute(f"CREATE TABLE mark AS SELECT '{word}' AS word")

    def bases(self) -> set[str]:
        with self._server("postgres") as opened:
            rows = opened.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{self.base}%"])
            return {row[0] for row in rows.fetchall()}

    def reset(self) -> None:
        if not self.is_old:
            with self._server("postgres") as opened:
                for base in self.bases():
                    opened.execute(f'DROP DATABASE "{base}"')
                opened.execute(f'CREATE DATABASE "{self.base}" TEMPLATE template0')
            self._mark(self.base, "old")
        shutil.rmtree(self.var, ignore_errors=True)
        self.var.mkdir()
        (self.var / "secret_key").write_text(OLD_KEY)
        (self.var / "last_backup.json").write_text(json.dumps({"made_at": "old"}))

    def state(self) -> State:
        with self._server(self.base) as opened:
            ((word,),) = opened.execute("SELECT word FROM mark").fetchall()
        self.is_old = word == "old"
        others = {name.removeprefix(self.base)[:6] for name in self.bases() - {self.base}}
        assert others == ({"_avant"} if word == "new" else set()), others
        return word, *_beside(self.var)


def _beside(var: Path) -> State:
    """The key of signature and what is remembered of the last backup: they change with the database, or not at all."""
    left = [p.name for p in var.iterdir() if p.name.startswith(".restauration") or p.name == "restauration.json"]
    assert left == [], left
    last = json.loads((var / "last_backup.json").read_text())
    return (
        "old" if (var / "secret_key").read_text() == OLD_KEY else "new",
        "old" if last["made_at"] == "old" else "new",
    )


def main(archive: str, scratch: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from carene.core.backup import interrupted, restoring
    from carene.engines.sources import InputError

    place = (Postgresql if connection.vendor == "postgresql" else Sqlite)(Path(settings.VAR), Path(scratch))
    restoring.upgrade = lambda *_: 1
    settings.FILES_ROOT = place.var / "files"
    settings.VAR = place.var

    def restore() -> None:
        restoring.restore(Path(archive), place.var)

    def start() -> State:
        """What the next start does, and what stands there then."""
        try:
            outcome = interrupted.resume(place.var)
        except InputError as error:
            outcome = interrupted.Outcome("vient d'être achevée" in error.sentence)
        connection.close()
        state = place.state()
        assert len(set(state)) == 1, state
        assert outcome is None or outcome.took_place == (state[0] == "new")
        return state

    place.reset()
    died, lines = killed_at(0, restore)
    assert not died
    assert place.state() == ("new",) * 3
    noted = next(
        n for n, line in enumerate(lines, 1) if line == "interrupted:" + _number("making.write_whole(var / NOTE")
    )
    draw = random.Random(20261123)
    chosen = sorted(draw.sample(range(1, noted), min(SAMPLE, noted - 1))) + list(
        range(noted, len(lines) + 1, place.step)
    )
    states = []
    for line in chosen:
        place.reset()
        died, _ = killed_at(line, restore)
        assert died, line
        states.append(start()[0])
    assert states == sorted(states, reverse=True), "old, then new, once"

    # Killed just before the moment, then again while the next start throws away what was left.
    again, aside = 0, Path(scratch) / "aside"
    place.reset()
    killed_at(chosen[states.count("old") - 1], restore)
    shutil.copytree(place.var, aside)
    while isinstance(place, Sqlite):
        shutil.rmtree(place.var)
        shutil.copytree(aside, place.var)
        again += 1
        died, _ = killed_at(again, lambda: interrupted.resume(place.var))
        assert start() == ("old",) * 3
        if not died:
            break
    print(json.dumps({"rounds": len(chosen), "old": states.count("old"), "again": again}))


def _number(text: str) -> str:
    """Number of the line of ``interrupted`` that begins like this."""
    from carene.core.backup import interrupted

    source = Path(str(interrupted.__file__)).read_text().splitlines()
    return str(next(n for n, line in enumerate(source, 1) if line.strip().startswith(text)))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carene.config.settings")
    main(*sys.argv[1:])
