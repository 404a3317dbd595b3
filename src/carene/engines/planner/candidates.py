# SPDX-License-Identifier: EUPL-1.2
"""From a referential and a judgement to a problem for the planner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from carene.engines import french
from carene.engines.planner.model import Candidate, Objective, Problem, Step, Wish
from carene.engines.referential.model import SCALE, Measure, Profile, Referential
from carene.engines.scoring.model import Judgement
from carene.engines.sources import InputError

USUAL_BAND = "m"  # the size at which costs are read when that of the establishment is unknown
_SHOWN = 5  # criteria named in a note; the others are counted

# A level won on the socle counts four times: the maturity step waits for every criterion of the socle, and a plan that
# wins many points elsewhere but leaves one socle criterion behind changes nothing of what the board reads first.
SOCLE_FACTOR = 4


POINTS = "points"


@dataclass(frozen=True, slots=True)
class Values:
    """What a plan is to be worth, when it is not points of maturity: criterion → value of each level, in ``unit``."""

    level_values: Mapping[str, tuple[float, ...]]
    objective: Objective
    unit: str


@dataclass(frozen=True, slots=True)
class MeasureOverride:
    """What an establishment puts in the place of our estimates; None keeps the estimate.

    Its own figures are taken as they are: no share of a common purchase is applied to them. ``effort`` replaces all
    skills at once.
    """

    investment: float | None = None  # euros
    yearly: float | None = None  # euros per year
    effort: Mapping[str, float] | None = None  # skill → person-days
    months: int | None = None
    excluded: bool = False


def candidates_from(
    referential: Referential, profile: Profile, ght: bool, overrides: Mapping[str, MeasureOverride]
) -> tuple[Candidate, ...]:
    """Measures that concern this establishment, sized for its band (the middle one when its size is unknown).

    With ``ght``, a member of a GHT pays only its share of the money of shared measures; the work remains its own.
    A prerequisite that does not concern the establishment is not asked for. Measures that an override excludes are
    still candidates: ``problem_from`` turns the exclusion into a wish, so that the plan lists them with the reason.
    Raises InputError for an override of an unknown measure, or a measure without a cost for the band.
    """
    for key in sorted(overrides):
        if key not in referential.measure:
            raise InputError(
                "la mesure n'existe pas dans le référentiel",
                where=f"estimation modifiée de {french.quoted(key)}",
                remedy="retirez cette modification",
            )
    band = band_of(referential, profile)
    kept = [measure for measure in referential.measures if measure.applies.accepts(profile)]
    concerned = {measure.id for measure in kept}
    member = ght and profile.ght == "membre"
    return tuple(
        _overridden(_candidate(measure, band, member, concerned), overrides.get(measure.id)) for measure in kept
    )


def problem_from(
    referential: Referential,
    profile: Profile,
    judgement: Judgement,
    start: dt.date,
    months: int,
    budgets: Mapping[int, float],
    capacity: Mapping[str, Sequence[float]],
    wishes: Mapping[str, Wish] | None = None,
    overrides: Mapping[str, MeasureOverride] | None = None,
    done: frozenset[str] = frozenset(),
    ght: bool = True,
    *,
    values: Values | None = None,
    calendar: Mapping[int, float] | None = None,
) -> Problem:
    """The problem of raising a judged establishment towards its targets.

    ``start`` is the first day of a month, ``budgets`` euros by calendar year, ``capacity`` person-days by skill and
    quarter. A criterion that nobody evaluated has no weight: a plan is not made of guesses; one not applicable is left
    out. The weight of a level is that of its criterion, brought to the scale 0–4, four times on the socle, unless
    ``values`` puts others in its place (see ``avoided``). ``calendar``: month of the year → share of the teams that is
    there. What was assumed is told in ``notes``. ``done`` measures that the referential no longer knows are kept: they
    meet prerequisites.
    """
    overrides = overrides or {}
    levels: dict[str, int] = {}
    targets: dict[str, int] = {}
    weights: dict[str, float] = {}
    unanswered = []
    for result in judgement.criteria:
        if result.state == "not_applicable":
            continue
        criterion = referential.criterion[result.criterion]
        if result.level is None:
            unanswered.append(result.criterion)
        levels[criterion.id] = result.level or 0
        targets[criterion.id] = result.target
        weight = result.weight * (SOCLE_FACTOR if criterion.socle else 1) * SCALE / criterion.top
        weights[criterion.id] = 0.0 if result.level is None else weight
    candidates = candidates_from(referential, profile, ght, overrides)
    return Problem(
        start=start,
        months=months,
        budgets=budgets,
        capacity=capacity,
        candidates=candidates,
        levels=levels,
        targets=targets,
        weights=weights,
        wishes=_with_exclusions(wishes or {}, overrides, {candidate.id for candidate in candidates}),
        done=done,
        labels={**referential.skills, **{key: referential.criterion[key].title for key in levels}},
        notes=(*_notes(referential, profile, unanswered), *_of_calendar(calendar or {}, capacity)),
        unanswered=tuple(unanswered),
        level_values=None if values is None else _without(values.level_values, unanswered),
        objective="maturity" if values is None else values.objective,
        unit=POINTS if values is None else values.unit,
        calendar=calendar or {},
        exclusive=_exclusive(referential, {candidate.id for candidate in candidates} | done),
    )


def _of_calendar(calendar: Mapping[int, float], capacity: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    short = {month: share for month, share in sorted(calendar.items()) if share < 1}
    if not short or not capacity:
        return ()
    said = french.listing(f"{french.MONTHS[month - 1]} ({french.share(share)})" for month, share in short.items())
    return (f"Le temps des équipes est compté en partie seulement certains mois : {said}.",)


def _without(values: Mapping[str, tuple[float, ...]], unanswered: Sequence[str]) -> Mapping[str, tuple[float, ...]]:
    return {key: steps for key, steps in values.items() if key not in unanswered}


def _exclusive(referential: Referential, concerned: set[str] | frozenset[str]) -> tuple[tuple[str, ...], ...]:
    pairs = {
        tuple(sorted((measure.id, other)))
        for measure in referential.measures
        for other in measure.excludes
        if measure.id in concerned and other in concerned
    }
    return tuple(sorted(pairs))


def band_of(referential: Referential, profile: Profile) -> str:
    """Size band at which costs are read: that of the profile, else the usual one, else the middle one."""
    if profile.size is not None:
        return profile.size
    known = [band.id for band in referential.bands]
    return USUAL_BAND if USUAL_BAND in known or not known else known[len(known) // 2]


def _candidate(measure: Measure, band: str, member: bool, concerned: set[str]) -> Candidate:
    shared = member and measure.sharing.scope != "none"
    part = measure.sharing.member_share if shared else 1.0
    effort = {skill: float(_sized(measure, days, band, "de charge")) for skill, days in measure.effort.items()}
    return Candidate(
        id=measure.id,
        title=measure.title,
        steps=tuple(Step(step.criterion, step.start, step.end) for step in measure.raises),
        investment=_sized(measure, measure.investment, band, "d'investissement") * part,
        yearly=_sized(measure, measure.yearly, band, "de coût annuel") * part,
        effort={skill: days for skill, days in effort.items() if days},
        months=int(_sized(measure, measure.months, band, "de durée")),
        requires=tuple(required for required in measure.requires if required in concerned),
        quick_win=measure.quick_win,
        shared=shared,
    )


def _sized(measure: Measure, by_band: Mapping[str, int] | Mapping[str, float], band: str, what: str) -> float:
    if band not in by_band:
        raise InputError(
            f"il n'y a pas {what} pour la tranche de taille {french.quoted(band)}",
            where=f"mesure {french.quoted(measure.title)}",
            remedy="complétez la mesure ou corrigez la taille de l'établissement",
        )
    return by_band[band]


def _overridden(candidate: Candidate, override: MeasureOverride | None) -> Candidate:
    if override is None:
        return candidate
    return replace(
        candidate,
        investment=candidate.investment if override.investment is None else override.investment,
        yearly=candidate.yearly if override.yearly is None else override.yearly,
        effort=candidate.effort if override.effort is None else dict(override.effort),
        months=candidate.months if override.months is None else override.months,
    )


def _with_exclusions(
    wishes: Mapping[str, Wish], overrides: Mapping[str, MeasureOverride], concerned: set[str]
) -> Mapping[str, Wish]:
    """The wishes of this plan, and the measures that the establishment excludes for good."""
    found = dict(wishes)
    for key, override in overrides.items():
        wish = found.get(key, Wish())
        # Imposing it in one plan is more precise than having excluded it from all.
        if override.excluded and key in concerned and not wish.mandatory and wish.start_month is None:
            found[key] = Wish(excluded=True, reason=wish.reason or "écartée de tous les plans de l'établissement")
    return found


def _notes(referential: Referential, profile: Profile, unanswered: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if profile.size is None and referential.measures:
        band = band_of(referential, profile)
        size = next((known.label for known in referential.bands if known.id == band), band)
        notes.append(f"Taille de l'établissement inconnue : les coûts sont ceux d'un établissement de {size}.")
    if unanswered:
        count = len(unanswered)
        named = list(unanswered[:_SHOWN])
        if count > _SHOWN:
            named.append(f"{count - _SHOWN} {french.plural(count - _SHOWN, 'autre')}")
        verb = "n'entrent" if count > 1 else "n'entre"
        todo = "y répondre pour que le plan en tienne compte"
        notes.append(
            f"{french.counted(count, 'critère')} sans réponse {verb} pas dans ce plan ; "
            f"{todo} : {french.listing(named)}."
        )
    return tuple(notes)
