# SPDX-License-Identifier: EUPL-1.2
"""Rights that are worth something only together: copying the secrets of a domain takes two rights of replication."""

from __future__ import annotations

import numpy as np

from carene.engines.directory.graph.edges import edges_of
from carene.engines.directory.graph.together import Held
from carene.engines.directory.model import EdgeKind, Edges

_BOTH = (
    (EdgeKind.DCSYNC, EdgeKind.GET_CHANGES, EdgeKind.GET_CHANGES_ALL),
    (EdgeKind.SYNC_LAPS, EdgeKind.GET_CHANGES, EdgeKind.GET_CHANGES_FILTERED),
)


def replication(held: Held) -> Edges:
    """Who has both rights, by whatever groups, on the same naming context."""
    made: list[Edges] = []
    for kind, first, second in _BOTH:
        for target in np.intersect1d(held.targets(first), held.targets(second)).tolist():
            sources = held.both(held.sources(target, first), held.sources(target, second))
            made.append(edges_of(kind, sources, np.full(len(sources), target)))
    return Edges.joined(made)
