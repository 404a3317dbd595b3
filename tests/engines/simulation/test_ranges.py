# SPDX-License-Identifier: EUPL-1.2
"""Intervals of the contributions: the same chance with and without a criterion."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from carene.engines.simulation.comparing import compare
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.model import Establishment
from carene.engines.simulation.ranges import Ranges, ranges
from carene.engines.simulation.shares import contributions
from carene.engines.simulation.simulate import simulate
from tests.engines.simulation.support import CH, CRITERIA, EHPAD, establishments, everywhere, known_levels, targets


@settings(max_examples=8, deadline=None)
@given(known_levels, establishments)
def test_the_exact_mean_is_inside(levels: dict[str, int], establishment: Establishment) -> None:
    aim = targets(establishment)
    exact = contributions(shipped(), levels, establishment, aim)
    found = ranges(shipped(), levels, establishment, aim, worlds=200)
    for one in exact.criteria:
        for mean, sure in ((one.today, found.today[one.criterion]), (one.to_target, found.to_target[one.criterion])):
            for unit in ("euros", "days"):
                low, high = getattr(sure.low, unit), getattr(sure.high, unit)
                slack = 1e-6 * getattr(exact.now, unit)
                assert -slack <= low <= high
                assert low - slack <= getattr(mean, unit) <= high + slack


def test_they_are_those_of_two_simulations_in_the_same_worlds() -> None:
    """What the pages of a trial compare, level by level: other draws, the same interval within its own noise."""
    levels, aim = everywhere(1), {"OPS.5.1": 3}
    before, after = (simulate(shipped(), one, CH) for one in (levels, {**levels, "OPS.5.1": 3}))
    simulated = compare(before, after)["total"].euros
    sure = ranges(shipped(), levels, CH, aim, worlds=2000).to_target["OPS.5.1"]
    assert sure.low.euros == pytest.approx(simulated.low, rel=0.15)
    assert sure.high.euros == pytest.approx(simulated.high, rel=0.15)


def test_what_stays_where_it_is_takes_nothing_away() -> None:
    found = ranges(shipped(), everywhere(2), CH, dict.fromkeys(CRITERIA, 2), worlds=50)
    assert all(one.low.euros == one.high.euros == 0 for one in found.to_target.values())
    assert any(one.low.euros > 0 for one in found.today.values())


def test_the_same_seed_gives_the_same_intervals() -> None:
    def found(seed: int) -> Ranges:
        return ranges(shipped(), dict.fromkeys(CRITERIA), EHPAD, targets(EHPAD), seed=seed, worlds=100)

    assert found(3) == found(3)
    assert found(3) != found(4)


def test_one_that_does_not_apply_is_absent() -> None:
    key = CRITERIA[0]
    found = ranges(shipped(), everywhere(1), replace(CH, not_applicable=frozenset({key})), targets(CH), worlds=50)
    assert key not in found.today
    assert key not in found.to_target
