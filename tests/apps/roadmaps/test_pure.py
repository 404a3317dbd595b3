# SPDX-License-Identifier: EUPL-1.2
"""Amounts as people type them, wishes as they are kept, bars as they are drawn."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from carene.apps.roadmaps import figures, gantt
from carene.apps.roadmaps.catalogue import money_said, plain
from carene.apps.roadmaps.forms import AmountField
from carene.apps.roadmaps.means import years_of
from carene.apps.roadmaps.plans import capacity
from carene.apps.roadmaps.wishes import MonthWish
from carene.engines.months import add_months

FIELD = AmountField(most=1e9, unit="euros", required=False)
months = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31)).map(lambda day: day.replace(day=1))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("180 000", 180_000), ("180\u202f000 €", 180_000), ("180000", 180_000), ("180 k€", 180_000),
        ("1,4 M€", 1_400_000),
        ("12,5", 12.5), ("12.5", 12.5), ("12,5 j", 12.5), ("3 jours", 3), ("0", 0), ("", None), ("   ", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_they_are_written(typed: str, value: float | None) -> None:
    assert FIELD.clean(typed) == value


@pytest.mark.parametrize("typed", ["-1", "−1", "douze", "1e9", "nan", "1,2,3", "12€5", "9" * 30, "٣", "0x10", "k€"])
def test_other_amounts_are_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        FIELD.clean(typed)


@given(st.text(max_size=40))
def test_any_text_gives_a_number_or_a_sentence(typed: str) -> None:
    try:
        value = FIELD.clean(typed)
    except forms.ValidationError:
        return
    assert value is None or (math.isfinite(value) and 0 <= value <= 1e9)


@given(st.floats(0, 1e9))
def test_what_is_shown_is_read_again(value: float) -> None:
    again = FIELD.clean(FIELD.prepare_value(round(value, 2)))
    assert again == pytest.approx(value, abs=0.0051)


wishes = st.builds(
    MonthWish,
    mandatory=st.booleans(),
    excluded=st.booleans(),
    start=st.none() | months,
    not_before=st.none() | months,
    deadline=st.none() | months,
    reason=st.text(max_size=20),
)


@given(wishes, months)
def test_wishes_are_kept_whole_and_never_ask_for_the_past(wish: MonthWish, first: dt.date) -> None:
    assert MonthWish.from_data(wish.to_data()) == wish
    asked = wish.to_engine(first)
    for month in (asked.start_month, asked.not_before, asked.deadline):
        assert month is None or month >= 0
    if wish.start and wish.start >= first:
        assert add_months(first, asked.start_month or 0) == wish.start
    if wish.deadline and wish.deadline >= first:
        assert add_months(first, (asked.deadline or 0) - 1) == wish.deadline
    if wish.start:
        assert asked.mandatory


@given(months, st.integers(12, 60), st.dates(dt.date(2015, 1, 1), dt.date(2045, 1, 1)), st.integers(0, 2000))
def test_bars_stay_inside_the_calendar(start: dt.date, length: int, day: dt.date, days: int) -> None:
    row = gantt.Row("Une mesure", "", "/", day, day + dt.timedelta(days=days), deadline=day)
    drawn = gantt.draw([row], start, length, today=day)
    lane = drawn.lanes[0]
    x, width = float(lane.x[:-1]), float(lane.width[:-1])
    assert 0 <= x <= 100
    assert width >= gantt.LEAST
    assert x + width <= 100.01
    inside = start <= day < add_months(start, length)
    assert bool(drawn.today) == inside
    assert len(drawn.ticks) == math.ceil(length / 3)
    years = [int(tick.label) for tick in drawn.ticks if tick.year]
    assert years == sorted(set(years))


def test_the_load_of_the_team_is_said() -> None:
    loads = [gantt.Load(0, 12.0, False), gantt.Load(4, 30.0, True)]
    drawn = gantt.draw([], dt.date(2027, 1, 1), 14, loads=loads)
    assert [bar.height for bar in drawn.loads] == [18, gantt.LOAD_HEIGHT]
    assert drawn.loads[1].said == "De janvier à février 2028 : 30\xa0jours, une compétence sans marge"
    assert drawn.marks == {"tight"}


def test_the_period_holds_everything() -> None:
    rows = [gantt.Row("a", "", "", dt.date(2026, 5, 3), dt.date(2028, 2, 1))]
    assert gantt.period(rows, dt.date(2026, 1, 1)) == (dt.date(2026, 4, 1), 24)
    assert gantt.period([], dt.date(2026, 5, 1)) == (dt.date(2026, 4, 1), 12)


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ([180_000], "180\xa0k€"),
        ([180_000, 150_000, 150_000], "180 + 150 + 150\xa0k€"),
        ([9_400, 31_000], "9,4 + 31\xa0k€"),
        ([0, 150_000], "0\xa0€ + 150\xa0k€"),
        ([1_400_000, 150_000], "1,4\xa0M€ + 150\xa0k€"),
        ([100_000] * 5, "500\xa0k€ en 5 ans"),
    ],
)
def test_budgets_in_words(amounts: list[float], said: str) -> None:
    assert figures.budgets_said(amounts) == said


def test_figures_in_words() -> None:
    skills = {"rssi": "RSSI", "systemes": "Systèmes", "reseau": "Réseau"}
    assert figures.work_said({"rssi": 2, "systemes": 10}, skills) == "Systèmes et RSSI, 12\xa0jours"
    assert figures.work_said({"rssi": 2, "systemes": 10, "reseau": 3}, skills) == "Systèmes et 2\xa0autres, 15\xa0jours"
    assert figures.work_said({"rssi": 0}, skills) == "sans charge"
    assert money_said(0, 0) == "sans dépense"
    assert money_said(14_000, 2_400) == "14\xa0k€, puis 2,4\xa0k€ par an"
    assert money_said(0, 2_400) == "2,4\xa0k€ par an"
    assert figures.plan_title(dt.date(2027, 1, 1), 36) == "Feuille de route 2027–2029"
    assert figures.plan_title(dt.date(2027, 1, 1), 12) == "Feuille de route 2027"
    assert plain("Sauvegardé À l'Été") == "sauvegarde a l'ete"


@given(months, st.integers(12, 60))
def test_capacity_and_years_cover_the_period(start: dt.date, length: int) -> None:
    assert sum(capacity(2.0, length)) == 2 * length
    assert len(capacity(2.0, length)) == math.ceil(length / 3)
    years = years_of(start, length)
    assert years[0] == start.year
    assert years[-1] == add_months(start, length - 1).year
