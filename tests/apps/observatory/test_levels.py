# SPDX-License-Identifier: EUPL-1.2
"""Where each establishment of a place stands, for who reads the summary of each."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from carene.apps.assessments import actions
from carene.apps.observatory import maturity
from carene.core.access.actor import Actor
from carene.engines.observatory.spread import spread
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError
from tests.apps.observatory.conftest import Country
from tests.support.factories import SYSTEM, give, make_assessment, make_user


def validated(place: Any, level: int) -> None:
    director = make_user()
    give(director, place, "direction")
    row = make_assessment(place, {criterion.id: level for criterion in care().criteria})
    actions.submit(SYSTEM, place, row)
    actions.validate(Actor.of(director), place, row)


def test_levels_by_axis_and_their_spread(country: Country, django_assert_max_num_queries: Any) -> None:
    for rank, level in ((0, 1), (1, 3)):
        validated(country.hospitals[rank], level)
    make_assessment(country.hospitals[2], {"GOV.1.1": 4})  # under way: nobody reads it from above
    with django_assert_max_num_queries(2):
        found = maturity.maturity(SYSTEM, country.region, order="best")
    assert (found.total, [row.node for row in found.rows]) == (18, [place.pk for place in country.hospitals[1::-1]])
    assert found.rows[0].scores == (3.0,) * (1 + len(care().axes))
    for axis in found.axes:
        assert axis.whole.spread.counts == (0, 1, 0, 1)
        assert {part.spread.median for part in axis.objectives} == {2.0}
    worst = maturity.maturity(SYSTEM, country.region, order="worst")
    assert [row.step for row in worst.rows] == sorted(row.step or 0 for row in found.rows)
    assert maturity.maturity(SYSTEM, country.region, department="01").total == 0


def test_one_assessment_after_another_the_last_one_is_read(country: Country) -> None:
    for level in (1, 2):
        validated(country.hospitals[0], level)
    assert [row.scores[0] for row in maturity.maturity(SYSTEM, country.ght).rows] == [2.0]


def test_a_place_too_large_is_said(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maturity, "MOST", 17)
    with pytest.raises(InputError, match="GHT ou un département"):
        maturity.maturity(SYSTEM, country.region)


def test_the_page_is_for_who_reads_each_summary(country: Country, client_for: Any) -> None:
    validated(country.hospitals[0], 2)
    officer, reader = make_user("Agent"), make_user("Lectrice")
    give(officer, country.region, "officier")
    give(reader, country.hospitals[0], "lecteur")
    page = reverse("observatory:levels", args=[country.region.pk])
    shown = client_for(officer).get(page, {"ordre": "worst"}).content.decode()
    assert "1 sur 18\u00a0établissements a validé" in shown
    assert "Hôpital 00" in shown
    assert client_for(reader).get(page).status_code == 404
    assert client_for(reader).get(reverse("observatory:levels", args=[country.hospitals[0].pk])).status_code == 404
    empty = client_for(officer).get(page, {"departement": "01"}).content.decode()
    assert "encore validé" in empty


def test_levels_fall_in_bands() -> None:
    assert spread([0, 0.9, 1, 2.5, 3, 4]).counts == (2, 1, 1, 2)
    assert spread([]).median is None
