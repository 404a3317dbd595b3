# SPDX-License-Identifier: EUPL-1.2
"""Faults that can be planted in an invented domain, each under the control points that must find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from carene.engines.directory.generating.land import DISABLED, NORMAL, Land
from carene.engines.directory.generating.made import (
    DAY,
    ENROLL,
    GET_CHANGES,
    GET_CHANGES_ALL,
    Made,
    Planted,
    descriptor,
    extended,
    full,
    write_dacl,
)

Fault = Callable[[Land], Made]  # spoils something of the domain, and tells what
FAULTS: dict[str, tuple[Fault, tuple[str, ...]]] = {}  # name → the fault, the controls that it makes fail
ATTACKER, SERVICE, HELPDESK = 1_200, 1_201, 1_202


def fault(*controls: str) -> Callable[[Fault], Fault]:
    """``controls``: all that must find it; the first names it."""

    def keep(function: Fault) -> Fault:
        FAULTS[function.__name__] = (function, controls)
        return function

    return keep


def plant(land: Land, names: list[str]) -> list[Planted]:
    """Raises KeyError for a name that is not in FAULTS."""
    found = []
    for name in names:
        function, controls = FAULTS[name]
        made = function(land)
        found += [Planted(control, made.dn, land.name) for control in controls]
    return found


def ordinary(land: Land, rid: int = ATTACKER) -> Made:
    """An account without any right, that each fault may share."""
    cn = {ATTACKER: "Aide soignante", SERVICE: "Svc PACS", HELPDESK: "Svc Sauvegarde"}[rid]
    dn = f"CN={cn},CN=Users,{land.dn}".lower()
    return land.objects.get(dn) or land.account(cn, rid)


def _set(made: Made, **values: Any) -> Made:
    for name, value in values.items():
        made.values[name.replace("_", "-")] = value
    return made


def _flag(made: Made, bit: int) -> Made:
    made.values["useraccountcontrol"] |= bit
    return made


def _new(land: Land, cn: str, rid: int, **values: Any) -> Made:
    return land.account(cn, rid, **values)


def _give(made: Made, *grants: Any) -> Made:
    assert made.access is not None
    made.access = made.access.plus(*grants)
    return made


def _trust(land: Land, name: str, attributes: int, direction: int) -> Made:
    return land.put(
        f"CN={name},CN=System,{land.dn}", "leaf", "trustedDomain", trustpartner=name, flatname=name[:8].upper(),
        trustattributes=attributes, trustdirection=direction, trusttype=2, securityidentifier="S-1-5-21-9-9-9",
    )  # fmt: skip


# Accounts -----------------------------------------------------------------------------------------------------------

_SIMPLE: Mapping[str, tuple[Callable[[Land], Made], tuple[str, ...]]] = {
    "admin_password_unending": (lambda land: _flag(land.admins[1], 0x10000), ("dont_expire_priv",)),
    "admin_without_preauth": (
        lambda land: _flag(land.admins[1], 0x400000),
        ("kerberos_properties_preauth_priv", "kerberos_properties_preauth"),
    ),
    "admin_old_password": (
        lambda land: _set(land.admins[2], pwdlastset=land.now - 1_200 * DAY),
        ("password_change_priv",),
    ),
    "admin_with_service": (
        lambda land: _set(land.admins[2], serviceprincipalname=("MSSQLSvc/base-dpi",)),
        ("spn_priv",),
    ),
    "admin_without_count": (
        lambda land: _set(land.admins[3], admincount=0),
        ("privileged_members_no_admincount",),
    ),
    "admin_reversible": (lambda land: _flag(land.admins[3], 0x80), ("reversible_password_priv_uac",)),
    "unconstrained": (
        lambda land: _flag(land.machine("SRV-IMPRESSION", 1_300), 0x80000), ("delegation_t4d",)
    ),
    "guest_enabled": (
        lambda land: _set(land.at(f"CN=Invité,CN=Users,{land.dn}"), useraccountcontrol=NORMAL | 0x20), ("guest",)
    ),
    "des_only": (lambda land: _flag(_new(land, "Automate labo", 1_301), 0x200000), ("kerberos_properties_deskey",)),
    "without_preauth": (
        lambda land: _flag(_new(land, "Copieur", 1_302), 0x400000), ("kerberos_properties_preauth",)
    ),
    "krbtgt_old": (
        lambda land: _set(land.at(f"CN=krbtgt,CN=Users,{land.dn}"), pwdlastset=land.now - 700 * DAY), ("krbtgt",)
    ),
    "service_without_aes": (
        lambda land: _new(land, "Svc GAP", 1_303, serviceprincipalname=("HTTP/gap",),
                          msds_supportedencryptiontypes=None),
        ("kerberos_properties_encryption",),
    ),
    "history_foreign": (
        lambda land: _new(land, "Ancien fusion", 1_304, sidhistory=("S-1-5-21-9-9-9-4711",)), ("sidhistory_present",)
    ),
    "history_dangerous": (
        lambda land: _new(land, "Ancien admin", 1_305, sidhistory=(land.rid(512),)),
        ("sidhistory_dangerous", "sidhistory_present"),
    ),
    "trust_account_old": (
        lambda land: _new(land, "AUTRE$", 1_306, useraccountcontrol=0x820, pwdlastset=land.now - 600 * DAY),
        ("trusts_accounts",),
    ),
    "primary_group_low": (
        lambda land: _new(land, "Groupe bas", 1_307, primarygroupid=520),
        ("primary_group_id_1000", "primary_group_id_nochange"),
    ),
    "primary_group_odd": (
        lambda land: _new(land, "Groupe autre", 1_308, primarygroupid=1_101), ("primary_group_id_nochange",)
    ),
    "orphan_krbtgt": (
        lambda land: _new(land, "krbtgt_4242", 1_309, useraccountcontrol=NORMAL | DISABLED,
                          msds_secondarykrbtgtnumber=4242),
        ("rodc_orphan_krbtgt",),
    ),
    "constrained_to_controller": (
        lambda land: _new(land, "Svc Portail", 1_310,
                          msds_allowedtodelegateto=(f"cifs/{land.controllers[0].values['dnshostname']}",)),
        ("delegation_a2d2",),
    ),
    "transition_to_controller": (
        lambda land: _new(land, "Svc Badge", 1_311, useraccountcontrol=NORMAL | 0x1000000,
                          msds_allowedtodelegateto=(f"ldap/{land.controllers[0].values['dnshostname']}",)),
        ("delegation_t2a4d",),
    ),
    # Machines --------------------------------------------------------------------------------------------------------
    "controller_old_password": (
        lambda land: _set(land.controllers[1], pwdlastset=land.now - 60 * DAY), ("password_change_dc_no_change",)
    ),
    "controller_silent": (
        lambda land: _set(land.controllers[1], lastlogontimestamp=land.now - 60 * DAY), ("password_change_inactive_dc",)
    ),
    "controller_rc4": (lambda land: _set(land.controllers[0], msds_supportedencryptiontypes=28), ("dc_crypto",)),
    "controller_flags": (lambda land: _set(land.controllers[1], useraccountcontrol=0x2000), ("dc_inconsistent_uac",)),
    "server_old_password": (
        lambda land: land.machine("SRV-BIOMED", 1_320, pwdlastset=land.now - 120 * DAY),
        ("password_change_server_no_change_90", "password_change_server_no_change_45"),
    ),
    "server_password_two_months": (
        lambda land: land.machine("SRV-LABO", 1_321, pwdlastset=land.now - 60 * DAY),
        ("password_change_server_no_change_45",),
    ),
    "server_silent": (
        lambda land: land.machine("SRV-ARCHIVES", 1_322, lastlogontimestamp=land.now - 150 * DAY),
        ("password_change_inactive_servers",),
    ),
    # Domain ----------------------------------------------------------------------------------------------------------
    "reversible_domain": (
        lambda land: _set(land.at(land.dn), pwdproperties=17), ("reversible_password_priv_namingcontext",)
    ),
    "short_passwords": (lambda land: _set(land.at(land.dn), minpwdlength=6), ("privileged_members_password",)),
    "machines_by_anyone": (
        lambda land: _set(land.at(land.dn), ms_ds_machineaccountquota=10), ("user_accounts_machineaccountquota",)
    ),
    "smartcards_forever": (
        lambda land: _set(land.at(land.dn), msds_expirepasswordsonsmartcardonlyaccounts=False),
        ("smartcard_expire_passwords",),
    ),
    "level_2012": (lambda land: _set(land.at(land.dn), msds_behavior_version=6), ("functional_level",)),
    "trust_unfiltered": (lambda land: _trust(land, "labo.invalid", 0, 2), ("trusts_domain_notfiltered",)),
    "trust_history": (lambda land: _trust(land, "foret.invalid", 0x48, 2), ("trusts_forest_sidhistory",)),
    "trust_tickets": (lambda land: _trust(land, "amont.invalid", 0x808, 1), ("trusts_tgt_deleg",)),
    # Rights ----------------------------------------------------------------------------------------------------------
    "rights_on_holder": (
        lambda land: _give(land.at(f"CN=AdminSDHolder,CN=System,{land.dn}"), full(_who(land))),
        ("permissions_adminsdholder",),
    ),
    "rights_on_head": (
        lambda land: _give(land.at(land.dn), extended(_who(land), GET_CHANGES, "GetChanges"),
                           extended(_who(land), GET_CHANGES_ALL, "GetChangesAll")),
        ("permissions_naming_context",),
    ),
    "rights_on_controller": (
        lambda land: _give(land.controllers[0], write_dacl(_who(land))),
        ("permissions_dc", "privileged_members_perm"),
    ),
    "rights_on_dpapi": (
        lambda land: _give(land.at(f"CN=BCKUPKEY_P Secret,CN=System,{land.dn}"), full(_who(land))),
        ("permissions_dpapi",),
    ),
    "rights_on_dns": (
        lambda land: _give(land.at(f"CN=MicrosoftDNS,CN=System,{land.dn}"), full(_who(land))), ("permissions_msdns",)
    ),
    "rights_on_policy": (
        lambda land: _give(land.at(f"CN={{6AC1786C-016F-11D2-945F-00C04FB984F9}},CN=Policies,CN=System,{land.dn}"),
                           full(_who(land))),
        ("permissions_gpo_priv",),
    ),
    "rights_on_unit": (
        lambda land: _give(land.at(f"OU=Domain Controllers,{land.dn}"), full(_who(land))),
        ("permissions_gpo_container_priv",),
    ),
    "rights_on_admin": (lambda land: _give(land.admins[1], full(_who(land))), ("privileged_members_perm",)),
    # Forest: in the root domain only ---------------------------------------------------------------------------------
    "anonymous_ldap": (
        lambda land: _set(land.at(f"CN=Directory Service,CN=Windows NT,CN=Services,{land.configuration}"),
                          dsheuristics="0000002001" "0000000002" "0000000" "11"),
        ("dsheuristics_bad",),
    ),
    "rights_on_keys": (
        lambda land: _give(land.at("CN=b8c1,CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,"
                                   + land.configuration), full(_who(land))),
        ("permissions_gmsa_keys",),
    ),
    "rights_on_schema": (
        lambda land: _give(land.at(f"CN=User,CN=Schema,{land.configuration}"), full(_who(land))),
        ("permissions_schema",),
    ),
    "rights_on_authority": (
        lambda land: _give(land.at(f"CN=NTAuthCertificates,CN=Public Key Services,CN=Services,{land.configuration}"),
                           full(_who(land))),
        ("adcs_control",),
    ),
    "rights_on_template": (
        lambda land: _give(_template(land, "ServeurWeb"), full(_who(land))), ("adcs_template_control",)
    ),
    "subject_by_anyone": (
        lambda land: _give(_set(_template(land, "PosteGHT"), mspki_certificate_name_flag=1),
                           extended(land.rid(513), ENROLL, "Enroll")),
        ("adcs_template_auth_enroll_with_name",),
    ),
    "script_outside": (
        lambda land: _set(land.at(f"CN=user-Display,CN=40C,CN=DisplaySpecifiers,{land.configuration}"),
                          admincontextmenu=(r"2,Outil,\\SRV-OUTILS\partage\outil.vbs",)),
        ("display_specifier",),
    ),
}  # fmt: skip
FAULTS.update(_SIMPLE)
ROOT_ONLY = frozenset(
    {"anonymous_ldap", "rights_on_keys", "rights_on_schema", "rights_on_authority", "rights_on_template",
     "subject_by_anyone", "script_outside"}
)  # fmt: skip


def _who(land: Land) -> str:
    return str(ordinary(land).values["objectsid"])


def _template(land: Land, name: str) -> Made:
    return land.at(f"CN={name},CN=Certificate Templates,CN=Public Key Services,CN=Services,{land.configuration}")


# Groups and the rest ------------------------------------------------------------------------------------------------


@fault("protected_users")
def admin_unprotected(land: Land) -> Made:
    land.leave(land.group(525), land.admins[3])
    return land.admins[3]


@fault("silo_priv")
def admin_outside_silo(land: Land) -> Made:
    land.admins[2].values.pop("msds-assignedauthnpolicysilo", None)
    return land.admins[2]


@fault("compatible_2000_anonymous", "compatible_2000_not_default")
def anonymous_compatible(land: Land) -> Made:
    land.join(land.group(554), land.foreign("S-1-5-7"))
    return land.group(554)


@fault("rodc_allowed_group")
def revealed(land: Land) -> Made:
    land.join(land.group(571), ordinary(land))
    return land.group(571)


@fault("rodc_denied_group")
def not_denied(land: Land) -> Made:
    land.leave(land.group(572), land.group(517))
    return land.group(572)


@fault("dnsadmins")
def dns_operator(land: Land) -> Made:
    land.join(land.group(1101), ordinary(land))
    return land.group(1101)


@fault("group_loop")
def loop(land: Land) -> Made:
    pair = [
        land.put(f"CN=G-Boucle-{side},CN=Users,{land.dn}", "group", samaccountname=f"G-Boucle-{side}",
                 objectsid=land.rid(1_330 + number), grouptype=-2147483646)
        for number, side in enumerate("AB")
    ]  # fmt: skip
    land.join(pair[0], pair[1])
    land.join(pair[1], pair[0])
    return pair[0]


@fault("privileged_members")
def many_admins(land: Land) -> Made:
    """Sixty more, each in good order."""
    silo = land.admins[1].values.get("msds-assignedauthnpolicysilo")
    for number in range(60):
        made = land.admin(f"Adm Surnombre {number}", 1_400 + number)
        if silo:
            made.values["msds-assignedauthnpolicysilo"] = silo
            holder = land.root.at(silo).values
            holder["msds-authnpolicysilomembers"] = (*holder["msds-authnpolicysilomembers"], made.dn)
    return land.group(512)


@fault("owner")
def odd_owner(land: Land) -> Made:
    made = _new(land, "Prestataire PACS", 1_341)
    made.access = land.access._replace(owner=_who(land))
    return made


@fault("sd_failed_sd_read_on_priv")
def unreadable_admin(land: Land) -> Made:
    land.admins[2].access = None
    return land.admins[2]


@fault("delegation_sourcedeleg")
def resource_delegation(land: Land) -> Made:
    access = land.guarded._replace(grants=(full(_who(land)),))
    return _set(land.controllers[0], msds_allowedtoactonbehalfofotheridentity=descriptor(access))


@fault("password_change_msa_no_change_90")
def managed_old(land: Land) -> Made:
    return land.put(
        f"CN=gmsa-dpi,CN=Users,{land.dn}", "person", "organizationalPerson", "user", "computer",
        "msDS-GroupManagedServiceAccount", samaccountname="gmsa-dpi$", objectsid=land.rid(1_332), primarygroupid=515,
        useraccountcontrol=0x1000, pwdlastset=land.now - 150 * DAY, lastlogontimestamp=land.now - DAY,
        msds_supportedencryptiontypes=24,
    )  # fmt: skip


@fault("password_change_cluster_no_change_3years")
def cluster_old(land: Land) -> Made:
    return land.machine("CLU-DPI", 1_333, operatingsystem=None, operatingsystemversion=None,
                        pwdlastset=land.now - 1_300 * DAY,
                        serviceprincipalname=("MSClusterVirtualServer/clu-dpi",))  # fmt: skip


@fault("adupdate_bad")
def update_2016(land: Land) -> Made:
    return _set(land.at(f"CN=ActiveDirectoryUpdate,CN=DomainUpdates,CN=System,{land.dn}"), revision=15)


@fault("dnszone_bad_prop")
def zone_open(land: Land) -> Made:
    return land.zone(land.name, f"DC=DomainDnsZones,{land.dn}", "domaindns", update=1)


@fault("permissions_dfsr_sysvol")
def rights_on_replication(land: Land) -> Made:
    return _give(land.at(f"CN=DFSR-GlobalSettings,CN=System,{land.dn}"), full(_who(land)))


@fault("sysvol_ntfrs")
def replication_ntfrs(land: Land) -> Made:
    return land.put(f"CN=Domain System Volume,CN=NTFRS Subscriptions,{land.controllers[0].dn}", "nTFRSSubscriber")


@fault("dc_obsolete")
def controller_obsolete(land: Land) -> Made:
    server = f"CN=DC02-{land.netbios},CN=Servers,CN=Site-Principal,CN=Sites,{land.configuration}"
    _set(land.root.at(f"CN=NTDS Settings,{server}"), msds_behavior_version=4)
    return _set(land.controllers[1], operatingsystem="Windows Server 2008 R2 Standard",
                operatingsystemversion="6.1 (7601)")  # fmt: skip
