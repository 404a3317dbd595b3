# SPDX-License-Identifier: EUPL-1.2
"""A hostile test bed: what production tolerates fails here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.support.blocks import pytest_xdist_make_scheduler
from tests.support.databases import pytest_collection_modifyitems
from tests.support.factories import World, make_world

__all__ = ["pytest_collection_modifyitems", "pytest_xdist_make_scheduler"]  # hooks of the whole


class UndefinedVariable(str):
    """Put in place of a template variable that does not exist: fails instead of rendering nothing."""

    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, variable: Any) -> str:
        message = f"undefined template variable: {variable}"
        raise AssertionError(message)


@pytest.fixture(autouse=True, scope="session")
def _undefined_variables_fail() -> None:
    from django.template import engines

    engines["django"].engine.string_if_invalid = UndefinedVariable("%s")


@pytest.fixture(autouse=True, scope="session")
def _unordered_rows_come_backwards() -> None:
    """A queryset without an order promises none: here it keeps that promise by giving its rows last first."""
    from django.db.models.query import QuerySet

    fetch = QuerySet._fetch_all  # type: ignore[attr-defined]

    def fetch_all(self: Any) -> None:
        fresh = self._result_cache is None
        fetch(self)
        if fresh and not self.ordered and not self.query.is_sliced:
            self._result_cache.reverse()

    QuerySet._fetch_all = fetch_all  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def _tests_may_empty_the_journal() -> None:
    """After a test with real transactions every table is emptied: what is kept for ever refuses that, and so does
    PostgreSQL to any other than their owner."""
    from django.core.management.commands import flush
    from django.db.backends.base.operations import BaseDatabaseOperations

    from carene.apps.campaigns import triggers as closings
    from carene.apps.observatory import triggers as snapshots
    from carene.core.journal import triggers
    from carene.core.row_security.roles import as_owner

    execute, handle = BaseDatabaseOperations.execute_sql_flush, flush.Command.handle

    def execute_sql_flush(self: Any, statements: Any) -> None:
        for kept in (triggers, snapshots, closings):
            kept.remove(self.connection)
        try:
            execute(self, statements)
        finally:
            for kept in (triggers, snapshots, closings):
                kept.install(self.connection)

    def handle_as_owner(self: Any, **options: Any) -> None:
        with as_owner():
            handle(self, **options)

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]
    flush.Command.handle = handle_as_owner  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def _made_by_the_owner() -> Iterator[None]:
    """On PostgreSQL the owner of the tables makes and removes the database of the tests…"""
    from carene.core.row_security.roles import maintenance

    with maintenance("the database of the tests is made"):
        yield


@pytest.fixture(scope="session")
def django_db_setup(_made_by_the_owner: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """… and the tests come in as the application, which owns nothing."""
    from carene.core.row_security import installing, roles

    with django_db_blocker.unblock():
        installing.install()  # the table of the cache came after the last migration
    with roles.as_application():
        yield


@pytest.fixture(scope="module")
def by_the_owner(django_db_setup: None) -> Iterator[None]:
    """For tests of what only the owner of the tables could do."""
    from carene.core.row_security.roles import as_owner

    with as_owner():
        yield


@pytest.fixture(autouse=True)
def _tests_see_every_row() -> Iterator[None]:
    """What tests prepare and look at belongs to everyone. Requests see what their own actor sees."""
    from carene.core.row_security import scope

    with scope.everything("a test prepares and looks"):
        yield


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def client_for() -> Any:
    """``client_for(user)`` → a signed-in client."""

    def make(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
