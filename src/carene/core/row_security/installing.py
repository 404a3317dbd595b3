# SPDX-License-Identifier: EUPL-1.2
"""Brings the database to the policies and the rights that the code wants; touches nothing that is already so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from carene.core.journal.triggers import ENTRIES, HEADS
from carene.core.row_security import roles
from carene.core.row_security.policies import FUNCTIONS, Policy, policies

DML = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
KEPT = DML - {"DELETE"}  # what is never destroyed
READ = frozenset({"SELECT"})
# Rights of the application on a table; on any other one, ``DML``.
RIGHTS = {
    "django_migrations": READ,
    "django_content_type": READ,
    "auth_permission": READ,
    "auth_group": READ,
    "auth_group_permissions": READ,
    # Heads are moved by a trigger that acts as the owner; locking them asks for one column.
    ENTRIES: frozenset({"SELECT", "INSERT"}),
    HEADS: frozenset({"SELECT", "INSERT"}),
    "tenancy_node": KEPT,
    "organisations_organisation": KEPT,
    "organisations_identitychange": frozenset({"SELECT", "INSERT"}),
    "organisations_registerimport": KEPT,
    "organisations_sharedservice": KEPT,
    "assessments_assessment": KEPT,
    "assessments_answer": KEPT,
    "assessments_importedreferential": KEPT,
    "evidence_evidence": KEPT,
    "files_storedfile": KEPT,
    "indicators_observation": KEPT,
    "observatory_snapshot": frozenset({"SELECT", "INSERT"}),
    "roadmaps_scenario": KEPT,
    "roadmaps_action": KEPT,
    "roadmaps_actioncomment": KEPT,
    "access_share": KEPT,
    "access_sharerequest": KEPT,
}
LOCKED = {(HEADS, "id"): "UPDATE"}


def install(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After each migration, and at each ``carene setup``. Only the owner of the tables may."""
    if connections[using].vendor != "postgresql" or using != DEFAULT_DB_ALIAS or not roles.owns_tables():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # Two servers that start together take turns.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('carene row security'))")
        for statement in (*FUNCTIONS, *_policies(), *_rights()):
            cursor.execute(statement)


def missing() -> list[str]:
    """Tables whose rows PostgreSQL does not hold to the policies wanted."""
    wanted, there = _wanted(), _there()
    return sorted(table for table, names in wanted.items() if there.get(table) != names)


def _wanted() -> dict[str, dict[str, str]]:
    """Table → policy → digest."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for policy in policies():
        found[policy.table][policy.name] = policy.digest
    return dict(found)


def _there() -> dict[str, dict[str, str]]:
    """The same, of the tables where policies are in force for everyone, their owner included."""
    found: dict[str, dict[str, str]] = {}
    for table, name, digest in _rows(
        "SELECT relname, polname, obj_description(p.oid, 'pg_policy') FROM pg_class c LEFT JOIN pg_policy p "
        "ON p.polrelid = c.oid WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') "
        "AND relrowsecurity AND relforcerowsecurity"
    ):
        found.setdefault(table, {})
        if name:
            found[table][name] = digest
    return found


def _policies() -> Iterator[str]:
    there = _there()
    for table, group in _by_table(policies()).items():
        if there.get(table) == {policy.name: policy.digest for policy in group}:
            continue
        for name in there.get(table, {}):
            yield f'DROP POLICY "{name}" ON "{table}"'
        for policy in group:
            yield f'DROP POLICY IF EXISTS {policy.name} ON "{table}"'
            yield policy.statement
            yield f"COMMENT ON POLICY {policy.name} ON \"{table}\" IS '{policy.digest}'"
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'


def _by_table(given: Iterable[Policy]) -> dict[str, list[Policy]]:
    found: dict[str, list[Policy]] = defaultdict(list)
    for policy in given:
        found[policy.table].append(policy)
    return found


def _rights() -> Iterator[str]:
    name = roles.application()
    if name is None:
        return
    role = connection.ops.quote_name(name)
    has = defaultdict(set)
    for table, right in _rows(
        "SELECT relname, a.privilege_type FROM pg_class, aclexplode(relacl) a WHERE a.grantee = %s::regrole "
        "AND relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'S')",
        [role],
    ):
        has[table].add(right)
    for table, kind in _rows(
        # Not a partition: rows are reached through its table, which alone has the policies.
        "SELECT relname, relkind FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
        "AND relkind IN ('r', 'p', 'S') AND NOT relispartition"
    ):
        wanted = frozenset({"USAGE"}) if kind == "S" else RIGHTS.get(table, DML)
        what = f'{"SEQUENCE" if kind == "S" else "TABLE"} "{table}"'
        if has[table] - wanted:
            yield f"REVOKE ALL ON {what} FROM {role}"
        if has[table] != wanted:
            yield f"GRANT {', '.join(sorted(wanted))} ON {what} TO {role}"
    for (table, column), right in LOCKED.items():
        yield f'GRANT {right} ("{column}") ON "{table}" TO {role}'
    schema, base = _rows("SELECT current_schema(), current_database()")[0]
    quote = connection.ops.quote_name
    yield f"GRANT USAGE ON SCHEMA {quote(schema)} TO {role}"
    yield f"GRANT CONNECT ON DATABASE {quote(base)} TO {role}"


def _rows(query: str, parameters: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
