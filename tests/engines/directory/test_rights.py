# SPDX-License-Identifier: EUPL-1.2
"""From entries of descriptors to who can do what to whom."""

from __future__ import annotations

import pytest

from carene.engines.directory.descriptors.binary import parse
from carene.engines.directory.descriptors.rights import rights
from carene.engines.directory.descriptors.schema import Schema
from carene.engines.directory.nodes import Nodes
from tests.engines.directory.descriptors_made import ace, descriptor
from tests.engines.directory.forest import ROOT, SID, Forest, told

WHO = f"{SID}-1104"
MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"
MEMBERSHIP = "bc0ac240-79a9-11d0-9020-00c04fc2d4cf"
SPN = "f3a64788-5306-11d1-a9c5-0000f80367c1"
PUBLIC = "e48d0154-bcf8-11d1-8702-00c04fb96050"
RESTRICTIONS = "4c164200-20c0-11d0-a768-00aa006e0529"
FORCE = "00299570-246d-11d0-a768-00aa006e0529"
CHANGES, ALL_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2", "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"
LAPS = "11111111-2222-3333-4444-555555555555"
WP, CR, SW, WD, WO, FULL = 0x20, 0x100, 0x8, 0x40000, 0x80000, 0xF01FF


def found(forest: Forest) -> set[tuple[str, str, str]]:
    collection = forest.finish()
    nodes = Nodes(collection)
    edges = rights(nodes, parse(collection.descriptors), Schema.of(collection))
    return {edge for edge in told(edges, nodes) if edge[1] != "owner"}


def on(structural: str, *entries: bytes, **values: object) -> set[str]:
    """Kinds of rights that these entries give to « claire » on an object of the class."""
    forest = Forest()
    forest.add("user", "claire", 1104)
    forest.add(structural, "cible", 2000, entries, **values)
    return {kind for who, kind, whom in found(forest) if (who, whom) == ("claire", "cible")}


@pytest.mark.parametrize(
    ("structural", "entry", "kinds"),
    [
        ("user", ace(FULL, WHO), {"generic_all"}),
        ("user", ace(0x10000000, WHO), {"generic_all"}),
        ("user", ace(WP, WHO), {"generic_write"}),
        ("user", ace(0x40000000, WHO), {"generic_write"}),
        ("user", ace(WD | WO, WHO), {"write_dacl", "write_owner"}),
        ("user", ace(CR, WHO), {"all_extended"}),
        ("user", ace(CR, WHO, about=FORCE), {"force_password"}),
        ("user", ace(WP, WHO, about=SPN), {"write_spn"}),
        ("user", ace(SW, WHO, about=SPN), set()),
        ("user", ace(WP, WHO, about=PUBLIC), {"write_spn", "write_alt_identity"}),
        ("user", ace(WP, WHO, about=RESTRICTIONS), {"write_account_restrictions"}),
        ("computer", ace(WP, WHO, about=RESTRICTIONS), {"write_account_restrictions", "write_allowed_to_act"}),
        ("user", ace(WP, WHO, about=MEMBER), set()),
        ("group", ace(WP, WHO, about=MEMBER), {"add_member"}),
        ("group", ace(WP, WHO, about=MEMBERSHIP), {"add_member"}),
        ("group", ace(SW, WHO, about=MEMBER), {"add_self"}),
        ("group", ace(SW, WHO), {"add_self"}),
        ("group", ace(0x94, WHO), set()),
        ("organizationalunit", ace(WP, WHO, about="f30e3bbe-9ff0-11d1-b603-0000f80367c1"), {"write_gp_link"}),
        ("domaindns", ace(CR, WHO, about=CHANGES), {"get_changes"}),
        ("pkicertificatetemplate", ace(CR, WHO, about=ENROLL), {"enroll"}),
        ("pkicertificatetemplate", ace(CR, WHO), {"enroll", "auto_enroll"}),
        ("user", ace(WP, WHO, flags=0x08), set()),
        ("user", ace(WP, WHO, flags=0x10), {"generic_write"}),
    ],
)
def test_what_an_entry_gives(structural: str, entry: bytes, kinds: set[str]) -> None:
    assert on(structural, entry) == kinds


def test_what_was_denied_before_is_cut_and_nothing_else() -> None:
    allow, deny = ace(WP | WD, WHO), ace(WP, WHO, deny=True)
    assert on("user", deny, allow) == {"write_dacl"}
    assert on("user", allow, deny) == {"generic_write", "write_dacl"}, "an inherited refusal comes after"
    assert on("user", ace(CR, WHO, about=FORCE, deny=True), ace(CR, WHO, about=FORCE), allow) == {
        "generic_write",
        "write_dacl",
    }
    assert on("user", ace(WP, f"{SID}-9", deny=True), allow) == {"generic_write", "write_dacl"}
    assert on("user", ace(WP, WHO, deny=True, flags=0x08), allow) == {"generic_write", "write_dacl"}


def test_owners_may_change_rights_unless_an_entry_says_what_owners_may() -> None:
    forest = Forest()
    forest.add("user", "claire", 1104)
    forest.add("group", "sien", 2000, owner=WHO)
    forest.add("group", "limité", 2001, [ace(WP, "S-1-3-4", about=MEMBER)], owner=WHO)
    forest.add("group", "enfants", 2002, [ace(WP, "S-1-3-4", flags=0x08)], owner=WHO)
    collection = forest.finish()
    nodes = Nodes(collection)
    edges = told(rights(nodes, parse(collection.descriptors), Schema.of(collection)), nodes)
    assert {edge[1:] for edge in edges if edge[0] == "claire"} == {
        ("owner", "sien"),
        ("add_member", "limité"),
        ("owner", "enfants"),
    }


def test_a_password_kept_by_the_directory_is_read_by_who_has_its_right() -> None:
    entry = ace(CR | 0x10, WHO, about=LAPS)
    for expiry, kinds in ((5, {"read_laps"}), (None, set())):
        forest = Forest()
        forest.add("user", "claire", 1104)
        forest.add("attributeschema", "ms-Mcs-AdmPwd", schemaidguid=LAPS, ldapdisplayname="ms-Mcs-AdmPwd")
        values = {} if expiry is None else {"ms-mcs-admpwdexpirationtime": expiry}
        forest.add("computer", "cible", 2000, [entry], **values)
        assert {kind for who, kind, whom in found(forest) if whom == "cible"} == kinds


def test_the_schema_that_was_collected_says_what_a_set_holds() -> None:
    guid = "11111111-2222-3333-4444-000000000001"
    forest = Forest()
    forest.add("user", "claire", 1104)
    forest.add(
        "attributeschema", "spn", schemaidguid=SPN, ldapdisplayname="servicePrincipalName", attributesecurityguid=guid
    )
    forest.add("user", "cible", 2000, [ace(WP, WHO, about=guid)])
    forest.add("user", "autre", 2001, [ace(WP, WHO, about=PUBLIC)])
    assert found(forest) == {("claire", "write_spn", "cible")}


def test_who_was_not_collected_is_there_by_its_sid_and_well_known_ones_by_their_name() -> None:
    forest = Forest()
    entries = [ace(WP, "S-1-5-11"), ace(WP, f"{SID}-7777"), ace(WP, "S-1-5-10"), ace(WP, "S-1-3-0")]
    forest.add("user", "cible", 2000, entries)
    forest.add("user", "illisible", 2001, None)
    assert found(forest) == {
        ("Utilisateurs authentifiés", "generic_write", "cible"),
        (f"{SID}-7777", "generic_write", "cible"),
    }


def test_two_domains_have_two_groups_of_administrators() -> None:
    forest = Forest()
    other = forest.builder.domain("b.invalid", "S-1-5-21-7-7-7")
    for domain, root in ((forest.domain, ROOT), (other, "DC=b,DC=invalid")):
        forest.builder.add(domain, "group", f"CN=A{domain},CN=Builtin,{root}", {"objectsid": "S-1-5-32-544"})
        content = descriptor([ace(WP, "S-1-5-32-544")])
        forest.builder.add(domain, "user", f"CN=u{domain},{root}", {}, descriptor=content)
    assert found(forest) == {("A0", "generic_write", "u0"), ("A1", "generic_write", "u1")}
