# SPDX-License-Identifier: EUPL-1.2
"""The second lock, tried by going round the ORM: what the role of the application can see and do by itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.internal.decorators import login_not_required
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from carene.apps.assessments.models import Answer, Assessment, ImportedReferential
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.core.row_security import installing, roles, scope
from carene.core.row_security.checks import bare, weaknesses
from carene.core.row_security.policies import OPEN_TO_READ, READ_FROM_BELOW, protected
from carene.core.row_security.scope import EVERYTHING, NOTHING, Scope
from carene.core.tenancy.models import Node
from tests.support.every_table import fill
from tests.support.factories import World, make_assessment, make_world
from tests.support.postgresql import needed

pytestmark = [pytest.mark.postgresql, needed]
HIDDEN = [model for model in protected() if model._meta.label_lower not in OPEN_TO_READ]
Rows = dict[type[models.Model], int]


def this_row(model: type[models.Model], key: Any) -> str:
    """The condition that only this row meets; its key may be of several columns."""
    parts = key if isinstance(key, tuple) else (key,)
    pairs = zip(model._meta.pk_fields, parts, strict=True)
    return " AND ".join(f"\"{field.column}\" = '{part}'" for field, part in pairs)


@dataclass
class Base:
    """Committed rows of Alice's and of Charlie's, and a connection that no code of ours has touched."""

    world: World
    hers: Rows
    his: Rows
    raw: Any

    def carry(self, wanted: Scope) -> None:
        self.raw.execute("SELECT set_config('carene.scope', %s, false), set_config('carene.above', %s, false)",
                         [wanted.seen, wanted.above])  # fmt: skip

    def of_alice(self) -> None:
        self.carry(scope.of(Actor.of(self.world.alice).paths_for("organisation.view")))

    def count(self, model: type[models.Model], key: Any = None) -> int:
        where = f" WHERE {this_row(model, key)}" if key is not None else ""
        return int(self.raw.execute(f'SELECT count(*) FROM "{model._meta.db_table}"{where}').fetchone()[0])


@pytest.fixture
def base(transactional_db: None) -> Iterator[Base]:
    import psycopg

    world = make_world()
    hers, his = fill(world.hospital, world.alice), fill(world.elsewhere, world.charlie)
    known = connection.settings_dict
    with psycopg.connect(
        dbname=known["NAME"], user=known["USER"], password=known["PASSWORD"] or None, host=known["HOST"] or None,
        port=known["PORT"] or None, autocommit=True,
    ) as raw:  # fmt: skip
        yield Base(world, hers, his, raw)


def test_every_table_that_leads_to_a_node_is_held(db: None) -> None:
    """Asked of the database itself: foreign keys, not models."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE led(relation) AS (SELECT 'tenancy_node'::regclass::oid UNION SELECT conrelid FROM "
            "pg_constraint JOIN led ON confrelid = relation WHERE contype = 'f') SELECT relname, relrowsecurity AND "
            "relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = relation) FROM led "
            "JOIN pg_class ON pg_class.oid = relation ORDER BY 1"
        )
        held = dict(cursor.fetchall())
    assert len(held) > 20
    assert [name for name, held in held.items() if not held] == []
    # A foreign key that the database does not know still has its policy (installing.missing says so).
    loose = {m._meta.db_table for m, links in protected().items() if any(not link.db_constraint for link in links)}
    assert loose <= {"observatory_monthvalue"}
    assert held.keys() | loose == {model._meta.db_table for model in protected()}
    assert installing.missing() == []
    assert weaknesses() == []


def test_a_partition_is_only_reached_through_its_table(db: None) -> None:
    """It has no policy of its own: nobody but the owner may name it."""
    from carene.apps.observatory import partitions

    partitions.ensure(connection, dt.date(2031, 2, 1))
    with roles.as_owner():
        installing.install()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1")
        names = [row[0] for row in cursor.fetchall()]
        assert "observatory_monthvalue_203102" in names
        for name in names:
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
                cursor.execute("SELECT has_table_privilege('carene', %s, %s)", [name, right])
                assert cursor.fetchone() == (False,), (name, right)


def test_a_migration_brings_back_what_was_taken_away(transactional_db: None) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP POLICY carene_rows ON assessments_answer")
        cursor.execute("ALTER TABLE evidence_evidence NO FORCE ROW LEVEL SECURITY")
        cursor.execute("CREATE POLICY carene_open ON roadmaps_action USING (true)")
        cursor.execute("GRANT DELETE ON journal_entry TO carene")
        cursor.execute("REVOKE SELECT ON roadmaps_action FROM carene")
    assert installing.missing() == ["assessments_answer", "evidence_evidence", "roadmaps_action"]
    assert [one.holds for one in bare()] == [False]
    with roles.as_owner():
        call_command("migrate", verbosity=0)
    assert installing.missing() == []
    with connection.cursor() as cursor:
        rights = "SELECT has_table_privilege('carene', 'journal_entry', 'DELETE'), "
        cursor.execute(rights + "has_table_privilege('carene', 'roadmaps_action', 'SELECT')")
        assert cursor.fetchone() == (False, True)


def test_what_is_right_is_not_touched(transactional_db: None) -> None:
    """A server that starts takes no lock on the tables of one that works."""
    with roles.as_owner(), CaptureQueriesContext(connection) as done:
        installing.install()
    changes = [one["sql"] for one in done if not one["sql"].startswith("SELECT") and "assessments" in one["sql"]]
    assert changes == []


def test_the_search_still_uses_its_index(transactional_db: None) -> None:
    """Why organisations are read by everyone: a condition would forbid it. It binds the owner too."""
    with roles.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("DROP INDEX organisation_by_name")  # of a few rows, it would be read whole
        cursor.execute("EXPLAIN SELECT 1 FROM organisations_organisation WHERE search LIKE '%hopital%'")
        plan = "".join(row[0] for row in cursor.fetchall())
        transaction.set_rollback(True)
    assert "organisations_search" in plan


def test_without_a_scope_nothing_is_seen(base: Base) -> None:
    assert {model.__name__: base.count(model) for model in HIDDEN} == {model.__name__: 0 for model in HIDDEN}
    base.carry(EVERYTHING)
    blind = [model.__name__ for model in HIDDEN if base.count(model) < 2]
    assert blind == [], "the proof above is empty for these"
    base.raw.execute("SELECT set_config('carene.scope', 'n''importe quoi', false)")
    with pytest.raises(Exception, match="json"):
        base.count(Assessment)


def test_a_scope_shows_its_rows_and_no_other(base: Base) -> None:
    base.of_alice()
    seen = {
        model.__name__: (base.count(model, base.hers[model]), base.count(model, base.his[model])) for model in HIDDEN
    }
    assert seen == {model.__name__: (1, 0) for model in HIDDEN}


def test_a_region_sees_below_and_beside_it_nothing(base: Base) -> None:
    base.carry(scope.of([base.world.ght.node.path]))
    assert [base.count(Answer, rows[Answer]) for rows in (base.hers, base.his)] == [1, 0]
    base.carry(scope.of([base.world.sister.node.path]))
    assert base.count(Answer) == 0


def test_what_is_held_above_is_read_from_below_and_not_written(base: Base) -> None:
    row = ImportedReferential.objects.create(
        node=base.world.ght.node, key="commun", version="1", name="Commun", digest="0", content={}
    )
    assert READ_FROM_BELOW
    base.of_alice()
    assert base.count(ImportedReferential, row.pk) == 1
    assert base.raw.execute("UPDATE assessments_importedreferential SET name = 'Changé'").rowcount == 1, "only hers"
    base.carry(scope.of([base.world.elsewhere.node.path]))
    assert base.count(ImportedReferential, row.pk) == 0


@pytest.mark.parametrize("model", protected(), ids=lambda model: model.__name__)
def test_the_rows_of_another_are_neither_changed_nor_removed_nor_added(base: Base, model: Any) -> None:
    from psycopg.errors import InsufficientPrivilege

    table, his = f'"{model._meta.db_table}"', this_row(model, base.his[model])
    base.carry(EVERYTHING)
    (row,) = base.raw.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {his}").fetchone()
    base.of_alice()
    column = next(f.column for f in model._meta.concrete_fields if not f.primary_key and not f.is_relation)
    for statement in (f'UPDATE {table} SET "{column}" = "{column}"', f"DELETE FROM {table}"):
        with suppress(InsufficientPrivilege):  # of some tables, not even on one's own
            assert base.raw.execute(f"{statement} WHERE {his}".encode()).rowcount == 0, statement
    if len(model._meta.pk_fields) == 1 and not model._meta.pk.is_relation:
        row |= {model._meta.pk.column: 10_000_000}
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        base.raw.execute(f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s)".encode(),
                         [json.dumps(row)])  # fmt: skip


def test_ones_own_rows_do_not_go_to_another(base: Base) -> None:
    from psycopg.errors import InsufficientPrivilege

    base.of_alice()
    for statement in (
        f"UPDATE assessments_assessment SET node_id = {base.his[Node]} WHERE id = {base.hers[Assessment]}",
        f"UPDATE assessments_answer SET assessment_id = {base.his[Assessment]} WHERE id = {base.hers[Answer]}",
        # A branch of another put below one's own node would be seen from there.
        f"INSERT INTO tenancy_node (parent_id, path) VALUES ({base.his[Node]}, '~1')",
    ):
        with pytest.raises(InsufficientPrivilege, match="row-level security"):
            base.raw.execute(statement.encode())
    taken = f"UPDATE tenancy_node SET parent_id = {base.hers[Node]} WHERE id = {base.his[Node]}"
    assert base.raw.execute(taken.encode()).rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE assessments_answer DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE assessments_answer NO FORCE ROW LEVEL SECURITY",
        "CREATE POLICY mine ON assessments_answer USING (true)",
        "DROP POLICY carene_rows ON assessments_answer",
        "CREATE OR REPLACE FUNCTION carene_scope() RETURNS jsonb LANGUAGE sql RETURN '{\"*\":1}'::jsonb",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE TABLE mine (id int)",
        "TRUNCATE assessments_answer CASCADE",
        "TRUNCATE journal_entry CASCADE",
        "UPDATE journal_entry SET actor = 'X'",
        "DELETE FROM journal_entry",
        "UPDATE journal_head SET hash = ''",
        "DELETE FROM journal_head",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DELETE FROM tenancy_node",
        "DELETE FROM django_migrations",
        "SET ROLE carene_owner",
        "SET row_security = off; SELECT * FROM assessments_answer",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
    ],
)
def test_the_application_cannot_lift_the_lock(base: Base, statement: str) -> None:
    from psycopg.errors import InsufficientPrivilege

    base.carry(EVERYTHING)
    with pytest.raises(InsufficientPrivilege):
        base.raw.execute(statement.encode())


def test_the_application_owns_nothing(base: Base) -> None:
    role = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    assert base.raw.execute(role).fetchone() == (False,)
    owned = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole AND relkind IN ('r', 'S', 'v')"
    assert base.raw.execute(owned).fetchone() == (0,)
    assert roles.application() == connection.settings_dict["USER"]


def test_the_owner_too_sees_nothing_unasked(base: Base) -> None:
    with roles.as_owner():
        assert connection.settings_dict["USER"] == settings.DATABASE_OWNER["USER"]
        assert Assessment.objects.unscoped("test").count() == 2
        with scope.nothing():
            assert Assessment.objects.unscoped("test").count() == 0


# Requests ------------------------------------------------------------------------------------------------------------


def forgetful(request: HttpRequest) -> JsonResponse:
    """A page whose author forgot to say whose rows."""
    assert request.actor.user  # type: ignore[attr-defined]
    return _all(request)


@login_not_required
def _all(_request: HttpRequest) -> JsonResponse:
    answers = Answer.objects.order_by("pk").values_list("assessment__node_id", flat=True)
    assessments = Assessment.objects.unscoped("forgotten").order_by("pk").values_list("node_id", flat=True)
    entries = Entry.objects.order_by("pk").values_list("node_id", flat=True)
    return JsonResponse([sorted(set(rows)) for rows in (answers, assessments, entries)], safe=False)


def broken(request: HttpRequest) -> HttpResponse:
    forgetful(request)
    message = "on purpose"
    raise RuntimeError(message)


def rolled_back(request: HttpRequest) -> HttpResponse:
    """The actor is known inside a transaction, which takes back what the session was told."""
    try:
        with transaction.atomic():
            forgetful(request)
            broken(request)
    except RuntimeError:
        pass
    return forgetful(request)


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    forgetful(request)
    return StreamingHttpResponse(str(Assessment.objects.unscoped("too late").count()) for _ in range(1))


urlpatterns = [
    path("oublieuse", forgetful),
    path("ouverte", _all),
    path("cassee", broken),
    path("annulee", rolled_back),
    path("au-fil-de-l-eau", streamed),
    path("", include("carene.config.urls")),
]


@pytest.fixture
def both(transactional_db: None, settings: Any) -> World:
    settings.ROOT_URLCONF = __name__
    world = make_world()
    make_assessment(world.hospital, {"GOV.1.1": 2})
    make_assessment(world.elsewhere, {"GOV.1.1": 1})
    return world


def carried() -> tuple[str, str]:
    """What the session of the database holds, asked behind the back of our code."""
    import psycopg

    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(
            "SELECT coalesce(current_setting('carene.scope', true), ''),"
            " coalesce(current_setting('carene.above', true), '')"
        ).fetchone()


def test_a_view_that_forgets_shows_the_rows_of_its_actor(both: World, client_for: Any) -> None:
    hers, his = both.hospital.pk, both.elsewhere.pk
    with scope.nothing():
        assert client_for(both.alice).get("/oublieuse").json() == [[hers], [hers], [hers]]
        assert client_for(both.charlie).get("/oublieuse").json() == [[his], [his], [his]]
        assert Client().get("/ouverte").json() == [[], [], []]


@pytest.mark.parametrize(
    ("address", "status"),
    [("/", 302), ("/oublieuse", 200), ("/cassee", 500), ("/annulee", 200), ("/ouverte", 200), ("/nulle-part", 404)],
)
def test_the_session_ends_without_a_scope(both: World, client_for: Any, address: str, status: int) -> None:
    client = client_for(both.alice)
    client.raise_request_exception = False
    with scope.nothing():
        response = client.get(address)
        assert response.status_code == status
        if address in {"/oublieuse", "/annulee"}:
            assert response.json()[0] == [both.hospital.pk]
        assert scope.current() == NOTHING
        assert carried() == ("", "")


def test_a_streamed_body_comes_too_late(both: World, client_for: Any) -> None:
    with scope.nothing():
        response = client_for(both.alice).get("/au-fil-de-l-eau")
        assert b"".join(response.streaming_content) == b"0", "rows are read before the answer begins"
        assert carried() == ("", "")


def test_what_it_costs(both: World, client_for: Any) -> None:
    """Two statements a request, in no list of Django's: the scope when the actor is known, none at the end."""
    client = client_for(both.alice)
    with scope.nothing():
        client.get("/")
        before = connection.carried
        assert client.get(f"/o/{both.hospital.pk}/").status_code == 200
        assert connection.carried - before == 2
        assert Client().get("/compte/login/").status_code == 200
        assert connection.carried - before == 2, "who shows nothing of anyone costs nothing"


def test_signing_in_is_told_by_who_sees_nothing(both: World) -> None:
    """The journal of what belongs to no organisation is written from nobody's scope, and read by nobody."""
    with scope.nothing():
        response = Client().post("/compte/login/", {"login": both.alice.email, "password": "mot-de-passe-de-test"})
        assert response.status_code == 302
        assert Entry.objects.count() == 0
    assert Entry.objects.filter(node=None, verb="account.sign_in", user=both.alice).count() == 1


def test_others_may_still_be_held(both: World, client_for: Any) -> None:
    """A rule about the whole tree takes a lock above what the actor sees."""
    with scope.nothing(), transaction.atomic():
        scope.take(scope.of([both.hospital.node.path]))
        with connection.cursor() as cursor:
            Node.hold(both.region.pk)
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE relation = 'tenancy_node'::regclass AND mode = 'RowShareLock'"
            )
            assert cursor.fetchone() == (1,)
