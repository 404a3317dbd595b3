# SPDX-License-Identifier: EUPL-1.2
"""CP-SAT (OR-Tools) on the month-by-month model: the whole of it, or a few measures while the others stay.

Imported when something is solved and not before.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from carene.engines.planner.optimum.packed import Packed
from carene.engines.planner.optimum.state import ABSENT
from carene.engines.planner.optimum.timed import Timed, timed

_VALUES = 10**9  # units of the objective in the largest value of a column
_MONEY, _DAYS = 100, 10_000  # units in a euro, in a person-day

Found = Callable[[list[int]], None]


@dataclass(frozen=True, slots=True)
class Result:
    """``starts``: the best plan found, None without any; ``bound``: of the model's own value; ``closed``: proven best,
    or proven that there is nothing better than what was given."""

    starts: list[int] | None
    bound: float
    closed: bool


def available() -> bool:
    return find_spec("ortools") is not None


def load() -> None:
    """Import the solver now, for those who count seconds afterwards; nothing when it is absent."""
    if available():
        import_module("ortools.sat.python.cp_model")


class Exact:
    """``remaining()``: seconds left. ``interrupt()``, from another thread, makes it return with what it has."""

    def __init__(self, packed: Packed, *, seed: int, remaining: Callable[[], float]) -> None:
        self.packed, self.remaining = packed, remaining
        self.random = random.Random(seed)
        self.closing = False
        self._running: Any = None

    def interrupt(self) -> None:
        self.closing = True
        running = self._running
        if running is not None:
            running.stop_search()

    def whole(self, starts: Sequence[int], seconds: float, workers: int, found: Found | None = None) -> Result:
        """``found`` is told of each better plan, from a thread of the solver."""
        packed = self.packed
        windows = {i: (packed.first[i], packed.last[i]) for i, open_ in enumerate(packed.allowed) if open_}
        must = frozenset(i for i, imposed in enumerate(packed.imposed) if imposed or packed.fixed[i])
        return self._solve(timed(packed, windows, must), starts, seconds, workers, found)

    def around(self, starts: Sequence[int], free: frozenset[int], seconds: float) -> Result:
        """Only the measures of ``free`` may move, come or go."""
        packed = self.packed
        windows, must = {}, set()
        for i, begins in enumerate(starts):
            if i in free and packed.allowed[i] and not packed.fixed[i]:
                windows[i] = (packed.first[i], packed.last[i])
                if packed.imposed[i]:
                    must.add(i)
            elif begins >= 0:
                windows[i] = (begins, begins)
                must.add(i)
        return self._solve(timed(packed, windows, frozenset(must), every=False), starts, seconds, 1, None)

    def neighbours(self, starts: Sequence[int], count: int) -> frozenset[int]:
        """Measures to set free together: what works around a month, what one criterion needs, or anything."""
        packed, draw = self.packed, self.random
        open_ = [i for i, allowed in enumerate(packed.allowed) if allowed and not packed.fixed[i]]
        kind = draw.random()
        if kind < 0.45:
            month = draw.randrange(packed.months)
            spread = draw.choice((2.0, 6.0, 12.0))

            def away(i: int) -> float:
                if starts[i] < 0:
                    return spread * draw.random() * 3
                return abs(starts[i] + packed.duration[i] / 2 - month) + spread * draw.random()

            ranked = sorted(open_, key=away)
        elif kind < 0.75:
            ranked = self._by_criteria(open_, count)
        else:
            ranked = draw.sample(open_, len(open_))
        return frozenset(ranked[:count])

    def _by_criteria(self, open_: list[int], count: int) -> list[int]:
        """Measures that share criteria or prerequisites, spreading from one of them."""
        packed, draw = self.packed, self.random
        if not open_:
            return []
        allowed = set(open_)
        found: dict[int, None] = {}
        while len(found) < min(count, len(open_)):
            rest = [i for i in open_ if i not in found]
            pending = [draw.choice(rest)]
            while pending and len(found) < count:
                one = pending.pop(0)
                if one in found or one not in allowed:
                    continue
                found[one] = None
                near = [i for criterion, _, _ in packed.steps[one] for _, _, i in packed.raisers[criterion]]
                near += [*packed.needs[one], *packed.dependents[one]]
                draw.shuffle(near)
                pending += near[:8]
        return list(found)

    def _solve(self, model: Timed, starts: Sequence[int], seconds: float, workers: int, found: Found | None) -> Result:
        from ortools.sat.python import cp_model

        written = _Written(model)
        written.hint(starts)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.01, min(seconds, self.remaining()))
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = self.random.randrange(1 << 30)
        if found is None:  # a small problem: preparing it longer than solving it is a loss
            solver.parameters.cp_model_probing_level = 0
            solver.parameters.symmetry_level = 0
        self._running = solver
        try:
            if self.closing:
                return Result(None, math.inf, False)
            status = solver.solve(written.model, _callback(written, found) if found else None)
        finally:
            self._running = None
        if status == cp_model.MODEL_INVALID:
            raise ValueError(written.model.validate())
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Result(None, math.inf, status == cp_model.INFEASIBLE)
        # Stopped before its first bound, the solver says 0.
        bound = solver.best_objective_bound
        bound = bound / written.scale if bound >= solver.objective_value else math.inf
        return Result(written.starts(solver.value), bound, status == cp_model.OPTIMAL)


def _callback(written: _Written, found: Found) -> Any:
    from ortools.sat.python import cp_model

    class Told(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            found(written.starts(self.value))

    return Told()


class _Written:
    """The model for CP-SAT, in whole numbers: what is taken is rounded down, what there is up, values up, so that its
    optimum stays a bound. A plan that only rounding allows is refused later by the exact rules."""

    def __init__(self, model: Timed) -> None:
        from ortools.sat.python import cp_model

        self.timed = model
        self.model: Any = cp_model.CpModel()
        self.columns = [self.model.new_constant(1) if low else self.model.new_bool_var("") for low in model.lower]
        self.scale = _VALUES / max([*model.value, 1e-9])
        money = {one.row: _DAYS if one.skill else _MONEY for one in model.resources}
        for rank, row in enumerate(model.rows):
            self._row(row.columns, row.factors, row.limit, money.get(rank, 0))
        values = [math.ceil(value * self.scale) for value in model.value]
        self.model.maximize(sum(value * one for value, one in zip(values, self.columns, strict=True) if value))

    def _row(self, columns: list[int], factors: list[float], limit: float, unit: int) -> None:
        mine = [self.columns[column] for column in columns]
        if unit:
            whole = [math.floor(factor * unit) for factor in factors]
            self.model.add(sum(a * x for a, x in zip(whole, mine, strict=True)) <= math.ceil(limit * unit))
        elif limit == 0 and factors == [1.0, -1.0]:
            self.model.add_implication(mine[0], mine[1])
        elif limit == 0 and factors[0] == 1.0 and all(factor == -1.0 for factor in factors[1:]):
            self.model.add_bool_or([mine[0].negated(), *mine[1:]])
        else:
            self.model.add(sum(int(a) * x for a, x in zip(factors, mine, strict=True)) <= int(limit))

    def hint(self, starts: Sequence[int]) -> None:
        for column, one in self.timed.point(starts).items():
            if not self.timed.lower[column]:
                self.model.add_hint(self.columns[column], one)

    def starts(self, value: Callable[[Any], int]) -> list[int]:
        found = [ABSENT] * len(self.timed.packed.keys)
        point = [0.0] * len(self.columns)
        for columns in self.timed.begun.values():
            for column in columns:
                point[column] = float(value(self.columns[column]))
        for i, begins in self.timed.starts(point).items():
            found[i] = begins
        return found
