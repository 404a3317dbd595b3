# SPDX-License-Identifier: EUPL-1.2
"""What no plan of a joint problem can exceed.

Prices depend on who joins, so that a bound holds for one way of sharing and is sought once the plan is found. Time is
cut by years first, which always ends, then by quarters, two months and months, each finer one if it ends in time.
"""

from __future__ import annotations

import math
import time

from carene.engines.planner.board import Board
from carene.engines.planner.optimise import QUARTER, YEAR, relaxation, widths
from carene.engines.planner.optimum import bound as linear
from carene.engines.planner.optimum.packed import pack

MONTHS, MONTH = 2, 1
DEARER = 3.5  # a finer bound takes two to six times longer: it is not begun in vain


def bound_of(board: Board, seconds: float | None = None) -> float | None:
    """The lowest that these seconds give; the first is had whatever they are. None without HiGHS.

    Without ``seconds`` the clock does not count: time is cut as finely as the size of the problem allows.
    """
    if not linear.available():
        return None
    packed, best, began, took = pack(board), None, time.perf_counter(), 0.0
    for width in widths(packed)[:1] if seconds is None else (YEAR, QUARTER, MONTHS, MONTH):
        left = math.inf if seconds is None or best is None else began + seconds - time.perf_counter()
        if left <= DEARER * took:
            break
        tried = time.perf_counter()
        found = linear.linear_bound(relaxation(packed, width), seconds=left)
        if found is not None and (best is None or found.value < best):
            best = found.value
        took = time.perf_counter() - tried
    return best
