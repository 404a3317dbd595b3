# SPDX-License-Identifier: EUPL-1.2
"""CP-SAT (OR-Tools) beside the search: proofs and bounds on the whole project, better stretches of the best schedule.

OR-Tools is imported when something is solved and not before: a process that does not plan does not pay for it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from carene.engines.planner.scheduling.incumbent import Incumbent
from carene.engines.planner.scheduling.serial import Starts, backward, justify
from carene.engines.planner.scheduling.solver_model import SolverModel
from carene.engines.planner.scheduling.stretch import Stretch, cut

SIZE, SMALLEST = 20.0, 8.0  # activities in a stretch: at first, at least
PATIENCE = 0.5  # seconds for a stretch
GROWS, SHRINKS = 1.04, 0.92  # so that one stretch out of three or so is too long for the solver


def available() -> bool:
    """OR-Tools is installed."""
    return find_spec("ortools") is not None


def load() -> None:
    """Import the solver now, for those who count seconds afterwards; nothing when it is absent."""
    if available():
        import_module("ortools.sat.python.cp_model")


class Exact:
    """``remaining()``: seconds left. Works on the incumbent that the search also improves."""

    def __init__(self, incumbent: Incumbent, *, seed: int, workers: int, remaining: Callable[[], float]) -> None:
        self.incumbent, self.workers, self.remaining = incumbent, workers, remaining
        self.network = incumbent.network
        self.random = random.Random(seed)
        self._running: Any = None

    def interrupt(self) -> None:
        """From another thread: the solver returns with what it has."""
        running = self._running
        if running is not None:
            running.stop_search()

    def prove(self, seconds: float) -> None:
        """On the whole project: better schedules, a better bound, or the proof that there is nothing better."""
        from ortools.sat.python import cp_model

        incumbent = self.incumbent
        whole = SolverModel(self.network, incumbent.cost - 1, floor=incumbent.bound)
        whole.hint(incumbent.starts)
        offer = self._offer

        class Found(cp_model.CpSolverSolutionCallback):
            def on_solution_callback(self) -> None:
                offer(whole.read(self.value))
                if incumbent.over():
                    self.stop_search()

        solver = self._solver(seconds)
        solver.parameters.optimize_with_core = self.workers == 1  # alone, it raises the bound from below much faster
        solver.best_bound_callback = lambda bound: incumbent.raise_bound(round(bound))
        status = self._run(solver, whole, Found())
        if status == cp_model.INFEASIBLE:  # nothing below what was asked
            incumbent.raise_bound(incumbent.cost)
        else:
            incumbent.raise_bound(round(solver.best_objective_bound))

    def improve(self) -> None:
        """Stretch after stretch of the best schedules, until it is over or something is late or left out."""
        size, incumbent = SIZE, self.incumbent
        while not incumbent.over() and self.network.complete(incumbent.cost):
            early = incumbent.one(self.random.randrange)
            count = min(round(size), len(early))
            first = self.random.randrange(len(early) - count + 1)
            stretch = cut(self.network, early, backward(self.network, early), first, count)
            if stretch is None or self._rearrange(stretch):
                size = min(len(early), size * GROWS)
            else:
                size = max(SMALLEST, size * SHRINKS)

    def _rearrange(self, stretch: Stretch) -> bool:
        """False when it took too long."""
        from ortools.sat.python import cp_model

        inner = SolverModel(stretch.inner, stretch.end, minimise=False)
        solver = self._solver(PATIENCE)
        # Small problems: preparing them longer than solving them is a loss.
        solver.parameters.linearization_level = 0
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        status = self._run(solver, inner)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self._offer(stretch.whole(inner.read(solver.value)))
        return bool(status != cp_model.UNKNOWN)

    def _offer(self, starts: Starts) -> None:
        better = justify(self.network, starts)
        self.incumbent.offer(self.network.cost(better), better)

    def _solver(self, seconds: float) -> Any:
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.01, min(seconds, self.remaining()))
        solver.parameters.num_workers = self.workers
        solver.parameters.random_seed = self.random.randrange(1 << 30)
        return solver

    def _run(self, solver: Any, model: SolverModel, found: Any = None) -> Any:
        from ortools.sat.python import cp_model

        self._running = solver
        try:
            status = solver.solve(model.model, found)
        finally:
            self._running = None
        if status == cp_model.MODEL_INVALID:
            raise ValueError(model.model.validate())
        return status
