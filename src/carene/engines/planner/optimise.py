# SPDX-License-Identifier: EUPL-1.2
"""The best plan that the time given allows, and how far from the best possible one it may be.

The present greedy first, then ruin and recreate on one thread while, on the other, HiGHS computes what no plan can
exceed and CP-SAT works on the whole, then on a few measures at a time. The best is kept at any moment.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Lock, Thread
from typing import Any, TypeVar

from carene.engines import french
from carene.engines.planner.board import Board
from carene.engines.planner.check import violations
from carene.engines.planner.improve import settle
from carene.engines.planner.model import Plan, Problem, Stage
from carene.engines.planner.optimum import bound as linear
from carene.engines.planner.optimum import exact
from carene.engines.planner.optimum.packed import Packed, pack
from carene.engines.planner.optimum.search import Search
from carene.engines.planner.optimum.timed import Timed, timed
from carene.engines.planner.planning import NOTHING, Filled, filled, finished

Progress = Callable[[str, float, float | None, float], None]  # stage, value, bound, share of the time 0–1
Stop = Callable[[], bool]
T = TypeVar("T")

SEARCH, CPSAT = "Recherche locale", "CP-SAT"
SECONDS = 30.0
QUARTER, YEAR = 3, 12  # months
LARGE, HUGE = 5_000, 25_000  # measures × months: from there a first bound by quarters, by years, that is quick
BOUND = 0.5  # share of the time that HiGHS may take at most
WHOLE = 0.15  # share of what remains that CP-SAT spends on the whole problem
SMALL = 100  # measures: up to there CP-SAT may close the whole problem, and has most of the time for it
WHOLE_WHEN_SMALL = 0.95
SEARCH_WHEN_SMALL = 0.12  # share of the time after which the search leaves it both cores
FREE, FEWEST = 25.0, 8.0  # measures set free together for CP-SAT: at first, at least
PATIENCE = 1.5  # seconds for them
GROWS, SHRINKS = 1.05, 0.9
EVERY = 0.1  # seconds between two calls of progress
CLOSED = 1e-7  # relative gap below which the plan is proven best


def optimise(
    problem: Problem,
    *,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 0,
    workers: int = 2,
    progress: Progress | None = None,
    stop: Stop | None = None,
    warm: Plan | None = None,
    prove: bool = True,
) -> Plan:
    """A plan never worth less than that of ``plan(problem)``, with ``bound``, ``gap`` and ``trail``.

    ``seconds``: wall time, 30 by default. With ``steps`` the clock does not count: that many trials of the search, the
    bound, no CP-SAT; the same seed and steps give the same plan. ``workers``: threads; one alone shares its time.
    ``progress(stage, value, bound, share)`` and ``stop()`` are called several times a second, from this thread.
    ``warm``: a plan of the same measures, from which to start when it holds here and is worth more than the greedy one.
    Without ``prove`` no bound is sought; it is that of the plans that honour the wishes which this one honours.
    Raises InputError as ``plan`` does.
    """
    began = time.perf_counter()
    pulse = _Pulse(progress, stop)
    found = pulse.during("Sélection gloutonne", lambda: filled(problem))
    board = found.board if warm is None else _warmed(found.board, warm)
    race = _Race(board, seed, began, SECONDS if seconds is None else seconds, steps, pulse)
    race.prove = prove
    race.run(max(1, workers))
    best = pulse.during("Mise au net", lambda: _finished(race, found))
    return replace(best, trail=race.stages(), seed=seed, steps=steps, **_proof(best.value, race.bound))


def _finished(race: _Race, found: Filled) -> Plan:
    """The best plan of the race by the rules of the board, checked by those who share no computation with it."""
    board = Board(found.board.catalogue)
    board.refused = dict(found.board.refused)
    keys = race.packed.keys
    for begins, i in sorted((begins, i) for i, begins in enumerate(race.search.best) if begins >= 0):
        board.place(keys[i], begins)
    settle(board, found.ranking)
    if board.value >= found.board.value:
        plan = finished(board, found.outcome, race.method())
        if not violations(plan.problem, plan):
            return plan
    return finished(found.board, found.outcome, f"{race.method()} Le plan glouton est gardé : rien de mieux n'est sûr.")


def _proof(value: float, bound: float | None) -> dict[str, Any]:
    if bound is None:
        return {"bound": None, "gap": None}
    bound = max(bound, value)  # what differs is rounding
    return {"bound": bound, "gap": (bound - value) / bound if bound > 0 else 0.0}


def _warmed(board: Board, warm: Plan) -> Board:
    """The warm plan on this problem if every measure of it holds, what is imposed here where it was put."""
    starts = {action.measure: action.start_month for action in warm.actions}
    trial = Board(board.catalogue)
    trial.refused = dict(board.refused)
    for key, begins in sorted(starts.items(), key=lambda item: (item[1], item[0])):
        known = key in board.catalogue.candidates and key not in board.catalogue.barred
        window = trial.window(key) if known and key not in board.catalogue.problem.done else None
        if window is None or not window[0] <= begins <= window[1] or not trial.fits(key, begins):
            return board
        trial.place(key, begins)
    imposed = {key for key in board.starts if board.is_imposed(key)}
    settled = {key for key in imposed if board.catalogue.wish(key).start_month is not None}
    if imposed - trial.starts.keys() or any(trial.starts[key] != board.starts[key] for key in settled):
        return board
    return trial if trial.value > board.value else board


class _Pulse:
    """Tells how far it is and asks whether to stop, from the thread of the caller."""

    def __init__(self, progress: Progress | None, stop: Stop | None) -> None:
        self._progress, self._stop = progress, stop
        self._told = 0.0
        self.stopped = False
        self.value, self.share = 0.0, 0.0
        self.bound: float | None = None

    def asked(self) -> bool:
        if self._stop is not None and not self.stopped and self._stop():
            self.stopped = True
        return self.stopped

    def tell(self, stage: str) -> None:
        now = time.perf_counter()
        if self._progress is not None and now - self._told >= EVERY:
            self._told = now
            self._progress(stage, self.value, self.bound, min(1.0, max(0.0, self.share)))

    def during(self, stage: str, work: Callable[[], T]) -> T:
        """What cannot be cut short, on another thread when someone listens."""
        if self._progress is None and self._stop is None:
            return work()
        with ThreadPoolExecutor(1) as other:
            job = other.submit(work)
            while not job.done():
                self.asked()
                self.tell(stage)
                time.sleep(0.02)
        return job.result()


class _Race:
    def __init__(self, board: Board, seed: int, began: float, seconds: float, steps: int | None, pulse: _Pulse) -> None:
        self.board, self.seed, self.began, self.seconds, self.steps = board, seed, began, seconds, steps
        self.packed: Packed = pack(board)
        starts = [board.starts.get(key, -1) for key in self.packed.keys]
        self.search = Search(self.packed, starts, seed)
        self.bound: float | None = None
        self.helped: list[str] = []
        self._trail: dict[str, Stage] = {}
        self._pulse = pulse
        self._offers: list[list[int]] = []
        self._lock = Lock()
        self._stopped = self._bounding = False
        self.prove = True
        self._small = sum(self.packed.allowed) <= SMALL

    # Time -------------------------------------------------------------------------------------------------------------

    def remaining(self) -> float:
        return self.began + self.seconds - time.perf_counter()

    def over(self) -> bool:
        return self._pulse.asked() or self._stopped or self.proven() or (self.steps is None and self.remaining() <= 0)

    def proven(self) -> bool:
        return self.bound is not None and self.search.value >= self.bound * (1 - CLOSED) - CLOSED

    def tell(self, stage: str, share: float) -> None:
        pulse = self._pulse
        pulse.value, pulse.bound, pulse.share = self.search.value, self.bound, share
        pulse.tell(stage)

    # The race ---------------------------------------------------------------------------------------------------------

    def run(self, workers: int) -> None:
        if not any(allowed and not self.packed.fixed[i] for i, allowed in enumerate(self.packed.allowed)):
            self._bound(float("inf"))
            return
        if self.steps is not None:
            self._by_steps(self.steps)
        elif not (exact.available() or linear.available()) or self.remaining() <= 0:
            self._alone(self.seconds)
        else:
            if workers == 1:
                self._alone(self.seconds / 2)
            self._beside(workers)
        self._adopt()
        self.search.polish()
        self._mark(SEARCH)

    def stages(self) -> tuple[Stage, ...]:
        return (Stage("Sélection gloutonne", self.board.value), *self._trail.values())

    def _mark(self, stage: str) -> None:
        self._trail.pop(stage, None)
        self._trail[stage] = Stage(stage, self.search.value, self.bound)

    def method(self) -> str:
        """How the plan was found, in French."""
        if not self.board.catalogue.candidates:
            return NOTHING
        parts = [
            "Comment ce plan est trouvé : le plan glouton est amélioré par une recherche locale "
            f"({french.counted(self.search.made, 'essai')})"
        ]
        if len(self.helped) > 1:
            parts.append(f"le solveur {CPSAT} reprend l'ensemble, puis quelques mesures à la fois")
        elif self.steps is None and not exact.available():
            parts.append("OR-Tools n'est pas installé : la recherche locale a travaillé seule")
        if self.bound is None:
            parts.append(
                "HiGHS n'a pas donné de borne : on ne sait pas à quelle distance est le meilleur plan possible"
            )
        else:
            parts.append("HiGHS calcule ce qu'aucun plan ne peut dépasser")
        return " ; ".join(parts) + "."

    def _by_steps(self, steps: int) -> None:
        for step in range(steps):
            if self.over():
                break
            self.search.step(1 - step / steps)
            self.tell(SEARCH, step / steps)
        if not self._pulse.stopped:
            self._bound(float("inf"))

    def _alone(self, seconds: float) -> None:
        end = self.began + seconds
        while not self.over() and (now := time.perf_counter()) < end:
            share = (now - self.began) / self.seconds
            self.search.step(1 - share)
            self.tell(SEARCH, share)

    def _beside(self, workers: int) -> None:
        solver = exact.Exact(self.packed, seed=self.seed, remaining=self.remaining)
        job: Future[None] = Future()
        # A daemon: HiGHS cannot be interrupted; what it finds after the end, within its own time, serves nothing.
        Thread(target=self._run_solvers, args=(job, solver, workers), daemon=True).start()
        try:
            while not self.over() and not (job.done() and workers == 1):
                share = 1 - self.remaining() / self.seconds
                if workers == 1 or (self._small and self.helped and share > SEARCH_WHEN_SMALL and not job.done()):
                    time.sleep(0.02)
                else:
                    self.search.step(max(0.0, 1 - share))
                self._adopt()
                self.tell(self.helped[-1] if self.helped else SEARCH, share)
        finally:
            self._stopped = True
            while not job.done() and not self._bounding:
                solver.interrupt()
                time.sleep(0.01)
        if job.done():
            job.result()

    def _run_solvers(self, job: Future[None], solver: exact.Exact, workers: int) -> None:
        try:
            self._solve(solver, workers)
        except BaseException as error:  # told to the thread that waits
            job.set_exception(error)
        else:
            job.set_result(None)

    def _adopt(self) -> None:
        with self._lock:
            offers, self._offers = self._offers, []
        for starts in offers:
            before = self.search.value
            self.search.adopt(starts)
            if self.search.value > before:
                self._mark(self.helped[-1] if self.helped else SEARCH)

    # On the other thread ----------------------------------------------------------------------------------------------

    def _solve(self, solver: exact.Exact, workers: int) -> None:
        self._bounding = True
        self._bound(max(1.0, self.remaining() * BOUND))
        self._bounding = False
        if not exact.available() or self.over_there():
            return
        self.helped.append(f"{CPSAT}, ensemble")
        share, threads = (WHOLE_WHEN_SMALL, workers) if self._small else (WHOLE, max(1, workers - 1))
        found = solver.whole(self.search.best, self.remaining() * share, threads, self._offer)
        if found.starts is not None:
            self._offer(found.starts)
        self._lower(found.bound)
        self.helped.append(f"{CPSAT}, par fenêtres")
        size = FREE
        while not self.over_there():
            best = self.search.best
            found = solver.around(best, solver.neighbours(best, round(size)), PATIENCE)
            size = min(len(best), size * GROWS) if found.closed else max(FEWEST, size * SHRINKS)
            if found.starts is not None and found.starts != best:
                self._offer(found.starts)

    def over_there(self) -> bool:
        return self._stopped or self.proven() or self.remaining() <= 0

    def _offer(self, starts: list[int]) -> None:
        with self._lock:
            self._offers.append(starts)

    def _lower(self, bound: float) -> None:
        if bound < (math.inf if self.bound is None else self.bound):
            self.bound = bound

    def _bound(self, seconds: float) -> None:
        if not (self.prove and linear.available()):
            return
        for width in widths(self.packed):
            found = linear.linear_bound(relaxation(self.packed, width), seconds=seconds)
            if found is not None:
                self._lower(found.value)
            if self._stopped:
                return


def widths(packed: Packed) -> tuple[int, ...]:
    """Months of the buckets in which time is cut, the quickest first: the first bound comes in a second or two."""
    size = sum(packed.allowed) * packed.months
    return (YEAR, QUARTER) if size > HUGE else (QUARTER, 1) if size > LARGE else (1,)


def relaxation(packed: Packed, width: int = 1) -> Timed:
    """The model of the problem that the bound is read from, month by month or with wider buckets.

    What an imposed measure could not get stays so; what was refused is let free: it can only raise the bound.
    """
    windows = {i: (packed.first[i], packed.last[i]) for i, allowed in enumerate(packed.allowed) if allowed}
    must = frozenset(i for i in windows if packed.imposed[i] or packed.fixed[i])
    return timed(packed, windows, must, width)
