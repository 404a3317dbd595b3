# SPDX-License-Identifier: EUPL-1.2
"""LDIF and logs of queries: every form of a value, what the file does not hold, broken files."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.directory.building import Builder
from carene.engines.directory.model import NEVER, Collection
from carene.engines.directory.readers.ldif import LdifReader
from carene.engines.directory.readers.typing import domain_of, sid, time, typed
from carene.engines.sources import InputError
from tests.engines.directory.readers.memory import Memory
from tests.support.shared_data import shared_data

SID = bytes.fromhex("010500000000000515000000010000000200000003000000f4010000")
ENTRY = b"""version: 1

# a comment
dn: CN=Claire Durand,OU=Soins,DC=ch,DC=invalid
objectClass: top
objectClass: person
objectClass: user
instanceType: 4
uSNCreated: 12
objectCategory: x
objectGUID:: """ + base64.b64encode(bytes(range(16)))
ENTRY += b"\nobjectSid:: " + base64.b64encode(SID)
ENTRY += b"""
sAMAccountName: cdurand
userAccountControl: 66048
pwdLastSet: 132927880709861907
lastLogonTimestamp: 0
whenCreated: 20210826175542.0Z
memberOf: CN=Admins,DC=ch,
 DC=invalid
servicePrincipalName: HTTP/gap
servicePrincipalName: HTTP/dpi
description:: w6lww6k=
nTSecurityDescriptor:: AQAEgA==
"""


def read(content: bytes, name: str = "a_ldif") -> Collection:
    files, reader, builder = Memory(**{name: content}), LdifReader(), Builder()
    for found in reader.find(files):
        builder.begin()
        reader.read(found, builder, lambda _said, _share: None)
    return builder.finish()


def test_every_form_of_a_value() -> None:
    collection = read(ENTRY)
    objects = collection.objects
    (index,) = collection.of("user").tolist()
    assert objects.name[index] == "cdurand"
    assert objects.sid[index] == "S-1-5-21-1-2-3-500"
    assert (objects.rid[index], objects.uac[index], objects.last_logon[index]) == (500, 66048, NEVER)
    assert objects.created[index] == int(dt.datetime(2021, 8, 26, 17, 55, 42, tzinfo=dt.UTC).timestamp())
    assert dt.datetime.fromtimestamp(int(objects.password_set[index]), dt.UTC).date() == dt.date(2022, 3, 26)
    assert collection.value("serviceprincipalname", index) == ("HTTP/gap", "HTTP/dpi")
    assert collection.value("description", index) == "épé"
    assert collection.descriptors == [base64.b64decode("AQAEgA==")]
    group = collection.by_dn["cn=admins,dc=ch,dc=invalid"]
    assert collection.members.row(group).tolist() == [index], "a folded line"
    assert collection.domains[0].name == "ch.invalid"


def test_all_the_attributes_were_asked_for_or_only_those_that_came() -> None:
    knowledge = read(ENTRY).knowledge
    assert knowledge.of(0, "user", "sidhistory"), "absent of an entry that has everything: unset"
    assert knowledge.of(0, "user", "descriptor")
    assert not knowledge.of(0, "computer", "pwdlastset"), "no computer came: perhaps nobody asked for them"
    few = read(b"dn: CN=a,DC=ch,DC=invalid\nobjectClass: user\npwdLastSet: 0\n").knowledge
    assert few.of(0, "user", "pwdlastset")
    assert not few.of(0, "user", "sidhistory")
    assert not few.of(0, "user", "descriptor")


def test_a_part_of_the_directory_is_said() -> None:
    (gap,) = read(ENTRY).gaps
    assert gap.said == (
        "a.ldif ne contient pas tout l'annuaire (aucun objet computer, container, domaindns, group, organizationalunit)"
    )


def test_a_value_that_cannot_be_read_is_counted_and_not_known() -> None:
    collection = read(ENTRY.replace(b"userAccountControl: 66048", b"userAccountControl: beaucoup"))
    assert any(
        gap.said == "a.ldif : 1\N{NO-BREAK SPACE}valeur illisible de useraccountcontrol" for gap in collection.gaps
    )
    assert not collection.knowledge.of(0, "user", "useraccountcontrol")


def test_a_file_that_breaks_gives_what_comes_before() -> None:
    collection = read(ENTRY + b"\n\ndn: CN=b,DC=ch,DC=invalid\nobjectSid:: !!!\n")
    assert len(collection.of("user")) == 1
    assert any("s'interrompt à la ligne" in gap.said for gap in collection.gaps)


@pytest.mark.parametrize("content", [b"dn: \n", b"version: 1\nn'importe quoi\n", b"version: 1\n"])
def test_what_is_no_directory_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        read(content)


def test_other_files_are_left_alone() -> None:
    assert not list(LdifReader().find(Memory(lisez_txt=b"Bonjour : ceci n'est pas un annuaire\n", x_json=ENTRY)))


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "domain", "head", "objects"),
    [
        ("redania.log", "redania.local", "S-1-5-21-1308756548-3893869957-2915408613", 260),
        ("ez.lab_516_objects.log", "ez.lab", "S-1-5-21-3539700351-1165401899-3544196954", 224),
    ],
)
def test_real_logs(name: str, domain: str, head: str, objects: int) -> None:
    """One says « Retrieved 260 results »; the other holds 224 objects, each told twice or thrice."""
    path = shared_data(f"active_directory/ldapsearch/{name}")
    collection = read(path.read_bytes(), "real_log")
    (found,) = [one for one in collection.domains if one.name == domain]
    assert found.sid == head
    assert collection.objects.dn[found.head].lower() == "dc=" + domain.replace(".", ",dc=")
    collected = sum(
        code != "notcollected" for code in (collection.objects.classes[s] for s in collection.objects.structural)
    )
    assert collected == objects
    assert all(one[:1] == b"\x01" for one in collection.descriptors), "revision of a security descriptor"
    assert len(collection.members.row(collection.in_domain(512, collection.domains.index(found)))) >= 1


def test_raw_values() -> None:
    assert sid(SID) == "S-1-5-21-1-2-3-500"
    assert typed("maxpwdage", [b"-36288000000000"]) == 42 * 86_400
    assert typed("maxpwdage", [b"-9223372036854775808"]) is None
    assert time(b"9223372036854775807") == NEVER
    assert domain_of("DC=_msdcs,DC=ch.invalid,CN=MicrosoftDNS,DC=ForestDnsZones,DC=ch,DC=invalid") == "ch.invalid"
    with pytest.raises(ValueError, match="SID"):
        sid(SID[:-1])


@given(st.binary(max_size=400), st.sampled_from(["a_ldif", "a_log"]))
def test_nothing_but_an_input_error(content: bytes, name: str) -> None:
    for begin in (ENTRY, b"--------------------\ndistinguishedName: CN=a,DC=b\n"):
        try:
            read(begin + content, name)
        except InputError:
            continue
