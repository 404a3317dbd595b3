# SPDX-License-Identifier: EUPL-1.2
"""Bringing a framework, by the web and by the action, and answering it."""

import re

import pytest
import yaml
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from carene.apps.assessments import actions, queries, referentials
from carene.apps.assessments.models import ImportedReferential
from carene.engines.referential.ciso_assistant import Imported, read_library
from carene.engines.sources import InputError
from tests.apps.assessments.test_pages import at, words
from tests.support.factories import World

URN = "urn:essai:risk:req_node:petit:"


def library(*, version: int = 3, text: str = "Tenir un inventaire.", extra: str = "") -> bytes:
    nodes = [
        {"urn": f"{URN}a", "assessable": False, "depth": 1, "ref_id": "A", "name": "Gouvernance"},
        {"urn": f"{URN}a.1", "parent_urn": f"{URN}a", "assessable": True, "depth": 2, "ref_id": "A.1",
         "name": "Inventaire", "description": text, "implementation_groups": ["base"]},
        {"urn": f"{URN}a.2", "parent_urn": f"{URN}a", "assessable": True, "depth": 2, "ref_id": "A.2",
         "name": "Comité", "description": "Réunir un comité.", "implementation_groups": ["renforce"]},
    ]  # fmt: skip
    framework = {
        "urn": "urn:essai:risk:framework:petit", "ref_id": "PETIT", "name": "Petit cadre", "requirement_nodes": nodes,
        "implementation_groups_definition": [
            {"ref_id": "base", "name": "De base"}, {"ref_id": "renforce", "name": "Renforcé"}
        ],
    }  # fmt: skip
    content = {
        "urn": "urn:essai:risk:library:petit", "locale": "fr", "name": "Bibliothèque", "version": version,
        "provider": "Quelqu'un", "objects": {"framework": framework, "threats": [{"urn": "urn:menace", "name": extra}]},
    }  # fmt: skip
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode()


def read(content: bytes) -> Imported:
    return read_library(content, "petit.yaml")


def send(client: Client, world: World, content: bytes):
    upload = SimpleUploadedFile("petit.yaml", content)
    return client.post(at(world, "referentiels/importer/"), {"library": upload}, follow=True)


def rows(world: World) -> list[ImportedReferential]:
    return queries.imported_at(world.hospital.node)


def test_a_library_is_previewed_then_kept_then_answered(world: World, client_for) -> None:
    client = client_for(world.alice)
    page = send(client, world, library())
    assert "Importer « Petit cadre »" in words(page)
    assert "2 questions" in words(page)
    assert "menaces" in words(page)  # what is not taken over is said
    assert rows(world) == []
    url = page.redirect_chain[-1][0]
    assert client_for(world.bob).get(url).status_code == 403
    assert client_for(world.charlie).get(url).status_code == 404
    assert "Petit cadre" in words(client.post(url, follow=True))
    (row,) = rows(world)
    assert len(row.not_understood) >= 1

    key = f"imported:{row.pk}"
    page = client.post(at(world, "commencer/"), {"referential": key, "title": "Essai"})
    assert "Quelles parties" in words(page)
    data = {"referential": key, "title": "Essai", "groups_asked": "1", "groups": ["base"]}
    page = client.post(at(world, "commencer/"), data, follow=True)
    assessment = queries.current(world.hospital.node, key)
    assert assessment is not None
    assert assessment.groups == ["base"]
    sheet = queries.sheet(world.hospital, assessment)
    assert [c.title for c in sheet.criteria] == ["Inventaire"]
    criterion = sheet.criteria[0]
    for path in ("questions/", "demarrage/", "bilan/", "validation/", "changements/"):
        assert client.get(at(world, f"{assessment.pk}/{path}")).status_code == 200
    html = client.get(at(world, f"{assessment.pk}/questions/")).content.decode()
    href = re.search(r'href="\./([^"]+)"', html)[1]
    assert "Inventaire" in words(client.get(at(world, f"{assessment.pk}/questions/{href}")))
    actions.answer(world.actor(world.alice), world.hospital, assessment, criterion.id, level=criterion.top)
    assert client.get(at(world, f"{assessment.pk}/bilan/")).status_code == 200
    page = client.get(at(world))
    assert "1 réponse donnée sur 1" in words(page)


def test_the_same_file_twice_is_one_framework(world: World) -> None:
    actor = world.actor(world.alice)
    first = actions.import_referential(actor, world.hospital, read(library()))
    assert actions.import_referential(actor, world.hospital, read(library())) == first
    assert actions.import_referential(actor, world.hospital, read(library(version=4, text="Autre."))) != first
    with pytest.raises(InputError, match="avec un autre contenu"):
        actions.import_referential(actor, world.hospital, read(library(text="Changé.")))
    assert len(rows(world)) == 2


def test_a_framework_serves_where_it_was_brought_and_below(world: World) -> None:
    row = actions.import_referential(world.actor(world.admin), world.ght, read(library()))
    key = f"imported:{row.pk}"
    available = referentials.available(world.actor(world.alice), world.hospital.node)
    assert key in {found for found, _, _ in available}
    elsewhere = referentials.available(world.actor(world.charlie), world.elsewhere.node)
    assert key not in {found for found, _, _ in elsewhere}
    with pytest.raises(InputError, match="pas disponible"):
        actions.start(world.actor(world.charlie), world.elsewhere, referential=key)


@pytest.mark.parametrize("who", ["bob", "charlie", "director"])
def test_only_those_who_may_bring_a_framework(world: World, client_for, who: str) -> None:
    user = getattr(world, who)
    with pytest.raises(PermissionDenied):
        actions.import_referential(world.actor(user), world.hospital, read(library()))
    assert client_for(user).get(at(world, "referentiels/importer/")).status_code in {403, 404}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "vide"),
        (b"- a\n- b\n", "bibliothèque CISO Assistant"),
        (b"a: [1, 2", "ligne"),
        (b"\x00\x01\x02", "YAML"),
        (b"a: &a [x]\nb: &b [*a, *a, *a]\nobjects: {c: [*b, *b, *b]}\n", ""),
    ],
)
def test_a_file_of_another_kind_is_said_and_not_kept(world: World, client_for, content: bytes, sentence: str) -> None:
    page = send(client_for(world.alice), world, content)
    assert page.status_code in {200, 400}
    assert sentence in words(page)
    assert rows(world) == []
