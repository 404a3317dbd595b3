# SPDX-License-Identifier: EUPL-1.2
"""Shapes of the files of a pack, as ``packs/README.md`` describes them. What binds files together is in ``checks``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from carene.engines.referential.model import Confidence, Direction, Scope

CODE = r"^[a-z][a-z0-9_]*$"
KEBAB = r"^[a-z0-9]+(-[a-z0-9]+)*$"
AXIS = r"^[A-Z][A-Z0-9]*$"
OBJECTIVE = r"^[A-Z][A-Z0-9]*\.[0-9]+$"
RECYF = r"^([1-9]|1[0-9]|20)$"
CRITERION = r"^[A-Z][A-Z0-9]*\.[0-9]+\.[0-9]+$"
PATTERNS = {
    CODE: "employer des minuscules, des chiffres et « _ », en commençant par une lettre",
    KEBAB: "employer des minuscules et des chiffres, séparés par des tirets",
    AXIS: "employer des majuscules, comme « GOV »",
    OBJECTIVE: "écrire l'axe, un point et un rang, comme « GOV.2 »",
    RECYF: "donner un objectif de ReCyF, de 1 à 20, entre guillemets",
    CRITERION: "écrire l'objectif, un point et un rang, comme « GOV.2.1 »",
}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
FreeText = Annotated[str, StringConstraints(strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=CODE)]
Share = Annotated[float, Field(ge=0, le=1)]
Level = Annotated[int, Field(ge=0, le=4)]
Months = Annotated[int, Field(ge=1, le=120)]
Weight = Annotated[int, Field(ge=1, le=3)]
Euros = Annotated[int, Field(ge=0)]
Days = Annotated[float, Field(ge=0)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


# --- pack.yaml --------------------------------------------------------------------------------------------------------


class SourceShape(Shape):
    title: Text
    date: dt.date | None = None
    confidence: Confidence
    url: FreeText = ""


class WhenShape(Shape):
    types: Annotated[list[Code], Field(min_length=1)] | None = None
    sizes: Annotated[list[Code], Field(min_length=1)] | None = None
    ght: Annotated[list[Code], Field(min_length=1)] | None = None


class BandShape(Shape):
    id: Code
    label: Text
    up_to: Annotated[int, Field(ge=0)] | None = None


class SizesShape(Shape):
    basis: Literal["workstations"]
    source: Code
    bands: Annotated[list[BandShape], Field(min_length=1)]


class TargetShape(Shape):
    socle: Level
    other: Level


class ProfileShape(Shape):
    id: Code
    label: Text
    when: WhenShape
    target: TargetShape
    source: Code


class OthersShape(Shape):
    level: Level
    share: Share


class StepShape(Shape):
    id: Annotated[int, Field(ge=0)]
    label: Text
    title: Text
    meaning: Text
    socle_level: Level = 0
    others: OthersShape = OthersShape(level=0, share=0.0)


class MaturityShape(Shape):
    unanswered: Literal["not_met"]
    steps: Annotated[list[StepShape], Field(min_length=1)]
    source: Code


class StrengthsShape(Shape):
    at_least: Level


class PackShape(Shape):
    id: Annotated[str, StringConstraints(pattern=KEBAB, max_length=60)]
    name: Text
    version: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
    date: dt.date
    locale: Literal["fr"]
    licence: Text
    publisher: Text
    description: Text
    sources: dict[Code, SourceShape]
    types: dict[Code, Text]
    type_groups: dict[Code, list[Code]] = {}
    sizes: SizesShape
    ght_roles: dict[Code, Text]
    roles: dict[Code, Text]
    skills: dict[Code, Text]
    attacks: dict[Code, Text]
    aims: dict[Code, Text]
    profiles: Annotated[list[ProfileShape], Field(min_length=1)]
    maturity: MaturityShape
    strengths: StrengthsShape


# --- axes.yaml --------------------------------------------------------------------------------------------------------


class ObjectiveShape(Shape):
    id: Annotated[str, StringConstraints(pattern=OBJECTIVE)]
    title: Text


class AxisShape(Shape):
    id: Annotated[str, StringConstraints(pattern=AXIS)]
    title: Text
    color: Annotated[int, Field(ge=1)]
    purpose: Text
    objectives: Annotated[list[ObjectiveShape], Field(min_length=1)]


# --- criteria/*.yaml --------------------------------------------------------------------------------------------------


class WeightShape(Shape):
    when: WhenShape
    weight: Weight


class ThresholdsShape(Shape):
    id: Code
    levels: Annotated[dict[Annotated[int, Field(ge=1, le=4)], float], Field(min_length=1)]
    confidence: Confidence
    source: Code


class RefsShape(Shape):
    hygiene: list[Annotated[int, Field(ge=1, le=42)]] = []
    recyf: list[Annotated[str, StringConstraints(pattern=RECYF)]] = []
    care: list[Text] = []
    pgssis: list[Text] = []
    has: list[Text] = []
    other: list[Text] = []


class CriterionShape(Shape):
    id: Annotated[str, StringConstraints(pattern=CRITERION)]
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    question: Text
    hint: FreeText = ""
    why: Text
    levels: dict[Level, Text]
    evidence: Annotated[list[Text], Field(min_length=1)]
    who: Annotated[list[Code], Field(min_length=1)]
    applies: WhenShape = WhenShape()
    weight: Weight
    weights: list[WeightShape] = []
    socle: bool = False
    attacks: list[Code] = []
    aims: Annotated[list[Code], Field(min_length=1)]
    indicator: ThresholdsShape | None = None
    review_months: Months
    refs: RefsShape = RefsShape()


# --- indicators/*.yaml ------------------------------------------------------------------------------------------------


class IndicatorShape(Shape):
    id: Code
    title: Text
    unit: str
    kind: Literal["number", "percent", "count", "days", "boolean", "date_age_days"]
    direction: Direction
    minimum: float | None = None
    maximum: float | None = None
    validity_months: Months
    definition: Text
    confidentiality: Literal["indicateur", "synthese", "detail", "secret"] = "indicateur"
    source: Code


# --- measures/*.yaml --------------------------------------------------------------------------------------------------


class RaiseShape(Shape):
    criterion: Annotated[str, StringConstraints(pattern=CRITERION)]
    start: Level = Field(alias="from")
    end: Level = Field(alias="to")


class CostShape(Shape):
    investment: dict[Code, Euros]
    yearly: dict[Code, Euros]
    reasoning: Text


class SharingShape(Shape):
    scope: Scope
    member_share: Share
    note: FreeText = ""


class MeasureShape(Shape):
    id: Annotated[str, StringConstraints(pattern=KEBAB)]
    title: Text
    summary: Text
    raises: Annotated[list[RaiseShape], Field(min_length=1)]
    applies: WhenShape = WhenShape()
    cost: CostShape
    effort: Annotated[dict[Code, dict[Code, Days]], Field(min_length=1)]
    months: dict[Code, Months]
    requires: list[Annotated[str, StringConstraints(pattern=KEBAB)]] = []
    excludes: list[Annotated[str, StringConstraints(pattern=KEBAB)]] = []
    sharing: SharingShape | None = None
    quick_win: bool = False
    how: Annotated[list[Text], Field(min_length=1)]
