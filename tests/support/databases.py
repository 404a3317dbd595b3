# SPDX-License-Identifier: EUPL-1.2
"""On PostgreSQL only what opens a database runs again: the rest would say the same thing twice."""

from __future__ import annotations

import pytest

from tests.support.postgresql import APPLICATION

FIXTURES = {"db", "transactional_db", "django_db_setup"}
MARKS = ("django_db", "postgresql", "both_databases")


def opens(item: pytest.Item) -> bool:
    """Does this test open the database that the tests run on?"""
    return not FIXTURES.isdisjoint(getattr(item, "fixturenames", ())) or any(map(item.get_closest_marker, MARKS))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if APPLICATION.startswith("postgresql"):
        left = [item for item in items if not opens(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if opens(item)]
