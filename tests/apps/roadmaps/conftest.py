# SPDX-License-Identifier: EUPL-1.2
"""A hospital that answered everything at level 1, and short scenarios, planned in a few hundredths of a second."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from carene.apps.roadmaps import actions, queries
from carene.apps.roadmaps.means import Means
from carene.apps.roadmaps.models import Action, Scenario
from carene.core.access.actor import Actor
from carene.engines.referential.catalogue import care
from tests.support.factories import World, make_assessment

START = dt.date(2027, 1, 1)


def means(name: str = "Budget voté", **changes: Any) -> Means:
    """One year, 12 k€, a small team."""
    values: dict[str, Any] = {
        "name": name,
        "start": START,
        "months": 12,
        "budgets": {2027: 12_000.0},
        "team": {"rssi": 5.0, "systemes": 5.0, "reseau": 3.0, "direction": 1.0, "applications": 3.0},
    }
    return Means(**{**values, **changes})


@dataclass
class Desk:
    """Alice at her hospital."""

    world: World

    @property
    def organisation(self) -> Any:
        return self.world.hospital

    @property
    def alice(self) -> Actor:
        return Actor.of(self.world.alice)

    def scenario(self, name: str = "Budget voté", **changes: Any) -> Scenario:
        return actions.create_scenario(self.alice, self.organisation, means(name, **changes))

    def fresh(self, scenario: Scenario) -> Scenario:
        return queries.scenario(self.organisation.node, scenario.pk)

    def adopted(self, name: str = "Budget voté", **changes: Any) -> Scenario:
        scenario = self.scenario(name, **changes)
        actions.adopt(self.alice, self.organisation, scenario.pk, version=scenario.version)
        return self.fresh(scenario)

    def actions(self) -> list[Action]:
        return list(queries.actions(self.organisation.node))


@pytest.fixture
def desk(world: World) -> Desk:
    make_assessment(world.hospital, {criterion.id: 1 for criterion in care().criteria}, state="validated")
    return Desk(world)
