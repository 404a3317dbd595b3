# SPDX-License-Identifier: EUPL-1.2
"""Eight people at once on the real server, on both databases: no failure, no lost update, conflicts told."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.crawl import forms_of
from tests.attacks.live import Person, Place, in_threads, workers
from tests.e2e.conftest import ROOT, free_port, start_server

LOGINS = ["rssi"] * 8


def on_sqlite(place: Place) -> Iterator[Place]:
    server = start_server(place.var, place.port)
    yield place
    server.terminate()
    server.wait(30)


def on_postgresql(var: Path) -> Iterator[Place]:
    """``carene serve`` below the script that gives it a temporary PostgreSQL."""
    place = Place(var, free_port())
    environment = {**os.environ, "CARENE_VAR": str(var), "PYTHONPATH": str(ROOT / "src")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    serve = [sys.executable, "-m", "carene.cli.main", "serve", "--demo", "--port", str(place.port)]
    with (var / "log").open("wb") as log:
        wrapper = subprocess.Popen(
            [sys.executable, str(ROOT / "scripts/with_postgresql.py"), *serve],
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    for _ in range(300):
        if wrapper.poll() is not None or b"ouvert" in (var / "log").read_bytes():
            break
        time.sleep(0.2)
    assert wrapper.poll() is None, (var / "log").read_text()[-3000:]
    master = next(p for p in workers(wrapper.pid) if b"carene.cli.main" in Path(f"/proc/{p}/cmdline").read_bytes())
    settings = Path(f"/proc/{master}/environ").read_bytes().split(b"\0")
    place.url = next(s for s in settings if s.startswith(b"CARENE_DATABASE=")).partition(b"=")[2].decode()
    yield place
    os.kill(master, signal.SIGTERM)  # the script then stops its PostgreSQL and goes
    wrapper.wait(60)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=[pytest.mark.e2e, pytest.mark.xdist_group("live")]),
        pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.xdist_group("live")]),
    ],
)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if request.param == "sqlite":
        yield from on_sqlite(request.getfixturevalue("place"))
    else:
        yield from on_postgresql(tmp_path_factory.mktemp("postgresql"))


@pytest.fixture(scope="module")
def people(served: Place) -> list[Person]:
    found = [Person(served.server, login) for login in LOGINS]
    served.enter(found[0])
    return found


def test_each_their_own_question(served: Place, people: list[Person]) -> None:
    before = served.versions()

    def work(rank: int) -> None:
        for key in served.keys[rank :: len(people)]:
            status, stored = served.answer(people[rank], key, rank % 4, before.get(key, 0), f"moi, {rank}")
            assert (status, stored.get("version")) == (200, before.get(key, 0) + 1), (status, stored)

    in_threads(len(people), work)
    comments = dict(
        served.rows("SELECT criterion, comment FROM assessments_answer WHERE assessment_id=?", served.assessment)
    )
    assert {key: f"moi, {rank}" for rank in range(8) for key in served.keys[rank::8]}.items() <= comments.items()
    served.sound()


def test_everyone_the_same_question(served: Place, people: list[Person]) -> None:
    """Each goes on from what it is told: every version is given to one person only, and to the journal."""
    key = served.keys[7]
    first, taken, refused = served.versions().get(key, 0), [], []

    def work(rank: int) -> None:
        version = first
        for turn in range(6):
            for _ in range(200):
                status, told = served.answer(people[rank], key, (rank + turn) % 4, version, f"{rank}.{turn}")
                assert status in {200, 409}, (status, told)
                if status == 200:
                    version = told["version"]
                    taken.append(version)
                    break
                refused.append(told)
                version = told["stored"]["version"]
            else:
                raise AssertionError("never heard")

    in_threads(len(people), work)
    print(first, taken, served.versions()[key], len(served.told(key)), [t["comment"] for t in served.told(key)])
    assert sorted(taken) == list(range(first + 1, first + 1 + 6 * 8))
    assert served.versions()[key] == taken and False or served.versions()[key] == max(taken)
    assert refused
    for told in refused:
        assert re.search(r"répondu « niveau \d »", told["detail"]), told
    assert len({entry["comment"] for entry in served.told(key)} & {f"{r}.{t}" for r in range(8) for t in range(6)}) == 48
    served.sound()


def at_once(people: list[Person], path: str, form: Mapping[str, Any], **more: Any) -> list[int]:
    """The same form sent by everyone in the same instant; gives the statuses, in order."""
    statuses: list[int] = []

    def work(rank: int) -> None:
        status, body = people[rank].send(path, form, **more)
        assert status < 500, (path, status, body[:1000])
        statuses.append(status)

    in_threads(len(people), work)
    return sorted(statuses)


def once(count: int, refused: int) -> list[int]:
    return [302, *[refused] * (count - 1)]


def test_the_same_form_sent_by_everyone_at_once(served: Place, people: list[Person]) -> None:
    """A double click, eight times: what may exist once exists once, and nobody sees a failure."""
    node, many = served.node, len(people)
    scenarios = f"/o/{node}/feuille-de-route/scenarios"
    page = people[0].send(f"{scenarios}/nouveau/")[1].decode()
    form = next(dict(f.fields) for f in forms_of("/", page) if "months" in dict(f.fields)) | {"name": "Ensemble"}
    r = at_once(people, f"{scenarios}/nouveau/", form)
    print(r)
    assert served.rows("SELECT count(*) FROM roadmaps_scenario WHERE name='Ensemble'") == [(1,)]
    (scenario, version), = served.rows("SELECT id, version FROM roadmaps_scenario WHERE name='Ensemble'")
    print(at_once(people, f"{scenarios}/{scenario}/renommer/", {"name": "Autre", "version": version}))
    print(at_once(people, f"{scenarios}/{scenario}/dupliquer/", {}))
    print(served.rows("SELECT name FROM roadmaps_scenario WHERE node_id=?", node))
    print(at_once(people, f"{scenarios}/{scenario}/adopter/", {"version": version+1}))
    r = at_once(people, f"/o/{node}/mesures/saisir/", {"indicator": "budget_numerique_pct", "value": "1,9", "observed_on": "2026-01-02", "source": "x"})
    print(r)
    assert served.rows("SELECT count(*) FROM indicators_observation WHERE node_id=? AND observed_on='2026-01-02'", node) == [(1,)]
    print(at_once(people, f"/o/{node}/echanges/cles/", {"name": "k", "days": "30"}))
    print(at_once(people, f"/o/{node}/echanges/cles/", {"name": "k", "days": "30"}))
    print(at_once(people, f"/o/{node}/echanges/cles/", {"name": "k", "days": "30"}), served.rows("SELECT count(*) from exchange_apitoken"))
    person = served.rows("SELECT id FROM accounts_user WHERE email LIKE 'contributeur@%'")[0][0]
    print("assign", at_once(people, f"/o/{node}/auto-evaluation/{served.assessment}/confier/?question=GOV.1.1", {"question": "GOV.1.1", "user": person}))
    print("evidence", at_once(people, f"/o/{node}/preuves/ajouter/", {"title": "double", "criteria": "care GOV.1.1"}, files={"upload": ("a.txt", b"the same")}))
    print("submit", at_once(people, f"/o/{node}/auto-evaluation/{served.assessment}/soumettre/", {}))
    print("reopen", at_once(people, f"/o/{node}/auto-evaluation/{served.assessment}/rouvrir/", {"reason": "x"}))
    other = served.rows("SELECT node_id FROM organisations_organisation WHERE short_name LIKE ?", "CH de l%Orme")[0][0]
    print("start", at_once(people, f"/o/{other}/auto-evaluation/commencer/", {"referential": "care"}), served.rows("SELECT count(*) FROM assessments_assessment WHERE node_id=? and state<>'validated'", other))
    admins = [Person(served.server, "admin") for _ in range(4)]
    print("grant", at_once(admins, f"/o/{node}/personnes/", {"email": "nouveau@exemple.invalid", "name": "Nouveau", "role": "lecteur"}))
    print(served.rows("SELECT count(*) FROM accounts_user WHERE email='nouveau@exemple.invalid'"))
    print("grant2", at_once(admins, f"/o/{node}/personnes/", {"email": "nouveau@exemple.invalid", "name": "Nouveau", "role": "rssi"}))
    print(served.rows("SELECT count(*) FROM tenancy_membership WHERE user_id=(SELECT id FROM accounts_user WHERE email='nouveau@exemple.invalid')"))
    served.sound()
