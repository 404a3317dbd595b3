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
from subprocess import Popen

import pytest

from tests.attacks.live import GONE, Person, Place, in_threads, kill_all, workers
from tests.e2e.conftest import start_server
from tests.engines.exchange.xlsx import workbook

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("live")]
PEOPLE = 6


def answering(place: Place, people: list[Person], stop: threading.Event, seed: int) -> list[tuple[str, int, str]]:
    """People answer, each their own questions, until the server is gone; gives the writes that it acknowledged."""
    versions = place.versions()
    told: list[tuple[str, int, str]] = []

    def work(rank: int) -> None:
        keys, count = place.keys[rank::PEOPLE], 0
        while not stop.is_set():
            key, count = keys[count % len(keys)], count + 1
            comment = f"essai {seed}.{rank}.{count}"
            try:
                status, stored = place.answer(people[rank], key, count % 3, versions.get(key, 0), comment)
            except GONE:
                return
            assert status == 200, (status, stored)
            versions[key] = stored["version"]
            told.append((key, stored["version"], comment))

    in_threads(len(people), work)
    return told


def kept(place: Place, told: list[tuple[str, int, str]]) -> None:
    """Each acknowledged write is in the journal, and is what stands unless a later one replaced it."""
    now = {
        key: (version, comment)
        for key, version, comment in place.rows(
            "SELECT criterion, version, comment FROM assessments_answer WHERE assessment_id=?", place.assessment
        )
    }
    journal = {
        (target, json.loads(after)["comment"])
        for target, after in place.rows("SELECT target, after FROM journal_entry WHERE verb='assessment.answer'")
    }
    for key, version, comment in told:
        assert (f"answer:{place.assessment}:{key}", comment) in journal
        assert now[key][0] >= version
        assert now[key][0] > version or now[key][1] == comment


@pytest.mark.parametrize("victims", ["all", "worker"])
def test_every_acknowledged_answer_survives(place: Place, victims: str) -> None:
    server = start_server(place.var, place.port)
    people = [Person(place.server) for _ in range(PEOPLE)]
    place.enter(people[0])
    stop = threading.Event()
    seed = int.from_bytes(os.urandom(2), "big")

    def strike() -> None:
        time.sleep(random.Random(seed).uniform(0.7, 2))
        if victims == "all":
            kill_all(server)
        else:
            for pid in workers(server.pid):
                os.kill(pid, signal.SIGKILL)
        time.sleep(1)
        stop.set()

    killer = threading.Thread(target=strike)
    killer.start()
    told = answering(place, people, stop, seed)
    killer.join()
    assert len(told) > 20, (seed, told)
    if victims == "worker":
        assert Person(place.server).send(f"/o/{place.node}/")[0] == 200, "another worker took over"
        kill_all(server)
    server.wait(10)
    server = start_server(place.var, place.port)
    place.sound()
    kept(place, told)
    person = Person(place.server)
    key = told[-1][0]
    assert place.answer(person, key, 3, place.versions()[key], "après")[0] == 200
    kill_all(server)


def test_an_import_is_applied_whole_or_not_at_all(place: Place) -> None:
    delay, outcomes = 0.1, []  # seconds between the sending and the blow: it closes in on the moment of the commit
    for rank in range(4):
        server = start_server(place.var, place.port)
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
        delay *= 0.6 if applied else 1.6
    print(outcomes, delay)
