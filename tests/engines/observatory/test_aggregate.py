# SPDX-License-Identifier: EUPL-1.2
"""Every group at once says what the plain formula says of each, on random countries."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.observatory.aggregate import Values, cells
from carene.engines.observatory.calendar import closes_on, first_day, holds, last_day, month_of
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.strata import Unit
from carene.engines.observatory.units import Units
from tests.support.observatory import Seen, plain

MONTH = month_of(dt.date(2026, 11, 1))
UNIT = st.builds(
    lambda kind, type_, role, size, dep, region, ght, activity: (
        kind, type_, role, size, dep, 1, region, ght, activity,
    ),
    st.sampled_from(["entity", "site"]), st.sampled_from(["ch", "ehpad", ""]),
    st.sampled_from(["support", "membre", ""]), st.sampled_from(["xs", "m", ""]), st.sampled_from(["01", "75", ""]),
    st.sampled_from([2, 3]), st.sampled_from([4, None]),
    st.one_of(st.none(), st.just(0.0), st.floats(0.5, 1000)),
)  # fmt: skip
VALUE = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 2.0, 3.0]), st.floats(-5, 20), st.just(float("nan")))
DAY = st.integers(0, 30 * 30).map(lambda n: dt.date(2026, 11, 30) - dt.timedelta(days=n))
FIGURES = ("rssi_nomme", "ght_en_convergence", "budget_numerique", "budget_numerique_pondere", "exercice_annuel",
           "incidents", "incidents_malveillants", "edr_couverture", "correctifs_30_jours")  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(FIGURES),
    st.lists(UNIT, max_size=25),
    st.lists(st.tuples(VALUE, DAY, VALUE, DAY), min_size=26, max_size=26),
)
def test_groups_are_the_plain_formula(name: str, rows: list[tuple], given_values: list[tuple]) -> None:  # type: ignore[type-arg]
    figure = shipped().figure[name]
    units = [Unit(10 + n, *row) for n, row in enumerate(rows)]
    seen, columns = [], {key: ([], [], []) for key in figure.formula.reads}
    for unit, one in zip([*units, Unit(999, *rows[0])] if rows else [], given_values, strict=False):
        for rank, key in enumerate(figure.formula.reads):
            value, day = one[2 * rank], one[2 * rank + 1]
            if value is None:
                continue
            if not np.isnan(value):
                seen.append(Seen(unit.node, key, day, value))
            for column, item in zip(columns[key], (unit.node, value, day.toordinal()), strict=True):
                column.append(item)
    values = {
        key: Values(np.array(nodes, np.int64), np.array(own, np.float64), np.array(days, np.int32))
        for key, (nodes, own, days) in columns.items()
    }
    found = {(cell.area, cell.stratum): cell for cell in cells(figure, MONTH, values, Units(units))}
    wanted = plain(figure, MONTH, units, seen)
    assert {key for key, cell in found.items() if cell.answered or key[1] == ""} == wanted.keys()
    for key, other in wanted.items():
        cell = found[key]
        assert (cell.population, cell.answered, cell.at_target) == (other.population, other.answered, other.at_target)
        assert cell.value == pytest.approx(other.value)
        spread = tuple(x for x in (cell.minimum, cell.q1, cell.median, cell.q3, cell.maximum) if x is not None)
        assert spread == pytest.approx(other.spread)
        assert cell.oldest == (other.oldest.toordinal() if other.oldest else None)


def test_nobody_at_all() -> None:
    assert cells(shipped().figure["incidents"], MONTH, {}, Units([])) == []


def test_an_area_without_answers_says_so() -> None:
    (cell,) = cells(
        shipped().figure["rssi_nomme"], MONTH, {}, Units([Unit(1, "entity", "ch", "", "m", "", None, 2, None, None)])
    )[:1]
    assert (cell.population, cell.answered, cell.value, cell.median) == (1, 0, None, None)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 36))
def test_months(day: dt.date, validity: int) -> None:
    month = month_of(day)
    assert first_day(month) <= day <= last_day(month)
    assert first_day(month + 1) - last_day(month) == dt.timedelta(days=1)
    assert [holds(day, validity, month + n) for n in (-1, 0, validity - 1, validity)] == [False, True, True, False]
    assert closes_on(month, 10) == last_day(month) + dt.timedelta(days=11)
