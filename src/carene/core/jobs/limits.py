# SPDX-License-Identifier: EUPL-1.2
"""The file ``packs/jobs.yaml``: how many computations at once, how long they are kept."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from carene.engines.referential.catalogue import PACKS
from carene.engines.sources.yaml_source import read_yaml


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    confidence: str


class Limits(BaseModel):
    model_config = ConfigDict(extra="forbid")
    at_once: PositiveInt
    waiting: PositiveInt
    stale_seconds: PositiveInt
    keep_days: PositiveInt
    daily_from_hour: int = Field(ge=0, le=23)
    reasoning: str
    source: _Source

    @property
    def stale(self) -> dt.timedelta:
        return dt.timedelta(seconds=self.stale_seconds)

    @property
    def keep(self) -> dt.timedelta:
        return dt.timedelta(days=self.keep_days)


@lru_cache(maxsize=1)
def limits() -> Limits:
    path = PACKS / "jobs.yaml"
    return Limits.model_validate(read_yaml(path.read_bytes(), path.name).data)
