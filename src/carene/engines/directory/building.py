# SPDX-License-Identifier: EUPL-1.2
"""Records, from the oldest collection to the freshest, become the columns of one Collection.

What a fresher collection reads wins: an attribute that it reads and does not find is unset, an object that it should
have found and did not is gone. What it does not read stays as the older one told it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from carene.engines.directory.attributes import COLUMNS
from carene.engines.directory.dn import above, first, rid, unscoped
from carene.engines.directory.model import (
    EDGE_CODES,
    MISSING,
    Collection,
    Domain,
    EdgeKind,
    Edges,
    Gap,
    Knowledge,
    Objects,
    Ragged,
    Source,
    SysvolFile,
    scoped,
)

NOT_COLLECTED = "notcollected"  # the structural class of what others only refer to
FOREIGN = "foreignsecurityprincipal"
MEMBERSHIP = frozenset({"member", "memberof"})
_IDENTITY = frozenset({"objectsid", "objectguid", "samaccountname", "isdeleted", *MEMBERSHIP})


class Builder:
    """``begin`` a collection of a domain, say what it ``reads``, ``add`` its records; at the end, ``finish``."""

    def __init__(self) -> None:
        self.gaps: list[Gap] = []
        self._domains: list[Domain] = []
        self._rank = -1
        self._reads: dict[tuple[int, str], dict[int, frozenset[str]]] = {}  # (domain, class) → rank → attributes
        self._all: dict[int, int] = {}  # domain → the last rank that reads every attribute
        self._memberships: dict[int, int] = {}  # domain → the last rank that reads who is a member of what
        self._givers: dict[int, int] = {}  # domain → the last rank that gives edges
        self._keys: dict[str, int] = {}  # SID, GUID or DN in lower case → number
        self._object_of = array("i")  # number of a key → object, or -1
        self._classes: dict[str, int] = {}
        self._dn: list[str] = []
        self._name: list[str] = []
        self._sid: list[str] = []
        self._guid: list[str] = []
        self._structural, self._domain, self._seen = array("h"), array("h"), array("h")
        self._descriptor = array("i")
        self._deleted = bytearray()
        self._columns = {name: array("q") for name in COLUMNS}
        self._values: dict[str, dict[int, Any]] = {}
        self._descriptors: dict[bytes, int] = {}
        self._pairs = (array("i"), array("i"), array("h"))  # group, member (numbers of keys), rank
        self._given = (array("i"), array("i"), array("h"), bytearray())  # source, target, rank, kind
        self._sysvol: dict[tuple[int, str], tuple[int, SysvolFile]] = {}

    # Domains and what is known of them ------------------------------------------------------------------------------

    def begin(self) -> None:
        """A collection, fresher than those before."""
        self._rank += 1

    def domain(
        self, name: str, sid: str = "", *, netbios: str = "", forest: str = "", source: Source | None = None
    ) -> int:
        """The domain of this name or SID, completed by what is given here."""
        name = name.lower()
        for number, known in enumerate(self._domains):  # noqa: B007 - read after the loop
            if (sid and known.sid == sid) or (name and known.name == name):
                break
        else:
            number, known = len(self._domains), Domain(name=name, sid=sid)
            self._domains.append(known)
        sources = (*known.sources, source) if source and source not in known.sources else known.sources
        self._domains[number] = replace(
            known,
            name=known.name or name,
            sid=known.sid or sid,
            netbios=known.netbios or netbios,
            forest=known.forest or forest.lower(),
            sources=sources,
        )
        return number

    def reads(self, domain: int, structural: str, attributes: Iterable[str]) -> None:
        """This collection holds every object of the class, with these attributes when they are set (``descriptor`` is
        one of them). Membership is read as soon as one class gives ``member`` or ``memberof``."""
        names = frozenset(attributes)
        self._reads.setdefault((domain, structural), {})[self._rank] = names
        if names & MEMBERSHIP:
            self._memberships[domain] = self._rank

    def reads_not(self, domain: int, structural: str) -> None:
        """The file turned out to be cut: this collection does not hold every object of the class after all."""
        by_rank = self._reads.pop((domain, structural), {})
        if others := {rank: names for rank, names in by_rank.items() if rank != self._rank}:
            self._reads[domain, structural] = others

    def reads_everything(self, domain: int) -> None:
        """Every object and every attribute of the domain (AD Explorer, LDIF of the whole)."""
        self._all[domain] = self._memberships[domain] = self._rank

    def gives_edges(self, domain: int) -> None:
        """The edges of older collections onto the objects of this domain are forgotten."""
        self._givers[domain] = self._rank

    def gap(self, said: str, domain: int | None = None, attributes: Iterable[str] = ()) -> None:
        """``said``: one French sentence."""
        name = self._domains[domain].name if domain is not None else ""
        self.gaps.append(Gap(said, name, frozenset(attributes)))

    # Objects --------------------------------------------------------------------------------------------------------

    def add(
        self,
        domain: int,
        structural: str,
        dn: str,
        values: Mapping[str, Any],
        *,
        descriptor: bytes | None = None,
    ) -> int:
        """``values`` of ``attributes.TYPES``; absent: unset, or not read. The same object again completes the first."""
        sid, guid = values.get("objectsid", ""), values.get("objectguid", "")
        keys = (scoped(sid, self._domains[domain].name), guid, dn)
        index = self._found(*keys)
        if index < 0:
            index = self._new(sid, guid, dn)
        elif structural == FOREIGN and self._domain[index] not in {-1, domain}:
            self._name_it(index, keys)  # the stand-in of an account that its own domain describes
            return index
        elif self._seen[index] != self._rank:
            self._unset(index, domain, structural, values)
        self._name_it(index, keys)
        self._domain[index], self._seen[index] = domain, self._rank
        self._structural[index] = self._classes.setdefault(structural, len(self._classes))
        self._deleted[index] = bool(values.get("isdeleted"))
        self._dn[index], self._sid[index] = dn or self._dn[index], sid or self._sid[index]
        self._name[index] = values.get("samaccountname") or self._name[index] or first(dn)
        if descriptor is not None:
            self._descriptor[index] = self.descriptor(descriptor)
        for name, value in values.items():
            column = self._columns.get(name)
            if column is not None:
                column[index] = value
            elif name not in _IDENTITY:
                self._values.setdefault(name, {})[index] = value
        self._membership(index, values)
        return index

    def descriptor(self, content: bytes) -> int:
        """The number of this security descriptor: the same bytes are kept once."""
        return self._descriptors.setdefault(content, len(self._descriptors))

    def member(self, group: str, member: str) -> None:
        """``member`` is directly in ``group``: SIDs, GUIDs or DNs."""
        groups, members, ranks = self._pairs
        groups.append(self._key(group))
        members.append(self._key(member))
        ranks.append(self._rank)

    def edge(self, source: str, target: str, kind: EdgeKind) -> None:
        """What the collector gives as an edge: SIDs, GUIDs or DNs."""
        sources, targets, ranks, kinds = self._given
        sources.append(self._key(source))
        targets.append(self._key(target))
        ranks.append(self._rank)
        kinds.append(EDGE_CODES[kind])

    def sysvol(self, file: SysvolFile) -> None:
        self._sysvol[file.domain, file.path.lower()] = (self._rank, file)

    # The end --------------------------------------------------------------------------------------------------------

    def finish(self) -> Collection:
        self._refer()
        self._forget_gone()
        objects = self._objects()
        members = self._members(objects)
        by_sid = self._by_sid()
        domains = tuple(replace(one, head=by_sid.get(one.sid, -1) if one.sid else -1) for one in self._domains)
        files = (file for rank, file in self._sysvol.values() if rank == self._last(file.domain, "sysvol", rank))
        return Collection(
            domains=domains,
            objects=objects,
            members=members,
            values=self._values,
            descriptors=list(self._descriptors),
            given=self._edges(),
            knowledge=Knowledge(
                {key: frozenset().union(*by_rank.values()) for key, by_rank in self._reads.items()},
                frozenset(self._all),
            ),
            sysvol=tuple(files),
            gaps=tuple(self.gaps),
            by_sid=by_sid,
            by_dn={dn.lower(): index for index, dn in enumerate(self._dn) if dn},
            by_guid={guid: index for index, guid in enumerate(self._guid) if guid},
        )

    # Below: keys, older values, arrays ------------------------------------------------------------------------------

    def _key(self, text: str) -> int:
        text = text.lower()
        number = self._keys.setdefault(text, len(self._keys))
        if number == len(self._object_of):
            self._object_of.append(-1)
        return number

    def _found(self, sid: str, guid: str, dn: str) -> int:
        for text in (sid, guid, dn):
            if text:
                number = self._keys.get(text.lower(), -1)
                if number >= 0 and self._object_of[number] >= 0:
                    return self._object_of[number]
        return -1

    def _new(self, sid: str, guid: str, dn: str) -> int:
        index = len(self._dn)
        for texts, text in ((self._dn, dn), (self._name, ""), (self._sid, sid), (self._guid, guid)):
            texts.append(text)
        for numbers in (self._structural, self._domain, self._seen, self._descriptor):
            numbers.append(-1)
        self._deleted.append(False)
        for column in self._columns.values():
            column.append(MISSING)
        for text in (sid, guid, dn):
            if text and self._object_of[self._key(text)] < 0:  # « S-1-5-32-544 » alone: that of the first domain
                self._object_of[self._key(text)] = index
        return index

    def _name_it(self, index: int, keys: Iterable[str]) -> None:
        for text in keys:
            if text:
                self._object_of[self._key(text)] = index

    def _by_sid(self) -> dict[str, int]:
        """Those that every domain has also stand under their scoped name."""
        found: dict[str, int] = {}
        for index, sid in enumerate(self._sid):
            if sid:
                found.setdefault(sid, index)
                if self._domain[index] >= 0:
                    found[scoped(sid, self._domains[self._domain[index]].name)] = index
        return found

    def _unset(self, index: int, domain: int, structural: str, values: Mapping[str, Any]) -> None:
        """A fresher collection: what it reads and did not find is no longer set."""
        whole = self._all.get(domain) == self._rank
        read = self._reads.get((domain, structural), {}).get(self._rank, frozenset[str]())
        for name in list(self._values) if whole else read & self._values.keys():
            if name not in values:
                self._values[name].pop(index, None)
        for name, column in self._columns.items():
            if (whole or name in read) and name not in values:
                column[index] = MISSING

    def _membership(self, index: int, values: Mapping[str, Any]) -> None:
        members, groups = values.get("member", ()), values.get("memberof", ())
        if not members and not groups:
            return
        own = self._key(self._dn[index] or self._sid[index] or self._guid[index])
        groups, members = [self._key(group) for group in groups], [self._key(member) for member in members]
        self._pairs[0].extend([own] * len(members) + groups)
        self._pairs[1].extend(members + [own] * len(groups))
        self._pairs[2].extend([self._rank] * len(members + groups))

    def _last(self, domain: int, attribute: str, default: int) -> int:
        """The freshest collection that reads this of the domain."""
        ranks = [
            r for (d, _), by in self._reads.items() if d == domain for r, names in by.items() if attribute in names
        ]
        return max([*ranks, self._all.get(domain, -1)], default=default) if ranks or domain in self._all else default

    def _refer(self) -> None:
        """What is referred to and was not collected becomes an object that says so."""
        structural = self._classes.setdefault(NOT_COLLECTED, len(self._classes))
        wanted = np.zeros(len(self._keys), bool)
        for numbers in (*self._pairs[:2], *self._given[:2]):
            wanted[np.frombuffer(numbers, np.int32) if len(numbers) else []] = True
        texts, domains = list(self._keys), {one.name: number for number, one in enumerate(self._domains)}
        for number in np.flatnonzero(wanted & (np.frombuffer(self._object_of, np.int32) < 0) if texts else []):
            text = texts[number]
            name, sid = unscoped(text)
            index = self._new(sid, "", "" if sid or "=" not in text else text)
            self._object_of[number] = index
            self._structural[index], self._seen[index] = structural, self._rank
            self._domain[index] = domains.get(name, -1)
            self._name[index] = sid or first(text)

    def _forget_gone(self) -> None:
        """An object that a fresher collection should have held and did not is no longer there."""
        freshest: dict[tuple[int, int], int] = {}
        for (domain, structural), by_rank in self._reads.items():
            if structural in self._classes:
                freshest[domain, self._classes[structural]] = max(by_rank)
        for domain, rank in self._all.items():
            for code in range(len(self._classes)):
                freshest[domain, code] = max(rank, freshest.get((domain, code), -1))
        for index, seen in enumerate(self._seen if self._rank > 0 else ()):
            if seen < freshest.get((self._domain[index], self._structural[index]), -1):
                self._deleted[index] = True

    def _objects(self) -> Objects:
        count = len(self._dn)
        parent = np.full(count, -1, np.int32)
        for index, dn in enumerate(self._dn):
            container = above(dn)
            if container:
                parent[index] = self._object_of[self._keys[container]] if container in self._keys else -1
        columns = {COLUMNS[name]: np.array(column, np.int64) for name, column in self._columns.items()}
        return Objects(
            dn=self._dn,
            name=self._name,
            sid=self._sid,
            guid=self._guid,
            structural=np.array(self._structural, np.int16),
            classes=tuple(self._classes),
            domain=np.array(self._domain, np.int16),
            parent=parent,
            rid=np.fromiter(map(rid, self._sid), np.int64, count),
            descriptor=np.array(self._descriptor, np.int32),
            deleted=np.frombuffer(bytes(self._deleted), np.bool_),
            **columns,
        )

    def _members(self, objects: Objects) -> Ragged:
        """Group → its direct members, primary groups among them; of each domain, as its freshest collection says."""
        object_of = np.frombuffer(self._object_of, np.int32) if len(self._object_of) else np.empty(0, np.int32)
        groups, members, ranks = (np.array(numbers, np.int32) for numbers in self._pairs)
        groups, members = object_of[groups], object_of[members]
        last = self._latest(self._memberships)
        kept = ranks >= last[objects.domain[groups]]
        groups, members = groups[kept], members[kept]
        primary = [
            (self.by_rid(objects, int(d), int(objects.primary_group[i])), i)
            for i, d in zip(*_with_primary(objects), strict=True)
        ]
        found = np.array([pair for pair in primary if pair[0] >= 0], np.int32).reshape(-1, 2)
        groups, members = np.concatenate([groups, found[:, 0]]), np.concatenate([members, found[:, 1]])
        packed = np.unique(groups.astype(np.int64) << 32 | members)
        starts = np.searchsorted(packed >> 32, np.arange(len(objects) + 1))
        return Ragged(starts.astype(np.int64), (packed & 0xFFFFFFFF).astype(np.int32))

    def by_rid(self, objects: Objects, domain: int, rid: int) -> int:
        number = self._keys.get(f"{self._domains[domain].sid}-{rid}".lower(), -1)
        return self._object_of[number] if number >= 0 else -1

    def _edges(self) -> Edges:
        object_of = np.frombuffer(self._object_of, np.int32) if len(self._object_of) else np.empty(0, np.int32)
        sources, targets, ranks = (np.array(numbers, np.int32) for numbers in self._given[:3])
        kinds = np.frombuffer(bytes(self._given[3]), np.uint8)
        sources, targets = object_of[sources], object_of[targets]
        kept = ranks >= self._latest(self._givers)[np.array(self._domain, np.int16)[targets]]
        return Edges(sources[kept], targets[kept], kinds[kept]).once()

    def _latest(self, ranks: Mapping[int, int]) -> np.ndarray[Any, np.dtype[np.int64]]:
        """By domain; the last row (index -1) is for what belongs to none: any rank."""
        return np.array([*(ranks.get(number, 0) for number in range(len(self._domains))), 0], np.int64)


def _with_primary(objects: Objects) -> tuple[Any, Any]:
    found = np.flatnonzero((objects.primary_group != MISSING) & (objects.domain >= 0) & ~objects.deleted)
    return found, objects.domain[found]
