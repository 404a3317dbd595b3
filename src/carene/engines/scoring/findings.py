# SPDX-License-Identifier: EUPL-1.2
"""Strengths and weaknesses, ranked."""

from __future__ import annotations

from collections.abc import Sequence

from carene.engines.referential.model import Criterion, Indicator, Profile, Referential
from carene.engines.scoring.model import CriterionResult, Strength, Weakness
from carene.engines.scoring.nodes import Judged, on_scale
from carene.engines.scoring.reasons import strength_reason, weakness_reason

SOCLE_FACTOR = 2  # a gap on the socle counts twice: everything else stands on it


def strengths_of(referential: Referential, judged: Sequence[Judged]) -> tuple[Strength, ...]:
    """Criteria at ``strength_at_least`` on 0–4, or at their target when it is higher.

    Those that a measure contradicts come last, the stale ones before them; then socle, weight and level decide.
    """
    found = [
        pair
        for pair in judged
        if pair[1].level is not None and _is_strength(referential, pair[0], pair[1], pair[1].level)
    ]

    def rank(pair: Judged) -> tuple[bool, bool, bool, int, float, str]:
        criterion, result = pair
        contradicted = result.measured is not None and result.measured < (result.level or 0)
        level = on_scale(result.level or 0, criterion)
        return contradicted, result.state == "stale", not criterion.socle, -result.weight, -level, criterion.id

    return tuple(
        Strength(
            criterion=criterion.id,
            level=result.level or 0,
            target=result.target,
            reason=strength_reason(criterion, result, _indicator(referential, criterion)),
        )
        for criterion, result in sorted(found, key=rank)
    )


def weaknesses_of(referential: Referential, profile: Profile, judged: Sequence[Judged]) -> tuple[Weakness, ...]:
    """Criteria below their target, by gap (on 0–4) × weight × 2 on the socle.

    At equal value, what serves both aims and more attacks comes first, then the identifier decides.
    """
    found = [
        Weakness(
            criterion=criterion.id,
            level=result.level,
            target=result.target,
            reason=weakness_reason(criterion, result, _indicator(referential, criterion)),
            rank_value=_rank_value(criterion, result.target - result.level, result.weight),
            attacks=criterion.attacks,
            aims=criterion.aims,
            measures=_useful_measures(referential, profile, criterion, result),
        )
        for criterion, result in judged
        if result.level is not None and result.level < result.target
    ]
    return tuple(sorted(found, key=lambda w: (-w.rank_value, -len(w.aims), -len(w.attacks), w.criterion)))


def _is_strength(referential: Referential, criterion: Criterion, result: CriterionResult, level: int) -> bool:
    needed = max(float(referential.strength_at_least), on_scale(result.target, criterion))
    return on_scale(level, criterion) >= needed


def _rank_value(criterion: Criterion, gap: int, weight: int) -> float:
    return on_scale(gap, criterion) * weight * (SOCLE_FACTOR if criterion.socle else 1)


def _useful_measures(
    referential: Referential, profile: Profile, criterion: Criterion, result: CriterionResult
) -> tuple[str, ...]:
    """Measures open to this establishment that raise the criterion towards its target, in the order of the ladder."""
    level = result.level or 0
    return tuple(
        dict.fromkeys(
            measure.id
            for measure in referential.measures_for.get(criterion.id, ())
            if measure.applies.accepts(profile)
            and any(
                step.criterion == criterion.id and step.end > level and step.start < result.target
                for step in measure.raises
            )
        )
    )


def _indicator(referential: Referential, criterion: Criterion) -> Indicator | None:
    return None if criterion.thresholds is None else referential.indicator[criterion.thresholds.indicator]
