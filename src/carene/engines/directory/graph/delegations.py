# SPDX-License-Identifier: EUPL-1.2
"""Edges of what one account may do as another: delegations, managed passwords, SID history, trusts, authorities."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from carene.engines.directory.descriptors.binary import ALLOW, ALLOW_OBJECT, parse
from carene.engines.directory.graph.edges import OUTBOUND, head_of, pairs_of
from carene.engines.directory.model import MISSING, Collection, EdgeKind, Edges
from carene.engines.directory.nodes import Nodes
from carene.engines.directory.privileged import certificate_hosts, controllers

_TRUSTED_FOR_DELEGATION, _PARTIAL_SECRETS = 0x80000, 0x4000000  # userAccountControl
_QUARANTINED, _FOREST, _WITHIN_FOREST, _AS_EXTERNAL = 0x4, 0x8, 0x20, 0x40  # trustAttributes
_TGT_ALLOWED, _INBOUND = 0x800, 1


def delegations(nodes: Nodes) -> Edges:
    collection = nodes.collection
    return Edges.joined(
        [
            pairs_of(EdgeKind.COERCE_TO_TGT, _unconstrained(collection)),
            pairs_of(EdgeKind.ALLOWED_TO_DELEGATE, _constrained(collection)),
            _named_in(nodes, "msds-allowedtoactonbehalfofotheridentity", EdgeKind.ALLOWED_TO_ACT),
            _named_in(nodes, "msds-groupmsamembership", EdgeKind.READ_MANAGED_PASSWORD),
            pairs_of(EdgeKind.HAS_SID_HISTORY, _histories(nodes)),
            pairs_of(EdgeKind.MANAGED_BY, _managers(collection)),
            trusts(collection),
            authorities(collection),
        ]
    )


def _unconstrained(collection: Collection) -> Iterator[tuple[int, int]]:
    """What receives the ticket of whoever it makes connect holds the domain, since controllers can be made to."""
    objects = collection.objects
    trusted = (objects.uac != MISSING) & ((objects.uac & _TRUSTED_FOR_DELEGATION) != 0) & ~objects.deleted
    trusted[controllers(collection)] = False
    for index in np.flatnonzero(trusted).tolist():
        if (head := head_of(collection, index)) >= 0:
            yield index, head


def _constrained(collection: Collection) -> Iterator[tuple[int, int]]:
    """To the account that holds the service; by the name of its host when no account says that it holds it."""
    holders: dict[str, int] = {}
    for index, name in collection.having("dnshostname"):
        holders[str(name).lower()] = index
        holders[str(name).lower().partition(".")[0]] = index
    services = {str(spn).lower(): index for index, spns in collection.having("serviceprincipalname") for spn in spns}
    for index, spns in collection.having("msds-allowedtodelegateto"):
        found = set()
        for spn in (str(one).lower() for one in spns):
            host = spn.partition("/")[2].partition("/")[0].partition(":")[0]
            found.add(services.get(spn, holders.get(host, -1)))
        yield from ((index, target) for target in sorted(found) if target not in {-1, index})


def _named_in(nodes: Nodes, attribute: str, kind: EdgeKind) -> Edges:
    """Those to whom a descriptor kept in an attribute gives anything → the object that keeps it."""
    collection = nodes.collection
    held = list(collection.having(attribute))
    read = parse([content for _, content in held])
    entries = read.entries

    def pairs() -> Iterator[tuple[int, int]]:
        rows = zip(entries.descriptor.tolist(), entries.trustee.tolist(), entries.type.tolist(), strict=True)
        for number, trustee, allowed in rows:
            index = held[number][0]
            source = nodes.of(read.sids[trustee], int(collection.objects.domain[index]))
            if allowed in {ALLOW, ALLOW_OBJECT} and source != index:
                yield source, index

    return pairs_of(kind, pairs())


def _histories(nodes: Nodes) -> Iterator[tuple[int, int]]:
    collection = nodes.collection
    for index, sids in collection.having("sidhistory"):
        for sid in sids:
            target = nodes.of(sid, int(collection.objects.domain[index]))
            if target != index:
                yield index, target


def _managers(collection: Collection) -> Iterator[tuple[int, int]]:
    """Who manages a read-only controller administers it; elsewhere « managedBy » gives nothing by itself."""
    objects = collection.objects
    for index, dn in collection.having("managedby"):
        source = collection.by_dn.get(str(dn).lower(), -1)
        read_only = objects.uac[index] != MISSING and objects.uac[index] & _PARTIAL_SECRETS
        if read_only and source not in {-1, index}:
            yield source, index


def trusts(collection: Collection) -> Edges:
    """Between heads of domains that were collected: from the domain that falls first to the one that follows."""
    numbers = {domain.name: number for number, domain in enumerate(collection.domains)}
    found: dict[EdgeKind, set[tuple[int, int]]] = {
        EdgeKind.SAME_FOREST: set(),
        EdgeKind.TRUST_SID_HISTORY: set(),
        EdgeKind.TRUST_TGT_DELEGATION: set(),
    }
    for index, partner in collection.having("trustpartner"):
        here = head_of(collection, index)
        number = numbers.get(str(partner).lower(), -1)
        there = collection.domains[number].head if number >= 0 else -1
        if here < 0 or there < 0 or here == there:
            continue
        attributes = collection.value("trustattributes", index, 0)
        direction = collection.value("trustdirection", index, 0)
        if attributes & _WITHIN_FOREST:
            found[EdgeKind.SAME_FOREST] |= {(here, there), (there, here)}
        elif direction & OUTBOUND and not filtered(attributes):
            found[EdgeKind.TRUST_SID_HISTORY].add((there, here))
        if direction & _INBOUND and attributes & _TGT_ALLOWED and not attributes & _WITHIN_FOREST:
            found[EdgeKind.TRUST_TGT_DELEGATION].add((there, here))
    return Edges.joined([pairs_of(kind, iter(sorted(pairs))) for kind, pairs in found.items()])


def filtered(attributes: int) -> bool:
    """Does an outbound trust refuse SIDs of other domains? A forest trust does unless it is treated as external."""
    if attributes & _FOREST:
        return not attributes & _AS_EXTERNAL
    return bool(attributes & _QUARANTINED)


def authorities(collection: Collection) -> Edges:
    hosts = certificate_hosts(collection)
    return pairs_of(EdgeKind.HOSTS_CA, ((host, authority) for authority, host in hosts.items()))
