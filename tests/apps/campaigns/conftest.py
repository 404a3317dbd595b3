# SPDX-License-Identifier: EUPL-1.2
"""A region with a GHT and its members, its officer, a campaign that asks them all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from carene.apps.assessments import actions as assessments
from carene.apps.assessments.models import Assessment
from carene.apps.campaigns import actions
from carene.apps.campaigns.actions import Wanted
from carene.apps.campaigns.models import Campaign
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.accounts.models import User
from carene.engines.referential.catalogue import care
from tests.support.factories import SYSTEM, World, give, make_assessment, make_organisation, make_user

DAY = dt.timedelta(days=1)


@dataclass
class Stage:
    world: World
    officer: User

    @property
    def region(self) -> Organisation:
        return self.world.region

    @property
    def by(self) -> Actor:
        return Actor.of(self.officer)

    def prepare(self, **fields: Any) -> Campaign:
        today = timezone.localdate()
        values = {"title": "Campagne d'essai", "starts_on": today - DAY, "ends_on": today + 30 * DAY} | fields
        return actions.create(self.by, self.region, Wanted(**values))

    def launch(self, **fields: Any) -> Campaign:
        row = self.prepare(**fields)
        return actions.launch(self.by, self.region, row.pk, revision=row.revision)

    def close(self, row: Campaign) -> Any:
        row = Campaign.objects.of(self.region.node).get(pk=row.pk)
        return actions.close(self.by, self.region, row.pk, revision=row.revision)


@pytest.fixture
def stage(world: World) -> Stage:
    officer = make_user("Odile Oury")
    give(officer, world.region, "officier")
    return Stage(world, officer)


def hand(place: Organisation, level: int = 2, *, levels: dict[str, int] | None = None) -> Assessment:
    """An assessment answered everywhere and given to the management, by the real action."""
    row = make_assessment(place, levels or {one.id: level for one in care().criteria})
    return assessments.submit(SYSTEM, place, row.pk)


def more(stage: Stage, count: int) -> list[Organisation]:
    return [make_organisation(stage.world.ght, name=f"CH numéro {rank:02}") for rank in range(count)]
