# SPDX-License-Identifier: EUPL-1.2
"""The simulation pack as validated immutable objects, and the establishment that it is applied to.

An attack enters through one of several ``Channel`` in parallel, then passes its ``Stage`` in series, then costs days
until recovery. At each of these places stand barriers, one criterion each; ``docs/guide/simulation.md`` says it on one
page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from carene.engines.referential.model import Confidence, Profile, Source, When

LEVELS = 5  # a criterion of the pack stands at 0, 1, 2, 3 or 4
BOUND = 1.6448536269514722  # of the standard normal law: 5 % of it lies below −BOUND, 5 % above
# Gauss–Legendre on [0, 1] with six nodes: exact for polynomials of degree 11, and our densities are smooth by pieces.
NODES = (0.03376524289842, 0.16939530676687, 0.38069040695840, 0.61930959304160, 0.83060469323313, 0.96623475710158)
WEIGHTS = (0.08566224618959, 0.18038078652407, 0.23395696728635, 0.23395696728635, 0.18038078652407, 0.08566224618959)

Law = Literal["ratio", "bounded"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a figure comes from: key of ``Model.sources``, confidence, and the reasoning in a line of French."""

    source: str
    confidence: Confidence
    reason: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A figure known within a range.

    ``bounded``: triangular from ``low`` to ``high``, most likely at ``value``. ``ratio``: a positive figure whose
    median is ``value``; 5 % lies below ``low`` and 5 % above ``high``, each side log-normal.
    """

    value: float
    low: float
    high: float
    law: Law
    origin: Origin

    @property
    def below(self) -> float:
        """Standard deviation of the logarithm on the lower side (``ratio``)."""
        return math.log(self.value / self.low) / BOUND

    @property
    def above(self) -> float:
        return math.log(self.high / self.value) / BOUND

    def moment(self, power: float) -> float:
        """Expectation of the figure raised to ``power``."""
        if self.law == "bounded":
            return self.expect(lambda x: math.pow(x, power))
        lower, upper = power * self.below, power * self.above
        both = math.exp(lower**2 / 2) * _normal(-lower) + math.exp(upper**2 / 2) * _normal(upper)
        return math.pow(self.value, power) * both

    def expect(self, function: Callable[[float], float]) -> float:
        """Expectation of ``function`` of the figure (``bounded`` only), by quadrature."""
        return math.fsum(weight * function(x) for x, weight in triangle(self.low, self.value, self.high))


def _normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def triangle(low: float, mode: float, high: float) -> list[tuple[float, float]]:
    """Nodes and weights (their sum is 1) of a triangular law, twelve of them; one when the range is empty."""
    if high <= low:
        return [(mode, 1.0)]
    found = []
    for start, width in ((low, mode - low), (high, mode - high)):
        # Density rises linearly from 0 at ``start`` to its peak at the mode: 2t on this side, whose share is its width.
        share = abs(width) / (high - low)
        found += [
            (start + width * t, share * 2 * t * weight) for t, weight in zip(NODES, WEIGHTS, strict=True) if share > 0
        ]
    return found


@dataclass(frozen=True, slots=True)
class Barrier:
    """One criterion at one place. ``stops``: share stopped (or taken off) at levels 0–4, each in [0, 1), growing.

    ``low`` and ``high`` are the range of the last one; the others move in the same proportion.
    """

    criterion: str
    label: str
    stops: tuple[float, ...]
    low: float
    high: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class Place:
    """A list of barriers met together; ``id`` is that of a shared list, or « attack.stage »."""

    id: str
    title: str
    barriers: tuple[Barrier, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in. ``rate``: serious attempts a year at a medium general hospital; ``passes``: probability that one of
    them gets in when there is no barrier.

    ``scope``: part of the usual consequences that a success through here has. ``closed_without``: this way does not
    exist where that criterion is declared not applicable.
    """

    id: str
    title: str
    rate: Uncertain
    passes: Uncertain
    places: tuple[str, ...]
    skips: tuple[str, ...] = ()
    scope: float = 1.0
    closed_without: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    title: str
    passes: Uncertain
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sized:
    """An amount by size band, with one range of its common error, as a factor (median 1)."""

    by_size: Mapping[str, float]
    error: Uncertain


@dataclass(frozen=True, slots=True)
class Recovery:
    """Days of degraded care of one success: ``days`` × size × what barriers leave × a log-normal chance (``spread``).

    ``own`` barriers act on the rebuilding itself: a computed recovery time already holds them, and replaces ``days``.
    """

    days: Uncertain
    by_size: Mapping[str, float]
    spread: Uncertain  # standard deviation of the logarithm from one case to another
    activity: Uncertain  # activity lost during a day of this attack, relative to a total stop of computing
    own: tuple[str, ...]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    records: Sized
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Money:
    """Euros of one success: ``fixed``, ``per_day`` of degraded care, ``per_record`` exposed; revenue is elsewhere."""

    fixed: Sized
    per_day: Sized
    per_record: Uncertain | None = None


@dataclass(frozen=True, slots=True)
class Attack:
    id: str
    title: str
    success: str  # what counts as a success, in French
    channels: tuple[Channel, ...]
    stages: tuple[Stage, ...]
    recovery: Recovery
    money: Money
    exposure: Exposure | None = None


@dataclass(frozen=True, slots=True)
class Prior:
    """Chances of levels 0–4 for a criterion that nobody evaluated."""

    when: When
    shares: tuple[float, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Scale:
    """Factors by type and size; 1 for a medium general hospital."""

    by_type: Mapping[str, float]
    by_size: Mapping[str, float]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Activity:
    """Days of activity lost = ``first_day`` × factor of the type × days of degraded care ** ``exponent``."""

    first_day: Uncertain
    exponent: float
    by_type: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Revenue:
    share: Uncertain  # of the operating budget that depends on activity
    budget: Mapping[str, float]  # euros a year by size band, when that of the establishment is unknown


@dataclass(frozen=True, slots=True)
class Establishment:
    """What the simulation needs to know. ``budget``: operating budget, euros a year, None when unknown.

    ``not_applicable``: criteria that it declared so with a reason; those that its profile excludes need not be there.
    """

    profile: Profile
    budget: float | None = None
    not_applicable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Model:
    id: str
    version: str
    referential: str
    attacks: tuple[Attack, ...]
    places: tuple[Place, ...]
    overlap: Uncertain
    tide: Uncertain
    priors: tuple[Prior, ...]
    exposure: Scale
    activity: Activity
    revenue: Revenue
    sources: Mapping[str, Source]
    silent: Mapping[str, str]  # criterion → why it acts nowhere
    applies: Mapping[str, When]  # criterion → whom it concerns
    digest: str = ""
    cache: dict[object, object] = field(default_factory=dict, repr=False, compare=False)  # tables, made once

    @cached_property
    def place(self) -> Mapping[str, Place]:
        return {place.id: place for place in self.places}

    @cached_property
    def attack(self) -> Mapping[str, Attack]:
        return {attack.id: attack for attack in self.attacks}

    @cached_property
    def criteria(self) -> tuple[str, ...]:
        """Criteria that act somewhere, ordered: the order of every array that has one row a criterion."""
        return tuple(sorted({barrier.criterion for place in self.places for barrier in place.barriers}))

    def applicable(self, establishment: Establishment) -> frozenset[str]:
        """Criteria that act somewhere and concern this establishment."""
        return frozenset(
            key
            for key in self.criteria
            if key not in establishment.not_applicable and self.applies[key].accepts(establishment.profile)
        )

    def prior(self, profile: Profile) -> int:
        """Rank of the prior of this profile; the last one holds for everyone."""
        return next(rank for rank, prior in enumerate(self.priors) if prior.when.matches(profile))
