# SPDX-License-Identifier: EUPL-1.2
"""Shapes of the files of the observatory's pack. What binds them together is in ``loader``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from carene.engines.observatory.model import Confidentiality, Operator, Weighting
from carene.engines.referential.model import Confidence, Direction
from carene.engines.referential.schema import CODE, PATTERNS, Code, FreeText, Months, Shape, SourceShape, Text

__all__ = ["CODE", "PATTERNS"]

UnitKind = Literal["entity", "site"]


class PackShape(Shape):
    id: Literal["observatory"]
    version: Text
    date: dt.date
    referential: Code
    close_after_days: Annotated[int, Field(ge=0, le=90)]
    smallest_cell: Annotated[int, Field(ge=2, le=50)]
    goal_level: Annotated[int, Field(ge=1, le=4)]
    settings_source: Code
    sources: dict[Code, SourceShape]


class FormulaShape(Shape):
    kind: Literal["mean", "share", "sum", "ratio"]
    of: Code
    over: Code | None = None
    op: Operator | None = None
    threshold: float | None = None
    factor: Annotated[float, Field(gt=0)] = 1.0


class PopulationShape(Shape):
    kinds: Annotated[list[UnitKind], Field(min_length=1)] = ["entity", "site"]
    types: Annotated[list[Code], Field(min_length=1)] | None = None
    ght: Annotated[list[Code], Field(min_length=1)] | None = None


class GoalShape(Shape):
    value: float
    op: Operator


class TargetShape(GoalShape):
    by: dt.date | None = None
    source: Code
    confidence: Confidence


class FigureShape(Shape):
    id: Code
    theme: Code
    title: Text
    question: Text
    unit: FreeText
    direction: Direction
    validity_months: Months
    formula: FormulaShape
    population: PopulationShape = PopulationShape()
    weighting: Weighting = "count"
    goal: GoalShape | None = None
    target: TargetShape | None = None
    series: list[Code] = []
    note: FreeText = ""
    confidentiality: Confidentiality


class PointShape(Shape):
    date: dt.date
    value: float
    source: Code
    note: FreeText = ""


class SeriesShape(Shape):
    id: Code
    title: Text
    unit: FreeText
    beside: list[Code] = []
    points: Annotated[list[PointShape], Field(min_length=1)]
