# SPDX-License-Identifier: EUPL-1.2
"""Monte Carlo on two levels: worlds (what we do not know), then years in each world (what chance decides)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from carene.engines.simulation.drawing import Chance, bounds, counts, weighted_quantiles
from carene.engines.simulation.expectation import Basis, basis_of
from carene.engines.simulation.model import Establishment, Model
from carene.engines.simulation.outcome import QUANTILES, AttackOutcome, Distribution, Outcome, Samples, Spread, Years
from carene.engines.simulation.setting import NOT_APPLICABLE, UNKNOWN, Floats, Ints
from carene.engines.simulation.shares import leverage
from carene.engines.simulation.worlds import Worlds, draw_worlds, of_one

YEARS = 10  # of each world
DRAWS = 20_000
LEAST = 200  # draws below which no quantile means anything
SEED = 1
BINS = 24
POINTS = 40  # of a curve


def simulate(
    model: Model,
    levels: Mapping[str, int | None],
    establishment: Establishment,
    *,
    seed: int = SEED,
    draws: int = DRAWS,
    recovery_days: Mapping[str, float] | None = None,
) -> Outcome:
    """The yearly risk of one establishment, as distributions.

    ``levels``: criterion → level 0–4, None or absent when not evaluated (it is then drawn from the prior of the pack);
    criteria that do not apply stand in ``establishment``. ``draws``: simulated years, ten for each world.
    ``recovery_days``: attack → computed days that replace the base of the pack. The same seed gives the same figures
    on every machine, to the last digits of a logarithm. Raises ValueError for too few draws or a level that does not
    exist.
    """
    if draws < LEAST:
        raise ValueError(f"at least {LEAST} draws")
    basis = basis_of(model, levels, establishment, recovery_days)
    chance = Chance(seed)
    worlds = draw_worlds(basis, establishment, recovery_days or {}, chance, draws // YEARS)
    groups = _Groups(basis, worlds, chance)
    owner = np.array([rank for rank, _ in basis.tables.channels])
    names = [(attack.id, attack.title, owner == rank) for rank, attack in enumerate(model.attacks)]
    samples: dict[str, Samples] = {}
    found = {}
    for key, title, mine in [*names, ("total", "Les trois attaques", owner >= 0)]:
        found[key], samples[key] = groups.outcome(key, title, mine)
    total = found.pop("total")
    states = basis.states
    return Outcome(
        attacks=found,
        total=total,
        seed=seed,
        draws=groups.worlds * YEARS,
        worlds=groups.worlds,
        acting=int((states != NOT_APPLICABLE).sum()),
        unevaluated=tuple(key for key, state in zip(model.criteria, states, strict=True) if state >= UNKNOWN),
        unevaluated_share=leverage(basis),
        notes=basis.setting.notes,
        model=model.digest,
        samples=samples,
    )


@dataclass(frozen=True)
class _Events:
    """Every success of every simulated year: its year, its channel, its days and its euros."""

    year: Ints
    channel: Ints
    days: Floats
    euros: Floats


class _Groups:
    """Channels gathered by attack, or all together."""

    def __init__(self, basis: Basis, worlds: Worlds, chance: Chance) -> None:
        self.basis, self.drawn = basis, worlds
        self.worlds = len(worlds.successes)
        self.owner = np.array([rank for rank, _ in basis.tables.channels])
        self.scope = np.array([one.scope for _, one in basis.tables.channels])
        self.gamma = basis.model.activity.exponent
        one = of_one(basis, worlds)
        self.days, self.activity, self.records, self.euros = one.days, one.activity, one.records, one.euros.sum(axis=0)
        self.years = _years(self, chance)

    def euros_of(self, world: Ints, channel: Ints, days: Floats) -> Floats:
        """Euros of successes that lasted ``days``."""
        w, attack = self.drawn, self.owner[channel]
        # Activity follows days ** exponent: the scope is already inside ``days``.
        found: Floats = (
            w.fixed[world, attack] * self.scope[channel]
            + w.per_day[world, attack] * days
            + w.revenue[world] * w.lost[world, attack] * days**self.gamma
            + w.per_record[world, attack] * self.records[world, channel]
        )
        return found

    def outcome(self, key: str, title: str, mine: Floats) -> tuple[AttackOutcome, Samples]:
        successes = self.drawn.successes[:, mine]
        rate, attempts = successes.sum(axis=1), self.drawn.attempts[:, mine].sum(axis=1)
        days, activity, records, euros = (
            (successes * one[:, mine]).sum(axis=1) for one in (self.days, self.activity, self.records, self.euros)
        )
        probability = -np.expm1(-rate)
        # A world where attacks succeed more counts more in what one success is worth.
        failing = 1 - np.divide(rate, attempts, out=np.zeros_like(rate), where=attempts > 0)
        days_if, euros_if = self._of_one(np.flatnonzero(mine))
        found = AttackOutcome(
            id=key,
            title=title,
            attempts=_spread(attempts),
            probability=_spread(probability),
            failing=_spread(failing),
            days=_spread(days),
            activity=_spread(activity),
            euros=_spread(euros),
            records=_spread(records),
            days_if=days_if,
            euros_if=euros_if,
            years_days=self._year(self.years.days, mine),
            years_euros=self._year(self.years.euros, mine),
            channels={
                self.basis.tables.channels[rank][1].id: _spread(-np.expm1(-self.drawn.successes[:, rank]))
                for rank in np.flatnonzero(mine)
            }
            if key != "total"
            else {},
        )
        ratio = np.divide(days, rate, out=np.zeros_like(rate), where=rate > 0)
        return found, Samples(probability, days, euros, ratio, failing)

    def _of_one(self, mine: Ints) -> tuple[Distribution, Distribution]:
        """Days and euros of one success: each world, each way in, at its own frequency."""
        world = np.repeat(np.arange(self.worlds), len(mine))
        channel = np.tile(mine, self.worlds)
        attack = self.owner[channel]
        weights = self.drawn.successes[world, channel]
        noise = np.exp(self.drawn.spread[world, attack] * self.lone[world, attack])
        days = self.drawn.days[world, attack] * self.scope[channel] * noise
        euros = self.euros_of(world, channel, days)
        return _distribution(days, weights), _distribution(euros, weights)

    def _year(self, values: Floats, mine: Floats) -> Years:
        chosen = mine[self.years.channel]
        total = np.bincount(self.years.year[chosen], weights=values[chosen], minlength=self.worlds * YEARS)
        ordered = np.sort(total)
        last = len(ordered) - 1
        ranks = {*np.linspace(0, 1, POINTS).tolist(), *(1 - np.geomspace(0.1, 1e-3, POINTS)).tolist()}
        curve = {float(ordered[int(rank * last)]): 1 - rank for rank in sorted(ranks, reverse=True)}
        return Years(
            quiet=float((total <= 0).mean()),
            quantiles={rank: float(ordered[int(rank * last)]) for rank in QUANTILES},
            exceeding=tuple(sorted((amount, share) for amount, share in curve.items() if amount > 0)),
        )

    lone: Floats  # one more chance a world and attack, for what one success is worth


def _years(groups: _Groups, chance: Chance) -> _Events:
    """Draws the years. The numbers taken from chance do not depend on the levels."""
    drawn, count = groups.drawn, groups.worlds
    attacks = drawn.days.shape[1]
    groups.lone = chance.normal(count, attacks)
    luck = chance.uniform(count, YEARS, drawn.successes.shape[1])
    noise = chance.normal(count, YEARS, attacks, 2)
    number = counts(luck, drawn.successes[:, None, :])
    world, year, channel = np.nonzero(number)
    times = number[world, year, channel]
    attack = groups.owner[channel]
    spread = drawn.spread[world, attack]
    first = np.exp(spread * noise[world, year, attack, 0])
    others = np.exp(spread * noise[world, year, attack, 1])
    base = drawn.days[world, attack] * groups.scope[channel]
    days = base * first, base * others
    more = times - 1  # a second success in the year has its own chance, which further ones share
    return _Events(
        year=world * YEARS + year,
        channel=channel,
        days=days[0] + more * days[1],
        euros=groups.euros_of(world, channel, days[0]) + more * groups.euros_of(world, channel, days[1]),
    )


def _spread(values: Floats) -> Spread:
    low, high = np.quantile(values, bounds())
    error = float(values.std(ddof=1)) / len(values) ** 0.5
    return Spread(float(values.mean()), float(low), float(high), error)


def _distribution(values: Floats, weights: Floats) -> Distribution:
    """Log-spaced classes, as these quantities spread over decades."""
    whole = float(weights.sum())
    if whole <= 0:
        return Distribution(0.0, dict.fromkeys(QUANTILES, 0.0), (), ())
    low, high = weighted_quantiles(values, weights, (0.005, 0.995))
    edges = np.geomspace(max(low, 1e-6), max(high, 2e-6), BINS + 1)
    shares, _ = np.histogram(np.clip(values, edges[0], edges[-1]), bins=edges, weights=weights / whole)
    return Distribution(
        mean=float(np.average(values, weights=weights)),
        quantiles=dict(zip(QUANTILES, weighted_quantiles(values, weights, QUANTILES), strict=True)),
        edges=tuple(map(float, edges)),
        shares=tuple(map(float, shares)),
    )
