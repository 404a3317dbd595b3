# SPDX-License-Identifier: EUPL-1.2
"""From a collection to its graph: every edge, what each costs, the heart, who has a path to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.descriptors.binary import Descriptors, parse
from carene.engines.directory.descriptors.rights import rights
from carene.engines.directory.descriptors.schema import Schema
from carene.engines.directory.graph.certificates import certificates
from carene.engines.directory.graph.chokes import Choke, chokes
from carene.engines.directory.graph.csr import Graph
from carene.engines.directory.graph.delegations import delegations
from carene.engines.directory.graph.edges import (
    ACCOUNTS,
    containers,
    everybody,
    identities,
    memberships,
    of_class,
    policies,
)
from carene.engines.directory.graph.reach import Reach, reach
from carene.engines.directory.graph.replication import replication
from carene.engines.directory.graph.together import Held
from carene.engines.directory.model import EDGE_CODES, EDGE_KINDS, MISSING, Collection, EdgeKind, Edges, Mask
from carene.engines.directory.nodes import Nodes
from carene.engines.directory.pack import EdgeTexts, edge_texts, tier0_rules
from carene.engines.directory.privileged import Tier0, tier0
from carene.engines.directory.wellknown import DOMAIN_COMPUTERS, DOMAIN_GUESTS, DOMAIN_USERS

_EVERYONE = (DOMAIN_USERS, DOMAIN_GUESTS, DOMAIN_COMPUTERS)
_DISABLED = 0x2  # userAccountControl: ACCOUNTDISABLE
_STRUCTURE = [EDGE_CODES[kind] for kind in (EdgeKind.MEMBER_OF, EdgeKind.CONTAINS, EdgeKind.GP_LINK)]


@dataclass(frozen=True)
class Assembled:
    """``rights``: edges of descriptors, delegations and of the collector, without membership nor containers.
    ``cuttable``: edges of the graph that somebody can remove. ``counted``: nodes that count as principals: accounts
    that are enabled and not in the heart."""

    nodes: Nodes
    descriptors: Descriptors
    rights: Edges
    graph: Graph
    cuttable: Mask
    tier0: Tier0
    counted: Mask

    @cached_property
    def reach(self) -> Reach:
        return reach(self.graph, self.tier0.mask)

    @property
    def with_path(self) -> NDArray[np.int64]:
        """Principals that have a path to the heart."""
        return np.flatnonzero(self.reach.reached & self.counted)

    def chokes(self, most: int = 20) -> list[Choke]:
        return chokes(self.graph, self.tier0.mask, self.counted, self.cuttable, most=most)


def assemble(collection: Collection, *, added: Iterable[str] = (), removed: Iterable[str] = ()) -> Assembled:
    """``added``, ``removed``: SIDs, GUIDs or DNs that somebody put in the heart, or took out of it. Those that the
    collection does not hold are left out."""
    nodes = Nodes(collection)
    descriptors = parse(collection.descriptors)
    given = collection.given
    structure = np.isin(given.kind, _STRUCTURE)
    own = [rights(nodes, descriptors, Schema.of(collection)), delegations(nodes), _some(given, ~structure)]
    shape = [memberships(collection), containers(collection, descriptors), policies(collection)]
    common = everybody(nodes)
    granted = _living(nodes, _once(own))
    known = Edges.joined([granted, _living(nodes, _once([*shape, _some(given, structure)]))])
    held = Held(Edges.joined([known, common]), len(nodes), identities(nodes))
    derived = Edges.joined([replication(held), certificates(collection, held)])
    edges = Edges.joined([_once([known, derived]), common])
    texts = edge_texts()
    cuttable = np.array([bool(texts.edges[kind].cut) for kind in EDGE_KINDS])[edges.kind]
    cuttable[len(edges) - len(common) :] = False
    cuttable &= ~((edges.kind == EDGE_CODES[EdgeKind.MEMBER_OF]) & _of_everyone(nodes)[edges.target])
    hosts = np.unique(edges.source[edges.kind == EDGE_CODES[EdgeKind.HOSTS_CA]]).tolist()
    named = {"added": _named(nodes, added), "removed": _named(nodes, removed)}
    heart = tier0(nodes, tier0_rules().rules, hosts=hosts, **named)
    graph = Graph(len(nodes), edges, costs(nodes, edges, texts))
    return Assembled(nodes, descriptors, _once([granted, derived]), graph, cuttable, heart, _counted(nodes, heart))


def costs(nodes: Nodes, edges: Edges, texts: EdgeTexts) -> NDArray[np.uint8]:
    """Of each edge, as the pack says for its kind and the class of its target."""
    found = np.array([texts.edges[kind].cost for kind in EDGE_KINDS], np.uint8)[edges.kind]
    objects = nodes.collection.objects
    for code, kind in enumerate(EDGE_KINDS):
        only_on = texts.edges[kind].only_on
        if not only_on:
            continue
        leads = np.zeros(len(nodes), np.bool_)
        leads[: len(objects)] = of_class(nodes.collection, *only_on)
        found[(edges.kind == code) & ~leads[edges.target]] = 0
    return found


def _once(parts: list[Edges]) -> Edges:
    """Each edge once: a collector may say what its descriptors say too."""
    edges = Edges.joined(parts)
    key = edges.source.astype(np.int64) << 32 | edges.target
    order = np.lexsort((edges.kind, key))
    key, kind = key[order], edges.kind[order]
    kept = np.ones(len(key), np.bool_)
    kept[1:] = (np.diff(key) != 0) | (np.diff(kind.astype(np.int16)) != 0)
    return _some(edges, order[kept])


def _living(nodes: Nodes, edges: Edges) -> Edges:
    """Without those of deleted objects, that a descriptor or a collector may still name."""
    gone = np.zeros(len(nodes), np.bool_)
    gone[: len(nodes.collection.objects)] = nodes.collection.objects.deleted
    return _some(edges, ~gone[edges.source] & ~gone[edges.target])


def _some(edges: Edges, which: NDArray[np.bool_] | NDArray[np.int64]) -> Edges:
    return Edges(edges.source[which], edges.target[which], edges.kind[which])


def _named(nodes: Nodes, texts: Iterable[str]) -> list[int]:
    collection = nodes.collection
    found = (
        collection.by_sid.get(text, collection.by_guid.get(text.lower(), collection.by_dn.get(text.lower(), -1)))
        for text in texts
    )
    return [index for index in found if index >= 0]


def _of_everyone(nodes: Nodes) -> Mask:
    """Groups of all the users or all the computers of a domain: one does not leave them."""
    mask = np.zeros(len(nodes), np.bool_)
    mask[: len(nodes.collection.objects)] = np.isin(nodes.collection.objects.rid, _EVERYONE)
    return mask


def _counted(nodes: Nodes, heart: Tier0) -> Mask:
    objects = nodes.collection.objects
    counted = np.zeros(len(nodes), np.bool_)
    disabled = (objects.uac != MISSING) & ((objects.uac & _DISABLED) != 0)
    disabled[[index for index, enabled in nodes.collection.having("sharphound:enabled") if not enabled]] = True
    counted[: len(objects)] = of_class(nodes.collection, *ACCOUNTS) & ~disabled
    return counted & ~heart.mask
