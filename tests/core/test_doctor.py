# SPDX-License-Identifier: EUPL-1.2
"""Each thing that ``carene doctor`` looks at can be wrong, and then it says so with what to do."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from carene.core.backup import health, making
from carene.core.jobs.models import Job
from carene.core.journal.models import Entry
from carene.core.journal.writer import record
from tests.support.factories import World
from tests.support.programs import carene

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def var(settings: Any, tmp_path: Path) -> Path:
    settings.VAR = tmp_path / "var"
    settings.FILES_ROOT = settings.VAR / "files"
    settings.VAR.mkdir(mode=0o700)
    return Path(settings.VAR)


def said(subject: str) -> list[tuple[str, str]]:
    """Level and sentence of each line about this subject, with ordinary spaces."""
    looks = {"Horloge": (*health.DATA, *health.PLACE), "Journal": health.DATA, "Preuves": health.DATA}
    found = [line for look in looks.get(subject, health.PLACE) for line in look() if line.subject == subject]
    return [(line.level, line.sentence.replace("\xa0", " ").replace("\u202f", " ")) for line in found]


def remember(var: Path, made: dt.datetime, path: Path) -> None:
    content = {"made_at": made.isoformat(), "path": str(path), "size": 1, "encrypted": False, "heads": []}
    making.write_whole(var / making.LAST, json.dumps(content))


def test_backups(var: Path, tmp_path: Path) -> None:
    assert said("Sauvegarde") == [
        ("wrong", "Sauvegarde : aucune n'a jamais été faite ; lancer « carene backup », puis chaque nuit.")
    ]
    remember(var, timezone.now() - dt.timedelta(days=6, hours=23), tmp_path / "elsewhere")
    assert [level for level, _ in said("Sauvegarde")] == ["good"]
    remember(var, timezone.now() - dt.timedelta(days=7, minutes=1), tmp_path / "elsewhere")
    ((level, sentence),) = said("Sauvegarde")
    assert (level, "vérifier la tâche de chaque nuit" in sentence) == ("wrong", True)
    remember(var, timezone.now(), var / making.LAST)
    assert said("Sauvegarde")[1] == (
        "notice", "Sauvegarde : elle est sur le même disque que les données ; en garder une copie hors du réseau."
    )  # fmt: skip
    (var / making.LAST).write_text("{")
    assert said("Sauvegarde")[0][0] == "wrong", "what cannot be read is as good as none"


@pytest.mark.parametrize(
    ("total", "free", "level"),
    [
        (10**12, 10**9 + 1, "good"),
        (10**12, 10**9 - 1, "wrong"),
        (10**10, 6 * 10**8, "good"),
        (10**10, 4 * 10**8, "wrong"),
    ],
)
def test_room(var: Path, monkeypatch: pytest.MonkeyPatch, total: int, free: int, level: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(total, total - free, free))
    ((found, sentence),) = said("Disque")
    assert (found, " libres sur " in sentence) == (level, True)


def test_settings_that_endanger(var: Path, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SESSION_COOKIE_SECURE = ["carene.exemple.fr"], True
    (var / "secret_key").write_text("x")
    (var / "secret_key").chmod(0o600)
    assert said("Réglages") == []
    wrong: dict[str, dict[str, Any]] = {
        "mode de développement": {"DEBUG": True},
        "tout nom de serveur est accepté": {"ALLOWED_HOSTS": ["*"]},
        "sans HTTPS": {"SESSION_COOKIE_SECURE": False},
    }
    for words, changes in wrong.items():
        before = {name: getattr(settings, name) for name in changes}
        for name, value in changes.items():
            setattr(settings, name, value)
        ((level, sentence), *more) = said("Réglages")
        assert (level, words in sentence, more) == ("wrong", True, []), sentence
        for name, value in before.items():
            setattr(settings, name, value)
    settings.ALLOWED_HOSTS = ["localhost"]
    assert [level for level, _ in said("Réglages")] == ["notice"]
    settings.ALLOWED_HOSTS = ["carene.exemple.fr"]
    var.chmod(0o755)
    (var / "secret_key").chmod(0o644)
    ((level, sentence),) = said("Réglages")
    assert (level, f"chmod 600 {var / 'secret_key'}" in sentence) == ("wrong", True)


def test_the_clock_of_the_files(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = health.time.time()
    monkeypatch.setattr(health.time, "time", lambda: now + 3600)
    (found,) = list(health._clock())
    assert (found.level, "3 600 s" in found.sentence.replace("\u202f", " ").replace("\xa0", " ")) == ("wrong", True)
    monkeypatch.undo()
    assert [line.level for line in health._clock()] == ["good"]
    assert list(var.iterdir()) == [], "looking leaves nothing"


@pytest.mark.django_db
def test_the_clock_of_the_journal(world: World, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    actor, node = world.actor(world.alice), world.hospital.node
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime.now(dt.UTC) + dt.timedelta(hours=2))
    record(actor, "evidence.add", node, "evidence:1")
    monkeypatch.undo()
    assert ("wrong", "Horloge : le journal contient des lignes à venir ; régler l'horloge (NTP).") in said("Horloge")


@pytest.mark.django_db
def test_the_journal_against_the_last_backup(world: World, var: Path) -> None:
    record(world.actor(world.alice), "evidence.add", world.hospital.node, "evidence:1")
    assert [level for level, _ in said("Journal")] == ["good"]
    entry = Entry.objects.order_by("-id")[0]
    content = {
        "made_at": timezone.now().isoformat(), "path": "/nulle/part", "size": 1, "encrypted": False,
        "heads": [[entry.node_id, entry.seq, "f" * 64]],
    }  # fmt: skip
    making.write_whole(var / making.LAST, json.dumps(content))
    ((level, sentence),) = said("Journal")
    assert (level, "chaîne rompue" in sentence) == ("wrong", True), "rewritten whole, it still differs from the witness"


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="NOT TESTED: durability is a setting of PostgreSQL")
def test_a_postgresql_that_forgets(var: Path) -> None:
    """The one of the tests does: they throw their data away."""
    lines = [line for line in health.examine() if line.subject == "Durabilité"]
    assert {line.level for line in lines} == {"wrong"}
    assert any("(fsync = off)" in line.sentence for line in lines)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    assert not any("synchronous_commit" in line.sentence for line in health._durable())
    assert {line.subject for line in health.examine()} > {"Base", "Durabilité", "Journal"}, "the rest is looked at"


def test_said_to_people_and_to_machines(copied: Path) -> None:
    demo = copied
    (demo / making.LAST).unlink(missing_ok=True)
    for_machines = carene(demo, "doctor", "--json", "-")
    found = json.loads(for_machines.stdout)
    assert (for_machines.returncode, for_machines.stderr) == (2, ""), "no backup was ever made"
    assert {one["subject"] for one in found} >= {
        "Base", "Journal", "Preuves", "Sauvegarde", "Disque", "Réglages", "Antivirus", "Horloge",
    }  # fmt: skip
    assert {one["level"] for one in found} <= {"good", "notice", "wrong"}
    assert all(one["remedy"] for one in found if one["level"] != "good"), "each one says what to do"
    assert all(set(one) == {"subject", "level", "what", "remedy"} for one in found)
    lines = carene(demo, "doctor").stdout.splitlines()
    assert len(lines) == len(found)
    assert all(line.startswith(("bien", "à savoir", "à mender")) and line.endswith(".") for line in lines)


def test_computations_cut_or_waiting_for_nobody(world: World, var: Path) -> None:
    Job.objects.create(node=world.hospital.node, kind="essai", state=Job.State.RUNNING)
    Job.objects.create(node=world.hospital.node, kind="autre", state=Job.State.WAITING)
    assert health._jobs in health.DATA, "a look that nobody takes says nothing"
    assert [line.what.replace("\xa0", " ") for line in health._jobs()] == [
        "1 calcul interrompu par un arrêt",
        "1 calcul attend",
    ]
