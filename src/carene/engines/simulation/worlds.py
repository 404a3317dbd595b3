# SPDX-License-Identifier: EUPL-1.2
"""Worlds: each draws all that we do not know (figures of the pack, levels that nobody evaluated), and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from carene.engines.simulation.drawing import Chance, triangular
from carene.engines.simulation.expectation import Basis
from carene.engines.simulation.model import LEVELS, Attack, Establishment, Model, Place, Uncertain
from carene.engines.simulation.setting import DAYS, NOT_APPLICABLE, UNKNOWN, Floats, Ints, open_channels
from carene.engines.simulation.tables import powers_of, recovery_places


@dataclass(frozen=True)
class Barriers:
    """What was drawn of the barriers: in each world the ``overlap``, the ``levels`` of each criterion of the model and,
    by place, the ``error`` of the share stopped (worlds × barriers of the place)."""

    overlap: Floats
    levels: list[int | Ints]
    error: Mapping[str, Floats]

    def passing(self, place: Place, column: int, level: int | Ints) -> Floats:
        """Logarithm of what one barrier of a place would let through at these levels, without any overlap."""
        shares = np.array([*place.barriers[column].stops, 0.0])
        found: Floats = np.log1p(-shares[level] * self.error[place.id][:, column])
        return found


@dataclass(frozen=True)
class Worlds:
    """Rows: worlds. ``attempts`` and ``successes`` a year: worlds × channels, all attacks in a row. The others are
    worlds × attacks: median ``days`` of a success, ``spread`` of their logarithm, ``lost`` (days of activity for one
    day ** exponent), ``records``, euros ``fixed``, ``per_day``, ``per_record``; ``revenue``: euros a day of activity.
    ``barriers``: what they come from.
    """

    attempts: Floats
    successes: Floats
    days: Floats
    spread: Floats
    lost: Floats
    records: Floats
    fixed: Floats
    per_day: Floats
    per_record: Floats
    revenue: Floats
    barriers: Barriers


def draw_worlds(
    basis: Basis, establishment: Establishment, recovery_days: Mapping[str, float], chance: Chance, count: int
) -> Worlds:
    model, setting, channels = basis.model, basis.setting, basis.tables.channels
    barriers = _barriers(basis, chance, count)
    left = _passing(basis.model, barriers)
    common = chance.figures([model.tide, model.activity.first_day, model.revenue.share], count)
    rates = chance.figures([one.rate for _, one in channels], count)
    entries = chance.figures([one.passes for _, one in channels], count)
    stages = {
        (rank, stage.id): drawn
        for rank, attack in enumerate(model.attacks)
        for stage, drawn in zip(attack.stages, chance.figures([s.passes for s in attack.stages], count).T, strict=True)
    }
    attempts = rates * common[:, :1] * setting.tries * open_channels(model.attacks, establishment)
    successes = attempts * entries
    for column, (rank, channel) in enumerate(channels):
        attack = model.attacks[rank]
        for stage in attack.stages:
            if stage.id not in channel.skips:
                successes[:, column] *= stages[rank, stage.id]
        for place, power in powers_of(attack, channel).items():
            successes[:, column] *= left[place] ** power
    ends = [
        _end(basis, attack, left, common[:, 1], recovery_days.get(attack.id), chance.figures(_figures(attack), count))
        for attack in model.attacks
    ]
    days, spread, lost, records, fixed, per_day, per_record = np.stack(ends, axis=2).swapaxes(0, 1)
    return Worlds(
        attempts=attempts,
        successes=successes,
        days=days,
        spread=spread,
        lost=lost,
        records=records,
        fixed=fixed,
        per_day=per_day,
        per_record=per_record,
        revenue=common[:, 2] * setting.budget / DAYS,
        barriers=barriers,
    )


@dataclass(frozen=True)
class OneSuccess:
    """What is expected of one success in each world: worlds × channels. ``euros``: four parts, those of the success
    itself, of its days, of its activity and of its records."""

    days: Floats
    activity: Floats
    records: Floats
    euros: Floats


def of_one(basis: Basis, drawn: Worlds) -> OneSuccess:
    channels, gamma = basis.tables.channels, basis.model.activity.exponent
    owner, scope = np.array([rank for rank, _ in channels]), np.array([one.scope for _, one in channels])
    days = (drawn.days * np.exp(drawn.spread**2 / 2))[:, owner] * scope
    power = drawn.days**gamma * np.exp((gamma * drawn.spread) ** 2 / 2)
    activity = (drawn.lost * power)[:, owner] * scope**gamma
    records = drawn.records[:, owner] * scope
    euros = [
        drawn.fixed[:, owner] * scope,
        drawn.per_day[:, owner] * days,
        drawn.revenue[:, None] * activity,
        drawn.per_record[:, owner] * records,
    ]
    return OneSuccess(days, activity, records, np.stack(euros))


def _figures(attack: Attack) -> list[Uncertain]:
    """Always seven, so that every world takes as many numbers from chance."""
    recovery, money, one = attack.recovery, attack.money, attack.money.fixed.error
    return [
        recovery.days,
        recovery.spread,
        recovery.activity,
        one if attack.exposure is None else attack.exposure.records.error,
        money.fixed.error,
        money.per_day.error,
        money.per_record or one,
    ]


def _end(
    basis: Basis,
    attack: Attack,
    left: Mapping[str, Floats],
    first_day: Floats,
    computed: float | None,
    drawn: Floats,
) -> Floats:
    """Worlds × days, spread, lost, records, fixed, per_day, per_record."""
    recovery, money, exposure, size = attack.recovery, attack.money, attack.exposure, basis.setting.size
    days = drawn[:, 0] * recovery.by_size[size] if computed is None else np.full(len(drawn), computed)
    for place in recovery_places(attack, frozenset() if computed is None else frozenset({attack.id})):
        days = days * left[place]
    records = np.zeros(len(drawn))
    if exposure is not None:
        records = drawn[:, 3] * exposure.records.by_size[size]
        for place in exposure.places:
            records = records * left[place]
    return np.stack(
        [
            days,
            drawn[:, 1],
            first_day * drawn[:, 2] * basis.setting.activity,
            records,
            drawn[:, 4] * money.fixed.by_size[size],
            drawn[:, 5] * money.per_day.by_size[size],
            drawn[:, 6] * (money.per_record is not None),
        ],
        axis=1,
    )


def _barriers(basis: Basis, chance: Chance, count: int) -> Barriers:
    overlap = chance.figures([basis.model.overlap], count)[:, 0]
    levels = _levels(basis, chance.uniform(count, len(basis.model.criteria)))
    error = {}
    for place in basis.model.places:
        luck = chance.uniform(count, len(place.barriers))
        errors = [
            triangular(luck[:, column], barrier.low / barrier.stops[-1], 1.0, barrier.high / barrier.stops[-1])
            for column, barrier in enumerate(place.barriers)
        ]
        error[place.id] = np.stack(errors, axis=1) if errors else luck
    return Barriers(overlap, levels, error)


def _passing(model: Model, barriers: Barriers) -> Mapping[str, Floats]:
    """Place → what its barriers let through together, in each world."""
    rank = {key: place for place, key in enumerate(model.criteria)}
    found = {}
    for place in model.places:
        total = np.zeros(len(barriers.overlap))
        for column, barrier in enumerate(place.barriers):
            total += barriers.passing(place, column, barriers.levels[rank[barrier.criterion]])
        found[place.id] = np.exp(barriers.overlap * total)
    return found


def _levels(basis: Basis, luck: Floats) -> list[int | Ints]:
    """Level of each criterion in each world; one that is not applicable points past the last level, at 0."""
    shares = np.array(basis.model.priors[basis.setting.prior].shares)
    cumulated = np.cumsum(shares)[:-1]
    found: list[int | Ints] = []
    for rank, state in enumerate(basis.states):
        if state == NOT_APPLICABLE:
            found.append(LEVELS)
        elif state >= UNKNOWN:
            drawn = np.searchsorted(cumulated, luck[:, rank], side="right")
            found.append(np.maximum(drawn, int(state) - UNKNOWN))
        else:
            found.append(int(state))
    return found
