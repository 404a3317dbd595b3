# SPDX-License-Identifier: EUPL-1.2
"""Charts drawn as SVG strings, the same for pages, print and PDF.

Grammar: *declared* is a bar in the accent, *measured* a ring in its brown, *target* an ink tick. Scores go
from 0 to ``top``.

Every function takes plain rows, ``title`` (the accessible name: say what the chart states), ``width`` (natural width in
pixels: 640 to 960 for a desk, 340 for a phone, where labels go above the marks), a ``palette`` and an ``ident`` (see
``Drawing.render``), and returns one ``<svg>``. A style sheet only needs ``.chart{max-width:100%;height:auto}``; to keep
texts readable on a phone, draw the chart twice and show the one that fits. Without data, a sentence stands in place of
the chart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from carene.engines import french
from carene.ui.charts.gantt import GanttRow, LoadBar, gantt_chart, row_height
from carene.ui.charts.svg import LIGHT, Drawing, Palette, Role
from carene.ui.charts.text import text_width

__all__ = [
    "Bar",
    "BarGroup",
    "GanttRow",
    "LoadBar",
    "Series",
    "YearBar",
    "axes_chart",
    "bar_mark",
    "budget_chart",
    "empty_chart",
    "gantt_chart",
    "objectives_chart",
    "progress_chart",
    "quarters_chart",
    "row_height",
]

NARROW = 520  # under this width, a label stands above what it names
_BAR = 12.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing judged: ``score`` declared (None = unknown), ``measured``, ``target``, ``delta`` since last time."""

    label: str
    score: float | None
    target: float | None = None
    measured: float | None = None
    delta: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BarGroup:
    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Values over the moments of a chart, None where nothing is known; ``target`` is drawn as an ink dash."""

    label: str
    values: tuple[float | None, ...]
    target: float | None = None


@dataclass(frozen=True, slots=True)
class YearBar:
    """Euros voted and euros planned or spent in one year."""

    year: int
    budget: float
    spent: float


def axes_chart(
    bars: Sequence[Bar], *, title: str, width: float = 720, top: float = 4, palette: Palette = LIGHT, ident: str = ""
) -> str:
    """The axes (four or so, any number works): label and note, bar, ring, tick, value and change since last time."""
    return _bars_chart([BarGroup("", tuple(bars))], title, width, top, palette, ident, kind="axes", size=16)


def objectives_chart(
    groups: Sequence[BarGroup], *, title: str, width: float = 720, top: float = 4, legend: bool = True,
    palette: Palette = LIGHT, ident: str = "",
) -> str:  # fmt: skip
    """The objectives, denser, under the title of their axis; without ``legend`` when another chart nearby has it."""
    return _bars_chart(groups, title, width, top, palette, ident, kind="objectives", size=14, legend=legend)


def bar_mark(bar: Bar, *, width: float = 180, top: float = 4, palette: Palette = LIGHT, ident: str = "") -> str:
    """One bar alone, without text, for a table cell that stands beside its figures."""
    drawing = Drawing(width, palette)
    _marks(drawing, bar, 0, 12, width, top)
    return drawing.render(24, kind="bar", title=bar.label, desc=_bar_sentence(bar, top), ident=ident)


def empty_chart(title: str, sentence: str, *, width: float = 720, palette: Palette = LIGHT, ident: str = "") -> str:
    """What a chart shows when there is nothing to draw: one sentence."""
    drawing = Drawing(width, palette)
    height = drawing.paragraph(0, 24, sentence, width, size=15)
    return drawing.render(height + 16, kind="empty", title=title, desc=sentence, ident=ident)


def _bars_chart(
    groups: Sequence[BarGroup], title: str, width: float, top: float, palette: Palette, ident: str, *, kind: str,
    size: float, legend: bool = True,
) -> str:  # fmt: skip
    bars = [bar for group in groups for bar in group.bars]
    if not bars:
        return empty_chart(title, "Rien n'est encore évalué.", width=width, palette=palette, ident=ident)
    drawing = Drawing(width, palette)
    y = 0.0
    for group in groups:
        if group.title:
            y += drawing.paragraph(0, y + 22, group.title, width, size=size + 1, role="ink", bold=True) + 8
        for index, bar in enumerate(group.bars):
            if index:
                drawing.line(0, y, width, y, "line")
            y = _bar_row(drawing, bar, y, top, size)
        y += 6
    y = _legend(drawing, y + 20, bars) if legend else y
    desc = " ".join(_bar_sentence(bar, top) for bar in bars)
    return drawing.render(y, kind=kind, title=title, desc=desc, ident=ident)


def _bar_row(drawing: Drawing, bar: Bar, y: float, top: float, size: float) -> float:
    """One row of a bars chart; returns the y of its foot."""
    width = drawing.width
    pad = size * 0.62
    value_width = 84.0
    narrow = width < NARROW
    label_width = width - value_width if narrow else width * 0.38
    label_height = drawing.paragraph(0, y + pad + size * 0.85, bar.label, label_width, size=size, role="ink", bold=True)
    note_y = y + pad + label_height + (34 if narrow else 0)
    note_height = (
        drawing.paragraph(0, note_y + 11, bar.note, width if narrow else label_width, size=13) if bar.note else 0
    )
    value_y = y + pad + size * 0.85
    if bar.score is None:
        drawing.text(width, value_y, "non évalué", size=13, anchor="end")
    else:
        drawing.text(width, value_y, french.score(bar.score), size=size + 1, role="ink", bold=True, anchor="end")
    if bar.delta is not None:
        role: Role = "second" if round(bar.delta, 1) == 0 else "good" if bar.delta > 0 else "late"
        drawing.text(width, value_y + 18, _signed(bar.delta), size=13, role=role, anchor="end")
    height = max(label_height + note_height, size * 1.28 + (18 if bar.delta is not None else 0))
    if narrow:
        _marks(drawing, bar, 0, y + pad + label_height + 16, width - (60 if bar.delta is not None else 0), top)
        return y + 2 * pad + label_height + 30 + note_height
    start = label_width + 20
    _marks(drawing, bar, start, y + pad + height / 2, width - value_width - start, top)
    return y + 2 * pad + height


def _marks(drawing: Drawing, bar: Bar, x: float, y: float, width: float, top: float) -> None:
    """Track, bar, tick and ring, centred on ``y``."""

    def at(value: float) -> float:
        return x + min(max(value, 0), top) / top * width

    drawing.rect(x, y - _BAR / 2, width, _BAR, "track", radius=_BAR / 2)
    if bar.score:
        # At least a round end, so that a small score is seen for what it is: small, not absent.
        drawing.rect(x, y - _BAR / 2, max(_BAR, at(bar.score) - x), _BAR, "accent", radius=_BAR / 2)
    if bar.target is not None:
        tick = min(max(at(bar.target), x + 1.25), x + width - 1.25)
        drawing.line(tick, y - 11, tick, y + 11, "ink", thickness=2.2)
    if bar.measured is not None:
        drawing.ring(min(max(at(bar.measured), x + 6), x + width - 6), y, "measured")


def _bar_sentence(bar: Bar, top: float) -> str:
    if bar.score is None:
        facts = ["non évalué"]
    else:
        facts = [f"{french.score(bar.score)} sur {french.number(top)}"]
    if bar.measured is not None:
        facts.append(f"mesuré {french.score(bar.measured)}")
    if bar.target is not None:
        facts.append(f"cible {french.number(round(bar.target, 1))}")
    if bar.delta is not None:
        facts.append(f"{_signed(bar.delta)} depuis la dernière fois")
    return f"{bar.label} : {', '.join(facts)}."


def _legend(drawing: Drawing, y: float, bars: Sequence[Bar]) -> float:
    """Only the marks that appear; returns the height of the drawing."""
    entries: list[tuple[str, str]] = []
    if any(bar.score is not None for bar in bars):
        entries.append(("bar", "déclaré"))
    if any(bar.measured is not None for bar in bars):
        entries.append(("ring", "mesuré"))
    if any(bar.target is not None for bar in bars):
        entries.append(("tick", "cible du profil"))
    x = 0.0
    for mark, label in entries:
        if mark == "bar":
            drawing.rect(x, y - 8, 22, 8, "accent", radius=4)
            x += 30
        elif mark == "ring":
            drawing.ring(x + 6, y - 4, "measured")
            x += 18
        else:
            drawing.line(x + 2, y - 12, x + 2, y + 3, "ink", thickness=2.2)
            x += 11
        drawing.text(x, y, label, size=13)
        x += text_width(label, 13) + 24
    return y + (12 if entries else -10)


def _signed(value: float) -> str:
    """A change of score, as « +0,4 », « −0,2 » or « stable »."""
    return "stable" if round(value, 1) == 0 else french.signed(value)


def progress_chart(
    series: Sequence[Series], dates: Sequence[dt.date], *, title: str, width: float = 720, top: float = 4,
    palette: Palette = LIGHT, ident: str = "",
) -> str:  # fmt: skip
    """Scores from one assessment to the next: one small line a series, at the true distance between ascending dates."""
    if len(dates) < 2:
        sentence = "La progression s'affichera dès la deuxième évaluation."
        return empty_chart(title, sentence, width=width, palette=palette, ident=ident)
    span = (dates[-1] - dates[0]).days or 1
    places = [(date - dates[0]).days / span for date in dates]
    labels = [_month(date) for date in dates]
    return _trend(series, places, labels, title, width, top, palette, ident, steps=False)


def quarters_chart(
    series: Sequence[Series], labels: Sequence[str], *, title: str, width: float = 720, top: float = 4,
    palette: Palette = LIGHT, ident: str = "",
) -> str:  # fmt: skip
    """Scores that a plan reaches at the end of each quarter (first value: before it), as stairs; one label a value."""
    if len(labels) < 2 or not series:
        sentence = "Les niveaux visés s'afficheront quand une feuille de route sera calculée."
        return empty_chart(title, sentence, width=width, palette=palette, ident=ident)
    places = [index / (len(labels) - 1) for index in range(len(labels))]
    return _trend(series, places, labels, title, width, top, palette, ident, steps=True)


def _month(date: dt.date) -> str:
    """« oct. 2025 »."""
    return f"{french.SHORT_MONTHS[date.month - 1]} {date.year}"


def _trend(
    series: Sequence[Series], places: Sequence[float], labels: Sequence[str], title: str, width: float, top: float,
    palette: Palette, ident: str, *, steps: bool,
) -> str:  # fmt: skip
    drawing = Drawing(width, palette)
    narrow = width < NARROW
    value_width = 92.0
    start = 14.0 if narrow else width * 0.36
    end = width - 14 if narrow else width - value_width - 14
    xs = [start + place * (end - start) for place in places]
    y = 0.0
    for index, one in enumerate(series):
        if index:
            drawing.line(0, y, width, y, "line")
        label_width = width - value_width if narrow else start - 24
        label_y = y + (20 if narrow else 44)
        label_height = drawing.paragraph(0, label_y, one.label, label_width, size=14, role="ink", bold=index == 0)
        foot = y + label_height + 84 if narrow else y + max(82.0, label_height + 46)
        base, head = foot - 12, foot - 62
        _plot(drawing, one, xs, base, head, top, steps=steps)
        value_y = y + 20 if narrow else y + 44
        drawing.text(width, value_y, _from_to(one), size=15, role="ink", bold=True, anchor="end")
        y = foot
    _moments(drawing, xs, labels, y + 14)
    y += 24
    if any(one.target is not None for one in series):
        drawing.line(0, y + 12, 22, y + 12, "ink", dash="2 4", thickness=1.4)
        drawing.text(30, y + 16, "cible du profil", size=13)
        y += 26
    sentences = " ".join(f"{one.label} : {_from_to(one)}." for one in series)
    desc = f"De {labels[0]} à {labels[-1]}. {sentences}"
    return drawing.render(y, kind="quarters" if steps else "progress", title=title, desc=desc, ident=ident)


def _plot(
    drawing: Drawing, one: Series, xs: Sequence[float], base: float, head: float, top: float, *, steps: bool
) -> None:
    """One series between ``base`` (0) and ``head`` (``top``); the line stops where a value is unknown."""

    def at(value: float) -> float:
        return base - min(max(value, 0), top) / top * (base - head)

    drawing.line(xs[0], base, xs[-1], base, "strong")
    run: list[tuple[float, float]] = []
    for x, value in [*zip(xs, one.values, strict=True), (0.0, None)]:
        if value is None:
            if len(run) > 1:
                drawing.area(run, base, "tint")
                drawing.path(run, "accent", thickness=2.4)
            run = []
            continue
        if steps and run:
            run.append((x, run[-1][1]))
        run.append((x, at(value)))
    if one.target is not None:
        drawing.line(xs[0], at(one.target), xs[-1], at(one.target), "ink", dash="2 4", thickness=1.4)
    if steps:
        return
    written = -100.0
    for x, value in zip(xs, one.values, strict=True):
        if value is None:
            continue
        drawing.dot(x, at(value), "accent")
        if x - written >= 30:
            above = at(value) - 8
            # A figure on the dashes of the target is not read: it goes below its point, unless the base is there.
            crossed = one.target is not None and above - 14 < at(one.target) < above + 6
            y = at(value) + 17 if crossed and at(value) + 19 <= base else above
            drawing.text(x, y, french.score(value), size=12, anchor="middle")
            written = x


def _from_to(one: Series) -> str:
    known = [value for value in one.values if value is not None]
    if not known:
        return "non évalué"
    first, last = french.score(known[0]), french.score(known[-1])
    return last if len(known) == 1 else f"{first} → {last}"


def _moments(drawing: Drawing, xs: Sequence[float], labels: Sequence[str], y: float) -> None:
    """The labels of the time axis: the ends always, the others where there is room."""
    taken: list[tuple[float, float]] = []
    order = [0, len(xs) - 1, *range(1, len(xs) - 1)]
    for index in dict.fromkeys(order):
        half = text_width(labels[index], 12.5) / 2
        x = min(max(xs[index], half), drawing.width - half)
        if all(x + half + 10 < left or x - half - 10 > right for left, right in taken):
            drawing.text(x, y, labels[index], size=12.5, anchor="middle")
            taken.append((x - half, x + half))


def budget_chart(
    years: Sequence[YearBar], *, title: str, width: float = 720, palette: Palette = LIGHT, ident: str = ""
) -> str:
    """Year by year: what the plan spends (bar) against the budget (ink tick); red when it goes beyond."""
    if not years:
        sentence = "Le budget s'affichera quand une feuille de route sera calculée."
        return empty_chart(title, sentence, width=width, palette=palette, ident=ident)
    drawing = Drawing(width, palette)
    largest = max([1.0, *(max(year.budget, year.spent) for year in years)])
    said = [f"{french.euros(year.spent)} sur {french.euros(year.budget)}" for year in years]
    value_width = max(text_width(words, 14, bold=True) for words in said) + 4
    narrow = width < NARROW
    start = 0.0 if narrow else 58.0
    length = width - 14 if narrow else width - value_width - start - 24
    y = 0.0
    for year, words in zip(years, said, strict=True):
        foot = y + (58 if narrow else 40)
        middle = foot - 20
        drawing.text(0, y + 20 if narrow else middle + 5, str(year.year), size=14, role="ink", bold=True)
        drawing.text(
            width, y + 20 if narrow else middle + 5, words, size=14, bold=True, anchor="end",
            role="late" if year.spent > year.budget else "ink",
        )  # fmt: skip
        drawing.rect(start, middle - 7, length, 14, "track", radius=4)
        role: Role = "late" if year.spent > year.budget else "accent"
        drawing.rect(start, middle - 7, year.spent / largest * length, 14, role, radius=4 if year.spent else 0)
        tick = start + year.budget / largest * length
        drawing.line(tick, middle - 12, tick, middle + 12, "ink", thickness=2.2)
        y = foot
    drawing.rect(0, y + 12, 22, 8, "accent", radius=4)
    drawing.text(30, y + 20, "prévu par le plan", size=13)
    after = 30 + text_width("prévu par le plan", 13) + 24
    drawing.line(after + 2, y + 8, after + 2, y + 23, "ink", thickness=2.2)
    drawing.text(after + 11, y + 20, "budget", size=13)
    desc = " ".join(f"{year.year} : {words}." for year, words in zip(years, said, strict=True))
    return drawing.render(y + 30, kind="budget", title=title, desc=desc, ident=ident)
