# SPDX-License-Identifier: EUPL-1.2
"""The same measures when others join, leave or pay: a plan carried over to a problem that is not quite its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from carene.engines.planner.board import GAIN_SLACK, MONEY_SLACK, Board
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.greedy import Ranking
from carene.engines.planner.group.joint import Joint, Together, build, named, parted
from carene.engines.planner.group.model import COMMON, Group
from carene.engines.planner.group.parts import common_key
from carene.engines.planner.imposed import Outcome, impose
from carene.engines.planner.improve import settle

Wanted = Mapping[str, int]  # measure of the joint problem → month at which it should begin

_RANKING = Ranking(1.0, True)
_TURNS, _PATIENCE = 12, 3


@dataclass(frozen=True)
class Found:
    """A joint problem, its measures placed, and what could not be honoured. Those who pay for a common part are exactly
    those who join it."""

    joint: Joint
    board: Board
    outcome: Outcome

    def is_better(self, other: Found) -> bool:
        """Wishes first, then value, then what it takes."""
        mine, theirs = len(self.outcome.unmet), len(other.outcome.unmet)
        if mine != theirs:
            return mine < theirs
        slack = max(GAIN_SLACK, GAIN_SLACK * abs(other.board.value))
        if abs(self.board.value - other.board.value) > slack:
            return self.board.value > other.board.value
        return self.burden < other.burden - MONEY_SLACK

    @property
    def burden(self) -> float:
        """Euros, person-days at their rate."""
        board = self.board
        return sum(board.catalogue.burden(key, begins, scarce=False) for key, begins in sorted(board.starts.items()))


def joined(starts: Wanted, sharing: Mapping[str, float]) -> Together:
    """Who carries out each shareable measure, whole or not, when they are two at least."""
    found: dict[str, list[str]] = {}
    for key in sorted(starts):
        member, measure = parted(key)
        if member != COMMON and measure in sharing:
            found.setdefault(measure, []).append(member)
    return {measure: tuple(members) for measure, members in sorted(found.items()) if len(members) > 1}


def settled(group: Group, possible: Together, together: Together, wanted: Wanted) -> Found:
    """From who might join to who really does: those that the plan leaves out get their whole measure back, until those
    who pay are those who join. ``possible``: as ``joint.concerned`` says; ``wanted``: a plan to start from."""
    for turn in range(_TURNS):
        joint = build(group, together, affordable(group, together, wanted))
        board, outcome = replayed(joint, wanted)
        again = among(joined(board.starts, group.sharing), possible)
        if turn:  # from the second turn on members only leave: it ends
            again = among(again, together)
        if again == together:
            return Found(joint, board, outcome)
        if turn >= _PATIENCE:  # where one more leaves, nobody shares
            again = {measure: members for measure, members in again.items() if members == together[measure]}
        together, wanted = again, dict(board.starts)
    joint = build(group, {})
    board, outcome = replayed(joint, wanted)
    return Found(joint, board, outcome)


def replayed(joint: Joint, wanted: Wanted) -> tuple[Board, Outcome]:
    """What is imposed first, then each measure at its month or the first that fits, then what else is worth it."""
    board = Board(Catalogue(joint.problem))
    outcome = impose(board, _RANKING, fixed_first=True)
    months = {**wanted, **_first_wanted(joint, wanted)}
    closed = board.catalogue.barred.keys() | board.catalogue.problem.done | board.refused.keys()
    keys = [key for key in months if key in board.catalogue.candidates and key not in closed]
    for key in sorted(keys, key=lambda key: (months[key], parted(key)[0] != COMMON, key)):
        window = None if key in board.starts else board.window(key)
        if window is None:
            continue
        begins = board.first_fit(key, max(window[0], months[key]), window[1])
        if begins is None:
            begins = board.first_fit(key, *window)
        if begins is not None:
            board.place(key, begins)
    settle(board, _RANKING)
    return board, outcome


def _first_wanted(joint: Joint, wanted: Wanted) -> dict[str, int]:
    """Month of each common part: its own, or that of the first member to begin."""
    found = {}
    for measure, members in joint.together.items():
        key = common_key(measure)
        months = [wanted[named(name, measure)] for name in members if named(name, measure) in wanted]
        if key in wanted or months:
            found[key] = wanted.get(key, min(months, default=0))
    return found


def affordable(group: Group, together: Together, wanted: Wanted) -> frozenset[str]:
    """The common parts that the purse of the group can pay, the first to begin first."""
    if not group.budgets:
        return frozenset()
    joint = build(group, together, frozenset(together))
    catalogue, chosen = Catalogue(joint.problem), set()
    left = list(catalogue.budgets)
    first = _first_wanted(joint, wanted)
    for key in sorted(first, key=lambda key: (first[key], key)):
        begins = min(first[key], joint.problem.months - catalogue.candidates[key].months)
        money = catalogue.footprint(key, begins).money if begins >= 0 else ()
        if all(amount <= left[rank] for rank, amount in money):
            chosen.add(parted(key)[1])
            for rank, amount in money:
                left[rank] -= amount
    return frozenset(chosen)


def among(together: Together, possible: Together) -> Together:
    """Only the members and measures of ``possible``, two members at least."""
    found = {
        measure: tuple(name for name in members if name in possible.get(measure, ()))
        for measure, members in together.items()
    }
    return {measure: members for measure, members in found.items() if len(members) > 1}
