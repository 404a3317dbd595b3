# SPDX-License-Identifier: EUPL-1.2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.registers.nomenclature import nomenclature
from carene.engines.registers.territories import territories
from carene.engines.registers.text import clean, fold, is_finess, postal_line, searched, town_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Saint-Étienne-lès-Remiremont", "saint etienne les remiremont"),
        ("ST ETIENNE LES REMIREMONT", "saint etienne les remiremont"),
        ("E.H.P.A.D. « Les Œillets »", "ehpad les oeillets"),
        ("C.H. L'HAŸ", "ch l hay"),
        ("Ste-Anne", "sainte anne"),
    ],
)
def test_two_writings_become_one(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(st.text())
def test_folding_is_done_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert once == once.strip()
    assert "  " not in once


@given(st.text())
def test_clean_text_is_one_printable_line(text: str) -> None:
    assert clean(text).isprintable()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("97306 CAYENNE CEDEX", ("97306", "Cayenne")),
        ("01000 BOURG EN BRESSE CEDEX 2", ("01000", "Bourg en Bresse")),
        ("94240 L'HAY LES ROSES", ("94240", "L'Hay les Roses")),
        ("97419 LA POSSESSION", ("97419", "La Possession")),
        ("44600 ST-NAZAIRE", ("44600", "St-Nazaire")),
        ("UVEA", ("", "Uvea")),
    ],
)
def test_postal_lines(line: str, expected: tuple[str, str]) -> None:
    assert postal_line(line) == expected
    assert town_name(line.partition(" ")[2] or line)


@pytest.mark.parametrize(
    ("number", "right"),
    [("010000024", True), ("2A0000014", True), ("9C0000001", True), ("01000002", False), ("A10000024", False),
     ("01000002X", False), ("０１0000024", False), ("", False)],
)  # fmt: skip
def test_finess_numbers(number: str, right: bool) -> None:
    assert is_finess(number) is right


def test_what_people_type_is_found() -> None:
    assert " ch " in searched("Centre hospitalier de Vitré")
    assert " chu " in searched("CENTRE HOSPITALIER UNIVERSITAIRE DE RENNES")


def test_every_department_stands_in_a_region() -> None:
    found = territories()
    assert len([c for c in found.departments if len(c) == 2]) == 96
    assert len(found.regions) == 20
    assert found.department_of_finess("9D") == "974"
    assert found.department_of_finess("1") == "01"
    assert found.department_of_town("2A004") == "2A"
    assert found.department_of_town("97127") == "971"
    assert found.department_of_town("20000") == ""
    assert found.region_named("ARS Île-de-France") == found.region_named("ILE DE FRANCE") == "11"
    assert found.region_named("Région Bretagne") == "53"
    assert found.region_named("Région d'ici") == ""


def test_categories_become_types() -> None:
    found = nomenclature()
    assert found.type_of("355") == "ch"
    assert found.type_of("365", "Non concerné") == "clinique"
    assert found.type_of("365", "Etablissement de santé privé d'intérêt collectif") == "espic"
    assert found.type_of("500", "Etablissement de santé privé d'intérêt collectif") == "ehpad"
    assert found.type_of("620") == found.type_of("899") == ""
    from carene.engines.referential.catalogue import care

    types = {category.type for category in found.categories.values() if category.type}
    assert types <= set(care().types)
