# SPDX-License-Identifier: EUPL-1.2
"""``packs/campaigns.yaml``: what is proposed to who opens a campaign."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt

from carene.engines.referential.catalogue import PACKS
from carene.engines.referential.schema import SourceShape
from carene.engines.sources.yaml_source import read_yaml


class Proposed(BaseModel):
    """Days. ``reasoning`` is shown beside the proposal."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    usual_days: PositiveInt
    before: list[NonNegativeInt]
    after: list[PositiveInt]
    most: PositiveInt
    soon_days: PositiveInt
    reasoning: str
    source: SourceShape

    @property
    def reminders(self) -> list[int]:
        """Days from the last day, negative before it; in order."""
        return sorted([*(-days for days in self.before), *self.after])


@lru_cache(maxsize=1)
def proposed() -> Proposed:
    path = PACKS / "campaigns.yaml"
    return Proposed.model_validate(read_yaml(path.read_bytes(), path.name).data)
