# SPDX-License-Identifier: EUPL-1.2
"""A group (GHT, region, nation) seen from above: who stands where, who is late, who has not begun."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from carene.apps.home.queries import NOTHING, Board, Establishment, Line
from carene.apps.organisations.models import Organisation
from carene.core.database.windows import Window
from carene.engines import french
from carene.engines.referential.catalogue import care

Key = Callable[[Line], Any]

SORTS: dict[str, tuple[str, Key]] = {
    "nom": ("Par nom", lambda one: 0),
    "palier": (
        "Les moins avancés",
        lambda one: (one.standing.step is None, one.standing.step or 0, one.standing.overall or 0.0),
    ),
    "retard": ("Le plus en retard", lambda one: -one.late),
    "date": ("Les plus anciens", lambda one: one.standing.validated_on or dt.date.min),
}


class Ranked(Window[Establishment]):
    """Those of a group in one of ``SORTS``, by name when the key is unknown; names decide between equals. For a
    paginator: only the rows of one page are read.

    Most of a country has nothing to rank by: they follow each other by name, in the database, between those who come
    before them and those who come after.
    """

    def __init__(self, board: Board, key: str, text: str = "") -> None:
        found = board.found(text)
        self._board, self._rows, self.wide = board, found.rows, found.wide
        rank = SORTS.get(key, SORTS["nom"])[1]
        usual = rank(NOTHING)
        ranks = {pk: placed for pk, line in board.lines.items() if (placed := rank(line)) != usual}
        names = dict(self._rows.filter(pk__in=ranks).values_list("pk", "search")) if ranks else {}
        order = sorted(names, key=lambda pk: (ranks[pk], names[pk], pk))
        self._before = [pk for pk in order if ranks[pk] < usual]
        self._after = [pk for pk in order if ranks[pk] > usual]
        self._count = self._rows.order_by().count() if text else board.total

    def __len__(self) -> int:
        return self._count

    def read(self, start: int, stop: int) -> list[Establishment]:
        first = len(self._before)
        last = self._count - len(self._after)
        between = range(max(start, first), min(stop, last))
        rows = self._placed(self._before[start:stop])
        if between:
            usual = self._rows.exclude(pk__in=[*self._before, *self._after])
            rows += usual[between.start - first : between.stop - first]
        rows += self._placed(self._after[max(start - last, 0) : max(stop - last, 0)])
        return [Establishment(row, self._board.lines.get(row.pk, NOTHING)) for row in rows]

    def _placed(self, ids: list[int]) -> list[Organisation]:
        found = self._rows.in_bulk(ids) if ids else {}
        return [found[pk] for pk in ids]


@dataclass(frozen=True)
class StepCount:
    label: str
    title: str
    count: int
    share: float


def by_step(board: Board) -> list[StepCount]:
    """How many stand at each step of our referential, and how many never validated an assessment."""
    counts = Counter(one.standing.step for one in board.lines.values())
    total = board.total or 1
    found = [StepCount(s.label, s.title, counts[s.id], counts[s.id] / total) for s in reversed(care().steps)]
    without = board.total - sum(one.count for one in found)
    return [*found, StepCount("Non évalué", "aucune auto-évaluation validée", without, without / total)]


def summary(board: Board) -> str:
    """« 5 établissements sur 7 ont validé une auto-évaluation ; 6 actions sont en retard. »"""
    validated = sum(one.standing.validated_on is not None for one in board.lines.values())
    late = sum(one.late for one in board.lines.values())
    verb = "ont" if validated > 1 else "a"
    said = (
        f"{french.counted(validated, 'établissement')} sur {french.number(board.total)} {verb} validé "
        "une auto-évaluation"
    )
    if late:
        said += f" ; {french.counted(late, 'action est', 'actions sont')} en retard"
    return f"{said}."
