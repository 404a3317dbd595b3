# SPDX-License-Identifier: EUPL-1.2
"""What does not change while a plan is sought: candidates in order, prerequisites to meet, scarcity, footprints."""

from __future__ import annotations

from collections.abc import Mapping

from carene.engines.planner.footprint import Footprint, Grid, Purses, Work, capacities_of, footprint, spread
from carene.engines.planner.levels import worths
from carene.engines.planner.model import Candidate, Problem, Step, Wish

_NO_WISH = Wish()
_SCARCITY_BOUNDS = (0.2, 5.0)


class Catalogue:
    """A checked problem, indexed once. All is ordered by identifier, so that the order of the input does not matter."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.grid = Grid(problem.start, problem.months)
        self.purses = Purses.of(problem, self.grid)
        self.budgets = self.purses.budgets(problem)
        self.capacity = capacities_of(problem, self.grid)
        self._spreads: dict[tuple[int, int], Work] = {}
        self._footprints: dict[tuple[str, int], Footprint] = {}
        self.candidates: Mapping[str, Candidate] = {c.id: c for c in sorted(problem.candidates, key=lambda c: c.id)}
        self.steps: Mapping[str, tuple[Step, ...]] = {
            key: tuple(s for s in c.steps if s.criterion in problem.levels) for key, c in self.candidates.items()
        }
        self.needs: Mapping[str, tuple[str, ...]] = {
            key: tuple(r for r in sorted(set(c.requires)) if not self.is_met(r)) for key, c in self.candidates.items()
        }
        self.dependents: dict[str, list[str]] = {key: [] for key in self.candidates}
        self.raisers: dict[str, list[tuple[int, int, str]]] = {}
        for key in self.candidates:
            for required in self.needs[key]:
                self.dependents[required].append(key)
            for step in self.steps[key]:
                self.raisers.setdefault(step.criterion, []).append((step.start, step.end, key))
        self.worth: Mapping[str, tuple[float, ...]] = {
            criterion: worths(problem, criterion, max([level, *(end for _, end, _ in self.raisers.get(criterion, ()))]))
            for criterion, level in problem.levels.items()
        }
        self.rivals: Mapping[str, tuple[str, ...]] = self._rivals()
        self.barred = self._barred()
        self.money_scarcity, self.skill_scarcity = self._scarcity()

    def done_rival(self, key: str) -> str | None:
        """A measure already carried out that excludes this one."""
        return next((other for other in self.rivals[key] if other in self.problem.done), None)

    def wish(self, key: str) -> Wish:
        return self.problem.wishes.get(key, _NO_WISH)

    def is_met(self, key: str) -> bool:
        """Whether a prerequisite needs nothing more: done, or all its effects already there or of no concern."""
        if key in self.problem.done:
            return True
        candidate = self.candidates[key]
        return bool(candidate.steps) and self.is_useless(key)

    def is_useless(self, key: str) -> bool:
        """Nothing that the measure raises is below the level it leads to."""
        return all(self.problem.levels[step.criterion] >= step.end for step in self.steps[key])

    def open_keys(self) -> list[str]:
        """Measures that may be planned: neither done, nor excluded, nor waiting for an excluded one."""
        return [key for key in self.candidates if key not in self.problem.done and key not in self.barred]

    def footprint(self, key: str, begins: int) -> Footprint:
        found = self._footprints.get((key, begins))
        if found is None:
            candidate = self.candidates[key]
            work = self._work(begins, candidate.months)
            found = self._footprints[key, begins] = footprint(self.grid, self.purses, candidate, begins, work)
        return found

    def _work(self, begins: int, months: int) -> Work:
        found = self._spreads.get((begins, months))
        if found is None:
            found = self._spreads[begins, months] = spread(self.grid, self.problem.calendar, begins, months)
        return found

    def burden(self, key: str, begins: int, *, scarce: bool) -> float:
        """Euros that a measure weighs in the choice: money in the horizon and work, each × its scarcity if asked."""
        candidate = self.candidates[key]
        money = self.footprint(key, begins).total
        rate = self.problem.day_rate
        if not scarce:
            return money + rate * sum(candidate.effort.values())
        work = sum(days * self.skill_scarcity[skill] for skill, days in candidate.effort.items())
        return money * self.money_scarcity + rate * work

    def _barred(self) -> Mapping[str, str]:
        """Measures that cannot be planned → the excluded one that prevents it: itself or a prerequisite of any rank.

        One whose rival is already carried out is excluded in the same way.
        """
        barred = {
            key: key
            for key in self.candidates
            if self.wish(key).excluded or (key not in self.problem.done and self.done_rival(key) is not None)
        }
        pending = list(barred)
        while pending:
            key = pending.pop(0)
            for dependent in self.dependents[key]:
                if dependent not in barred:
                    barred[dependent] = barred[key]
                    pending.append(dependent)
        return barred

    def _rivals(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {key: set() for key in self.candidates}
        for group in self.problem.exclusive:
            for key in group:
                if key in found:
                    found[key].update(other for other in group if other != key)
        return {key: tuple(sorted(others)) for key, others in found.items()}

    def _scarcity(self) -> tuple[float, Mapping[str, float]]:
        """Demand of all that is useful / supply over the horizon, within bounds; the lower one when not limited."""
        useful = [key for key in self.open_keys() if not self.is_useless(key)]
        money = sum(self.footprint(key, 0).total for key in useful)
        demand: dict[str, float] = {}
        for candidate in self.candidates.values():
            for skill in candidate.effort:
                demand.setdefault(skill, 0.0)
        for key in useful:
            for skill, days in self.candidates[key].effort.items():
                demand[skill] += days
        supply: dict[str, float] = {}
        for skill in self.problem.capacity:
            supply[skill] = sum(self.capacity[skill, quarter] for quarter in self.grid.every_quarter())
        return _ratio(money, sum(self.budgets)), {
            skill: _ratio(days, supply[skill]) if skill in supply else _SCARCITY_BOUNDS[0]
            for skill, days in demand.items()
        }


def _ratio(demand: float, supply: float) -> float:
    low, high = _SCARCITY_BOUNDS
    if supply <= 0:
        return high
    return min(high, max(low, demand / supply))
