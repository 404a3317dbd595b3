# SPDX-License-Identifier: EUPL-1.2
"""Which cells of a table may be shown without designating anybody."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def shown(answered: Mapping[K, int], smallest: int) -> frozenset[K]:
    """Cells of at least ``smallest`` units; not all of them, when their total less the others would give a smaller one.

    The total is taken as known. What is hidden holds, together, nobody or at least ``smallest`` units: else the
    smallest cell that could be shown is hidden too (the first by name among equals), until that is so.
    """
    kept = {key for key, count in answered.items() if count >= smallest}
    hidden = sum(count for key, count in answered.items() if key not in kept)
    for key in sorted(kept, key=lambda one: (answered[one], str(one))):
        if hidden == 0 or hidden >= smallest:
            break
        kept.remove(key)
        hidden += answered[key]
    return frozenset(kept)
