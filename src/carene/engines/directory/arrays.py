# SPDX-License-Identifier: EUPL-1.2
"""Small operations on arrays that several rooms of the directory need."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.model import Mask, Ragged


def ranges(starts: NDArray[Any], counts: NDArray[Any]) -> NDArray[np.int64]:
    """``starts[0], starts[0] + 1…`` (``counts[0]`` of them), then those of the next."""
    before = np.cumsum(counts) - counts
    found: NDArray[np.int64] = np.arange(counts.sum()) + np.repeat(starts - before, counts)
    return found


def grouped(keys: NDArray[Any], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(starts, order): rows whose key is ``k`` are ``order[starts[k]:starts[k + 1]]``, in their order."""
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(keys, minlength=count), out=starts[1:])
    return starts, np.argsort(keys, kind="stable")


def distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """In ascending order. numpy's own ``unique`` is ten times slower on a million integers."""
    ordered = np.sort(keys)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))]


def below(rows: Ragged, first: NDArray[Any]) -> Mask:
    """What is reached from ``first`` through the rows, at any depth; ``first`` itself only when it is reached."""
    reached = np.zeros(len(rows.starts) - 1, np.bool_)
    frontier = np.asarray(first, np.int64)
    while len(frontier):
        starts = rows.starts[frontier]
        found = rows.values[ranges(starts, rows.starts[frontier + 1] - starts)]
        fresh = np.zeros(len(reached), np.bool_)
        fresh[found] = True
        frontier = np.flatnonzero(fresh & ~reached)
        reached[frontier] = True
    return reached
