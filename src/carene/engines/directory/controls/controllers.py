# SPDX-License-Identifier: EUPL-1.2
"""Domain controllers: what they run, whether they are what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from carene.engines import french
from carene.engines.directory.control_pack import system_of
from carene.engines.directory.controls import people
from carene.engines.directory.controls.case import Case
from carene.engines.directory.controls.contract import Fault, Unknown, control, unread
from carene.engines.directory.wellknown import READ_ONLY_CONTROLLERS


@control("dc_obsolete", {"computer": ("useraccountcontrol", "operatingsystem")})
def dc_obsolete(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    """Updates that one buys beyond the end of support do not count."""
    today = dt.datetime.fromtimestamp(case.now(domain), dt.UTC).date()
    for index in people.controllers(case, domain).tolist():
        told = str(case.collection.value("operatingsystem", index, ""))
        system = system_of(told)
        if system is None:
            said = f"le système « {told} » de {case.collection.objects.name[index]} n'est pas connu"
            yield Unknown(domain, said, "vérifier sa date de fin de support auprès de l'éditeur")
        elif system.end is not None and system.end < today:
            yield Fault(index, f"{told}, sans correctif depuis le {french.long_date(system.end)}", 1, domain)


@control("dc_inconsistent_uac", {"computer": ("useraccountcontrol", "primarygroupid")})
def dc_inconsistent_uac(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    found = people.controllers(case, domain).tolist()
    forest = case.forest(domain)
    absent = [
        f"{structural}.{attribute}"
        for structural, attribute in (("server", "serverreference"), ("ntdsdsa", "msds-behavior-version"))
        if not any(case.knows(one, structural, attribute) for one in forest)
    ]
    servers = _servers(case)
    for index in found:
        wrong = [_flags(case, index)]
        if not absent:
            wrong += _declared(case, index, servers.get(case.collection.objects.dn[index].lower(), -1))
        for said in filter(None, wrong):
            yield Fault(index, said, 1, domain)
    for index in () if absent else sorted(_pretenders(case, domain, servers) - set(found)):
        yield Fault(index, "les sites le déclarent contrôleur, son compte ne l'est pas", 1, domain)
    if absent and found:
        yield unread(case, domain, absent)


def _servers(case: Case) -> dict[str, int]:
    """DN of a domain controller, lower case → the object « server » that stands for it in the sites."""
    return {
        str(name).lower(): index
        for index, name in case.collection.having("serverreference")
        if case.collection.objects.classes[case.collection.objects.structural[index]] == "server"
    }


def _pretenders(case: Case, domain: int, servers: Mapping[str, int]) -> set[int]:
    """Computers of the domain that the configuration says to be domain controllers."""
    collection = case.collection
    named = {index for dn in servers if (index := collection.by_dn.get(dn, -1)) >= 0}
    return {
        index
        for index in named & set(case.of(domain, "computer").tolist())
        if _settings(case, servers[collection.objects.dn[index].lower()]) >= 0
    }


def _settings(case: Case, server: int) -> int:
    """The object NTDS Settings below an object « server »; -1: there is none."""
    objects = case.collection.objects
    found = case.collection.by_dn.get(f"cn=ntds settings,{objects.dn[server].lower()}", -1)
    return -1 if found >= 0 and objects.deleted[found] else found


def _flags(case: Case, index: int) -> str:
    objects = case.collection.objects
    uac = max(0, int(objects.uac[index]))
    reads = bool(uac & people.PARTIAL_SECRETS) or objects.primary_group[index] == READ_ONLY_CONTROLLERS
    needed = people.CONTROLLER | people.ANY_DELEGATION
    if reads:
        needed = people.PARTIAL_SECRETS | people.ANY_PROTOCOL | people.WORKSTATION
    kind = "contrôleur en lecture seule" if reads else "contrôleur"
    return "" if uac & needed == needed else f"userAccountControl {uac} n'est pas celui d'un {kind}"


def _declared(case: Case, index: int, server: int) -> Iterator[str]:
    """What the partition of the configuration says of a domain controller."""
    objects = case.collection.objects
    if server < 0:
        yield "aucun objet serveur ne le déclare dans les sites"
        return
    settings = _settings(case, server)
    if settings < 0:
        yield "son objet NTDS Settings manque"
        return
    writes = max(0, int(objects.uac[index])) & people.CONTROLLER
    if writes and objects.classes[objects.structural[settings]] == "ntdsdsaro":
        yield "NTDS Settings le déclare en lecture seule"
    told = case.collection.value("msds-behavior-version", settings)
    system = system_of(str(case.collection.value("operatingsystem", index, "")))
    if system is not None and system.functional is not None and told != system.functional:
        yield f"NTDS Settings annonce le niveau fonctionnel {told} et son système connaît le {system.functional}"
