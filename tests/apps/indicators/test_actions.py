# SPDX-License-Identifier: EUPL-1.2
"""Recording what was measured."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.indicators import actions, queries
from carene.apps.indicators.models import Observation
from carene.core.journal.models import Entry
from carene.engines.exchange.questionnaire import Measured
from carene.engines.sources import InputError
from carene.engines.sources.errors import InputErrors
from tests.support.factories import World

KEY = "budget_numerique_pct"
DAY = dt.date(2026, 3, 9)


def record(world: World, user: Any = None, **changes: Any) -> Observation:
    values = {"indicator": KEY, "value": 1.7, "observed_on": DAY, "source": "Comptes"} | changes
    return actions.record(world.actor(user or world.alice), world.hospital, **values)


def count(world: World) -> int:
    return Observation.objects.of(world.hospital.node).count()


def test_a_value_is_recorded_with_its_line_in_the_journal(world: World) -> None:
    row = record(world, note=" vu ")
    assert (row.value, row.note, row.recorded_by) == (1.7, "vu", world.alice)
    assert queries.latest(world.hospital.node)[KEY].value == 1.7
    entry = Entry.objects.get(target=f"observation:{row.pk}")
    assert entry.after == {
        "indicator": KEY,
        "observed_on": "2026-03-09",
        "value": 1.7,
        "source": "Comptes",
        "note": "vu",
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"indicator": "inconnu"}, "n'existe pas"),
        ({"value": 170.0}, "hors des valeurs possibles"),
        ({"value": -1.0}, "hors des valeurs possibles"),
        ({"observed_on": timezone.localdate() + dt.timedelta(days=1)}, "pas encore passé"),
        ({"source": " "}, "la source manque"),
        ({"source": "x" * 201}, "trop longue"),
        ({"note": "x" * 301}, "trop longue"),
    ],
)
def test_wrong_values_are_refused_and_nothing_is_written(world: World, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        record(world, **changes)
    assert count(world) == 0


def test_the_same_day_is_said(world: World) -> None:
    record(world)
    with pytest.raises(InputError, match="déjà enregistrée"):
        record(world)
    with pytest.raises(InputError, match=r"vaut déjà 1,7.% au 9.mars 2026"):
        record(world, value=1.8)
    assert count(world) == 1


def test_who_may_not_write_does_not(world: World) -> None:
    for user in (world.bob, world.charlie, world.director):
        with pytest.raises(PermissionDenied):
            record(world, user)
    row = record(world)
    for user in (world.bob, world.charlie):
        with pytest.raises(PermissionDenied):
            actions.withdraw(world.actor(user), world.hospital, row.pk)


def test_a_withdrawn_value_counts_no_more_and_can_be_measured_again(world: World) -> None:
    row = record(world)
    actions.withdraw(world.actor(world.alice), world.hospital, row.pk, reason="faute de frappe")
    assert queries.latest(world.hospital.node) == {}
    assert Entry.objects.filter(target=f"observation:{row.pk}").count() == 2
    actions.withdraw(world.actor(world.alice), world.hospital, row.pk)
    assert Entry.objects.filter(target=f"observation:{row.pk}").count() == 2, "withdrawing twice says nothing more"
    assert record(world, value=1.8).value == 1.8


def test_the_observation_of_another_is_out_of_reach(world: World) -> None:
    row = record(world)
    with pytest.raises(Observation.DoesNotExist):
        actions.withdraw(world.actor(world.charlie), world.elsewhere, row.pk)


def items(*values: float) -> list[Measured]:
    return [Measured(KEY, value, DAY + dt.timedelta(days=rank), "x") for rank, value in enumerate(values)]


def test_many_are_recorded_at_once_and_only_once(world: World, django_assert_max_num_queries: Any) -> None:
    actor = world.actor(world.alice)
    with django_assert_max_num_queries(9):  # one of them notes what the observatory has to count again
        recorded = actions.record_many(actor, world.hospital, items(*(v / 100 for v in range(150))))
    assert (len(recorded.created), len(recorded.known)) == (150, 0)
    again = actions.record_many(actor, world.hospital, items(*(v / 100 for v in range(150))))
    assert (len(again.created), len(again.known)) == (0, 150)
    assert count(world) == 150


def test_all_or_none(world: World) -> None:
    with pytest.raises(InputErrors) as caught:
        actions.record_many(world.actor(world.alice), world.hospital, [*items(1, 99, 2), Measured("x", 1, DAY, "x")])
    assert len(caught.value.errors) == 2
    assert count(world) == 0


def test_replacing_withdraws_what_stood(world: World) -> None:
    actor = world.actor(world.alice)
    actions.record_many(actor, world.hospital, items(1, 2))
    with pytest.raises(InputErrors):
        actions.record_many(actor, world.hospital, items(1, 3))
    recorded = actions.record_many(actor, world.hospital, items(1, 3), replace=True)
    assert (len(recorded.created), len(recorded.known), recorded.replaced) == (1, 1, 1)
    assert [row.value for row in queries.listing(world.hospital.node)] == [3, 1]
    assert Observation.objects.of(world.hospital.node).filter(withdrawn=True).count() == 1


def test_a_group_is_not_measured(world: World) -> None:
    from carene.core.access.actor import Actor

    with pytest.raises(InputError, match="regroupe des établissements"):
        actions.record_many(Actor.system(), world.ght, items(1))
