# SPDX-License-Identifier: EUPL-1.2
"""Chance: uniform numbers that are the same on every machine, and the laws made from them.

Only the raw 64 bits of PCG64 are used, whose stream numpy guarantees for good; its own laws may change from one version
to the next. What follows is plain arithmetic, so that two machines differ by the last digits of a logarithm at most.
"""

from __future__ import annotations

import math

import numpy as np

from carene.engines.simulation.model import BOUND, Uncertain
from carene.engines.simulation.setting import Floats, Ints

_MOST = 60  # successes through one channel in a year, beyond which counting more changes nothing


class Chance:
    """A seeded source. Every draw takes its numbers in order, whatever the levels: that keeps two runs comparable."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def uniform(self, *shape: int) -> Floats:
        """In (0, 1), both ends excluded."""
        raw = self._bits.random_raw(math.prod(shape))
        return ((np.asarray(raw, dtype=np.uint64) >> np.uint64(11)).astype(np.float64) + 0.5).reshape(shape) * 2.0**-53

    def normal(self, *shape: int) -> Floats:
        """Box–Muller, two uniform numbers each."""
        radius = np.sqrt(-2 * np.log(self.uniform(*shape)))
        found: Floats = radius * np.cos(2 * math.pi * self.uniform(*shape))
        return found

    def figures(self, figures: list[Uncertain], rows: int) -> Floats:
        """``rows`` values of each uncertain figure, all independent: rows × figures."""
        normal, uniform = self.normal(rows, len(figures)), self.uniform(rows, len(figures))
        found = np.empty((rows, len(figures)))
        for rank, figure in enumerate(figures):
            if figure.law == "ratio":
                z = normal[:, rank]
                found[:, rank] = figure.value * np.exp(z * np.where(z < 0, figure.below, figure.above))
            else:
                found[:, rank] = triangular(uniform[:, rank], figure.low, figure.value, figure.high)
        return found


def triangular(u: Floats, low: float | Floats, mode: float | Floats, high: float | Floats) -> Floats:
    """Inverse of the triangular law; an empty range gives the mode."""
    width = np.maximum(high - np.asarray(low), 1e-300)
    peak = (mode - np.asarray(low)) / width
    rising = low + np.sqrt(u * width * (mode - np.asarray(low)))
    falling = high - np.sqrt((1 - u) * width * (np.asarray(high) - mode))
    found: Floats = np.where(u < peak, rising, falling)
    return found


def counts(u: Floats, mean: Floats) -> Ints:
    """Poisson numbers by inversion: more is expected, more is drawn, with the same ``u``. Shapes broadcast."""
    chance = np.exp(-mean)
    below = np.broadcast_to(chance, np.broadcast_shapes(u.shape, mean.shape)).copy()
    found = np.zeros(below.shape, dtype=np.intp)
    more = u >= below
    number = 0
    while number < _MOST and more.any():
        number += 1
        found += more
        chance = chance * mean / number
        below = below + chance
        more = u >= below
    return found


def bounds() -> tuple[float, float]:
    """Quantiles shown as an interval: 5 % lies on each side."""
    tail = 0.5 * math.erfc(BOUND / math.sqrt(2))
    return tail, 1 - tail


def weighted_quantiles(values: Floats, weights: Floats, ranks: tuple[float, ...]) -> list[float]:
    """Quantiles of ``values`` that count for ``weights``; 0 when nothing weighs."""
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[order])
    if not len(values) or cumulated[-1] <= 0:
        return [0.0] * len(ranks)
    places = np.searchsorted(cumulated, np.array(ranks) * cumulated[-1])
    return [float(values[order[min(place, len(values) - 1)]]) for place in places]
