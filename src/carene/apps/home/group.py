# SPDX-License-Identifier: EUPL-1.2
"""A group (GHT, region, nation) seen from above: who stands where, who is late, who has not begun."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from carene.apps.home.queries import Line
from carene.engines import french
from carene.engines.referential.catalogue import care

Key = Callable[[Line], Any]

SORTS: dict[str, tuple[str, Key]] = {
    "nom": ("Par nom", lambda one: one.name),
    "palier": (
        "Les moins avancés",
        lambda one: (one.standing.step is None, one.standing.step or 0, one.standing.overall or 0.0),
    ),
    "retard": ("Le plus en retard", lambda one: -one.late),
    "date": ("Les plus anciens", lambda one: one.standing.validated_on or dt.date.min),
}


def sorted_by(rows: Sequence[Line], key: str) -> list[Line]:
    """In one of ``SORTS``, by name when the key is unknown; names decide between equals."""
    by_name = sorted(rows, key=SORTS["nom"][1])
    return sorted(by_name, key=SORTS.get(key, SORTS["nom"])[1])


@dataclass(frozen=True)
class StepCount:
    label: str
    title: str
    count: int
    share: float


def by_step(rows: Sequence[Line]) -> list[StepCount]:
    """How many stand at each step of our referential, and how many never validated an assessment."""
    counts = Counter(one.standing.step for one in rows)
    total = len(rows) or 1
    found = [StepCount(s.label, s.title, counts[s.id], counts[s.id] / total) for s in reversed(care().steps)]
    return [*found, StepCount("Non évalué", "aucune auto-évaluation validée", counts[None], counts[None] / total)]


def summary(rows: Sequence[Line]) -> str:
    """« 5 établissements sur 7 ont validé une auto-évaluation ; 6 actions sont en retard. »"""
    validated = sum(one.standing.validated_on is not None for one in rows)
    late = sum(one.late for one in rows)
    verb = "ont" if validated > 1 else "a"
    said = (
        f"{french.counted(validated, 'établissement')} sur {french.number(len(rows))} {verb} validé une auto-évaluation"
    )
    if late:
        said += f" ; {french.counted(late, 'action est', 'actions sont')} en retard"
    return f"{said}."
