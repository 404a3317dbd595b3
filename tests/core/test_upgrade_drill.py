# SPDX-License-Identifier: EUPL-1.2
"""What the first version saved comes back in today's: the same rows, a journal that became a chain, the same files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.core.older_lab import CONTENT
from tests.support.postgresql import addresses, ask, drop, needed
from tests.support.programs import carene, run

BASE = "carene_older"
Ask = Callable[[str], list[Any]]


def drill(tmp_path: Path, query: Ask, **more: str) -> None:
    older, var = tmp_path / "older.tar.zst", tmp_path / "var"
    made = run(tmp_path / "made", "tests.core.older_lab", str(older), **more)
    assert made.returncode == 0, made.stderr[-3000:]
    held: dict[str, list[dict[str, str]]] = json.loads(made.stdout)
    assert {table: len(rows) for table, rows in held.items()}["journal_entry"] == 40
    assert all(held.values()), "every table holds something"
    done = carene(tmp_path / "unused", "restore", str(older), "--into", str(var), **more)
    assert done.returncode == 0, done.stderr
    assert "40 lignes du journal vérifiées" in done.stdout.replace("\xa0", " ")
    for table, rows in held.items():
        names = list(rows[0])
        found = query(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1")
        assert [dict(zip(names, map(str, row), strict=True)) for row in found] == rows, table
    assert query("SELECT count(*) FROM journal_entry WHERE hash = '' OR seq = 0") == [(0,)]
    assert query("SELECT seq FROM journal_head ORDER BY node_id IS NULL, node_id") == [(13,), (14,), (13,)]
    (kept,) = (var / "files").glob("*/*")
    assert kept.read_bytes() == CONTENT
    assert carene(var, "journal", "verify", **more).returncode == 0
    report = json.loads(carene(var, "doctor", "--json", "-", **more).stdout)
    assert [one for one in report if one["level"] == "wrong" and one["subject"] in {"Base", "Version", "Journal"}] == []
    assert next(one for one in report if one["subject"] == "Preuves")["level"] == "good"
    again = carene(var, "backup", "--to", str(tmp_path / "to"), **more)
    assert again.returncode == 0, again.stderr


def test_on_sqlite(tmp_path: Path) -> None:
    def query(text: str) -> list[Any]:
        with closing(sqlite3.connect(tmp_path / "var" / "carene.sqlite3")) as opened:
            return opened.execute(text).fetchall()

    drill(tmp_path, query)


@pytest.mark.postgresql
@needed
def test_on_postgresql(tmp_path: Path) -> None:
    ask("postgres", f"CREATE DATABASE {BASE}")
    try:
        drill(tmp_path, lambda text: ask(BASE, text), **addresses(BASE))
    finally:
        drop(BASE)
