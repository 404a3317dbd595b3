# SPDX-License-Identifier: EUPL-1.2
"""What the observatory follows: figures with their formula, and series that others published. Built by ``loader``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from carene.engines.referential.model import Confidence, Direction, Source

Operator = Literal[">=", "<="]
Kind = Literal["mean", "share", "sum", "ratio"]
Weighting = Literal["count", "activity"]
Confidentiality = Literal["indicateur", "synthese", "detail", "secret"]


@dataclass(frozen=True, slots=True)
class Formula:
    """``mean``, ``sum`` and ``share`` read the observations of ``of``; ``ratio`` divides those of ``of`` by those of
    ``over``, unit by unit for the distribution, sum by sum for the value, times ``factor``.

    ``share`` is the percentage of units whose value is ``op`` ``threshold``.
    """

    kind: Kind
    of: str
    over: str = ""
    op: Operator = ">="
    threshold: float = 0.0
    factor: float = 1.0

    @property
    def reads(self) -> tuple[str, ...]:
        """Indicators whose observations it needs."""
        return (self.of, self.over) if self.over else (self.of,)


@dataclass(frozen=True, slots=True)
class Population:
    """Whose values count. None accepts everything; an unknown type is refused by a list of types."""

    kinds: frozenset[str]
    types: frozenset[str] | None = None
    ght: frozenset[str] | None = None

    def accepts(self, kind: str, type_: str, ght: str) -> bool:
        return (
            kind in self.kinds and (self.types is None or type_ in self.types) and (self.ght is None or ght in self.ght)
        )


@dataclass(frozen=True, slots=True)
class Goal:
    """What one unit should reach; ``confidence`` and ``source`` say where that comes from."""

    value: float
    op: Operator
    confidence: Confidence = "inferred"
    source: str = ""

    def met(self, value: float) -> bool:
        return value >= self.value if self.op == ">=" else value <= self.value


@dataclass(frozen=True, slots=True)
class Target(Goal):
    """What the figure of a whole should reach, and by when."""

    by: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """``goal``: what each unit should reach (for the share at target); ``target``: what the figure should reach."""

    id: str
    theme: str
    title: str
    question: str
    unit: str
    direction: Direction
    validity_months: int
    formula: Formula
    population: Population
    weighting: Weighting = "count"
    goal: Goal | None = None
    target: Target | None = None
    confidentiality: Confidentiality = "indicateur"
    series: tuple[str, ...] = ()
    note: str = ""
    # What a value of one unit may be; outside, it is a mistake of unit or of typing and does not count.
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    date: dt.date
    value: float
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A national figure published by others; several points of one date contradict each other."""

    id: str
    title: str
    unit: str
    points: tuple[Point, ...]
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Observatory:
    version: str
    close_after_days: int
    smallest_cell: int
    figures: tuple[Figure, ...]
    series: tuple[Series, ...]
    sources: Mapping[str, Source] = field(default_factory=dict)
    digest: str = ""

    @cached_property
    def figure(self) -> Mapping[str, Figure]:
        return {figure.id: figure for figure in self.figures}

    @cached_property
    def observed(self) -> Mapping[str, int]:
        """Indicators whose observations are read → the months that a value holds (the longest that a figure wants)."""
        found: dict[str, int] = {}
        for figure in self.figures:
            for name in figure.formula.reads:
                found[name] = max(found.get(name, 0), figure.validity_months)
        return found

    @cached_property
    def figures_reading(self) -> Mapping[str, tuple[Figure, ...]]:
        """Indicator → figures that change with it."""
        found: dict[str, list[Figure]] = {}
        for figure in self.figures:
            for name in figure.formula.reads:
                found.setdefault(name, []).append(figure)
        return {name: tuple(figures) for name, figures in found.items()}

    def series_of(self, figure: Figure) -> tuple[Series, ...]:
        """What others published that stands beside this figure."""
        return tuple(one for one in self.series if one.id in figure.series or figure.id in one.beside)
