# SPDX-License-Identifier: EUPL-1.2
import datetime as dt
from pathlib import Path

import pytest

from carene.engines.registers.invented import invent
from carene.engines.registers.legacy import COLUMNS
from carene.engines.registers.reading import open_register
from carene.engines.registers.records import Account, Establishment, Location, Record
from carene.engines.registers.writing import write_legacy
from carene.engines.sources import InputError
from tests.support.shared_data import shared_data

HEAD = "finess;etalab;111;2026-05-12"


def read(path: Path) -> tuple[list[Record], Account]:
    account = Account()
    return list(open_register(path).records(account)), account


def line(**changes: str) -> str:
    values = {
        "type": "structureet",
        "nofinesset": "010000024",
        "nofinessej": "010780054",
        "rs": "CH D'ICI",
        "rslongue": "CENTRE HOSPITALIER D'ICI",
        "departement": "01",
        "libdepartement": "AIN",
        "ligneacheminement": "01440 VIRIAT",
        "categetab": "355",
        "siret": "26010004500012",
        "dateouv": "1979-02-13",
    } | changes
    return ";".join(values.get(name, "") for name in COLUMNS)


def written(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "etalab.csv"
    path.write_bytes("\n".join([HEAD, *lines, ""]).encode(encoding))
    return path


@pytest.mark.shared_data
def test_the_real_extract_is_read_whole() -> None:
    records, account = read(shared_data("finess/etalab-cs1100502-extrait.csv"))
    assert not account.errors
    assert account.dated == dt.date(2026, 5, 12)
    sites = {r.finess: r for r in records if isinstance(r, Establishment)}
    assert len(sites) == len(records) == 8
    assert [site.line for site in sites.values()] == list(range(2, 10))
    departments = {finess: site.place.department for finess, site in sites.items()}
    assert departments == {
        "010000024": "01", "970100400": "971", "970300026": "973", "970400024": "974", "970409645": "974",
        "980501506": "976", "980600027": "986", "970302287": "973",
    }  # fmt: skip
    assert sites["980501506"].name == 'LIEU DE VIE ET D\'ACCUEIL "MAVOUNA MEMA 1"'  # doubled quotes
    viriat = sites["010000024"]
    assert viriat.place.town == "Viriat"
    assert viriat.place.postcode == "01440"
    assert viriat.entity == "010780054"
    assert viriat.opened_on == dt.date(1979, 2, 13)
    assert sites["970300026"].place.town == "Cayenne"  # « CEDEX » is for the post
    assert sites["970302287"].siret == ""


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-8-sig"])
def test_accents_whatever_the_encoding(tmp_path: Path, encoding: str) -> None:
    records, account = read(written(tmp_path, line(rslongue="HÔPITAL DE LA MÈRE"), encoding=encoding))
    assert not account.errors
    assert isinstance(records[0], Establishment)
    assert records[0].name == "HÔPITAL DE LA MÈRE"


def test_both_encodings_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    lines = [line(rslongue="HÔPITAL").encode("latin-1"), line(nofinesset="010000032", rslongue="MÈRE").encode()]
    path.write_bytes(b"\n".join([HEAD.encode(), *lines]))
    records, _ = read(path)
    assert [r.name for r in records if isinstance(r, Establishment)] == ["HÔPITAL", "MÈRE"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"nofinesset": "12"}, "n'est pas un numéro FINESS d'établissement"),
        ({"nofinessej": ""}, "n'est pas un numéro FINESS d'entité juridique"),
        ({"siret": "123"}, "n'est pas un SIRET"),
        ({"dateouv": "2026-13-40"}, "n'est pas une date d'ouverture"),
        ({"rs": "", "rslongue": ""}, "n'a pas de nom"),
        ({"rslongue": "X" * 500}, "est trop long"),
    ],
)
def test_a_faulty_line_is_said_and_the_others_are_read(tmp_path: Path, changes: dict[str, str], says: str) -> None:
    path = written(tmp_path, line(**changes), line(nofinesset="010000032"))
    records, account = read(path)
    assert [r.finess for r in records if isinstance(r, Establishment)] == ["010000032"]
    (error,) = account.errors
    assert says in error.sentence
    assert error.where == "etalab.csv, ligne 2"
    known = changes.get("nofinesset", "010000024") == "010000024"
    assert account.unread == ({"010000024"} if known else set())
    assert account.lost == (0 if known else 1)


def test_an_unclosed_quote_does_not_swallow_what_follows(tmp_path: Path) -> None:
    records, account = read(written(tmp_path, line(rs='"LIEU DE VIE'), line(nofinesset="010000032")))
    assert len(records) == 1
    assert "ligne 2" in account.errors[0].sentence


def test_what_is_unknown_is_listed_and_kept(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        line(categetab="899", libcategetab="Nouveau genre") + ";surplus",
        line(nofinesset="010000032", departement="9Z", libdepartement="NULLE PART", ligneacheminement="97100 X"),
        "structureej;010780054",
    )
    records, account = read(path)
    assert len(records) == 2
    assert account.unknown == {
        ("catégorie", "899 Nouveau genre"): 1,
        ("colonne", "n° 33"): 1,
        ("département", "9Z NULLE PART"): 1,
        ("ligne", "structureej"): 1,
    }
    second = records[1]
    assert isinstance(second, Establishment)
    assert second.place.department == "971"  # the postcode still says it


@pytest.mark.parametrize(
    ("x", "y", "grid", "expected"),
    [
        # Control points: the origin of Lambert 93, and the central meridian of each UTM zone.
        ("700000", "6600000", "1,ATLASANTE,100,IGN,BD_ADRESSE,V2.2,LAMBERT_93", (46.5, 3.0)),
        ("870262.2", "6571540.8", "1,ATLASANTE,96,BAN,EPSG:2154 RGF93 / Lambert-93 (Métropole)", (46.22229, 5.20918)),
        ("657242.9", "1795384.4", "2,ATLASANTE,96,BAN,EPSG:5490 RGAF09/UTM Zone 20N (Antilles)", (16.234, -61.52874)),
        ("524819.9", "8587194.7", "2,ATLASANTE,89,BAN,EPSG:4471 RGM04/UTM zone 38S (Mayotte)", (-12.77989, 45.22868)),
        ("500000", "0", "1,X,UTM_N22", (0.0, -51.0)),
    ],
)
def test_coordinates_become_degrees(tmp_path: Path, x: str, y: str, grid: str, expected: tuple[float, float]) -> None:
    records, account = read(written(tmp_path, line(), f"geolocalisation;010000024;{x};{y};{grid};2026-05-04"))
    assert not account.errors
    place = records[1]
    assert isinstance(place, Location)
    assert (place.latitude, place.longitude) == pytest.approx(expected, abs=2e-5)


def test_an_unknown_grid_is_said(tmp_path: Path) -> None:
    records, account = read(written(tmp_path, "geolocalisation;010000024;1;2;1,X,MARS;2026-05-04"))
    assert not records
    assert account.unknown == {("projection", "MARS"): 1}


def test_what_we_write_is_read_back(tmp_path: Path) -> None:
    world = invent(400, seed=7)
    path = tmp_path / "world.csv"
    write_legacy(path, world)
    records, account = read(path)
    assert not account.errors
    sites = {r.finess: r for r in records if isinstance(r, Establishment)}
    assert {s.finess: (s.entity, s.name, s.siret, s.department) for s in world.sites} == {
        f: (r.entity, r.name, r.siret, r.place.department) for f, r in sites.items()
    }
    placed = {r.finess for r in records if isinstance(r, Location)}
    assert placed == {s.finess for s in world.sites if len(s.department) == 2}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"nom;ville\n", "n'est ni un fichier FINESS"),
        (b"", "n'est ni un fichier FINESS"),
        (b"\x1f\x8bnope", "abîmé"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        open_register(path)


def test_absent_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="n'existe pas"):
        open_register(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="dossier"):
        open_register(tmp_path)
