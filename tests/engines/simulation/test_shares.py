# SPDX-License-Identifier: EUPL-1.2
"""Shares of the risk: they add up to the whole, whatever the order, and none is negative."""

from __future__ import annotations

import itertools
import math
import time

import pytest
from hypothesis import given, settings

from carene.engines.simulation.expectation import risk
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.model import Establishment
from carene.engines.simulation.shares import contributions, level_values
from tests.engines.simulation.support import CH, CRITERIA, EHPAD, establishments, everywhere, some_levels, targets


@settings(max_examples=30, deadline=None)
@given(some_levels, establishments)
def test_values_of_levels_sum_to_the_risk_avoided(levels: dict[str, int | None], establishment: Establishment) -> None:
    aim = targets(establishment)
    found = level_values(shipped(), levels, aim, establishment)
    for unit in ("euros", "days"):
        parts = [getattr(step, unit) for row in found.steps.values() for step in row]
        assert math.fsum(parts) == pytest.approx(getattr(found.total, unit), rel=1e-9, abs=1e-9)
        assert all(part >= -1e-9 * getattr(found.total, unit) - 1e-12 for part in parts)  # the last digits
    reached = {key: None if level is None else max(level, aim[key]) for key, level in levels.items()}
    if None not in levels.values():
        gained = (
            risk(shipped(), levels, establishment).total.euros - risk(shipped(), reached, establishment).total.euros
        )
        assert found.total.euros == pytest.approx(gained, rel=1e-9, abs=1e-9)


def test_a_share_is_the_mean_over_every_order() -> None:
    """Shapley's definition, by brute force on three criteria that meet at the same places."""
    levels, aim = everywhere(1), {"OPS.5.1": 3, "OPS.8.2": 4, "GOV.4.2": 2}
    found = level_values(shipped(), levels, aim, CH)
    worth = dict.fromkeys(aim, 0.0)
    orders = list(itertools.permutations(aim))
    for order in orders:
        now = dict(levels)
        for key in order:
            before = risk(shipped(), now, CH).total.euros
            now[key] = aim[key]
            worth[key] += (before - risk(shipped(), now, CH).total.euros) / len(orders)
    for key, value in worth.items():
        assert math.fsum(step.euros for step in found.steps[key]) == pytest.approx(value, rel=1e-9)
        assert len(found.steps[key]) == aim[key] - 1
        assert found.start[key] == 1
    assert all(not row for key, row in found.steps.items() if key not in aim)


def test_what_was_not_evaluated_rises_to_at_least_each_level() -> None:
    found = level_values(shipped(), {**everywhere(2), "OPS.5.1": None}, {"OPS.5.1": 3}, CH)
    assert len(found.steps["OPS.5.1"]) == 3
    assert found.start["OPS.5.1"] == 0
    assert all(step.euros > 0 for step in found.steps["OPS.5.1"])


def test_only_what_applies_has_a_value() -> None:
    found = level_values(shipped(), everywhere(1), targets(EHPAD), EHPAD)
    assert "OPS.2.1" not in found.steps
    assert "OPS.5.1" in found.steps


def test_a_target_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 4"):
        level_values(shipped(), {}, {"OPS.5.1": 5}, CH)


def test_what_each_takes_away_today_adds_up() -> None:
    found = contributions(shipped(), everywhere(2), CH, targets(CH))
    assert math.fsum(one.today.euros for one in found.criteria) == pytest.approx(found.bare.euros - found.now.euros)
    assert found.now.euros == pytest.approx(risk(shipped(), everywhere(2), CH).total.euros)
    assert found.bare.days == pytest.approx(risk(shipped(), everywhere(0), CH).total.days)
    order = [one.to_target.euros for one in found.criteria]
    assert order == sorted(order, reverse=True)
    for one in found.criteria:
        assert one.today.euros >= 0
        assert one.one_level.euros >= 0
        assert one.to_target.euros >= one.one_level.euros - 1e-9 or targets(CH)[one.criterion] <= 2
        assert one.barriers


def test_one_level_more_is_what_the_slider_will_show() -> None:
    levels = everywhere(1)
    found = contributions(shipped(), levels, CH, targets(CH))
    one = next(c for c in found.criteria if c.criterion == "OPS.8.2")
    moved = risk(shipped(), {**levels, "OPS.8.2": 2}, CH).total
    assert one.one_level.days == pytest.approx(risk(shipped(), levels, CH).total.days - moved.days)
    assert [barrier.stops for barrier in one.barriers] == [0.12]


def test_no_criterion_dominates() -> None:
    for levels in ({}, everywhere(0), everywhere(1)):
        for establishment in (CH, EHPAD):
            found = level_values(shipped(), levels, dict.fromkeys(CRITERIA, 4), establishment)
            for unit in ("euros", "days"):
                whole = getattr(found.total, unit)
                shares = [math.fsum(getattr(s, unit) for s in row) / whole for row in found.steps.values()]
                assert max(shares) < (0.12 if establishment is CH else 0.18)  # an EHPAD has half the barriers
                assert sum(share > 0.001 for share in shares) > 0.7 * len(shares)


def test_a_plan_of_a_hundred_criteria_has_its_values_in_a_second() -> None:
    level_values(shipped(), everywhere(1), targets(CH), CH)
    start = time.thread_time()
    level_values(shipped(), everywhere(0), dict.fromkeys(CRITERIA, 4), CH)
    assert time.thread_time() - start < 1  # 0.03 s alone
