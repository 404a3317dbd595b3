# SPDX-License-Identifier: EUPL-1.2
"""Invented answers: near the level of the axis, never twice the same, and the same at every load."""

from __future__ import annotations

import hashlib
from typing import Any

from carene.engines.referential.model import Criterion


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends only on ``parts``."""
    digest = hashlib.sha256(":".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def level(establishment: dict[str, Any], criterion: Criterion, years_ago: float) -> int:
    """Level of one establishment on one criterion, some years ago."""
    key = establishment["key"]
    axis = criterion.objective.partition(".")[0]
    base: float = establishment["base"][axis] + establishment["skew"].get(criterion.objective, 0.0)
    won = establishment["pace"][axis] * years_ago * (0.5 + chance(key, criterion.id, "pace"))
    spread = (chance(key, criterion.id, "spread") + chance(key, criterion.id, "more") - 1.0) * 1.9
    return int(max(0, min(criterion.top, round(base - won + spread + (0.25 if criterion.socle else 0.0)))))
