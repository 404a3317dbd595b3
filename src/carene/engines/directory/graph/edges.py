# SPDX-License-Identifier: EUPL-1.2
"""Edges of what an object belongs to: groups, identities that everybody has, containers, GPO.

Containers: who controls one may give rights on what is in it, when it inherits rights; a GPO bound to one is applied to
its accounts whether they inherit or not. Limit, on purpose: an inheritance of GPO that an organizational unit refuses
is not looked at, since who binds a GPO may also impose it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.descriptors.binary import Descriptors
from carene.engines.directory.model import EDGE_CODES, Collection, EdgeKind, Edges, Mask
from carene.engines.directory.nodes import Nodes
from carene.engines.directory.wellknown import AUTHENTICATED, EVERYONE

ACCOUNTS = (
    "user",
    "inetorgperson",
    "computer",
    "msds-managedserviceaccount",
    "msds-groupmanagedserviceaccount",
    "msds-delegatedmanagedserviceaccount",
)
BOUND = ("domaindns", "organizationalunit", "site")  # to what a GPO may be bound
OUTBOUND = 2  # trustDirection: those of the other domain have rights here
_LINK = re.compile(r"\[LDAP://([^;\]]+);(\d+)\]", re.IGNORECASE)
_LINK_DISABLED = 1


def edges_of(kind: EdgeKind, source: NDArray[np.integer], target: NDArray[np.integer]) -> Edges:
    return Edges(source.astype(np.int32), target.astype(np.int32), np.full(len(source), EDGE_CODES[kind], np.uint8))


def pairs_of(kind: EdgeKind, pairs: Iterator[tuple[int, int]]) -> Edges:
    found = np.array(list(pairs), np.int32).reshape(-1, 2)
    return edges_of(kind, found[:, 0], found[:, 1])


def head_of(collection: Collection, index: int) -> int:
    """The head of the domain of an object; -1: none, or not collected."""
    domain = int(collection.objects.domain[index]) if index < len(collection.objects) else -1
    return collection.domains[domain].head if domain >= 0 else -1


def of_class(collection: Collection, *structural: str) -> Mask:
    mask = np.zeros(len(collection.objects), np.bool_)
    mask[collection.of(*structural)] = True
    return mask


def memberships(collection: Collection) -> Edges:
    rows = collection.members
    group = np.repeat(np.arange(len(rows.starts) - 1), np.diff(rows.starts))
    deleted = collection.objects.deleted
    kept = ~deleted[group] & ~deleted[rows.values] & (group != rows.values)
    return edges_of(EdgeKind.MEMBER_OF, rows.values[kept], group[kept])


def everybody(nodes: Nodes) -> Edges:
    """Each account is one of the authenticated users of its domain, who are those of its forest and of those that a
    trust lets in, who are everyone. Only where a right or a group names them."""
    collection = nodes.collection
    domains = range(len(collection.domains))
    if not len(identities(nodes)):
        return Edges.none()
    accounts = collection.of(*ACCOUNTS)
    accounts = accounts[collection.objects.domain[accounts] >= 0]
    hubs = np.array([nodes.of(AUTHENTICATED, domain) for domain in domains], np.int64)
    everyone = np.array([nodes.of(EVERYONE, domain) for domain in domains], np.int64)
    let_in = np.array(sorted(_let_in(collection)), np.int64).reshape(-1, 2)
    source = np.concatenate([accounts, hubs, hubs[let_in[:, 0]]])
    target = np.concatenate([hubs[collection.objects.domain[accounts]], everyone, hubs[let_in[:, 1]]])
    other = source != target
    return edges_of(EdgeKind.MEMBER_OF, source[other], target[other])


def identities(nodes: Nodes) -> NDArray[np.int64]:
    """Nodes of authenticated users and of everyone, of all domains."""
    domains = range(len(nodes.collection.domains))
    found = {nodes.known(sid, domain) for sid in (AUTHENTICATED, EVERYONE) for domain in domains}
    return np.array(sorted(found - {-1}), np.int64)


def _let_in(collection: Collection) -> set[tuple[int, int]]:
    """(a domain, another that its accounts may sign in to)."""
    domains = collection.domains
    found = {
        (one, other)
        for one in range(len(domains))
        for other in range(len(domains))
        if one != other and domains[one].forest and domains[one].forest == domains[other].forest
    }
    numbers = {domain.name: number for number, domain in enumerate(domains)}
    for index, partner in collection.having("trustpartner"):
        here, there = int(collection.objects.domain[index]), numbers.get(str(partner).lower(), -1)
        if here >= 0 and there >= 0 and here != there and collection.value("trustdirection", index, 0) & OUTBOUND:
            found.add((there, here))
    return found


def containers(collection: Collection, descriptors: Descriptors) -> Edges:
    objects = collection.objects
    inherits = (objects.descriptor >= 0) & (descriptors.readable & ~descriptors.protected)[objects.descriptor] \
        if len(descriptors) else np.zeros(len(objects), np.bool_)  # fmt: skip
    inherits[[index for index, alone in collection.having("sharphound:isaclprotected") if not alone]] = True
    bound = of_class(collection, *BOUND)
    inside = (objects.parent >= 0) & ~objects.deleted
    by_rights = np.flatnonzero(inside & (inherits | bound))
    by_policy = np.flatnonzero(inside & ~inherits & of_class(collection, *ACCOUNTS))
    above = _nearest(objects.parent, bound)[by_policy]
    by_policy, above = by_policy[above >= 0], above[above >= 0]
    source = np.concatenate([objects.parent[by_rights], above])
    return edges_of(EdgeKind.CONTAINS, source, np.concatenate([by_rights, by_policy]))


def _nearest(parent: NDArray[np.int32], bound: Mask) -> NDArray[np.int64]:
    """Of each object, the nearest container above it to which a GPO may be bound; -1: none."""
    found = parent.astype(np.int64)
    for _ in range(len(parent)):
        climbing = np.flatnonzero((found >= 0) & ~bound[found])
        if not len(climbing):
            break
        found[climbing] = parent[found[climbing]]
    return found


def policies(collection: Collection) -> Edges:
    """GPO → what it is bound to, unless the link is disabled."""

    def links() -> Iterator[tuple[int, int]]:
        for index, text in collection.having("gplink"):
            for dn, options in _LINK.findall(str(text)):
                policy = collection.by_dn.get(dn.lower(), -1)
                if policy >= 0 and not int(options) & _LINK_DISABLED and not collection.objects.deleted[policy]:
                    yield policy, index

    return pairs_of(EdgeKind.GP_LINK, links())
