# SPDX-License-Identifier: EUPL-1.2
"""What a simulation gives, ready to be drawn, told or compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from carene.engines.simulation.setting import DAYS, Floats

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Spread:
    """A yearly expectation: its mean over what we do not know, the interval that holds it nine times in ten, and
    ``error``, the standard error of the mean due to the number of draws."""

    mean: float
    low: float
    high: float
    error: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """A quantity that chance decides. ``quantiles``: at 5, 25, 50, 75, 95 and 99 %; ``shares`` between ``edges``
    (one more edge than shares, growing) sum to 1 when something can happen."""

    mean: float
    quantiles: Mapping[float, float]
    edges: tuple[float, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Years:
    """The simulated years. ``quiet``: share of them without any day lost; quantiles over all of them; ``exceeding``:
    (amount, share of years that reach it) for a curve, growing amounts."""

    quiet: float
    quantiles: Mapping[float, float]
    exceeding: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class AttackOutcome:
    """One attack, or all together (``id`` « total »).

    A year: ``attempts`` serious ones, ``probability`` of at least one success, ``days`` of degraded care, ``activity``
    (days of activity lost; ``activity_share`` of the year), ``euros``, ``records`` exposed. ``failing``: share (0–1) of
    attempts that fail. ``days_if``, ``euros_if``: of one success. ``channels``: probability a year by way in.
    """

    id: str
    title: str
    attempts: Spread
    probability: Spread
    failing: Spread
    days: Spread
    activity: Spread
    euros: Spread
    records: Spread
    days_if: Distribution
    euros_if: Distribution
    years_days: Years
    years_euros: Years
    channels: Mapping[str, Spread]

    @property
    def activity_share(self) -> float:
        return self.activity.mean / DAYS


@dataclass(frozen=True, slots=True)
class Samples:
    """One row a draw of what we do not know: yearly expectations, for comparisons."""

    probability: Floats
    days: Floats
    euros: Floats
    days_if: Floats
    failing: Floats


@dataclass(frozen=True)
class Outcome:
    """``prevent``: share of the serious attempts of the three attacks that fail; ``recover``: days of degraded care
    when one of the first attack of the pack (the one that stops care) succeeds. These are the two aims of CaRE.

    ``unevaluated``: criteria that act here and that nobody evaluated; ``unevaluated_share``: part (0–1) of what the
    criteria can change, from 0 to 4, that rests on them.
    """

    attacks: Mapping[str, AttackOutcome]
    total: AttackOutcome
    seed: int
    draws: int
    worlds: int  # draws of what we do not know; draws // worlds years each
    acting: int
    unevaluated: tuple[str, ...]
    unevaluated_share: float
    notes: tuple[str, ...]
    model: str  # digest of the pack
    samples: Mapping[str, Samples] = field(repr=False, compare=False, default_factory=dict)

    @property
    def prevent(self) -> Spread:
        return self.total.failing

    @property
    def recover(self) -> Distribution:
        return next(iter(self.attacks.values())).days_if
