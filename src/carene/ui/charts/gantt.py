# SPDX-License-Identifier: EUPL-1.2
"""The calendar of a roadmap: who does what when, and how much of the team it takes."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from carene.engines import french
from carene.ui.charts.svg import LIGHT, Drawing, Palette
from carene.ui.charts.text import text_width

RowState = Literal["planned", "running", "done", "late"]

_NARROW = 520
_LOAD_HEIGHT = 40.0
_SHARED = ", avec d'autres établissements"
_SENTENCE_ROWS = 40  # a description longer than this is worse than the table that goes with the chart


@dataclass(frozen=True, slots=True)
class GanttRow:
    """One action: ``start`` and ``end`` inclusive. ``shared`` = carried with others; ``deadline`` = a red tick."""

    label: str
    start: dt.date
    end: dt.date
    note: str = ""
    state: RowState = "planned"
    shared: bool = False
    deadline: dt.date | None = None


@dataclass(frozen=True, slots=True)
class LoadBar:
    """Person-days asked of the team in one quarter of the plan; ``tight`` when some skill has no room left."""

    quarter: int
    days: float
    tight: bool = False


@dataclass(frozen=True, slots=True)
class _Scale:
    """Dates → x. Month 0 is the month of ``start``."""

    start: dt.date
    months: int
    left: float
    width: float

    def month(self, month: float) -> float:
        return self.left + min(max(month, 0), self.months) / self.months * self.width

    def months_to(self, date: dt.date) -> float:
        days = calendar.monthrange(date.year, date.month)[1]
        return (date.year - self.start.year) * 12 + date.month - self.start.month + (date.day - 1) / days

    def date(self, date: dt.date) -> float:
        return self.month(self.months_to(date))

    def holds(self, date: dt.date) -> bool:
        return 0 <= self.months_to(date) <= self.months


def gantt_chart(
    rows: Sequence[GanttRow],
    *,
    start: dt.date,
    months: int,
    title: str,
    loads: Sequence[LoadBar] = (),
    today: dt.date | None = None,
    dense: bool = False,
    width: float = 900,
    palette: Palette = LIGHT,
    ident: str = "",
) -> str:
    """A Gantt chart over ``months`` months from ``start`` (first day of a month), in the order of ``rows``.

    ``loads`` adds the row of the team's load, one bar a quarter. ``dense`` is for long roadmaps that stand beside their
    table: smaller labels, no notes. What stands outside the horizon is cut at its edge.
    """
    drawing = Drawing(width, palette)
    if not rows:
        sentence = "Les actions s'afficheront ici quand une feuille de route sera calculée."
        height = drawing.paragraph(0, 24, sentence, width, size=15)
        return drawing.render(height + 16, kind="gantt", title=title, desc=sentence, ident=ident)
    narrow = width < _NARROW
    left = 2.0 if narrow else _label_width(width, dense=dense)
    scale = _Scale(start, months, left, width - left - 2)
    head = _head(drawing, scale)
    y = head
    marks: list[tuple[GanttRow, float]] = []
    for row in rows:
        drawing.line(0, y, width, y, "line")
        y, middle = _label(drawing, row, y, width if narrow else left - 14, narrow=narrow, dense=dense)
        marks.append((row, middle))
    drawing.line(0, y, width, y, "line")
    # On a phone the labels stand in the calendar's own columns: the lines only cross the strips of the bars.
    strips = [(middle - 12, middle + 12) for _, middle in marks] if narrow else [(head, y)]
    _grid(drawing, scale, strips)
    if today is not None and scale.holds(today):
        for top, foot in strips:
            drawing.line(scale.date(today), top, scale.date(today), foot, "ink", dash="3 3")
    for row, middle in marks:
        _bar(drawing, scale, row, middle)
    if loads:
        y = _load(drawing, scale, loads, y, narrow=narrow)
    y = _legend(drawing, scale, rows, loads, y + 26, today=today is not None and scale.holds(today))
    return drawing.render(y, kind="gantt", title=title, desc=_sentence(rows), ident=ident)


def _label_width(width: float, *, dense: bool) -> float:
    """Room for a title in two lines on paper, in one when dense; a third of a wide screen is enough."""
    return round(width * 0.5 if dense else max(width * 0.3, min(250.0, width * 0.4)))


def row_height(row: GanttRow, *, dense: bool = False, width: float = 900) -> float:
    """Height of a row in a chart of this ``width``, for whoever cuts a long roadmap into pages."""
    narrow = width < _NARROW
    room = width if narrow else _label_width(width, dense=dense) - 14
    return _label(Drawing(width), row, 0, room, narrow=narrow, dense=dense)[0]


def _label(
    drawing: Drawing, row: GanttRow, y: float, width: float, *, narrow: bool, dense: bool
) -> tuple[float, float]:
    """Label and note of a row; returns its foot and the middle of its bar."""
    if dense:
        foot = y + drawing.paragraph(0, y + 17, row.label, width, size=13, role="ink") + (32 if narrow else 9)
        return foot, foot - 14 if narrow else y + 13
    height = drawing.paragraph(0, y + 20, row.label, width, size=15, role="ink")
    height += drawing.paragraph(0, y + 19 + height, row.note, width, size=13)
    foot = y + height + (32 if narrow else 14)
    return foot, foot - 14 if narrow else y + 16


def _head(drawing: Drawing, scale: _Scale) -> float:
    """Years, and quarters below them where they have room, by month when not the calendar's; returns the foot."""
    # A first year of which only a few weeks remain has no room for its name before the next one.
    room = text_width("2027", 13, bold=True) + 6
    months = [*_januaries(scale), scale.months]
    if months[0]:
        months.insert(0, 0)
    for month, following in itertools.pairwise(months):
        x = scale.month(month)
        if scale.month(following) - x >= room:
            year = scale.start.year + (scale.start.month - 1 + month) // 12
            drawing.text(x + 4, 20, str(year), size=13, bold=True)
    calendar_quarters = scale.start.month % 3 == 1
    labels = []
    for index in range(-(-scale.months // 3)):
        month = (scale.start.month - 1 + index * 3) % 12
        labels.append(f"T{month // 3 + 1}" if calendar_quarters else french.SHORT_MONTHS[month])
    if max(text_width(label, 12) for label in labels) + 4 > scale.month(3) - scale.left:
        return 30.0
    for index, label in enumerate(labels):
        drawing.text(scale.month(index * 3) + 4, 38, label, size=12)
    return 46.0


def _januaries(scale: _Scale) -> list[int]:
    """The months of the horizon that begin a calendar year."""
    return list(range((13 - scale.start.month) % 12, scale.months, 12))


def _grid(drawing: Drawing, scale: _Scale, strips: Sequence[tuple[float, float]]) -> None:
    """A vertical line at the beginning and at each January, across ``strips`` (tops and feet)."""
    for month in dict.fromkeys([0, *_januaries(scale)]):
        x = scale.month(month)
        for top, foot in strips:
            drawing.line(x, top, x, foot, "line" if month else "strong")


def _bar(drawing: Drawing, scale: _Scale, row: GanttRow, y: float) -> None:
    x = scale.date(row.start)
    end = scale.date(row.end + dt.timedelta(days=1))
    width = max(8.0, end - x)
    x = min(x, scale.left + scale.width - 8)
    if row.state == "done":
        drawing.rect(x, y - 7, width, 14, "done", radius=4)
    elif row.shared:
        drawing.hatched(x, y - 7, width, 14, radius=4)
    else:
        drawing.rect(x, y - 7, width, 14, "late" if row.state == "late" else "accent", radius=4)
    if row.deadline is not None and scale.holds(row.deadline):
        drawing.line(scale.date(row.deadline), y - 14, scale.date(row.deadline), y + 14, "late", thickness=2.2)


def _load(drawing: Drawing, scale: _Scale, loads: Sequence[LoadBar], y: float, *, narrow: bool) -> float:
    """The load of the team; returns the foot of the row. The figure stands above its bar where it has room."""
    words = "Charge de l'équipe, jours par trimestre"
    if narrow:
        y += drawing.paragraph(0, y + 22, words, drawing.width, size=13)
    else:
        drawing.paragraph(0, y + 34, words, scale.left - 14, size=13)
    foot = y + _LOAD_HEIGHT + 34
    largest = max([1.0, *(load.days for load in loads)])
    for load in loads:
        x, end = scale.month(load.quarter * 3), scale.month(load.quarter * 3 + 3)
        if end <= x:
            continue
        height = load.days / largest * _LOAD_HEIGHT
        drawing.rect(x + 2, foot - height, end - x - 4, height, "soon_tint" if load.tight else "load")
        drawing.line(x + 2, foot - height, end - 2, foot - height, "soon" if load.tight else "accent", thickness=1.6)
        figure = french.number(load.days, 0)
        if text_width(figure, 12) <= end - x:
            drawing.text((x + end) / 2, foot - height - 5, figure, size=12, anchor="middle")
    return foot


def _legend(
    drawing: Drawing, scale: _Scale, rows: Sequence[GanttRow], loads: Sequence[LoadBar], y: float, *, today: bool
) -> float:
    """Only the marks that appear, on as many lines as they need; returns the height of the drawing."""
    entries = [
        ("shared", "avec d'autres établissements", any(row.shared and row.state != "done" for row in rows)),
        ("done", "fait", any(row.state == "done" for row in rows)),
        ("late", "en retard", any(row.state == "late" for row in rows)),
        ("deadline", "échéance", any(row.deadline and scale.holds(row.deadline) for row in rows)),
        ("tight", "une compétence sans marge", any(load.tight for load in loads)),
        ("today", "aujourd'hui", today),
    ]
    x = 0.0
    for mark, label, shown in entries:
        if not shown:
            continue
        needed = 30 + text_width(label, 13)
        if x and x + needed > drawing.width:
            x, y = 0.0, y + 22
        if mark == "shared":
            drawing.hatched(x, y - 9, 22, 10, radius=3)
        elif mark == "done":
            drawing.rect(x, y - 9, 22, 10, "done", radius=3)
        elif mark == "late":
            drawing.rect(x, y - 9, 22, 10, "late", radius=3)
        elif mark == "tight":
            drawing.rect(x, y - 9, 22, 10, "soon_tint")
            drawing.line(x, y - 9, x + 22, y - 9, "soon", thickness=1.6)
        elif mark == "deadline":
            drawing.line(x + 18, y - 12, x + 18, y + 3, "late", thickness=2.2)
        else:
            drawing.line(x + 18, y - 12, x + 18, y + 3, "ink", dash="3 3")
        drawing.text(x + 28, y, label, size=13)
        x += needed + 20
    return y + 12 if x else y - 14


def _sentence(rows: Sequence[GanttRow]) -> str:
    said = [
        f"{row.label} : du {french.long_date(row.start)} au {french.long_date(row.end)}"
        f"{_SHARED if row.shared else ''}{', fait' if row.state == 'done' else ''}."
        for row in rows[:_SENTENCE_ROWS]
    ]
    if len(rows) > _SENTENCE_ROWS:
        said.append(f"Et {len(rows) - _SENTENCE_ROWS} autres actions, dans le tableau.")
    return " ".join(said)
