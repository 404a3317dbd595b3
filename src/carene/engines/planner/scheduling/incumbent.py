# SPDX-License-Identifier: EUPL-1.2
"""The best schedules and the best bound so far, shared by those who look for better ones at the same time."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from carene.engines.planner.scheduling.model import Stop
from carene.engines.planner.scheduling.network import Network
from carene.engines.planner.scheduling.serial import Starts

KEPT = 20


class Incumbent:
    """Costs and bound are those of ``Network.cost``. ``over()`` tells every search to end: nothing better exists, or it
    is time."""

    def __init__(self, network: Network, bound: int, stop: Stop = lambda: False) -> None:
        self.network = network
        self.bound = bound
        self.starts: Starts = []
        self.cost = -1  # before the first schedule
        self.closing = False
        self._equals: list[Starts] = []
        self._stop = stop
        self._lock = Lock()

    def offer(self, cost: int, starts: Starts) -> None:
        """Taken if it is better than the best, remembered beside it if it is another one as good."""
        with self._lock:
            if self.cost < 0 or cost < self.cost:
                self.cost, self.starts = cost, starts
                self._equals = [starts]
            elif cost == self.cost and starts not in self._equals:
                self._equals.append(starts)
                del self._equals[:-KEPT]

    def one(self, draw: Callable[[int], int]) -> Starts:
        """One of the best; ``draw(n)`` gives a number below n."""
        with self._lock:
            return self._equals[draw(len(self._equals))]

    def raise_bound(self, bound: int) -> None:
        with self._lock:
            self.bound = max(self.bound, min(bound, self.cost))

    @property
    def proven(self) -> bool:
        return 0 <= self.cost <= self.bound

    @property
    def makespan(self) -> int:
        return self.network.makespan(self.starts)

    @property
    def makespan_bound(self) -> int:
        """What the bound of the cost says of the makespan: nothing while fewer activities might be late or left out."""
        unit = self.network.unit
        return self.bound % unit if self.bound // unit == self.cost // unit else 0

    def over(self) -> bool:
        return self.closing or self.proven or self._stop()
