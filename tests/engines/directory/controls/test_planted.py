# SPDX-License-Identifier: EUPL-1.2
"""Each control finds what was planted for it, nothing in a healthy directory, and says when it cannot tell."""

from __future__ import annotations

from functools import cache

import pytest

from carene.engines.directory.controls.case import Case
from carene.engines.directory.judging import Status
from tests.engines.directory.controls.made import Hospital, named, not_evaluated, verdict
from tests.engines.directory.controls.planted import PLANTED, Plant

# What a collection must not have read for the control not to be evaluated
NEEDED = {
    "guest": "useraccountcontrol", "dont_expire_priv": "useraccountcontrol", "krbtgt": "pwdlastset",
    "reversible_password_priv_uac": "useraccountcontrol", "kerberos_properties_preauth_priv": "useraccountcontrol",
    "dont_expire": "useraccountcontrol", "user_accounts_dormant": "lastlogontimestamp",
    "privileged_members_no_admincount": "admincount", "privileged_members_password": "minpwdlength",
    "password_change_priv": "pwdlastset", "trusts_accounts": "pwdlastset",
    "password_change_dc_no_change": "pwdlastset", "password_change_inactive_dc": "lastlogontimestamp",
    "password_change_server_no_change_90": "operatingsystem", "password_change_server_no_change_45": "pwdlastset",
    "password_change_inactive_servers": "lastlogontimestamp",
    "password_change_cluster_no_change_3years": "serviceprincipalname", "spn_priv": "serviceprincipalname",
    "kerberos_properties_preauth": "useraccountcontrol", "kerberos_properties_deskey": "useraccountcontrol",
    "kerberos_properties_encryption": "msds-supportedencryptiontypes", "dc_crypto": "msds-supportedencryptiontypes",
    "privileged_members": "member", "protected_users": "member", "primary_group_id_1000": "primarygroupid",
    "primary_group_id_nochange": "primarygroupid", "sidhistory_present": "sidhistory",
    "sidhistory_dangerous": "sidhistory", "compatible_2000_anonymous": "member",
    "compatible_2000_not_default": "member", "group_loop": "member", "functional_level": "msds-behavior-version",
    "reversible_password_priv_namingcontext": "pwdproperties", "critical_objects": "objectsid",
    "user_accounts_machineaccountquota": "ms-ds-machineaccountquota", "dsheuristics_bad": "dsheuristics",
    "smartcard_expire_passwords": "msds-expirepasswordsonsmartcardonlyaccounts", "dnszone_bad_prop": "dnsproperty",
    "display_specifier": "admincontextmenu", "dc_obsolete": "operatingsystem",
    "dc_inconsistent_uac": "serverreference", "rodc_priv_revealed": "useraccountcontrol",
    "rodc_never_reveal": "useraccountcontrol", "rodc_reveal": "primarygroupid", "rodc_allowed_group": "member",
    "rodc_denied_group": "member", "rodc_orphan_krbtgt": "msds-secondarykrbtgtnumber",
    "silo_priv": "msds-assignedauthnpolicysilo", "certificates_vuln": "usercertificate",
}  # fmt: skip
ALONE = {
    "adupdate_bad", "sysvol_ntfrs", "password_change_msa_no_change_90", "trusts_domain_notfiltered",
    "trusts_forest_sidhistory", "trusts_tgt_deleg",
}  # fmt: skip
MINE = sorted(NEEDED.keys() | ALONE)


@cache
def healthy() -> Case:
    return Hospital().case()


@pytest.mark.parametrize("key", MINE)
def test_a_healthy_directory_passes(key: str) -> None:
    found = verdict(healthy(), key)
    assert (found.status, [fault.said for fault in found.faults]) == (Status.PASSED, [])


@pytest.mark.parametrize(("key", "plant", "expected"), PLANTED, ids=[f"{n}-{one[0]}" for n, one in enumerate(PLANTED)])
def test_what_was_planted_is_found(key: str, plant: Plant, expected: set[tuple[str, int]]) -> None:
    here = Hospital()
    plant(here)
    assert named(here.case(), key) == expected


@pytest.mark.parametrize("key", sorted(NEEDED))
def test_what_was_not_read_is_not_evaluated(key: str) -> None:
    assert not_evaluated(Hospital().case(without={NEEDED[key]}), key)
