# SPDX-License-Identifier: EUPL-1.2
"""Nothing is kept without the verdict of the antivirus: clamd itself where it is installed, a stand-in everywhere."""

from __future__ import annotations

import datetime as dt
import io
import logging
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from carene.config import env
from carene.core.backup import health
from carene.core.files import clamd, scanning
from carene.core.journal.models import Entry
from carene.core.journal.verification import verify
from carene.engines.sources import InputError
from tests.attacks.conftest import mine as mine
from tests.attacks.prey import Prey
from tests.attacks.test_uploads import counts, doors, sentences
from tests.support.antivirus import CLAMD, EICAR, NAME, StandIn, real, stand_in
from tests.support.factories import World


@pytest.fixture(scope="module", params=["clamd", "stand-in"])
def addresses(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    if request.param == "stand-in":
        with stand_in() as server:
            yield [server.address]
    elif CLAMD is None:
        pytest.skip("NOT TESTED with the real clamd: it is not installed (package clamav-daemon)")
    else:
        with real(tmp_path_factory.mktemp("clamd")) as found:
            yield found


@pytest.fixture
def scanner() -> Iterator[StandIn]:
    with stand_in() as server:
        yield server


def pieces(content: bytes) -> Iterator[bytes]:
    return iter([content[at : at + 70_000] for at in range(0, len(content), 70_000)])


def test_verdicts(addresses: list[Any]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", EICAR)
    for address in addresses:
        for content in (b"rien", bytes(20_000_000), b""):
            assert clamd.scan(address, pieces(content), 20) == ""
        for content in (EICAR, b"avant" * 50_000 + EICAR + b"apres", packed.getvalue()):
            assert clamd.scan(address, pieces(content), 20).startswith(NAME)
        with pytest.raises(clamd.ScannerError, match="size limit exceeded"):
            clamd.scan(address, pieces(bytes(40_000_000)), 20)
        assert clamd.version(address, 5).startswith("ClamAV ")


def test_no_verdict(scanner: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for mood, words in (("garbage", "What"), ("silent", "délai dépassé")):
        scanner.mood = mood
        with pytest.raises(clamd.ScannerError, match=words):
            clamd.scan(scanner.address, pieces(b"rien"), 0.3)
    for nowhere in (("127.0.0.1", 1), "/nulle/part"):
        with pytest.raises(clamd.ScannerError):
            clamd.scan(nowhere, pieces(b"rien"), 1)


def infected(door: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("retour.csv", b"indicateur;valeur;date;source\n" + EICAR + b"\n")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", ["answers", "observations", "library", "evidence", "attached"])
def test_every_door(mine: Prey, client_for: Any, settings: Any, scanner: StandIn, door: str) -> None:
    """Real transactions: what the journal tells of a refusal stays when the rest is given up."""
    client = client_for(mine.owner)
    address, field, form = doors(mine)[door]
    settings.CLAMAV = scanner.address
    before, told = counts(), Entry.objects.count()
    response = client.post(address, {**form, field: infected(door)})
    assert response.status_code == 400
    (said,) = sentences(response)
    assert said == (
        f"L'antivirus a trouvé « {NAME}.UNOFFICIAL » dans « retour.csv », qui n'a pas été pris ; "
        "ne pas ouvrir ce fichier et prévenir qui l'a donné."
    )
    assert counts() == before
    entry = Entry.objects.order_by("-id")[0]
    assert Entry.objects.count() == told + 1
    assert (entry.verb, entry.node_id, entry.user) == ("file.refuse", mine.node, mine.owner)
    assert entry.after == {"name": "retour.csv", "found": f"{NAME}.UNOFFICIAL"}
    assert verify().faults == []

    settings.CLAMAV = ("127.0.0.1", 1)
    logging.disable(logging.ERROR)
    response = client.post(address, {**form, field: SimpleUploadedFile("sain.csv", b"indicateur;valeur\n")})
    logging.disable(logging.NOTSET)
    assert response.status_code == 400
    (said,) = sentences(response)
    assert said.startswith("L'antivirus du serveur n'a pas pu examiner « sain.csv » (")
    assert counts() == before
    assert Entry.objects.count() == told + 1


@pytest.mark.django_db
def test_a_clean_file_is_kept_as_it_came(world: World, settings: Any, scanner: StandIn) -> None:
    from carene.core.files.store import accept, store

    settings.CLAMAV = scanner.address
    content = b"%PDF-1.7 " + bytes(range(256)) * 3000  # more than one piece
    actor, node = world.actor(world.alice), world.hospital.node
    kept = store(actor, node, accept(actor, node, SimpleUploadedFile("a.pdf", content)))
    assert scanner.seen == [content]
    assert kept.path.read_bytes() == content
    settings.CLAMAV = None
    scanning.scan(actor, node, "b.pdf", io.BytesIO(EICAR))
    assert len(scanner.seen) == 1, "no antivirus, no scan"


@pytest.mark.django_db
def test_doctor_asks_the_antivirus(settings: Any, scanner: StandIn) -> None:
    def line() -> tuple[str, str]:
        (found,) = [one for one in health.examine() if one.subject == "Antivirus"]
        return found.level, found.sentence.replace("\xa0", " ")

    settings.CLAMAV = None
    assert line()[0] == health.NOTICE
    settings.CLAMAV = ("127.0.0.1", 1)
    assert line()[0] == health.WRONG
    assert "aucun fichier n'est plus accepté" in line()[1]
    settings.CLAMAV = scanner.address
    level, sentence = line()
    assert (level, f"signatures du {dt.datetime.now(dt.UTC).day}" in sentence) == (health.GOOD, True), sentence
    scanner.dated = "Mon Nov 23 09:12:01 2020"
    assert line() == (
        health.WRONG,
        "Antivirus : ClamAV 1.4.6, signatures du 23 novembre 2020 ; vérifier que freshclam tourne.",
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", None),
        ("tcp://127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("tcp://[::1]:3310", ("::1", 3310)),
        ("unix:///run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
    ],
)
def test_the_address_is_a_setting(monkeypatch: pytest.MonkeyPatch, value: str, found: Any) -> None:
    monkeypatch.setenv("CARENE_CLAMAV", value)
    assert env.address("CARENE_CLAMAV") == found


@pytest.mark.parametrize(
    "value", ["tcp://hôte", "tcp://a:b", "unix:run/x", "unix://run/x", "127.0.0.1:3310", "http://a:1"]
)
def test_a_wrong_address_is_one_sentence(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CARENE_CLAMAV", value)
    with pytest.raises(InputError, match="écrire tcp://hôte:port ou unix:///chemin"):
        env.address("CARENE_CLAMAV")
