# SPDX-License-Identifier: EUPL-1.2
"""Measures in a file: the model, the preview, the application."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from carene.apps.exchange.models import Draft
from carene.apps.indicators import queries
from carene.apps.indicators.models import Observation
from tests.support.factories import World

KEY = "budget_numerique_pct"
GOOD = f"indicateur;valeur;date;source\n{KEY};1,7;09/03/2026;\n{KEY};1,5;09/03/2025;Comptes\ninconnu;1;09/03/2025;x\n"


def send(client: Any, world: World, text: str | bytes = GOOD, name: str = "mesures.csv") -> Any:
    data = text.encode() if isinstance(text, str) else text
    address = reverse("exchange:observations", args=[world.hospital.pk])
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def test_the_whole_way(world: World, alice: Any) -> None:
    address = send(alice, world).url
    page = alice.get(address).content.decode()
    assert "Ces valeurs sont nouvelles" in page
    assert "«\xa0inconnu\xa0»" in page
    assert queries.latest(world.hospital.node) == {}
    assert alice.post(address, {"take": ["0", "1"]}).status_code == 302
    rows = list(queries.listing(world.hospital.node))
    assert [(row.value, row.source) for row in rows] == [(1.7, "Fichier « mesures.csv »"), (1.5, "Comptes")]
    assert alice.get(address).status_code == 302, "a file is applied once"


def test_another_value_of_the_same_day_is_replaced_only_if_chosen(world: World, alice: Any) -> None:
    alice.post(send(alice, world).url, {"take": ["0", "1"]})
    address = send(alice, world, GOOD.replace("1,7", "1,9")).url
    page = alice.get(address).content.decode()
    assert "Une autre valeur existe déjà pour ce jour" in page
    assert "1\xa0valeur déjà enregistrée" in page
    assert 'value="0" id="m-0"><' in page.replace(" checked", "X") or 'id="m-0">' in page
    assert alice.post(address, {"take": ["0"]}).status_code == 302
    assert queries.latest(world.hospital.node)[KEY].value == 1.9
    assert Observation.objects.of(world.hospital.node).filter(withdrawn=True).count() == 1


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_models_are_read_back(world: World, alice: Any, kind: str) -> None:
    data = alice.get(reverse("exchange:observations_model", args=[world.hospital.pk, kind])).content
    response = send(alice, world, data, f"modele.{kind}")
    assert response.status_code == 302
    assert Draft.objects.of(world.hospital.node).get().content["items"] == []
    assert "0\xa0valeur lue" in alice.get(response.url).content.decode()


def test_a_yaml_export_gives_its_measures(world: World, alice: Any) -> None:
    text = f"observations:\n- {{indicator: {KEY}, value: 1.7, date: 2026-03-09, source: x}}\n"
    alice.post(send(alice, world, text, "a.yaml").url, {"take": ["0"]})
    assert queries.latest(world.hospital.node)[KEY].value == 1.7


def test_other_files_are_refused_beside_the_field(world: World, alice: Any) -> None:
    response = send(alice, world, "bonjour")
    assert response.status_code == 400
    assert "« Indicateur », « Valeur » et « Date »" in response.content.decode().replace("\xa0", " ")


def test_nothing_ticked_and_strange_ranks_apply_nothing(world: World, alice: Any) -> None:
    address = send(alice, world).url
    assert alice.post(address, {}).status_code == 409
    assert alice.post(address, {"take": ["x", "²"]}).status_code == 409
    assert queries.latest(world.hospital.node) == {}


def test_alice_bob_charlie(world: World, client_for: Any, alice: Any) -> None:
    address = send(alice, world).url
    bob, charlie = client_for(world.bob), client_for(world.charlie)
    page = reverse("exchange:observations", args=[world.hospital.pk])
    assert [c.get(page).status_code for c in (alice, bob, charlie)] == [200, 403, 404]
    assert [c.get(address).status_code for c in (bob, charlie)] == [403, 404]
    assert [c.post(address, {"take": ["0"]}).status_code for c in (bob, charlie)] == [403, 404]
    model = reverse("exchange:observations_model", args=[world.hospital.pk, "csv"])
    assert [c.get(model).status_code for c in (bob, charlie)] == [200, 404]


def test_an_unknown_model_is_not_found(world: World, alice: Any) -> None:
    assert alice.get(reverse("exchange:observations_model", args=[world.hospital.pk, "exe"])).status_code == 404
