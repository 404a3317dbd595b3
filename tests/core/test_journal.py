# SPDX-License-Identifier: EUPL-1.2
"""The journal cannot be changed without it being seen, whichever row, column or database."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal import sealing, triggers
from carene.core.journal.models import Entry, Head
from carene.core.journal.verification import Point, heads, verify
from carene.core.journal.writer import entry, record, record_many
from carene.core.tenancy.models import Node
from tests.support.factories import make_user

# The application may not even try most of this: tests/isolation/test_row_security.py.
pytestmark = pytest.mark.usefixtures("by_the_owner")
SYSTEM = Actor.system("cli")
ROWS = 6  # in each of the three chains
ON_ROLLED_BACK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

YEARS = (dt.datetime.fromisoformat("1970-01-02"), dt.datetime.fromisoformat("2200-01-01"))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("aé:\"'\\", max_size=4), inner, max_size=3),
    max_leaves=6,
)


class Undo(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass


@pytest.fixture
def chains(db: None) -> list[Node | None]:
    """Three chains: none, and two nodes, written alternately as two people would."""
    nodes: list[Node | None] = [None, Node(), Node()]
    for node in nodes[1:]:
        node.save()  # type: ignore[union-attr]
    actor = Actor(make_user("Alice Arnaud"), address="192.0.2.7", origin="web")
    with atomic_write():
        for i in range(ROWS):
            for node in nodes:
                record(actor, "essai.fait", node, f"chose:{i}", {"n": i}, {"n": i + 1, "texte": "été", "part": 0.5})
    return nodes


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def disarm() -> None:
    """What an intruder who owns the database does first."""
    connection.check_constraints()  # PostgreSQL drops no trigger while foreign keys remain to be checked
    triggers.remove(connection)


def row(node: Node | None, seq: int) -> Entry:
    return Entry.objects.get(node=node, seq=seq)


def test_a_chain_per_node_from_one(chains: list[Node | None]) -> None:
    report = verify()
    assert (report.sound, report.entries, report.chains) == (True, 3 * ROWS, 3)
    for node in chains:
        rows = list(Entry.objects.filter(node=node).order_by("seq"))
        assert [r.seq for r in rows] == list(range(1, ROWS + 1))
        assert rows[0].previous == ""
        assert [r.previous for r in rows[1:]] == [r.hash for r in rows[:-1]]
        assert heads()[node.pk if node else None] == Point(ROWS, rows[-1].hash)
    assert verify(chains[1]).entries == ROWS


@pytest.mark.parametrize("change", ["UPDATE journal_entry SET actor = 'X'", "DELETE FROM journal_entry"])
def test_the_database_refuses_changes(chains: list[Node | None], change: str) -> None:
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        sql(change)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Entry.objects.filter(node=chains[1]).update(actor="X")
    assert verify().sound


def test_postgresql_refuses_to_empty_the_table(chains: list[Node | None]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    connection.check_constraints()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        sql("TRUNCATE journal_entry")


def test_the_database_refuses_a_row_beside_the_chain(chains: list[Node | None]) -> None:
    stray = entry(SYSTEM, "essai.fait", chains[1], "chose:9")
    stray.seq, stray.previous, stray.hash = ROWS + 2, "0" * 64, "1" * 64
    with pytest.raises(DatabaseError, match="does not follow"), transaction.atomic():
        Entry.objects.bulk_create([stray])


def test_entries_are_written_by_the_writer_only(chains: list[Node | None]) -> None:
    with pytest.raises(TypeError):
        entry(SYSTEM, "essai.fait", None, "x").save()
    with pytest.raises(TypeError):
        row(None, 1).delete()


def test_two_statements_an_entry_few_for_many(chains: list[Node | None], django_assert_num_queries: Any) -> None:
    with transaction.atomic():
        with django_assert_num_queries(2):
            record(SYSTEM, "essai.fait", chains[1], "chose:9")
        with django_assert_num_queries(2):
            record_many([entry(SYSTEM, "essai.fait", node, "chose:9") for node in chains for _ in range(20)])
    assert verify().sound


def test_the_triggers_survive_every_migration(db: None) -> None:
    """A later migration that rebuilds the table on SQLite must end with ``triggers.install``."""
    assert triggers.missing(connection) == []


@ON_ROLLED_BACK
@given(before=json_values, after=json_values, at=st.datetimes(*YEARS))
def test_what_is_hashed_is_what_comes_back(db: None, before: Any, after: Any, at: dt.datetime) -> None:
    with undone():
        one = entry(SYSTEM, "essai.fait", None, "chose:1", before, after)
        one.at = at.replace(tzinfo=dt.timezone(dt.timedelta(hours=2)))
        record_many([one])
        assert verify().sound
        assert Entry.objects.get().at == one.at


def test_numbers_have_one_form() -> None:
    value = {"a": [1.0, -0.0, 1e16, 1e300, 0.1, 5e-7, 10**30, True, None]}
    back = sealing.plain(value)["a"]
    assert json.dumps(back[:3]) == "[1, 0, 10000000000000000]"
    assert back[3] == 10**300
    assert back[4:] == [0.1, 5e-7, 10**30, True, None]
    with pytest.raises(ValueError, match="not JSON compliant"):
        sealing.plain(float("nan"))


# One way of falsifying each column; every one of them must be seen.
FALSE: dict[str, Callable[[Any], Any]] = {
    "actor": lambda value: value + " ",
    "verb": lambda value: "essai.autre",
    "target": lambda value: value + "0",
    "before": lambda value: json.dumps({"n": 99}),
    "after": lambda value: None,
    "origin": lambda value: "api",
    "address": lambda value: "",
    "at": lambda value: value + dt.timedelta(microseconds=1),
    "user_id": lambda value: None,
    "seq": lambda value: value + 1000,
    "previous": lambda value: "0" * 64,
    "hash": lambda value: "0" * 64,
}


@ON_ROLLED_BACK
@given(chain=st.integers(0, 2), seq=st.integers(1, ROWS), column=st.sampled_from([*FALSE, "node_id"]))
def test_any_changed_value_is_found(chains: list[Node | None], chain: int, seq: int, column: str) -> None:
    with undone():
        victim = row(chains[chain], seq)
        disarm()
        if column == "node_id":
            other = chains[(chain + 1) % 3]
            sql("UPDATE journal_entry SET node_id = %s, seq = 77 WHERE id = %s", other.pk if other else None, victim.pk)
        else:
            value = FALSE[column](getattr(victim, column))
            sql(f"UPDATE journal_entry SET {column} = %s WHERE id = %s", value, victim.pk)
        key = getattr(chains[chain], "pk", None)
        assert key in {fault.node for fault in verify().faults}


@ON_ROLLED_BACK
@given(chain=st.integers(0, 2), first=st.integers(1, ROWS), count=st.integers(1, ROWS))
def test_removed_rows_are_found_in_the_middle_and_at_the_end(
    chains: list[Node | None], chain: int, first: int, count: int
) -> None:
    with undone():
        gone = [row(chains[chain], seq).pk for seq in range(first, min(first + count, ROWS + 1))]
        disarm()
        for key in gone:
            sql("DELETE FROM journal_entry WHERE id = %s", key)
        fault = verify().faults[0]
        assert (fault.kind, fault.seq) == ("removed", first)


@ON_ROLLED_BACK
@given(
    chain=st.integers(0, 2), pair=st.lists(st.integers(1, ROWS), min_size=2, max_size=2, unique=True), key=st.booleans()
)
def test_two_rows_exchanged_are_found(chains: list[Node | None], chain: int, pair: list[int], key: bool) -> None:
    """Their ranks, or their keys (pages show the last key first)."""
    with undone():
        one, two = (row(chains[chain], seq) for seq in sorted(pair))
        disarm()
        column = "id" if key else "seq"
        first, second = (one.pk, two.pk) if key else (one.seq, two.seq)
        for old, new, where in ((first, 999_999, one), (second, first, two)):
            sql(f"UPDATE journal_entry SET {column} = %s WHERE id = %s", new, where.pk)
            assert old != new
        sql(f"UPDATE journal_entry SET {column} = %s WHERE {column} = 999999", second)
        assert verify().faults[0].seq in {min(pair), min(pair) + 1, max(pair)}


@ON_ROLLED_BACK
@given(chain=st.integers(0, 2), seq=st.integers(1, ROWS + 1), sealed=st.booleans())
def test_an_inserted_row_is_found(chains: list[Node | None], chain: int, seq: int, sealed: bool) -> None:
    """At any place, even well sealed upon the row before, even at the end when the head is not told."""
    with undone():
        node = chains[chain]
        false = entry(SYSTEM, "essai.fait", node, "chose:fausse")
        false.seq = seq
        false.previous = row(node, seq - 1).hash if seq > 1 else ""
        false.hash = sealing.digest({**vars(false), "at": sealing.moment(false.at)}) if sealed else "0" * 64
        disarm()
        for other in range(ROWS, seq - 1, -1):
            sql("UPDATE journal_entry SET seq = %s WHERE id = %s", other + 1, row(node, other).pk)
        Entry.objects.bulk_create([false])
        assert not verify().sound


@ON_ROLLED_BACK
@given(chain=st.integers(0, 2), way=st.sampled_from(["seq", "hash", "gone", "low"]))
def test_a_broken_head_is_found(chains: list[Node | None], chain: int, way: str) -> None:
    with undone():
        head = Head.objects.get(node=chains[chain])
        disarm()
        if way == "gone":
            sql("DELETE FROM journal_head WHERE id = %s", head.pk)
        elif way == "hash":
            sql("UPDATE journal_head SET hash = %s WHERE id = %s", "0" * 64, head.pk)
        else:
            sql("UPDATE journal_head SET seq = seq + %s WHERE id = %s", 1 if way == "seq" else -1, head.pk)
        assert not verify().sound


def test_values_that_are_not_even_values_are_told(chains: list[Node | None]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL holds to the types of its columns")
    for column, value in (("at", "hier"), ("at", b"\x00"), ("actor", b"\xff"), ("previous", 3)):
        with undone():
            disarm()
            sql(f"UPDATE journal_entry SET {column} = %s WHERE id = %s", value, row(chains[1], 2).pk)
            assert verify().faults[0].kind == "changed"


def test_a_chain_rewritten_to_its_end_is_found_by_a_witness(chains: list[Node | None]) -> None:
    """The owner of the database can seal everything anew; what was written down elsewhere tells."""
    witness = heads()
    node = chains[1]
    assert node is not None
    with atomic_write():
        record(SYSTEM, "essai.fait", node, "chose:après")
    assert verify(witnesses=witness).sound, "a chain may grow"
    disarm()
    kept = list(Entry.objects.filter(node=node).order_by("seq"))[:2]
    sql("DELETE FROM journal_entry WHERE node_id = %s AND seq > 2", node.pk)
    sql("UPDATE journal_head SET seq = 2, hash = %s WHERE node_id = %s", kept[-1].hash, node.pk)
    triggers.install(connection)
    assert verify().sound
    assert verify(witnesses=witness).faults[0].kind == "witness"
    with atomic_write():
        record_many([entry(SYSTEM, "essai.fait", node, f"chose:{i}") for i in range(2, ROWS + 3)])
    assert verify().sound
    fault = verify(witnesses=witness).faults[0]
    assert (fault.kind, fault.seq) == ("witness", ROWS)
    disarm()
    sql("DELETE FROM journal_entry WHERE node_id = %s", node.pk)
    sql("DELETE FROM journal_head WHERE node_id = %s", node.pk)
    assert verify().sound
    assert verify(witnesses=witness).faults[0].kind == "removed"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(SYSTEM, "essai.fait", None, "x")
    with atomic_write():
        record(SYSTEM, "essai.fait", None, "x")
    assert verify().sound
    assert timezone.now() - Entry.objects.get().at < dt.timedelta(minutes=1)


def test_a_hundred_thousand_rows_in_ten_seconds(db: None) -> None:
    """A tenth of them here: the time is that of reading, row by row."""
    import time

    with atomic_write():
        record_many([entry(SYSTEM, "essai.fait", None, f"chose:{i}", {"n": i}, {"n": i + 1}) for i in range(10_000)])
    start = time.process_time()
    assert verify().entries == 10_000
    assert time.process_time() - start < 1
