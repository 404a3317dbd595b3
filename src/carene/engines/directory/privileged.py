# SPDX-License-Identifier: EUPL-1.2
"""Who is privileged (ANSSI's population), what is protected as AdminSDHolder is, and the heart of the directory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.arrays import below
from carene.engines.directory.descriptors.binary import Descriptors, Entries
from carene.engines.directory.model import MISSING, Collection, Integers, Mask
from carene.engines.directory.nodes import Nodes
from carene.engines.directory.pack import Rule
from carene.engines.directory.wellknown import (
    ADMINISTRATOR,
    DOMAIN_CONTROLLERS,
    ENTERPRISE_CONTROLLERS,
    PRIVILEGED_BUILT_IN,
    PRIVILEGED_OF_DOMAIN,
    SELF,
)

ADMIN_SD_HOLDER = "cn=adminsdholder,cn=system,"
SEND_TO = "ab721a55-1e2f-11d0-9819-00aa0040529b"  # a right of mail, that Windows gives by itself
SERVER_TRUST = 0x2000  # userAccountControl of a domain controller


@dataclass(frozen=True)
class Population:
    """``mask``: objects that are members, at any depth, of a privileged group, and the accounts of RID 500.
    ``by_group``: group → its members at any depth."""

    mask: Mask
    by_group: Mapping[int, Mask]

    def through(self, index: int) -> tuple[int, ...]:
        """The privileged groups that it belongs to."""
        return tuple(group for group, members in self.by_group.items() if members[index])


def privileged(collection: Collection) -> Population:
    """Groups themselves are in it only when they are members of another of them."""
    by_group: dict[int, Mask] = {}
    mask = np.zeros(len(collection.objects), np.bool_)
    for domain in range(len(collection.domains)):
        for group in groups_of(collection, domain, PRIVILEGED_OF_DOMAIN, PRIVILEGED_BUILT_IN):
            by_group[group] = below(collection.members, np.array([group])) & ~collection.objects.deleted
            mask |= by_group[group]
        native = collection.in_domain(ADMINISTRATOR, domain)
        if native >= 0:
            mask[native] = True
    return Population(mask, by_group)


def groups_of(collection: Collection, domain: int, rids: Iterable[int], built_in: Iterable[int]) -> Iterator[int]:
    """Objects of these RIDs that were collected and are not deleted."""
    found = [collection.in_domain(rid, domain) for rid in rids]
    found += [collection.principal(f"S-1-5-32-{rid}", domain) for rid in built_in]
    return (index for index in found if index >= 0 and not collection.objects.deleted[index])


def controllers(collection: Collection) -> NDArray[np.int64]:
    """Domain controllers that can write."""
    objects = collection.objects
    computers = collection.of("computer")
    trusted = (objects.uac[computers] != MISSING) & ((objects.uac[computers] & SERVER_TRUST) != 0)
    trusted |= np.isin(computers, [index for index, is_one in collection.having("sharphound:isdc") if is_one])
    kept: NDArray[np.int64] = computers[trusted | (objects.primary_group[computers] == DOMAIN_CONTROLLERS)]
    return kept


# Protected as AdminSDHolder is ----------------------------------------------------------------------------------------


def protected(collection: Collection, descriptors: Descriptors) -> Mask:
    """Objects whose rights nobody gets but those that AdminSDHolder names: the list inherits nothing, and every entry
    is one of AdminSDHolder's or harmless. Of groups: all their members must be so, and none of them be a group."""
    objects = collection.objects
    found = np.zeros(len(objects), np.bool_)
    for domain, one in enumerate(collection.domains):
        holder = holder_of(collection, domain) if one.head >= 0 else -1
        if holder < 0 or objects.descriptor[holder] < 0:
            continue
        alike = _alike(descriptors, int(objects.descriptor[holder]))
        mine = (objects.domain == domain) & (objects.descriptor >= 0) & ~objects.deleted
        found |= mine & alike[objects.descriptor]
    is_group = np.zeros(len(objects), np.bool_)
    is_group[collection.of("group")] = True
    alone = found.copy()
    for group in np.flatnonzero(found & is_group).tolist():
        members = collection.members.row(group)
        found[group] = bool((alone[members] & ~is_group[members]).all())
    return found


def holder_of(collection: Collection, domain: int) -> int:
    """The object AdminSDHolder of a domain; -1: not collected."""
    head = collection.domains[domain].head
    return collection.by_dn.get(ADMIN_SD_HOLDER + collection.objects.dn[head].lower(), -1) if head >= 0 else -1


def _alike(descriptors: Descriptors, holder: int) -> Mask:
    """Descriptors that give nothing that the one of number ``holder`` does not."""
    entries = descriptors.entries
    model = entries.kept(entries.descriptor == holder)
    candidates = descriptors.protected & descriptors.readable
    looked = np.flatnonzero(candidates[entries.descriptor])
    some = entries.kept(looked)
    good = _harmless(descriptors, some)
    for number in range(len(model)):
        good |= np.logical_and.reduce(
            [
                getattr(some, name) == getattr(model, name)[number]
                for name in ("trustee", "mask", "type", "flags", "object", "inherited")
            ]
        )
    candidates[some.descriptor[~good]] = False
    return candidates


def _harmless(descriptors: Descriptors, entries: Entries) -> Mask:
    sids = [number for number, sid in enumerate(descriptors.sids) if sid in {SELF, ENTERPRISE_CONTROLLERS}]
    guids = [number for number, guid in enumerate(descriptors.guids) if guid == SEND_TO]
    return np.isin(entries.trustee, sids) | np.isin(entries.object, guids)


# The heart ------------------------------------------------------------------------------------------------------------

ADDED = "ajout"  # what somebody added by hand


@dataclass(frozen=True)
class Tier0:
    """``mask`` over nodes. ``reasons``: node → identifiers of the rules that put it there, ``ADDED`` among them."""

    mask: Mask
    reasons: Mapping[int, tuple[str, ...]]


def tier0(
    nodes: Nodes,
    rules: Sequence[Rule],
    *,
    hosts: Iterable[int] = (),
    added: Iterable[int] = (),
    removed: Iterable[int] = (),
) -> Tier0:
    """``nodes`` are all there already (edges were made). ``hosts``: computers of authorities. ``added``, ``removed``:
    nodes; removed ones win, and members of a group that is removed stay when a rule names them."""
    reasons: dict[int, list[str]] = {}
    gone = set(removed)
    for rule in rules:
        for node in {*_found(nodes, rule), *(hosts if rule.certificate_hosts else ())}:
            reasons.setdefault(node, []).append(rule.id)
    for node in added:
        reasons.setdefault(node, []).append(ADDED)
    kept = {node: tuple(why) for node, why in sorted(reasons.items()) if node not in gone}
    mask = np.zeros(len(nodes), np.bool_)
    mask[list(kept)] = True
    return Tier0(mask, kept)


def _found(nodes: Nodes, rule: Rule) -> list[int]:
    collection = nodes.collection
    deleted = collection.objects.deleted
    found: set[int] = set(collection.of(*rule.classes).tolist()) if rule.classes else set()
    for domain in range(len(collection.domains)):
        found |= set(groups_of(collection, domain, rule.rids, rule.built_in))
        found |= {node for sid in rule.sids if (node := nodes.known(sid, domain)) >= 0}
    for looked, find in _SPECIAL.items():
        if getattr(rule, looked):
            found |= set(find(collection).tolist())
    found |= {
        index
        for dn, index in (collection.by_dn.items() if rule.first_component else ())
        if dn.startswith(rule.first_component) and not deleted[index]
    }
    if rule.members and found:
        known = [node for node in found if node < len(deleted)]
        found |= set(np.flatnonzero(below(collection.members, np.array(known, np.int64)) & ~deleted).tolist())
    return sorted(found)


def _heads(collection: Collection) -> Integers:
    return np.array([one.head for one in collection.domains if one.head >= 0], np.int64)


def certificate_hosts(collection: Collection) -> dict[int, int]:
    """Authority that delivers certificates → the computer that hosts it, by its DNS name."""
    computers = {
        str(name).lower(): index
        for index, name in collection.having("dnshostname")
        if collection.objects.classes[collection.objects.structural[index]] == "computer"
    }
    names = {int(index): str(collection.value("dnshostname", int(index), "")) for index in collection.of(_AUTHORITY)}
    return {index: computers[name.lower()] for index, name in names.items() if name.lower() in computers}


_AUTHORITY = "pkienrollmentservice"
_SPECIAL: Mapping[str, Callable[[Collection], Integers]] = {
    "heads": _heads,
    "controllers": controllers,
}
