# SPDX-License-Identifier: EUPL-1.2
"""What no plan can exceed: the linear relaxation of ``timed``, solved by HiGHS, read through its dual.

Why it is a bound, whatever the solver did: the relaxation is « maximise c·v with A v ≤ b, l ≤ v ≤ 1 ». For any
multipliers y ≥ 0 and any plan v, c·v = y·(A v) + (c − yA)·v ≤ y·b + Σ max over l_j ≤ v_j ≤ 1 of (c − yA)_j v_j. The
right-hand side is computed here from the solver's multipliers, negative ones put to zero: it holds even if the solver
stopped early or rounded badly, which only makes it less tight.

HiGHS and numpy are imported when a bound is asked for, and not before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from carene.engines.planner.optimum.timed import Resource, Timed

_ROUNDING = 1e-9  # relative: of the sums below


@dataclass(frozen=True, slots=True)
class Bound:
    """``prices``: (resource, value of one more euro or person-day there), the dual of the relaxation; ``point``: its
    columns, which may be fractions."""

    value: float
    prices: tuple[tuple[Resource, float], ...]
    point: tuple[float, ...]


def available() -> bool:
    return find_spec("highspy") is not None


def linear_bound(model: Timed, *, seconds: float = math.inf) -> Bound | None:
    """None when the solver found no multipliers in time. It cannot be interrupted: its callbacks into Python, asked at
    each iteration, make it twenty times slower beside another thread that computes."""
    if not model.value or not model.rows:  # nothing limits anything: all is done at once
        return Bound(sum(model.value), (), (1.0,) * len(model.value))
    solver, arrays = _load(model)
    solver.setOptionValue("time_limit", min(seconds, 1e7))
    # The inside of the best face will do: its multipliers are as good, and a vertex takes twice the time.
    solver.setOptionValue("solver", "ipm")
    solver.setOptionValue("run_crossover", "off")
    solver.run()
    solution = solver.getSolution()
    if not solution.dual_valid and solver.getRunTime() < seconds:  # the inside was not precise enough
        solver.setOptionValue("solver", "simplex")
        solver.run()
        solution = solver.getSolution()
    if not solution.dual_valid:
        return None
    return _safe(model, arrays, solution)


@dataclass(frozen=True)
class _Arrays:
    begin: Any
    index: Any
    factor: Any
    limit: Any
    value: Any
    lower: Any


def _load(model: Timed) -> tuple[Any, _Arrays]:
    import highspy
    import numpy as np

    begin = np.concatenate([[0], np.cumsum([len(row.columns) for row in model.rows])]).astype(np.int32)
    arrays = _Arrays(
        begin=begin,
        index=np.array([column for row in model.rows for column in row.columns], dtype=np.int32),
        factor=np.array([factor for row in model.rows for factor in row.factors], dtype=float),
        limit=np.array([row.limit for row in model.rows], dtype=float),
        value=np.array(model.value, dtype=float),
        lower=np.array(model.lower, dtype=float),
    )
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.value), len(model.rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = arrays.value, arrays.lower, np.ones(lp.num_col_)
    lp.row_lower_, lp.row_upper_ = np.full(lp.num_row_, -np.inf), arrays.limit
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = begin, arrays.index, arrays.factor
    # The base class: the one above it writes a banner on the standard output and calls Python back at each iteration.
    solver: Any = import_module("highspy._core")._Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(lp)
    return solver, arrays


def _safe(model: Timed, arrays: _Arrays, solution: Any) -> Bound:
    import numpy as np

    # A maximisation: the multiplier of a « ≤ » row is positive, in the sign that makes the reduced costs c − yA.
    multipliers = np.array(solution.row_dual)
    multipliers = np.maximum(multipliers, 0.0)
    rows = np.repeat(np.arange(len(model.rows)), np.diff(arrays.begin))
    priced = np.bincount(arrays.index, weights=multipliers[rows] * arrays.factor, minlength=len(arrays.value))
    reduced = arrays.value - priced
    total = float(multipliers @ arrays.limit + np.where(reduced > 0, reduced, reduced * arrays.lower).sum())
    return Bound(
        value=total * (1 + _ROUNDING) + _ROUNDING,
        prices=tuple((resource, float(multipliers[resource.row])) for resource in model.resources),
        point=tuple(float(x) for x in solution.col_value),
    )
