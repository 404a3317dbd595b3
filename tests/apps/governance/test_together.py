# SPDX-License-Identifier: EUPL-1.2
"""Two people save the same thing at the very same moment: one of them does, the other is told."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from carene.apps.governance import actions, queries
from carene.apps.governance.told import told
from carene.core.database import stale
from carene.engines.sources import InputError
from tests.support.factories import SYSTEM, World, make_world


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def together(*works: Callable[[], Any]) -> list[str]:
    """What each one was told, in order; empty for who succeeded."""
    ready, said = threading.Barrier(len(works)), [""] * len(works)

    def run(rank: int, work: Callable[[], Any]) -> None:
        try:
            ready.wait(20)
            work()
        except InputError as error:
            said[rank] = error.sentence
        finally:
            connection.close()

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(run, rank, work))
        for rank, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def save(world: World, amount: int, seen: str) -> Callable[[], Any]:
    return lambda: actions.save_budget(SYSTEM, world.hospital, year=2025, stage="voted", operating=amount, seen=seen)


def test_a_budget_that_neither_has_seen(world: World) -> None:
    said = together(save(world, 100, stale.mark(None)), save(world, 200, stale.mark(None)))
    assert sorted(map(bool, said)) == [False, True], said
    row = queries.budget(world.hospital.node, 2025, "voted")
    assert row is not None
    assert row.operating == (100 if not said[0] else 200)


def test_a_budget_that_both_have_seen(world: World) -> None:
    actions.save_budget(SYSTEM, world.hospital, year=2025, stage="voted", operating=50)
    row = queries.budget(world.hospital.node, 2025, "voted")
    assert row is not None
    seen = stale.mark(told(row))
    said = together(save(world, 100, seen), save(world, 200, seen))
    assert sorted(map(bool, said)) == [False, True], said
    row.refresh_from_db(from_queryset=type(row).objects.of(world.hospital.node))
    assert row.operating == (100 if not said[0] else 200)
