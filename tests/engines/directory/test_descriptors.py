# SPDX-License-Identifier: EUPL-1.2
"""Security descriptors, held against a reader that others wrote, and against bytes that mean nothing."""

from __future__ import annotations

import random
import struct
import uuid
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from winacl.dtyp.security_descriptor import SECURITY_DESCRIPTOR

from carene.engines.directory.descriptors.binary import Descriptors, parse, sid_bytes, sid_text
from carene.engines.directory.descriptors.sddl import to_binary
from tests.engines.directory.descriptors_made import ace, descriptor

DOMAIN = "S-1-5-21-1-2-3"
SIDS = st.builds(
    lambda authority, parts: "-".join(["S-1", str(authority), *map(str, parts)]),
    st.sampled_from([0, 1, 3, 5, 15, "0x010000000000"]),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=15),
)
GUIDS = st.sampled_from(["", *(str(uuid.UUID(int=number)) for number in (1, 2**64 + 5, 2**128 - 1))])
ENTRIES = st.builds(
    ace,
    st.integers(0, 2**32 - 1),
    SIDS,
    about=GUIDS,
    inherited=GUIDS,
    flags=st.integers(0, 31),
    deny=st.booleans(),
)
CONTROLS = st.sampled_from([0x8004, 0x9004, 0x8404, 0x9504])
DESCRIPTORS = st.builds(descriptor, st.lists(ENTRIES, max_size=6), SIDS, SIDS, CONTROLS)


# Fewer examples than usual: each reading costs some hundred small operations on arrays.


def told(parsed: Descriptors, number: int) -> dict[str, Any]:
    """One descriptor in plain words."""
    entries = parsed.entries.kept(parsed.entries.descriptor == number)
    name = lambda guid: parsed.guids[guid] if guid >= 0 else ""  # noqa: E731
    return {
        "owner": parsed.sids[parsed.owner[number]],
        "group": parsed.sids[parsed.group[number]],
        "control": int(parsed.control[number]),
        "entries": [
            (int(t), int(f), int(m), parsed.sids[s], name(o), name(i))
            for t, f, m, s, o, i in zip(
                entries.type,
                entries.flags,
                entries.mask,
                entries.trustee,
                entries.object,
                entries.inherited,
                strict=True,
            )
        ],
    }


def told_by_the_oracle(content: bytes) -> dict[str, Any]:
    read = SECURITY_DESCRIPTOR.from_bytes(content)
    guid = lambda one, name: str(getattr(one, name, None) or "").lower()  # noqa: E731
    return {
        "owner": str(read.Owner),
        "group": str(read.Group),
        "control": int(read.Control),
        "entries": [
            (
                int(one.AceType.value),
                int(one.AceFlags),
                int(one.Mask),
                str(one.Sid),
                guid(one, "ObjectType"),
                guid(one, "InheritedObjectType"),
            )
            for one in (read.Dacl.aces if read.Dacl else [])
        ],
    }


@settings(max_examples=60)
@given(st.lists(DESCRIPTORS, min_size=1, max_size=5))
def test_it_reads_what_the_oracle_reads(contents: list[bytes]) -> None:
    parsed = parse(contents)
    assert parsed.readable.all()
    for number, content in enumerate(contents):
        assert told(parsed, number) == told_by_the_oracle(content)


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_bytes_that_mean_nothing_are_not_readable_and_harm_nothing(content: bytes) -> None:
    good = descriptor([ace(0x20, f"{DOMAIN}-1104")])
    parsed = parse([content, good, content])
    assert told(parsed, 1) == told_by_the_oracle(good)


@settings(max_examples=60)
@given(DESCRIPTORS, st.data())
def test_a_broken_descriptor_gives_no_right(content: bytes, data: st.DataObject) -> None:
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    parsed = parse([cut])
    assert not parsed.readable[0]
    assert len(parsed.entries) == 0
    assert (parsed.owner[0], parsed.group[0]) == (-1, -1)


@settings(max_examples=60)
@given(DESCRIPTORS, st.data())
def test_a_changed_byte_never_raises(content: bytes, data: st.DataObject) -> None:
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    parsed = parse([bytes(changed), content])
    assert parsed.readable[1]


def test_a_null_list_is_open_to_everyone_and_an_empty_one_to_nobody() -> None:
    null = struct.pack("<BBHIIII", 1, 0, 0x8004, 20, 20, 0, 0) + sid_bytes("S-1-5-18")
    absent = struct.pack("<BBHIIII", 1, 0, 0x8000, 20, 20, 0, 0) + sid_bytes("S-1-5-18")
    parsed = parse([descriptor([]), null, absent])
    assert parsed.readable.tolist() == [True, True, False]
    assert parsed.entries.descriptor.tolist() == [1]
    assert parsed.sids[parsed.entries.trustee[0]] == "S-1-1-0"
    assert parsed.entries.mask[0] == 0x10000000


def test_entries_of_other_types_are_counted() -> None:
    parsed = parse([descriptor([ace(1, "S-1-1-0", kind=9), ace(2, "S-1-1-0")])])
    assert (parsed.skipped, parsed.entries.mask.tolist()) == (1, [2])


def test_many_batches_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(6)
    contents = [
        descriptor(
            [ace(chance.randrange(2**20), f"{DOMAIN}-{chance.randrange(30)}") for _ in range(chance.randrange(9))]
        )
        for _ in range(200)
    ]
    whole = parse(contents)
    monkeypatch.setattr("carene.engines.directory.descriptors.binary._BATCH", 900)
    cut = parse(contents)
    assert [told(cut, number) for number in range(200)] == [told(whole, number) for number in range(200)]
    assert np.array_equal(np.diff(whole.starts), np.bincount(whole.entries.descriptor, minlength=200))
    assert len(parse([])) == 0


@given(SIDS)
def test_a_sid_is_the_same_as_text_and_as_bytes(text: str) -> None:
    assert sid_text(sid_bytes(text)) == text


def test_text_gives_the_same_columns() -> None:
    guid = "00299570-246d-11d0-a768-00aa006e0529"
    text = (
        f"O:DAG:S-1-5-18D:PAI(A;CIID;RPWP;;;BA)(OA;;CR;{guid};;AU)(D;;0x10000;;;WD)(XA;;GA;;;WD;(x))S:(AU;SA;GA;;;WD)"
    )
    parsed = parse([to_binary(text, DOMAIN, "S-1-5-21-9-9-9")])
    assert told(parsed, 0) == {
        "owner": f"{DOMAIN}-512",
        "group": "S-1-5-18",
        "control": 0x9404,
        "entries": [
            (0, 18, 0x30, "S-1-5-32-544", "", ""),
            (5, 0, 0x100, "S-1-5-11", guid, ""),
            (1, 0, 0x10000, "S-1-1-0", "", ""),
        ],
    }
    root = parse([to_binary("D:(A;;GA;;;EA)", DOMAIN, "S-1-5-21-9-9-9")])
    assert root.sids == ("S-1-5-21-9-9-9-519",)


@pytest.mark.parametrize("text", ["", "O:BA", "D:(A;;ZZ;;;BA)", "D:(A;;GA;;;ZZ)", "D:(A;;GA;;BA)", "D:(OA;;CR;x;;BA)"])
def test_what_is_not_text_of_rights_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whoever reads the file says where
        to_binary(text, DOMAIN)
