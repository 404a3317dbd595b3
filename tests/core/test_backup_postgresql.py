# SPDX-License-Identifier: EUPL-1.2
"""The drill on PostgreSQL: only where the tests run on it (``scripts/with_postgresql.py``)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_backup import carene, files, lab, only

ADDRESS = os.environ.get("CARENE_DATABASE", "")
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(not ADDRESS.startswith("postgresql"), reason="NOT TESTED: needs scripts/with_postgresql.py"),
]
BASE = "carene_drill"


def ask(base: str, query: str) -> list[Any]:
    import psycopg

    with psycopg.connect(f"{ADDRESS.rpartition('/')[0]}/{base}", autocommit=True) as server:
        cursor = server.execute(query)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def everything() -> dict[str, Any]:
    tables = [row[0] for row in ask(BASE, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    digest = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{}\" t"
    return {table: ask(BASE, digest.format(table)) for table in tables}


def test_drill(tmp_path: Path) -> None:
    ask("postgres", f"CREATE DATABASE {BASE}")
    here = {"CARENE_DATABASE": f"{ADDRESS.rpartition('/')[0]}/{BASE}"}
    var, other = tmp_path / "var", tmp_path / "other"
    lab(var, "build", **here)
    before, kept = everything(), files(var)
    assert before["journal_entry"][0][0] > 1000
    done = carene(var, "backup", "--to", str(tmp_path / "to"), **here)
    assert done.returncode == 0, done.stderr
    archived = only(tmp_path / "to")
    ask(BASE, "UPDATE organisations_organisation SET name = 'Perdu'")
    refused = carene(tmp_path / "sqlite", "restore", str(archived))
    assert (refused.returncode, "vient de PostgreSQL" in refused.stderr) == (2, True), refused.stderr
    done = carene(var, "restore", str(archived), "--into", str(other), **here)
    assert done.returncode == 0, done.stderr
    assert everything() == before
    assert files(other) == kept
    assert len(kept) == 2
    (aside,) = [
        row[0] for row in ask("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'carene_drill_avant_%'")
    ]
    assert ask(aside, "SELECT DISTINCT name FROM organisations_organisation") == [("Perdu",)], "what was there is kept"
    report = lab(other, "doctor", **here)
    assert not [line for line in report if line[1] == "wrong"], report
    assert carene(other, "journal", "verify", **here).returncode == 0
    for base in (BASE, aside):
        ask("postgres", f"DROP DATABASE {base}")
