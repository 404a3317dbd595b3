# SPDX-License-Identifier: EUPL-1.2
"""A validated assessment tells its step and its axes; reopened, it takes them back."""

from __future__ import annotations

from carene.apps.assessments import actions
from carene.apps.indicators import queries as indicators
from carene.core.access.actor import Actor
from carene.engines.referential.catalogue import care
from tests.support.factories import SYSTEM, World, make_assessment

AXES = {f"niveau_{axis.id.lower()}" for axis in care().axes}


def test_validation_publishes_and_reopening_takes_back(world: World) -> None:
    levels = {criterion.id: 2 for criterion in care().criteria}
    row = make_assessment(world.hospital, levels)
    actions.submit(SYSTEM, world.hospital, row)
    actions.validate(Actor.of(world.director), world.hospital, row)
    known = indicators.latest(world.hospital.node)
    assert known.keys() >= AXES | {"palier_maturite"}
    assert known["palier_maturite"].value == 2
    assert known["niveau_gov"].value == 2
    actions.reopen(Actor.of(world.director), world.hospital, row, reason="une réponse à revoir")
    assert not indicators.latest(world.hospital.node).keys() & (AXES | {"palier_maturite"})
    actions.submit(SYSTEM, world.hospital, row)
    actions.validate(Actor.of(world.director), world.hospital, row)  # the same day, again
    assert indicators.latest(world.hospital.node)["palier_maturite"].value == 2


def test_another_framework_publishes_nothing(world: World) -> None:
    row = make_assessment(world.hospital, {"GOV.1.1": 3})
    row.referential = "autre"
    from carene.apps.assessments import published

    published.publish(SYSTEM, world.hospital, row)
    assert not indicators.latest(world.hospital.node)
