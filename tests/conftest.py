# SPDX-License-Identifier: EUPL-1.2
"""A hostile test bed: what production tolerates fails here."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.support.factories import World, make_world


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
    """After a test with real transactions every table is emptied: the journal refuses that, except here."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    from carene.core.journal import triggers

    execute = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, statements: Any) -> None:
        triggers.remove(self.connection)
        try:
            execute(self, statements)
        finally:
            triggers.install(self.connection)

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]


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
