# SPDX-License-Identifier: EUPL-1.2
"""Where to put the points of a sparkline and of a history chart; templates draw them, style sheets colour them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from carene.apps.indicators.queries import Line
from carene.engines import french
from carene.engines.scoring.measured import format_value
from carene.engines.scoring.model import Observation

SPARK_WIDTH, SPARK_HEIGHT, SPARK_PAD = 96, 26, 4
WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 16, 120, 28, 30  # room for the labels
NEAR = 15  # units between two labels that would touch


@dataclass(frozen=True, slots=True)
class Spark:
    """``path`` is the value of ``points`` of a polyline; the last point is a ring."""

    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    label: str  # « 71 % », empty where it would touch its neighbour
    title: str  # « 9 nov. 2026 : 71 % »


@dataclass(frozen=True, slots=True)
class Mark:
    """A threshold: the level that holds from this height on."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    path: str
    dots: tuple[Dot, ...]
    marks: tuple[Mark, ...]
    first: str
    last: str
    said: str  # the whole in a sentence, for screen readers


def spark(points: Sequence[Observation]) -> Spark | None:
    """None without any value; a single value is a ring alone."""
    if not points:
        return None
    low, high = _range([p.value for p in points])
    places = _places(points, SPARK_PAD, SPARK_WIDTH - SPARK_PAD)
    heights = [_height(p.value, low, high, SPARK_PAD, SPARK_HEIGHT - SPARK_PAD) for p in points]
    return Spark(_path(places, heights), places[-1], heights[-1])


def chart(line: Line) -> Chart | None:
    """The history of an indicator with the thresholds of its first criterion; None under two values."""
    points = line.points
    if len(points) < 2:
        return None
    thresholds = line.criteria[0].thresholds if line.criteria else None
    bounds = dict(thresholds.bounds) if thresholds else {}
    low, high = _range([*(p.value for p in points), *bounds.values()])
    places = _places(points, LEFT, WIDTH - RIGHT)
    heights = [_height(p.value, low, high, TOP, HEIGHT - BOTTOM) for p in points]
    marks = [
        Mark(_height(bound, low, high, TOP, HEIGHT - BOTTOM), f"niveau {level} : {format_value(line.indicator, bound)}")
        for level, bound in sorted(bounds.items())
    ]
    said = ", ".join(
        f"{format_value(line.indicator, p.value)} le {french.long_date(p.observed_on)}" for p in points[-6:]
    )
    return Chart(
        _path(places, heights),
        tuple(_dots(line, places, heights)),
        tuple(_apart(marks)),
        french.short_date(points[0].observed_on),
        french.short_date(points[-1].observed_on),
        f"{line.indicator.title} : {said}.",
    )


def _dots(line: Line, places: Sequence[float], heights: Sequence[float]) -> list[Dot]:
    dots = []
    written = -1000.0
    last = len(places) - 1
    for rank, (point, x, y) in enumerate(zip(line.points, places, heights, strict=True)):
        value = format_value(line.indicator, point.value)
        near_end = rank != last and places[last] - x < 60
        label = value if x - written > 60 and not near_end else ""
        written = x if label else written
        dots.append(Dot(x, y, label, f"{french.short_date(point.observed_on)} : {value}"))
    return dots


def _apart(marks: list[Mark]) -> list[Mark]:
    """Labels that would touch are written together on the first of their lines."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: m.y):
        if kept and mark.y - kept[-1].y < NEAR:
            kept[-1:] = [kept[-1], Mark(mark.y, "")]
        else:
            kept.append(mark)
    return kept


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low - 1, high + 1) if low == high else (low, high)


def _height(value: float, low: float, high: float, top: float, foot: float) -> float:
    return round(foot - (value - low) / (high - low) * (foot - top), 1)


def _places(points: Sequence[Observation], start: float, end: float) -> list[float]:
    """At the true distance between dates; one value stands at the end."""
    first, last = points[0].observed_on, points[-1].observed_on
    span = (last - first) / dt.timedelta(days=1)
    return [round(end if not span else start + (p.observed_on - first).days / span * (end - start), 1) for p in points]


def _path(places: Sequence[float], heights: Sequence[float]) -> str:
    return " ".join(f"{x},{y}" for x, y in zip(places, heights, strict=True))
