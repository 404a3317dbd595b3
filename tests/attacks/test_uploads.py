# SPDX-License-Identifier: EUPL-1.2
"""Every hostile file, through every form that takes one: a sentence, or kept as what it is; nothing else changes."""

from __future__ import annotations

import html
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from carene.apps.assessments.models import Answer, ImportedReferential
from carene.apps.evidence.models import Evidence
from carene.apps.exchange.models import Draft
from carene.apps.indicators.models import Observation
from carene.core.files.models import StoredFile
from tests.attacks.crawl import content_of
from tests.attacks.files import MAKERS, NAMES, content
from tests.attacks.live import Person, Place, memory, workers
from tests.attacks.prey import Prey
from tests.e2e.conftest import start_server, stop_server

SLOW = 10.0  # seconds of the processor: a busy machine is not a slow reader
# Those that hold something readable: their lines are shown before anything is applied.
READABLE = {"answers": {"formules.xlsx", "lien.xlsx"}, "observations": {"latin.csv"}, "library": set()}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def alice(mine: Prey, client_for: Any) -> Client:
    return client_for(mine.owner)


def doors(prey: Prey) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Name → address, field of the file, other fields."""
    base = f"/o/{prey.node}"
    return {
        "answers": (f"{base}/echanges/", "file", {}),
        "observations": (f"{base}/echanges/indicateurs/", "file", {}),
        "library": (f"{base}/auto-evaluation/referentiels/importer/", "library", {}),
        "evidence": (f"{base}/preuves/ajouter/", "upload", {"title": "Une preuve"}),
        "attached": (f"{base}/auto-evaluation/{prey.assessment}/preuve/GOV.1.1/", "preuve-upload", {}),
    }


def sentences(response: Any) -> list[str]:
    """What is said of a mistake: beside the field, or on a page of its own."""
    if "X-Carene-Message" in response:
        return [unquote(response["X-Carene-Message"])]
    found = re.findall(r'<div class="invalid-feedback[^>]*>(.*?)</div>', response.content.decode(), re.S)
    return [html.unescape(re.sub(r"<[^>]+>|\s+", " ", one)).strip() for one in found]


def counts() -> tuple[int, ...]:
    scoped = (Draft, ImportedReferential, Evidence, Observation, StoredFile)
    return (*(model.objects.unscoped("count").count() for model in scoped), Answer.objects.count())


@pytest.mark.parametrize("door", ["answers", "observations", "library", "evidence", "attached"])
def test_hostile_files(mine: Prey, alice: Client, door: str) -> None:
    address, field, form = doors(mine)[door]
    for name in MAKERS:
        before, began = counts(), time.thread_time()
        response = alice.post(address, {**form, field: SimpleUploadedFile(name, content(name))})
        assert time.thread_time() - began < SLOW, name
        if response.status_code == 302:
            kept = door in {"evidence", "attached"}
            assert kept or name in READABLE[door], (door, name)
            assert not kept or name not in {"page.html", "dessin.svg", "programme.exe", "vide.xlsx", "gros.pdf"}, name
            continue
        assert response.status_code == 400, (door, name)
        assert counts() == before, (door, name)
        said = sentences(response)
        assert len(said) == 1, (door, name, said)
        assert said[0].endswith("."), said
        assert len(said[0]) < 350, said


def test_names_stay_names(mine: Prey, alice: Client) -> None:
    """A name is shown, never followed: what is on the disk is named by its content."""
    address, field, form = doors(mine)["evidence"]
    root = Path(settings.FILES_ROOT)
    for rank, name in enumerate(NAMES):
        upload = SimpleUploadedFile("x", f"contenu {rank}".encode())
        upload._name = name  # what a hostile client sends, before any cleaning
        response = alice.post(address, {**form, field: upload})
        assert response.status_code in {302, 400}, name
    rows = StoredFile.objects.of(mine.organisation.node)
    assert rows.count() > 10
    for row in rows:
        assert row.path.resolve().is_relative_to(root.resolve())
        assert row.path.name == row.sha256
        assert "/" not in row.name
        assert row.name.isprintable()
        assert len(row.name) <= 200
    assert {path.name for path in root.rglob("*") if path.is_file()} >= {row.sha256 for row in rows}
    for proof in Evidence.objects.of(mine.organisation.node).exclude(file=None):
        response = alice.get(f"/o/{mine.node}/preuves/{proof.pk}/fichier/")
        assert response["Content-Disposition"].startswith("attachment")
        assert "\n" not in response["Content-Disposition"]
        assert response["Content-Type"] == "application/octet-stream"
        assert content_of(response).startswith(b"contenu") or proof.pk == mine.evidence


def test_a_long_file_is_applied_as_easily_as_a_short_one(mine: Prey, alice: Client) -> None:
    """Two thousand lines: the preview has a box for each, and sends them all back."""
    days = [
        f"budget_numerique_pct;1,{n % 9};{n % 28 + 1:02d}/{n // 28 % 12 + 1:02d}/{2000 + n // 336};R"
        for n in range(2000)
    ]
    table = "\r\n".join(["indicateur;valeur;date;source", *days]).encode()
    response = alice.post(f"/o/{mine.node}/echanges/indicateurs/", {"file": SimpleUploadedFile("a.csv", table)})
    taken = [str(rank) for rank in range(2000)]
    response = alice.post(response.url, {"take": taken})
    assert response.status_code == 302
    assert Observation.objects.of(mine.organisation.node).filter(source="R").count() == 2000


@pytest.mark.e2e
def test_memory_is_bounded(place: Place) -> None:
    """The worst files, sent to the real server: it never takes more than they weigh, five times."""
    server = start_server(place.var, place.port)
    try:
        person = Person(place.server)
        node = person.node()
        (worker,) = workers(server.pid)
        before = memory(worker)
        for name in ("bombe.xlsx", "lignes.xlsx", "membres.zip", "bombe.yaml", "liste.yaml", "gros.pdf", "fautes.csv"):
            for path, field in (
                ("echanges/", "file"),
                ("echanges/indicateurs/", "file"),
                ("preuves/ajouter/", "upload"),
            ):
                began = time.thread_time()
                status, _ = person.send(f"/o/{node}/{path}", {"title": "x"}, files={field: (name, content(name))})
                assert status in {302, 400}, name
                assert time.thread_time() - began < SLOW, name
        assert memory(worker) - before < 125_000_000
    finally:
        stop_server(server)
