# SPDX-License-Identifier: EUPL-1.2
"""A pack is read whole, and refused with every fault that it has, each at its file and line."""

from __future__ import annotations

import datetime as dt
import random
import string
import time
from pathlib import Path

import pytest

from carene.engines.referential.catalogue import CARE, PACKS
from carene.engines.referential.loader import check_pack, load_pack
from carene.engines.referential.model import Profile, Raise, Referential
from carene.engines.sources import InputError
from carene.engines.sources.errors import InputErrors
from tests.support.packs import FILES, change, write_small_pack


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_small_pack(tmp_path / "petit")


def sentences(folder: Path) -> list[str]:
    return [error.sentence for error in check_pack(folder).errors]


def test_every_part_is_read(pack: Path) -> None:
    found = load_pack(pack)
    assert (found.id, found.version, found.date) == ("petit", "0.1.0", dt.date(2026, 11, 23))
    assert [c.id for c in found.criteria] == ["GOV.1.1", "GOV.1.2", "OPS.1.1"]
    assert [o.id for o in found.objectives_of["OPS"]] == ["OPS.1"]
    assert [a.color for a in found.axes] == [1, 2]
    rssi = found.criterion["GOV.1.1"]
    assert rssi.objective == "GOV.1"
    assert rssi.levels == ("Personne.", "De fait.", "Par écrit.", "Avec du temps.", "À deux.")
    assert rssi.refs == {"hygiene": ("39",), "recyf": ("2",), "care": ("D2.P1",)}
    assert rssi.thresholds is not None
    assert rssi.thresholds.bounds == {1: 0.1, 2: 0.2, 3: 0.5, 4: 1.0}
    assert found.indicator["age_essai"].direction == "lower"
    measure = found.measure["nommer-rssi"]
    assert measure.raises == (Raise("GOV.1.1", 0, 3), Raise("GOV.1.2", 0, 1))
    assert measure.effort == {"rssi": {"s": 2.0, "m": 5.0, "l": 10.5}}
    assert (measure.sharing.scope, measure.sharing.member_share) == ("ght", 0.25)
    assert found.measure["reunir-comite"].requires == ("nommer-rssi",)
    assert found.steps[1].others_share == 0.5
    assert found.sources["officiel"].confidence == "official"
    assert (found.sizes_source, found.maturity_source) == ("estimation", "estimation")
    assert found.size_of(1000) == "l"


def test_groups_of_types_become_types(pack: Path) -> None:
    found = load_pack(pack)
    assert found.criterion["GOV.1.2"].applies.types == {"ch", "clinique"}
    assert found.criterion["GOV.1.1"].weight_for(Profile(type="esms")) == 1
    assert found.criterion["GOV.1.1"].weight_for(Profile(type="ch")) == 3
    chosen = found.target_profile(Profile(type="ehpad"))
    assert chosen is not None
    assert chosen.id == "medico_social"


def test_a_sound_pack_has_no_fault_and_no_advice(pack: Path) -> None:
    report = check_pack(pack)
    assert report.errors == ()
    assert report.warnings == ()
    assert report.counts == {
        "axes": 2, "objectives": 2, "criteria": 3, "socle": 2, "indicators": 2, "measures": 3,
    }  # fmt: skip


# file, what is replaced, by what, words of the sentence. The line is that of the replaced text.
FAULTS = [
    # shapes
    ("pack.yaml", "locale: fr", "locale: en", ("locale", "choisir parmi fr")),
    ("pack.yaml", "version: 0.1.0", "version: 1.0", ("version", "texte est attendu")),
    ("pack.yaml", "confidence: official", "confidence: certaine", ("« certaine »", "to_check")),
    ("axes.yaml", "color: 2", "colour: 2", ("OPS", "« colour » n'existe pas", "écrire « color »")),
    ("axes.yaml", "- {id: OPS.1, title: Sauvegarder}", "- {id: ops1, title: Sauvegarder}", ("ops1", "GOV.2")),
    ("criteria/GOV.1.yaml", "title: RSSI nommé", f"title: {'x' * 61}", ("GOV.1.1", "61 caractères", "60")),
    ("criteria/GOV.1.yaml", "  why: Sans lui, personne ne décide la nuit.\n", "", ("GOV.1.1", "« why » manque")),
    ("criteria/GOV.1.yaml", "weight: 3", "weight: 4", ("4 est trop grand", "au plus 3")),
    ("criteria/GOV.1.yaml", "socle: true", "socle: oui", ("« true » ou « false »",)),
    ("criteria/GOV.1.yaml", "hygiene: [39]", "hygiene: [43]", ("hygiene", "au plus 42")),
    ("criteria/GOV.1.yaml", 'recyf: ["2"]', "recyf: [2]", ("recyf", "texte est attendu")),
    ("criteria/GOV.1.yaml", 'recyf: ["2"]', 'recyf: ["21"]', ("« 21 »", "de 1 à 20")),
    ("criteria/GOV.1.yaml", "evidence: [Lettre de mission]", "evidence: Lettre", ("une liste est attendue",)),
    ("criteria/GOV.1.yaml", "    1: De fait.", "    un: De fait.", ("levels", "nombre entier")),
    ("criteria/GOV.1.yaml", "    4: À deux.", "    5: À deux.", ("5 est trop grand",)),
    ("criteria/GOV.1.yaml", "    0: Personne.", "    0: ''", ("le texte est vide",)),
    ("criteria/GOV.1.yaml", "levels: {1: 0.1, 2", "levels: {0: 0.1, 2", ("0 est trop petit",)),
    ("criteria/OPS.1.yaml", "id: OPS.1.1", "id: OPS-1-1", ("« OPS-1-1 »", "GOV.2.1")),
    ("indicators/tous.yaml", "id: rssi_etp", "id: rssi-etp", ("« rssi-etp »", "minuscules")),
    ("indicators/tous.yaml", "kind: number", "kind: nombre", ("« nombre »", "date_age_days")),
    ("measures/toutes.yaml", "id: nommer-rssi", "id: Nommer_RSSI", ("« Nommer_RSSI »", "tirets")),
    ("measures/toutes.yaml", "member_share: 0.25", "member_share: 1.5", ("1,5 est trop grand", "au plus 1")),
    ("measures/toutes.yaml", "investment: {s: 500,", "investment: {s: -500,", ("-500 est trop petit",)),
    ("measures/toutes.yaml", "l: 10.5}", "l: -1}", ("effort", "-1 est trop petit")),
    ("measures/toutes.yaml", "{s: 2, m: 2, l: 3}", "{s: 2, m: 2, l: 3.5}", ("months", "nombre entier")),
    ("measures/toutes.yaml", "note: Un RSSI pour le GHT.", "note: Un RSSI, pour le GHT.", ("mettre entre guillemets",)),
    # what binds the files
    ("axes.yaml", "{id: OPS.1,", "{id: GOV.9,", ("« OPS. »",)),
    ("criteria/GOV.1.yaml", "id: GOV.1.2", "id: GOV.1.1", ("« GOV.1.1 » est déjà pris",)),
    ("criteria/OPS.1.yaml", "id: OPS.1.1", "id: GOV.1.3", ("criteria/GOV.1.yaml",)),
    ("criteria/GOV.1.yaml", "who: [direction, rssi]", "who: [direction, rsi]", ("le rôle « rsi »", "écrire « rssi »")),
    ("criteria/GOV.1.yaml", "attacks: [rancongiciel, espionnage]", "attacks: [virus]", ("l'attaque « virus »",)),
    ("criteria/GOV.1.yaml", "aims: [prevent, recover]", "aims: [dormir]", ("le but « dormir »",)),
    ("criteria/GOV.1.yaml", "types: [medico_social]", "types: [hopital]", ("le type « hopital »",)),
    ("criteria/GOV.1.yaml", "ght: [support, membre]", "ght: [chef]", ("GHT « chef »", "hors_ght")),
    ("criteria/GOV.1.yaml", "source: estimation", "source: rumeur", ("la source « rumeur »",)),
    ("criteria/GOV.1.yaml", "id: rssi_etp", "id: rssi_tp", ("l'indicateur « rssi_tp »", "écrire « rssi_etp »")),
    ("criteria/GOV.1.yaml", "{1: 0.1, 2: 0.2, 3: 0.5, 4: 1}", "{1: 0.6, 2: 0.2}", ("niveau 2", "plus haut")),
    ("criteria/OPS.1.yaml", "levels: {1: 730, 2: 365, 3: 90}", "levels: {1: 90, 3: 365}", ("niveau 3", "plus bas")),
    ("criteria/OPS.1.yaml", "2: Chaque année., ", "", ("il manque le niveau 2",)),
    ("indicators/tous.yaml", "id: age_essai", "id: rssi_etp", ("« rssi_etp » est déjà pris",)),
    ("indicators/tous.yaml", "source: officiel", "source: journal", ("la source « journal »",)),
    ("measures/toutes.yaml", "{criterion: GOV.1.1, from", "{criterion: GOV.1.7, from", ("GOV.1.7",)),
    ("measures/toutes.yaml", "from: 1, to: 4", "from: 4, to: 4", ("part du niveau 4 et arrive au niveau 4",)),
    ("measures/toutes.yaml", "requires: [nommer-rssi]", "requires: [nommer]", ("la mesure « nommer »",)),
    ("measures/toutes.yaml", "investment: {s: 500, m: 2000, l: 9000}", "investment: {s: 500, l: 9}", ("taille m",)),
    ("measures/toutes.yaml", "yearly: {s: 100, m: 400, l: 900}", "yearly: {s: 1, m: 4, l: 9, xl: 9}", ("« xl »",)),
    ("measures/toutes.yaml", "    systemes:", "    jardiniers:", ("la compétence « jardiniers »",)),
    ("measures/toutes.yaml", "requires: []", "requires: [essayer-restauration]", ("essayer-restauration → essayer",)),
    ("pack.yaml", "sanitaire: [ch, clinique]", "sanitaire: [ch, cliniques]", ("écrire « clinique »",)),
    ("pack.yaml", "sanitaire: [ch, clinique]", "ch: [clinique]", ("le nom d'un type",)),
    ("pack.yaml", "up_to: 999", "up_to: 50", ("croissant",)),
    ("pack.yaml", "up_to: 999}", "x: 1}", ("« x » n'existe pas",)),
    ("pack.yaml", "1 000 postes et plus}", "1 000 postes et plus, up_to: 5000}", ("au-delà",)),
    ("pack.yaml", "postes, up_to: 99}", "postes}", ("seule la dernière",)),
    ("pack.yaml", "- {id: 1, label", "- {id: 2, label", ("le numéro 1",)),
    ("pack.yaml", "- id: autres", "- id: medico_social", ("« medico_social » est déjà pris",)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "words"), FAULTS, ids=[f"{f[0]}:{f[2][:30]}" for f in FAULTS])
def test_a_fault_is_said_at_its_line(pack: Path, name: str, old: str, new: str, words: tuple[str, ...]) -> None:
    text = (pack / name).read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    (pack / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [s for s in sentences(pack) if all(word in s for word in words)]
    assert found, sentences(pack)
    assert found[0].startswith(f"{name}, ligne "), found[0]
    said = int(found[0].removeprefix(f"{name}, ligne ").split(" ")[0])
    # A missing or absent key is said at the nearest line that exists: the start of its item.
    assert said == line or ("manque" in found[0] and said < line), (said, line, found[0])
    with pytest.raises(InputErrors):
        load_pack(pack)


def test_all_faults_are_told_in_one_reading(pack: Path) -> None:
    change(pack, "criteria/GOV.1.yaml", "weight: 3", "weight: 9")
    change(pack, "criteria/OPS.1.yaml", "who: [rssi]", "who: [facteur]")
    change(pack, "indicators/tous.yaml", "kind: number", "kind: nombre")
    change(pack, "measures/toutes.yaml", "requires: [nommer-rssi]", "requires: [inconnue]")
    change(pack, "axes.yaml", "color: 2", "color: deux")
    change(pack, "pack.yaml", "when: {types: [medico_social]}", "when: {types: [village]}")
    found = sentences(pack)
    assert len(found) == 6, found
    with pytest.raises(InputErrors, match="6 erreurs") as caught:
        load_pack(pack)
    assert len(caught.value.errors) == 6


def test_a_file_that_cannot_be_read_hides_nothing_and_invents_nothing(pack: Path) -> None:
    """Measures that speak of the criteria of a broken file are not accused, the other faults are still told."""
    change(pack, "criteria/GOV.1.yaml", "- id: GOV.1.2", "-\tid: [GOV.1.2")
    change(pack, "measures/toutes.yaml", "criterion: OPS.1.1", "criterion: OPS.1.9")
    found = sentences(pack)
    assert len(found) == 2, found
    assert found[0].startswith("criteria/GOV.1.yaml, ligne ")
    assert "OPS.1.9" in found[1]


def test_a_circle_of_prerequisites_is_named(pack: Path) -> None:
    change(pack, "measures/toutes.yaml", "quick_win: true", "requires: [essayer-restauration]")
    change(pack, "measures/toutes.yaml", "requires: []", "requires: [reunir-comite]")
    (found,) = sentences(pack)
    assert "tournent en rond" in found
    for arrow in ("nommer-rssi → essayer", "essayer-restauration → reunir", "reunir-comite → nommer"):
        # The circle may be opened anywhere: written twice, every arrow shows.
        circle = found.split(" : ")[-1].split(" ; ")[0]
        assert arrow in f"{circle} → {circle.partition(' → ')[2]}"


def test_two_circles_are_both_named(pack: Path) -> None:
    change(pack, "measures/toutes.yaml", "requires: []", "requires: [essayer-restauration]")
    change(pack, "measures/toutes.yaml", "quick_win: true", "requires: [reunir-comite]")
    assert len(sentences(pack)) == 2


def warnings(folder: Path) -> list[str]:
    report = check_pack(folder)
    assert report.errors == ()
    return list(report.warnings)


def test_a_ladder_that_stops_is_a_warning(pack: Path) -> None:
    line = change(pack, "measures/toutes.yaml", "from: 1, to: 4", "from: 2, to: 4")
    assert line
    (found,) = warnings(pack)
    assert found.startswith("criteria/GOV.1.yaml, ligne ")
    assert "GOV.1.2 : les mesures ne mènent pas au-delà du niveau 1 ;" in found


def test_a_ladder_that_stops_for_some_kinds_names_them(pack: Path) -> None:
    change(pack, "measures/toutes.yaml", "from: 0, to: 4}]", "from: 0, to: 4}]\n  applies: {types: [sanitaire]}")
    (found,) = warnings(pack)
    assert "niveau 0 pour ehpad, esms" in found


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("measures/toutes.yaml", "title: Réunir un comité", f"title: {'x' * 61}", "le titre dépasse 60"),
        ("measures/toutes.yaml", "[Choisir les dates., Inviter., Écrire le compte rendu.]", "[Faire.]", "trois"),
        ("criteria/GOV.1.yaml", "3: 0.5, 4: 1}", "3: 0.5, 4: 0.5}", "même seuil"),
        ("criteria/GOV.1.yaml", "3: 0.5, 4: 1}", "3: 0.5, 4: 30}", "hors des valeurs"),
        ("axes.yaml", "    - {id: OPS.1, t", "    - {id: OPS.2, title: Vide}\n    - {id: OPS.1, t", "aucun critère"),
    ],
)  # fmt: skip
def test_what_someone_should_look_at_is_a_warning(pack: Path, name: str, old: str, new: str, words: str) -> None:
    change(pack, name, old, new)
    (found,) = warnings(pack)
    assert words in found
    assert found.startswith(f"{name}, ligne ")


def test_a_file_that_nobody_reads_is_a_warning(pack: Path) -> None:
    (pack / "criteria" / "GOV.2.yml").write_text("[]", encoding="utf-8")
    (found,) = warnings(pack)
    assert found.startswith("criteria/GOV.2.yml")


@pytest.mark.parametrize("name", ["pack.yaml", "axes.yaml"])
def test_a_missing_file_is_said(pack: Path, name: str) -> None:
    (pack / name).unlink()
    with pytest.raises(InputError, match=name):
        load_pack(pack)


def test_a_folder_that_is_no_pack_is_said(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(InputError, match="n'est pas un paquet"):
            load_pack(folder)


@pytest.mark.parametrize("text", ["", "a: 1", "- 1", "- {id: 3}", "- [x]", "null"])
@pytest.mark.parametrize("name", sorted(FILES))
def test_any_other_shape_is_refused(pack: Path, name: str, text: str) -> None:
    (pack / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        load_pack(pack)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_never_raises_anything_else(pack: Path, seed: int) -> None:
    dice = random.Random(seed)
    name = dice.choice(sorted(FILES))
    text = FILES[name]
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(text))
        junk = "".join(dice.choices(string.printable, k=dice.randint(0, 6)))
        text = text[:start] + junk + text[start + dice.randint(0, 12) :]
    (pack / name).write_text(text, encoding="utf-8")
    errors: list[InputError] = []
    try:
        load_pack(pack)
    except InputErrors as error:
        errors = error.errors
    assert all(one.where.startswith(tuple(FILES)) for one in errors)


def test_the_digest_follows_the_content_alone(pack: Path, tmp_path: Path) -> None:
    first = load_pack(pack).digest
    assert len(first) == 64
    assert load_pack(write_small_pack(tmp_path / "copie")).digest == first
    change(pack, "axes.yaml", "color: 2", "color: 3")
    assert load_pack(pack).digest != first


@pytest.fixture(scope="module")
def care() -> Referential:
    return load_pack(PACKS / CARE)


def test_our_pack_is_sound(care: Referential) -> None:
    report = check_pack(PACKS / CARE)
    assert report.errors == ()
    assert report.warnings == ()
    assert {a.id for a in care.axes} == {"GOV", "RES", "SEN", "OPS"}
    assert len(care.criteria) >= 95
    assert len(care.measures) >= 110


def test_our_pack_loads_within_its_budget(care: Referential) -> None:
    start = time.process_time()
    load_pack(PACKS / CARE)
    assert time.process_time() - start < 2
