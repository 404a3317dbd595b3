# SPDX-License-Identifier: EUPL-1.2
"""How uncertain the contribution of each criterion is: the same worlds with and without it, so that chance cancels.

In one world every quantity is a product of what the places let through; a criterion moves its own factors alone. What
it takes away is therefore computed in each world without drawing anything again, and the interval is read across
worlds. The means are those of ``shares``, which are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from carene.engines.simulation.drawing import Chance, bounds
from carene.engines.simulation.expectation import Basis, basis_of
from carene.engines.simulation.model import Establishment, Model
from carene.engines.simulation.setting import NOT_APPLICABLE, Floats, Ints
from carene.engines.simulation.shares import Amount
from carene.engines.simulation.simulate import SEED
from carene.engines.simulation.tables import terms_of
from carene.engines.simulation.worlds import Barriers, Worlds, draw_worlds, of_one

WORLDS = 400
BATCH = 50  # worlds computed together: a few megabytes
_LEGENDRE = np.polynomial.legendre.leggauss(4)  # an interval asks for less than a mean
_TIMES, _PARTS = (_LEGENDRE[0] + 1) / 2, _LEGENDRE[1] / 2


@dataclass(frozen=True, slots=True)
class Range:
    """Nine times in ten, if the model is right, what a criterion takes away a year is between these two."""

    low: Amount
    high: Amount


@dataclass(frozen=True, slots=True)
class Ranges:
    """As the fields of ``Contribution``, by criterion that acts here."""

    today: Mapping[str, Range]
    to_target: Mapping[str, Range]


def ranges(
    model: Model,
    levels: Mapping[str, int | None],
    establishment: Establishment,
    targets: Mapping[str, int],
    *,
    seed: int = SEED,
    worlds: int = WORLDS,
) -> Ranges:
    """Intervals of what ``contributions`` gives for the same arguments; the same seed gives the same ones.

    ``worlds``: rounded down to whole batches. Raises ValueError as ``basis_of`` does.
    """
    basis, chance = basis_of(model, levels, establishment), Chance(seed)
    acting = [rank for rank, state in enumerate(basis.states) if state != NOT_APPLICABLE]
    keys = [model.criteria[rank] for rank in acting]
    batches = [_batch(basis, establishment, targets, acting, chance) for _ in range(max(1, worlds // BATCH))]
    today, to_target = (np.concatenate([batch[part] for batch in batches], axis=2) for part in (0, 1))
    return Ranges(
        today=dict(zip(keys, map(_range, today), strict=True)),
        to_target=dict(zip(keys, map(_range, to_target), strict=True)),
    )


def _batch(
    basis: Basis, establishment: Establishment, targets: Mapping[str, int], acting: list[int], chance: Chance
) -> tuple[Floats, Floats]:
    """What the criteria take away today, and would at their target: each criteria × 2 (euros, days) × worlds."""
    drawn = draw_worlds(basis, establishment, {}, chance, BATCH)
    costs, moved, standing = _costs(basis, drawn), _Moved(basis, drawn.barriers), drawn.barriers.levels
    aimed = [np.maximum(standing[rank], targets.get(basis.model.criteria[rank], 0)) for rank in acting]
    raised = [_sums(costs, 1 - moved.ratio(rank, level)) for rank, level in zip(acting, aimed, strict=True)]
    return np.stack(_shared(costs, [moved.ratio(rank, 0) for rank in acting])), np.stack(raised)


def _costs(basis: Basis, drawn: Worlds) -> Floats:
    """Euros and days a year, world by world, in the columns of ``terms_of``: 2 × worlds × columns."""
    one, nothing = of_one(basis, drawn), np.zeros_like(drawn.successes)
    euros = np.concatenate(list(one.euros * drawn.successes), axis=1)
    days = np.concatenate([nothing, drawn.successes * one.days, nothing, nothing], axis=1)
    return np.stack([euros, days])


def _sums(costs: Floats, share: Floats) -> Floats:
    """Euros and days that go with this share (worlds × columns) of each quantity: 2 × worlds."""
    found: Floats = (costs * share).sum(axis=2)
    return found


def _shared(costs: Floats, bare: list[Floats]) -> list[Floats]:
    """Each criterion's share of what all levels take away, world by world: Owen's integral, as in ``shares``."""
    left = [1 / one for one in bare]  # what the level reached leaves of each quantity
    whole = costs * np.prod(bare, axis=0)
    around = [np.zeros_like(one) for one in left]  # of each, the product of all the others
    for time, part in zip(_TIMES, _PARTS, strict=True):
        mixed = [1 - time + time * one for one in left]
        product = part * np.prod(mixed, axis=0)
        for rank, one in enumerate(mixed):
            around[rank] += product / one
    return [_sums(whole, (1 - one) * others) for one, others in zip(left, around, strict=True)]


def _range(values: Floats) -> Range:
    low, high = np.quantile(values, bounds(), axis=1)
    return Range(Amount(float(low[0]), float(low[1])), Amount(float(high[0]), float(high[1])))


class _Moved:
    """What changes in each world when one criterion moves."""

    def __init__(self, basis: Basis, barriers: Barriers) -> None:
        self.basis, self.barriers = basis, barriers
        terms = terms_of(basis.model)
        self.powers = np.array([[term.get(place.id, 0.0) for term in terms] for place in basis.model.places])
        self.standing: dict[str, list[tuple[int, int]]] = {}
        for rank, place in enumerate(basis.model.places):
            for column, barrier in enumerate(place.barriers):
                self.standing.setdefault(barrier.criterion, []).append((rank, column))

    def ratio(self, rank: int, level: int | Ints) -> Floats:
        """Each quantity with the criterion at another level, for one at its own: worlds × columns."""
        model, barriers = self.basis.model, self.barriers
        total = np.zeros((len(barriers.overlap), self.powers.shape[1]))
        for place, column in self.standing.get(model.criteria[rank], ()):
            change = barriers.passing(model.places[place], column, level)
            change -= barriers.passing(model.places[place], column, barriers.levels[rank])
            total += (barriers.overlap * change)[:, None] * self.powers[place]
        return np.exp(total)
