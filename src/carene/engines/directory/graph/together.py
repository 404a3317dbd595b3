# SPDX-License-Identifier: EUPL-1.2
"""Who holds two rights at once, whatever the groups that give each of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.arrays import below, grouped, ranges
from carene.engines.directory.model import EDGE_CODES, EdgeKind, Edges, Mask, Ragged

_KEPT = 16  # masks over all nodes: those of an authority serve all its templates


class Held:
    """Rights and memberships of ``count`` nodes. ``everybody``: those that every account is, in its domain."""

    def __init__(self, edges: Edges, count: int, everybody: NDArray[np.int64]) -> None:
        self._reached: dict[bytes, Mask] = {}
        self._everybody = everybody
        member = edges.kind == EDGE_CODES[EdgeKind.MEMBER_OF]
        starts, order = grouped(edges.target[member], count)
        self._members = Ragged(starts, edges.source[member][order])
        self._of_kind = {
            kind: Edges(edges.source[mine], edges.target[mine], edges.kind[mine])
            for kind, code in EDGE_CODES.items()
            if (mine := edges.kind == code).any()
        }

    def targets(self, kind: EdgeKind) -> NDArray[np.int32]:
        return np.unique(self._of_kind.get(kind, Edges.none()).target)

    def sources(self, target: int, *kinds: EdgeKind) -> NDArray[np.int32]:
        """Who has one of these rights on the target, directly."""
        found = [
            edges.source[edges.target == target] for kind in kinds if (edges := self._of_kind.get(kind)) is not None
        ]
        return np.unique(np.concatenate([np.empty(0, np.int32), *found]))

    def both(self, first: NDArray[np.int32], second: NDArray[np.int32]) -> NDArray[np.int64]:
        """Nodes that are among the first or in their groups, and so for the second; the outermost of them: a group
        rather than each of its members. What everybody has, every member of a group has: the group is said."""
        if not len(first) or not len(second):
            return np.empty(0, np.int64)
        open_first, open_second = (bool(np.isin(nodes, self._everybody).any()) for nodes in (first, second))
        if open_first or open_second:
            kept = [nodes for nodes, needed in ((first, open_second), (second, open_first)) if needed]
            return np.unique(np.concatenate(kept)).astype(np.int64)
        both = self._with_members(first) & self._with_members(second)
        groups = np.flatnonzero(both & (np.diff(self._members.starts) > 0))
        at = self._members.starts[groups]
        outermost = both.copy()
        outermost[self._members.values[ranges(at, self._members.starts[groups + 1] - at)]] = False
        named = np.unique(np.concatenate([first, second]))
        outermost[named[both[named]]] = True  # groups in a loop have no outermost one
        return np.flatnonzero(outermost)

    def _with_members(self, nodes: NDArray[np.int32]) -> Mask:
        key = nodes.tobytes()
        if key not in self._reached:
            if len(self._reached) >= _KEPT:
                self._reached.clear()
            mask = below(self._members, nodes)
            mask[nodes] = True
            self._reached[key] = mask
        return self._reached[key]
