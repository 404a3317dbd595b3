# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.live import Cluster, Place
from tests.attacks.prey import Prey, populate
from tests.e2e.conftest import free_port
from tests.support.demonstration import furnish
from tests.support.factories import World, give


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A data folder for a real server on SQLite, with the demonstration."""
    return Place(furnish(tmp_path_factory.mktemp("attacked") / "var", tmp_path_factory), free_port())


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    found = Cluster()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def place_on_postgresql(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Place:
    var = tmp_path_factory.mktemp("attacked-postgresql") / "var"
    var.mkdir()
    return Place(var, free_port(), cluster.databases)


@pytest.fixture
def mine(world: World) -> Prey:
    """Alice's hospital, where she holds every role."""
    for role in ("administrateur", "direction"):
        give(world.alice, world.hospital, role)
    return populate(world.hospital, world.alice, "Texte d'Alice", "alice")


@pytest.fixture
def theirs(world: World) -> Prey:
    """Charlie's, which Alice must never see."""
    return populate(world.elsewhere, world.charlie, "Texte de Charlie", "charlie")
