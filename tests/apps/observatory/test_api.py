# SPDX-License-Identifier: EUPL-1.2
"""The same figures for machines, with the same rights."""

from __future__ import annotations

from typing import Any

from tests.apps.observatory.conftest import Country
from tests.support.factories import give, make_user

EDR = "edr_couverture"


def test_table_and_figure(country: Country, client_for: Any, django_assert_max_num_queries: Any) -> None:
    for rank, place in enumerate(country.hospitals):
        country.observe(place, 10 + 5 * rank)
    country.count()
    officer, reader = make_user("Agente"), make_user("Lecteur")
    give(officer, country.region, "officier")
    give(reader, country.hospitals[0], "lecteur")
    client, address = client_for(officer), f"/api/organisations/{country.region.pk}/observatory"
    client.get(address)
    with django_assert_max_num_queries(15):
        table = client.get(address).json()
    line = next(one for one in table["figures"] if one["id"] == EDR)
    assert (table["month"], line["now"]["value"], line["now"]["answered"]) == ("2026-11-01", 52.5, 18)
    with django_assert_max_num_queries(15):
        found = client.get(f"{address}/{EDR}", {"month": "2026-11-23"}).json()
    assert [area["kind"] for area in found["areas"]] == ["ght", "department"]
    assert found["months"][-1]["now"]["value"] == 52.5
    assert found["explained"]
    assert client.get(f"{address}/rien").status_code == 400
    assert client.get(address, {"month": "1999-01-01"}).status_code == 400
    assert client.get(address, {"month": "hier"}).status_code == 422
    assert client_for(reader).get(address).status_code == 404


def test_nothing_counted(country: Country, client_for: Any) -> None:
    officer = make_user("Agente")
    give(officer, country.region, "officier")
    table = client_for(officer).get(f"/api/organisations/{country.region.pk}/observatory").json()
    assert table["month"] is None
    assert all(one["now"] is None for one in table["figures"])
