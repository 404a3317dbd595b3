# SPDX-License-Identifier: EUPL-1.2
"""Quantities that are known within a range, one row each, on one common scale: a band, its core, its middle.

Same conventions as ``carene.ui.charts.charts``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from carene.ui.charts.charts import NARROW, empty_chart
from carene.ui.charts.svg import LIGHT, Drawing, Palette, Role
from carene.ui.charts.text import text_width

_HALF = 7.0


@dataclass(frozen=True, slots=True)
class RangeRow:
    """``said`` is the value in words, beside the marks. ``core``: the half of the cases that is in the middle."""

    label: str
    low: float
    middle: float
    high: float
    said: str
    core: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Graduations (value, words), growing; the first and the last are the ends. ``log``: all above zero."""

    ticks: tuple[tuple[float, str], ...]
    log: bool = False

    def place(self, value: float) -> float:
        """0–1; a value beyond an end is drawn at this end."""
        measure: Callable[[float], float] = math.log if self.log else float
        first, last = self.ticks[0][0], self.ticks[-1][0]
        low, high = measure(first), measure(last)
        return (measure(min(max(value, first), last)) - low) / (high - low)


def round_ends(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """Round graduations, growing, from at most ``low`` to at least ``high``: never more than ``most`` and two."""
    span = high - low
    if span < 1e-6 * max(1.0, abs(high)):  # one value: its own size makes the scale
        span = max(abs(high), 1.0)
    unit = 10 ** math.floor(math.log10(span / most))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor * most >= span * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(step * rank, 10) for rank in range(first, max(last, first + 1) + 1))


def ranges_chart(
    rows: Sequence[RangeRow], scale: Scale, *, title: str, legend: str, width: float = 720, palette: Palette = LIGHT,
    ident: str = "",
) -> str:  # fmt: skip
    """``legend`` says in a sentence what band and dot are."""
    if not rows:
        return empty_chart(title, "Rien n'est encore évalué.", width=width, palette=palette, ident=ident)
    drawing = Drawing(width, palette)
    foot = on_scale(drawing, rows, scale, _marks, legend)
    desc = " ".join(f"{row.label} : {row.said}." for row in rows)
    return drawing.render(foot, kind="ranges", title=title, desc=desc, ident=ident)


class Row(Protocol):
    """What stands beside the marks of a row."""

    @property
    def label(self) -> str: ...
    @property
    def said(self) -> str: ...
    @property
    def note(self) -> str: ...


At = Callable[[float], float]  # value → abscissa
R = TypeVar("R", bound=Row)


def on_scale(
    drawing: Drawing, rows: Sequence[R], scale: Scale, draw: Callable[[Drawing, R, At, float], None], legend: str
) -> float:
    """Rows of words and marks on one scale, with its graduations and ``legend`` under them; returns the foot.

    ``draw(drawing, row, at, y)`` draws the marks of one row around the line ``y``.
    """
    width, narrow = drawing.width, drawing.width < NARROW
    start, end = (14.0, width - 14.0) if narrow else (width * 0.27, width * 0.70)
    feet: list[float] = []
    y = 0.0
    lines: list[tuple[R, float]] = []
    for row in rows:
        middle, y = _words(drawing, row, y, start, end, narrow=narrow)
        lines.append((row, middle))
        feet.append(y)
    # On a phone the words stand above the marks: the graduations keep to the latter.
    spans = [(middle - 12, middle + 12) for _, middle in lines] if narrow else [(4.0, y + 4)]
    _grid(drawing, scale, start, end, y, spans)
    for foot in feet[:-1]:
        drawing.line(0, foot, width, foot, "line")
    for row, middle in lines:
        drawing.line(start, middle, end, middle, "line")
        draw(drawing, row, lambda value: start + scale.place(value) * (end - start), middle)
    return y + 34 + drawing.paragraph(0, y + 42, legend, width, size=13)


def _words(drawing: Drawing, row: Row, y: float, start: float, end: float, *, narrow: bool) -> tuple[float, float]:
    """Writes the words of a row; gives the height of its marks, and its foot."""
    width = drawing.width
    label_width = width if narrow else start - 24
    height = drawing.paragraph(0, y + 24, row.label, label_width, size=15, role="ink", bold=True)
    if row.note:
        height += drawing.paragraph(0, y + 24 + height, row.note, label_width, size=13)
    if narrow:
        height += drawing.paragraph(0, y + 26 + height, row.said, width, size=14, role="ink")
        return y + height + 28, y + height + 48
    left = end + 24
    said = drawing.paragraph(left, y + 24, row.said, width - left, size=14, role="ink")
    full = max(height, said, 18) + 22
    return y + full / 2 - 1, y + full


def _grid(
    drawing: Drawing, scale: Scale, start: float, end: float, foot: float, spans: Sequence[tuple[float, float]]
) -> None:
    """A line at each graduation, on each of the vertical ``spans``, and its words under ``foot`` where they fit."""
    written = -1e9
    for rank, (value, words) in enumerate(scale.ticks):
        x = start + scale.place(value) * (end - start)
        for top, base in spans:
            drawing.line(x, top, x, base, "line")
        half = text_width(words, 12.5) / 2
        at = min(max(x, half), drawing.width - half)
        last = start + scale.place(scale.ticks[-1][0]) * (end - start) - text_width(scale.ticks[-1][1], 12.5) / 2
        fits = at - half > written + 8 and (rank == len(scale.ticks) - 1 or at + half < last - 8)
        if fits:
            drawing.text(at, foot + 20, words, size=12.5, anchor="middle")
            written = at + half


def _marks(drawing: Drawing, row: RangeRow, at: At, y: float) -> None:
    def band(low: float, high: float, role: Role) -> None:
        length = max(4.0, at(high) - at(low))
        drawing.rect(at(low), y - _HALF, length, 2 * _HALF, role, radius=4)

    band(row.low, row.high, "load")
    if row.core is not None:
        band(*row.core, "done")
    drawing.dot(at(row.middle), y, "paper", radius=8)
    drawing.dot(at(row.middle), y, "accent", radius=5.5, said=f"{row.label} : {row.said}")
