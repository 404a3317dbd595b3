# SPDX-License-Identifier: EUPL-1.2
"""Before and after, in the same worlds: what differs is the levels, not the chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from carene.engines.simulation.drawing import bounds
from carene.engines.simulation.outcome import Outcome, Samples
from carene.engines.simulation.setting import Floats


@dataclass(frozen=True, slots=True)
class Difference:
    """What is taken away a year (positive when the risk falls): mean, and the interval that holds it nine times in
    ten. ``share`` of the risk before, 0–1 (0 when there was none)."""

    mean: float
    low: float
    high: float
    share: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """``failing`` is negative when more attempts fail afterwards: everything reads « before minus after »."""

    probability: Difference
    days: Difference
    euros: Difference
    days_if: Difference
    failing: Difference


def compare(before: Outcome, after: Outcome) -> Mapping[str, Comparison]:
    """Attack, and « total » → what changes.

    Both come from ``simulate`` with the same pack, seed and draws, without which they would not be comparable:
    raises ValueError otherwise.
    """
    if (before.seed, before.draws, before.model) != (after.seed, after.draws, after.model):
        raise ValueError("simulations of another pack, another seed or another number of draws")
    return {key: _compare(samples, after.samples[key]) for key, samples in before.samples.items()}


def _compare(before: Samples, after: Samples) -> Comparison:
    return Comparison(
        probability=_difference(before.probability, after.probability),
        days=_difference(before.days, after.days),
        euros=_difference(before.euros, after.euros),
        days_if=_difference(before.days_if, after.days_if),
        failing=_difference(before.failing, after.failing),
    )


def _difference(before: Floats, after: Floats) -> Difference:
    gained = before - after
    low, high = np.quantile(gained, bounds())
    start = float(before.mean())
    mean = float(gained.mean())
    return Difference(mean, float(low), float(high), mean / start if start > 0 else 0.0)
