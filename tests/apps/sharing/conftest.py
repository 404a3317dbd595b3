# SPDX-License-Identifier: EUPL-1.2
"""Officers of the region, and what the tests of shares do again and again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.sharing import actions
from carene.core.access.actor import Actor
from carene.core.access.models import Share, ShareRequest
from carene.core.accounts.models import User
from tests.support.factories import World, give, make_user


@pytest.fixture
def officer(world: World) -> User:
    user = make_user("Odile Oury")
    give(user, world.region, "officier")
    return user


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def share(world: World, days: int = 30, **fields: Any) -> Share:
    fields.setdefault("holder_id", None if "email" in fields else world.region.pk)
    return actions.give(
        world.actor(world.alice), world.hospital, ends_on=in_days(days), reason="Un appui de la région", **fields
    )


def every(model: Any) -> Any:
    return model.objects.unscoped("a test looks").order_by("pk")


def reads(user: User, organisation: Organisation) -> bool:
    return Actor.of(user).can("assessment.view", organisation.node)


def ask(world: World, officer: User, organisation: Organisation | None = None) -> ShareRequest:
    return actions.ask(Actor.of(officer), organisation or world.hospital, reason="Comité régional du mois prochain")
