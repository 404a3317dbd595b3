# SPDX-License-Identifier: EUPL-1.2
"""From what is declared and what is measured to a judgement. Pure: the day of judgement is an argument."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from carene.engines.months import add_months
from carene.engines.referential.model import Criterion, Profile, Referential
from carene.engines.scoring.findings import strengths_of, weaknesses_of
from carene.engines.scoring.measured import is_valid, level_from_value
from carene.engines.scoring.model import Answer, CriterionResult, Judgement, Observation, State
from carene.engines.scoring.nodes import node_results
from carene.engines.scoring.steps import maturity
from carene.engines.sources import InputError

_NO_ANSWER = Answer(criterion="")


def judge(
    referential: Referential,
    profile: Profile,
    answers: Mapping[str, Answer],
    observations: Mapping[str, Observation],
    today: dt.date,
    previous: Mapping[str, int | None] | None = None,
    groups: frozenset[str] | None = None,
    target_overrides: Mapping[str, int] | None = None,
) -> Judgement:
    """Judge one establishment.

    ``answers``, ``previous`` (levels of the assessment before) and ``target_overrides`` are keyed by criterion id,
    ``observations`` by indicator id (the latest of each). ``groups`` restricts an imported framework to chosen
    implementation groups. Only criteria that apply to the profile are judged; the identifiers of answers that the
    referential does not know are returned in ``unknown``, never dropped in silence.

    Raises InputError for a level or a target outside the scale of its criterion, or a value that is not a number.
    """
    previous = previous or {}
    overrides = target_overrides or {}
    judged = []
    for criterion in referential.applicable(profile, groups):
        target = overrides.get(criterion.id)
        if target is None:
            target = referential.target(criterion, profile)
        else:
            _check_level(criterion, target, "la cible")
        before = previous.get(criterion.id)
        if before is not None:
            # A previous level above a scale that has since shortened is read at its top: it is only a comparison.
            before = max(0, min(before, criterion.top))
        result = _criterion_result(
            referential, profile, criterion, answers.get(criterion.id, _NO_ANSWER), observations, today, target, before
        )
        judged.append((criterion, result))
    overall, axes, objectives = node_results(referential, judged)
    return Judgement(
        overall=overall,
        step=maturity(referential, judged),
        axes=axes,
        objectives=objectives,
        criteria=tuple(result for _, result in judged),
        strengths=strengths_of(referential, judged),
        weaknesses=weaknesses_of(referential, profile, judged),
        judged_on=today,
        unknown=tuple(sorted(key for key in answers if key not in referential.criterion)),
    )


def _criterion_result(
    referential: Referential,
    profile: Profile,
    criterion: Criterion,
    answer: Answer,
    observations: Mapping[str, Observation],
    today: dt.date,
    target: int,
    previous: int | None,
) -> CriterionResult:
    if criterion.top < 1:
        raise InputError(
            f"le critère {criterion.id} n'a qu'un niveau et ne peut pas être jugé",
            where=f"référentiel {referential.id}",
            remedy="donnez-lui au moins deux niveaux",
        )
    observation, measured = _measure(referential, criterion, observations, today)
    declared = None if answer.not_applicable else answer.level
    if declared is not None:
        _check_level(criterion, declared, "le niveau")
    level = declared if declared is not None else measured
    state = _state(criterion, answer, declared, measured, today)
    return CriterionResult(
        criterion=criterion.id,
        state=state,
        level=None if state == "not_applicable" else level,
        declared=declared,
        measured=measured,
        observation=observation,
        target=target,
        weight=criterion.weight_for(profile),
        previous=previous,
        answered_on=answer.answered_on,
        ceiling=min(max(criterion.thresholds.bounds), criterion.top) if criterion.thresholds else None,
    )


def _state(criterion: Criterion, answer: Answer, declared: int | None, measured: int | None, today: dt.date) -> State:
    if answer.not_applicable and answer.justification.strip():
        return "not_applicable"
    if measured is not None:
        return "measured"
    if declared is None:
        return "unanswered"
    if answer.answered_on is not None and today > add_months(answer.answered_on, criterion.review_months):
        return "stale"
    return "declared"


def _measure(
    referential: Referential, criterion: Criterion, observations: Mapping[str, Observation], today: dt.date
) -> tuple[Observation | None, int | None]:
    """The observation of its indicator, and the level it means as long as it is valid."""
    if criterion.thresholds is None:
        return None, None
    observation = observations.get(criterion.thresholds.indicator)
    if observation is None or observation.observed_on > today:
        return None, None  # what is not yet observed says nothing, not even that a measure has expired
    indicator = referential.indicator[criterion.thresholds.indicator]
    if not is_valid(observation, indicator, today):
        return observation, None
    level = level_from_value(criterion.thresholds, indicator.direction, observation.value)
    return observation, min(level, criterion.top)


def _check_level(criterion: Criterion, level: int, what: str) -> None:
    if not 0 <= level <= criterion.top:
        raise InputError(
            f"{what} {level} n'existe pas",
            where=f"critère {criterion.id}",
            remedy=f"choisissez un niveau de 0 à {criterion.top}",
        )
