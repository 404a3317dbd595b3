# SPDX-License-Identifier: EUPL-1.2
"""Snapshots of AD Explorer: a real one, one of our own with each type of value, cut and spoilt ones."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.directory.building import Builder
from carene.engines.directory.model import Collection
from carene.engines.directory.readers.adexplorer import SnapshotReader
from carene.engines.sources import InputError
from tests.engines.directory.readers.memory import Memory
from tests.support.shared_data import shared_data

TAKEN = 132_827_825_226_331_628
KINDS = {
    "distinguishedName": 1,
    "objectClass": 12,
    "objectSid": 8,
    "isDeleted": 6,
    "userAccountControl": 7,
    "whenCreated": 9,
    "pwdLastSet": 10,
    "nTSecurityDescriptor": 25,
    "jpegPhoto": 8,
}
SID = bytes.fromhex("0105000000000005150000000100000002000000030000") + b"\x00" + struct.pack("<I", 1104)
ENTRY: dict[str, Any] = {
    "distinguishedName": ["CN=Claire,DC=ch,DC=invalid"],
    "objectClass": ["top", "person", "user"],
    "objectSid": [SID],
    "isDeleted": [0],
    "userAccountControl": [512],
    "whenCreated": [(2021, 8, 4, 26, 17, 55, 42, 0)],
    "pwdLastSet": [132_927_880_709_861_907],
    "nTSecurityDescriptor": [b"\x01\x00\x04\x80"],
    "jpegPhoto": [b"\xff" * 9, b""],
}


def values(kind: int, found: list[Any]) -> bytes:
    count = struct.pack("<I", len(found))
    if kind in {1, 12}:
        texts = [one.encode("utf-16-le") + b"\0\0" for one in found]
        starts, at = [], 4 + 4 * len(texts)
        for one in texts:
            starts.append(at)
            at += len(one)
        return count + struct.pack(f"<{len(texts)}I", *starts) + b"".join(texts)
    if kind == 8:
        return count + struct.pack(f"<{len(found)}I", *map(len, found)) + b"".join(found)
    if kind == 9:
        return count + b"".join(struct.pack("<8H", *one) for one in found)
    if kind == 25:
        return count + struct.pack("<I", len(found[0])) + found[0]
    return count + struct.pack(f"<{len(found)}{ {6: 'I', 7: 'i', 10: 'q'}[kind] }", *found)


def snapshot(*entries: dict[str, list[Any]]) -> bytes:
    names, bodies = list(KINDS), b""
    for entry in entries:
        table, tail, at = b"", b"", 8 + 8 * len(entry)
        for name, found in entry.items():
            raw = values(KINDS[name], found)
            table += struct.pack("<Ii", names.index(name), at + len(tail))
            tail += raw
        bodies += struct.pack("<II", at + len(tail), len(entry)) + table + tail
    schema = struct.pack("<I", len(names))
    for name in names:
        text = name.encode("utf-16-le") + b"\0\0"
        schema += (
            struct.pack("<I", len(text)) + text + struct.pack("<iI", 4, KINDS[name]) + struct.pack("<I", 0) + bytes(36)
        )
    head = struct.pack("<10siQ520s520s", b"win-ad-ob\0", 65537, TAKEN, b"", "dc1".encode("utf-16-le"))
    return head + struct.pack("<IIQII", len(entries), 0, 1086 + len(bodies), 0, 0) + bodies + schema


def read(content: bytes) -> Collection:
    files, reader, builder = Memory(lab_dat=content), SnapshotReader(), Builder()
    for found in reader.find(files):
        builder.begin()
        reader.read(found, builder, lambda _said, _share: None)
    return builder.finish()


def test_every_type_of_value() -> None:
    collection = read(snapshot(ENTRY))
    (index,) = collection.of("user").tolist()
    objects = collection.objects
    assert (objects.name[index], objects.rid[index], objects.uac[index]) == ("Claire", 1104, 512)
    assert (objects.created[index], objects.password_set[index]) == (1_630_000_542, 1_648_314_470)
    assert collection.descriptors == [b"\x01\x00\x04\x80"]
    assert collection.domains[0].collected_at == 1_638_308_922
    assert collection.knowledge.of(0, "user", "sidhistory"), "absent: unset"
    assert collection.knowledge.of(0, "user", "descriptor")
    assert not collection.knowledge.of(0, "computer", "descriptor")


def test_other_files_are_left_alone() -> None:
    assert not list(SnapshotReader().find(Memory(a_dat=b"win-ad", b_txt=b"", c_dat=b"x" * 2000)))


def test_cut_before_its_schema_it_is_refused_cut_inside_its_objects_it_says_so() -> None:
    whole = snapshot(ENTRY, ENTRY)
    with pytest.raises(InputError, match="tronqué"):
        read(whole[:-20])
    spoilt = bytearray(whole)
    second = 1086 + struct.unpack_from("<I", whole, 1086)[0]
    spoilt[second : second + 4] = b"\xff\xff\xff\xff"
    collection = read(bytes(spoilt))
    assert len(collection.of("user")) == 1
    assert [gap.said for gap in collection.gaps] == [
        f"lab.dat est illisible à partir de l'octet {second} : la suite n'est pas lue"
    ]


@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_nothing_but_an_input_error(place: int, content: bytes) -> None:
    spoilt = bytearray(snapshot(ENTRY, ENTRY))
    place = 10 + place % (len(spoilt) - 10)
    spoilt[place : place + len(content)] = content
    try:
        read(bytes(spoilt))
    except InputError:
        return


@pytest.mark.shared_data
def test_a_real_one() -> None:
    collection = read(shared_data("active_directory/detectionlab_ad_explorer.dat").read_bytes())
    (domain,) = [one for one in collection.domains if one.name == "windomain.local"]
    number = collection.domains.index(domain)
    objects = collection.objects
    told = 3848 - 5  # five well-known SIDs stand in the configuration, and as foreign principals
    assert sum(objects.classes[code] != "notcollected" for code in objects.structural) == told
    assert domain.sid.startswith("S-1-5-21-")
    assert objects.classes[objects.structural[domain.head]] == "domaindns"
    assert {"krbtgt", "Administrator"} <= {objects.name[index] for index in collection.of("user", domain=number)}
    admins = collection.members.row(collection.in_domain(512, number))
    assert "Administrator" in {objects.name[index] for index in admins}
    assert len(collection.of("attributeschema")) > 1000
    assert not collection.gaps
