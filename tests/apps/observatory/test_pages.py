# SPDX-License-Identifier: EUPL-1.2
"""The pages at each level, what each reader finds in them, how many queries they take."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carene.engines.observatory.loader import shipped
from tests.apps.observatory.conftest import Country
from tests.support.factories import give, make_organisation, make_user

EDR = "edr_couverture"
MOST = 15


@pytest.fixture
def full(country: Country) -> Country:
    for rank, place in enumerate(country.hospitals):
        country.observe(place, 10 + 5 * rank)
        country.observe(place, rank % 2, indicator="rssi_nomme")
    country.count()
    return country


@pytest.fixture
def officer(full: Country, client_for: Any) -> Client:
    user = make_user("Agent de la nation")
    give(user, full.nation, "national")
    return client_for(user)


def page(client: Client, name: str, *args: Any, status: int = 200, **asked: str) -> str:
    response = client.get(reverse(f"observatory:{name}", args=args), asked)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def test_every_page_takes_few_queries(full: Country, officer: Client, django_assert_max_num_queries: Any) -> None:
    for place in (full.nation, full.region, full.ght, full.hospitals[0]):
        for name, *args in (("overview",), ("figure", EDR), ("figure", "rssi_nomme"), ("map", EDR)):
            page(officer, name, place.pk, *args)
            with django_assert_max_num_queries(MOST):
                page(officer, name, place.pk, *args)
    with django_assert_max_num_queries(MOST):
        page(officer, "establishments", full.ght.pk, EDR, ordre="worst")
    with django_assert_max_num_queries(MOST):
        page(officer, "open", full.nation.pk)


def test_an_establishment_seen_by_its_own_people_takes_few_queries_too(
    full: Country, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    """Whose rail counts what is to be done, which an officer's does not."""
    own = make_user("Rssi d'ici")
    give(own, full.hospitals[0], "rssi")
    client = client_for(own)
    for name, *args in (("overview",), ("figure", EDR), ("figure", "incidents_malveillants")):
        page(client, name, full.hospitals[0].pk, *args)
        with django_assert_max_num_queries(MOST):
            page(client, name, full.hospitals[0].pk, *args)


def test_the_table_tells_what_is_known_and_what_is_not(full: Country, officer: Client) -> None:
    text = page(officer, "overview", full.nation.pk)
    assert "52,5\u00a0%" in text
    assert "18 sur 18" in text
    assert "indicateurs non évalués" in text
    assert "Données ouvertes" in text
    found = page(officer, "overview", full.nation.pk, q="EDR")
    assert found.count('scope="row"') < text.count('scope="row"')
    assert "Aucun indicateur ne porte ces mots" in page(officer, "overview", full.nation.pk, q="licorne")


def test_one_figure_explains_itself(full: Country, officer: Client) -> None:
    text = page(officer, "figure", full.region.pk, "rssi_nomme")
    assert "au moins 70" in text
    assert "source secondaire" in text
    assert "Part de ceux qui répondent oui" in text
    spread = page(officer, "figure", full.ght.pk, EDR)
    assert "Comment les établissements se répartissent" in spread
    assert "Voir les établissements un par un" in spread
    public = page(officer, "figure", full.nation.pk, "incidents")
    assert "Incidents signalés au CERT Santé" in public
    assert "749" in public


def test_an_establishment_is_compared_without_a_name(full: Country, client_for: Any) -> None:
    reader, place = make_user("Lectrice"), full.hospitals[0]
    give(reader, place, "lecteur")
    client = client_for(reader)
    text = page(client, "figure", place.pk, EDR)
    assert "Centre hospitalier : 10\u00a0réponses" in text
    assert "dans le dernier quart" in text
    assert "Hôpital 01" not in text
    page(client, "overview", full.region.pk, status=404)
    page(client, "figure", full.hospitals[1].pk, EDR, status=404)


def test_the_list_is_for_who_may_read_each_one(full: Country, officer: Client) -> None:
    best = page(officer, "establishments", full.ght.pk, EDR, ordre="best")
    assert best.index("Hôpital 17") < best.index("Hôpital 00")
    assert "trop longue" in page(officer, "establishments", full.nation.pk, EDR, status=400)
    assert "18\u00a0établissements" in page(officer, "establishments", full.nation.pk, EDR, departement="75")
    secret = next(one for one in shipped().figures if one.confidentiality == "detail")
    page(officer, "establishments", full.ght.pk, secret.id, status=403)


def test_bad_addresses_are_said(full: Country, officer: Client) -> None:
    assert "2026-10" in page(officer, "overview", full.nation.pk, mois="hier", status=400)
    page(officer, "overview", full.nation.pk, mois="0000-01", status=400)
    page(officer, "overview", full.nation.pk, mois="1999-01", status=400)
    page(officer, "figure", full.nation.pk, "rien_de_tel", status=404)
    page(officer, "export", full.nation.pk, "exe", status=404)
    page(officer, "establishments", full.ght.pk, EDR, page="-3", ordre="non")


def test_small_departments_are_hidden_with_what_would_give_them(country: Country, client_for: Any) -> None:
    """Four answers in the Ain, six in the Aisne, eight in Paris: the Aisne is hidden too, else its rest is the Ain."""
    figure = next(one for one in shipped().figures if one.confidentiality == "detail")
    for rank, place in enumerate(country.hospitals):
        place.department = "01" if rank < 4 else "02" if rank < 10 else "75"
        place.save(update_fields=["department"])
        country.observe(place, 10, indicator=figure.formula.of)
    country.count()
    reader = make_user("Agent régional")
    give(reader, country.region, "officier")
    text = page(client_for(reader), "map", country.region.pk, figure.id)
    assert "Ain\u00a0: trop peu de réponses" in text
    assert "Aisne\u00a0: trop peu de réponses" in text
    assert "Paris\u00a0: 10" in text


def test_files(full: Country, officer: Client) -> None:
    table = page(officer, "export", full.nation.pk, "csv")
    assert "edr_couverture;" in table
    assert "52,5" in table
    whole = json.loads(page(officer, "export", full.nation.pk, "json"))
    assert len(whole["rows"]) == len(shipped().figures)
    one = json.loads(page(officer, "export_figure", full.region.pk, EDR, "json"))
    assert (one["rows"][0]["value"], one["rows"][0]["answered"]) == (52.5, 18)
    response = officer.get(reverse("observatory:export", args=[full.ght.pk, "xlsx"]))
    assert response.content.startswith(b"PK")


def test_open_data_hold_nothing_small(full: Country, officer: Client) -> None:
    """Ten « ch », eight « ehpad »; a hospital of another type is one of nineteen: it goes, and the smallest with it."""
    alone = make_organisation(full.ght, name="Clinique", type="had", department="01")
    full.observe(alone, 50)
    full.count()
    schema = json.loads(page(officer, "open_schema", full.nation.pk))
    lines = page(officer, "open", full.nation.pk).lstrip("\ufeff").splitlines()
    names = [one["name"] for one in schema["fields"]]
    assert lines[0].split(";") == names
    rows = [dict(zip(names, line.split(";"), strict=True)) for line in lines[1:]]
    edr = {(row["nature"], row["code"]): int(row["reponses"]) for row in rows if row["indicateur"] == EDR}
    assert edr == {("ensemble", ""): 19, ("region", ""): 19, ("type", "ch"): 10}
    assert all(int(row["reponses"]) >= 5 for row in rows)
    page(officer, "open", full.region.pk, status=404)


def test_nothing_counted_yet(country: Country, client_for: Any) -> None:
    user = make_user("Agent")
    give(user, country.nation, "national")
    client = client_for(user)
    assert "Rien n'est encore compté" in page(client, "overview", country.nation.pk)
    for place in (country.nation, country.hospitals[0]):
        assert "Non évalué" in page(client, "figure", place.pk, EDR)
    assert "Rien à dessiner" in page(client, "map", country.nation.pk, EDR)
    assert json.loads(page(client, "export_figure", country.nation.pk, EDR, "json"))["rows"] == []
