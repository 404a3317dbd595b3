# SPDX-License-Identifier: EUPL-1.2
"""From plans that ignore each other to sharing, one measure after another, while everything else stays in its place."""

from __future__ import annotations

from collections.abc import Callable

from carene.engines.planner.board import Board
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.group.joint import Together, build, named
from carene.engines.planner.group.parts import common_key
from carene.engines.planner.group.replay import Found, affordable, among, joined
from carene.engines.planner.imposed import Outcome


def grown(floor: Found, possible: Together, patience: float, over: Callable[[], bool]) -> Found:
    """Each measure that two members plan alone is shared when that costs less and loses no more than it may.

    The largest savings first. ``patience``: value that a saving may lose by making someone wait, as a share of what the
    same means are worth on average in the plan: 0 loses nothing. ``over()``: whether to stop here.
    """
    group = floor.joint.group
    found = floor
    worth = floor.board.value / floor.burden if floor.burden > 0 else 0.0
    wanted = among(joined(floor.board.starts, group.sharing), possible)
    for measure in sorted(wanted, key=lambda measure: (-_burden(floor, wanted, measure), measure)):
        if over():
            break
        trial = _sharing(found, measure, wanted[measure])
        if trial is None:
            continue
        saved = found.burden - trial.burden
        lost = found.board.value - trial.board.value
        if saved > 0 and lost <= patience * worth * saved + 1e-9:
            found = trial
    return found


def _burden(found: Found, together: Together, measure: str) -> float:
    catalogue = found.board.catalogue
    keys = [named(name, measure) for name in together[measure]]
    return sum(catalogue.burden(key, found.board.starts[key], scarce=False) for key in keys)


def _sharing(found: Found, measure: str, members: tuple[str, ...]) -> Found | None:
    """The same plan with one more measure in common; None when its parts do not fit between the others."""
    group, starts = found.joint.group, found.board.starts
    together = {**found.joint.together, measure: members}
    by_group = found.joint.by_group | (affordable(group, together, starts) & {measure})
    joint = build(group, together, by_group)
    board = Board(Catalogue(joint.problem))
    mine = [named(name, measure) for name in members]
    for key, begins in starts.items():
        if key not in mine:
            board.place(key, begins)
    first = min(starts[key] for key in mine)
    for key in (common_key(measure), *mine):
        window = board.window(key)
        if window is None:
            return None
        fit = board.first_fit(key, max(window[0], first), window[1])
        if fit is None:
            return None
        board.place(key, fit)
    return Found(joint, board, Outcome(list(found.outcome.unmet)))
