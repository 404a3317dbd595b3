# SPDX-License-Identifier: EUPL-1.2
"""Many nodes at once, and whole branches from one place to another; inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from carene.core.database.bulk import insert_rows
from carene.core.tenancy.models import Node

TABLE = Node._meta.db_table


def reserve_ids(count: int) -> Iterator[int]:
    """Numbers for ``count`` new nodes, that nobody else will be given.

    On SQLite the one writer is already ours (BEGIN IMMEDIATE) and its counter follows the rows that we write.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [TABLE, count]
            )
            return iter([int(row[0]) for row in cursor.fetchall()])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [TABLE])
        row = cursor.fetchone()
    first = (int(row[0]) if row else 0) + 1
    return iter(range(first, first + count))


def insert_nodes(nodes: list[tuple[int, int, str]]) -> None:
    """(id, id of the parent, path) of each new node."""
    insert_rows(Node, ("id", "parent_id", "path"), nodes)


def reparent(node: Node, parent: Node) -> int:
    """Puts ``node`` under ``parent``; the paths of its whole branch follow in one statement. Gives how many changed.

    Raises ValueError when ``parent`` stands in the branch itself.
    """
    if parent.path.startswith(node.path):
        message = f"node {parent.pk} stands below node {node.pk}"
        raise ValueError(message)
    old, new = node.path, f"{parent.path}{node.pk}/"
    end = old[:-1] + chr(ord("/") + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET path = %s || substr(path, %s), "  # nosec B608
            "parent_id = CASE WHEN id = %s THEN %s ELSE parent_id END WHERE path >= %s AND path < %s",
            [new, len(old) + 1, node.pk, parent.pk, old, end],
        )
        count = int(cursor.rowcount)
    node.path, node.parent = new, parent
    return count
