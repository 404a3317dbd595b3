# SPDX-License-Identifier: EUPL-1.2
"""Planning a group: each member alone, then all together, and never less than the plans alone put side by side."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from carene.engines import french
from carene.engines.planner.board import Board
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.check import violations
from carene.engines.planner.group.checks import check_group
from carene.engines.planner.group.growth import grown
from carene.engines.planner.group.joint import Joint, Together, build, concerned, named, suffix
from carene.engines.planner.group.model import Group, GroupPlan
from carene.engines.planner.group.proof import bound_of
from carene.engines.planner.group.replay import Found, Wanted, among, joined, settled
from carene.engines.planner.group.views import group_plan
from carene.engines.planner.imposed import Outcome
from carene.engines.planner.model import Plan, Problem, Stage, Wish
from carene.engines.planner.optimise import Progress, Stop, optimise
from carene.engines.planner.planning import filled, finished

SECONDS = 60.0
ALONE = 0.5  # share of the time for the plans of the members, each alone; the rest is for all together
CHOOSING = 0.3  # share of the joint time after which no other way of sharing is tried
FREE = 0.5  # share of what is left then for the search that may still change who joins
PROVING = 0.2  # share of all the time that the bound may take
PATIENCE = (0.0, 0.5, 1.0)  # what sharing may lose by making someone wait (see ``growth``)

SIDE_BY_SIDE = "Chacun de son côté"
ROUND = "Choix de qui participe"
PROOF = "Calcul de ce qu'aucun plan ne dépasse"


def plan_group(
    group: Group,
    *,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 0,
    workers: int = 2,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> GroupPlan:
    """The best plan found for the group and its members together, never worth less than their plans alone.

    ``seconds``: wall time, 60 by default, half of it for the plans alone. With ``steps`` the clock does not count: that
    many trials of each search; the same seed and steps give the same plan. 0: the immediate plans, without a bound.
    ``progress`` and ``stop`` as ``optimise``.
    The bound holds for the list of who joins what that was kept, not for others. Raises InputError for a group that
    makes no sense.
    """
    check_group(group)
    clock = _Clock(SECONDS if seconds is None else seconds, steps, seed, workers, progress, stop)
    possible = concerned(group)
    alone = _alone(group, clock, ALONE if possible else 1.0)
    search = _Search(group, possible, clock, _side_by_side(group, alone))
    if possible:
        search.choose()
        search.refine()
    plan = search.plan(alone)
    return group_plan(search.best.joint, plan, alone, search.best is not search.floor)


@dataclass
class _Clock:
    seconds: float
    steps: int | None
    seed: int
    workers: int
    progress: Progress | None
    stop: Stop | None

    def __post_init__(self) -> None:
        self.began = time.perf_counter()

    def left(self) -> float:
        return max(0.0, self.began + self.seconds - time.perf_counter())

    def over(self, share: float = 1.0) -> bool:
        """Whether this share of the time is spent, or the user wants it to stop."""
        if self.stop is not None and self.stop():
            return True
        return self.steps is None and self.left() <= self.seconds * (1 - share)

    def tell(self, stage: str, value: float, share: float) -> None:
        if self.progress is not None:
            self.progress(stage, value, None, share)

    def optimise(
        self,
        problem: Problem,
        seconds: float,
        span: tuple[float, float],
        who: str,
        *,
        warm: Plan | None = None,
        prove: bool = True,
    ) -> Plan:
        """``span``: the part of the whole that this is, 0–1; ``who``: said before its stages."""
        first, after = span

        def told(stage: str, value: float, bound: float | None, share: float) -> None:
            assert self.progress is not None
            self.progress(f"{who} : {stage}", value, bound, first + (after - first) * share)

        return optimise(
            problem,
            seconds=seconds,
            steps=self.steps,
            seed=self.seed,
            workers=self.workers,
            progress=told if self.progress else None,
            stop=self.stop,
            warm=warm,
            prove=prove and self.steps != 0,  # the immediate plans are asked for, not how good they are
        )


def _alone(group: Group, clock: _Clock, share: float) -> Mapping[str, Plan]:
    count = len(group.members)
    return {
        member.id: clock.optimise(
            member.problem,
            clock.seconds * share / count,
            (share * rank / count, share * (rank + 1) / count),
            member.name,
        )
        for rank, member in enumerate(group.members)
    }


def _side_by_side(group: Group, alone: Mapping[str, Plan]) -> Found:
    """The plans of the members, none changed: what the joint plan is never worth less than."""
    joint = build(group, {})
    board, unmet = Board(Catalogue(joint.problem)), []
    for member in group.members:
        plan = alone[member.id]
        for action in plan.actions:
            board.place(named(member.id, action.measure), action.start_month)
        titles = {one.title or one.id for one in member.problem.candidates}
        for sentence in plan.unmet:
            said = sentence
            for title in sorted(titles):  # in the joint plan, a title says whose measure it is
                said = said.replace(french.quoted(title), french.quoted(title + suffix(member.name)))
            unmet.append(said)
    return Found(joint, board, Outcome(unmet, missing=len(unmet)))


class _Search:
    """``best`` of all, and ``base``: the best in which something is shared, from which the search goes on."""

    def __init__(self, group: Group, possible: Together, clock: _Clock, floor: Found) -> None:
        self.group, self.possible, self.clock = group, possible, clock
        self.floor = self.best = floor
        self.base: Found | None = None
        self.trail = [Stage(SIDE_BY_SIDE, floor.board.value)]

    def offer(self, found: Found) -> None:
        if found.joint.together and (self.base is None or found.is_better(self.base)):
            self.base = found
        if found.is_better(self.best):
            self.best = found

    # Who joins --------------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """From the plans alone, then from a greedy plan where everyone is invited, then inviting one after another."""
        for patience in PATIENCE:
            self._grow(patience)
        if not self._late():
            board = filled(build(self.group, self.possible).problem).board
            self._try(among(joined(board.starts, self.group.sharing), self.possible), dict(board.starts))
        if self.base is not None and not self._late():
            self._try({**self.possible, **self.base.joint.together}, dict(self.base.board.starts))
        for member in self.group.members:
            if self.base is None or self._late():
                break
            self._try(self._inviting(self.base, member.id), dict(self.base.board.starts))
        self.trail.append(Stage(ROUND, self.best.board.value))

    def _late(self) -> bool:
        return self.clock.over(ALONE + (1 - ALONE) * CHOOSING)

    def _grow(self, patience: float) -> None:
        found = grown(self.floor, self.possible, patience, self._late)
        if found is not self.floor:
            self.offer(found)
            self._try(found.joint.together, dict(found.board.starts))

    def _try(self, together: Together, starts: Wanted) -> None:
        if together:
            self.offer(settled(self.group, self.possible, together, starts))
            self.clock.tell(ROUND, self.best.board.value, ALONE)

    def _inviting(self, base: Found, guest: str) -> Together:
        """Those who share now, and the guest wherever someone who could share plans the same."""
        found: dict[str, tuple[str, ...]] = {}
        for measure, members in self.possible.items():
            inside = [name for name in members if named(name, measure) in base.board.starts or name == guest]
            if len(inside) > 1:
                found[measure] = tuple(inside)
        return found

    # When, and what else ----------------------------------------------------------------------------------------------

    def refine(self) -> None:
        """The whole search: free to change who joins, which is then settled; then with those who join held to it."""
        clock, middle = self.clock, ALONE + (1 - ALONE) * FREE
        for stage, share, span in (
            ("Optimisation", FREE, (ALONE, middle)),
            ("Optimisation, participants fixés", 1.0, (middle, 1.0)),
        ):
            if self.base is None or clock.over(1 - PROVING):
                return
            held = share == 1.0
            problem = _held(self.base.joint) if held else self.base.joint.problem
            seconds = (clock.left() - PROVING * clock.seconds) * share
            plan = clock.optimise(problem, seconds, span, "Ensemble", warm=self._as_plan(self.base), prove=False)
            self._take(self.base, plan, held=held)
            self.trail.append(Stage(stage, self.best.board.value))

    def _take(self, base: Found, plan: Plan, *, held: bool) -> None:
        """A plan of the problem of ``base``: as it is if those who pay are those who join, else settled."""
        starts = {action.measure: action.start_month for action in plan.actions}
        together = among(joined(starts, self.group.sharing), self.possible)
        if together != base.joint.together:
            self._try(together, starts)
            return
        board = Board(Catalogue(base.joint.problem))
        for key, begins in starts.items():
            board.place(key, begins)
        # Who is held to join is not someone's wish: what could not be honoured is said by the plan it started from.
        found = Found(base.joint, board, base.outcome if held else Outcome(list(plan.unmet)))
        if not violations(base.joint.problem, self._as_plan(found)):
            self.offer(found)

    def _as_plan(self, found: Found) -> Plan:
        return finished(found.board, found.outcome, "")

    # The end ----------------------------------------------------------------------------------------------------------

    def plan(self, alone: Mapping[str, Plan]) -> Plan:
        """The best plan of all, with its bound, checked by those who share no computation with it."""
        if self.best is not self.floor:
            plan = self._as_plan(self.best)
            if not violations(plan.problem, plan):
                return self._told(plan, self._proved())
            self.best = self.floor
        bounds = [one.bound for one in alone.values()]
        known = self._proved() if None in bounds else sum(one for one in bounds if one is not None)
        return self._told(self._as_plan(self.best), known)

    def _proved(self) -> float | None:
        """None for the immediate plans; coarse when the user wants it to stop."""
        clock = self.clock
        if clock.steps == 0:
            return None
        if clock.steps is not None:
            return bound_of(self.best.board)
        clock.tell(PROOF, self.best.board.value, 1 - PROVING)
        return bound_of(self.best.board, 0.0 if clock.over() else max(clock.left(), clock.seconds * PROVING))

    def _told(self, plan: Plan, bound: float | None) -> Plan:
        if bound is not None:
            bound = max(bound, plan.value)
        gap = None if bound is None else (bound - plan.value) / bound if bound > 0 else 0.0
        return replace(
            plan, bound=bound, gap=gap, trail=tuple(self.trail), seed=self.clock.seed, steps=self.clock.steps
        )


def _held(joint: Joint) -> Problem:
    """The joint problem where those who join must: no trial is lost on plans in which someone pays for nothing."""
    wishes = dict(joint.problem.wishes)
    for measure, members in joint.together.items():
        for name in members:
            key = named(name, measure)
            wishes[key] = replace(wishes.get(key, Wish()), mandatory=True)
    return replace(joint.problem, wishes=wishes)
