# SPDX-License-Identifier: EUPL-1.2
"""The drawn risk: same seed same figures, agrees with the expectation, never rises with a level, covers."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.simulation.comparing import compare
from carene.engines.simulation.drawing import Chance, counts, triangular, weighted_quantiles
from carene.engines.simulation.expectation import basis_of, risk
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.model import Establishment
from carene.engines.simulation.simulate import simulate
from carene.engines.simulation.worlds import draw_worlds
from tests.engines.simulation.support import CH, CRITERIA, EHPAD, EVERYONE, establishments, everywhere, some_levels

FEW = 2_000


def test_the_same_seed_gives_the_same_figures() -> None:
    one, two = (simulate(shipped(), everywhere(1), CH, seed=7, draws=FEW) for _ in range(2))
    assert one == two
    assert simulate(shipped(), everywhere(1), CH, seed=8, draws=FEW) != one


def test_the_stream_is_the_one_that_numpy_guarantees() -> None:
    """These numbers come from the definition of PCG64: if they change, figures change on the machines of users."""
    known = [0.5118216247002567, 0.9504636963259353, 0.14415961271963373]
    assert Chance(1).uniform(3) == pytest.approx(known, rel=0, abs=2.0**-53)


@settings(max_examples=12, deadline=None)
@given(some_levels, establishments, st.sampled_from(CRITERIA), st.integers(0, 3))
def test_raising_a_level_raises_nothing_in_any_world(
    levels: dict[str, int | None], establishment: Establishment, key: str, level: int
) -> None:
    before = simulate(shipped(), {**levels, key: level}, establishment, seed=3, draws=FEW)
    after = simulate(shipped(), {**levels, key: level + 1}, establishment, seed=3, draws=FEW)
    for attack, was in before.samples.items():
        now = after.samples[attack]
        for one in ("probability", "days", "euros"):
            assert np.all(getattr(now, one) <= getattr(was, one) * (1 + 1e-12) + 1e-15), (attack, one)
        assert np.all(now.failing >= was.failing - 1e-12)
    for year_before, year_after in (
        (before.total.years_days, after.total.years_days),
        (before.total.years_euros, after.total.years_euros),
    ):
        assert all(year_after.quantiles[rank] <= value * (1 + 1e-12) for rank, value in year_before.quantiles.items())
        assert year_after.quiet >= year_before.quiet


@pytest.mark.parametrize("establishment", EVERYONE, ids=lambda e: e.profile.type)
@pytest.mark.parametrize("level", [None, 0, 2, 4])
def test_the_drawn_mean_is_the_expected_one(establishment: Establishment, level: int | None) -> None:
    levels = dict.fromkeys(CRITERIA, level)
    drawn, expected = simulate(shipped(), levels, establishment, seed=5), risk(shipped(), levels, establishment)
    for key, one in {**drawn.attacks, "total": drawn.total}.items():
        exact = expected.total if key == "total" else expected.attacks[key]
        for name in ("attempts", "probability", "days", "activity", "records", "euros"):
            found = getattr(one, name)
            assert abs(found.mean - getattr(exact, name)) <= 4 * found.error + 1e-12, (key, name)
        assert one.days_if.mean == pytest.approx(exact.days_if, rel=0.25)


def test_the_simulated_years_agree_with_what_is_expected_of_them() -> None:
    found = simulate(shipped(), everywhere(0), CH, seed=11, draws=50_000)
    busy = 1 - found.total.years_days.quiet
    error = math.sqrt(busy * (1 - busy) / found.draws)
    assert abs(busy - found.total.probability.mean) < 5 * error + 5 * found.total.probability.error


def test_intervals_cover() -> None:
    """The true world is drawn as the pack says, by another chance: nine times in ten it lies in the interval."""
    levels = dict.fromkeys(CRITERIA, None) | dict.fromkeys(CRITERIA[:60], 1)
    found = simulate(shipped(), levels, CH, seed=21)
    basis = basis_of(shipped(), levels, CH)
    truth = draw_worlds(basis, CH, {}, Chance(987), 600)
    owner = np.array([rank for rank, _ in basis.tables.channels])
    for rank, one in enumerate(found.attacks.values()):
        number = truth.successes[:, owner == rank].sum(axis=1)
        for interval, true in (
            (one.probability, -np.expm1(-number)),
            (one.attempts, truth.attempts[:, owner == rank].sum(axis=1)),
        ):
            inside = ((true >= interval.low) & (true <= interval.high)).mean()
            assert 0.86 < inside < 0.94


def test_durations_cover_too() -> None:
    found = simulate(shipped(), everywhere(1), CH, seed=21).attacks["rancongiciel"].days_if
    truth = draw_worlds(basis_of(shipped(), everywhere(1), CH), CH, {}, Chance(55), 3_000)
    days = truth.days[:, 0] * np.exp(truth.spread[:, 0] * Chance(56).normal(3_000))
    inside = ((days >= found.quantiles[0.05]) & (days <= found.quantiles[0.95])).mean()
    assert 0.87 < inside < 0.93


def test_what_nobody_evaluated_widens_the_interval_and_is_said() -> None:
    known, unknown = simulate(shipped(), everywhere(1), CH), simulate(shipped(), {}, CH)
    assert (known.unevaluated, known.unevaluated_share) == ((), 0)
    assert len(unknown.unevaluated) == unknown.acting == len(CRITERIA)
    assert unknown.unevaluated_share == pytest.approx(1)
    one, other = known.attacks["rancongiciel"].days, unknown.attacks["rancongiciel"].days
    assert other.high / other.low > one.high / one.low
    partly = simulate(shipped(), {**everywhere(1), "OPS.5.1": None}, CH)
    assert 0.03 < partly.unevaluated_share < 0.2


def test_drawings_can_be_drawn() -> None:
    found = simulate(shipped(), everywhere(1), CH)
    for one in (*found.attacks.values(), found.total):
        for distribution in (one.days_if, one.euros_if):
            assert sum(distribution.shares) == pytest.approx(1)
            assert len(distribution.edges) == len(distribution.shares) + 1
            assert list(distribution.edges) == sorted(distribution.edges)
            assert list(distribution.quantiles.values()) == sorted(distribution.quantiles.values())
        amounts, shares = zip(*one.years_euros.exceeding, strict=True)
        assert list(amounts) == sorted(amounts)
        assert list(shares) == sorted(shares, reverse=True)
        assert 0 < one.activity_share < 1
    assert found.prevent == found.total.failing
    assert found.recover == found.attacks["rancongiciel"].days_if


def test_twenty_thousand_years_take_half_a_second_at_most() -> None:
    simulate(shipped(), {}, CH, draws=FEW)
    start = time.thread_time()
    simulate(shipped(), {}, CH)
    assert time.thread_time() - start < 0.5 * 3  # 0.1 s alone; not every machine is as quick


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 200"):
        simulate(shipped(), {}, CH, draws=100)


def test_before_and_after_share_their_chance() -> None:
    before, after = (simulate(shipped(), everywhere(level), CH, seed=4) for level in (1, 2))
    found = compare(before, after)["total"]
    expected = risk(shipped(), everywhere(1), CH).total.euros - risk(shipped(), everywhere(2), CH).total.euros
    assert found.euros.mean == pytest.approx(expected, rel=0.1)
    assert found.euros.low > 0  # no world where the roadmap does harm
    assert found.failing.high <= 0
    nothing = compare(before, before)["total"]
    assert (nothing.euros.mean, nothing.euros.low, nothing.euros.high, nothing.euros.share) == (0, 0, 0, 0)


def test_what_cannot_be_compared_is_refused() -> None:
    one = simulate(shipped(), everywhere(1), EHPAD, seed=4, draws=FEW)
    with pytest.raises(ValueError, match="another seed"):
        compare(one, simulate(shipped(), everywhere(1), EHPAD, seed=5, draws=FEW))


def test_laws_are_those_that_they_claim() -> None:
    chance = Chance(3)
    u, z = chance.uniform(200_000), chance.normal(200_000)
    assert u.min() > 0
    assert u.max() < 1
    assert abs(u.mean() - 0.5) < 0.003
    assert abs(z.mean()) < 0.01
    assert abs(z.std() - 1) < 0.01
    drawn = triangular(u, 0.2, 0.5, 0.9)
    assert abs(drawn.mean() - (0.2 + 0.5 + 0.9) / 3) < 0.002
    assert triangular(np.array([0.0, 1.0]), 0.2, 0.5, 0.9) == pytest.approx([0.2, 0.9])
    assert triangular(np.array([0.3]), 0.5, 0.5, 0.5) == pytest.approx([0.5])
    number = counts(u, np.array(0.7))
    assert abs(number.mean() - 0.7) < 0.01
    assert abs(number.var() - 0.7) < 0.015
    assert weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.0, 0.5, 0.5]), (0.4, 0.9)) == [1.0, 2.0]
    assert weighted_quantiles(np.array([3.0]), np.array([0.0]), (0.5,)) == [0.0]


@given(st.floats(1e-9, 1 - 1e-9), st.floats(0, 5), st.floats(0, 5))
def test_more_expected_means_more_drawn(u: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert counts(np.array([u]), np.array([low]))[0] <= counts(np.array([u]), np.array([high]))[0]
