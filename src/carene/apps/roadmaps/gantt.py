# SPDX-License-Identifier: EUPL-1.2
"""Where the bars of a roadmap stand, as lengths that a template writes down.

On screen each row is a link that opens the measure or the action, which an image cannot be: the page draws one small
SVG a row. Documents use the chart of ``reports.rendering``, with the same marks.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from carene.engines import french
from carene.engines.months import add_months

LOAD_HEIGHT = 44
LEAST = 0.8  # percent of the width: a bar shorter than that is not seen


@dataclass(frozen=True)
class Row:
    """One row to draw; ``start`` and ``end`` inclusive. ``kind``: plan, done, doing, late."""

    label: str
    note: str
    url: str
    start: dt.date
    end: dt.date
    kind: str = "plan"
    shared: bool = False
    deadline: dt.date | None = None


@dataclass(frozen=True)
class Lane:
    row: Row
    said: str  # the bar in words
    x: str
    width: str
    deadline: str  # empty when there is none


@dataclass(frozen=True)
class Tick:
    label: str
    x: str
    year: bool


@dataclass(frozen=True)
class Load:
    """One quarter of the team: ``days`` person-days; ``tight`` when a skill has no margin left."""

    quarter: int
    days: float
    tight: bool


@dataclass(frozen=True)
class Bar:
    x: str
    width: str
    y: int
    height: int
    tight: bool
    said: str


@dataclass(frozen=True)
class Gantt:
    ticks: list[Tick]
    lines: list[str]  # the Januaries
    lanes: list[Lane]
    loads: list[Bar]
    today: str  # empty when it stands outside
    marks: frozenset[str]  # which marks the legend must explain


@dataclass(frozen=True)
class _Scale:
    start: dt.date
    months: int

    def at(self, day: dt.date) -> float:
        """Percent of the width, cut at the edges."""
        inside = (day.day - 1) / calendar.monthrange(day.year, day.month)[1]
        months = (day.year - self.start.year) * 12 + day.month - self.start.month + inside
        return min(max(months / self.months, 0.0), 1.0) * 100

    def holds(self, day: dt.date) -> bool:
        return self.start <= day < add_months(self.start, self.months)


def draw(
    rows: Iterable[Row], start: dt.date, months: int, *, loads: Sequence[Load] = (), today: dt.date | None = None
) -> Gantt:
    """Over ``months`` months from ``start`` (first day of a month), in the order of ``rows``."""
    scale = _Scale(start, months)
    lanes = [_lane(row, scale) for row in rows]
    shown = today is not None and scale.holds(today)
    return Gantt(
        ticks=_ticks(scale),
        lines=[_percent(scale.at(day)) for day in _januaries(scale)],
        lanes=lanes,
        loads=_loads(loads, scale),
        today=_percent(scale.at(today)) if today is not None and shown else "",
        marks=_marks(lanes, loads, shown),
    )


def period(rows: Sequence[Row], today: dt.date) -> tuple[dt.date, int]:
    """First month and length that hold these rows, in whole quarters."""
    first = min((row.start for row in rows), default=today)
    last = max((row.end for row in rows), default=today)
    start = dt.date(first.year, (first.month - 1) // 3 * 3 + 1, 1)
    months = (last.year - start.year) * 12 + last.month - start.month + 1
    return start, max(12, math.ceil(months / 3) * 3)


def _lane(row: Row, scale: _Scale) -> Lane:
    x = min(scale.at(row.start), 100 - LEAST)
    width = max(LEAST, scale.at(row.end + dt.timedelta(days=1)) - x)
    said = french.month_range(row.start, row.end)
    if row.kind == "done":
        said = f"{said}, terminée"
    elif row.kind == "late":
        said = f"{said}, en retard"
    if row.shared:
        said = f"{said}, avec d'autres établissements"
    deadline = ""
    if row.deadline and scale.start <= row.deadline:
        deadline = _percent(scale.at(row.deadline))
        said = f"{said}, échéance : {french.long_date(row.deadline)}"
    return Lane(row, said, _percent(x), _percent(width), deadline)


def _ticks(scale: _Scale) -> list[Tick]:
    """One by quarter: the year at the first and at each January, « T2 » elsewhere."""
    ticks = []
    for index in range(0, scale.months, 3):
        day = add_months(scale.start, index)
        on_quarter = day.month % 3 == 1
        year = index == 0 or (day.month <= 3 and add_months(day, -3).year < day.year)
        short = f"T{(day.month - 1) // 3 + 1}" if on_quarter else french.SHORT_MONTHS[day.month - 1]
        ticks.append(Tick(str(day.year) if year else short, _percent(scale.at(day)), year))
    return ticks


def _januaries(scale: _Scale) -> list[dt.date]:
    days = [add_months(scale.start, index) for index in range(scale.months)]
    return [day for day in days if day.month == 1 and day != scale.start]


def _loads(loads: Sequence[Load], scale: _Scale) -> list[Bar]:
    most = max([1.0, *(load.days for load in loads)])
    bars = []
    for load in loads:
        first = add_months(scale.start, load.quarter * 3)
        x = scale.at(first)
        end = scale.at(add_months(first, 3)) if load.quarter * 3 + 3 <= scale.months else 100.0
        height = round(load.days / most * LOAD_HEIGHT)
        last = min(add_months(first, 3), add_months(scale.start, scale.months)) - dt.timedelta(days=1)
        tight = ", une compétence sans marge" if load.tight else ""
        said = f"{french.capitalised(french.month_range(first, last))} : {french.person_days(load.days)}{tight}"
        bars.append(
            Bar(
                _percent(x + 0.3), _percent(max(0.1, end - x - 0.6)), LOAD_HEIGHT + 2 - height, height, load.tight, said
            )
        )
    return bars


def _marks(lanes: Sequence[Lane], loads: Sequence[Load], today: bool) -> frozenset[str]:
    marks = {lane.row.kind for lane in lanes} - {"plan"}
    if any(lane.row.shared and lane.row.kind != "done" for lane in lanes):
        marks.add("shared")
    if any(lane.deadline for lane in lanes):
        marks.add("deadline")
    if any(load.tight for load in loads):
        marks.add("tight")
    if today:
        marks.add("today")
    return frozenset(marks)


def _percent(value: float) -> str:
    return f"{value:.2f}%"
