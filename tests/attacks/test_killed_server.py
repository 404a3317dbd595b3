# SPDX-License-Identifier: EUPL-1.2
"""The real server, killed for good while people answer: what was acknowledged is there, nothing is half written."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import threading
import time
from pathlib import Path
from subprocess import Popen

import pytest

from carene.apps.organisations.imports.plan import WRITING
from tests.attacks.live import GONE, Person, Place, in_threads, kill_all, workers
from tests.engines.exchange.xlsx import workbook

PEOPLE = 6
SQLITE = pytest.param("place", id="sqlite", marks=pytest.mark.e2e)
POSTGRESQL = pytest.param("place_on_postgresql", id="postgresql", marks=pytest.mark.postgresql)
BOTH = pytest.mark.parametrize("place", [SQLITE, POSTGRESQL], indirect=True)
Told = list[tuple[str, int, str]]


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def seed() -> int:
    """Said by a failure (``--showlocals``), to be given again here."""
    return int.from_bytes(os.urandom(2), "big")


def answering(
    place: Place, people: list[Person], stop: threading.Event, seed: int, told: Told, *, may_fail: bool = False
) -> None:
    """People answer, each their own questions, until the server is gone; ``told`` gets the writes it acknowledged."""
    versions = place.versions()

    def work(rank: int) -> None:
        keys, count = place.keys[rank::PEOPLE], 0
        while not stop.is_set():
            key, count = keys[count % len(keys)], count + 1
            comment = f"essai {seed}.{rank}.{count}"
            try:
                status, stored = place.answer(people[rank], key, count % 3, versions.get(key, 0), comment)
            except GONE:
                return
            if may_fail and status >= 500:
                return
            assert status == 200, (status, stored)
            versions[key] = stored["version"]
            told.append((key, stored["version"], comment))

    in_threads(len(people), work)


def kept(place: Place, told: Told) -> None:
    """Each acknowledged write is in the journal, and is what stands unless a later one replaced it."""
    now = {
        key: (version, comment)
        for key, version, comment in place.rows(
            "SELECT criterion, version, comment FROM assessments_answer WHERE assessment_id=?", place.assessment
        )
    }
    journal = {
        (target, (json.loads(after) if isinstance(after, str) else after)["comment"])
        for target, after in place.rows("SELECT target, after FROM journal_entry WHERE verb='assessment.answer'")
    }
    for key, version, comment in told:
        assert (f"answer:{place.assessment}:{key}", comment) in journal
        assert now[key][0] >= version
        assert now[key][0] > version or now[key][1] == comment


def crowd(place: Place) -> list[Person]:
    people = [Person(place.server) for _ in range(PEOPLE)]
    place.enter(people[0])
    return people


def written(told: Told, count: int) -> Told:
    """Waits until so many writes were acknowledged: on a busy machine that takes longer."""
    for _ in range(2400):
        if len(told) >= count:
            break
        time.sleep(0.05)
    return list(told)


VICTIMS = [
    pytest.param("place", "worker", id="sqlite-worker", marks=pytest.mark.e2e),
    pytest.param("place_on_postgresql", "database", id="postgresql-database", marks=pytest.mark.postgresql),
]


@pytest.mark.parametrize(("place", "victims"), VICTIMS, indirect=["place"])
def test_the_server_goes_on_without_what_was_killed_below_it(
    place: Place, victims: str, seed: int, request: pytest.FixtureRequest
) -> None:
    server = place.start()
    people = crowd(place)
    stop, told = threading.Event(), Told()

    def strike() -> None:
        written(told, random.Random(seed).randint(20, 60))
        if victims == "database":
            request.getfixturevalue("cluster").crash()
        else:
            for pid in workers(server.pid):
                os.kill(pid, signal.SIGKILL)
        time.sleep(1)
        stop.set()

    killer = threading.Thread(target=strike)
    killer.start()
    answering(place, people, stop, seed, told, may_fail=victims == "database")
    killer.join()
    assert Person(place.server).send(f"/o/{place.node}/")[0] == 200
    kill_all(server)
    server = place.start()
    place.sound()
    kept(place, told)
    place.verify()
    person = Person(place.server)
    key = told[-1][0]
    assert place.answer(person, key, 3, place.versions()[key], "après")[0] == 200
    kill_all(server)


@BOTH
def test_backups_killed_while_people_write(place: Place, seed: int) -> None:
    """Two backups, then the server itself. Everything acknowledged is there; the last archive comes back, and holds
    everything that was acknowledged before it began."""
    server, draw, folder = place.start(), random.Random(seed), place.var.parent / "archives"
    people = crowd(place)
    stop, told, before = threading.Event(), Told(), Told()

    def save() -> None:
        try:
            for _ in range(2):
                with place.carene("backup", "--to", str(folder)) as program:
                    time.sleep(draw.uniform(0.5, 3))
                    program.kill()
            before.extend(written(told, 20))
            place.done("backup", "--to", str(folder))
            written(told, len(told) + draw.randint(1, 30))
        finally:
            kill_all(server)
            stop.set()

    saver = threading.Thread(target=save)
    saver.start()
    answering(place, people, stop, seed, told)
    saver.join()
    assert len(told) > len(before) >= 20, "people wrote all along"
    place.sound()
    kept(place, told)
    place.verify()
    whole = sorted(folder.glob("*.tar.zst"))
    assert whole, seed
    assert list(place.var.glob(".sauvegarde-*")) == [], "what the killed ones left is swept"
    said = place.done("restore", str(whole[-1]))
    assert "lignes du journal vérifiées" in said
    place.sound()
    kept(place, before)
    place.verify()
    server = place.start()
    person, key = Person(place.server), before[-1][0]
    assert place.answer(person, key, 3, place.versions()[key], "après la restauration")[0] == 200
    kill_all(server)


@BOTH
def test_a_killed_import_of_a_register_is_finished_by_the_next(
    place: Place, seed: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Batches, each whole with its line of journal; three thousand establishments, two blows while it writes."""
    base, draw = "carene_registre", random.Random(seed)
    here = Place(tmp_path / "var", 0, request.getfixturevalue("cluster").new(base) if place.databases else {})
    here.done("organisations", "generate", str(tmp_path / "registre.csv"), "--count", "3000")
    here.done("setup")

    def whole() -> tuple[int, int]:
        """Establishments that are there, and that the journal tells; each stands in the tree below its parent."""
        # one statement, one moment: the server may still be committing what a killed client had sent
        imported = "SELECT count(*) FROM organisations_organisation WHERE register_key <> ''"
        told = "(SELECT 1 AS one) always LEFT JOIN journal_entry e ON e.verb = 'organisation.import'"
        found = here.rows(f"SELECT ({imported}), e.after FROM {told}")
        count = found[0][0]
        batches = [json.loads(after) if isinstance(after, str) else after for _, after in found if after is not None]
        lost = """SELECT count(*) FROM tenancy_node n LEFT JOIN tenancy_node p ON p.id = n.parent_id
                  WHERE n.parent_id IS NOT NULL AND (p.id IS NULL OR n.path <> p.path || n.id || '/')"""
        assert here.rows(lost) == [(0,)]
        return count, sum(one.get("opened", 0) for one in batches)

    seen = [(0, 0)]
    for rank in range(2):
        with here.carene("organisations", "import", str(tmp_path / "registre.csv")) as program:
            assert program.stderr is not None
            while not program.stderr.readline().startswith(WRITING):
                assert program.poll() is None, seen
            time.sleep(draw.uniform(0, 0.15) * (rank + 1))
            program.kill()
        seen.append(whole())
        assert seen[-1][0] == seen[-1][1], (seed, seen)
    assert seen == sorted(seen)
    here.done("organisations", "import", str(tmp_path / "registre.csv"))
    count, told = whole()
    assert count == told > 3000
    here.verify()
    again = json.loads(here.done("organisations", "import", str(tmp_path / "registre.csv"), "--json", "-"))
    assert again["opened"] == {}, again["counts"]


@BOTH
def test_an_import_is_applied_whole_or_not_at_all(place: Place) -> None:
    delay, outcomes = (
        0.1,
        list[bool](),
    )  # seconds between the sending and the blow: it closes in on the moment of the commit
    for rank in range(2):
        server = place.start()
        person = Person(place.server)
        place.enter(person)
        rows = [["Identifiant", "Niveau choisi", "Commentaire"], *[[k, rank % 4, f"import {rank}"] for k in place.keys]]
        path = f"/o/{place.node}/echanges/"
        status, body = person.send(path, files={"file": ("retour.xlsx", workbook(rows))})
        assert status == 302, body[:300]
        draft = int(re.search(r"fichiers/(\d+)/", person.headers["Location"])[1])  # type: ignore[index]
        versions = place.versions()
        form = {"take": place.keys, **{f"version:{key}": versions.get(key, 0) for key in place.keys}}

        def strike(delay: float = delay, server: Popen[bytes] = server) -> None:
            time.sleep(delay)
            kill_all(server)

        killer = threading.Thread(target=strike)
        killer.start()
        try:
            acknowledged = person.send(f"{path}fichiers/{draft}/", form)[0] == 302
        except GONE:
            acknowledged = False
        killer.join()
        taken = [c for (c,) in place.rows("SELECT criterion FROM assessments_answer WHERE comment=?", f"import {rank}")]
        applied = place.rows("SELECT applied_at FROM exchange_draft WHERE id=?", draft)[0][0] is not None
        journal = place.rows("SELECT count(*) FROM journal_entry WHERE target=?", f"file:{draft}")[0][0]
        assert len(taken) in {0, len(place.keys)}
        assert applied == bool(taken) == bool(journal)
        assert applied or not acknowledged
        place.sound()
        outcomes.append(applied)
        delay *= 0.4 if applied else 1.8
    place.verify()
