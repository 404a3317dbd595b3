# SPDX-License-Identifier: EUPL-1.2
"""Expected size of each quantity before any barrier: what the factors of ``tables`` multiply."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from carene.engines.simulation.model import Attack, Channel, Establishment, Model, Uncertain
from carene.engines.simulation.setting import DAYS, Floats, Setting, open_channels
from carene.engines.simulation.tables import Tables


@dataclass(frozen=True)
class Weights:
    """One value a channel (all attacks in a row), for one success a year let through, but ``pairs``: one a pair.

    ``attempts`` serious attempts a year; ``successes`` a year without barriers; ``days``, ``activity`` (days of
    activity lost) and ``records`` a year likewise; ``euros``: four rows, euros that one unit of successes, days,
    activity and records costs.
    """

    attempts: Floats
    successes: Floats
    days: Floats
    activity: Floats
    records: Floats
    euros: Floats
    pairs: Floats


def weights_of(
    model: Model,
    setting: Setting,
    establishment: Establishment,
    tables: Tables,
    recovery_days: Mapping[str, float],
) -> Weights:
    """``recovery_days``: attack → computed days of recovery, which replace the base of the pack."""
    base = _constants(model, tables)
    is_open = open_channels(model.attacks, establishment)
    attempts = base.rate * setting.tries * is_open
    successes = attempts * base.passes
    gamma = model.activity.exponent
    rows = [_of_attack(model, attack, setting, recovery_days.get(attack.id)) for attack in model.attacks]
    by_attack = np.array(rows)[[rank for rank, _ in tables.channels]].T
    days, lost, records, fixed, per_day, revenue, per_record = by_attack
    i, j = np.array(tables.pairs).T
    return Weights(
        attempts=attempts,
        successes=successes,
        days=successes * base.scope * days,
        activity=successes * base.scope**gamma * lost,
        records=successes * base.scope * records,
        euros=np.stack([fixed * base.scope, per_day, revenue, per_record]),
        pairs=base.pairs * setting.tries**2 * is_open[i] * is_open[j],
    )


def _of_attack(model: Model, attack: Attack, setting: Setting, computed: float | None) -> list[float]:
    """Days, days of activity lost, records of one success; euros of one success, day, day of activity, record."""
    gamma, recovery = model.activity.exponent, attack.recovery
    size = recovery.by_size[setting.size] if computed is None else computed
    days = size * (1.0 if computed is not None else recovery.days.moment(1))
    power = size**gamma * (1.0 if computed is not None else recovery.days.moment(gamma))
    lost = (
        power
        * recovery.spread.expect(lambda s: math.exp((gamma * s) ** 2 / 2))
        * model.activity.first_day.moment(1)
        * recovery.activity.moment(1)
        * setting.activity
    )
    exposure, money = attack.exposure, attack.money
    records = 0.0 if exposure is None else exposure.records.by_size[setting.size] * exposure.records.error.moment(1)
    return [
        days * recovery.spread.expect(lambda s: math.exp(s**2 / 2)),
        lost,
        records,
        money.fixed.by_size[setting.size] * money.fixed.error.moment(1),
        money.per_day.by_size[setting.size] * money.per_day.error.moment(1),
        setting.budget / DAYS * model.revenue.share.moment(1),
        0.0 if money.per_record is None else money.per_record.moment(1),
    ]


@dataclass(frozen=True)
class _Constants:
    rate: Floats  # attempts a year at a medium general hospital, tide included
    passes: Floats  # probability without barrier
    scope: Floats
    pairs: Floats  # expectation of the product of two channels' successes


def _constants(model: Model, tables: Tables) -> _Constants:
    found = model.cache.get("constants")
    if isinstance(found, _Constants):
        return found
    tide = model.tide.moment(1)
    channels = tables.channels
    found = _Constants(
        rate=np.array([tide * one.rate.moment(1) for _, one in channels]),
        passes=np.array([_passes(model.attacks[rank], one) for rank, one in channels]),
        scope=np.array([one.scope for _, one in channels]),
        pairs=np.array([_pair(model, channels[i], channels[j]) for i, j in tables.pairs]),
    )
    model.cache["constants"] = found
    return found


def _passes(attack: Attack, channel: Channel) -> float:
    return channel.passes.moment(1) * math.prod(
        stage.passes.moment(1) for stage in attack.stages if stage.id not in channel.skips
    )


def _pair(model: Model, one: tuple[int, Channel], other: tuple[int, Channel]) -> float:
    figures: list[tuple[str, Uncertain]] = []
    for rank, channel in (one, other):
        attack = model.attacks[rank]
        figures += [(f"{attack.id}.{channel.id}.rate", channel.rate), (f"{attack.id}.{channel.id}", channel.passes)]
        figures += [
            (f"{attack.id}.{stage.id}.stage", stage.passes) for stage in attack.stages if stage.id not in channel.skips
        ]
    counts: dict[str, tuple[Uncertain, int]] = {}
    for key, figure in figures:
        counts[key] = (figure, counts.get(key, (figure, 0))[1] + 1)
    return model.tide.moment(2) * math.prod(figure.moment(count) for figure, count in counts.values())
