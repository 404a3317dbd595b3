# SPDX-License-Identifier: EUPL-1.2
"""What a closing found, as each reader may see it.

Who reads the answers of all sees every figure. The others see no figure that rests on fewer establishments than the
smallest cell of the observatory, nor one from which the rest would give such a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carene.apps.campaigns.models import Closing
from carene.core.access.actor import Actor
from carene.core.tenancy.models import Node
from carene.engines.observatory.loader import shipped

BOTH_TIMES = "both"


@dataclass(frozen=True)
class AxisLine:
    """Means on 0–4; None: hidden, or nobody. ``before``, ``after``: over those that answered both times."""

    title: str
    count: int
    mean: float | None
    median: float | None
    q1: float | None
    q3: float | None
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class QuestionLine:
    """``counts``: how many at each level from 0; empty when hidden."""

    key: str
    title: str
    axis: str
    count: int
    mean: float
    counts: tuple[int, ...]
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Result:
    closing: Closing
    shown: bool  # False: too few handed over for anything to be said to this reader
    smallest: int
    axes: list[AxisLine]
    questions: list[QuestionLine]
    hidden: int  # questions that too few answered
    steps: list[tuple[str, int]]

    @property
    def figures(self) -> dict[str, Any]:
        return dict(self.closing.figures)

    @property
    def comparison(self) -> dict[str, Any] | None:
        """None also when too few are in both for this reader."""
        found: dict[str, Any] | None = self.closing.comparison
        return found if found and found["both"] and (self.smallest == 1 or found["both"] >= self.smallest) else None


def smallest_for(actor: Actor, node: Node) -> int:
    """How many establishments a figure rests on at least, for this reader of that place."""
    return 1 if actor.can("assessment.view", node) else shipped().smallest_cell


def result(actor: Actor, node: Node, closing: Closing) -> Result:
    """``node``: from where it is read; the answers of all are read by who may at the place of the campaign."""
    smallest = smallest_for(actor, closing.campaign.node) if actor.can("campaign.view", closing.campaign.node) else (
        shipped().smallest_cell
    )  # fmt: skip
    figures, past = closing.figures, closing.comparison
    if figures["handed"] < smallest:
        return Result(closing, False, smallest, [], [], 0, [])
    both = past if past and past["both"] >= smallest else None
    questions = _questions(figures, both, smallest)
    return Result(
        closing,
        True,
        smallest,
        _axes(figures, both, smallest),
        questions,
        len(figures["criteria"]) - len(questions),
        _steps(figures["steps"], smallest),
    )


def _axes(figures: Mapping[str, Any], past: Mapping[str, Any] | None, smallest: int) -> list[AxisLine]:
    found = []
    for key, spread in figures["axes"].items():
        moved = past["axes"].get(key) if past else None
        shown = spread["count"] >= smallest and spread["count"] > 0
        mean, median, q1, q3 = (spread[name] if shown else None for name in ("mean", "median", "q1", "q3"))
        before, after = moved[:2] if moved else (None, None)
        found.append(AxisLine(figures["axis_titles"][key], spread["count"], mean, median, q1, q3, before, after))
    return found


def _questions(figures: Mapping[str, Any], past: Mapping[str, Any] | None, smallest: int) -> list[QuestionLine]:
    lines = past["lines"] if past else []
    moved = {key: line for line in lines for key in line["new"] if line["count"] >= smallest}
    found = []
    for key, (title, axis) in figures["questions"].items():
        counts = {int(level): count for level, count in figures["criteria"].get(key, {}).items()}
        total = sum(counts.values())
        if not total or total < smallest:
            continue
        open_ = smallest == 1 or all(count >= smallest for count in counts.values())
        then = moved.get(key)
        found.append(
            QuestionLine(
                key,
                title,
                figures["axis_titles"][axis],
                total,
                sum(level * count for level, count in counts.items()) / total,
                tuple(counts.get(level, 0) for level in range(max(4, *counts) + 1)) if open_ else (),
                then["before"] if then else None,
                then["after"] if then else None,
            )
        )
    return found


def _steps(steps: Mapping[str, int], smallest: int) -> list[tuple[str, int]]:
    """How many at each step; nothing when a step would designate somebody."""
    counts: Sequence[tuple[str, int]] = list(steps.items())
    if smallest > 1 and any(0 < count < smallest for _, count in counts):
        return []
    return list(counts)
