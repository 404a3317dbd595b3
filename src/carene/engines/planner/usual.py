# SPDX-License-Identifier: EUPL-1.2
"""The pack ``planning.yaml``: what is proposed or assumed before an establishment gives its own figures."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from carene.engines.referential.catalogue import PACKS
from carene.engines.sources.yaml_source import read_yaml


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Origin(_Shape):
    title: str
    confidence: str
    url: str = ""


class Budget(_Shape):
    digital_share: float
    reasoning: str
    source: Origin


class Team(_Shape):
    reasoning: str
    source: Origin
    person_days: dict[str, dict[str, float]]


class Calendar(_Shape):
    """``months``: month of the year → share of an ordinary month that the teams keep; absent = all of it."""

    months: dict[int, float]
    reasoning: str
    source: Origin


class Range(_Shape):
    """Shares taken off and added to an estimate."""

    below: float
    above: float


class Uncertainty(_Shape):
    cost: Range
    effort: Range
    effect: Range
    draws: int
    quantile: float
    reasoning: str
    source: Origin


class Sharing(_Shape):
    """``usual_members``: size of the group for which the pack says what a member pays of a shared measure."""

    usual_members: float
    reasoning: str
    source: Origin


class Proposals(_Shape):
    budget: Budget
    team: Team
    calendar: Calendar
    uncertainty: Uncertainty
    group: Sharing


@lru_cache(maxsize=1)
def proposals() -> Proposals:
    path = PACKS / "planning.yaml"
    return Proposals.model_validate(read_yaml(path.read_bytes(), path.name).data)
