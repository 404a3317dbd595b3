# SPDX-License-Identifier: EUPL-1.2
"""Reminders of the governance: near then late, once each, to those who hold it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from carene.apps.governance import actions, daily
from carene.apps.organisations.models import Organisation
from carene.core.letters import queries, sending
from carene.engines.governance.pack import governance
from tests.support.factories import World


@pytest.fixture(autouse=True)
def server(settings: Any) -> None:
    settings.EMAIL_HOST = "courriel.invalid"
    settings.PUBLIC_URL = ""


def plan(world: World, duty: str, on: dt.date) -> None:
    actor = world.actor(world.alice)
    actions.record_duty(actor, world.hospital, duty, kind="planned", next_on=on, reason="prévu avec les équipes")


def test_near_then_late_each_once(world: World) -> None:
    today = timezone.localdate()
    assert daily.remind(today) == "", "nobody has dated anything"
    near = today + dt.timedelta(days=governance().remind_days)
    plan(world, "exercice-crise", near)
    plan(world, "sensibilisation", near + dt.timedelta(days=1))
    assert daily.remind(today).startswith("2"), "the RSSI and the management, nobody else"
    assert daily.remind(today) == ""
    assert daily.remind(today + dt.timedelta(days=1)).startswith("2"), "the other one is near now"
    assert daily.remind(near + dt.timedelta(days=1)).startswith("2"), "the first one is late"
    sending.send()
    assert {one.to[0] for one in mail.outbox} == {world.alice.email, world.director.email}
    assert len(mail.outbox) == 6
    bodies = [one.body.replace("\xa0", " ").replace("\u202f", " ") for one in mail.outbox]
    assert "1 échéance tombe dans les 30 jours à venir" in bodies[0]
    assert "1 échéance est dépassée." in bodies[-1]
    assert not any("crise" in body for body in bodies), "how many and where, never what"
    assert len(queries.latest(world.hospital.node, daily.KIND)) == 6


def test_a_closed_establishment_is_left_in_peace(world: World) -> None:
    today = timezone.localdate()
    plan(world, "exercice-crise", today)
    Organisation.objects.unscoped("it closes").filter(pk=world.hospital.pk).update(closed_on=today)
    assert daily.remind(today) == ""


def test_reading_costs_the_same_per_establishment(world: World, django_assert_max_num_queries: Any) -> None:
    """Places where nothing has a day cost nothing."""
    today = timezone.localdate()
    with django_assert_max_num_queries(2):
        daily.remind(today)
