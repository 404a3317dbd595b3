# SPDX-License-Identifier: EUPL-1.2
"""Trusts with other domains and other forests (MS-ADTS 6.1.6.7: trustAttributes, trustDirection, trustType)."""

from __future__ import annotations

from collections.abc import Iterator

from carene.engines.directory.controls.case import Case
from carene.engines.directory.controls.contract import Fault, control

QUARANTINED, FOREST, WITHIN_FOREST, AS_EXTERNAL, NO_DELEGATION, DELEGATION = 0x4, 0x8, 0x20, 0x40, 0x200, 0x800
INBOUND, OUTBOUND = 1, 2
REALM = 3  # trustType: Kerberos that is not of Windows, whose tickets carry no SID
NEEDS = {"?trusteddomain": ("trustattributes", "trustdirection", "trusttype")}


def _trusts(case: Case, domain: int, direction: int) -> Iterator[tuple[int, int, str]]:
    """Trusts of this direction that leave the forest: object, trustAttributes, the domain on the other side."""
    collection = case.collection
    for index in case.of(domain, "trusteddomain").tolist():
        attributes = int(collection.value("trustattributes", index, 0))
        if collection.value("trustdirection", index, 0) & direction and not attributes & WITHIN_FOREST:
            yield index, attributes, str(collection.value("trustpartner", index, collection.objects.name[index]))


@control("trusts_domain_notfiltered", NEEDS)
def trusts_domain_notfiltered(case: Case, domain: int) -> Iterator[Fault]:
    for index, attributes, partner in _trusts(case, domain, OUTBOUND):
        realm = case.collection.value("trusttype", index) == REALM
        if not realm and not attributes & (FOREST | QUARANTINED):
            yield Fault(index, f"les SID venus de {partner} ne sont pas filtrés", 1, domain)


@control("trusts_forest_sidhistory", NEEDS)
def trusts_forest_sidhistory(case: Case, domain: int) -> Iterator[Fault]:
    for index, attributes, partner in _trusts(case, domain, OUTBOUND):
        if attributes & FOREST and attributes & AS_EXTERNAL:
            yield Fault(index, f"les anciens SID venus de la forêt {partner} sont acceptés", 1, domain)


@control("trusts_tgt_deleg", NEEDS)
def trusts_tgt_deleg(case: Case, domain: int) -> Iterator[Fault]:
    for index, attributes, partner in _trusts(case, domain, INBOUND):
        if attributes & DELEGATION and not attributes & NO_DELEGATION:
            yield Fault(index, f"les tickets de nos comptes sont délégués à {partner}", 3, domain)
