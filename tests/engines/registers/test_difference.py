# SPDX-License-Identifier: EUPL-1.2
import dataclasses
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.registers.difference import Known, compare, kinds_of
from carene.engines.registers.entries import Assembly, assemble
from carene.engines.registers.nomenclature import nomenclature
from carene.engines.registers.records import Establishment, Ght, LegalEntity, Membership, Place, Record
from carene.engines.registers.territories import territories

AIN, PARIS = Place(department="01", town="Viriat"), Place(department="75", town="Paris")


def site(finess: str, entity: str, place: Place = AIN, *, siret: str = "", active: bool = True, category: str = "355",
         rank: str = "1102", name: str = "") -> Establishment:  # fmt: skip
    name = name or f"SITE {finess}"
    return Establishment(finess, entity, name, "", siret, category, "", rank, place, None, None, active, 1)


def legal(finess: str, place: Place = AIN, *, active: bool = True) -> LegalEntity:
    return LegalEntity(finess, f"ENTITE {finess}", "", place, None, None, active, 1)


def tree(*records: Record, groups: dict[str, tuple[str, str]] | None = None) -> Assembly:
    return assemble(records, territories(), nomenclature(), groups)


def stored(assembly: Assembly) -> dict[str, Known]:
    entries = enumerate(assembly.entries.values(), 1)
    return {e.key: Known(n, e.key, e.digest, e.parent, e.ght_role, e.siret, e.department, False) for n, e in entries}


def test_the_tree_of_a_legacy_file() -> None:
    made = tree(site("010000001", "010000009"), site("010000002", "010000009", rank="1000", name="LE PRINCIPAL"))
    entity = made.entries["ej:010000009"]
    assert (entity.parent, entity.name, entity.provisional) == ("region:84", "LE PRINCIPAL", True)
    assert made.entries["region:84"].name == "Auvergne-Rhône-Alpes"
    assert made.entries["et:010000001"].parent == "ej:010000009"
    assert [e.kind for e in made.by_kind()] == ["region", "entity", "site", "site"]


def test_a_site_in_another_region_stands_under_its_own() -> None:
    made = tree(legal("010000009"), site("010000001", "010000009"), site("750000001", "010000009", PARIS))
    assert made.entries["et:010000001"].parent == "ej:010000009"
    assert made.entries["et:750000001"].parent == "region:11"
    assert made.entries["et:750000001"].finess_ej == "010000009"


def test_a_ght_takes_its_members_and_the_region_of_its_support() -> None:
    group = Ght("7", "GHT d'ici", "", 1)
    members = (
        Membership("7", "750000009", "support", "", Place(), 1),
        Membership("7", "010000001", "", "", Place(), 2),
    )
    made = tree(group, *members, legal("750000009", PARIS), site("010000001", "010000009"))
    assert made.entries["ght:7"].parent == "region:11"
    assert (made.entries["ej:750000009"].parent, made.entries["ej:750000009"].ght_role) == ("ght:7", "support")
    # A member given by the number of its establishment is its legal entity.
    assert (made.entries["ej:010000009"].parent, made.entries["ej:010000009"].ght_role) == ("ght:7", "membre")


def test_a_file_without_groups_leaves_entities_in_theirs() -> None:
    made = tree(legal("010000009"), groups={"ej:010000009": ("ght:7", "support")})
    assert (made.entries["ej:010000009"].parent, made.entries["ej:010000009"].ght_role) == ("ght:7", "support")


def test_unknown_departments_are_kept_apart() -> None:
    made = tree(site("990000001", "990000009", Place()))
    assert made.entries["ej:990000009"].parent == "region:"
    assert made.entries["region:"].name == "Département non reconnu"


def test_nothing_changes_when_nothing_changed() -> None:
    made = tree(legal("010000009"), site("010000001", "010000009"))
    found = compare(stored(made), tree(legal("010000009"), site("010000001", "010000009")), whole=True)
    assert (found.opened, found.changed, found.closed, found.absent, found.unchanged) == ([], [], {}, [], 3)


def test_what_closed_and_what_merged() -> None:
    before = tree(
        *(legal(f"01000000{n}") for n in (7, 8, 9)),
        site("010000001", "010000009", siret="1" * 14),
        site("010000002", "010000008"),
        site("010000003", "010000007"),
    )
    after = tree(
        legal("010000009"),
        legal("010000008", active=False),
        site("010000004", "010000009", siret="1" * 14),  # another number, the same SIRET
        site("010000002", "010000009"),  # the entity 8 lost all it had to 9
    )
    found = compare(stored(before), after, whole=True)
    assert set(found.closed) == {"ej:010000008"}
    assert set(found.absent) == {"et:010000001", "et:010000003", "ej:010000007"}
    assert found.merged == {"et:010000001": "et:010000004", "ej:010000008": "ej:010000009"}
    assert [e.key for e in found.opened] == ["et:010000004"]


def test_an_extract_closes_nothing_and_faulty_lines_close_nothing() -> None:
    before = stored(tree(site("010000001", "010000009"), site("010000002", "010000009")))
    after = tree(site("010000001", "010000009"))
    assert compare(before, after, whole=False).absent == []
    assert compare(before, after, whole=True, unread={"010000002"}).absent == []


def test_what_was_guessed_never_replaces_what_was_said() -> None:
    before = stored(tree(legal("010000009"), site("010000001", "010000009")))
    found = compare(before, tree(site("010000001", "010000009")), whole=True)
    assert found.changed == []


def test_words_of_a_change() -> None:
    here = {"parent": "ej:1", "name": "A", "address": "900 RTE DE PARIS", "postcode": "01440", "department": "01"}
    assert kinds_of(here, here | {"name": "B"}) == ["renamed"]
    assert kinds_of(here, here | {"parent": "ej:2", "postcode": "01000"}) == ["moved", "relocated"]
    # Two registers write one street in two ways: nobody moved.
    assert kinds_of(here, here | {"address": "900 ROUTE DE PARIS\nBP 401"}) == ["corrected"]
    assert kinds_of(here, here | {"address": "12 RUE NEUVE"}) == ["relocated"]
    assert kinds_of(here, here | {"name": "B"}, precise=False) == ["corrected"]
    assert kinds_of(here, here, reopened=True) == ["reopened"]


NUMBERS = st.integers(1, 30).map(lambda n: f"{n:09d}")


@settings(max_examples=60)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=25), st.lists(st.tuples(NUMBERS, NUMBERS), max_size=25))
def test_applying_the_difference_gives_the_new_tree(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> None:
    before, after = tree(*(site(*pair) for pair in old)), tree(*(site(*pair) for pair in new))
    known = stored(before)
    found = compare(known, after, whole=True)
    state = {key: (k.digest, k.parent) for key, k in known.items()}
    for key in [*found.absent, *found.closed]:
        del state[key]
    for entry in [*found.opened, *(entry for _, entry in found.changed)]:
        state[entry.key] = (entry.digest, entry.parent)
    wanted = {key: (e.digest, e.parent) for key, e in after.entries.items()}
    regions = {key for key in state if key.startswith("region:")}  # a region never closes
    assert {k: v for k, v in state.items() if k not in regions} == {
        k: v for k, v in wanted.items() if not k.startswith("region:")
    }
    assert len(found.opened) + len(found.changed) + found.unchanged == len(after.entries)


def test_the_digest_sees_every_field(tmp_path: Path) -> None:
    entry = tree(site("010000001", "010000009")).entries["et:010000001"]
    blind = {"key", "kind", "parent", "ght_role"}
    for field in dataclasses.fields(entry):
        if field.name in blind:
            continue
        value = getattr(entry, field.name)
        other = (not value) if isinstance(value, bool) else 1.5 if value is None else f"{value}x"
        assert dataclasses.replace(entry, **{field.name: other}).digest != entry.digest, field.name
