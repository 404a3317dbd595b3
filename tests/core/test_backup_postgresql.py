# SPDX-License-Identifier: EUPL-1.2
"""The drill on PostgreSQL: only where the tests run on it (``scripts/with_postgresql.py``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_backup import files
from tests.support.postgresql import addresses, ask, drop, needed
from tests.support.programs import carene, lab, only

pytestmark = [pytest.mark.postgresql, needed]
BASE = "carene_drill"


@pytest.fixture
def base() -> Iterator[None]:
    ask("postgres", f"CREATE DATABASE {BASE}")
    yield
    drop(BASE)


def everything() -> dict[str, Any]:
    tables = [row[0] for row in ask(BASE, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    digest = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{}\" t"
    return {table: ask(BASE, digest.format(table)) for table in tables}


def test_drill(base: None, tmp_path: Path) -> None:
    here = addresses(BASE)
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
    # What forgets here is the PostgreSQL of the tests: on purpose.
    assert not [line for line in report if line[1] == "wrong" and line[0] != "Durabilité"], report
    assert carene(other, "journal", "verify", **here).returncode == 0
