# SPDX-License-Identifier: EUPL-1.2
"""Read-only domain controllers: whose secrets they keep, or could."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from carene.engines.directory.controls import people
from carene.engines.directory.controls.case import USERS, Case
from carene.engines.directory.controls.contract import Fault, Unknown, control, unread
from carene.engines.directory.wellknown import NAMES_OF_RIDS, name_of

ALLOWED, DENIED = 571, 572
NEVER_REVEALED_BUILT_IN = (544, 548, 549, 551)  # administrators, operators of accounts, of servers, of backups
DENIED_BY_DEFAULT = (502, 512, 516, 517, 518, 519, 520, 521)
COMPUTERS = {"computer": ("useraccountcontrol", "primarygroupid")}


def _told(case: Case, domain: int, *attributes: str) -> Iterator[tuple[int, list[int]] | Unknown]:
    """Each read-only controller with the objects that these attributes name; where there is none, nothing is needed."""
    found = people.read_only(case, domain).tolist()
    known = [one for one in attributes if case.knows(domain, "computer", one)]
    if found and not known:
        yield unread(case, domain, [f"computer.{one}" for one in attributes])
    elif found:
        for index in found:
            names = [name for one in known for name in case.collection.value(one, index, ())]
            yield index, sorted({*_objects(case, names)})


def _objects(case: Case, names: Iterable[str]) -> Iterator[int]:
    """« B:8:0A0B0C0D:CN=… » and « S:4:text:CN=… » end with a DN."""
    for name in names:
        dn = name.split(":", 3)[3] if name[:2] in {"B:", "S:"} and name.count(":") >= 3 else name
        index = case.collection.by_dn.get(dn.lower(), -1)
        if index >= 0:
            yield index


@control("rodc_priv_revealed", COMPUTERS)
def rodc_priv_revealed(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    for found in _told(case, domain, "msds-revealedusers", "msds-revealedlist"):
        if isinstance(found, Unknown):
            yield found
            continue
        rodc, revealed = found
        for index in revealed:
            if case.privileged[index] and index != rodc:
                said = f"son secret est gardé par {case.collection.objects.name[rodc]}"
                yield Fault(index, said, 2, domain)


@control("rodc_never_reveal", COMPUTERS)
def rodc_never_reveal(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    needed = {f"S-1-5-32-{rid}" for rid in NEVER_REVEALED_BUILT_IN}
    needed.add(f"{case.collection.domains[domain].sid}-{DENIED}")
    for found in _told(case, domain, "msds-neverrevealgroup"):
        if isinstance(found, Unknown):
            yield found
            continue
        rodc, never = found
        lacking = needed - {case.collection.objects.sid[index] for index in never}
        if lacking:
            names = ", ".join(sorted(name_of(sid) for sid in lacking))
            yield Fault(rodc, f"ne refuse pas de garder les secrets de : {names}", 3, domain)


@control("rodc_reveal", COMPUTERS)
def rodc_reveal(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    """The group of RID 571 stands there by default; what it holds is another control."""
    objects = case.collection.objects
    for found in _told(case, domain, "msds-revealondemandgroup"):
        if isinstance(found, Unknown):
            yield found
            continue
        rodc, allowed = found
        for index in allowed:
            if 0 <= objects.rid[index] < 1000 and objects.rid[index] != ALLOWED:
                yield Fault(index, f"son secret peut être gardé par {objects.name[rodc]}", 3, domain)


@control("rodc_allowed_group", {"group": ("member",)})
def rodc_allowed_group(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    group = case.collection.in_domain(ALLOWED, domain)
    if group < 0:
        yield _absent(domain, ALLOWED)
        return
    for index in case.collection.members.row(group).tolist():
        yield Fault(index, "son secret peut être gardé par tous les contrôleurs en lecture seule", 3, domain)


@control("rodc_denied_group", {"group": ("member",)})
def rodc_denied_group(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    """The groups of the whole forest count wherever they come from."""
    group = case.collection.in_domain(DENIED, domain)
    if group < 0:
        yield _absent(domain, DENIED)
        return
    objects = case.collection.objects
    members = {int(objects.rid[index]) for index in case.collection.members.row(group).tolist()}
    lacking = ", ".join(NAMES_OF_RIDS[rid] for rid in DENIED_BY_DEFAULT if rid not in members)
    if lacking:
        yield Fault(group, f"membres par défaut qui manquent : {lacking}", 3, domain)


def _absent(domain: int, rid: int) -> Unknown:
    said = f"le groupe « {NAMES_OF_RIDS[rid]} » n'est pas dans la collecte"
    return Unknown(domain, said, "une collecte ORADAD du domaine")


@control("rodc_orphan_krbtgt", {"user": ("msds-secondarykrbtgtnumber",), "computer": ("useraccountcontrol",)})
def rodc_orphan_krbtgt(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    collection = case.collection
    keys = [one for one in case.of(domain, *USERS).tolist() if collection.value("msds-secondarykrbtgtnumber", one)]
    if keys and not case.knows(domain, "computer", "msds-krbtgtlink"):
        yield unread(case, domain, ["computer.msds-krbtgtlink"])
        return
    linked = {str(dn).lower() for _, dn in collection.having("msds-krbtgtlink")}
    for index in keys:
        if collection.objects.dn[index].lower() not in linked:
            yield Fault(index, "compte krbtgt d'un contrôleur en lecture seule qui n'existe plus", 3, domain)
