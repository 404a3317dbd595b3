# SPDX-License-Identifier: EUPL-1.2
"""Shapes of the parts of an assess file in YAML or JSON; ``structured`` turns them into the model."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from carene.engines.exchange.questionnaire import HORIZON, LONGEST_TEXT
from carene.engines.exchange.values import clean, date_of, month_of
from carene.engines.referential.model import Confidence

LONGEST_LIST = 20_000  # observations of one file


def _text(value: Any) -> Any:
    """Numbers are taken as texts where a text is asked for: ``version: 1.0`` and ``title: 2024`` mean what they say."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return clean(value) if isinstance(value, str) else value


def _day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date_of(value)
        except ValueError as error:
            raise PydanticCustomError("date_type", "date") from error
    return value


def _month(value: Any) -> Any:
    if isinstance(value, str | dt.date):
        try:
            return month_of(value)
        except ValueError as error:
            raise PydanticCustomError("value_error", "month", {"error": "un mois comme 2027-03 est attendu"}) from error
    return value


def _year(value: Any) -> Any:
    """JSON has no keys but texts."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 4 else value


def _empty(value: Any) -> Any:
    """A heading without anything below it."""
    return {} if value is None else value


Short = Annotated[str, BeforeValidator(_text), StringConstraints(max_length=300)]
Long = Annotated[str, BeforeValidator(_text), StringConstraints(max_length=LONGEST_TEXT)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Euros = Annotated[int, Field(ge=0, le=100_000_000_000)]
Weight = Annotated[int, Field(ge=0, le=100_000_000_000)]  # without a unit
Amount = Annotated[float, Field(ge=0, le=100_000_000_000, allow_inf_nan=False)]
Days = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Day = Annotated[dt.date, BeforeValidator(_day)]
Month = Annotated[dt.date, BeforeValidator(_month)]
Year = Annotated[int, BeforeValidator(_year), Field(ge=2000, le=2100)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CardShape(Shape):
    name: Short = ""
    type: Short | None = None
    ght: Short | None = None
    group: Short = ""
    finess: Short = ""
    town: Short = ""
    beds: Count | None = None
    staff: Count | None = None
    workstations: Count | None = None
    servers: Count | None = None
    sites: Count | None = None
    operating_budget: Euros | None = None
    digital_budget: Euros | None = None
    activity: Weight | None = None


class OriginShape(Shape):
    id: Short = ""
    version: Short = ""
    digest: Short = ""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """``referential: care`` is enough."""
        return {"id": value} if isinstance(value, str) else value


class EntryShape(Shape):
    """``level`` is read by ``values.level_of``, which knows more ways of writing one."""

    level: int | float | str | None = None
    not_applicable: bool = False
    justification: Long = ""
    comment: Long = ""
    source: Short = ""
    version: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """``GOV.1.1: 2`` is enough."""
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            return {"level": value}
        return _empty(value)


class MeasuredShape(Shape):
    indicator: Short
    value: Annotated[float, Field(allow_inf_nan=False)]
    date: Day
    source: Annotated[Short, StringConstraints(max_length=200)] = ""
    note: Short = ""


class WishShape(Shape):
    mandatory: bool = False
    excluded: bool = False
    start: Month | None = None
    not_before: Month | None = None
    deadline: Day | None = None
    reason: Short = ""


class OverrideShape(Shape):
    investment: Amount | None = None
    yearly: Amount | None = None
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    effort: dict[str, Days] | None = None
    reason: Short = ""


class MeansShape(Shape):
    """``wishes`` and ``overrides`` are read one by one, so that each fault has its line."""

    start: Month | None = None
    months: Annotated[int, Field(ge=12, le=60)] = HORIZON
    budgets: Annotated[dict[Year, Amount], BeforeValidator(_empty)] = {}
    team: Annotated[dict[str, Days], BeforeValidator(_empty)] = {}
    wishes: Annotated[dict[str, WishShape], BeforeValidator(_empty)] = {}
    overrides: Annotated[dict[str, OverrideShape], BeforeValidator(_empty)] = {}
    done: list[str] = []


class NoteShape(Shape):
    id: Short
    title: Short
    date: Short = ""
    url: Short = ""
    confidence: Confidence | None = None

    @model_validator(mode="before")
    @classmethod
    def _spoken_date(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("date"), dt.date):
            return {**value, "date": value["date"].isoformat()}
        return value


class FileShape(Shape):
    """The whole file; its parts are read one by one so that one fault does not hide the others."""

    format: Annotated[int, Field(ge=1)] = 1
    about: Long = ""
    referential: Any = None
    date: Day | None = None
    assessment: Annotated[int, Field(ge=1)] | None = None
    organisation: Any = None
    answers: Any = None
    observations: Any = None
    plan: Any = None
    sources: Any = None
