# SPDX-License-Identifier: EUPL-1.2
"""Pages of measures, seen by each of them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from carene.apps.indicators import actions, queries, trend
from carene.apps.indicators.models import Observation
from carene.engines.exchange.questionnaire import Measured
from carene.engines.referential.catalogue import care
from carene.engines.scoring.model import Observation as Seen
from tests.support.factories import World

KEY = "budget_numerique_pct"
TODAY = timezone.localdate()


def fill(world: World, *values: float, key: str = KEY, last: dt.date | None = None, step: int = 30) -> None:
    end = last or TODAY
    items = [Measured(key, v, end - dt.timedelta(days=step * i), "Registre") for i, v in enumerate(reversed(values))]
    actions.record_many(world.actor(world.alice), world.hospital, items)


def test_what_is_measured_is_shown_with_its_meaning(world: World, client_for: Any) -> None:
    fill(world, 1.2, 1.7)
    page = client_for(world.alice).get(reverse("indicators:list", args=[world.hospital.pk])).content.decode()
    assert "Ce qui est mesuré" in page
    assert "1,7\xa0%" in page
    assert "+0,5\xa0points" in page
    assert "niveau 2" in page
    assert "Part du budget pour le numérique" in page


def test_what_is_stale_is_said_in_the_page_and_in_the_rail(world: World, client_for: Any) -> None:
    fill(world, 1.7, last=TODAY - dt.timedelta(days=500))
    page = client_for(world.alice).get(reverse("indicators:list", args=[world.hospital.pk])).content.decode()
    assert "périmée depuis" in page
    assert "une est périmée et ne compte plus" in page
    assert "1 périmée" in page


def test_nothing_measured_invites_who_may_write(world: World, client_for: Any) -> None:
    address = reverse("indicators:list", args=[world.hospital.pk])
    assert "Saisir une première valeur" in client_for(world.alice).get(address).content.decode()
    page = client_for(world.bob).get(address).content.decode()
    assert "Rien n'est encore mesuré" in page.replace("&#x27;", "'")
    assert "Saisir" not in page


def test_the_form_records(world: World, client_for: Any) -> None:
    data = {"indicator": KEY, "value": "1,7 %", "observed_on": "2026-03-09", "source": "Comptes", "note": ""}
    response = client_for(world.alice).post(reverse("indicators:record", args=[world.hospital.pk]), data)
    assert response.url == reverse("indicators:history", args=[world.hospital.pk, KEY])
    assert queries.latest(world.hospital.node)[KEY].value == 1.7


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"value": "beaucoup"}, "n&#x27;est pas un nombre"), ({"value": "170"}, "hors des valeurs possibles"),
     ({"observed_on": "2099-01-01"}, "pas encore passé"), ({"observed_on": "31/02/2026"}, "n&#x27;existe pas"),
     ({"indicator": "x"}, "choix"), ({"source": ""}, "obligatoire")],
)  # fmt: skip
def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(
    world: World, client_for: Any, changes: dict[str, str], words: str
) -> None:
    data = {
        "indicator": KEY,
        "value": "1,7",
        "observed_on": "2026-03-09",
        "source": "Comptes",
        "note": "gardée",
    } | changes
    response = client_for(world.alice).post(reverse("indicators:record", args=[world.hospital.pk]), data)
    assert response.status_code == 200
    page = response.content.decode()
    assert words in page
    assert "gardée" in page


def test_history_withdraws(world: World, client_for: Any) -> None:
    fill(world, 1.2, 1.7, 2.1)
    client = client_for(world.alice)
    address = reverse("indicators:history", args=[world.hospital.pk, KEY])
    page = client.get(address).content.decode()
    assert "Comment a-t-il évolué" in page
    assert "vous êtes ici" in page
    row = Observation.objects.of(world.hospital.node).order_by("-observed_on").first()
    assert client.post(reverse("indicators:withdraw", args=[world.hospital.pk, row.pk])).url == address
    page = client.get(address).content.decode()
    assert "<s>2,1" in page
    assert queries.latest(world.hospital.node)[KEY].value == 1.7


def test_alice_bob_charlie(world: World, client_for: Any) -> None:
    fill(world, 1.7)
    row = Observation.objects.of(world.hospital.node).get()
    reading = [
        reverse("indicators:list", args=[world.hospital.pk]),
        reverse("indicators:history", args=[world.hospital.pk, KEY]),
    ]
    record = reverse("indicators:record", args=[world.hospital.pk])
    withdraw = reverse("indicators:withdraw", args=[world.hospital.pk, row.pk])
    alice, bob, charlie = (client_for(user) for user in (world.alice, world.bob, world.charlie))
    for address in reading:
        assert [c.get(address).status_code for c in (alice, bob, charlie)] == [200, 200, 404]
    assert [c.get(record).status_code for c in (alice, bob, charlie)] == [200, 403, 404]
    assert [c.post(withdraw).status_code for c in (charlie, bob, alice)] == [404, 403, 302]
    # Who may read the page of an indicator may not write through it.
    data = {"value": "1,9", "observed_on": "2026-03-09", "source": "x"}
    assert bob.post(reading[1], data).status_code == 403


def test_an_unknown_indicator_is_not_found(world: World, client_for: Any) -> None:
    assert (
        client_for(world.alice).get(reverse("indicators:history", args=[world.hospital.pk, "rien"])).status_code == 404
    )


def test_the_page_costs_the_same_whatever_was_measured(
    world: World, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_for(world.alice)
    address = reverse("indicators:list", args=[world.hospital.pk])
    fill(world, 1.7)
    client.get(address)
    with django_assert_max_num_queries(12) as few:
        client.get(address)
    for indicator in care().indicators[1:30]:
        fill(world, *(min(indicator.maximum or 9, 1 + i) for i in range(3)), key=indicator.id)
    with django_assert_max_num_queries(12) as many:
        client.get(address)
    assert len(few) == len(many)


def seen(*values: float) -> list[Seen]:
    return [Seen(KEY, value, dt.date(2026, 1, 1) + dt.timedelta(days=30 * i)) for i, value in enumerate(values)]


def test_a_sparkline_stays_in_its_box() -> None:
    assert trend.spark([]) is None
    for values in ((5.0,), (5.0, 5.0), (1.0, 9.0, 4.0), tuple(float(i % 7) for i in range(60))):
        spark = trend.spark(seen(*values))
        assert spark is not None
        places = [tuple(map(float, pair.split(","))) for pair in spark.path.split()]
        assert len(places) == len(values)
        assert all(0 <= x <= trend.SPARK_WIDTH and 0 <= y <= trend.SPARK_HEIGHT for x, y in places)


def test_a_history_chart_shows_thresholds_and_says_itself() -> None:
    line = queries.line(care(), KEY, seen(1.2, 1.7, 2.6), dt.date(2026, 6, 1))
    chart = trend.chart(line)
    assert chart is not None
    assert any("niveau" in mark.label for mark in chart.marks)
    assert re.search(r"2,6\s%", chart.said)
    assert trend.chart(queries.line(care(), KEY, seen(1.2), dt.date(2026, 6, 1))) is None


def test_trend_says_which_way_is_better() -> None:
    assert queries.line(care(), KEY, seen(1.2, 1.7), TODAY).better is True
    late = queries.line(care(), "hors_support_part", seen(10, 20), TODAY)
    assert late.better is False
    assert queries.line(care(), KEY, seen(2, 2), TODAY).trend == "stable"
