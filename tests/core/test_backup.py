# SPDX-License-Identifier: EUPL-1.2
"""Nothing lost: drills, kills and damages, on real databases in processes of their own."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carene.core.backup import archive, database, lock, sealed
from carene.engines.sources import InputError
from tests.support.programs import ROOT, carene, environment, lab, only


def content(base: Path) -> dict[str, str]:
    """Table → digest of all its rows, and the text of the schema."""
    found = {}
    with closing(sqlite3.connect(f"{base.as_uri()}?mode=ro", uri=True)) as opened:
        for name, sql in opened.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall():
            found[f"schema of {name}"] = str(sql)
        tables = [row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for table in tables:
            rows = sorted(map(repr, opened.execute(f'SELECT * FROM "{table}"')))
            found[table] = f"{len(rows)} {hashlib.sha256(''.join(rows).encode()).hexdigest()}"
    return found


def files(var: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((var / "files").glob("*/*"))}


def test_drill(demo: Path, saved: Path, tmp_path: Path) -> None:
    """Saved, restored elsewhere: the same rows of every table, the same files, and a healthy installation."""
    assert saved.stat().st_mode & 0o777 == 0o600
    done = carene(demo, "restore", str(saved), "--into", str(tmp_path / "new"))
    assert done.returncode == 0, done.stderr
    assert "lignes du journal vérifiées" in done.stdout
    assert content(tmp_path / "new" / "carene.sqlite3") == content(demo / "carene.sqlite3")
    assert files(tmp_path / "new") == files(demo)
    assert len(files(demo)) == 2
    assert all(name == digest for name, digest in files(demo).items())
    report = {(subject, level) for subject, level, _ in lab(tmp_path / "new", "doctor")}
    assert not [one for one in report if one[1] == "wrong"]
    assert {("Base", "good"), ("Journal", "good"), ("Preuves", "good"), ("Sauvegarde", "good")} <= report
    left = [path.name for path in (tmp_path / "new").iterdir() if path.name.startswith(".")]
    assert left == []


def test_encrypted_with_the_secret_over_what_was_there(demo: Path, copied: Path, tmp_path: Path) -> None:
    key, to = tmp_path / "key", tmp_path / "to"
    public = sealed.new_key(key)
    assert key.stat().st_mode & 0o777 == 0o600
    before = (copied / "secret_key").read_text()
    assert carene(copied, "backup", "--to", str(to), "--recipient", public, "--with-secret").returncode == 0
    archived = only(to)
    assert archived.suffix == ".age"
    assert before.encode() not in archived.read_bytes()
    (tmp_path / "nowhere").mkdir()
    with pytest.raises(InputError, match="est chiffrée"):
        archive.extract(archived, tmp_path / "nowhere", [])
    with pytest.raises(InputError, match="ne s'ouvre pas avec cette clé"):
        archive.extract(archived, tmp_path / "nowhere", sealed.identities(_other(tmp_path)))
    with closing(sqlite3.connect(copied / "carene.sqlite3")) as opened, opened:
        opened.execute("UPDATE organisations_organisation SET name = 'Perdu'")
    lost = content(copied / "carene.sqlite3")
    for path in (copied / "files").glob("*/*"):
        path.unlink()
    (copied / "secret_key").write_text("another" * 10)
    done = carene(copied, "restore", str(archived), "--key", str(key))
    assert done.returncode == 0, done.stderr
    assert content(copied / "carene.sqlite3") == content(demo / "carene.sqlite3")
    assert files(copied) == files(demo)
    assert (copied / "secret_key").read_text() == before
    (aside,) = copied.glob("avant-restauration-*")
    assert content(aside / "carene.sqlite3") == lost, "what was there is kept"
    assert (aside / "secret_key").read_text() == "another" * 10


def _other(folder: Path) -> Path:
    sealed.new_key(folder / "other")
    return folder / "other"


def test_saved_while_people_write(copied: Path, tmp_path: Path) -> None:
    """What was acknowledged before the backup began is in it, and its journal is whole."""
    told = lab(copied, "while_writing", tmp_path / "to")
    assert told["written"] > told["acknowledged"] > told["before"], "somebody was writing all along"
    done = carene(copied, "restore", told["path"], "--into", str(tmp_path / "new"))
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(tmp_path / "new" / "carene.sqlite3")) as opened:
        count = opened.execute("SELECT count(*) FROM journal_entry").fetchone()[0]
    assert told["acknowledged"] <= count <= told["written"]


def test_a_large_base_is_copied_although_people_never_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied in several steps, it would begin again at each write."""
    base, over, writes = tmp_path / "base.sqlite3", threading.Event(), []
    with closing(sqlite3.connect(base)) as opened, opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE django_migrations (id, app, name)")
        opened.execute("CREATE TABLE journal_head (id, node_id, seq, hash)")
        opened.execute("CREATE TABLE big (content)")
        opened.executemany("INSERT INTO big VALUES (?)", [(os.urandom(100_000),) for _ in range(300)])

    def write() -> None:
        with closing(sqlite3.connect(base, timeout=20, isolation_level=None)) as opened:
            while not over.is_set():
                opened.execute("INSERT INTO big VALUES ('x')")
                writes.append(1)
                time.sleep(0.002)

    monkeypatch.setitem(connection.settings_dict, "NAME", str(base))
    thread, began = threading.Thread(target=write), time.monotonic()
    thread.start()
    try:
        while not writes:
            time.sleep(0.001)
        before = len(writes)
        database._sqlite(tmp_path / "copy.sqlite3")
    finally:
        over.set()
        thread.join()
    assert time.monotonic() - began < 10
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as opened:
        ((count,),) = opened.execute("SELECT count(*) FROM big").fetchall()
    assert 300 + before <= count <= 300 + len(writes) + 1
    assert len(writes) > before, "who reads does not stop who writes"


def test_killed_backups_leave_a_whole_archive_or_none(copied: Path, tmp_path: Path) -> None:
    told = lab(copied, "killed_backups", tmp_path / "to", tmp_path / "scratch")
    assert told["ended"] < told["rounds"], "no round was killed"
    assert told["archives"] >= 2
    assert told["left"] == [], "what the killed ones left is swept"


def test_a_restoration_says_where(saved: Path, tmp_path: Path) -> None:
    """Without a folder it would go wherever one happens to stand."""
    named = {key: value for key, value in environment(tmp_path).items() if key != "CARENE_VAR"}
    command = [sys.executable, "-m", "carene.cli.main", "restore", str(saved)]
    done = subprocess.run(command, cwd=tmp_path, env=named, capture_output=True, text=True, check=False)
    assert (done.returncode, "où restaurer n'est pas dit" in done.stderr) == (2, True), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_refused_while_a_server_runs(saved: Path, copied: Path) -> None:
    before = content(copied / "carene.sqlite3")
    command = [sys.executable, "-m", "tests.core.backup_lab", "serve_lock"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(copied), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "held\n"
        done = carene(copied, "restore", str(saved))
        assert (done.returncode, "un serveur tourne" in done.stderr) == (2, True)
        assert carene(copied, "backup", "--to", str(copied / "to")).returncode == 0, "a backup does not mind"
        server.kill()
    assert content(copied / "carene.sqlite3") == before
    descriptor = lock.hold(copied, lock.SERVER)
    assert descriptor is not None, "the lock ends with its process"
    with pytest.raises(InputError, match="restauration est en cours"):
        lock.hold_server(copied)
    os.close(descriptor)


def rewritten(source: Path, target: Path, change: Any) -> Path:
    """The archive with its content changed, and a manifest that agrees with it."""
    folder = target.with_suffix(".d")
    folder.mkdir()
    manifest = archive.extract(source, folder, [])
    change(folder, manifest)
    manifest.members.clear()
    with target.open("wb") as out, archive.writing(out, manifest, []) as writer:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            writer.add(path.relative_to(folder).as_posix(), path)
    return target


def _execute(*statements: str) -> Any:
    def change(folder: Path, _manifest: archive.Manifest) -> None:
        with closing(sqlite3.connect(folder / "carene.sqlite3")) as opened, opened:
            for statement in statements:
                opened.execute(statement)

    return change


def _tear(folder: Path, _manifest: archive.Manifest) -> None:
    with (folder / "carene.sqlite3").open("r+b") as out:
        out.seek(4096 * 3)
        out.write(b"\xff" * 4096 * 20)


def _of_a_later_format(_folder: Path, manifest: archive.Manifest) -> None:
    manifest.format, manifest.carene = archive.FORMAT + 1, "9.0.0"


def _of_another_kind(_folder: Path, manifest: archive.Manifest) -> None:
    manifest.vendor = "postgresql"


def _from_later(_folder: Path, manifest: archive.Manifest) -> None:
    manifest.migrations.append("journal.9999_later")
    manifest.carene = "9.0.0"


DAMAGES = {
    "journal": (
        _execute("DROP TRIGGER journal_entry_unchanged", "UPDATE journal_entry SET actor = 'X' WHERE seq = 3"),
        "le journal de l'archive a été modifié",
    ),
    "torn": (_tear, "la base de l'archive est abîmée"),
    "later": (_from_later, "vient de la version 9.0.0, plus récente"),
    "format": (_of_a_later_format, "installer la version 9.0.0, ou plus récente"),
    "kind": (_of_another_kind, "cette sauvegarde vient de PostgreSQL, la base d'ici est SQLite"),
    "none": (lambda folder, _: (folder / "carene.sqlite3").unlink(), "elle manque"),
}


def test_a_bad_archive_changes_nothing(saved: Path, copied: Path, tmp_path: Path) -> None:
    bad = {kind: rewritten(saved, tmp_path / f"{kind}.zst", change) for kind, (change, _) in DAMAGES.items()}
    before = content(copied / "carene.sqlite3")
    told = lab(copied, "refusals", *bad.values())
    assert len(told) == len(DAMAGES)
    for (_, words), sentence in zip(DAMAGES.values(), told, strict=True):
        assert (words in sentence, sentence.count("\n")) == (True, 0), sentence
    done = carene(copied, "restore", str(bad["torn"]))
    assert (done.returncode, DAMAGES["torn"][1] in done.stderr, done.stderr.count("\n")) == (2, True, 1), done.stderr
    assert content(copied / "carene.sqlite3") == before
    left = ("avant-*", ".restauration-*", "restauration.json")
    assert [path for pattern in left for path in copied.glob(pattern)] == []


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, dict[str, bytes]]:
    """A tiny archive, for all the damages of the world."""
    folder = tmp_path_factory.mktemp("small")
    wanted = {"carene.sqlite3": b"base" * 300, f"files/{'a' * 2}/{'a' * 64}": b"file" * 50, "secret_key": b"s"}
    manifest = archive.Manifest("0", "sqlite", "2026-11-23T12:00:00+00:00", [], [])
    out = io.BytesIO()
    with archive.writing(out, manifest, []) as writer:
        for name, data in wanted.items():
            (folder / "one").write_bytes(data)
            writer.add(name, folder / "one")
    return folder, out.getvalue(), wanted


damage = st.one_of(
    st.tuples(st.just("flip"), st.integers(0, 10**6), st.integers(1, 255)),
    st.tuples(st.just("cut"), st.integers(0, 10**6), st.just(0)),
    st.tuples(st.just("fill"), st.integers(0, 10**6), st.integers(0, 255)),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=damage)
def test_a_damaged_archive_is_refused_or_gives_the_same(small: Any, damage: tuple[str, int, int]) -> None:
    folder, whole, wanted = small
    kind, at, byte = damage
    data, at = bytearray(whole), at % len(whole)
    if kind == "flip":
        data[at] ^= byte
    elif kind == "cut":
        del data[at:]
    else:
        data[at : at + 16] = bytes([byte]) * len(data[at : at + 16])
    path, into = folder / "damaged", folder / "into"
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    path.write_bytes(data)
    try:
        archive.extract(path, into, [])
    except InputError:
        return
    assert {p.relative_to(into).as_posix(): p.read_bytes() for p in into.rglob("*") if p.is_file()} == wanted


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "files/aa/../../evil", "files/aa/short", "other", "files/ab/" + "a" * 64]
)
def test_a_member_never_leaves_its_place(tmp_path: Path, name: str) -> None:
    (tmp_path / "one").write_bytes(b"x")
    path = tmp_path / "evil.zst"
    with path.open("wb") as out:
        manifest = archive.Manifest("0", "sqlite", "2026-11-23T12:00:00+00:00", [], [])
        with archive.writing(out, manifest, []) as writer:
            writer.add(name, tmp_path / "one")
    into = tmp_path / "a" / "b"
    into.mkdir(parents=True)
    with pytest.raises(InputError, match="rien à y faire"):
        archive.extract(path, into, [])
    assert not list(tmp_path.rglob("evil"))
    assert list(into.iterdir()) == []


@pytest.mark.parametrize("key", ["age1wrong", "ssh-ed25519 wrong", "/nowhere/key"])
def test_a_wrong_public_key_is_one_sentence(key: str) -> None:
    with pytest.raises(InputError):
        sealed.recipients([key])


def test_doctor_says_what_is_wrong_and_what_to_do(copied: Path) -> None:
    for path in list((copied / "files").glob("*/*"))[:1]:
        path.unlink()
    (copied / "files" / "ab").mkdir()
    (copied / "files" / "ab" / ("ab" * 32)).write_bytes(b"orphan")
    copied.chmod(0o755)
    (copied / "secret_key").chmod(0o644)
    with closing(sqlite3.connect(copied / "carene.sqlite3")) as opened, opened:
        opened.execute("DROP TRIGGER journal_entry_kept")
        opened.execute("DELETE FROM journal_entry WHERE id = (SELECT max(id) FROM journal_entry)")
    (copied / "last_backup.json").write_text(
        json.dumps({"made_at": "2020-01-01T00:00:00+00:00", "path": "/nowhere", "heads": [], "size": 1})
    )
    more = {"CARENE_DEBUG": "oui", "CARENE_HOSTS": "carene.exemple.fr"}
    done = carene(copied, "doctor", **more)
    assert done.returncode == 2, done.stderr
    for words in (
        "la base ne le protège plus",
        "chaîne rompue",
        "1 fichier manque",
        "1 fichier que rien ne nomme",
        "la dernière est du 1er janvier 2020",
        "mode de développement",
        "sans HTTPS",
        "secret_key est lisible par tous",
    ):
        assert words in done.stdout.replace("\xa0", " "), (words, done.stdout)
    wrong = [line for line in done.stdout.splitlines() if line.startswith("à mender")]
    assert all(" ; " in line for line in wrong), "each one says what to do"
    verified = carene(copied, "journal", "verify", "--json", "-")
    assert verified.returncode == 2
    assert json.loads(verified.stdout)["faults"][0]["kind"] == "removed"
    assert verified.stderr.startswith("le journal a été modifié : chaîne de l'organisation")
    assert verified.stderr.count("\n") == 1
    shutil.rmtree(copied / "files")
    (copied / "carene.sqlite3").unlink()
    done = carene(copied, "doctor")
    assert (done.returncode, "Base : elle n'existe pas" in done.stdout) == (2, True)
    assert not (copied / "carene.sqlite3").exists(), "looking creates nothing"
