# SPDX-License-Identifier: EUPL-1.2
"""Why each measure is where it is, or is not there, and what a little more money or time would buy. In French."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from carene.engines import french
from carene.engines.planner.board import Board, Shortage
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.model import Candidate, LeftOut, Plan, PlannedAction, Problem
from carene.engines.planner.obstacles import label, month_name, period_name, purse_of, titled
from carene.engines.planner.optimise import optimise, relaxation, widths
from carene.engines.planner.optimum import bound as linear
from carene.engines.planner.optimum.packed import pack

MORE_MONEY = 10_000.0  # euros
QUARTER_MONTHS = 3
STEPS = 400  # of the search, where no solver gives prices


@dataclass(frozen=True, slots=True)
class Explanation:
    """Sentences; ``waited`` is empty for a measure left out, ``why_not`` for a planned one."""

    measure: str
    buys: str
    waited: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Marginals:
    """What would be gained by a little more, in the unit of the plan. ``money``: year → value of 10 000 € more that
    year, in the purse where it buys the most when there are several; ``team``: skill → value of one more person-day a
    month over the whole horizon. All are estimates: ``method`` says of which kind, in French."""

    money: Mapping[int, float]
    team: Mapping[str, float]
    unit: str
    method: str

    @property
    def best_year(self) -> int | None:
        """None when no year would buy anything."""
        best = max(self.money, key=lambda year: (self.money[year], -year), default=None)
        return best if best is not None and self.money[best] > 0 else None


def explanations(plan: Plan) -> tuple[Explanation, ...]:
    """One for each candidate: the planned ones in the order of the plan, then those left out."""
    board = board_of(plan)
    return (
        *(_planned(board, plan, action) for action in plan.actions),
        *(_left_out(board, plan, left) for left in plan.left_out),
    )


def explanation(plan: Plan, measure: str) -> Explanation | None:
    """That of one measure; None when the plan does not know it."""
    planned = next((action for action in plan.actions if action.measure == measure), None)
    if planned is not None:
        return _planned(board_of(plan), plan, planned)
    left = next((entry for entry in plan.left_out if entry.measure == measure), None)
    return None if left is None else _left_out(board_of(plan), plan, left)


def board_of(plan: Plan) -> Board:
    """The plan on a board again."""
    board = Board(Catalogue(plan.problem))
    for action in plan.actions:
        board.place(action.measure, action.start_month)
    return board


def _planned(board: Board, plan: Plan, action: PlannedAction) -> Explanation:
    catalogue = board.catalogue
    days = sum(action.person_days.values())
    price = f"{french.euros(action.cost)} et {french.person_days(days)}"
    if action.raises:
        raised = french.listing(
            f"{french.quoted(label(catalogue, step.criterion))} de {step.start} à {step.end}" for step in action.raises
        )
        share = f" ({french.share(action.value / plan.value)} du plan)" if plan.value > 0 else ""
        buys = f"Elle relève {raised}, soit {french.amount(action.value, plan.unit)}{share}, pour {price}."
    else:
        awaited = [titled(catalogue, key) for key in catalogue.dependents[action.measure] if key in board.starts]
        why = f"ouvre la voie à {french.listing(awaited)}" if awaited else "est imposée"
        buys = f"Elle ne relève rien elle-même mais {why}, pour {price}."
    return Explanation(action.measure, buys, waited=french.capitalised(_waited(board, action)) + ".")


def _waited(board: Board, action: PlannedAction) -> str:
    """From the first month that its prerequisites and the wishes allow, what lacked until it began."""
    catalogue, key, begins = board.catalogue, action.measure, action.start_month
    wish = catalogue.wish(key)
    if wish.start_month is not None:
        return f"son mois de début est imposé : {month_name(catalogue, begins)}"
    last = max((r for r in catalogue.needs[key]), key=lambda r: (board.end_of(r), r), default=None)
    first = max(wish.not_before or 0, board.end_of(last) if last is not None else 0)
    parts = []
    if last is not None and board.end_of(last) == first and first:
        parts.append(f"attend la fin de {titled(catalogue, last)}, en {month_name(catalogue, first - 1)}")
    elif first:
        parts.append(f"ne devait pas commencer avant {month_name(catalogue, first)}")
    if first < begins:
        parts.append(_lacked(board, key, first, begins))
    if not parts:
        return "rien ne la retarde : elle commence dès le premier mois"
    return "elle " + ", puis ".join(parts)


def _lacked(board: Board, key: str, first: int, begins: int) -> str:
    catalogue = board.catalogue
    board.remove(key)
    lacks = {month: board.shortages(key, month) for month in range(first, begins)}
    board.place(key, begins)
    free = [month for month, found in lacks.items() if not found]
    every = [lack for found in lacks.values() for lack in found]
    money: dict[int, Shortage] = {}
    for lack in sorted((one for one in every if not one.skill), key=lambda one: one.missing):
        money[lack.year] = lack
    said = [
        f"l'argent de {year} ({french.euros(max(1.0, lack.missing))} manquaient{purse_of(catalogue, lack)})"
        for year, lack in sorted(money.items())
    ]
    for skill in sorted({lack.skill for lack in every if lack.skill}):
        short = [lack for lack in every if lack.skill == skill]
        opens, closes = min(lack.period[0] for lack in short), max(lack.period[1] for lack in short)
        worst = max(short, key=lambda lack: (lack.missing, -lack.period[0]))
        when = "" if worst.period == (opens, closes) else f" {period_name(catalogue, *worst.period)}"
        said.append(
            f"l'équipe {french.quoted(label(catalogue, skill))} {period_name(catalogue, opens, closes)} "
            f"(jusqu'à {french.person_days(max(0.1, worst.missing))} de trop{when})"
        )
    if not said:
        return "commence plus tard parce que l'ensemble du plan y gagne"
    late = " ; un début possible plus tôt aurait gêné d'autres mesures" if free else ""
    return f"attend {french.listing(said)}{late}"


def _left_out(board: Board, plan: Plan, left: LeftOut) -> Explanation:
    catalogue, key = board.catalogue, left.measure
    candidate = catalogue.candidates[key]
    total = sum(
        max(0.0, catalogue.worth[s.criterion][s.end] - catalogue.worth[s.criterion][board.final_level(s.criterion)])
        for s in catalogue.steps[key]
    )
    price = f"{french.euros(candidate.investment)}, {french.euros(candidate.yearly)} par an"
    days = french.person_days(sum(candidate.effort.values()))
    gain = (
        f"apporterait au plus {french.amount(total, plan.unit)} à ce plan"
        if total > 0
        else "n'ajouterait rien à ce plan"
    )
    buys = f"Elle {gain}, pour {price} et {days}."
    better = dominating(plan.problem, candidate)
    dominated = ""
    if better is not None and left.code not in ("excluded", "not_applicable", "no_effect"):
        dominated = f" {titled(catalogue, better)} fait au moins autant pour moins cher."
    return Explanation(key, buys, why_not=f"{left.reason}{dominated}")


def dominating(problem: Problem, candidate: Candidate) -> str | None:
    """Another measure that raises as much from as low, for no more money, work or time, and with no other need."""
    for other in sorted(problem.candidates, key=lambda one: one.id):
        if other.id == candidate.id or (problem.wishes.get(other.id) and problem.wishes[other.id].excluded):
            continue
        covers = all(
            any(o.criterion == s.criterion and o.start <= s.start and o.end >= s.end for o in other.steps)
            for s in candidate.steps
        )
        cheaper = (
            other.investment <= candidate.investment
            and other.yearly <= candidate.yearly
            and other.months <= candidate.months
            and all(days <= candidate.effort.get(skill, 0.0) for skill, days in other.effort.items())
            and set(other.requires) <= set(candidate.requires)
        )
        same = (other.investment, other.yearly, other.months) == (
            candidate.investment,
            candidate.yearly,
            candidate.months,
        )
        if covers and cheaper and not (same and dict(other.effort) == dict(candidate.effort)):
            return other.id
    return None


def marginals(plan: Plan, *, width: int | None = None) -> Marginals:
    """What 10 000 € more in each year, or one more person-day a month of each skill, would buy.

    With HiGHS, the prices of the linear relaxation: what the next euro or day is worth where measures could be carried
    out in part; small amounts only. ``width``: months of the buckets in which time is cut, wider is quicker. Without
    HiGHS, the plan is sought again with that much more: less than what is possible, maybe nothing.
    """
    problem = plan.problem
    if linear.available():
        packed = pack(board_of(plan))
        found = linear.linear_bound(relaxation(packed, width or widths(packed)[0]))
        if found is not None:
            return _by_prices(plan, found)
    return _by_search(plan, problem)


def _by_prices(plan: Plan, found: linear.Bound) -> Marginals:
    catalogue = Catalogue(plan.problem)
    money = dict.fromkeys(catalogue.grid.years, 0.0)
    team = dict.fromkeys(sorted(plan.problem.capacity), 0.0)
    for resource, price in found.prices:
        if not resource.skill:
            year = catalogue.purses.year(resource.rank)
            money[year] = max(money[year], price * MORE_MONEY)
        else:
            team[resource.skill] += price * sum(catalogue.grid.presence(plan.problem.calendar, *resource.period))
    method = (
        "Estimation par les prix de la relaxation linéaire (HiGHS) : exacte pour de petits montants si les mesures "
        "pouvaient se faire en partie."
    )
    return Marginals(money, team, plan.unit, method)


def _by_search(plan: Plan, problem: Problem) -> Marginals:
    def gained(other: Problem) -> float:
        return max(0.0, optimise(other, steps=STEPS, warm=plan).value - plan.value)

    catalogue = Catalogue(problem)
    years = {year: problem.budgets.get(year, 0.0) for year in catalogue.grid.years}
    money = {
        year: gained(replace(problem, budgets={**years, year: amount + MORE_MONEY})) for year, amount in years.items()
    }
    team = {
        skill: gained(replace(problem, capacity={**problem.capacity, skill: [one + QUARTER_MONTHS for one in days]}))
        for skill, days in sorted(problem.capacity.items())
    }
    method = "Estimation par un nouveau calcul, court, avec ce moyen de plus : au moins cela serait gagné."
    return Marginals(money, team, plan.unit, method)


def said(found: Marginals, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The marginals as sentences, the most useful first; one that says so when nothing would be bought."""
    sentences = []
    year = found.best_year
    if year is not None:
        gained = french.amount(found.money[year], found.unit)
        sentences.append(f"{french.euros(MORE_MONEY)} de plus en {year} achèteraient environ {gained}.")
    ranked = sorted(found.team.items(), key=lambda item: (-item[1], item[0]))
    for skill, value in ranked:
        if value > 0:
            name = french.quoted(labels.get(skill, skill))
            sentences.append(
                f"Un jour de plus par mois de l'équipe {name} apporterait environ {french.amount(value, found.unit)}."
            )
    return tuple(sentences) or ("Un peu plus d'argent ou de temps n'achèterait rien de plus dans cet horizon.",)
