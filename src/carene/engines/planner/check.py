# SPDX-License-Identifier: EUPL-1.2
"""An independent reading of a plan: does it respect its problem? Shares no computation with the planners it watches."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from carene.engines.planner.model import Candidate, Plan, PlannedAction, Problem, Wish

_EUROS = 0.01
_DAYS = 1e-6
_VALUE = 1e-6


def violations(problem: Problem, plan: Plan) -> list[str]:
    """French sentences, one for each rule of the problem that the plan breaks or figure that it gets wrong.

    Rules: every candidate planned or left out exactly once; nothing excluded, done or unknown; whole work inside the
    horizon; prerequisites finished before; one measure at most of an exclusive group; wishes honoured or told in
    ``unmet``; budgets by year of each purse, teams by quarter and by short month; levels raised from where they really
    stand; announced costs, levels, loads and value equal to what they should be; a bound not below the value.
    """
    known = {candidate.id: candidate for candidate in problem.candidates}
    unknown = [a.measure for a in plan.actions if a.measure not in known]
    if unknown:
        return [f"{measure} : mesure inconnue du catalogue" for measure in unknown]
    return [
        *_once_each(problem, plan),
        *_rivals(problem, plan),
        *_bound(plan),
        *_times(problem, plan, known),
        *_wishes(problem, plan, known),
        *_money(problem, plan, known),
        *_teams(problem, plan, known),
        *_levels(problem, plan, known),
    ]


def _once_each(problem: Problem, plan: Plan) -> Iterator[str]:
    planned = Counter(action.measure for action in plan.actions)
    left = Counter(entry.measure for entry in plan.left_out)
    for candidate in problem.candidates:
        count = planned[candidate.id] + left[candidate.id]
        if count != 1:
            yield f"{candidate.id} : {count} fois dans le plan ou parmi les mesures laissées de côté"
        if planned[candidate.id] and candidate.id in problem.done:
            yield f"{candidate.id} : déjà réalisée et pourtant planifiée"
    for entry in plan.left_out:
        if not entry.reason.endswith("."):
            yield f"{entry.measure} : laissée de côté sans raison"


def _rivals(problem: Problem, plan: Plan) -> Iterator[str]:
    planned = {action.measure for action in plan.actions}
    for group in problem.exclusive:
        present = [key for key in dict.fromkeys(group) if key in planned or key in problem.done]
        if len(present) > 1 and planned & set(present):
            yield f"{', '.join(present)} : mesures qui s'excluent, planifiées ensemble"


def _bound(plan: Plan) -> Iterator[str]:
    if plan.bound is not None and plan.value > plan.bound + _VALUE * max(1.0, plan.value):
        yield f"valeur {plan.value} au-dessus de la borne {plan.bound}"
    gap = None if plan.bound is None else max(0.0, plan.bound - plan.value) / plan.bound if plan.bound > 0 else 0.0
    if (gap is None) != (plan.gap is None) or (gap is not None and abs(gap - (plan.gap or 0.0)) > _VALUE):
        yield f"écart annoncé {plan.gap}, réel {gap}"


def _times(problem: Problem, plan: Plan, known: dict[str, Candidate]) -> Iterator[str]:
    ends = {action.measure: action.end_month for action in plan.actions}
    for action in plan.actions:
        candidate = known[action.measure]
        if action.start_month < 0 or action.end_month > problem.months:
            yield f"{action.measure} : hors de l'horizon"
        if action.end_month - action.start_month != candidate.months:
            yield f"{action.measure} : la durée n'est pas celle du catalogue"
        if action.start != _date(problem, action.start_month):
            yield f"{action.measure} : la date de début ne correspond pas à son mois"
        if action.end != _date(problem, action.end_month) - dt.timedelta(days=1):
            yield f"{action.measure} : la date de fin ne correspond pas à son mois"
        for required in candidate.requires:
            if _is_met(problem, known, required):
                continue
            if required not in ends:
                yield f"{action.measure} : son prérequis {required} n'est pas planifié"
            elif ends[required] > action.start_month:
                yield f"{action.measure} : commence avant la fin de son prérequis {required}"


def _wishes(problem: Problem, plan: Plan, known: dict[str, Candidate]) -> Iterator[str]:
    planned = {action.measure: action for action in plan.actions}
    for measure, wish in problem.wishes.items():
        told = any((known[measure].title or measure) in sentence for sentence in plan.unmet)
        action = planned.get(measure)
        if action is None:
            if (wish.mandatory or wish.start_month is not None) and not told and measure not in problem.done:
                yield f"{measure} : imposée, absente du plan, et rien ne le dit"
        else:
            yield from _one_wish(measure, wish, action, told)


def _one_wish(measure: str, wish: Wish, action: PlannedAction, told: bool) -> Iterator[str]:
    if wish.excluded:
        yield f"{measure} : écartée et pourtant planifiée"
    if wish.not_before is not None and action.start_month < wish.not_before:
        yield f"{measure} : commence trop tôt"
    if wish.deadline is not None and action.end_month > wish.deadline and not told:
        yield f"{measure} : finie après son échéance, et rien ne le dit"
    if wish.start_month is not None and action.start_month != wish.start_month and not told:
        yield f"{measure} : ne commence pas au mois imposé, et rien ne le dit"


def _money(problem: Problem, plan: Plan, known: dict[str, Candidate]) -> Iterator[str]:
    years = sorted({_date(problem, month).year for month in range(problem.months)})
    budgets = {"": problem.budgets, **problem.purses}
    spent: dict[str, dict[int, float]] = {purse: dict.fromkeys(years, 0.0) for purse in budgets}
    for action in plan.actions:
        candidate = known[action.measure]
        own = dict.fromkeys(years, 0.0)
        for month in range(action.start_month, problem.months):
            working = month < action.end_month
            euros = candidate.investment / candidate.months if working else candidate.yearly / 12
            year = _date(problem, month).year
            own[year] = own.get(year, 0.0) + euros
        for purse, share in (candidate.payers or {"": 1.0}).items():
            for year, amount in own.items():
                spent[purse][year] = spent[purse].get(year, 0.0) + amount * share
        for year, amount in own.items():
            if abs(amount - action.cost_by_year.get(year, 0.0)) > _EUROS:
                yield f"{action.measure} : coût {year} annoncé {action.cost_by_year.get(year, 0.0)}, réel {amount}"
        if abs(sum(own.values()) - action.cost) > _EUROS:
            yield f"{action.measure} : coût total annoncé {action.cost}, réel {sum(own.values())}"
    given = {(purse, year): budgets[purse].get(year, 0.0) for purse, own in spent.items() for year in own}
    for (purse, year), budget in given.items():
        if spent[purse][year] > budget + _EUROS:
            yield f"{purse} {year} : {spent[purse][year]} € dépensés pour un budget de {budget} €"
    announced = {(one.purse, one.year): (one.budget, one.spent) for one in (*plan.years, *plan.purses)}
    expected = {slot: (budget, spent[slot[0]][slot[1]]) for slot, budget in given.items() if slot[0]}
    for year in years:  # all purses together
        totals = sum(given[purse, year] for purse in budgets), sum(spent[purse][year] for purse in budgets)
        expected["", year] = totals
    for slot, (budget, amount) in expected.items():
        told = announced.get(slot, (math.nan, math.nan))
        if not (abs(told[1] - amount) <= _EUROS and abs(told[0] - budget) <= _EUROS):
            yield f"{slot} : budget ou dépense annoncés faux"


def _teams(problem: Problem, plan: Plan, known: dict[str, Candidate]) -> Iterator[str]:
    used: defaultdict[tuple[str, int], float] = defaultdict(float)
    monthly: defaultdict[tuple[str, int], float] = defaultdict(float)
    for action in plan.actions:
        candidate = known[action.measure]
        there = {month: _present(problem, month) for month in range(action.start_month, action.end_month)}
        whole = sum(there.values())
        for skill, days in candidate.effort.items():
            for month, present in there.items():
                share = present / whole if whole else 1 / len(there)
                used[skill, month // 3] += days * share
                monthly[skill, month] += days * share
    for (skill, quarter), days in used.items():
        available = _available(problem, skill, quarter)
        if days > available + _DAYS:
            yield f"{skill}, trimestre {quarter} : {days} jours pour {available} disponibles"
    for (skill, month), days in monthly.items():
        if _present(problem, month) < 1 and days > _there(problem, skill, month) + _DAYS:
            yield f"{skill}, mois {month} : {days} jours pour {_there(problem, skill, month)} disponibles"
    told = {(load.skill, load.quarter): load.used for load in plan.loads}
    for slot in used.keys() | told.keys():
        if abs(used.get(slot, 0.0) - told.get(slot, 0.0)) > _DAYS:
            yield f"{slot[0]}, trimestre {slot[1]} : charge annoncée fausse"


def _available(problem: Problem, skill: str, quarter: int) -> float:
    if skill not in problem.capacity:
        return math.inf
    return sum(_there(problem, skill, month) for month in range(3 * quarter, min(problem.months, 3 * quarter + 3)))


def _there(problem: Problem, skill: str, month: int) -> float:
    """Person-days of the ordinary month of a quarter that those who are there this month keep."""
    if skill not in problem.capacity:
        return math.inf
    given, quarter = problem.capacity[skill], month // 3
    if quarter >= len(given):
        return 0.0
    return given[quarter] / min(3, problem.months - 3 * quarter) * _present(problem, month)


def _present(problem: Problem, month: int) -> float:
    return problem.calendar.get(_date(problem, month).month, 1.0)


def _levels(problem: Problem, plan: Plan, known: dict[str, Candidate]) -> Iterator[str]:
    """Plays the plan month by month."""
    levels = dict(problem.levels)
    effective: dict[str, list[tuple[str, int]]] = {}
    raised: dict[str, set[tuple[str, int, int]]] = {action.measure: set() for action in plan.actions}
    quarters = [dict(levels)]
    value = 0.0
    for month in range(problem.months + 1):
        ending = [
            (end, action.measure, criterion)
            for action in plan.actions
            if action.end_month == month
            for criterion, end in effective.get(action.measure, ())
        ]
        for end, measure, criterion in sorted(ending, key=lambda item: (-item[0], item[1])):
            before = levels[criterion]
            if end > before:
                levels[criterion] = end
                raised[measure].add((criterion, before, end))
                value += _value(problem, criterion, before, end) * (problem.months - month) / problem.months
        if month and (month % 3 == 0 or month == problem.months):
            quarters.append(dict(levels))
        for action in plan.actions:
            if action.start_month == month:
                steps = known[action.measure].steps
                effective[action.measure] = [
                    (s.criterion, s.end) for s in steps if s.criterion in levels and levels[s.criterion] >= s.start
                ]
    for action in plan.actions:
        if {(step.criterion, step.start, step.end) for step in action.raises} != raised[action.measure]:
            yield f"{action.measure} : niveaux relevés annoncés faux"
    if [dict(found) for found in plan.levels] != quarters:
        yield "niveaux par trimestre annoncés faux"
    if abs(plan.value - value) > _VALUE * max(1.0, value):
        yield f"valeur annoncée {plan.value}, réelle {value}"


def _value(problem: Problem, criterion: str, before: int, after: int) -> float:
    if problem.level_values is not None:
        return sum(problem.level_values.get(criterion, ())[before:after])
    target = problem.targets.get(criterion)
    shares = (
        1.0 if target is None or level <= target else problem.beyond_target for level in range(before + 1, after + 1)
    )
    return problem.weights.get(criterion, 0.0) * sum(shares)


def _is_met(problem: Problem, known: dict[str, Candidate], measure: str) -> bool:
    if measure in problem.done:
        return True
    steps = known[measure].steps
    return bool(steps) and all(problem.levels.get(step.criterion, step.end) >= step.end for step in steps)


def _date(problem: Problem, month: int) -> dt.date:
    years, rank = divmod(problem.start.month - 1 + month, 12)
    return dt.date(problem.start.year + years, rank + 1, 1)
