# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and gives. Scores on 0–4, shares on 0–1, euros, person-days."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StrictBool

from carene.apps.indicators.actions import NOTE_LENGTH, SOURCE_LENGTH

BATCH = 5_000


def _number(value: Any) -> Any:
    """JSON tells numbers from texts and from yes or no: so do we, or a mistake of the sender would be stored."""
    if isinstance(value, bool | str):
        raise ValueError("Input should be a number")
    return value


def _day(value: Any) -> Any:
    """A date is written as such; a number is no count of seconds."""
    if not isinstance(value, dt.date) and not (isinstance(value, str) and DAY.fullmatch(value)):
        raise ValueError("Input should be a date, as YYYY-MM-DD")
    return value


DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Day = Annotated[dt.date, BeforeValidator(_day)]
Number = BeforeValidator(_number)  # always last: bounds written after it would be missing from openapi.json


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
    sites: int | None
    operating_budget: int | None
    digital_budget: int | None
    activity: int | None
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

    level: Annotated[int, Number] | None = None
    not_applicable: StrictBool = False
    justification: str | None = None
    comment: str | None = None
    version: Annotated[int, Field(ge=0), Number]


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


class PartOut(Schema):
    """Null score: nothing was evaluated."""

    id: str
    title: str
    score: float | None
    target: float
    measured: float | None
    coverage: float
    applicable: int
    answered: int


class AxisOut(PartOut):
    strengths: int
    weaknesses: int
    objectives: list[PartOut]


class JudgedOut(Schema):
    """What was handed over; ``validated_on`` null: submitted to the management, not validated yet."""

    title: str
    referential: str
    version: str
    submitted_on: dt.date | None
    submitted_by: str
    validated_on: dt.date | None
    validated_by: str
    step: int | None
    provisional: bool
    states: dict[str, int]
    overall: PartOut
    axes: list[AxisOut]


class ProgressOut(Schema):
    todo: int
    doing: int
    done: int
    late: int
    share: float


class SummaryOut(Schema):
    """``assessment`` null: nothing was submitted or validated."""

    assessment: JudgedOut | None
    roadmap: ProgressOut


class SpreadOut(Schema):
    """A yearly expectation: its mean, and the interval that holds it nine times in ten."""

    mean: float
    low: float
    high: float


class DistributionOut(Schema):
    """A quantity that chance decides; ``quantiles`` by rank (0.05 to 0.99)."""

    mean: float
    quantiles: dict[str, float]
    histogram: dict[str, list[float]]


class AimsOut(Schema):
    """``prevent``: share of serious attempts that fail; ``recover``: days of degraded care after a ransomware."""

    prevent: SpreadOut
    recover: DistributionOut


class AttackOut(Schema):
    """``id`` total: the three together. Probabilities and shares on 0–1, time in days, money in euros; a year, or of
    one success where the name ends with ``_if``."""

    id: str
    title: str
    attempts: SpreadOut
    probability: SpreadOut
    failing: SpreadOut
    days: SpreadOut
    activity_days: SpreadOut
    activity_share: float
    euros: SpreadOut
    records: SpreadOut
    days_if: DistributionOut
    euros_if: DistributionOut
    years: dict[str, Any]
    channels: dict[str, SpreadOut]


class SimulationOut(Schema):
    """``unevaluated``: criteria that nobody evaluated, and the share (0–1) of the result that rests on them."""

    format: int
    model: dict[str, str]
    seed: int
    draws: int
    worlds: int
    aims: AimsOut
    total: AttackOut
    attacks: list[AttackOut]
    unevaluated: dict[str, Any]
    contributions: dict[str, Any]
    sentences: list[str]
    notes: list[str]


class RisksOut(Schema):
    """``simulation`` null: no assessment was begun."""

    simulation: SimulationOut | None


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
    value: Annotated[float, Field(allow_inf_nan=False), Number]
    date: Day
    source: Annotated[str, Field(min_length=1, max_length=SOURCE_LENGTH)]
    note: Annotated[str, Field(max_length=NOTE_LENGTH)] = ""


class BatchIn(Schema):
    """``replace`` withdraws another value already recorded for the same indicator and day."""

    model_config = ConfigDict(extra="forbid")

    observations: Annotated[list[ObservationIn], Field(max_length=BATCH)]
    replace: StrictBool = False


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
