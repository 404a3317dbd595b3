# SPDX-License-Identifier: EUPL-1.2
"""Nodes of the graph: the objects of a collection, then principals that rights name and that nobody collected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.model import Collection
from carene.engines.directory.wellknown import name_of

UNSCOPED = "S-1-5-21-"  # a SID that begins so is the same principal whichever domain names it


@dataclass
class Nodes:
    """Node ``i`` is object ``i``, or ``beyond[i - len(objects)]`` (SID, domain that names it)."""

    collection: Collection
    beyond: list[tuple[str, int]] = field(default_factory=list)
    _added: dict[tuple[str, int], int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.collection.objects) + len(self.beyond)

    def of(self, sid: str, domain: int) -> int:
        """The node of a principal as a domain names it; made when it was not collected."""
        found = self.known(sid, domain)
        if found >= 0:
            return found
        key = (sid, -1 if sid.startswith(UNSCOPED) else domain)
        if key not in self._added:
            self._added[key] = len(self)
            self.beyond.append((sid, domain))
        return self._added[key]

    def known(self, sid: str, domain: int) -> int:
        """As ``of``; -1 when there is none yet."""
        collection = self.collection
        found = collection.principal(sid, domain) if domain >= 0 else collection.by_sid.get(sid, -1)
        if found >= 0:
            return found
        return self._added.get((sid, -1 if sid.startswith(UNSCOPED) else domain), -1)

    def table(self, sids: Sequence[str], used: NDArray[np.bool_]) -> NDArray[np.int32]:
        """(domains, sids) → node; -1 where ``used`` is false."""
        domains = len(self.collection.domains)
        found = np.full((domains, len(sids)), -1, np.int32)
        for number in np.flatnonzero(used).tolist():
            sid = sids[number]
            if sid.startswith(UNSCOPED):
                found[:, number] = self.of(sid, 0) if domains else -1
            else:
                found[:, number] = [self.of(sid, domain) for domain in range(domains)]
        return found

    def sid(self, node: int) -> str:
        objects = self.collection.objects
        return objects.sid[node] if node < len(objects) else self.beyond[node - len(objects)][0]

    def name(self, node: int) -> str:
        """As people know it: the name in the directory, else the French name of what every directory has, else SID."""
        objects = self.collection.objects
        if node < len(objects) and objects.name[node] and objects.name[node] != objects.sid[node]:
            return objects.name[node]
        sid = self.sid(node)
        return name_of(sid) or sid

    def domain(self, node: int) -> int:
        objects = self.collection.objects
        return int(objects.domain[node]) if node < len(objects) else self.beyond[node - len(objects)][1]
