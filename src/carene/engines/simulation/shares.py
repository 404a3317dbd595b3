# SPDX-License-Identifier: EUPL-1.2
"""What each criterion takes away, and would take away: shares that add up to the whole.

A product of factors is worth what its factors are worth together, so that sharing the gain needs a rule: that of
Shapley, the mean over every order in which the criteria could be raised. For products it has an exact form (Owen's
integral of the multilinear extension along its diagonal): nothing is drawn, and the shares sum to the total to about
twelve digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from carene.engines.simulation.expectation import Basis, basis_of
from carene.engines.simulation.model import LEVELS, Barrier, Establishment, Model
from carene.engines.simulation.setting import NOT_APPLICABLE, UNKNOWN, Floats, Ints, raised

_LEGENDRE = np.polynomial.legendre.leggauss(10)
_TIMES, _PARTS = (_LEGENDRE[0] + 1) / 2, _LEGENDRE[1] / 2


@dataclass(frozen=True, slots=True)
class Amount:
    """A year: expected euros and expected days of degraded care."""

    euros: float
    days: float


@dataclass(frozen=True)
class LevelValues:
    """``steps``: criterion → value of each level between today and its target (empty when there is none to win).

    The first one goes from ``start`` (the level today, 0 for a criterion that nobody evaluated, whose steps then say
    « at least ») to the next. All steps of all criteria sum to ``total``: the risk avoided when every target is met.
    """

    steps: Mapping[str, tuple[Amount, ...]]
    start: Mapping[str, int]
    total: Amount


@dataclass(frozen=True, slots=True)
class BarrierAtWork:
    place: str  # title of the list where it stands
    label: str
    stops: float  # share stopped at the present level, as if alone (0 when not evaluated)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One criterion. ``today``: its share of what all the levels reached take away from a bare establishment (they add
    up); ``one_level``, ``to_target``: what it alone would still take away, others unchanged (they do not add up)."""

    criterion: str
    level: int | None
    today: Amount
    one_level: Amount
    to_target: Amount
    barriers: tuple[BarrierAtWork, ...]


@dataclass(frozen=True, slots=True)
class Contributions:
    """``criteria``: those that act here, by euros that they would still take away, then by identifier.

    ``unevaluated_share``: part (0–1) of the leverage of all criteria, from 0 to 4, that nobody evaluated.
    """

    criteria: tuple[Contribution, ...]
    bare: Amount  # everything at level 0
    now: Amount
    unevaluated_share: float


def level_values(
    model: Model,
    levels: Mapping[str, int | None],
    targets: Mapping[str, int],
    establishment: Establishment,
    *,
    recovery_days: Mapping[str, float] | None = None,
) -> LevelValues:
    """Additive value of every level between today and the target, in euros and in days of care a year.

    ``targets``: criterion → level 0–4; one that is absent stays where it is. Raises ValueError as ``basis_of`` does.
    """
    basis = basis_of(model, levels, establishment, recovery_days)
    if any(not 0 <= level < LEVELS for level in targets.values()):
        raise ValueError("a target is a level from 0 to 4")
    paths = [_path(basis.states, rank, targets.get(key, 0)) for rank, key in enumerate(model.criteria)]
    values = _shared(basis, paths)
    steps = {
        key: tuple(Amount(float(euros), float(days)) for euros, days in row)
        for key, row in zip(model.criteria, values, strict=True)
    }
    ends = np.array([path[-1] for path in paths])
    before, after = _amount(basis, basis.states), _amount(basis, ends)
    return LevelValues(
        steps={key: row for key, row in steps.items() if key in basis.setting.applicable},
        start={key: levels.get(key) or 0 for key in model.criteria if key in basis.setting.applicable},
        total=Amount(before.euros - after.euros, before.days - after.days),
    )


def contributions(
    model: Model,
    levels: Mapping[str, int | None],
    establishment: Establishment,
    targets: Mapping[str, int],
    *,
    recovery_days: Mapping[str, float] | None = None,
) -> Contributions:
    """What each criterion takes away today, and what it would if raised by one level or to its target."""
    basis = basis_of(model, levels, establishment, recovery_days)
    states = basis.states
    bare = np.where(states == NOT_APPLICABLE, NOT_APPLICABLE, 0)
    today = _shared(basis, [[int(start), int(end)] for start, end in zip(bare, states, strict=True)])
    one = np.array([raised(states, rank, _next(int(state))) for rank, state in enumerate(states)])
    wanted = np.array([raised(states, rank, targets.get(key, 0)) for rank, key in enumerate(model.criteria)])
    by_one, to_target = _alone(basis, one), _alone(basis, wanted)
    found = [
        Contribution(
            criterion=key,
            level=None if states[rank] >= UNKNOWN else int(states[rank]),
            today=Amount(float(today[rank][0][0]), float(today[rank][0][1])),
            one_level=Amount(*map(float, by_one[rank])),
            to_target=Amount(*map(float, to_target[rank])),
            barriers=tuple(_at_work(model, key, int(states[rank]))),
        )
        for rank, key in enumerate(model.criteria)
        if states[rank] != NOT_APPLICABLE
    ]
    return Contributions(
        criteria=tuple(sorted(found, key=lambda c: (-c.to_target.euros, c.criterion))),
        bare=_amount(basis, bare),
        now=_amount(basis, states),
        unevaluated_share=leverage(basis),
    )


def leverage(basis: Basis) -> float:
    """Part (0–1) of what the criteria can change, each from 0 to 4, that rests on those nobody evaluated."""
    states = basis.states
    ends = [_alone(basis, np.where(states == NOT_APPLICABLE, NOT_APPLICABLE, level))[:, 0] for level in (0, LEVELS - 1)]
    swing = ends[1] - ends[0]
    whole = float(swing.sum())
    return float(swing[states >= UNKNOWN].sum()) / whole if whole > 0 else 0.0


def _next(state: int) -> int:
    return min(LEVELS - 1, state + 1) if state < LEVELS else 1


def _path(states: Ints, rank: int, target: int) -> list[int]:
    """States that a criterion goes through, today included, until its target."""
    path = [int(states[rank])]
    for level in range(1, target + 1):
        following = raised(states, rank, level)
        if following != path[-1]:
            path.append(following)
    return path


def _amount(basis: Basis, states: Ints) -> Amount:
    log = basis.tables.at(np.arange(len(states)), states, basis.tables.width)
    euros, days = basis.units @ np.exp(log.sum(axis=0))
    return Amount(float(euros), float(days))


def _alone(basis: Basis, states: Ints) -> Floats:
    """Euros and days that each criterion alone would take away by going to its state of ``states``: criteria × 2."""
    rows, width = np.arange(len(states)), basis.tables.width
    now = basis.tables.at(rows, basis.states, width)
    whole = now.sum(axis=0)
    moved = whole - now + basis.tables.at(rows, states, width)
    gained: Floats = (np.exp(whole) - np.exp(moved)) @ basis.units.T
    return gained


def _shared(basis: Basis, paths: list[list[int]]) -> list[Floats]:
    """For each criterion, steps × 2 (euros, days): the additive value of each step of its path."""
    tables, rows = basis.tables, np.arange(len(paths))
    width = tables.width
    first, last = np.array([path[0] for path in paths]), np.array([path[-1] for path in paths])
    start = tables.at(rows, first, width)
    base = np.exp(start.sum(axis=0)) * basis.units
    whole = np.exp(tables.at(rows, last, width) - start)  # what the whole path leaves of each quantity
    around = np.zeros_like(whole)  # integral, for each criterion, of the product of all the others
    for time, part in zip(_TIMES, _PARTS, strict=True):
        mixed = 1 - time + time * whole
        around += part * np.exp(np.log(mixed).sum(axis=0)) / mixed
    found = []
    for rank, path in enumerate(paths):
        gains = np.exp(tables.at(rank, path, width) - start[rank])
        lost = (gains[:-1] - gains[1:]) * around[rank]
        found.append(lost @ base.T)
    return found


def _at_work(model: Model, key: str, state: int) -> list[BarrierAtWork]:
    def stops(barrier: Barrier) -> float:
        return barrier.stops[state] if state < LEVELS else 0.0

    return [
        BarrierAtWork(place.title, barrier.label, stops(barrier))
        for place in model.places
        for barrier in place.barriers
        if barrier.criterion == key
    ]
