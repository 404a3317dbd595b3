# SPDX-License-Identifier: EUPL-1.2
"""ORADAD: an invented forest is read as it was invented; what is cut, mixed up or absent is said and not believed."""

from __future__ import annotations

import contextlib
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.directory.attributes import COLUMNS as OWN_COLUMNS
from carene.engines.directory.attributes import TYPES
from carene.engines.directory.building import Builder
from carene.engines.directory.generating import FAULTS, Forest, invent
from carene.engines.directory.generating import oradad as writing
from carene.engines.directory.generating.made import Made, descriptor
from carene.engines.directory.generating.oradad import write_oradad
from carene.engines.directory.model import MISSING, NEVER, Collection
from carene.engines.directory.readers import read
from carene.engines.directory.readers.oradad import Oradad, reading, tables
from carene.engines.directory.readers.oradad.values import plan, time
from carene.engines.sources import InputError
from tests.engines.directory.readers.memory import Memory
from tests.support.shared_data import shared_data

DOMAINS = ("ght-orme.invalid", "ehpad.ght-orme.invalid")


@pytest.fixture(scope="module")
def forest() -> Forest:
    return invent(400, domains=DOMAINS, faults=list(FAULTS))


@pytest.fixture(scope="module")
def collection(forest: Forest, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    folder = tmp_path_factory.mktemp("oradad")
    write_oradad(forest, folder)
    return read([folder])


def changed(tmp_path: Path, relative: str, change: Callable[[bytes], bytes]) -> Collection:
    """A small collection one file of which was changed."""
    root = write_oradad(invent(60), tmp_path)
    path = root / relative
    path.write_bytes(change(path.read_bytes()))
    return read([tmp_path])


def utf16(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    return lambda content: b"\xff\xfe" + change(content.decode("utf-16")).encode("utf-16-le")


USERS = "domain/ght-orme.invalid/user.tsv"
TOP = "domain/ght-orme.invalid/top.tsv"


def written(made: Made) -> set[str]:
    """Attributes that ORADAD's tables have for the class of an object."""
    request = writing.OF_CLASS.get(made.structural, made.classes[-1])
    names = {name.lower() for name, _ in writing.columns("top")}
    for name in (request, request.lower()):
        if name in writing.COLUMNS:
            names |= {column.lower() for column, _ in writing.columns(name)}
    return names & TYPES.keys()


def test_every_object_is_read_with_every_value(forest: Forest, collection: Collection) -> None:
    assert not collection.gaps
    made = [one for land in forest.lands for one in forest.objects(land)]
    assert sorted(one.dn for one in made) == sorted(collection.objects.dn)
    objects = collection.objects
    for one in made:
        index = collection.by_dn[one.dn.lower()]
        assert objects.classes[objects.structural[index]] == one.structural
        assert objects.guid[index] == one.values["objectguid"]
        assert objects.sid[index] == one.values.get("objectsid", "")
        if one.access is None:
            assert objects.descriptor[index] == -1
        else:
            assert collection.descriptors[objects.descriptor[index]] == descriptor(one.access)
        for name in written(one) - {"objectguid", "objectsid", "samaccountname", "member", "memberof", "gplink"}:
            expected = one.values.get(name)
            if name in OWN_COLUMNS:
                found = int(getattr(objects, OWN_COLUMNS[name])[index])
                assert found == (MISSING if expected is None else expected) or found == NEVER
            elif expected not in ("", ()):
                assert collection.value(name, index) == expected, (one.dn, name)


def test_members_are_those_that_were_invented(forest: Forest, collection: Collection) -> None:
    for land in forest.lands:
        for one in forest.objects(land):
            if one.structural == "group":
                group = collection.by_dn[one.dn.lower()]
                told = {collection.by_dn[dn.lower()] for dn in one.values.get("member", ())}
                found = set(collection.members.row(group).tolist())
                assert told <= found
                primary = {
                    int(index)
                    for index in np.flatnonzero(collection.objects.primary_group == collection.objects.rid[group])
                    if collection.objects.domain[index] == collection.objects.domain[group]
                }
                rid = collection.objects.rid[group]
                assert found - told == (primary - told if rid not in {544, 545} else set())


def test_domains_know_their_forest_and_what_is_read(collection: Collection) -> None:
    first, second = collection.domains
    assert (first.name, first.netbios, second.netbios) == (DOMAINS[0], "GHT-ORME", "EHPAD")
    assert second.forest == DOMAINS[0]
    assert first.collected_at == 1_793_656_800
    assert first.sources[0].version == "3.6.218"
    assert collection.knowledge.of(0, "user", "useraccountcontrol")
    assert collection.knowledge.of(0, "user", "descriptor")
    assert collection.knowledge.of(0, "container", "descriptor")
    assert collection.knowledge.of(0, "msds-passwordsettings", "msds-psoappliesto"), "none was found, all were sought"
    assert not collection.knowledge.of(0, "container", "useraccountcontrol")
    assert not collection.knowledge.of(1, "pkicertificatetemplate", "descriptor"), "they are the forest's"
    administrators = [collection.principal("S-1-5-32-544", domain) for domain in (0, 1)]
    assert -1 not in administrators
    assert administrators[0] != administrators[1]


def test_sysvol_is_read_with_its_rights_and_its_copies(collection: Collection) -> None:
    assert len(collection.sysvol) == 4
    file = collection.sysvol[0]
    assert file.policy == "31b2f340-016d-11d2-945f-00c04fb984f9"
    assert file.path.endswith("SecEdit/GptTmpl.inf")
    assert file.content == writing.TEMPLATE
    assert file.descriptor >= 0
    assert collection.knowledge.of(0, "grouppolicycontainer", "sysvol")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    roots = [write_oradad(invent(80, seed=7), tmp_path / side) for side in "ab"]
    for one in sorted(path.relative_to(roots[0]) for path in roots[0].rglob("*.tsv")):
        assert (roots[0] / one).read_bytes() == (roots[1] / one).read_bytes()


@pytest.mark.shared_data
def test_columns_that_are_written_are_those_of_the_schema_of_oradad() -> None:
    schema = ElementTree.parse(shared_data("active_directory/oradad-schema.xml")).getroot()
    types = {one.get("name"): one for one in schema.iterfind("attributes/attribute")}
    classes = {one.get("name"): one for one in schema.iterfind("classes/class")}

    def attributes(name: str, seen: set[str]) -> set[str | None]:
        if name in seen or name not in classes:
            return set()
        seen.add(name)
        found = {one.get("name") for one in classes[name]}
        for key in ("systemAuxiliaryClass", "auxiliaryClass"):
            for other in (classes[name].get(key) or "").split(","):
                found |= attributes(other, seen)
        return found

    requests = {one.findtext("name"): (one.findtext("classes") or "").split(",") for one in schema.iter("request")}
    for request in writing.COLUMNS:
        seen: set[str] = set()
        allowed = set().union(*(attributes(one, seen) for one in requests[request]))
        for name, kind in writing.columns(request):
            assert name in allowed, f"{request} has no {name}"
            told = types[name]
            assert told.get("type") == kind.removesuffix("F"), (name, told.get("type"))
            assert bool(told.get("filter")) == kind.endswith("F"), name


# What is wrong ------------------------------------------------------------------------------------------------------


def test_a_table_that_stops_is_not_believed(tmp_path: Path) -> None:
    found = changed(tmp_path, USERS, lambda content: content[: len(content) // 2 // 2 * 2])
    assert not found.knowledge.of(0, "user", "useraccountcontrol")
    assert found.knowledge.of(0, "computer", "useraccountcontrol")
    gap = next(gap for gap in found.gaps if "user.tsv" in gap.said)
    assert "s'arrête au milieu d'une ligne" in gap.said
    assert "useraccountcontrol" in gap.attributes


def test_rows_of_another_width_are_counted(tmp_path: Path) -> None:
    found = changed(tmp_path, USERS, utf16(lambda text: text.replace("\t", "", 1)))
    assert any("1 ligne n'a pas les colonnes" in gap.said.replace("\xa0", " ") for gap in found.gaps)


def test_without_top_rights_are_not_known(tmp_path: Path) -> None:
    root = write_oradad(invent(60), tmp_path)
    (root / TOP).unlink()
    found = read([tmp_path])
    assert len(found.of("user")) > 30
    assert not found.knowledge.of(0, "user", "descriptor")
    assert found.knowledge.of(0, "user", "pwdlastset")
    assert any("descriptor" in gap.attributes for gap in found.gaps)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    root = write_oradad(invent(60), tmp_path)
    (root / USERS).unlink()
    found = read([tmp_path])
    assert not found.knowledge.of(0, "user", "pwdlastset")
    assert any("user.tsv" in gap.said and "manque" in gap.said for gap in found.gaps)


def test_a_value_that_cannot_be_read_makes_its_attribute_unknown(tmp_path: Path) -> None:
    found = changed(tmp_path, USERS, utf16(lambda text: text.replace("\t512\t", "\tbeaucoup\t", 2)))
    gap = next(gap for gap in found.gaps if "useraccountcontrol" in gap.attributes)
    assert "2 valeurs illisibles" in gap.said.replace("\xa0", " ").replace("\u202f", " ")


def test_without_the_root_of_any_domain_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="aucune racine de domaine"):
        changed(tmp_path, "domain/ght-orme.invalid/root.tsv", lambda content: content[:2])


def test_headers_and_another_encoding_are_read(tmp_path: Path) -> None:
    root = write_oradad(invent(60), tmp_path)
    line = next(
        one
        for one in (root / "tables.tsv").read_text().splitlines()
        if one.startswith("domain\\ght-orme.invalid\\user")
    )
    header = "\t".join(line.split("\t")[4::2])
    text = (root / USERS).read_bytes().decode("utf-16")
    plain = len(read([tmp_path]).of("user"))
    (root / USERS).write_bytes(f"{header}\n{text}".replace("\r\n", "\n").encode("utf-8"))
    found = read([tmp_path])
    assert not found.gaps
    assert len(found.of("user")) == plain


def test_members_of_a_group_that_was_cut_are_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read([write_oradad(invent(300), tmp_path / "entier")])
    monkeypatch.setattr(writing, "CUT", 450)
    monkeypatch.setattr(reading, "CUT", 450 - 100)
    found = read([write_oradad(invent(300), tmp_path / "coupe")])
    assert any("ORADAD a coupé member" in gap.said for gap in found.gaps)
    assert not any("member" in gap.attributes for gap in found.gaps)
    users = [dn for dn in found.objects.dn if dn in set(whole.objects.dn)]
    assert sorted(users) == sorted(whole.objects.dn), "no half of a name became an object"
    assert len(found.objects) == len(whole.objects)
    for dn, index in whole.by_dn.items():
        rows = [{c.objects.dn[m] for m in c.members.row(i)} for c, i in ((whole, index), (found, found.by_dn[dn]))]
        assert rows[0] == rows[1]


def test_deleted_objects_are_known_as_such(tmp_path: Path) -> None:
    def bury(text: str) -> str:
        columns = ["dn", "shortname", "shortdn"]
        for name, kind in writing.columns("top"):
            columns += [name, f"{name}_int"] if kind.endswith("F") else [name]
        row = [""] * len(columns)
        row[0] = "CN=Parti\\0ADEL:1,CN=Deleted Objects,DC=ght-orme,DC=invalid"
        row[columns.index("isDeleted")] = "1"
        row[columns.index("objectClass")] = "top;person;organizationalPerson;user"
        return text + "\t".join(row) + "\r\n"

    found = changed(tmp_path, TOP, utf16(bury))
    buried = found.by_dn["cn=parti\\0adel:1,cn=deleted objects,dc=ght-orme,dc=invalid"]
    assert found.objects.deleted[buried]
    assert buried not in found.of("user")


def test_dates_flags_and_hidden_text() -> None:
    columns = ["pwdLastSet", "userAccountControl", "userAccountControl_int", "maxPwdAge", "maxPwdAge_int",
               "msDS-RevealedUsers", "member", "whenCreated", "sn"]  # fmt: skip
    kept = {name: (at, convert) for at, name, convert in plan([one.lower() for one in columns])}
    assert set(kept) == {"pwdlastset", "useraccountcontrol", "maxpwdage", "msds-revealedusers", "member", "whencreated"}
    assert kept["useraccountcontrol"][0] == 2
    assert kept["maxpwdage"][1]("-36288000000000") == 42 * 86_400
    assert kept["maxpwdage"][1](str(-(2**63))) is None
    assert kept["msds-revealedusers"][1](b"B:8:00000000:CN=a;b,DC=c".hex()) == ("CN=a;b,DC=c",)
    assert kept["member"][1]("CN=a;b,DC=c;CN=d,DC=c") == ("CN=a;b,DC=c", "CN=d,DC=c")
    assert time("1970-01-02 00:00:01") == 86_401
    assert time("2999-12-12 23:59:59") == time("1601-01-01 00:00:00") == NEVER
    assert time("116444736010000000") == 1


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    root = write_oradad(invent(12), tmp_path_factory.mktemp("fuzz"))
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.tsv"))}


_SPOILT = st.tuples(st.integers(0, 10**6), st.floats(0, 1), st.integers(0, 40), st.binary(max_size=8))


@given(places=st.lists(_SPOILT, min_size=1, max_size=3))
@settings(deadline=None)  # a machine under load is slow, not wrong
def test_whatever_the_bytes_only_input_errors(
    files: dict[str, bytes], places: list[tuple[int, float, int, bytes]]
) -> None:
    spoilt = dict(files)
    for which, where, width, put in places:
        name = sorted(spoilt)[which % len(spoilt)]
        at = int(where * len(spoilt[name]))
        spoilt[name] = spoilt[name][:at] + put + spoilt[name][at + width :]
    memory = Memory()
    memory._content = {PurePosixPath(name): content for name, content in spoilt.items()}
    for found in Oradad().find(memory):
        builder = Builder()
        builder.begin()
        with contextlib.suppress(InputError):
            found.reader.read(found, builder, lambda said, share: None)
        builder.finish()


@given(st.binary(max_size=400))
@settings(deadline=None)  # a machine under load is slow, not wrong
def test_whatever_tables_says_only_input_errors(content: bytes) -> None:
    tables.parsed(content)
    tables.parsed(b"a.invalid_20260101000000\n" + content)
