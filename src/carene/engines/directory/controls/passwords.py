# SPDX-License-Identifier: EUPL-1.2
"""Passwords that have not changed for too long, and machines that have not been heard of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from carene.engines.directory.control_pack import threshold
from carene.engines.directory.controls import people
from carene.engines.directory.controls.case import MANAGED, USERS, Case
from carene.engines.directory.controls.contract import Fault, Unknown, control
from carene.engines.directory.model import MISSING
from carene.engines.directory.wellknown import ADMINISTRATOR, KRBTGT

CHANGED = ("useraccountcontrol", "pwdlastset", "whencreated")
CALLED = ("useraccountcontrol", "lastlogontimestamp", "whencreated")
SERVERS = (*CHANGED, "operatingsystem", "serviceprincipalname")


@control("password_change_priv", {"user": CHANGED})
def password_change_priv(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    """The account of RID 500 too, even disabled: it still opens a controller in safe mode."""
    native = case.collection.in_domain(ADMINISTRATOR, domain)
    found = people.privileged(case, domain)
    if native >= 0 and not case.collection.objects.deleted[native]:
        found = np.union1d(found, [native]).astype(np.int64)
    than = people.limit(case, domain, years=threshold("password_change_priv", "years"))
    yield from people.unchanged(case, found, than, 1, domain)
    yield from people.hidden(case, domain)


@control("krbtgt", {"user": ("pwdlastset", "whencreated")})
def krbtgt(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    index = case.collection.in_domain(KRBTGT, domain)
    if index < 0 or case.collection.objects.password_set[index] == MISSING:
        yield Unknown(domain, "le compte krbtgt n'a pas pu être lu", people.ORADAD_AS_ADMINISTRATOR)
        return
    than = people.limit(case, domain, years=threshold("krbtgt", "years"))
    yield from people.unchanged(case, np.array([index]), than, 2, domain)


@control("trusts_accounts", {"user": CHANGED})
def trusts_accounts(case: Case, domain: int) -> Iterator[Fault]:
    found = case.of(domain, *USERS)
    than = people.limit(case, domain, years=threshold("trusts_accounts", "years"))
    trusts = found[case.flag(found, people.BETWEEN_DOMAINS) != 0]
    yield from people.unchanged(case, trusts, than, 2, domain)


@control("password_change_dc_no_change", {"computer": CHANGED})
def password_change_dc_no_change(case: Case, domain: int) -> Iterator[Fault]:
    than = people.limit(case, domain, days=threshold("password_change_dc_no_change", "days"))
    yield from people.unchanged(case, people.controllers(case, domain), than, 1, domain)


@control("password_change_inactive_dc", {"computer": CALLED})
def password_change_inactive_dc(case: Case, domain: int) -> Iterator[Fault]:
    since = people.limit(case, domain, days=threshold("password_change_inactive_dc", "days"))
    yield from people.silent(case, people.controllers(case, domain), since, 1, domain)


@control("password_change_server_no_change_90", {"computer": SERVERS})
def password_change_server_no_change_90(case: Case, domain: int) -> Iterator[Fault]:
    than = people.limit(case, domain, days=threshold("password_change_server_no_change_90", "days"))
    yield from people.unchanged(case, people.servers(case, domain), than, 2, domain)


@control("password_change_server_no_change_45", {"computer": SERVERS})
def password_change_server_no_change_45(case: Case, domain: int) -> Iterator[Fault]:
    than = people.limit(case, domain, days=threshold("password_change_server_no_change_45", "days"))
    yield from people.unchanged(case, people.servers(case, domain), than, 3, domain)


@control("password_change_inactive_servers", {"computer": (*CALLED, "operatingsystem", "serviceprincipalname")})
def password_change_inactive_servers(case: Case, domain: int) -> Iterator[Fault]:
    since = people.limit(case, domain, days=threshold("password_change_inactive_servers", "days"))
    yield from people.silent(case, people.servers(case, domain), since, 3, domain)


@control("password_change_cluster_no_change_3years", {"computer": (*CHANGED, "serviceprincipalname")})
def password_change_cluster_no_change_3years(case: Case, domain: int) -> Iterator[Fault]:
    than = people.limit(case, domain, years=threshold("password_change_cluster_no_change_3years", "years"))
    yield from people.unchanged(case, people.clusters(case, domain), than, 2, domain)


@control(
    "password_change_msa_no_change_90",
    {"?msds-groupmanagedserviceaccount": CHANGED, "?msds-managedserviceaccount": CHANGED},
)
def password_change_msa_no_change_90(case: Case, domain: int) -> Iterator[Fault]:
    than = people.limit(case, domain, days=threshold("password_change_msa_no_change_90", "days"))
    yield from people.unchanged(case, case.enabled(case.of(domain, *MANAGED)), than, 2, domain)
