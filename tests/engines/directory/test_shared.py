# SPDX-License-Identifier: EUPL-1.2
"""Directories that others collected: descriptors against the oracle, numbers against a real schema, real paths."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from carene.engines.directory.descriptors.binary import parse
from carene.engines.directory.descriptors.schema import Schema
from carene.engines.directory.graph.assembling import Assembled, assemble
from carene.engines.directory.graph.chokes import cut_by
from carene.engines.directory.model import Collection
from carene.engines.directory.readers import read
from carene.engines.directory.wellknown import ATTRIBUTES, CLASSES, PROPERTY_SETS
from tests.engines.directory.forest import told
from tests.engines.directory.test_descriptors import told as told_of
from tests.engines.directory.test_descriptors import told_by_the_oracle
from tests.support.shared_data import shared_data

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def laboratory() -> Collection:
    return read([shared_data("active_directory/detectionlab_ad_explorer.dat")])


@pytest.fixture(scope="module")
def sample() -> Assembled:
    return assemble(read([shared_data("active_directory/bloodhound_ce_v6_sample.zip")]))


def test_real_descriptors_are_read_as_the_oracle_reads_them(laboratory: Collection) -> None:
    parsed = parse(laboratory.descriptors)
    assert len(parsed) > 50
    assert parsed.readable.all()
    for number, content in enumerate(laboratory.descriptors):
        assert told_of(parsed, number) == told_by_the_oracle(content)


def test_our_numbers_are_those_of_a_real_schema(laboratory: Collection) -> None:
    """dMSA came with Windows Server 2025: that directory is older."""
    names = laboratory.values["ldapdisplayname"]
    guids = {guid: str(names[index]).lower() for index, guid in laboratory.having("schemaidguid")}
    ours: Mapping[str, str] = ATTRIBUTES | CLASSES
    assert {guid: guids[guid] for guid in ours if guid in guids} == {g: n for g, n in ours.items() if g in guids}
    assert {name for guid, name in ours.items() if guid not in guids} == {"msds-delegatedmanagedserviceaccount"}
    schema = Schema.of(laboratory)
    assert schema.collected
    for guid, held in PROPERTY_SETS.items():
        assert set(held) == schema.attributes[guid] & set(ATTRIBUTES.values()), guid


def test_the_laboratory_has_a_graph(laboratory: Collection) -> None:
    found = assemble(laboratory)
    assert len(found.rights) > 10_000
    assert {"domaine", "administrateurs"} <= {rule for rules in found.tier0.reasons.values() for rule in rules}


def test_the_sample_made_for_attack_paths_has_them(sample: Assembled) -> None:
    every = told(sample.graph.edges, sample.nodes)
    synchronises = {who for who, kind, whom in every if (kind, whom) == ("dcsync", "PHANTOM")}
    assert {"Administrators", "DCSyncers"} <= synchronises, "groups that hold both rights"
    assert "domainuser" in synchronises, "by two groups"
    assert ("Utilisateurs authentifiés", "esc1", "PHANTOM") in every
    assert ("SRV-SHARPHOUND$", "golden_certificate", "PHANTOM") in every
    assert not any(kind == "esc1" and whom == "GHOST" for _, kind, whom in every), "no authority there"


def test_removing_a_choke_point_cuts_what_was_said(sample: Assembled) -> None:
    found = sample.chokes()
    assert found
    for choke in found:
        assert cut_by(sample.graph, sample.tier0.mask, sample.counted, choke.edges) == choke.cut
