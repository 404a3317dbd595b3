# SPDX-License-Identifier: EUPL-1.2
"""Ruin and recreate: take a few related measures out of the plan, put what is worth most in their place.

A step that makes the plan worse is sometimes kept, less and less (threshold accepting, Dueck & Scheuer 1990); the frame
is that of large neighbourhood search (Shaw 1998). No dependency, no clock: the same seed and steps give the same plan.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from math import exp

from carene.engines.planner.optimum.packed import Packed
from carene.engines.planner.optimum.state import ABSENT, EPSILON, State

_TAKEN = 30  # measures taken out in one step, at most
_WORSE = 0.004  # share of the value that a step may lose at first
_BACK = 3000  # steps after which the search goes back to the best plan
_NOISE = (0.0, 0.2, 0.5, 1.0)  # deviation of the logarithm of the ranks
_TIMELY = 0.6  # share of the steps that put back what was taken out in about the same order
_SHAKEN = (1.0, 3.0, 8.0)  # months: deviation of that order
_NEWCOMERS = 30  # measures out of the plan that one step tries
_FIRST = 0.02  # share of the newcomers that come before it
_DEEP = 8  # prerequisites and rungs that one insertion may bring along, in a row
_LAZY = 0.08  # share of the insertions that look at later months first: the running costs of a year may be spared


class Search:
    """``step(heat)`` makes one trial; ``heat`` goes from 1 to 0. ``best`` and ``value`` are the best plan met."""

    def __init__(self, packed: Packed, starts: Sequence[int], seed: int) -> None:
        self.packed = packed
        self.random = random.Random(seed)
        self.state = State(packed)
        self.state.load(starts)
        self.best = list(starts)
        self.value = self.state.value
        self.made = 0
        self.better = 0
        self._open = [i for i, allowed in enumerate(packed.allowed) if allowed and not packed.fixed[i]]
        self._ruins: tuple[Callable[[], Iterable[int]], ...] = (
            self._related,
            self._period,
            self._criteria,
            self._any,
            self._related,
        )

    def adopt(self, starts: Sequence[int]) -> None:
        """A plan that someone else found: taken as the best when it is."""
        self.state.load(starts)
        self._keep()

    def step(self, heat: float) -> None:
        self.made += 1
        state, before = self.state, list(self.state.starts)
        value = state.value
        self._ruin()
        self._recreate(before)
        self._drop(before)
        if not self._whole() or state.value < value - heat * _WORSE * abs(self.value):
            state.load(before)
        elif state.value > self.value + EPSILON:
            self._keep()
        elif self.made % _BACK == 0:
            state.load(self.best)

    def polish(self) -> None:
        """Fill what is left and begin earlier what can, from the best plan."""
        state = self.state
        state.load(self.best)
        for _ in range(3):
            value = state.value
            order = sorted((begins, i) for i, begins in enumerate(state.starts) if begins >= 0)
            for begins, i in order:
                if not self.packed.fixed[i]:
                    state.remove(i)
                    found = state.best_start(i)
                    before = state.value
                    state.place(i, begins if found < 0 else found)
                    if state.value - before < 0 or (0 <= begins < found):
                        state.remove(i)
                        state.place(i, begins)
            for i in sorted(self._open, key=lambda i: (-state.gain(i, self.packed.first[i]), i)):
                self._insert(i)
            self._drop(())
            if state.value <= value + EPSILON:
                break
        self._keep()

    def _keep(self) -> None:
        if self.state.value > self.value + EPSILON and self._whole():
            self.value = self.state.value
            self.best = list(self.state.starts)
            self.better += 1

    def _whole(self) -> bool:
        starts = self.state.starts
        return all(starts[i] >= 0 for i, imposed in enumerate(self.packed.imposed) if imposed)

    # Ruin -------------------------------------------------------------------------------------------------------------

    def _ruin(self) -> None:
        draw = self.random
        limit = draw.randint(1, min(_TAKEN, 2 + len(self._open) // 4))
        taken = 0
        for i in draw.choice(self._ruins)():
            if taken >= limit:
                break
            taken += self._take_out(i)

    def _take_out(self, i: int) -> int:
        """With what waits for it; 0 when one of them must not move."""
        state, packed = self.state, self.packed
        if state.starts[i] < 0:
            return 0
        gone, pending = [i], [i]
        while pending:
            one = pending.pop()
            if packed.fixed[one]:
                return 0
            if state.waiting[one]:
                followers = [d for d in packed.dependents[one] if state.starts[d] >= 0 and d not in gone]
                gone += followers
                pending += followers
        for one in gone:
            state.remove(one)
        return len(gone)

    def _placed(self) -> list[int]:
        starts = self.state.starts
        return [i for i in self._open if starts[i] >= 0]

    def _any(self) -> list[int]:
        placed = self._placed()
        self.random.shuffle(placed)
        return placed

    def _related(self) -> list[int]:
        """Around one measure, planned or not: what works at the same time, or would."""
        if not self._open:
            return []
        starts, duration, packed = self.state.starts, self.packed.duration, self.packed
        centre = self.random.choice(self._open)
        begins = starts[centre] if starts[centre] >= 0 else self.random.randint(0, max(0, packed.last[centre]))
        ends = begins + duration[centre]
        mine = {criterion for criterion, _, _ in packed.steps[centre]}
        draw = self.random.random

        def distance(i: int) -> float:
            away = max(0, starts[i] - ends, begins - starts[i] - duration[i]) / packed.months
            return away + draw() * 0.5 - 0.4 * any(criterion in mine for criterion, _, _ in packed.steps[i])

        return sorted(self._placed(), key=distance)

    def _period(self) -> list[int]:
        starts = self.state.starts
        month = self.random.randrange(self.packed.months)
        draw = self.random.random
        return sorted(self._placed(), key=lambda i: abs(starts[i] - month) + 3 * draw())

    def _criteria(self) -> list[int]:
        count = len(self.packed.criteria)
        chosen = [self.random.randrange(count) for _ in range(3)] if count else []
        found = [entry[4] for criterion in chosen for entry in self.state.entries[criterion]]
        return [i for i in dict.fromkeys(found) if not self.packed.fixed[i]]

    # Recreate ---------------------------------------------------------------------------------------------------------

    def _recreate(self, before: Sequence[int]) -> None:
        """Insert in an order drawn around value for cost, or around the dates of ``before`` then value for cost."""
        state, packed, draw = self.state, self.packed, self.random
        power = draw.choice((0.0, 0.4, 0.7, 1.0, 1.0))
        burden = packed.burden if draw.random() < 0.6 else packed.plain_burden
        noise, shaken = draw.choice(_NOISE), draw.choice(_SHAKEN)
        timely = draw.random() < _TIMELY
        ranked = []
        gone = [i for i in self._open if state.starts[i] < 0 <= before[i]]
        absent = [i for i in self._open if state.starts[i] < 0 and before[i] < 0]
        for i in (*gone, *draw.sample(absent, min(len(absent), _NEWCOMERS))):
            promise = self._promise(i)
            if promise <= EPSILON and not packed.imposed[i]:
                continue
            turn, rank = 2, -promise / burden[i] ** power * exp(draw.gauss(0, noise) if noise else 0.0)
            if packed.imposed[i]:
                turn = 0
            elif timely and before[i] >= 0:
                turn, rank = 1, before[i] + draw.gauss(0, shaken)
            elif timely and draw.random() < _FIRST:
                turn = 0
            ranked.append((turn, rank, i))
        ranked.sort()
        for _, _, i in ranked:
            self._insert(i)

    def _promise(self, i: int) -> float:
        """What it could bring from the levels of the plan on, its rungs supposed to be there."""
        state, packed, total = self.state, self.packed, 0.0
        for criterion, _, end in packed.steps[i]:
            worth = packed.worth[criterion]
            level = state.levels[criterion]
            if end > level:
                total += worth[end] - worth[level]
        if total <= 0 and any(state.entries[criterion] for criterion, _, _ in packed.steps[i]):
            total = max(0.0, state.gain(i, packed.first[i]))  # earlier than what brings it now
        return total * packed.left[packed.first[i] + packed.duration[i]]

    def _insert(self, i: int) -> bool:
        """With what it needs; undone when the whole brings nothing."""
        state = self.state
        if state.starts[i] >= 0 or not self.packed.allowed[i]:
            return False
        value = state.value
        placed: list[int] = []
        if self._bring(i, placed, 0) and (state.value > value + EPSILON or self.packed.imposed[i]):
            return True
        for one in reversed(placed):
            state.remove(one)
        return False

    def _bring(self, i: int, placed: list[int], depth: int) -> bool:
        state, packed = self.state, self.packed
        if state.starts[i] >= 0:
            return True
        if depth > _DEEP or not packed.allowed[i]:
            return False
        if not all(self._bring(required, placed, depth + 1) for required in packed.needs[i]):
            return False
        for criterion, start, end in packed.steps[i]:
            if start > packed.base[criterion]:
                self._bring_rungs(i, criterion, start, end, placed, depth)
        if state.starts[i] >= 0:  # a rung needed it
            return True
        delay = self.random.randrange(packed.months) if self.random.random() < _LAZY else 0
        begins = state.best_start(i, delay)
        if begins < 0 and delay:
            begins = state.best_start(i)
        if begins < 0:
            return False
        state.place(i, begins)
        placed.append(i)
        return True

    def _bring_rungs(self, i: int, criterion: int, start: int, end: int, placed: list[int], depth: int) -> None:
        """One absent measure after another that leads the criterion to where the step begins, when there are some."""
        state, packed = self.state, self.packed
        for _ in range(start):
            level = state.levels[criterion]
            if level >= start or level >= end:
                return
            rungs = [
                (packed.burden[rung] * (0.5 + self.random.random()), rung)
                for low, high, rung in packed.raisers[criterion]
                if low <= level < high and rung != i and state.starts[rung] == ABSENT and packed.allowed[rung]
            ]
            if not rungs or not self._bring(min(rungs)[1], placed, depth + 1):
                return

    def _drop(self, before: Sequence[int]) -> None:
        """What is worth nothing where it stands, and that nothing waits for, leaves room; only where something changed
        since ``before``, when it is given."""
        state, packed = self.state, self.packed
        placed = [(begins, i) for i, begins in enumerate(state.starts) if begins >= 0]
        if before:
            changed = [i for i, begins in enumerate(state.starts) if begins != before[i]]
            touched = {criterion for i in changed for criterion, _, _ in packed.steps[i]}
            freed = {required for i in changed for required in packed.needs[i]}
            placed = [
                (begins, i) for begins, i in placed if i in freed or any(c in touched for c, _, _ in packed.steps[i])
            ]
        for begins, i in sorted(placed, reverse=True):
            if state.waiting[i] or packed.imposed[i] or packed.fixed[i] or self._serves(i):
                continue
            value = state.value
            state.remove(i)
            if state.value < value - EPSILON:
                state.place(i, begins)

    def _serves(self, i: int) -> bool:
        """Sure to: alone on one of its criteria, and worth something there."""
        state = self.state
        return any(len(state.entries[c]) == 1 and state.values[c] > EPSILON for c, _, _ in self.packed.steps[i])
