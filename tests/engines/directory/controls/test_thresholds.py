# SPDX-License-Identifier: EUPL-1.2
"""Exactly the threshold passes, one second more fails; shares, counts and policies at their edge."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from carene.engines.directory.controls.case import Case
from carene.engines.directory.controls.people import limit
from tests.engines.directory.controls.made import COMPUTER, DAY, NOW, ROOT, USER, YEARS_AGO, Hospital, named, verdict

SERVER = {**COMPUTER, "operatingsystem": "Windows Server 2019 Standard"}
GMSA = "msds-groupmanagedserviceaccount"
CLUSTER = {**SERVER, "serviceprincipalname": ("MSClusterVirtualServer/G",)}


def years(count: int) -> int:
    """Seconds UTC: that many years before the collection, by the calendar."""
    return int(dt.datetime.fromtimestamp(NOW, dt.UTC).replace(year=2026 - count).timestamp())


EDGES: list[tuple[str, str, int, dict[str, Any], str, int]] = [
    ("password_change_dc_no_change", "computer", 1002, {}, "pwdlastset", NOW - 45 * DAY),
    ("password_change_inactive_dc", "computer", 1002, {}, "lastlogontimestamp", NOW - 45 * DAY),
    ("password_change_server_no_change_45", "computer", 1500, SERVER, "pwdlastset", NOW - 45 * DAY),
    ("password_change_server_no_change_90", "computer", 1500, SERVER, "pwdlastset", NOW - 90 * DAY),
    ("password_change_inactive_servers", "computer", 1500, SERVER, "lastlogontimestamp", NOW - 90 * DAY),
    ("password_change_msa_no_change_90", GMSA, 1500, COMPUTER, "pwdlastset", NOW - 90 * DAY),
    ("password_change_cluster_no_change_3years", "computer", 1500, CLUSTER, "pwdlastset", years(3)),
    ("password_change_priv", "user", 1001, {}, "pwdlastset", years(3)),
    ("trusts_accounts", "user", 1500, {**USER, "useraccountcontrol": 0x820}, "pwdlastset", years(1)),
    ("krbtgt", "user", 502, {}, "pwdlastset", years(1)),
]  # fmt: skip


@pytest.mark.parametrize(("key", "structural", "rid", "own", "attribute", "edge"), EDGES, ids=[one[0] for one in EDGES])
def test_ages(key: str, structural: str, rid: int, own: dict[str, Any], attribute: str, edge: int) -> None:
    names = {1001: "a.dm", 1002: "DC1", 502: "krbtgt"}
    found = []
    for second in (0, 1):
        here = Hospital()
        here.add(structural, names.get(rid, "x"), rid, **{**own, attribute: edge - second})
        found.append(len(verdict(here.case(), key).faults))
    assert found == [0, 1]


def test_a_year_before_the_29_of_february_is_the_28() -> None:
    case = Hospital().case()
    leap = int(dt.datetime(2028, 2, 29, 8, tzinfo=dt.UTC).timestamp())
    (domain,) = case.collection.domains
    source = replace(domain.sources[0], collected_at=leap)
    later = Case(replace(case.collection, domains=(replace(domain, sources=(source,)),)), case.privileged, case.rights)
    assert dt.datetime.fromtimestamp(limit(later, 0, years=1), dt.UTC) == dt.datetime(2027, 2, 28, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(("usual", "found"), [(51, 0), (50, 26)])
def test_dormant_accounts_are_borne_up_to_a_quarter(usual: int, found: int) -> None:
    """Healthy: 22 enabled users, two computers. 25 more are dormant, out of 100 or of 99."""
    here = Hospital()
    for rid in range(2000, 2000 + usual):
        here.user(f"u{rid}", rid)
    for rid in range(3000, 3025):
        here.user(f"d{rid}", rid, pwdlastset=years(3) - 1, lastlogontimestamp=years(1) - 1)
    faults = verdict(here.case(), "user_accounts_dormant").faults
    assert len(faults) == found


def test_accounts_that_were_never_used_are_dormant_once_they_are_old() -> None:
    here = Hospital()
    unused = {"useraccountcontrol": 512, "primarygroupid": 513, "pwdlastset": 0}
    for rid in range(3000, 3020):
        here.add("user", f"d{rid}", rid, **unused, whencreated=YEARS_AGO)
    assert len(verdict(here.case(), "user_accounts_dormant").faults) == 21
    young = Hospital()
    for rid in range(3000, 3020):
        young.add("user", f"d{rid}", rid, **unused, whencreated=NOW)
    assert not verdict(young.case(), "user_accounts_dormant").faults


@pytest.mark.parametrize(("usual", "found"), [(5, 0), (4, 4)])
def test_passwords_that_never_expire_are_borne_up_to_a_tenth(usual: int, found: int) -> None:
    here = Hospital()
    for rid in range(2000, 2000 + usual):
        here.user(f"u{rid}", rid)
    for rid in range(3000, 3003):
        here.user(f"n{rid}", rid, useraccountcontrol=0x10200)
    for rid in range(4000, 4009):
        here.user(f"off{rid}", rid, useraccountcontrol=0x10202)
    assert len(verdict(here.case(), "dont_expire").faults) == found


@pytest.mark.parametrize(("more", "level"), [(49, None), (50, 1)])
def test_fifty_privileged_accounts_are_borne(more: int, level: int | None) -> None:
    """One, and those: the native Administrator and the controllers do not count."""
    here = Hospital()
    for rid in range(2000, 2000 + more):
        here.user(f"u{rid}", rid, admin=True)
    here.user("parti", 2900, admin=True, useraccountcontrol=514)
    here.builder.member(f"{here.sid}-516", f"{here.sid}-1002")
    assert verdict(here.case(), "privileged_members").level == level


def test_one_person_in_several_domains_counts_once_at_level_one() -> None:
    here = Hospital()
    other = Hospital(number=1, builder=here.builder, name="ehpad.ch.invalid")
    for rid in range(2000, 2030):
        here.user(f"u{rid}", rid, admin=True)
        other.user(f"u{rid}", rid, admin=True)
    found = verdict(here.case(), "privileged_members")
    assert (found.level, len(found.faults)) == (2, 63), "62 accounts of 31 people, and the sum"


# Policies -------------------------------------------------------------------------------------------------------------

POLICY = {
    "msds_passwordsettingsprecedence": 10, "msds_minimumpasswordlength": 33, "msds_maximumpasswordage": 1095 * DAY,
    "whenchanged": NOW - 10 * DAY,
}  # fmt: skip
SERVICE = {"serviceprincipalname": ("MSSQL/dpi",), "msds_supportedencryptiontypes": 24, "pwdlastset": NOW - 5 * DAY}


def with_policy(account: dict[str, Any], policy: dict[str, Any]) -> Hospital:
    here = Hospital()
    dn = here.user("svc", 1500, admin=True, **{**SERVICE, **account})
    here.add("msds-passwordsettings", "PSO", msds_psoappliesto=(dn,), **{**POLICY, **policy})
    return here


@pytest.mark.parametrize(
    ("account", "policy", "borne"),
    [
        ({}, {}, True),
        ({}, {"msds_minimumpasswordlength": 32}, False),
        ({}, {"msds_maximumpasswordage": 1099 * DAY}, False),
        ({}, {"msds_maximumpasswordage": None}, False),
        ({"pwdlastset": NOW - 11 * DAY}, {}, False),
        ({"msds_supportedencryptiontypes": 28}, {}, False),
    ],
)
def test_a_service_name_is_borne_under_a_strong_policy(
    account: dict[str, Any], policy: dict[str, Any], borne: bool
) -> None:
    assert (named(with_policy(account, policy).case(), "spn_priv") == set()) is borne


def test_the_policy_of_the_account_wins_over_that_of_its_group_then_the_smallest_precedence() -> None:
    here = Hospital()
    here.set_head(minpwdlength=6)
    groups = tuple(f"CN={name},{ROOT}" for name in ("Admins du domaine",))
    strong = {**POLICY, "msds_minimumpasswordlength": 12}
    here.add("msds-passwordsettings", "Groupe", msds_psoappliesto=groups, **{**strong, "msds_minimumpasswordlength": 7})
    here.add("msds-passwordsettings", "Mieux", msds_psoappliesto=groups,
             **{**strong, "msds_passwordsettingsprecedence": 5})  # fmt: skip
    assert named(here.case(), "privileged_members_password") == set()
    here.add("msds-passwordsettings", "Direct", msds_psoappliesto=(f"CN=a.dm,{ROOT}",),
             **{**strong, "msds_passwordsettingsprecedence": 99, "msds_minimumpasswordlength": 7})  # fmt: skip
    assert named(here.case(), "privileged_members_password") == {("a.dm", 2)}
