# SPDX-License-Identifier: EUPL-1.2
"""The roadmap planner held against what people do and against a plain model, on portfolios drawn at random.

``PORTFOLIO_SECONDS`` (30 by default) a method and a portfolio, on two cores; ``PORTFOLIO_SIZES`` (40,80,150,300).
"""

from __future__ import annotations

import os
import time

from bench.portfolio_problems import portfolio
from bench.table import Table
from carene.engines.planner.board import GAIN_SLACK, Board
from carene.engines.planner.bundles import bundle
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.check import violations
from carene.engines.planner.greedy import Ranking, fill
from carene.engines.planner.model import Problem
from carene.engines.planner.optimise import optimise
from carene.engines.planner.optimum import exact
from carene.engines.planner.optimum.packed import pack
from carene.engines.planner.optimum.search import Search
from carene.engines.planner.planning import plan

SEEDS = (1, 2)
WORKERS = 2


def run(table: Table) -> None:
    seconds = float(os.environ.get("PORTFOLIO_SECONDS", "30"))
    sizes = [int(size) for size in os.environ.get("PORTFOLIO_SIZES", "40,80,150,300").split(",")]
    exact.load()
    table.say(
        f"\nPortfolios, {seconds:g} s each: value of the plan (gain over it of ours), and what no plan can exceed."
    )
    table.say(
        f"{'n/seed':<8}{'priority list':>18}{'ratio greedy':>18}{'greedy':>18}{'CP-SAT':>18}{'ours':>10}{'bound':>10}"
    )
    gaps, worst = [], 0.0
    for size in sizes:
        for seed in SEEDS:
            problem = portfolio(size, seed)
            others = [by_priority(problem), by_ratio(problem), plan(problem).value, plain(problem, seconds)]
            begun = time.perf_counter()
            ours = optimise(problem, seconds=seconds, workers=WORKERS)
            late = time.perf_counter() - begun - seconds
            assert not violations(problem, ours)
            cells = "".join(f"{value:>9.1f} {_gain(ours.value, value):>8}" for value in others)
            bound = f"{ours.bound:>10.1f}" if ours.bound is not None else f"{'none':>10}"
            table.say(f"{f'{size}/{seed}':<8}{cells}{ours.value:>10.1f}{bound}   {max(0.0, late):.1f} s over")
            worst = max(worst, *(value - ours.value for value in others))
            gaps.append(100 if ours.gap is None else 100 * ours.gap)
    table.add("portfolios: most that any other method is above ours", max(0.0, worst), "points", 1e-6)
    table.add("portfolios: mean proven gap to the best possible plan", sum(gaps) / len(gaps), "%")


def by_priority(problem: Problem) -> float:
    """The habit: the list sorted by importance, each as early as it fits, with its prerequisites."""
    board = Board(Catalogue(problem))
    worth = board.catalogue.worth

    def importance(key: str) -> float:
        return sum(
            worth[step.criterion][step.end] - worth[step.criterion][step.start] for step in board.catalogue.steps[key]
        )

    for key in sorted(board.catalogue.open_keys(), key=lambda key: (-importance(key), key)):
        if key in board.starts or board.gain(key, 0) <= GAIN_SLACK:
            continue
        placed: list[str] = []
        for one in bundle(board, key, ladder=False):
            begins = board.best_start(one)
            if begins is None:
                for other in reversed(placed):
                    board.remove(other)
                break
            board.place(one, begins)
            placed.append(one)
    return board.value


def by_ratio(problem: Problem) -> float:
    """Value for cost, with prerequisites and rungs."""
    board = Board(Catalogue(problem))
    fill(board, board.catalogue.open_keys(), Ranking(1.0, False))
    return board.value


def plain(problem: Problem, seconds: float) -> float:
    """CP-SAT alone on the month-by-month model, from nothing."""
    packed = pack(Board(Catalogue(problem)))
    begun = time.perf_counter()
    search = Search(packed, [-1] * len(packed.keys), 0)
    solver = exact.Exact(packed, seed=0, remaining=lambda: begun + seconds - time.perf_counter())
    found = solver.whole(search.best, seconds, WORKERS)
    if found.starts is not None:
        search.adopt(found.starts)
    return search.value


def _gain(ours: float, other: float) -> str:
    return f"{100 * (ours / other - 1):+.1f} %" if other > 0 else "new"
