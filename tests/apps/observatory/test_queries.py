# SPDX-License-Identifier: EUPL-1.2
"""What each may read, in how many queries, and what an establishment learns of its peers."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from carene.apps.observatory import queries, queries_units
from carene.core.access.actor import Actor
from carene.engines.observatory.small import shown
from carene.engines.sources import InputError
from tests.apps.observatory.conftest import Country
from tests.support.factories import SYSTEM, give, make_user

EDR = "edr_couverture"


@pytest.fixture
def full(country: Country) -> Country:
    for rank, place in enumerate(country.hospitals):
        country.observe(place, 10 + 5 * rank)
    country.count()
    return country


def test_pages_cost_few_queries(full: Country, django_assert_max_num_queries: Any) -> None:
    for place in (full.nation, full.region, full.ght, full.hospitals[0]):
        with django_assert_max_num_queries(5):
            queries.table(SYSTEM, place)
        with django_assert_max_num_queries(10):
            queries.detail(SYSTEM, place, EDR)
        with django_assert_max_num_queries(7):
            queries.map_of(SYSTEM, place, EDR)
    with django_assert_max_num_queries(4):
        queries_units.establishments(SYSTEM, full.region, EDR)
    with django_assert_max_num_queries(6):
        queries_units.peers(SYSTEM, full.hospitals[0], EDR)


def test_drilling_down(full: Country) -> None:
    nation = queries.detail(SYSTEM, full.nation, EDR)
    assert [(child.label, child.reading is not None) for child in nation.children] == [("Région", True)]
    assert [child.label for child in nation.departments] == ["Paris"]
    assert nation.now is not None
    assert (nation.now.minimum, nation.now.maximum, nation.now.coverage) == (10, 95, 100)
    assert nation.explained
    region = queries.detail(SYSTEM, full.region, EDR)
    assert [child.kind for child in region.children] == ["ght"]


def test_establishments_in_order(full: Country) -> None:
    worst = queries_units.establishments(SYSTEM, full.ght, EDR, order="worst")
    assert worst.total == 18
    assert [unit.value for unit in worst.units[:3]] == [10, 15, 20]
    best = queries_units.establishments(SYSTEM, full.ght, EDR, order="best", department="75")
    assert best.units[0].value == 95
    assert best.units[0].observed_on is not None
    assert queries_units.establishments(SYSTEM, full.ght, EDR, department="01").total == 0
    assert queries_units.establishments(SYSTEM, full.nation, EDR, department="75").total == 18
    with pytest.raises(InputError, match="trop longue"):
        queries_units.establishments(SYSTEM, full.nation, EDR)


def test_a_ranking_is_for_who_may_read_each_one(full: Country) -> None:
    """Peers and wholes are for everyone who looks; names and values ask for the right on the place."""
    officer, reader = make_user(), make_user()
    give(officer, full.region, "officier")
    give(reader, full.hospitals[0], "lecteur")
    assert queries_units.establishments(Actor.of(officer), full.region, EDR).total == 18
    with pytest.raises(PermissionDenied):
        queries_units.establishments(Actor.of(reader), full.region, EDR)
    with pytest.raises(PermissionDenied):
        queries.table(Actor.of(reader), full.region)
    assert queries_units.peers(Actor.of(reader), full.hospitals[0], EDR).answered >= 5


def test_few_answers_are_hidden_from_who_may_not_read_each(country: Country) -> None:
    """« biomedical_isole »-like details are not for the officers of a region: fewer than five give nothing."""
    from carene.engines.observatory.loader import shipped

    figure = next(one for one in shipped().figures if one.confidentiality == "detail")
    for place in country.hospitals[:3]:
        country.observe(place, 10, indicator=figure.formula.of)
    country.count()
    officer = make_user()
    give(officer, country.region, "officier")
    found = next(
        one for one in queries.table(Actor.of(officer), country.region).lines if one.figure.id == figure.id
    )  # fmt: skip
    assert (found.hidden, found.value) == (True, "")
    assert found.now is not None
    assert (found.now.answered, found.now.value, found.now.median) == (3, None, None)
    hidden = queries.detail(Actor.of(officer), country.region, figure.id)
    assert (hidden.hidden, hidden.children, hidden.moments) == (True, (), ())


def test_peers_are_never_fewer_than_five(full: Country) -> None:
    """Six of size m, four of size l: the four are hidden, and the six with them, else the total would give the four."""
    narrow = queries_units.peers(SYSTEM, full.hospitals[0], EDR)
    assert shown({"m": 6, "l": 4}, 5) == frozenset()
    assert (narrow.group, narrow.answered, narrow.own) == ("Centre hospitalier", 10, 10)
    assert narrow.place == "dans le dernier quart"
    alone = queries_units.peers(SYSTEM, full.hospitals[17], EDR)
    assert (alone.group, alone.answered) == ("EHPAD, moins de 100 postes", 8)
    assert (alone.q1, alone.median, alone.q3) == (68.75, 77.5, 86.25)
    nobody = queries_units.peers(SYSTEM, full.hospitals[0], "rssi_nomme")
    assert nobody.why.startswith("Trop peu")
    assert queries_units.peers(SYSTEM, full.region, EDR).why
