# SPDX-License-Identifier: EUPL-1.2
"""From what an establishment is, has done and can spend, to a plan. Reads only; ``actions`` stores what is found."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from carene.apps.assessments import queries as assessments
from carene.apps.assessments.referentials import BUILT_IN
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import queries
from carene.apps.roadmaps.means import Means, from_row
from carene.apps.roadmaps.models import Action, MeasureOverride, Scenario
from carene.apps.roadmaps.objectives import Objective
from carene.apps.roadmaps.stored import Computed
from carene.apps.roadmaps.wishes import MonthWish, of_scenario
from carene.apps.roadmaps.worth import values_of
from carene.engines import french
from carene.engines.planner import candidates as engine
from carene.engines.planner.model import Candidate, Plan, Problem, Wish
from carene.engines.planner.outlook import moments
from carene.engines.planner.planning import plan
from carene.engines.planner.usual import proposals
from carene.engines.referential.model import Profile, Referential
from carene.engines.scoring.model import Judgement
from carene.engines.sources import InputError


@dataclass
class Situation:
    """Where an establishment stands before any plan: its judgement, its own figures, what is done and under way."""

    organisation: Organisation
    sheet: assessments.Sheet
    overrides: Mapping[str, MeasureOverride]
    actions: Sequence[Action]

    @property
    def referential(self) -> Referential:
        return self.sheet.referential

    @property
    def profile(self) -> Profile:
        return self.sheet.profile

    @cached_property
    def by_measure(self) -> Mapping[str, Action]:
        key = self.sheet.assessment.referential
        return queries.by_measure(row for row in self.actions if row.referential == key)

    @cached_property
    def done(self) -> frozenset[str]:
        return frozenset(key for key, row in self.by_measure.items() if row.state == Action.State.DONE)

    @cached_property
    def attained(self) -> dict[str, int]:
        """Levels that finished actions brought since the judgement: proposed and not refused, or accepted since."""
        if not self.done:
            return {}
        node, key = self.organisation.node, self.sheet.assessment.referential
        found: dict[str, int] = {}
        for proposal in assessments.pending_proposals(node).filter(referential=key):
            found[proposal.criterion] = max(proposal.level, found.get(proposal.criterion, 0))
        ongoing = assessments.open_one(node, key)
        if ongoing is not None and ongoing.pk != self.sheet.assessment.pk:
            touched = {step["criterion"] for measure in self.done for step in self.by_measure[measure].raises}
            for criterion, row in assessments.answers(ongoing).items():
                if criterion in touched and row.level is not None:
                    found[criterion] = max(row.level, found.get(criterion, 0))
        return found

    def overrides_for_engine(self) -> dict[str, engine.MeasureOverride]:
        """Those of measures that the referential still has."""
        return {
            key: engine.MeasureOverride(row.investment, row.yearly, row.effort, row.months)
            for key, row in self.overrides.items()
            if key in self.referential.measure
        }

    @cached_property
    def candidates(self) -> Mapping[str, Candidate]:
        """Measures that concern this establishment, with its figures; for pages."""
        found = engine.candidates_from(self.referential, self.profile, True, self.overrides_for_engine())
        return {candidate.id: candidate for candidate in found}

    @cached_property
    def estimates(self) -> Mapping[str, Candidate]:
        """The same with our estimates alone."""
        found = engine.candidates_from(self.referential, self.profile, True, {})
        return {candidate.id: candidate for candidate in found}


def situation(
    organisation: Organisation, referential: str = BUILT_IN, actions: Sequence[Action] | None = None
) -> Situation | None:
    """None while no assessment was begun. ``actions`` spares a query when they were already read."""
    assessment = assessments.reference(organisation.node, referential)
    if assessment is None:
        return None
    rows = list(queries.actions(organisation.node)) if actions is None else actions
    return Situation(
        organisation, assessments.sheet(organisation, assessment), queries.overrides(organisation.node), rows
    )


def required_situation(organisation: Organisation, referential: str = BUILT_IN) -> Situation:
    """Raises InputError while no assessment was begun."""
    found = situation(organisation, referential)
    if found is None:
        raise InputError(
            "Aucune auto-évaluation n'est commencée, un plan ne saurait d'où partir",
            remedy="répondre d'abord aux questions du socle, dix minutes suffisent",
        )
    return found


def problem_of(
    situation: Situation,
    means: Means,
    wishes: Mapping[str, MonthWish],
    objective: str = Objective.MATURITY,
    *,
    ght: bool = True,
) -> Problem:
    """What the planner is asked; without ``ght``, at the full price of what a group shares. Raises InputError when it
    makes no sense."""
    means.check(situation.referential)
    over, ongoing = _under_way(situation, means)
    judgement = _judgement_at_start(situation, over)
    problem = engine.problem_from(
        situation.referential,
        situation.profile,
        judgement,
        means.start,
        means.months,
        {year: float(means.budgets[year]) for year in means.years},
        {skill: capacity(days, means.months) for skill, days in sorted(means.team.items())},
        overrides=situation.overrides_for_engine(),
        done=frozenset({*situation.done, *over}),
        ght=ght,
        values=values_of(
            situation.organisation, situation.sheet.assessment.referential, situation.profile, judgement, objective
        ),
        calendar=proposals().calendar.months,
    )
    candidates = tuple(
        _remainder(candidate, ongoing[candidate.id], means) if candidate.id in ongoing else candidate
        for candidate in problem.candidates
    )
    known = {candidate.id for candidate in candidates}
    imposed = {key: Wish(mandatory=True, start_month=0, reason="déjà en cours") for key in ongoing if key in known}
    asked = {key: wish.to_engine(means.start) for key, wish in sorted(wishes.items()) if key in known}
    return replace(
        problem,
        candidates=candidates,
        wishes={**imposed, **asked},
        notes=(*problem.notes, *_notes(situation, over, ongoing)),
    )


def solve(
    situation: Situation,
    means: Means,
    wishes: Mapping[str, MonthWish],
    objective: str = Objective.MATURITY,
    planner: Callable[[Problem], Plan] = plan,
) -> Computed:
    """A good plan at once, and where it leads. Raises InputError when the question makes no sense."""
    return followed(situation, means, planner(problem_of(situation, means, wishes, objective)))


def followed(situation: Situation, means: Means, found: Plan) -> Computed:
    """A plan and where it leads."""
    over, _ = _under_way(situation, means)
    return Computed(found, moments(situation.referential, _judgement_at_start(situation, over), found))


def outdated(situation: Situation, scenario: Scenario, computed: Computed) -> list[str]:
    """What has changed since the plan was computed, in words; empty when it still answers the question."""
    was, wishes = computed.plan.problem, of_scenario(scenario.wishes)
    now = problem_of(situation, from_row(scenario), wishes, scenario.objective, ght=scenario.common is None)
    if scenario.common is not None:  # planned with others, whose dates were imposed afterwards
        was, now = _unshared(was), _unshared(now)
    reasons = []
    if now.levels != was.levels or now.targets != was.targets:
        reasons.append("les niveaux de l'auto-évaluation")
    if now.candidates != was.candidates:
        reasons.append("des coûts, des durées ou des effets de mesures")
    if now.done != was.done:
        reasons.append("des actions terminées ou rouvertes")
    if not reasons and (now.budgets, now.capacity, now.weights, now.wishes, now.level_values, now.calendar) != (
        was.budgets, was.capacity, was.weights, was.wishes, was.level_values, was.calendar,
    ):  # fmt: skip
        reasons.append("des données de départ")
    return reasons


def _unshared(problem: Problem) -> Problem:
    return replace(problem, wishes={}, candidates=tuple(replace(one, shared=False) for one in problem.candidates))


def capacity(days_a_month: float, months: int) -> list[float]:
    """Person-days of each quarter; the last one may be shorter."""
    return [days_a_month * min(3, months - 3 * quarter) for quarter in range(math.ceil(months / 3))]


def _under_way(situation: Situation, means: Means) -> tuple[dict[str, Action], dict[str, Action]]:
    """Actions under way: those that should be over when the plan begins, and those that it must go on with."""
    rows = {key: row for key, row in situation.by_measure.items() if row.state == Action.State.DOING}
    over = {key: row for key, row in rows.items() if row.due_on < means.start}
    return over, {key: row for key, row in rows.items() if key not in over}


def _remainder(candidate: Candidate, action: Action, means: Means) -> Candidate:
    """What remains of a measure under way: the months that are left, and their share of the money and of the work."""
    left = (action.due_on.year - means.start.year) * 12 + action.due_on.month - means.start.month + 1
    months = max(1, min(candidate.months, left))
    share = months / candidate.months
    return replace(
        candidate,
        investment=candidate.investment * share,
        effort={skill: days * share for skill, days in candidate.effort.items()},
        months=months,
        requires=(),  # it has begun: it waits for nothing any more
    )


def _judgement_at_start(situation: Situation, over: Mapping[str, Action]) -> Judgement:
    """The judgement, with the levels that finished actions have brought since, and those expected before the start."""
    raised = dict(situation.attained)
    for row in over.values():
        for step in row.raises:
            raised[step["criterion"]] = max(int(step["end"]), raised.get(step["criterion"], 0))
    judgement = situation.sheet.judgement
    if not raised:
        return judgement
    return replace(
        judgement,
        criteria=tuple(
            replace(result, level=max(result.level or 0, raised[result.criterion]))
            if result.criterion in raised and result.state != "not_applicable"
            else result
            for result in judgement.criteria
        ),
    )


def _notes(situation: Situation, over: Mapping[str, Action], ongoing: Mapping[str, Action]) -> list[str]:
    notes = []
    if situation.attained:
        count = len(situation.attained)
        one = "niveau apporté par des actions terminées est pris en compte avant sa validation"
        many = "niveaux apportés par des actions terminées sont pris en compte avant leur validation"
        notes.append(f"{french.counted(count, one, many)}.")
    if ongoing:
        said = french.counted(len(ongoing), "action en cours est poursuivie", "actions en cours sont poursuivies")
        notes.append(f"{said} : le plan n'en compte que ce qui reste.")
    if over:
        said = french.counted(len(over), "action en cours doit être finie", "actions en cours doivent être finies")
        notes.append(f"{said} avant le début : le plan les tient pour acquises.")
    return notes
