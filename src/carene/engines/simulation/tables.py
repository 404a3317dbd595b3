# SPDX-License-Identifier: EUPL-1.2
"""Expected effect of each criterion, at each state, on each quantity: made once, then a sum of logarithms is a risk.

Every quantity (successes through a channel, their days, their lost activity, their records, and the products of two
channels that a variance needs) is a product over places, each to some power. Criteria are independent, so its
expectation is a product over criteria; only the overlap is common to all, and is integrated over its few nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carene.engines.simulation.model import LEVELS, Attack, Barrier, Channel, Model, triangle
from carene.engines.simulation.setting import STATES, UNKNOWN, Floats, Ints

Powers = Mapping[str, float]  # place → power


@dataclass(frozen=True)
class Tables:
    """Columns: ``terms`` × nodes of the overlap, flattened. Terms: successes (one a channel), days, activity, records
    (channels of every attack in a row, in that order), then pairs of channels (``pairs`` × 2).

    ``log``: criteria × states × columns, logarithm of the expected factor, kept in half of the memory of what is
    computed from it; ``nodes``: weights of the overlap.
    """

    log: npt.NDArray[np.float32]
    nodes: Floats
    channels: tuple[tuple[int, Channel], ...]  # rank of the attack, channel
    pairs: tuple[tuple[int, int], ...]

    @property
    def width(self) -> int:
        """Columns of the four quantities, without the pairs."""
        return 4 * len(self.channels) * len(self.nodes)

    def at(self, criteria: Ints | int, states: Ints | list[int], width: int | None = None) -> Floats:
        """Rows of the first ``width`` columns, in full precision: one for each pair of a criterion and a state."""
        return self.log[criteria, states, :width].astype(np.float64)


def tables_of(model: Model, prior: int, computed: frozenset[str] = frozenset()) -> Tables:
    """``computed``: attacks whose recovery time is given; their own recovery barriers then have no effect."""
    key = (prior, computed)
    found = model.cache.get(key)
    if not isinstance(found, Tables):
        found = model.cache[key] = _make(model, prior, computed)
    return found


def _make(model: Model, prior: int, computed: frozenset[str]) -> Tables:
    channels = tuple((rank, one) for rank, attack in enumerate(model.attacks) for one in attack.channels)
    pairs = tuple((i, j) for i in range(len(channels)) for j in range(i, len(channels)))
    terms = terms_of(model, computed)
    passes = terms[: len(channels)]
    terms += [_plus(passes[i], passes[j]) for i, j in pairs]
    law = triangle(model.overlap.low, model.overlap.value, model.overlap.high)
    overlap, nodes = np.array([x for x, _ in law]), np.array([weight for _, weight in law])
    shares = np.array(model.priors[prior].shares)
    log = np.stack([_criterion(model, key, terms, overlap, shares) for key in model.criteria])
    return Tables(log, nodes, channels, pairs)


def terms_of(model: Model, computed: frozenset[str] = frozenset()) -> list[Powers]:
    """Successes of every channel of every attack, then their days, their activity and their records."""
    owners = [attack for attack in model.attacks for _ in attack.channels]
    passes = [powers_of(attack, one) for attack in model.attacks for one in attack.channels]
    terms = list(passes)
    for quantity in ("days", "activity", "records"):
        for attack, base in zip(owners, passes, strict=True):
            terms.append(_plus(base, _consequence(model, attack, quantity, computed)))
    return terms


def powers_of(attack: Attack, channel: Channel) -> Powers:
    """Places that a success through this channel has passed."""
    found: dict[str, float] = {}
    for place in channel.places:
        found[place] = found.get(place, 0.0) + 1.0
    for stage in attack.stages:
        if stage.id not in channel.skips:
            for place in stage.places:
                found[place] = found.get(place, 0.0) + 1.0
    return found


def recovery_places(attack: Attack, computed: frozenset[str]) -> tuple[str, ...]:
    own = () if attack.id in computed else attack.recovery.own
    return (*own, *attack.recovery.shared)


def _consequence(model: Model, attack: Attack, quantity: str, computed: frozenset[str]) -> Powers:
    if quantity == "records":
        return {} if attack.exposure is None else dict.fromkeys(attack.exposure.places, 1.0)
    power = 1.0 if quantity == "days" else model.activity.exponent
    return dict.fromkeys(recovery_places(attack, computed), power)


def _plus(one: Powers, other: Powers) -> Powers:
    return {key: one.get(key, 0.0) + other.get(key, 0.0) for key in {**one, **other}}


def _criterion(model: Model, key: str, terms: list[Powers], overlap: Floats, shares: Floats) -> npt.NDArray[np.float32]:
    """States × columns for one criterion."""
    factor = np.ones((LEVELS, len(terms), len(overlap)))
    for place in model.places:
        for barrier in place.barriers:
            if barrier.criterion == key:
                powers = np.array([term.get(place.id, 0.0) for term in terms])
                distinct = np.array(sorted(set(powers.tolist())))
                which = np.searchsorted(distinct, powers)
                factor *= _left(barrier, distinct, overlap)[:, which, :]
    found = np.ones((STATES, *factor.shape[1:]))
    found[:LEVELS] = factor
    for least in range(LEVELS):
        chances = np.concatenate([np.zeros(least), [shares[: least + 1].sum()], shares[least + 1 :]])
        found[UNKNOWN + least] = np.tensordot(chances, factor, axes=1)
    return np.log(found.reshape(STATES, -1)).astype(np.float32)


def _left(barrier: Barrier, powers: Floats, overlap: Floats) -> Floats:
    """What a barrier lets pass, expected over its range: levels × powers × overlap."""
    stops = np.array(barrier.stops)
    last = stops[-1]
    found = np.zeros((LEVELS, len(powers), len(overlap)))
    exponent = powers[:, None] * overlap[None, :]
    for share, weight in triangle(barrier.low, last, barrier.high):
        passing = 1 - stops * (share / last)
        found += weight * passing[:, None, None] ** exponent[None]
    return found
