# SPDX-License-Identifier: EUPL-1.2
"""The PostgreSQL that ``scripts/with_postgresql.py`` gives to the tests: its databases, seen and made by the owner."""

from __future__ import annotations

import os
from typing import Any

import pytest

from carene.core.row_security.scope import EVERYTHING

APPLICATION = os.environ.get("CARENE_DATABASE", "")
OWNER = os.environ.get("CARENE_DATABASE_OWNER") or APPLICATION
needed = pytest.mark.skipif(
    not APPLICATION.startswith("postgresql"), reason="NOT TESTED: needs scripts/with_postgresql.py"
)


def addresses(base: str) -> dict[str, str]:
    """The environment of a program that uses the database ``base`` of that server."""
    return {
        "CARENE_DATABASE": f"{APPLICATION.rpartition('/')[0]}/{base}",
        "CARENE_DATABASE_OWNER": f"{OWNER.rpartition('/')[0]}/{base}",
    }


def ask(base: str, query: str, *values: object) -> list[Any]:
    import psycopg

    address = f"{OWNER.rpartition('/')[0]}/{base}"
    with psycopg.connect(address, autocommit=True, options=f"-c carene.scope={EVERYTHING.seen}") as server:
        cursor = server.execute(query.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


def drop(prefix: str) -> None:
    """Every database whose name begins like this."""
    for (base,) in ask("postgres", "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY 1", f"{prefix}%"):
        ask("postgres", f'DROP DATABASE "{base}"')
