# SPDX-License-Identifier: EUPL-1.2
"""Invented forests: the two collectors tell the same forest, and each fault is where it is said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from carene.engines.directory.generating import FAULTS, ROOT_ONLY, Forest, invent
from carene.engines.directory.generating.oradad import write_oradad
from carene.engines.directory.generating.sharphound import write_sharphound
from carene.engines.directory.model import EDGE_KINDS, Collection, EdgeKind
from carene.engines.directory.readers import read

DOMAINS = ("ght-orme.invalid", "ehpad.ght-orme.invalid")


@pytest.fixture(scope="module")
def forest() -> Forest:
    return invent(300, domains=DOMAINS, faults=list(FAULTS))


@pytest.fixture(scope="module")
def by_collector(forest: Forest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Collection, Collection]:
    folders = [tmp_path_factory.mktemp(name) for name in ("oradad", "sharphound")]
    write_oradad(forest, folders[0])
    write_sharphound(forest, folders[1])
    return read([folders[0]]), read([folders[1]])


def members(collection: Collection) -> dict[tuple[str, str], set[str]]:
    """Groups by domain and SID → SIDs of their members."""
    objects = collection.objects
    return {
        (collection.domains[objects.domain[group]].name, objects.sid[group]): {
            objects.sid[member] for member in collection.members.row(int(group))
        }
        for group in collection.of("group")
    }


def test_two_collectors_tell_the_same_principals_and_members(by_collector: tuple[Collection, Collection]) -> None:
    oradad, sharphound = by_collector
    assert not oradad.gaps
    assert not sharphound.gaps
    assert members(oradad) == members(sharphound)
    for index in oradad.of("user", "computer"):
        other = sharphound.by_sid[oradad.objects.sid[index]]
        for column in ("password_set", "last_logon", "created", "primary_group"):
            assert getattr(oradad.objects, column)[index] == getattr(sharphound.objects, column)[other], column
        for name in ("serviceprincipalname", "sidhistory", "msds-allowedtodelegateto"):
            assert oradad.value(name, int(index)) == sharphound.value(name, other)
    template = next(index for index in oradad.of("pkicertificatetemplate"))
    other = sharphound.by_guid[oradad.objects.guid[template]]
    for name in ("mspki-certificate-name-flag", "mspki-enrollment-flag", "pkiextendedkeyusage"):
        assert oradad.value(name, int(template)) == sharphound.value(name, other)


def test_both_together_are_one_forest(forest: Forest, tmp_path: Path) -> None:
    write_oradad(forest, tmp_path)
    alone = read([tmp_path])
    write_sharphound(forest, tmp_path)
    both = read([tmp_path])
    assert sorted(dn.lower() for dn in both.objects.dn if dn) == sorted(dn.lower() for dn in alone.objects.dn)
    assert {source.collector for source in both.domains[0].sources} == {"ORADAD", "SharpHound"}
    assert not both.objects.deleted.any()
    assert members(both) == members(alone)


def test_rights_that_are_planted_are_edges(forest: Forest, by_collector: tuple[Collection, Collection]) -> None:
    collection = by_collector[1]
    who = collection.by_sid[forest.lands[0].rid(1_200)]
    given = collection.given
    mine = {
        (EDGE_KINDS[kind], collection.objects.sid[target])
        for source, target, kind in zip(given.source, given.target, given.kind, strict=True)
        if source == who
    }
    assert {(EdgeKind.GET_CHANGES_ALL, forest.lands[0].sid), (EdgeKind.WRITE_DACL, forest.lands[0].rid(1_001))} <= mine


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_fault_changes_something_and_is_found_by_its_name(name: str) -> None:
    sound, spoilt = invent(10), invent(10, faults=[name])
    told = [{dn: (made.values, made.access) for dn, made in one.lands[0].objects.items()} for one in (sound, spoilt)]
    assert told[0] != told[1]
    assert {fault.control for fault in spoilt.planted} == set(FAULTS[name][1])
    assert all(fault.dn.lower() in spoilt.lands[0].objects for fault in spoilt.planted)


def test_faults_of_the_forest_are_known_as_such() -> None:
    assert FAULTS.keys() >= ROOT_ONLY
    with pytest.raises(KeyError):
        invent(10, faults=["none"])


def test_no_two_objects_share_a_name_or_a_sid(forest: Forest) -> None:
    for land in forest.lands:
        made = list(forest.objects(land))
        sids = [one.values["objectsid"] for one in made if "objectsid" in one.values]
        assert len({one.dn.lower() for one in made}) == len(made)
        assert len(set(sids)) == len(sids)
