# SPDX-License-Identifier: EUPL-1.2
"""Faults to plant in a healthy directory: (control, what plants it, what is then found: name of the object, level)."""

from __future__ import annotations

from collections.abc import Callable

from tests.engines.directory.controls import weak_certificates as weak
from tests.engines.directory.controls.made import (
    COMPUTER,
    CONFIG,
    CONTROLLER,
    DAY,
    NOW,
    ROOT,
    USER,
    YEARS_AGO,
    Hospital,
    zone_property,
)

Plant = Callable[[Hospital], object]
SERVER = {**COMPUTER, "operatingsystem": "Windows Server 2019 Standard"}
RODC = {
    **USER, "useraccountcontrol": 0x5001000, "primarygroupid": 521, "msds-supportedencryptiontypes": 24,
    "operatingsystem": "Windows Server 2019 Standard",
}  # fmt: skip
USERS = f"CN=Utilisateurs du domaine,{ROOT}"
TRUST_ACCOUNT = {"useraccountcontrol": 0x820, "pwdlastset": YEARS_AGO}
CONTROLLER_GROUP = {**COMPUTER, "primarygroupid": 516}
NEVER_REVEALED = tuple(f"S-1-5-32-{rid}" for rid in (544, 548, 549, 551))


def flag(bit: int, *, admin: bool) -> Plant:
    return lambda here: here.user("x", 1500, admin=admin, useraccountcontrol=512 | bit)


def trust(attributes: int, direction: int, kind: int = 2) -> Plant:
    told = {"trustattributes": attributes, "trustdirection": direction, "trusttype": kind}
    return lambda here: here.add("trusteddomain", "autre.invalid", trustpartner="autre.invalid", **told)


def many(count: int, **values: int) -> Plant:
    def plant(here: Hospital) -> None:
        for rid in range(2000, 2000 + count):
            here.user(f"u{rid}", rid, **values)

    return plant


def rodc(here: Hospital, **values: object) -> None:
    groups = []
    for sid in NEVER_REVEALED:
        groups.append(f"CN={sid},{ROOT}")
        here.builder.add(here.domain, "group", groups[-1], {"objectsid": sid, "samaccountname": sid})
    told = {
        "msds_neverrevealgroup": (*groups, f"CN=Refusés,{ROOT}"),
        "msds_revealondemandgroup": (f"CN=Autorisés,{ROOT}",),
        "msds_revealedusers": (),
        **values,
    }
    dn = here.add("computer", "SITE1", 1600, **RODC, **told)
    server = here.add("server", "SITE1", under=f"CN=Servers,{CONFIG}", serverreference=dn)
    here.add("ntdsdsaro", "NTDS Settings", under=server, msds_behavior_version=7)


def loop(here: Hospital) -> None:
    here.add("group", "Bloc", 1700, member=(f"CN=Urgences,{ROOT}",))
    here.add("group", "Urgences", 1701, member=(f"CN=Bloc,{ROOT}", f"CN=SAMU,{ROOT}"))
    here.add("group", "SAMU", 1702)


def lone_controller(here: Hospital) -> None:
    here.add("computer", "DC9", 1603, operatingsystem="Windows Server 2022", **CONTROLLER)


def pretender(here: Hospital) -> None:
    dn = here.add("computer", "P1", 1604, **COMPUTER)
    server = here.add("server", "P1", under=f"CN=Servers,{CONFIG}", serverreference=dn)
    here.add("ntdsdsa", "NTDS Settings", under=server, msds_behavior_version=7)


def heuristics(text: str) -> Plant:
    under = f"CN=Windows NT,CN=Services,{CONFIG}"
    return lambda here: here.add("ntdsservice", "Directory Service", under=under, dsheuristics=text)


def authority(content: bytes) -> Plant:
    return lambda here: here.add("certificationauthority", "AC", under=CONFIG, cacertificate=(content,))


def compatible(sid: str) -> Plant:
    return lambda here: here.builder.member(f"CN=Compatible,CN=Builtin,{ROOT}", sid)


def prepared(revision: int) -> Plant:
    under = f"CN=DomainUpdates,CN=System,{ROOT}"
    return lambda here: here.add("container", "ActiveDirectoryUpdate", under=under, revision=revision)


def zone(name: str, *properties: bytes) -> Plant:
    return lambda here: here.add("dnszone", name, under=f"DC=ForestDnsZones,{ROOT}", dnsproperty=properties)


def menu(entry: str) -> Plant:
    return lambda here: here.add("displayspecifier", "computer-Display", under=CONFIG, admincontextmenu=(entry,))


def runs(system: str) -> Plant:
    return lambda here: here.add("computer", "DC1", 1002, operatingsystem=system)


PLANTED: list[tuple[str, Plant, set[tuple[str, int]]]] = [
    ("guest", lambda h: h.add("user", "Invité", 501, useraccountcontrol=512), {("Invité", 2)}),
    ("dont_expire_priv", flag(0x10000, admin=True), {("x", 1)}),
    ("dont_expire_priv", flag(0x10000, admin=False), set()),
    ("dont_expire_priv", flag(0x10002, admin=True), set()),
    ("reversible_password_priv_uac", flag(0x80, admin=True), {("x", 3)}),
    ("kerberos_properties_preauth_priv", flag(0x400000, admin=True), {("x", 1)}),
    ("kerberos_properties_preauth", flag(0x400000, admin=False), {("x", 2)}),
    ("kerberos_properties_preauth", flag(0x400002, admin=False), set()),
    ("kerberos_properties_deskey", flag(0x200000, admin=False), {("x", 2)}),
    ("reversible_password_priv_namingcontext", lambda h: h.set_head(pwdproperties=17), {("ch", 3)}),
    ("user_accounts_machineaccountquota", lambda h: h.set_head(ms_ds_machineaccountquota=10), {("ch", 4)}),
    ("user_accounts_machineaccountquota", lambda h: h.set_head(ms_ds_machineaccountquota=1), {("ch", 4)}),
    (
        "smartcard_expire_passwords",
        lambda h: h.set_head(msds_expirepasswordsonsmartcardonlyaccounts=False),
        {("ch", 4)},
    ),
    ("functional_level", lambda h: h.set_head(msds_behavior_version=6), {("ch", 4)}),
    ("functional_level", lambda h: h.set_head(msds_behavior_version=5), {("ch", 3)}),
    ("functional_level", lambda h: h.set_head(msds_behavior_version=3), {("ch", 1)}),
    (
        "functional_level",
        lambda h: h.add("crossrefcontainer", "Partitions", under=CONFIG, msds_behavior_version=6),
        {("Partitions", 4)},
    ),
    ("privileged_members_password", lambda h: h.set_head(minpwdlength=7), {("Administrateur", 2), ("a.dm", 2)}),
    ("privileged_members_password", lambda h: h.set_head(minpwdlength=8), set()),
    ("privileged_members_password", lambda h: h.set_head(maxpwdage=1099 * DAY), {("Administrateur", 2), ("a.dm", 2)}),
    ("privileged_members_password", lambda h: h.set_head(maxpwdage=1095 * DAY), set()),
    ("privileged_members_no_admincount", lambda h: h.user("x", 1500, admin=True, admincount=0), {("x", 2)}),
    ("protected_users", lambda h: h.builder.member(f"{h.sid}-512", f"{h.sid}-1100"), {("agent1100", 3)}),
    ("silo_priv", lambda h: h.builder.member(f"{h.sid}-512", f"{h.sid}-1100"), {("agent1100", 4)}),
    ("silo_priv", lambda h: h.user("x", 1500, admin=True), {("x", 4)}),
    ("password_change_priv", lambda h: h.user("x", 1500, admin=True, pwdlastset=YEARS_AGO), {("x", 1)}),
    (
        "password_change_priv",
        lambda h: h.add("user", "Administrateur", 500, pwdlastset=YEARS_AGO, useraccountcontrol=514),
        {("Administrateur", 1)},
    ),
    ("krbtgt", lambda h: h.add("user", "krbtgt", 502, pwdlastset=NOW - 367 * DAY), {("krbtgt", 2)}),
    (
        "trusts_accounts",
        lambda h: h.user("AUTRE$", 1500, useraccountcontrol=0x820, pwdlastset=YEARS_AGO),
        {("AUTRE$", 2)},
    ),
    ("password_change_dc_no_change", lambda h: h.add("computer", "DC1", 1002, pwdlastset=NOW - 46 * DAY), {("DC1", 1)}),
    ("password_change_inactive_dc", lambda h: h.add("computer", "DC1", 1002, lastlogontimestamp=0), {("DC1", 1)}),
    (
        "password_change_server_no_change_90",
        lambda h: h.add("computer", "SRV9", 1500, **{**SERVER, "pwdlastset": NOW - 91 * DAY}),
        {("SRV9", 2)},
    ),
    (
        "password_change_server_no_change_45",
        lambda h: h.add("computer", "SRV9", 1500, **{**SERVER, "pwdlastset": NOW - 46 * DAY}),
        {("SRV9", 3)},
    ),
    (
        "password_change_server_no_change_45",
        lambda h: h.add("computer", "SRV9", 1500, **{**SERVER, "pwdlastset": YEARS_AGO, "useraccountcontrol": 0x1002}),
        set(),
    ),
    (
        "password_change_inactive_servers",
        lambda h: h.add("computer", "SRV9", 1500, **{**SERVER, "lastlogontimestamp": NOW - 91 * DAY}),
        {("SRV9", 3)},
    ),
    (
        "password_change_cluster_no_change_3years",
        lambda h: h.add(
            "computer",
            "GRAPPE",
            1500,
            **{**SERVER, "pwdlastset": YEARS_AGO, "serviceprincipalname": ("MSClusterVirtualServer/GRAPPE",)},
        ),
        {("GRAPPE", 2)},
    ),
    (
        "password_change_msa_no_change_90",
        lambda h: h.add("msds-groupmanagedserviceaccount", "svc$", 1500, **{**COMPUTER, "pwdlastset": NOW - 91 * DAY}),
        {("svc$", 2)},
    ),
    ("spn_priv", lambda h: h.user("x", 1500, admin=True, serviceprincipalname=("MSSQL/dpi",)), {("x", 1)}),
    ("spn_priv", lambda h: h.user("x", 1500, serviceprincipalname=("MSSQL/dpi",)), set()),
    ("kerberos_properties_encryption", lambda h: h.user("x", 1500, serviceprincipalname=("HTTP/pacs",)), {("x", 3)}),
    (
        "kerberos_properties_encryption",
        lambda h: h.user("x", 1500, serviceprincipalname=("HTTP/pacs",), msds_supportedencryptiontypes=28),
        set(),
    ),
    ("dc_crypto", lambda h: h.add("computer", "DC1", 1002, msds_supportedencryptiontypes=31), {("DC1", 2)}),
    ("dc_crypto", lambda h: h.add("computer", "DC1", 1002, msds_supportedencryptiontypes=4), {("DC1", 3)}),
    ("dc_crypto", lambda h: h.add("computer", "DC1", 1002, msds_supportedencryptiontypes=28), {("DC1", 4)}),
    ("primary_group_id_1000", lambda h: h.user("x", 1500, primarygroupid=512), {("x", 1)}),
    ("primary_group_id_1000", lambda h: h.user("x", 1500, primarygroupid=1100), set()),
    ("primary_group_id_nochange", lambda h: h.user("x", 1500, primarygroupid=1100), {("x", 3)}),
    (
        "primary_group_id_1000",
        lambda h: h.add("computer", "P", 1500, **{**COMPUTER, "primarygroupid": 516}),
        {("P", 1)},
    ),
    ("sidhistory_present", lambda h: h.user("x", 1500, sidhistory=("S-1-5-21-9-9-9-1234",)), {("x", 3)}),
    ("sidhistory_dangerous", lambda h: h.user("x", 1500, sidhistory=("S-1-5-21-9-9-9-1234",)), set()),
    ("sidhistory_dangerous", lambda h: h.user("x", 1500, sidhistory=("S-1-5-21-9-9-9-512",)), {("x", 2)}),
    ("sidhistory_dangerous", lambda h: h.user("x", 1500, sidhistory=("S-1-5-32-544",)), {("x", 2)}),
    ("sidhistory_dangerous", lambda h: h.user("x", 1500, sidhistory=(f"{h.sid}-1001",)), {("x", 2)}),
    (
        "compatible_2000_anonymous",
        lambda h: h.builder.member(f"CN=Compatible,CN=Builtin,{ROOT}", "S-1-5-7"),
        {("S-1-5-7", 2)},
    ),
    (
        "compatible_2000_not_default",
        lambda h: h.builder.member(f"CN=Compatible,CN=Builtin,{ROOT}", f"{h.sid}-1100"),
        {("agent1100", 3)},
    ),
    ("group_loop", loop, {("Bloc", 4)}),
    ("group_loop", lambda h: h.add("group", "Seul", 1700, member=(f"CN=Seul,{ROOT}",)), {("Seul", 4)}),
    (
        "adupdate_bad",
        lambda h: h.add("container", "ActiveDirectoryUpdate", under=f"CN=DomainUpdates,CN=System,{ROOT}", revision=15),
        {("ActiveDirectoryUpdate", 2)},
    ),
    ("sysvol_ntfrs", lambda h: h.add("ntfrssubscriber", "SYSVOL", under=f"CN=DC1,{ROOT}"), {("SYSVOL", 2)}),
    ("dsheuristics_bad", heuristics(""), {("Directory Service", 4)}),
    ("dsheuristics_bad", heuristics("00000001010000000002000000011"), {("Directory Service", 1)}),
    ("dsheuristics_bad", heuristics("000000000100000f0002000000011"), {("Directory Service", 1)}),
    ("dsheuristics_bad", heuristics("00000020010000000002000000011"), {("Directory Service", 2)}),
    ("dsheuristics_bad", heuristics("0000000001000000000210000001130"), {("Directory Service", 2)}),
    ("dsheuristics_bad", heuristics("0000000001000000000200000002130"), {("Directory Service", 2)}),
    (
        "dnszone_bad_prop",
        lambda h: h.add(
            "dnszone", "_msdcs.ch.invalid", under="DC=ForestDnsZones," + ROOT, dnsproperty=(zone_property(1),)
        ),
        {("_msdcs.ch.invalid", 1)},
    ),
    (
        "dnszone_bad_prop",
        lambda h: h.add(
            "dnszone", "10.in-addr.arpa", under="DC=DomainDnsZones," + ROOT, dnsproperty=(b"", zone_property(1))
        ),
        {("10.in-addr.arpa", 3)},
    ),
    (
        "display_specifier",
        lambda h: h.add(
            "displayspecifier", "computer-Display", under=CONFIG, admincontextmenu=("3,&Main,\\\\srv\\outils\\m.vbs",)
        ),
        {("computer-Display", 1)},
    ),
    (
        "dc_obsolete",
        lambda h: h.add("computer", "DC1", 1002, operatingsystem="Windows Server® 2012 R2 Standard"),
        {("DC1", 1)},
    ),
    ("dc_inconsistent_uac", lone_controller, {("DC9", 1)}),
    ("dc_inconsistent_uac", lambda h: h.add("computer", "DC1", 1002, useraccountcontrol=0x2000), {("DC1", 1)}),
    ("dc_inconsistent_uac", rodc, set()),
    ("dc_inconsistent_uac", pretender, {("P1", 1)}),
    ("trusts_domain_notfiltered", trust(0, 2), {("autre.invalid", 1)}),
    ("trusts_domain_notfiltered", trust(0x4, 3), set()),
    ("trusts_domain_notfiltered", trust(0, 1), set()),
    ("trusts_domain_notfiltered", trust(0x20, 3), set()),
    ("trusts_domain_notfiltered", trust(0, 2, kind=3), set()),
    ("trusts_forest_sidhistory", trust(0x48, 2), {("autre.invalid", 1)}),
    ("trusts_forest_sidhistory", trust(0x8, 2), set()),
    ("trusts_tgt_deleg", trust(0x808, 3), {("autre.invalid", 3)}),
    ("trusts_tgt_deleg", trust(0xA08, 3), set()),
    ("rodc_priv_revealed", lambda h: rodc(h, msds_revealedusers=(f"B:8:0A0B0C0D:CN=a.dm,{ROOT}",)), {("a.dm", 2)}),
    ("rodc_priv_revealed", lambda h: rodc(h, msds_revealedusers=(f"B:8:0A0B0C0D:CN=agent1100,{ROOT}",)), set()),
    ("rodc_never_reveal", lambda h: rodc(h, msds_neverrevealgroup=(f"CN=Refusés,{ROOT}",)), {("SITE1", 3)}),
    ("rodc_never_reveal", rodc, set()),
    (
        "rodc_reveal",
        lambda h: rodc(h, msds_revealondemandgroup=(f"CN=Utilisateurs du domaine,{ROOT}",)),
        {("Utilisateurs du domaine", 3)},
    ),
    ("rodc_reveal", rodc, set()),
    ("rodc_allowed_group", lambda h: h.builder.member(f"{h.sid}-571", f"{h.sid}-1100"), {("agent1100", 3)}),
    ("rodc_orphan_krbtgt", lambda h: h.user("krbtgt_17", 1500, msds_secondarykrbtgtnumber=17), {("krbtgt_17", 3)}),
    ("certificates_vuln", authority(weak.ECDSA_SHA256), set()),
    ("certificates_vuln", authority(b"pas un certificat"), {("AC", 2)}),
]
