# SPDX-License-Identifier: EUPL-1.2
"""The expected risk, without drawing anything: fast enough for a slider or a planner.

Successes, days, activity and euros are exact expectations over every uncertain figure of the model. The probability of
at least one success takes the yearly number of successes for log-normal, with its exact mean and variance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from carene.engines.simulation.model import Establishment, Model
from carene.engines.simulation.setting import DAYS, UNKNOWN, Floats, Ints, Setting, setting_of, states_of
from carene.engines.simulation.tables import Tables, tables_of
from carene.engines.simulation.weights import Weights, weights_of

_HERMITE = np.polynomial.hermite_e.hermegauss(24)
_ROOTS, _SHARES = _HERMITE[0], _HERMITE[1] / _HERMITE[1].sum()


@dataclass(frozen=True, slots=True)
class Risk:
    """Expected figures of one attack, or of all. A year: ``attempts``, ``successes``, ``probability`` of at least one,
    ``days`` of degraded care, ``activity`` (days of activity lost), ``records`` exposed, ``euros``. ``failing``: share
    (0–1) of the serious attempts that fail; ``days_if``, ``euros_if``: of one success."""

    attempts: float
    successes: float
    probability: float
    days: float
    activity: float
    records: float
    euros: float

    @property
    def failing(self) -> float:
        return 1.0 - self.successes / self.attempts if self.attempts else 1.0

    @property
    def days_if(self) -> float:
        return self.days / self.successes if self.successes else 0.0

    @property
    def euros_if(self) -> float:
        return self.euros / self.successes if self.successes else 0.0

    @property
    def activity_share(self) -> float:
        """Of the year's activity."""
        return self.activity / DAYS


@dataclass(frozen=True, slots=True)
class Expectation:
    attacks: Mapping[str, Risk]
    total: Risk
    unevaluated: tuple[str, ...]  # criteria that act here and that nobody evaluated
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Basis:
    """One establishment ready for the calculation; ``units``: euros and days, one weight a column of ``tables``."""

    model: Model
    setting: Setting
    states: Ints
    tables: Tables
    weights: Weights
    units: Floats  # 2 × columns of the four quantities


def basis_of(
    model: Model,
    levels: Mapping[str, int | None],
    establishment: Establishment,
    recovery_days: Mapping[str, float] | None = None,
) -> Basis:
    """``levels``: criterion → level 0–4, None or absent when not evaluated. ``recovery_days``: attack → computed days.

    Raises ValueError for a level, an attack or a number of days that does not exist.
    """
    computed = dict(recovery_days or {})
    if any(key not in model.attack or not days > 0 for key, days in computed.items()):
        raise ValueError(f"not a recovery time: {computed}")
    setting = setting_of(model, establishment)
    tables = tables_of(model, setting.prior, frozenset(computed))
    weights = weights_of(model, setting, establishment, tables, computed)
    quantities = np.stack([weights.successes, weights.days, weights.activity, weights.records])
    euros = (quantities * weights.euros).reshape(-1)
    days = np.concatenate([np.zeros_like(weights.days), weights.days, np.zeros(2 * len(weights.days))])
    units = (np.stack([euros, days])[:, :, None] * tables.nodes).reshape(2, -1)
    return Basis(model, setting, states_of(model, levels, setting.applicable), tables, weights, units)


def risk(
    model: Model,
    levels: Mapping[str, int | None],
    establishment: Establishment,
    *,
    recovery_days: Mapping[str, float] | None = None,
) -> Expectation:
    """Expected risk of one establishment; see ``basis_of`` for what goes in. About a millisecond."""
    return expectation(basis_of(model, levels, establishment, recovery_days))


def expectation(basis: Basis) -> Expectation:
    tables, weights, model = basis.tables, basis.weights, basis.model
    rows = np.arange(len(basis.states))
    factors = np.exp(tables.at(rows, basis.states).sum(axis=0)).reshape(-1, len(tables.nodes)) @ tables.nodes
    count = len(tables.channels)
    successes, days, activity, records = (
        factors[k * count : (k + 1) * count] * base
        for k, base in enumerate((weights.successes, weights.days, weights.activity, weights.records))
    )
    euros = (np.stack([successes, days, activity, records]) * weights.euros).sum(axis=0)
    squares = factors[4 * count :] * weights.pairs
    i, j = np.array(tables.pairs).T
    squares = np.where(i == j, squares, 2 * squares)
    owner = np.array([rank for rank, _ in tables.channels])

    def gathered(mine: Floats, both: Floats) -> Risk:
        mean = float(successes[mine].sum())
        return Risk(
            attempts=float(weights.attempts[mine].sum()),
            successes=mean,
            probability=at_least_one(mean, float(squares[both].sum())),
            days=float(days[mine].sum()),
            activity=float(activity[mine].sum()),
            records=float(records[mine].sum()),
            euros=float(euros[mine].sum()),
        )

    attacks = {}
    for rank, attack in enumerate(model.attacks):
        mine = owner == rank
        attacks[attack.id] = gathered(mine, mine[i] & mine[j])
    everything = np.ones(count, dtype=bool)
    return Expectation(
        attacks=attacks,
        total=gathered(everything, everything[i]),
        unevaluated=tuple(key for key, state in zip(model.criteria, basis.states, strict=True) if state >= UNKNOWN),
        notes=basis.setting.notes,
    )


def at_least_one(mean: float, square: float) -> float:
    """Probability of one success or more in a year, from the mean and the mean square of their expected number."""
    if mean <= 0:
        return 0.0
    variance = max(0.0, float(np.log(square / mean**2)))
    numbers = mean * np.exp(np.sqrt(variance) * _ROOTS - variance / 2)
    return float(-np.expm1(-numbers) @ _SHARES)
