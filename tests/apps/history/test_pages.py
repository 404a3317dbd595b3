# SPDX-License-Identifier: EUPL-1.2
"""The journal of an organisation: who may read it, what it says, and its files."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from carene.apps.evidence import actions as evidence
from carene.apps.history import queries, wording
from carene.apps.organisations import actions as organisations
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.models import Entry
from carene.core.journal.writer import entry, record, record_many
from tests.support.factories import SYSTEM, World
from tests.support.text import plain

SOURCE = Path(wording.__file__).resolve().parents[2]


def at(world: World, rest: str = "") -> str:
    return f"/o/{world.hospital.pk}/journal/{rest}"


@pytest.fixture
def told(world: World) -> World:
    alice = Actor.of(world.alice, address="192.0.2.7")
    organisations.update_profile(alice, world.hospital, beds=212, town="Valmont")
    evidence.add(alice, world.hospital, title="PSSI signée", url="https://exemple.invalid/pssi")
    answer = {"level": 2, "not_applicable": False, "justification": "", "comment": "", "answered_on": "2026-11-23"}
    with atomic_write():
        record(alice, "assessment.answer", world.hospital.node, "answer:1:GOV.1.1", None, answer)
        moved = {"state": "doing", "owner": world.director.pk, "planned_cost": 9400}
        record(alice, "action.update", world.hospital.node, "action:1", {**moved, "state": "todo"}, moved)
    return world


def test_who_may_read_it(told: World, client_for: Any) -> None:
    for user, status in (
        (told.alice, 200),
        (told.director, 200),
        (told.admin, 200),
        (told.bob, 403),
        (told.charlie, 404),
    ):
        assert client_for(user).get(at(told)).status_code == status
        assert client_for(user).get(at(told, "exporter/csv/")).status_code == status
    assert (
        'href="/o/' + f'{told.hospital.pk}/journal/"'
        in client_for(told.alice).get(f"/o/{told.hospital.pk}/").content.decode()
    )
    assert "/journal/" not in client_for(told.bob).get(f"/o/{told.hospital.pk}/").content.decode()


def test_it_says_what_was_done_in_french(told: World, client_for: Any) -> None:
    page = plain(client_for(told.alice).get(at(told)))
    for words in (
        "Alice Arnaud</span> a modifié le profil",
        "lits et places",
        '<span class="was">200</span> → 212',
        "a ajouté une preuve",
        "PSSI signée",
        "a répondu à une question",
        "GOV.1.1 ",
        "23 novembre 2026",
        "a modifié une action",
        '<span class="was">à faire</span> → en cours',
        "par le site, 192.0.2.7",
        "Système</span> a créé l'organisation",
    ):
        assert words in page, words
    assert "Hôpital voisin" not in page


def test_names_and_amounts_are_said(told: World) -> None:
    rows = list(queries.entries(told.hospital.node, queries.Filters(verb="action.update")))
    before = {"owner": told.alice.pk, "planned_cost": 9400}
    with atomic_write():
        record(
            SYSTEM,
            "action.update",
            told.hospital.node,
            "action:1",
            before,
            {"owner": told.director.pk, "planned_cost": 0},
        )
    rows = list(queries.entries(told.hospital.node, queries.Filters(verb="action.update")))
    changes = {c.label: (c.before, c.after) for c in queries.lines(rows)[0].changes}
    assert changes["responsable"] == ("Alice Arnaud", "Denise Duval")
    assert changes["coût prévu"] == ("9\u202f400\u00a0€", "0\u00a0€")


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("qui={alice}", 4),
        ("quoi=evidence.add", 1),
        ("qui={bob}", 0),
        ("du=2000-01-01&au=2000-12-31", 0),
        ("du=2000-01-01", 5),
        ("au=9999-12-31", 5),
        ("du=hier&au=2026-99-99&qui=x", 5),
        ("qui=99999999999999999999", 5),
    ],
)
def test_filters(told: World, client_for: Any, question: str, count: int) -> None:
    question = question.format(alice=told.alice.pk, bob=told.bob.pk)
    response = client_for(told.alice).get(at(told, f"?{question}"))
    assert response.status_code == 200
    assert response.content.decode().count('class="when"') == count
    assert ("Aucune ligne ne répond" in plain(response)) == (count == 0)


def test_pages_cost_the_same_however_long(told: World, client_for: Any, django_assert_max_num_queries: Any) -> None:
    alice = Actor.of(told.alice)
    with atomic_write():
        record_many(
            [
                entry(alice, "members.grant", told.hospital.node, f"user:{told.bob.pk}", None, {"role": "rssi"})
                for _ in range(120)
            ]
        )
    client = client_for(told.alice)
    with django_assert_max_num_queries(14):
        page = plain(client.get(at(told, "?page=2")))
    assert "Page 2 sur 3, 125 lignes" in page
    assert "Bob Bernard" in page
    with django_assert_max_num_queries(14):
        client.get(at(told, "exporter/csv/"))


def test_what_a_choice_keeps_is_counted_as_far_as_one_reads(
    told: World, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carene.apps.history.views.COUNTED", 60)
    alice = Actor.of(told.alice)
    with atomic_write():
        record_many([entry(alice, "members.grant", told.hospital.node, f"user:{n}") for n in range(170)])
    client = client_for(told.alice)
    pages = [client.get(at(told, f"?quoi=members.grant&page={number}")) for number in (1, 2, 3, 4, 5)]
    assert "Page 1, plus de 60 lignes" in plain(pages[0])
    assert "Page 2, plus de 100 lignes" in plain(pages[1])
    assert "Page 4 sur 4, 170 lignes" in plain(pages[3])
    assert "Page 4 sur 4" in plain(pages[4]), "beyond the end: the last one"
    said = [line.entry.target for page in pages[:4] for _, lines in page.context["days"] for line in lines]
    assert said == [f"user:{n}" for n in reversed(range(170))]


def test_without_a_choice_the_chain_counts(told: World) -> None:
    rows = queries.Rows(told.hospital.node, queries.Filters(), far=1)
    everything = list(Entry.objects.filter(node=told.hospital.node).order_by("-id"))
    assert len(rows) == len(everything)
    assert rows[0:3] + rows[3 : len(everything)] == everything
    assert rows.beyond == 0


def test_people_and_verbs_are_each_told_once(told: World) -> None:
    node = told.hospital.node
    found = Entry.objects.filter(node=node).order_by("id")
    assert {key for key, _ in queries.people(node)} == {row.user_id for row in found if row.user_id}
    assert sorted(key for key, _ in queries.verbs(node)) == sorted({row.verb for row in found})


def test_the_files_hold_everything_and_no_formula(told: World, client_for: Any) -> None:
    with atomic_write():
        record(
            Actor.of(told.alice),
            "evidence.edit",
            told.hospital.node,
            "evidence:1",
            None,
            {"title": "=1+1|cmd", "note": 'é;\n"'},
        )
    client = client_for(told.alice)
    response = client.get(at(told, "exporter/csv/"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert [int(row[0]) for row in rows[1:]] == list(range(1, 7)), "oldest first, none missing"
    assert rows[-1][5] == "'=1+1|cmd"
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    stored = list(Entry.objects.filter(node=told.hospital.node).order_by("seq").values_list("hash", flat=True))
    assert [row[-1] for row in rows[1:]] == stored[:6]
    told_of = Entry.objects.get(verb="journal.export")
    assert told_of.after == {"kind": "csv", "bytes": len(response.content)}
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(at(told, "exporter/xlsx/")).content))
    sheet = book.get_sheet_by_index(0).to_python()
    assert len(sheet) == 8
    assert sheet[6][5] == "=1+1|cmd"
    assert client.get(at(told, "exporter/pdf/")).status_code == 404


def test_an_unknown_verb_is_still_shown(told: World, client_for: Any) -> None:
    with atomic_write():
        record(SYSTEM, "later.verb", told.hospital.node, "thing", ["a", 1], [["b", "c"]])
    page = plain(client_for(told.alice).get(at(told)))
    assert "a fait « later.verb »" in page
    assert "a, 1" in page


def test_every_verb_of_the_code_has_its_sentence() -> None:
    """Verbs are written in the calls of record, entry and the helpers around them."""
    called = re.compile(
        r"\b(?:record|entry|_tell|_record_state)\((?:\s*[\w.]+(?:\([^()]*\))?,)*\s*\"([a-z]+\.[a-z_]+)\""
    )
    files = [*SOURCE.glob("apps/*/actions*"), *SOURCE.glob("apps/*/actions/*"), *SOURCE.glob("core/accounts/*.py")]
    found = {verb for path in files if path.is_file() for verb in called.findall(path.read_text(encoding="utf-8"))}
    assert len(found) > 15
    assert found - set(wording.SENTENCES) == set()
