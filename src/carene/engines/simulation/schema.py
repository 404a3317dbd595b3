# SPDX-License-Identifier: EUPL-1.2
"""Shapes of the files of a simulation pack. What binds them together is in ``loader``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from carene.engines.referential.model import Confidence
from carene.engines.referential.schema import CODE, CRITERION, PATTERNS, Code, Shape, SourceShape, Text, WhenShape

__all__ = ["CODE", "CRITERION", "PATTERNS"]

Share = Annotated[float, Field(ge=0, lt=1)]
Probability = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Factor = Annotated[float, Field(ge=0)]
CriterionId = Annotated[str, Field(pattern=CRITERION)]
BySize = dict[Code, Factor]


class OriginShape(Shape):
    source: Code
    confidence: Confidence
    reason: Text


class RangeShape(OriginShape):
    """A positive figure, its low and its high."""

    value: Positive
    low: Positive
    high: Positive


class PassShape(OriginShape):
    value: Probability
    low: Annotated[float, Field(ge=0, le=1)]
    high: Probability


class FixedShape(OriginShape):
    value: Positive


class BarrierShape(Shape):
    criterion: CriterionId
    stops: Annotated[list[Share], Field(min_length=5, max_length=5)]
    between: Annotated[list[Share], Field(min_length=2, max_length=2)]
    label: Text
    reason: Text
    source: Code | None = None
    confidence: Confidence | None = None


class ListShape(Shape):
    """Barriers; ``source`` and ``confidence`` hold for those that do not give theirs."""

    source: Code | None = None
    confidence: Confidence | None = None
    barriers: list[BarrierShape] = []


class DefenceShape(ListShape):
    id: Code
    title: Text


class StageShape(ListShape):
    id: Code
    title: Text
    passes: PassShape
    use: list[Code] = []


class ScopeShape(OriginShape):
    value: Probability


class ChannelShape(StageShape):
    rate: RangeShape
    skips: list[Code] = []
    scope: ScopeShape | None = None
    closed_without: CriterionId | None = None


class BandsShape(OriginShape):
    """One figure by size band, beside their common origin."""

    xs: Factor
    s: Factor
    m: Factor
    l: Factor  # noqa: E741 - the name of the band
    xl: Factor


class AmountShape(BandsShape):
    """``low`` and ``high`` are factors of every amount."""

    low: Annotated[float, Field(gt=0, le=1)]
    high: Annotated[float, Field(ge=1)]


class RecoveryShape(ListShape):
    days: RangeShape
    by_size: BandsShape
    spread: RangeShape
    activity: PassShape
    use: list[Code] = []


class ExposureShape(ListShape):
    records: AmountShape
    use: list[Code] = []


class MoneyShape(Shape):
    fixed: AmountShape
    per_day: AmountShape
    per_record: RangeShape | None = None


class AttackShape(Shape):
    id: Code
    title: Text
    success: Text
    channels: Annotated[list[ChannelShape], Field(min_length=1)]
    stages: Annotated[list[StageShape], Field(min_length=1)]
    recovery: RecoveryShape
    money: MoneyShape
    exposure: ExposureShape | None = None


class PriorShape(OriginShape):
    when: WhenShape
    shares: Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=5, max_length=5)]


class ScaleShape(OriginShape):
    by_type: dict[Code, Factor]
    by_size: BySize


class ActivityShape(OriginShape):
    first_day: PassShape
    exponent: ScopeShape
    by_type: dict[Code, Factor]


class RevenueShape(OriginShape):
    share: PassShape
    budget: BySize


class SilentShape(Shape):
    criterion: CriterionId
    reason: Text


class PackShape(Shape):
    id: Code
    version: Text
    date: dt.date
    referential: Code
    attacks: Annotated[list[Code], Field(min_length=1)]
    sources: dict[Code, SourceShape]
    overlap: PassShape
    tide: RangeShape
    priors: Annotated[list[PriorShape], Field(min_length=1)]
    exposure: ScaleShape
    activity: ActivityShape
    revenue: RevenueShape
    silent: list[SilentShape] = []
