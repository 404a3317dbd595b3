# SPDX-License-Identifier: EUPL-1.2
"""SharpHound: the shared sample counted, what each version writes, what is cut or unknown said and not believed."""

from __future__ import annotations

import contextlib
import io
import json
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.directory.building import Builder
from carene.engines.directory.model import EDGE_KINDS, MISSING, NEVER, Collection, EdgeKind
from carene.engines.directory.readers import read
from carene.engines.directory.readers.sharphound import SharpHound, streaming
from carene.engines.directory.readers.sharphound.kinds import RIGHTS
from carene.engines.sources import InputError
from tests.engines.directory.readers.bloodhound import NAME, SID, TIME, ace, document, domain, record, user, written
from tests.engines.directory.readers.memory import Memory
from tests.support.shared_data import shared_data

SAMPLE = "active_directory/bloodhound_ce_v6_sample.zip"


def edges(collection: Collection) -> set[tuple[str, str, EdgeKind]]:
    objects, given_ = collection.objects, collection.given
    names = [sid or guid or dn for sid, guid, dn in zip(objects.sid, objects.guid, objects.dn, strict=True)]
    return {
        (names[source], names[target], EDGE_KINDS[kind])
        for source, target, kind in zip(given_.source, given_.target, given_.kind, strict=True)
    }


def raw_records(path: Path) -> Iterator[dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield from json.loads(archive.read(name).decode("utf-8-sig"))["data"]


@pytest.mark.shared_data
def test_every_object_and_every_right_of_the_sample_is_there() -> None:
    path = shared_data(SAMPLE)
    records = list(raw_records(path))
    aces = [(one["ObjectIdentifier"], right) for one in records for right in one["Aces"]]
    assert (len(records), len(aces)) == (1718, 11_772)
    collection = read([path])
    known = {key.lower(): index for key, index in (collection.by_sid | collection.by_guid).items()}
    assert not [one["ObjectIdentifier"] for one in records if one["ObjectIdentifier"].lower() not in known]
    told = set(
        zip(collection.given.source.tolist(), collection.given.target.tolist(), collection.given.kind, strict=True)
    )
    codes = {kind: code for code, kind in enumerate(EDGE_KINDS)}
    lost = [
        (target, right)
        for target, right in aces
        for kind in RIGHTS[right["RightName"].lower()]
        if (known[right["PrincipalSID"].lower()], known[target.lower()], codes[kind]) not in told
    ]
    assert not lost
    assert [(one.name, len(one.sources)) for one in collection.domains if one.sources] == [
        ("phantom.corp", 1), ("ghost.corp", 1), ("wraith.corp", 1)
    ]  # fmt: skip
    assert not collection.gaps


@pytest.mark.shared_data
def test_the_sample_says_what_it_holds() -> None:
    collection = read([shared_data(SAMPLE)])
    objects = collection.objects
    kinds = Counter(objects.classes[code] for code in objects.structural)
    assert kinds["user"] + kinds["msds-groupmanagedserviceaccount"] + kinds["msds-managedserviceaccount"] == 99 - 0
    authority = collection.by_guid["cdca8ca4-69d6-4488-87ae-f8f507d53db9"]
    assert len(collection.value("certificatetemplates", authority)) > 5
    krbtgt = collection.in_domain(502, 0)
    assert objects.password_set[krbtgt] == 1_692_274_242
    assert objects.last_logon[krbtgt] == NEVER
    assert not collection.knowledge.of(0, "user", "useraccountcontrol"), "the format has no raw value"
    assert collection.knowledge.of(0, "user", "serviceprincipalname")
    assert collection.domains[0].collected_at == 1_709_636_418


def test_properties_are_attributes_where_they_say_the_same(tmp_path: Path) -> None:
    template = record(
        "11111111-2222-3333-4444-555555555555", "CN=WEB,CN=CONFIGURATION,DC=CH", name=f"WEB@{NAME}",
        certificatenameflag="ENROLLEE_SUPPLIES_SUBJECT, SUBJECT_ALT_REQUIRE_UPN", schemaversion=2,
    )  # fmt: skip
    authority = record(
        "21111111-2222-3333-4444-555555555555", "CN=CA,CN=CONFIGURATION,DC=CH",
        EnabledCertTemplates=[{"ObjectIdentifier": template["ObjectIdentifier"]}],
        CARegistryData={"IsUserSpecifiesSanEnabled": {"Value": True, "Collected": True}},
    )  # fmt: skip
    alice = user(
        1104, pwdlastset=0, lastlogontimestamp=-1, whencreated=1_600_000_000, admincount=False, enabled=True,
        dontreqpreauth=True, sidhistory=[f"{SID}-500"], PrimaryGroupSID=f"{SID}-513",
    )  # fmt: skip
    folder = written(
        tmp_path,
        domains=[domain(functionallevel="2016", machineaccountquota=10)],
        users=[alice, user(1105, pwdlastset=-1)],
        certtemplates=[template],
        enterprisecas=[authority],
    )
    collection = read([folder])
    objects, index = collection.objects, collection.in_domain(1104, 0)
    assert (objects.password_set[index], objects.last_logon[index]) == (NEVER, NEVER)
    assert objects.admin_count[index] == objects.uac[index] == MISSING
    assert objects.primary_group[index] == 513
    assert collection.value("sharphound:dontreqpreauth", index) is True
    assert collection.value("sidhistory", index) == (f"{SID}-500",)
    assert objects.password_set[collection.in_domain(1105, 0)] == MISSING
    assert (
        collection.value("mspki-certificate-name-flag", collection.by_guid[template["ObjectIdentifier"]]) == 0x2000001
    )
    found = collection.by_guid[authority["ObjectIdentifier"]]
    assert collection.value("certificatetemplates", found) == ("WEB",)
    assert collection.value("sharphound:isuserspecifiessanenabled", found) is True
    assert collection.value("ms-ds-machineaccountquota", collection.domains[0].head) == 10


def test_relations_are_edges_from_who_can_to_who_falls(tmp_path: Path) -> None:
    other = "S-1-5-21-7-7-7"
    computer = record(
        f"{SID}-2000", "CN=PC,DC=CH,DC=INVALID", unconstraineddelegation=True,
        Sessions={"Collected": True, "Results": [{"UserSID": f"{SID}-1104", "ComputerSID": f"{SID}-2000"}]},
        LocalGroups=[{"ObjectIdentifier": f"{SID}-2000-544", "Results": [{"ObjectIdentifier": f"{SID}-1105"}]}],
        AllowedToDelegate=[{"ObjectIdentifier": f"{SID}-2001"}],
        AllowedToAct=[{"ObjectIdentifier": f"{SID}-1106"}],
    )  # fmt: skip
    trusts = [
        {"TargetDomainSid": other, "TargetDomainName": "AUTRE.INVALID", "TrustDirection": "Outbound",
         "TrustType": "External", "SidFilteringEnabled": False}
    ]  # fmt: skip
    builtin = f"{NAME}-S-1-5-32-544"
    folder = written(
        tmp_path,
        domains=[domain(Trusts=trusts, Aces=[ace(builtin, "GetChangesAll"), ace(builtin, "OwnsRaw")])],
        computers=[computer],
        groups=[record(builtin, "CN=ADMINISTRATORS,CN=BUILTIN,DC=CH", Members=[{"ObjectIdentifier": f"{SID}-1104"}])],
    )
    collection = read([folder])
    told = edges(collection)
    assert told == {
        (f"{SID}-2000", f"{SID}-1104", EdgeKind.HAS_SESSION),
        (f"{SID}-1105", f"{SID}-2000", EdgeKind.ADMIN_TO),
        (f"{SID}-2000", f"{SID}-2001", EdgeKind.ALLOWED_TO_DELEGATE),
        (f"{SID}-1106", f"{SID}-2000", EdgeKind.ALLOWED_TO_ACT),
        (f"{SID}-2000", SID, EdgeKind.COERCE_TO_TGT),
        (other, SID, EdgeKind.TRUST_SID_HISTORY),
        ("S-1-5-32-544", SID, EdgeKind.GET_CHANGES_ALL),
        ("S-1-5-32-544", SID, EdgeKind.OWNER),
    }
    administrators = collection.principal("S-1-5-32-544", 0)
    assert [collection.objects.sid[member] for member in collection.members.row(administrators)] == [f"{SID}-1104"]
    assert [one.name for one in collection.domains] == ["ch.invalid", "autre.invalid"]


def test_version_4_says_local_groups_otherwise(tmp_path: Path) -> None:
    admins = {"Collected": True, "Results": [{"ObjectIdentifier": f"{SID}-1104", "ObjectType": "User"}]}
    computer = record(f"{SID}-2000", "CN=PC,DC=CH,DC=INVALID", LocalAdmins=admins)
    (tmp_path / "computers.json").write_bytes(document("computers", [computer], version=4, bom=False))
    collection = read([tmp_path])
    assert edges(collection) == {(f"{SID}-1104", f"{SID}-2000", EdgeKind.ADMIN_TO)}
    assert collection.domains[0].collected_at is None


def test_the_kind_is_that_of_meta_when_the_name_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(document("users", [user(1104)]))
    assert read([path]).in_domain(1104, 0) >= 0


def test_a_cut_file_gives_what_it_holds_and_is_not_believed_whole(tmp_path: Path) -> None:
    folder = written(tmp_path, domains=[domain()], users=[user(rid, pwdlastset=5) for rid in range(1000, 1100)])
    path = folder / f"{TIME}_users.json"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    collection = read([folder])
    assert 10 < len(collection.of("user")) < 100
    assert not collection.knowledge.of(0, "user", "pwdlastset")
    said = [gap.said for gap in collection.gaps]
    assert any("coupé ou abîmé" in one and "users.json" in one for one in said)
    assert any("pwdlastset" in gap.attributes for gap in collection.gaps)


def test_what_is_unknown_or_was_not_collected_is_said(tmp_path: Path) -> None:
    (tmp_path / "domains.json").write_bytes(document("domains", [domain(functionallevel="2031")], version=9, methods=1))
    (tmp_path / "users.json").write_bytes(document("users", [user(1104, Aces=[ace(f"{SID}-1", "Bewitch")])], methods=1))
    said = " ".join(gap.said for gap in read([tmp_path]).gaps)
    assert "la version 9" in said
    assert "« Bewitch » (1 fois)" in said.replace("\u202f", " ").replace("\xa0", " ")
    assert "n'a pas lu les droits sur les objets" in said
    assert "2031" in said


def test_a_fresher_run_replaces_rights_of_its_domain(tmp_path: Path) -> None:
    for time, right in (("20250101000000", "GenericAll"), ("20260101000000", "WriteDacl")):
        content = document("domains", [domain(Aces=[ace(f"{SID}-1104", right)])])
        (tmp_path / f"{time}_domains.json").write_bytes(content)
    assert edges(read([tmp_path])) == {(f"{SID}-1104", SID, EdgeKind.WRITE_DACL)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = document("users", [user(1104, description="Élodie, hépato")], bom=False).decode()
    (tmp_path / "users.json").write_bytes(text.encode(encoding))
    collection = read([tmp_path])
    assert collection.value("description", collection.in_domain(1104, 0)) == "Élodie, hépato"


def test_an_object_that_ends_beyond_what_was_read_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [{"ObjectIdentifier": str(number), "text": 'é\\"]}' * (number % 50)} for number in range(300)]
    monkeypatch.setattr(streaming, "CHUNK", 64)
    objects = streaming.Objects(io.BytesIO(document("users", records)), "f")
    assert list(objects) == records
    assert objects.meta["count"] == 300


def test_a_great_file_needs_little_memory(tmp_path: Path) -> None:
    """24 MB of JSON: what is held is a chunk and its text, never the file."""
    one = json.dumps(user(1104, description="x" * 2_000))
    path = tmp_path / "users.json"
    with path.open("w", encoding="utf-8") as file:
        file.write('{"data":[' + ",".join([one] * 10_000) + '],"meta":{"type":"users","count":10000,"version":6}}')
    tracemalloc.start()
    try:
        with path.open("rb") as stream:
            assert sum(1 for _ in streaming.Objects(stream, "f")) == 10_000
        assert tracemalloc.get_traced_memory()[1] < 24_000_000 * 1.5
    finally:
        tracemalloc.stop()


def test_numbers_out_of_measure_are_not_values(tmp_path: Path) -> None:
    """Found by the fuzz below: they broke the columns."""
    great = 10**30
    wrong = user(1104, useraccountcontrol=great, pwdlastset=great, PrimaryGroupSID=f"{SID}-{great}")
    odd = record(f"{SID}-!1", "CN=ODD,DC=CH,DC=INVALID")
    collection = read([written(tmp_path, domains=[domain()], users=[wrong, odd, user(great)])])
    index = collection.by_sid[f"{SID}-1104"]
    assert collection.objects.uac[index] == collection.objects.primary_group[index] == MISSING
    assert collection.objects.rid[collection.by_sid[f"{SID}-!1"]] == MISSING
    assert any("useraccountcontrol" in gap.attributes for gap in collection.gaps)


_NAMES = """
    Properties Aces ObjectIdentifier Members Results Sessions LocalGroups Trusts Links HasSIDHistory AllowedToDelegate
    PrincipalSID RightName domain domainsid distinguishedname pwdlastset whencreated certificatenameflag GPOChanges
    TargetDomainSid CARegistryData"""
_NAME = st.sampled_from(_NAMES.split())
_SIDS = st.sampled_from([SID, f"{SID}-9", "S-1-5-21-x"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=8) | _SIDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAME, inner, max_size=6),
    max_leaves=15,
)


def believed(content: bytes, kind: str) -> None:
    """Read to the end, or refused with a sentence."""
    for found in SharpHound().find(Memory(**{f"{kind}_json": content})):
        builder = Builder()
        builder.begin()
        with contextlib.suppress(InputError):
            found.reader.read(found, builder, lambda said, share: None)
        builder.finish()


@given(st.sampled_from(["users", "computers", "domains", "enterprisecas"]), st.lists(_JSON, max_size=4))
@settings(deadline=None)  # a machine under load is slow, not wrong
def test_whatever_the_objects_only_input_errors(kind: str, data: Any) -> None:
    believed(json.dumps({"data": data, "meta": {"type": kind, "version": 6}}).encode(), kind)


@given(st.data())
@settings(deadline=None)  # a machine under load is slow, not wrong
def test_whatever_the_bytes_only_input_errors(data: st.DataObject) -> None:
    content = bytearray(document("users", [user(1104, Aces=[ace(f"{SID}-1", "Owns")])]))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
        content = content or bytearray(b"{")
    believed(bytes(content), "users")
