# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and gives. Scores on 0–4, shares on 0–1, euros, person-days."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

from carene.apps.indicators.actions import NOTE_LENGTH, SOURCE_LENGTH

BATCH = 5_000


class Refusal(Schema):
    """Why nothing was done, in one French sentence; ``errors`` lists every fault when there are several."""

    detail: str
    errors: list[str] = []


class OrganisationOut(Schema):
    id: int
    kind: str
    name: str
    short_name: str
    finess: str
    town: str
    type: str
    ght_role: str
    beds: int | None
    staff: int | None
    workstations: int | None
    servers: int | None
    operating_budget: int | None
    digital_budget: int | None
    parent: int | None


class AssessmentOut(Schema):
    id: int
    title: str
    state: str
    referential: str
    referential_version: str
    started_at: dt.datetime
    submitted_at: dt.datetime | None
    validated_at: dt.datetime | None


class AnswerOut(Schema):
    """``version`` 0 and a null level: nothing was answered yet."""

    criterion: str
    level: int | None = None
    not_applicable: bool = False
    justification: str = ""
    comment: str = ""
    version: int = 0
    answered_on: dt.date | None = None
    updated_at: dt.datetime | None = None


class AnswerIn(Schema):
    """What is not given stays as it is. ``version`` is the one that was read; another one is refused with 409."""

    model_config = ConfigDict(extra="forbid")

    level: Annotated[int, Field(strict=True)] | None = None
    not_applicable: bool = False
    justification: str | None = None
    comment: str | None = None
    version: Annotated[int, Field(ge=0)]


class ConflictOut(Refusal):
    stored: AnswerOut


class JudgementOut(Schema):
    """The same keys as ``carene assess --json``."""

    date: dt.date
    referential: dict[str, Any]
    maturity: dict[str, Any]
    criteria: list[dict[str, Any]]
    strengths: list[dict[str, Any]]
    weaknesses: list[dict[str, Any]]


class IndicatorOut(Schema):
    id: str
    title: str
    unit: str
    kind: str
    direction: str
    definition: str
    validity_months: int
    minimum: float | None
    maximum: float | None


class ObservationIn(Schema):
    model_config = ConfigDict(extra="forbid")

    indicator: str
    value: Annotated[float, Field(allow_inf_nan=False)]
    date: dt.date
    source: Annotated[str, Field(min_length=1, max_length=SOURCE_LENGTH)]
    note: Annotated[str, Field(max_length=NOTE_LENGTH)] = ""


class BatchIn(Schema):
    """``replace`` withdraws another value already recorded for the same indicator and day."""

    model_config = ConfigDict(extra="forbid")

    observations: Annotated[list[ObservationIn], Field(max_length=BATCH)]
    replace: bool = False


class ObservationOut(Schema):
    id: int
    indicator: str
    value: float
    date: dt.date
    source: str
    note: str


class ObservationsOut(Schema):
    """``count`` is the whole number; ``observations`` at most ``limit`` of them."""

    count: int
    observations: list[ObservationOut]


class RecordedOut(Schema):
    """``known`` were already recorded with this very value: nothing was done for them."""

    created: list[ObservationOut]
    known: int
    replaced: int


class ActionOut(Schema):
    id: int
    title: str
    measure: str
    state: str
    owner: str | None
    start_on: dt.date
    due_on: dt.date
    done_on: dt.date | None
    planned_cost: float
    actual_cost: float | None
    person_days: dict[str, float]
    raises: list[dict[str, Any]]
    shared: bool
