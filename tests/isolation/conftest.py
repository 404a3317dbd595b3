# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.isolation.place import Place, everything, in_a_transaction
from tests.support.factories import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Alice, Bob and Charlie, made once for all the addresses of a file; what a test does to them is undone."""
    from carene.core.row_security import scope

    with django_db_blocker.unblock(), in_a_transaction():
        with scope.everything("a test prepares"):
            made = make_world()
        yield made


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: Any) -> Iterator[Place]:
    """Two hospitals where everything exists, made once for all the tests of a file."""
    from carene.core.row_security import scope

    with django_db_blocker.unblock(), in_a_transaction():
        with scope.everything("two hospitals are made"):
            made = everything()
        yield made
