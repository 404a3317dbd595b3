# SPDX-License-Identifier: EUPL-1.2
"""What to do next: the coming actions of the roadmap, else the first measures against the main weaknesses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from carene.apps.home.queries import Situation
from carene.engines import french
from carene.engines.planner.model import Candidate
from carene.engines.scoring.first_look import first_look
from carene.engines.scoring.model import Weakness

SHOWN = 5
QUICK_DAYS = 31  # up to this duration, the chip is green: it can be over within the month


@dataclass(frozen=True)
class NextStep:
    title: str
    about: str
    begins: str  # empty for what may begin now
    duration: str
    quick: bool
    cost: float
    yearly: float
    owner: str
    url: str


@dataclass(frozen=True)
class NextSteps:
    """``from_roadmap`` False: measures proposed by the judgement, with our estimates of their costs."""

    rows: list[NextStep]
    from_roadmap: bool
    has_actions: bool


def next_steps(situation: Situation) -> NextSteps:
    rows = list(_actions(situation))[:SHOWN]
    if rows or any(action.active for action in situation.actions):
        return NextSteps(rows, True, True)
    return NextSteps(list(_measures(situation))[:SHOWN], False, bool(situation.actions))


def _actions(situation: Situation) -> Iterator[NextStep]:
    """Actions to begin, soonest first; those that are late are told above."""
    for action in situation.actions:
        if action.state != action.State.TODO or action.due_on < situation.today:
            continue
        length = (action.due_on - action.start_on).days + 1
        yield NextStep(
            action.title,
            _raises(situation, action.raises),
            f"dès le {french.day_and_month(action.start_on)}" if action.start_on > situation.today else "",
            spoken_length(length),
            length <= QUICK_DAYS,
            action.planned_cost,
            0.0,
            str(action.owner) if action.owner else "à désigner",
            reverse("roadmaps:action", args=[situation.organisation.pk, action.pk]),
        )


def _raises(situation: Situation, raises: list[dict[str, object]]) -> str:
    """« « RSSI nommé » passe de 1 à 3 », for the first criterion raised that the referential knows; else empty."""
    if situation.reference is None:
        return ""
    for step in raises:
        criterion = situation.reference.referential.criterion.get(str(step["criterion"]))
        if criterion is not None:
            return french.typeset(f"« {criterion.title} » passe de {step['start']} à {step['end']}")
    return ""


def spoken_length(days: int) -> str:
    """« 1 jour », « 12 jours », « 6 semaines », « 4 mois »."""
    if days <= 14:
        return french.days(max(1, days))
    if days < 70:
        return french.counted(round(days / 7), "semaine")
    return french.months(round(days / 30.4))


def _measures(situation: Situation) -> Iterator[NextStep]:
    """Each measure once, for the weakness that asks for it first: the socle, then the others; quick wins first."""
    sheet = situation.reference
    if sheet is None:
        return
    url = reverse("roadmaps:overview", args=[situation.organisation.pk])
    seen: set[str] = set()
    for weakness, key in _wanted(situation):
        candidate = situation.candidates.get(key)
        if candidate is None or key in seen:
            continue
        seen.add(key)
        title = sheet.referential.criterion[weakness.criterion].title
        yield NextStep(
            candidate.title,
            french.typeset(f"« {title} » est au niveau {weakness.level}, visé {weakness.target}"),
            "",
            french.months(candidate.months),
            candidate.months <= 1,
            candidate.investment,
            candidate.yearly,
            _leader(situation, candidate),
            url,
        )


def _wanted(situation: Situation) -> Iterator[tuple[Weakness, str]]:
    sheet = situation.reference
    assert sheet is not None
    for priority in first_look(sheet.referential, sheet.judgement).priorities:
        for key in priority.measures[:1]:
            yield priority.weakness, key
    for weakness in sheet.judgement.weaknesses:
        for key in weakness.measures[:1]:
            yield weakness, key


def _leader(situation: Situation, candidate: Candidate) -> str:
    """The skill that works most on it; the GHT when it is shared."""
    if candidate.shared:
        return "avec le GHT"
    if not candidate.effort or situation.reference is None:
        return "à désigner"
    skill = max(sorted(candidate.effort), key=lambda key: candidate.effort[key])
    return situation.reference.referential.skills.get(skill, skill)
