# SPDX-License-Identifier: EUPL-1.2
"""Directories that others collected: what the control points find there, and why."""

from __future__ import annotations

import pytest

from carene.engines.directory.controls.case import Case
from carene.engines.directory.judging import Status
from carene.engines.directory.model import Edges
from carene.engines.directory.privileged import privileged
from carene.engines.directory.readers import read
from tests.engines.directory.controls.made import named, verdict
from tests.engines.directory.controls.test_planted import MINE
from tests.support.shared_data import shared_data

pytestmark = pytest.mark.shared_data

# A laboratory as installed: Windows Server 2016 and its first preparation of the domain, an account « vagrant » that is
# an administrator whose password never expires, the policy and the quota that Windows gives, nothing hardened.
LABORATORY = {
    "dont_expire_priv": {("vagrant", 1)},
    "dont_expire": {("", 2), ("vagrant", 2)},
    "privileged_members_password": {("Administrator", 2), ("vagrant", 2)},
    "adupdate_bad": {("ActiveDirectoryUpdate", 2)},
    "protected_users": {("Administrator", 3), ("vagrant", 3)},
    "dc_crypto": {("DC$", 4)},
    "dsheuristics_bad": {("Directory Service", 4)},
    "silo_priv": {("Administrator", 4), ("vagrant", 4)},
    "user_accounts_machineaccountquota": {("windomain", 4)},
}
# Who collected it could not read the flags of three accounts, the guest among them; the zones of DNS are in partitions
# that were left out
UNTOLD = {
    "guest", "kerberos_properties_preauth", "kerberos_properties_deskey", "user_accounts_dormant", "dnszone_bad_prop",
}  # fmt: skip


def case_of(name: str) -> Case:
    collection = read([shared_data(f"active_directory/{name}")])
    return Case(collection, privileged(collection).mask, Edges.none())


def test_a_laboratory_as_installed() -> None:
    case = case_of("detectionlab_ad_explorer.dat")
    found = {key: named(case, key) for key in MINE}
    assert {key: faults for key, faults in found.items() if faults} == LABORATORY
    assert {key for key in MINE if verdict(case, key).status is Status.NOT_EVALUATED} == UNTOLD


def test_a_collection_without_raw_flags_passes_almost_nothing() -> None:
    """BloodHound's sample tells members, dates and names; its other attributes are not those that decide."""
    case = case_of("bloodhound_ce_v6_sample.zip")
    passed = {key for key in MINE if verdict(case, key).status is Status.PASSED}
    assert passed == {"compatible_2000_anonymous", "group_loop", "rodc_allowed_group"}
    assert len(verdict(case, "krbtgt").faults) == 2
