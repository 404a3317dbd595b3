# SPDX-License-Identifier: EUPL-1.2
"""A genetic search over activity lists, each schedule improved by double justification. No dependency; any-time.

Lists are those of Hartmann 1998. A child keeps a stretch of its mother where her resources are busiest, in the spirit
of the peak crossover of Valls, Ballestín, Quintanilla 2008, and takes the order of the rest from its father. When a
population brings nothing new, another is raised, around the best schedule or from nothing.
"""

from __future__ import annotations

import random
from bisect import insort
from collections.abc import Iterator

from carene.engines.planner.scheduling.incumbent import Incumbent
from carene.engines.planner.scheduling.model import Stop
from carene.engines.planner.scheduling.network import Network
from carene.engines.planner.scheduling.serial import (
    RULES,
    Starts,
    by_priority,
    by_start,
    forward,
    justify,
    ordered,
    parallel,
    priorities,
)

Individual = tuple[int, int, Starts, list[int]]  # cost, minus its number, starts, order: the recent one wins a tie

POPULATION = 40
PATIENCE = 12 * POPULATION  # children refused one after the other
MUTATED = 0.9  # share of the children
MOVES = 0.1  # moves in one mutation, at most, per activity
SAMPLED = ("lft", "lst", "wcs", "mts")  # the rules good enough to be drawn around


class Search:
    """``step()`` makes one schedule, justifies it and offers it. Same seed, same number of steps: same schedule."""

    def __init__(self, incumbent: Incumbent, seed: int) -> None:
        self.incumbent = incumbent
        self.network: Network = incumbent.network
        self.random = random.Random(seed)
        self.made = 0
        self._values = {rule: priorities(self.network, rule) for rule in RULES}
        self._moves = max(4, round(MOVES * len(self.network.ids)))
        self._children = self._run()

    def step(self) -> None:
        next(self._children)

    def run(self, steps: int, stop: Stop) -> None:
        """That many steps, or until told to stop; one at least."""
        for _ in range(max(1, steps)):
            self.step()
            if stop():
                return

    # The whole search is one generator: each ``yield`` is one schedule made -------------------------------------------

    def _run(self) -> Iterator[None]:
        orders = self._first()
        while True:
            population: list[Individual] = []
            for order in orders:
                self._join(population, self._make(order))
                yield
            idle = 0
            while idle < PATIENCE:
                self._welcome(population)
                child = self._make(self._mutate(self._cross(self._pick(population), self._pick(population))))
                idle = 0 if self._join(population, child) else idle + 1
                yield
            orders = self._restart()

    def _welcome(self, population: list[Individual]) -> None:
        """What another search found."""
        if self.incumbent.cost < population[0][0]:
            self._join(population, self._individual(self.incumbent.starts))

    def _make(self, order: list[int]) -> Individual:
        one = self._individual(justify(self.network, forward(self.network, order)))
        if one[0] <= self.incumbent.cost or self.incumbent.cost < 0:
            self.incumbent.offer(one[0], one[2])
        return one

    def _individual(self, starts: Starts) -> Individual:
        self.made += 1
        return self.network.cost(starts), -self.made, starts, by_start(self.network, starts)

    def _join(self, population: list[Individual], one: Individual) -> bool:
        """The best stay, no two the same; tells whether this one does."""
        if len(population) >= POPULATION and one[0] > population[-1][0]:
            return False
        if any(one[0] == other[0] and one[2] == other[2] for other in population):
            return False
        insort(population, one)
        del population[POPULATION:]
        return True

    # Orders -----------------------------------------------------------------------------------------------------------

    def _first(self) -> Iterator[list[int]]:
        for rule in RULES:
            yield by_priority(self.network, self._values[rule])
            yield by_start(self.network, parallel(self.network, self._values[rule]))
        yield from self._samples()

    def _restart(self) -> Iterator[list[int]]:
        if self.random.random() < 0.5:
            yield from self._samples()
        for _ in range(POPULATION):
            yield self._near(self.incumbent.one(self.random.randrange))

    def _samples(self) -> Iterator[list[int]]:
        """Of three ready activities drawn, the one that the rule prefers."""
        draw = self.random.random
        for _ in range(2 * POPULATION):
            values = self._values[self.random.choice(SAMPLED)]

            def choose(ready: list[int], values: list[float] = values) -> int:
                count = len(ready)
                return min((int(draw() * count) for _ in range(3)), key=lambda at: values[ready[at]])

            yield ordered(self.network, choose)

    def _near(self, starts: Starts) -> list[int]:
        """The order of a schedule whose dates were shaken."""
        spread = self.random.uniform(0.02, 0.15) * self.network.makespan(starts)
        return by_priority(self.network, [start + self.random.gauss(0, spread) for start in starts])

    def _pick(self, population: list[Individual]) -> Individual:
        draw, count = self.random.random, len(population)
        return population[min(int(draw() * count), int(draw() * count))]

    def _cross(self, mother: Individual, father: Individual) -> list[int]:
        order = mother[3]
        first, last = self._busy(mother)
        place = [0] * len(order)
        for position, rank in enumerate(father[3]):
            place[rank] = position
        head = sorted(order[:first], key=place.__getitem__)
        return head + order[first:last] + sorted(order[last:], key=place.__getitem__)

    def _busy(self, mother: Individual) -> tuple[int, int]:
        """Of three stretches of the mother's order, the one that covers the fewest periods."""
        starts, order, draw = mother[2], mother[3], self.random.random
        length = max(1, int(len(order) * (0.25 + 0.5 * draw())))
        firsts = (int(draw() * (len(order) - length + 1)) for _ in range(3))
        first = min(firsts, key=lambda at: starts[order[at + length - 1]] - starts[order[at]])
        return first, first + length

    def _mutate(self, order: list[int]) -> list[int]:
        """Moves a few activities anywhere between their last predecessor and their first successor."""
        draw, before, after, count = self.random.random, self.network.before, self.network.after, len(order)
        if not count or draw() >= MUTATED:
            return order
        for _ in range(1 + int(draw() * self._moves)):
            at = int(draw() * count)
            rank = order.pop(at)
            low = high = at
            while low and order[low - 1] not in before[rank]:
                low -= 1
            while high < count - 1 and order[high] not in after[rank]:
                high += 1
            order.insert(low + int(draw() * (high - low + 1)), rank)
        return order
