# SPDX-License-Identifier: EUPL-1.2
"""Warnings: a pack that has them loads, but someone should look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from carene.engines.referential.draft import Draft, Entry
from carene.engines.referential.model import Criterion, Profile, Referential
from carene.engines.referential.schema import IndicatorShape
from carene.engines.sources.document import Key

TITLE = 60  # what a table or a Gantt chart shows without cutting
GOAL = 3  # a ladder of measures should lead at least here
HOW = (3, 5)  # lines of « how »


def advise(draft: Draft, referential: Referential) -> Iterator[str]:
    """French sentences, each with its file and line. ``referential`` is what ``draft`` became."""
    for axis in draft.axes:
        for rank, objective in enumerate(axis.shape.objectives):
            if not referential.criteria_of[objective.id]:
                yield _say(axis, "cet objectif n'a aucun critère", "objectives", rank, remedy="en écrire")
    for measure in draft.measures:
        if len(measure.shape.title) > TITLE:
            yield _say(measure, f"le titre dépasse {TITLE} caractères", "title", remedy="le raccourcir")
        if not HOW[0] <= len(measure.shape.how) <= HOW[1]:
            yield _say(measure, "le mode d'emploi tient en trois à cinq lignes", "how", remedy="le reprendre")
    yield from _thresholds(draft)
    for entry in draft.criteria:
        hole = ladder_hole(referential, referential.criterion[entry.shape.id])
        if hole:
            yield _say(entry, hole, remedy="écrire une mesure qui part de ce niveau")


def _say(entry: Entry, what: str, *steps: Key, remedy: str) -> str:  # type: ignore[type-arg]
    return entry.error(what, *steps, remedy=remedy).sentence


def _thresholds(draft: Draft) -> Iterator[str]:
    indicators: dict[str, IndicatorShape] = {entry.shape.id: entry.shape for entry in draft.indicators}
    for entry in draft.criteria:
        found = entry.shape.indicator
        if found is None or found.id not in indicators:
            continue
        indicator = indicators[found.id]
        for (low, before), (high, after) in pairwise(sorted(found.levels.items())):
            if before == after:
                yield _say(entry, f"les niveaux {low} et {high} ont le même seuil : le premier ne sera jamais donné",
                           "indicator", "levels", high, remedy="les distinguer, ou retirer l'un des deux")  # fmt: skip
        for level, bound in found.levels.items():
            if (indicator.minimum is not None and bound < indicator.minimum) or (
                indicator.maximum is not None and bound > indicator.maximum
            ):
                yield _say(entry, "ce seuil est hors des valeurs possibles de l'indicateur",
                           "indicator", "levels", level, remedy="corriger le seuil ou les bornes")  # fmt: skip


def ladder_hole(referential: Referential, criterion: Criterion) -> str:
    """Where the measures stop leading upwards, for all or for some kinds of establishment; empty when they do not."""
    goal = min(GOAL, criterion.top)
    kinds: Sequence[str | None] = tuple(referential.types) or (None,)
    stops: dict[int, list[str]] = {}
    concerned = 0
    for kind in kinds:
        profile = Profile(type=kind)
        if not criterion.applies.accepts(profile):
            continue
        concerned += 1
        reached = _reached(referential, criterion, profile)
        if reached < goal:
            stops.setdefault(reached, []).append(kind or "")
    if not stops:
        return ""
    level, blocked = min(stops.items())
    who = "" if len(blocked) == concerned else f" pour {', '.join(blocked)}"
    return f"les mesures ne mènent pas au-delà du niveau {level}{who}"


def _reached(referential: Referential, criterion: Criterion, profile: Profile) -> int:
    """Highest level to which the measures that concern ``profile`` lead, from 0."""
    steps = [
        step
        for measure in referential.measures_for.get(criterion.id, ())
        if measure.applies.accepts(profile)
        for step in measure.raises
        if step.criterion == criterion.id
    ]
    level = 0
    for step in sorted(steps, key=lambda s: s.start):
        if step.start <= level:
            level = max(level, step.end)
    return level
