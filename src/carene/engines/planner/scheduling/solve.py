# SPDX-License-Identifier: EUPL-1.2
"""The scheduling core's door: a project goes in, the best schedule found in the time given comes out, with a bound."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from math import inf

from carene.engines import french
from carene.engines.planner.scheduling import exact
from carene.engines.planner.scheduling.bounds import lower_bound
from carene.engines.planner.scheduling.check import check_project
from carene.engines.planner.scheduling.incumbent import Incumbent
from carene.engines.planner.scheduling.model import Progress, Project, Schedule, Solution, Stop
from carene.engines.planner.scheduling.network import Network
from carene.engines.planner.scheduling.search import Search

# Shares of the time: the search alone, so that the solver starts from a good schedule (half of it when one thread does
# all), unless it has made so many schedules for each activity before; then the whole project in the solver; then
# stretches of the best schedules.
ALONE, ALONE_ON_ONE, WHOLE = 0.1, 0.5, 0.35
MADE, MADE_ON_ONE = 20, 200
SMALL, WHOLE_WHEN_SMALL = 50, 0.9  # activities: up to there the search has the best at once, and only the proof lacks


def solve(
    project: Project,
    *,
    seconds: float = 10,
    seed: int = 0,
    workers: int = 2,
    steps: int | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> Solution:
    """The best schedule found, never worse than those of the priority rules.

    ``workers``: threads; one searches, the others are the solver's. With ``steps`` the time does not count: that many
    schedules are made without the solver, and the same seed and steps give the same schedule. ``stop()`` is asked often
    and ends everything with what was found; ``progress(makespan, bound)`` is told what is better, from this thread.
    Raises InputError when the project makes no sense (see ``check_project``).
    """
    network = check_project(project)
    if not network.ids:
        return Solution(Schedule({}, 0), 0, 0, proven=True, seconds=0.0, method="Il n'y avait rien à planifier.")
    race = _Race(network, seed, seconds if steps is None else inf, stop, progress)
    if steps is None:
        race.run(workers)
    else:
        race.search_alone(steps)
    return race.solution()


class _Race:
    """The search and the solver, side by side on one incumbent."""

    def __init__(
        self, network: Network, seed: int, seconds: float, stop: Stop | None, progress: Progress | None
    ) -> None:
        self.network, self.seed, self.seconds = network, seed, seconds
        self.begun = time.perf_counter()
        self.simple = lower_bound(network)
        self.incumbent = Incumbent(network, self.simple, lambda: self.remaining() <= 0 or (stop is not None and stop()))
        self.search = Search(self.incumbent, seed)
        self.progress = progress
        self.told = (-1, -1)
        self.helped = False  # by the solver

    def remaining(self) -> float:
        return self.begun + self.seconds - time.perf_counter()

    def search_alone(self, steps: int) -> None:
        for _ in range(max(1, steps)):
            self._step()
            if self.incumbent.over():
                return

    def run(self, workers: int) -> None:
        over = self.incumbent.over
        alone = self.seconds * (ALONE if workers > 1 else ALONE_ON_ONE) if exact.available() else self.seconds
        made = (MADE if workers > 1 else MADE_ON_ONE) * len(self.network.ids) if exact.available() else inf
        self._step()
        while not over() and self.remaining() > self.seconds - alone and self.search.made < made:
            self._step()
        if over():
            return
        solver = exact.Exact(self.incumbent, seed=self.seed, workers=max(1, workers - 1), remaining=self.remaining)
        with ThreadPoolExecutor(1) as other:
            job = other.submit(self._exact, solver)
            try:
                while not over() and not job.done():
                    if workers > 1:
                        self._step()
                    else:
                        self._tell()
                        time.sleep(0.02)
            finally:
                self._end(job, solver)
        job.result()

    def _exact(self, solver: exact.Exact) -> None:
        solver.prove(self.seconds * (WHOLE if len(self.network.ids) > SMALL else WHOLE_WHEN_SMALL))
        self.helped = True
        solver.improve()
        while not self.incumbent.over():  # something cannot be on time, or fit: nothing but the whole to look at
            solver.prove(self.remaining())

    def _end(self, job: Future[None], solver: exact.Exact) -> None:
        self.incumbent.closing = True
        while not job.done():  # again: it may have been between two calls of the solver
            solver.interrupt()
            time.sleep(0.01)

    def _step(self) -> None:
        self.search.step()
        self._tell()

    def _tell(self) -> None:
        now = (self.incumbent.makespan, self._bound())
        if self.progress is not None and now != self.told:
            self.told = now
            self.progress(*now)

    def _bound(self) -> int:
        return max(self.simple, self.incumbent.makespan_bound)

    def solution(self) -> Solution:
        incumbent = self.incumbent
        return Solution(
            schedule=self.network.schedule(incumbent.starts),
            makespan=incumbent.makespan,
            bound=min(self._bound(), incumbent.makespan),
            proven=incumbent.proven,
            seconds=time.perf_counter() - self.begun,
            method=self._method(),
        )

    def _method(self) -> str:
        made = french.counted(self.search.made, "calendrier")
        how = f"recherche génétique avec double justification ({made})"
        if self.helped:
            how += ", puis solveur CP-SAT d'OR-Tools"
        elif not exact.available():
            how += " ; OR-Tools n'est pas installé : la borne est moins serrée"
        proof = "aucun calendrier n'est meilleur" if self.incumbent.proven else "sans preuve qu'il soit le meilleur"
        return f"Calendrier trouvé par {how} ; {proof}."
