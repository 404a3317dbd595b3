# SPDX-License-Identifier: EUPL-1.2
"""The file ``packs/search.yaml``: how long a search may last, which budgets are tried."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt

from carene.engines import french
from carene.engines.planner.usual import Origin
from carene.engines.referential.catalogue import PACKS
from carene.engines.sources.yaml_source import read_yaml


class SearchTimes(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    seconds: tuple[PositiveInt, ...]
    usual: PositiveInt
    points: PositiveInt
    most: PositiveFloat
    reasoning: str
    source: Origin


@lru_cache(maxsize=1)
def search_times() -> SearchTimes:
    path = PACKS / "search.yaml"
    return SearchTimes.model_validate(read_yaml(path.read_bytes(), path.name).data)


def duration_said(seconds: int) -> str:
    """« 30 secondes », « 2 minutes »."""
    return french.counted(seconds, "seconde") if seconds < 120 else french.counted(seconds // 60, "minute")
