# SPDX-License-Identifier: EUPL-1.2
"""Scores of objectives, axes and the whole, from judged criteria."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from carene.engines.referential.model import SCALE, Criterion, Referential
from carene.engines.scoring.model import CriterionResult, NodeResult

# A criterion and its result, always together: the criterion knows the length of its scale.
Judged = tuple[Criterion, CriterionResult]

_ROUNDING = 1e-9  # a score of 3 computed as 2.9999999999 is still a level 3


def node_results(
    referential: Referential, judged: Sequence[Judged]
) -> tuple[NodeResult, tuple[NodeResult, ...], tuple[NodeResult, ...]]:
    """The whole, the axes and the objectives, in the order of the referential, those without criterion included."""
    by_objective: dict[str, list[Judged]] = {objective.id: [] for objective in referential.objectives}
    by_axis: dict[str, list[Judged]] = {axis.id: [] for axis in referential.axes}
    for pair in judged:
        objective = referential.objective[pair[0].objective]
        by_objective[objective.id].append(pair)
        by_axis[objective.axis].append(pair)
    return (
        _node(referential.id, judged),
        tuple(_node(key, pairs) for key, pairs in by_axis.items()),
        tuple(_node(key, pairs) for key, pairs in by_objective.items()),
    )


def on_scale(level: int, criterion: Criterion) -> float:
    """A level of this criterion on 0–4."""
    return level * SCALE / criterion.top


def _node(key: str, judged: Sequence[Judged]) -> NodeResult:
    """The result of one node, in one pass over its criteria."""
    kept = [(criterion, result) for criterion, result in judged if result.state != "not_applicable"]
    answered = [(criterion, result) for criterion, result in kept if result.level is not None]
    score = _score((c, r.level, r.weight) for c, r in answered)
    done = len(answered) + len(judged) - len(kept)
    return NodeResult(
        id=key,
        score=score,
        level=None if score is None else int(score + _ROUNDING),
        target=_score((c, r.target, r.weight) for c, r in kept) or 0.0,
        coverage=done / len(judged) if judged else 1.0,
        measured=_score((c, r.measured, r.weight) for c, r in kept),
        previous=_score((c, r.previous, r.weight) for c, r in kept),
        applicable=len(judged),
        answered=done,
        confirmed=sum(1 for _, r in answered if r.measured is not None and r.measured >= (r.level or 0)),
        stale=sum(1 for _, r in answered if r.state == "stale"),
    )


def _score(levels: Iterable[tuple[Criterion, int | None, int]]) -> float | None:
    """Mean of the levels that are known, on 0–4, weighted; None when none is."""
    total = 0.0
    weights = 0
    for criterion, level, weight in levels:
        if level is not None:
            total += weight * on_scale(level, criterion)
            weights += weight
    return total / weights if weights else None
