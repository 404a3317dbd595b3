# SPDX-License-Identifier: EUPL-1.2
"""A restoration killed before any of its lines: then the old data or the new, database, key and memory together."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from carene.core.backup import archive
from tests.support.postgresql import addresses, drop, needed
from tests.support.programs import carene, only, run

BASE = "carene_killed"


@pytest.fixture
def scratch() -> Iterator[Path]:
    """In memory where there is such a place: killing a process tells nothing of what a power cut would lose."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        yield Path(folder)


def killed(var: Path, archived: Path, scratch: Path, **more: str) -> dict[str, Any]:
    done = run(var, "tests.core.restore_lab", str(archived), str(scratch), **more)
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    assert 5 < told["old"] < told["rounds"] - 5, "killed on both sides of the moment"
    return told


def test_on_sqlite(copied: Path, scratch: Path) -> None:
    assert carene(copied, "backup", "--to", str(scratch / "to"), "--with-secret").returncode == 0
    last = json.loads((copied / "last_backup.json").read_text())
    (copied / "last_backup.json").write_text(json.dumps({**last, "made_at": "old"}))
    told = killed(copied, only(scratch / "to"), scratch)
    assert told["again"] > 10


@pytest.mark.postgresql
@needed
def test_on_postgresql(scratch: Path) -> None:
    manifest = archive.Manifest("0.2", "postgresql", "2026-11-23T12:00:00+00:00", [], [], secret=True)
    path = scratch / "archive.tar.zst"
    with path.open("wb") as out, archive.writing(out, manifest, []) as writer:
        for name in ("carene.dump", "secret_key"):
            (scratch / name).write_text("new" * 20)
            writer.add(name, scratch / name)
    try:
        killed(scratch / "source", path, scratch, **addresses(BASE))
    finally:
        drop(BASE)


def test_the_next_start_says_what_happened(copied: Path, saved: Path) -> None:
    """Real programs: each half of a restoration, then a command that opens the database."""
    (copied / ".restauration-1" / "content").mkdir(parents=True)
    done = carene(copied, "journal", "verify")
    assert done.returncode == 0, done.stderr
    assert done.stderr == (
        "Une restauration avait été interrompue avant l'échange des bases : rien n'a changé ; "
        "relancer « carene restore » si elle est toujours voulue.\n"
    )
    assert not (copied / ".restauration-1").exists()
    work = copied / ".restauration-2"
    work.mkdir()
    (work / "secret_key").write_text("new" * 20)
    note = {
        "vendor": "sqlite", "staged": str(work / "gone"), "old": "", "kept": str(copied / "avant-restauration-1"),
        "secret": str(work / "secret_key"), "last": json.loads((copied / "last_backup.json").read_text()),
    }  # fmt: skip
    (copied / "restauration.json").write_text(json.dumps(note))
    shutil.rmtree(copied / "static", ignore_errors=True)
    done = carene(copied, "journal", "verify")
    assert (done.returncode, "relancer la même commande" in done.stderr) == (2, True), done.stderr
    assert (copied / "secret_key").read_text() == "new" * 20
    assert (copied / "avant-restauration-1" / "secret_key").exists()
    done = carene(copied, "journal", "verify")
    assert (done.returncode, done.stderr) == (0, ""), "said once"
