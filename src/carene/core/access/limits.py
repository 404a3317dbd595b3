# SPDX-License-Identifier: EUPL-1.2
"""For how long things are opened: ``packs/sharing.yaml``."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, PositiveInt

from carene.engines.referential.catalogue import PACKS
from carene.engines.sources.yaml_source import read_yaml


class Limits(BaseModel):
    """Days. ``reasoning`` is shown wherever they decide something."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    usual_days: PositiveInt
    longest_days: PositiveInt
    soon_days: PositiveInt
    reasoning: str
    confidence: str

    def usual_end(self, today: dt.date) -> dt.date:
        return today + dt.timedelta(days=self.usual_days)

    def latest_end(self, today: dt.date) -> dt.date:
        return today + dt.timedelta(days=self.longest_days)

    def is_soon(self, day: dt.date | None, today: dt.date) -> bool:
        """A last day that has not gone by and comes within the time announced."""
        return day is not None and today <= day <= today + dt.timedelta(days=self.soon_days)


@lru_cache(maxsize=1)
def limits() -> Limits:
    path = PACKS / "sharing.yaml"
    return Limits.model_validate(read_yaml(path.read_bytes(), path.name).data)
