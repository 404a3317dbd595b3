# SPDX-License-Identifier: EUPL-1.2
"""Two roles of PostgreSQL: the owner of the tables, for commands; the application, which owns nothing, for requests.

``settings.DATABASES`` is the application. ``settings.DATABASE_OWNER`` says how the owner comes in; None where one role
does all, or on SQLite: nothing here then changes who is connected.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

from carene.core.row_security import scope

LOGIN = ("USER", "PASSWORD", "HOST", "PORT")


@contextmanager
def as_owner() -> Iterator[None]:
    """Inside, the connection of this thread is the owner's. Joins a transaction that is open, as it is."""
    with _coming_in(_login(settings.DATABASE_OWNER)):
        yield


@contextmanager
def as_application() -> Iterator[None]:
    """Inside, the connection of this thread is again the one that serves the pages."""
    with _coming_in(login()):
        yield


@contextmanager
def _coming_in(way: dict[str, Any] | None) -> Iterator[None]:
    before = _login(connection.settings_dict)
    if way is None or way == before or connection.in_atomic_block:
        yield
        return
    _come_in(way)
    try:
        yield
    finally:
        _come_in(before)


def _come_in(way: dict[str, Any] | None) -> None:
    connection.close()
    connection.settings_dict = {**connection.settings_dict, **(way or {})}  # its own: other threads keep theirs


@contextmanager
def maintenance(reason: str) -> Iterator[None]:
    """As the owner, on every row: what the administrator of the server asks for."""
    with as_owner(), scope.everything(reason):
        yield


def login() -> dict[str, Any]:
    """How the application comes in."""
    return {key: settings.DATABASES["default"][key] for key in LOGIN}


def _login(known: dict[str, Any] | None) -> dict[str, Any] | None:
    return {key: known[key] for key in LOGIN} if known else None


def application() -> str | None:
    """Name of the role of the application; None when it is also the owner, or on SQLite."""
    if settings.DATABASE_OWNER is None:
        return None
    name = str(settings.DATABASES["default"]["USER"])
    return None if name == settings.DATABASE_OWNER["USER"] else name


def owns_tables() -> bool:
    """Does the role of the connection own the tables? (A superuser owns all.)"""
    return _true("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'tenancy_node'::regclass")


def may_create() -> bool:
    """May the role of the connection make tables? Always, on SQLite."""
    return connection.vendor != "postgresql" or _true("SELECT has_schema_privilege(current_schema(), 'CREATE')")


def _true(query: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return bool(cursor.fetchone()[0])
