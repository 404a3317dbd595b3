# SPDX-License-Identifier: EUPL-1.2
"""Who pays what: the airport game against the Shapley value of the book, and the other keys."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.planner.group.keys import airport, fair_shares, shares
from carene.engines.planner.group.model import Group, Member
from carene.engines.planner.group.parts import common_part, common_share, own_part, split_months
from tests.support.problems import candidate, problem

SIZES = st.dictionaries(
    st.sampled_from("abcde"), st.sampled_from((0.0, 1.0, 3.5, 100.0, 12_345.0)), min_size=1, max_size=5
)


def shapley(sizes: dict[str, float]) -> dict[str, float]:
    """Average, over all the orders of arrival, of what each arrival adds to the cost of the largest one there."""
    found = dict.fromkeys(sizes, 0.0)
    for order in permutations(sizes):
        there = 0.0
        for name in order:
            found[name] += max(0.0, sizes[name] - there)
            there = max(there, sizes[name])
    return {name: total / math.factorial(len(sizes)) for name, total in found.items()}


@given(SIZES)
def test_the_closed_form_is_the_shapley_value(sizes: dict[str, float]) -> None:
    found = airport(sizes)
    assert found == pytest.approx(shapley(sizes), rel=1e-9, abs=1e-9)


@given(SIZES)
def test_it_pays_the_largest_and_nobody_pays_more_than_alone(sizes: dict[str, float]) -> None:
    found = airport(sizes)
    assert sum(found.values()) == pytest.approx(max(sizes.values()))
    assert all(found[name] <= sizes[name] + 1e-9 for name in sizes)
    for one in sizes:
        for other in sizes:
            if sizes[one] <= sizes[other]:  # and alike ones pay alike
                assert found[one] <= found[other] + 1e-9
    assert sum(fair_shares(sizes).values()) == pytest.approx(1.0)


def group(**changes: object) -> Group:
    members = tuple(Member(name, name.upper(), problem(), activity=weight) for name, weight in (("a", 3.0), ("b", 1.0)))
    return Group(**{"name": "GHT", "members": members, "sharing": {"m": 0.5}, "usual_members": 6, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"a": 0.75, "b": 0.25}),  # 2 000 € that both need, 2 000 € more that only one does
        ({"key": "equal"}, {"a": 0.5, "b": 0.5}),
        ({"key": "activity"}, {"a": 0.75, "b": 0.25}),
        ({"key": "custom", "percents": {"a": 10.0, "b": 30.0, "c": 60.0}}, {"a": 0.25, "b": 0.75}),
        ({"key": "custom", "percents": {"c": 100.0}}, {"a": 0.75, "b": 0.25}),  # agreed for others: the fair key
    ],
)
def test_keys(changes: dict[str, object], expected: dict[str, float]) -> None:
    assert shares(group(**changes), {"a": 4_000.0, "b": 2_000.0}) == pytest.approx(expected)


@given(st.integers(2, 12), st.floats(0.05, 1.0))
def test_a_group_of_usual_size_pays_the_price_of_the_pack(count: int, share: float) -> None:
    """Where the pack asks for less than an equal part of everything, that part is what is paid."""
    common = common_share(share, count)
    assert 0 <= common <= 1
    one = candidate("m", investment=10_000.0, yearly=600.0, effort={"rssi": 5.0}, months=6)
    names = [f"m{n}" for n in range(count)]
    whole = group(members=tuple(Member(n, n, problem()) for n in names), sharing={"m": share}, usual_members=count)
    part, own = common_part(whole, "m", dict.fromkeys(names, one)), own_part(one, common)
    paid = own.investment + part.investment * part.money["m0"]
    assert paid == pytest.approx(10_000 * max(share, 1 / count))
    work = own.effort.get("rssi", 0.0) + part.effort["rssi"] * part.work["m0"]
    assert work == pytest.approx(5 * max(share, 1 / count))


@given(st.integers(1, 60), st.floats(0.0, 1.0))
def test_months_are_split_and_each_part_lasts_one_at_least(months: int, share: float) -> None:
    common, own = split_months(months, share)
    assert common >= 1
    assert own >= 1
    assert common + own == max(2, months)


def test_the_common_part_is_sized_for_the_largest() -> None:
    small = candidate("m", investment=1_000.0, effort={"rssi": 2.0}, months=2)
    large = candidate("m", investment=9_000.0, effort={"rssi": 1.0, "reseau": 4.0}, months=10)
    part = common_part(group(usual_members=2, sharing={"m": 0.75}), "m", {"a": small, "b": large})
    assert part.investment == 4_500.0  # half of it is common
    assert part.effort == {"rssi": 0.5, "reseau": 2.0}
    assert part.months == 5
    assert part.money == pytest.approx({"a": 250 / 4_500, "b": 4_250 / 4_500})
