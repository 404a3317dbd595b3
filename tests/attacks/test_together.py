# SPDX-License-Identifier: EUPL-1.2
"""Eight people at once on the real server, on both databases: no failure, no lost update, conflicts told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.attacks.crawl import forms_of
from tests.attacks.live import Person, Place, in_threads
from tests.e2e.conftest import stop_server

CROWD = 8


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("place", id="sqlite", marks=pytest.mark.e2e),
        pytest.param("place_on_postgresql", id="postgresql", marks=pytest.mark.postgresql),
    ],
)
def served(request: pytest.FixtureRequest) -> Iterator[Place]:
    place: Place = request.getfixturevalue(request.param)
    server = place.start()
    yield place
    stop_server(server)


@pytest.fixture(scope="module")
def people(served: Place) -> list[Person]:
    found = [Person(served.server) for _ in range(CROWD)]
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
    assert {
        key: f"moi, {rank}" for rank in range(CROWD) for key in served.keys[rank::CROWD]
    }.items() <= comments.items()
    served.sound()


def test_everyone_the_same_question(served: Place, people: list[Person]) -> None:
    """Each goes on from what it is told: every version is given to one person only, and to the journal."""
    key = served.keys[CROWD]
    first, turns = served.versions().get(key, 0), 6
    taken: list[int] = []
    refused: list[dict[str, Any]] = []

    def work(rank: int) -> None:
        version = first
        for turn in range(turns):
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
    assert sorted(taken) == list(range(first + 1, first + 1 + turns * CROWD))
    assert served.versions()[key] == max(taken)
    assert refused
    for told in refused:
        assert re.search(r"répondu « niveau \d »", told["detail"]), told
    everything = {f"{rank}.{turn}" for rank in range(CROWD) for turn in range(turns)}
    assert everything <= {entry["comment"] for entry in served.told(key)}
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


def test_what_may_exist_once_exists_once(served: Place, people: list[Person]) -> None:
    """A double click, eight times: the first one is done, the others are told, and nobody sees a failure."""
    node, rest = served.node, len(people) - 1
    scenarios = f"/o/{node}/feuille-de-route/scenarios"
    page = people[0].send(f"{scenarios}/nouveau/")[1].decode()
    form = next(dict(one.fields) for one in forms_of("/", page) if "months" in dict(one.fields))
    assert at_once(people, f"{scenarios}/nouveau/", form | {"name": "Ensemble"}) == [302, *[400] * rest]
    ((scenario, version),) = served.rows("SELECT id, version FROM roadmaps_scenario WHERE name=?", "Ensemble")
    at_once(people, f"{scenarios}/{scenario}/renommer/", {"name": "Autre", "version": version})
    assert served.rows("SELECT version FROM roadmaps_scenario WHERE id=?", scenario) == [(version + 1,)]
    at_once(people, f"{scenarios}/{scenario}/dupliquer/", {})
    copies = served.rows("SELECT id, version FROM roadmaps_scenario WHERE name LIKE ? ORDER BY id", "Autre%")
    assert len(copies) > 1

    def adopt(rank: int) -> None:
        pk, seen = copies[rank % len(copies)]
        status, body = people[rank].send(f"{scenarios}/{pk}/adopter/", {"version": seen})
        assert status == 302, body[:1000]

    in_threads(CROWD, adopt)
    twice = """SELECT measure FROM roadmaps_action WHERE node_id=? AND measure<>'' AND state<>'dropped'
               GROUP BY measure HAVING count(*) > 1"""
    assert served.rows(twice, node) == []
    adopted = "SELECT count(*) FROM roadmaps_scenario WHERE node_id=? AND adopted_at IS NOT NULL AND retired_at IS NULL"
    assert served.rows(adopted, node) == [(1,)]

    day = {"indicator": "budget_numerique_pct", "value": "1,9", "observed_on": "2026-01-02", "source": "Relevé"}
    assert at_once(people, f"/o/{node}/indicateurs/saisir/", day) == [*[200] * rest, 302]
    for _ in range(3):
        at_once(people, f"/o/{node}/echanges/cles/", {"name": "Tableau de bord", "days": "30"})
    assert served.rows("SELECT count(*) FROM exchange_apitoken") == [(20,)]


def test_one_state_after_another(served: Place, people: list[Person]) -> None:
    node, rest = served.node, len(people) - 1
    assessment = f"/o/{node}/auto-evaluation/{served.assessment}"
    ((colleague,),) = served.rows("SELECT id FROM accounts_user WHERE email=?", "contributeur@demo.invalid")
    given = at_once(people, f"{assessment}/confier/?question=GOV.1.1", {"question": "GOV.1.1", "user": colleague})
    assert given == [302] * len(people), "giving a question twice is giving it once"
    assert at_once(people, f"{assessment}/soumettre/", {}) == [302, *[400] * rest]
    assert at_once(people, f"{assessment}/rouvrir/", {"reason": "Une erreur"}) == [302, *[400] * rest]
    ((other,),) = served.rows("SELECT node_id FROM organisations_organisation WHERE short_name=?", "CH de l'Orme")
    started = at_once(people, f"/o/{other}/auto-evaluation/commencer/", {"referential": "care"})
    assert started == [302, *[400] * rest]

    admins = [Person(served.server, "admin") for _ in range(4)]
    form = {"email": "n@exemple.invalid", "name": "Nouveau", "role": "administrateur"}
    at_once(admins, f"/o/{node}/personnes/", form)
    assert served.rows("SELECT count(*) FROM accounts_user WHERE email=?", "n@exemple.invalid") == [(1,)]


def test_two_administrators_cannot_remove_each_other(served: Place, people: list[Person]) -> None:
    ((region,),) = served.rows("SELECT node_id FROM organisations_organisation WHERE kind=?", "region")
    admin = Person(served.server, "admin")
    form = {"email": "rssi@demo.invalid", "role": "gestionnaire"}
    assert admin.send(f"/o/{region}/personnes/", form)[0] == 302
    both = served.rows("SELECT id FROM tenancy_membership WHERE node_id=? AND role=?", region, "gestionnaire")
    assert len(both) == 2

    def revoke(rank: int) -> None:
        who = (admin, people[0])[rank]
        status, body = who.send(f"/o/{region}/personnes/{both[rank][0]}/retirer/", {})
        assert status in {302, 400, 403, 404}, body[:1000]

    in_threads(2, revoke)
    left = served.rows("SELECT count(*) FROM tenancy_membership WHERE node_id=? AND role=?", region, "gestionnaire")
    assert left == [(1,)]
    served.sound()
