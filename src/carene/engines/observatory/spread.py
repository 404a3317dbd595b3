# SPDX-License-Identifier: EUPL-1.2
"""How the levels of several establishments spread, from 0 to 4."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple

BANDS = ("moins de 1", "de 1 à 2", "de 2 à 3", "3 et plus")


class Spread(NamedTuple):
    """``counts``: how many stand in each of ``BANDS``; ``median`` None when nobody was evaluated."""

    counts: tuple[int, int, int, int]
    median: float | None

    @property
    def bands(self) -> list[tuple[str, int]]:
        return list(zip(BANDS, self.counts, strict=True))


def spread(levels: Sequence[float]) -> Spread:
    counts = [0, 0, 0, 0]
    for level in levels:
        counts[min(3, max(0, int(level)))] += 1
    low, second, third, high = counts
    return Spread((low, second, third, high), statistics.median(levels) if levels else None)
