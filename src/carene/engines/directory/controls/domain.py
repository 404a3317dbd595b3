# SPDX-License-Identifier: EUPL-1.2
"""Settings of a domain and of its forest."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from carene.engines.directory.control_pack import threshold
from carene.engines.directory.controls import people
from carene.engines.directory.controls.case import Case
from carene.engines.directory.controls.contract import Fault, Unknown, control, forest_control, unread
from carene.engines.directory.privileged import holder_of
from carene.engines.directory.wellknown import ADMINISTRATOR, KRBTGT

CLEAR_TEXT = 0x10  # pwdProperties: DOMAIN_PASSWORD_STORE_CLEARTEXT
BAD_PREPARATION = 15  # revision of the preparation of the domain that gave too much to the key administrators
UPDATE = "cn=activedirectoryupdate,cn=domainupdates,cn=system,"
FUNCTIONAL = {0: "2000", 1: "2003 mixte", 2: "2003", 3: "2008", 4: "2008 R2", 5: "2012", 6: "2012 R2", 7: "2016"}


def _head(case: Case, domain: int) -> int:
    return case.collection.domains[domain].head


@control("reversible_password_priv_namingcontext", {"domaindns": ("pwdproperties",)})
def reversible_password_priv_namingcontext(case: Case, domain: int) -> Iterator[Fault]:
    if case.collection.value("pwdproperties", _head(case, domain), 0) & CLEAR_TEXT:
        yield Fault(_head(case, domain), "mots de passe du domaine gardés sous une forme déchiffrable", 3, domain)


@control("user_accounts_machineaccountquota", {"domaindns": ("ms-ds-machineaccountquota",)})
def user_accounts_machineaccountquota(case: Case, domain: int) -> Iterator[Fault]:
    quota = case.collection.value("ms-ds-machineaccountquota", _head(case, domain))
    if quota is None:
        yield Fault(_head(case, domain), "aucune limite aux machines que chacun peut joindre", 4, domain)
    elif quota > threshold("user_accounts_machineaccountquota", "machines"):
        yield Fault(_head(case, domain), f"chacun peut joindre {quota} machines au domaine", 4, domain)


@control("smartcard_expire_passwords", {"domaindns": ("msds-expirepasswordsonsmartcardonlyaccounts",)})
def smartcard_expire_passwords(case: Case, domain: int) -> Iterator[Fault]:
    if not case.collection.value("msds-expirepasswordsonsmartcardonlyaccounts", _head(case, domain), False):
        yield Fault(_head(case, domain), "secret des comptes à carte jamais renouvelé", 4, domain)


@control("functional_level", {"domaindns": ("msds-behavior-version",)})
def functional_level(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    """Of the domain; of the forest too, where its first domain is looked at."""
    yield from _functional(case, _head(case, domain), "du domaine", domain)
    if domain == case.forest(domain)[0]:
        needed = "msds-behavior-version"
        found = case.of_forest(domain, "crossrefcontainer").tolist()
        if not found or not any(case.knows(one, "crossrefcontainer", needed) for one in case.forest(domain)):
            yield unread(case, domain, [f"crossrefcontainer.{needed} (niveau de la forêt)"])
        for index in found:
            yield from _functional(case, index, "de la forêt", domain)


def _functional(case: Case, index: int, of_what: str, domain: int) -> Iterator[Fault]:
    told = int(case.collection.value("msds-behavior-version", index, 0))
    for level in (1, 3, 4):
        if told < threshold("functional_level", f"level_{level}"):
            name = f"Windows Server {FUNCTIONAL[told]}" if told in FUNCTIONAL else str(told)
            yield Fault(index, f"niveau fonctionnel {of_what} : {name}", level, domain)
            return


@control("adupdate_bad", {})
def adupdate_bad(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    head = _head(case, domain)
    index = case.collection.by_dn.get(UPDATE + case.collection.objects.dn[head].lower(), -1) if head >= 0 else -1
    revision = case.collection.value("revision", index)
    if revision is None:
        yield Unknown(domain, "la révision de la préparation du domaine n'a pas été lue", "une collecte ORADAD")
    elif revision == BAD_PREPARATION:
        yield Fault(index, f"préparation du domaine en révision {revision}", 2, domain)


@control("critical_objects", {"user": ("objectsid",), "group": ("objectsid",)})
def critical_objects(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    """Those of the whole forest are looked for in its root, when it was collected."""
    name = case.collection.domains[domain].name
    wanted = {ADMINISTRATOR: "compte Administrateur", KRBTGT: "compte krbtgt", 512: "groupe Admins du domaine"}
    if case.collection.domains[domain].forest in {"", name} and case.forest(domain)[0] == domain:
        wanted |= {518: "groupe Administrateurs du schéma", 519: "groupe Administrateurs de l'entreprise"}
    for rid, said in wanted.items():
        if case.collection.in_domain(rid, domain) < 0:
            yield Fault(-1, f"{said} de {name} absent de la collecte", 1, domain)
    if holder_of(case.collection, domain) < 0:
        if case.whole(domain, "container"):
            yield Fault(-1, f"objet AdminSDHolder de {name} absent de la collecte", 1, domain)
        else:
            said = f"la collecte de {name} ne va pas chercher l'objet AdminSDHolder"
            yield Unknown(domain, said, "une collecte ORADAD du domaine")


# dSHeuristics: one character a setting (MS-ADTS 6.1.1.2.4.1.2), counted from 1 ----------------------------------------

EXPOSED = {  # place → (name, level, characters that are wrong; none: all but « 0 »)
    8: ("fAllowAnonNSPI", 1, ""),
    16: ("dwAdminSDExMask", 1, ""),
    7: ("fLDAPBlockAnonOps", 2, "2"),
    21: ("DoNotVerifyUPNAndOrSPNUniqueness", 2, ""),
    28: ("AttributeAuthorizationOnLDAPAdd", 2, "2"),
    29: ("BlockOwnerImplicitRights", 2, "2"),
    31: ("DisableConfidentialAttributeEncryptionRequirements", 2, ""),
}
TO_BE_SET = {28: "AttributeAuthorizationOnLDAPAdd", 29: "BlockOwnerImplicitRights"}


@forest_control("dsheuristics_bad", {"ntdsservice": ("dsheuristics",)})
def dsheuristics_bad(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    found = case.of_forest(domain, "ntdsservice").tolist()
    if not found:
        yield Unknown(domain, "l'objet Directory Service n'est pas dans la collecte", "une collecte ORADAD")
    for index in found:
        text = str(case.collection.value("dsheuristics", index, ""))
        at = {place: text[place - 1 : place] or "0" for place in (*EXPOSED, *TO_BE_SET)}
        for place, (name, level, wrong) in EXPOSED.items():
            if at[place] in wrong if wrong else at[place] != "0":
                yield Fault(index, f"{name} vaut {at[place]}", level, domain)
        for place, name in TO_BE_SET.items():
            if at[place] not in "12":
                yield Fault(index, f"{name} n'est pas fixé à 1", 4, domain)


# SYSVOL, DNS, consoles ------------------------------------------------------------------------------------------------


@control("sysvol_ntfrs", {})
def sysvol_ntfrs(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    """SYSVOL is replicated by one or the other: where neither was found, nothing was looked at."""
    old = case.of(domain, "ntfrssubscriber", "ntfrsmember")
    yield from people.faults(old, "SYSVOL répliqué par NTFRS", 2, domain)
    if not len(old) and not len(case.of(domain, "msdfsr-subscriber", "msdfsr-member")):
        said = "la collecte ne dit pas comment SYSVOL est répliqué"
        yield Unknown(domain, said, "une collecte ORADAD du domaine")


ALLOW_UPDATE, UNSECURE = 2, 1  # MS-DNSP 2.3.2.1.1 and 2.2.5.2.4.1
PROPERTY_HEAD = struct.Struct("<5I")  # length of the data, of the name (unused), flag, version, id


@forest_control("dnszone_bad_prop", {"dnszone": ("dnsproperty",)})
def dnszone_bad_prop(case: Case, domain: int) -> Iterator[Fault]:
    names = {one.name for one in case.collection.domains if one.name}
    vital = names | {f"_msdcs.{name}" for name in names}
    for index in case.of_forest(domain, "dnszone").tolist():
        properties = case.collection.value("dnsproperty", index, ())
        if any(_updates(one) == UNSECURE for one in properties):
            zone = case.collection.objects.name[index].lower().rstrip(".")
            level = 1 if zone in vital else 3
            where = people.domain_of(case, index)
            yield Fault(index, f"la zone {zone} accepte des mises à jour sans authentification", level, where)


def _updates(content: bytes) -> int | None:
    """What a property of a zone says of dynamic updates; None: it is another property, or it cannot be read."""
    if len(content) <= PROPERTY_HEAD.size:
        return None
    length, _, _, _, number = PROPERTY_HEAD.unpack_from(content)
    if number != ALLOW_UPDATE or not length:
        return None
    return int.from_bytes(content[PROPERTY_HEAD.size : PROPERTY_HEAD.size + min(length, 4)], "little")


MENUS = ("admincontextmenu", "shellcontextmenu")


@forest_control("display_specifier", {"displayspecifier": MENUS[:1]})  # ORADAD never reads the second
def display_specifier(case: Case, domain: int) -> Iterator[Fault]:
    for index in case.of_forest(domain, "displayspecifier").tolist():
        for menu in MENUS:
            for entry in case.collection.value(menu, index, ()):
                path = str(entry).rpartition(",")[2].strip().strip('"')
                if path.startswith("\\\\") and not _in_sysvol(path):
                    yield Fault(index, f"un menu des consoles lance {path}", 1, domain)


def _in_sysvol(path: str) -> bool:
    parts = path.lower().lstrip("\\").split("\\")
    return len(parts) > 1 and parts[1] in {"sysvol", "netlogon"} and ".." not in parts
