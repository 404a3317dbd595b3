# SPDX-License-Identifier: EUPL-1.2
import datetime as dt
import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from carene.engines.registers.invented import invent
from carene.engines.registers.reading import open_register
from carene.engines.registers.records import Account, Establishment, Ght, LegalEntity, Membership, Record
from carene.engines.registers.writing import write_structures
from carene.engines.sources import InputError


def address(**changes: Any) -> dict[str, Any]:
    degrees = {"coordonneeX": "6570414.61", "coordonneeY": "873766.07"}
    degrees |= {"directionLatitude": "46.211257", "directionLongitude": "5.254203"}
    return {
        "ligneQuatre": "62 AVENUE DE JASSERON",
        "lieuDit": "BP 132",
        "cogCommune": "01053",
        "ligneAcheminement": "BOURG EN BRESSE",
        "codePostal": "01000",
        "coordonneesGeographique": degrees,
    } | changes


def site(finess: str = "010780195", **changes: Any) -> dict[str, Any]:
    info = {"numFinessEge": finess, "nomEgeCourt": "CLINIQUE", "nomEgeLong": "CLINIQUE CONVERT"}
    info |= {"dateOuverture": "1956-11-16", "siret": "77220148900022"}
    return {
        "informationsGeneralesEGE": info,
        "categorieentiteGeographiqueExercice": "365",
        "adresse": [address()],
        "etatObjet": "A",
    } | changes


def entity(*sites: dict[str, Any], finess: str = "010000156", person: str = "2", **changes: Any) -> dict[str, Any]:
    info = {"pmSmsseId": person, "numFinessPm": finess, "denominationPm": "CONVERT", "dateCreation": "2001-01-01"}
    return {
        "informationsGeneralesPMEJ": info,
        "adresse": [address()],
        "ege": list(sites),
        "etatObjet": "A",
    } | changes


def read(tmp_path: Path, document: Any, name: str = "structures.json") -> tuple[list[Record], Account]:
    path = tmp_path / name
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    account = Account()
    return list(open_register(path).records(account)), account


@pytest.mark.parametrize("name", ["structures.json", "structures.json.gz"])
def test_an_entity_and_its_establishment(tmp_path: Path, name: str) -> None:
    document = {"generatedAt": "2026-03-09T15:49:37Z", "gcc": [], "gco": [], "pmej": [entity(site())]}
    records, account = read(tmp_path, document, name)
    assert not account.errors
    assert not account.unknown
    assert account.dated == dt.date(2026, 3, 9)
    legal, place = records
    assert isinstance(legal, LegalEntity)
    assert (legal.finess, legal.name, legal.active) == ("010000156", "CONVERT", True)
    assert isinstance(place, Establishment)
    assert (place.entity, place.name, place.category) == ("010000156", "CLINIQUE CONVERT", "365")
    assert place.place.address == "62 AVENUE DE JASSERON\nBP 132"
    assert (place.place.town, place.place.department) == ("Bourg en Bresse", "01")
    assert (place.place.latitude, place.place.longitude) == (46.21126, 5.2542)


def test_groups_come_first_and_their_members_are_found(tmp_path: Path) -> None:
    group = {
        "gccId": "1",
        "nomGcc": "Côte d'Or",
        "typeGcc": "001",
        "pmejDuGcc": [
            {"pmSmsseId": "2", "typeRoleEntiteGroupe": "S"},
            {"pmSmsseId": "3", "typeRoleEntiteGroupe": "M"},
            {"pmSmsseId": "404", "typeRoleEntiteGroupe": "M"},
        ],
        "etatObjet": "A",
    }
    other = {"gccId": "9", "nomGcc": "Autre", "typeGcc": "777", "etatObjet": "A"}
    pmej = [entity(site()), entity(finess="010000164", person="3")]
    records, account = read(tmp_path, {"gcc": [group, other], "pmej": pmej})
    assert [type(r) for r in records] == [Ght, LegalEntity, Establishment, LegalEntity, Membership, Membership]
    members = [r for r in records if isinstance(r, Membership)]
    assert [(m.ght, m.finess, m.role) for m in members] == [("1", "010000156", "support"), ("1", "010000164", "membre")]
    assert account.unknown == {("groupement", "type 777"): 1, ("membre d'un GHT absent du fichier", "404"): 1}


def test_the_names_of_the_published_schema_are_understood_too(tmp_path: Path) -> None:
    """The schema writes ``informationsGeneralesPmej``, ``pm_smsseId`` and codes as objects."""
    written = entity(
        site(
            categorieEntiteGeographiqueExercice={"code": "365", "system": "x"},
            etatObjet={"code": "A", "system": "x"},
        )
    )
    del written["ege"][0]["categorieentiteGeographiqueExercice"]
    written["informationsGeneralesPmej"] = written.pop("informationsGeneralesPMEJ")
    written["informationsGeneralesPmej"]["pm_smsseId"] = written["informationsGeneralesPmej"].pop("pmSmsseId")
    records, account = read(tmp_path, {"pmej": [written]})
    assert not account.errors
    assert isinstance(records[1], Establishment)
    assert records[1].category == "365"


def test_closed_ones_are_said_closed(tmp_path: Path) -> None:
    gone = site(etatObjet="I")
    gone["informationsGeneralesEGE"]["dateFermeture"] = "2012-12-09"
    records, _ = read(tmp_path, {"pmej": [entity(gone)]})
    assert isinstance(records[1], Establishment)
    assert (records[1].active, records[1].closed_on) == (False, dt.date(2012, 12, 9))


def test_faults_say_which_structure_and_unknown_headings_are_listed(tmp_path: Path) -> None:
    bad = site("12")
    odd = site("010780203", nouveaute=1)
    records, account = read(tmp_path, {"pmej": [entity(), entity(bad, odd, finess="010000164")]})
    assert len(records) == 3
    (error,) = account.errors
    assert "structures.json, pmej n° 2, ege n° 1" in error.sentence
    assert "ligne" in error.sentence
    assert account.unknown == {("rubrique", "ege › nouveaute"): 1}


def test_a_faulty_entity_protects_its_establishments(tmp_path: Path) -> None:
    """Nothing may be concluded of what stood in a fault: it is not closed for that."""
    broken = entity(site())
    broken["informationsGeneralesPMEJ"]["dateCreation"] = "hier"
    _, account = read(tmp_path, {"pmej": [broken]})
    assert account.unread == {"010000156", "010780195"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"pmej": [{"a": 1},', "incomplet"),
        ('{"pmej": [{]}', "syntaxe JSON"),
        ('{"pmej": []}', "aucune entité juridique"),
        ('{"autre": 1}', "aucune entité juridique"),
    ],
)
def test_broken_files_are_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(tmp_path, text)


def test_wrong_shapes_are_faults_not_crashes(tmp_path: Path) -> None:
    document = {"gcc": [3], "pmej": [5, {"ege": "x"}, entity(site(adresse="rue")), entity({"etatObjet": []})]}
    _, account = read(tmp_path, document)
    assert len(account.errors) >= 4
    assert all("structures.json" in error.sentence for error in account.errors)


def test_memory_does_not_follow_the_size(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    write_structures(path, invent(3000))
    assert path.stat().st_size > 8_000_000
    register, account = open_register(path), Account()
    tracemalloc.start()
    count = sum(1 for _ in register.records(account))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 3000
    assert not account.errors
    assert peak < 6_000_000
