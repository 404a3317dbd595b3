# SPDX-License-Identifier: EUPL-1.2
"""From a questionnaire to what it means: assess → judge → plan, without a database nor a clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from carene.engines.exchange.questionnaire import Means, Measured, Questionnaire, Reading, WishEntry
from carene.engines.months import first_of_month, months_between
from carene.engines.planner import avoided as risks
from carene.engines.planner.avoided import Avoided
from carene.engines.planner.candidates import MeasureOverride, Values, problem_from
from carene.engines.planner.model import Plan, Problem, Wish
from carene.engines.planner.planning import plan
from carene.engines.referential.model import Profile, Referential
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer, Judgement, Observation
from carene.engines.simulation.case import Case, case_of
from carene.engines.sources import InputError

if TYPE_CHECKING:
    from carene.engines.simulation.comparing import Comparison
    from carene.engines.simulation.model import Model

Planner = Callable[[Problem], Plan]
Aim = Literal["maturite", "risque", "soins"]

NO_MONEY = "Aucun budget n'est donné : la feuille de route ne contient que ce qui ne coûte rien."
NO_TEAM = "Aucune équipe n'est donnée : le temps des personnes n'est pas limité."


@dataclass(frozen=True)
class Outcome:
    """``notices``: French sentences, what was assumed or should be known of the file. ``avoided``: what the plan takes
    away from the risk, as expected; ``saved``: the same a year once it is over, with intervals."""

    questionnaire: Questionnaire
    referential: Referential
    profile: Profile
    today: dt.date
    judgement: Judgement
    plan: Plan
    notices: tuple[str, ...] = ()
    avoided: Avoided | None = None
    saved: Comparison | None = None


def assess(
    reading: Reading,
    referential: Referential,
    today: dt.date,
    name: str = "",
    *,
    planner: Planner = plan,
    aim: Aim = "maturite",
    calendar: Mapping[int, float] | None = None,
    risk: Model | None = None,
) -> Outcome:
    """Judges and plans what was read, ``problems`` apart: the caller has decided what to do of them.

    ``today`` is the day of judgement when the file gives none, ``name`` how the user knows the file. ``aim``: what the
    plan is to be worth, points of maturity, euros or days of care avoided. ``calendar``: month of the year → share of
    the teams. With ``risk``, which the last two aims need, the plan is played again by the simulation. Raises
    InputError when nothing can be judged or planned.
    """
    known = prepared(reading, referential, today, name, aim=aim, calendar=calendar, risk=risk)
    avoided = saved = None
    planned = planner(known.problem)
    if risk is not None:
        avoided, saved = risks.avoided(planned, risk, known.case), risks.saved(planned, risk, known.case)
    return Outcome(
        reading.questionnaire,
        referential,
        known.profile,
        known.day,
        known.judgement,
        planned,
        known.notices,
        avoided,
        saved,
    )


@dataclass(frozen=True)
class Prepared:
    """What was judged, and the problem that is left to plan; ``notices`` as in ``Outcome``."""

    profile: Profile
    day: dt.date
    judgement: Judgement
    case: Case
    problem: Problem
    notices: tuple[str, ...]


def prepared(
    reading: Reading,
    referential: Referential,
    today: dt.date,
    name: str = "",
    *,
    aim: Aim = "maturite",
    calendar: Mapping[int, float] | None = None,
    risk: Model | None = None,
    ght: bool = True,
) -> Prepared:
    """``assess`` up to the plan. Without ``ght`` every measure is at its full price, for whoever plans the whole group.

    Raises InputError as ``assess`` does.
    """
    found = reading.questionnaire
    day = found.date or today
    judgement, profile = judge_file(found, referential, day, name)
    values = None
    case = case_of(judgement, profile, found.card.operating_budget)
    if aim != "maturite":
        if risk is None:
            raise ValueError("the aim needs the model of the simulation")
        values = risks.values_of(risk, case, "euros" if aim == "risque" else "days")
    problem = _problem(found.means, referential, profile, judgement, day, values, calendar, ght=ght)
    return Prepared(profile, day, judgement, case, problem, _notices(reading, judgement))


def judge_file(
    found: Questionnaire, referential: Referential, day: dt.date, name: str = ""
) -> tuple[Judgement, Profile]:
    """The judgement of what was read, on that day, and the profile it was judged for.

    Raises InputError when there is neither answer nor observation.
    """
    if not found.answers and not found.observations:
        raise InputError(
            "le fichier ne contient ni réponse ni valeur mesurée",
            where=name,
            remedy="répondre au moins aux questions du socle",
        )
    profile = found.card.profile(referential)
    judgement = judge(
        referential,
        profile,
        {key: _answer(found, key, day) for key in found.answers},
        {key: _observation(item) for key, item in found.latest().items()},
        today=day,
    )
    return judgement, profile


def _notices(reading: Reading, judgement: Judgement) -> tuple[str, ...]:
    means = reading.questionnaire.means
    notices = list(reading.notices)
    if not means.stated:
        notices.append(NO_MONEY)
    if not means.team:
        notices.append(NO_TEAM)
    outside = len(reading.questionnaire.answers.keys() - judgement.criterion.keys())
    if outside == 1:
        notices.append(
            "Une réponse porte sur un critère qui ne concerne pas ce profil d'établissement : elle est ignorée."
        )
    elif outside:
        notices.append(
            f"{outside} réponses portent sur des critères qui ne concernent pas ce profil d'établissement : "
            "elles sont ignorées."
        )
    return tuple(notices)


def _answer(found: Questionnaire, key: str, day: dt.date) -> Answer:
    entry = found.answers[key]
    return Answer(
        criterion=key,
        level=entry.level,
        not_applicable=entry.not_applicable,
        justification=entry.justification,
        comment=entry.comment,
        answered_on=day,
    )


def _observation(item: Measured) -> Observation:
    return Observation(item.indicator, item.value, item.observed_on, item.source)


def _problem(
    means: Means,
    referential: Referential,
    profile: Profile,
    judgement: Judgement,
    day: dt.date,
    values: Values | None,
    calendar: Mapping[int, float] | None,
    *,
    ght: bool,
) -> Problem:
    start = means.begins(day)
    return problem_from(
        referential,
        profile,
        judgement,
        start=start,
        months=means.months,
        budgets=means.budgets,
        capacity={skill: quarters(days, means.months) for skill, days in means.team.items()},
        wishes={key: _wish(key, wish, start) for key, wish in means.wishes.items()},
        overrides=_overrides(means),
        done=frozenset(means.done),
        ght=ght,
        values=values,
        calendar=calendar,
    )


def quarters(days: float, months: int) -> list[float]:
    """Person-days a month → by quarter over ``months``; the last quarter may be shorter."""
    return [days * min(3, months - first) for first in range(0, months, 3)]


def _overrides(means: Means) -> Mapping[str, MeasureOverride]:
    return {
        key: MeasureOverride(one.investment, one.yearly, one.effort, one.months) for key, one in means.overrides.items()
    }


def _wish(key: str, wish: WishEntry, start: dt.date) -> Wish:
    """Dates become months counted from the start; a deadline is met when the work is over on that day."""
    for label, day in (("le début", wish.start), ("la date", wish.not_before), ("l'échéance", wish.deadline)):
        if day is not None and day < start:
            raise InputError(
                f"{label} demandé pour « {key} » précède le début de la feuille de route"
                if label == "le début"
                else f"{label} demandée pour « {key} » précède le début de la feuille de route",
                where=wish.where,
                remedy="repousser cette date, ou avancer le début",
            )
    return Wish(
        mandatory=wish.mandatory,
        excluded=wish.excluded,
        start_month=None if wish.start is None else months_between(start, wish.start),
        not_before=None if wish.not_before is None else months_between(start, wish.not_before),
        deadline=None if wish.deadline is None else _months_before(start, wish.deadline),
        reason=wish.reason,
    )


def _months_before(start: dt.date, deadline: dt.date) -> int:
    """Whole months from ``start`` that end on ``deadline`` or before."""
    following = deadline + dt.timedelta(days=1)
    return months_between(start, first_of_month(following))
