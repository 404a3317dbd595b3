# SPDX-License-Identifier: EUPL-1.2
"""A network written for CP-SAT (OR-Tools), which is imported here, when a model is made and not before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from carene.engines.planner.scheduling.network import LEFT_OUT, Network
from carene.engines.planner.scheduling.serial import Starts


class SolverModel:
    """``ceiling``: cost that solutions must not exceed. When it is that of a schedule where nothing is late nor left
    out, every date is kept strictly. ``minimise``: ask for the lowest cost, not only for a schedule."""

    def __init__(self, network: Network, ceiling: int, *, floor: int = 0, minimise: bool = True) -> None:
        from ortools.sat.python import cp_model

        self.network = network
        self.model: Any = cp_model.CpModel()
        self.starts: list[Any] = []
        self.present: list[Any] = []  # None for what cannot be left out
        self.strict = network.complete(ceiling)
        self.latest = min(len(network.free), ceiling) if self.strict else len(network.free)
        self._activities()
        self._precedences()
        self._resources()
        if minimise:
            self._objective(ceiling, floor)

    def _activities(self) -> None:
        network, model = self.network, self.model
        for rank, lasts in enumerate(network.duration):
            free = network.optional[rank] and not self.strict
            end = self.latest - network.tail[rank] if self.strict else self.latest
            if self.strict or network.optional[rank]:
                end = min(end, network.due[rank])
            first, last = network.head[rank], end - lasts
            self.starts.append(model.new_int_var(first, max(first, last), ""))
            self.present.append(model.new_bool_var("") if free else None)
            if last < first:  # no date is left: without it, or no schedule at all
                model.add_bool_or([~self.present[rank]] if free else [])

    def _precedences(self) -> None:
        model, present = self.model, self.present
        for rank, lasts in enumerate(self.network.duration):
            for follower in self.network.after[rank]:
                order = model.add(self.starts[follower] >= self.starts[rank] + lasts)
                if present[follower] is not None:
                    order.only_enforce_if(present[follower])
                    if present[rank] is not None:
                        model.add_implication(present[follower], present[rank])

    def _resources(self) -> None:
        network, model = self.network, self.model
        intervals = [
            model.new_fixed_size_interval_var(start, lasts, "")
            if there is None
            else model.new_optional_fixed_size_interval_var(start, lasts, there, "")
            for start, lasts, there in zip(self.starts, network.duration, self.present, strict=True)
        ]
        for demand, capacity in zip(network.demands, network.capacities, strict=True):
            users = [rank for rank, asked in enumerate(demand) if asked]
            most = max(capacity[: self.latest], default=0)
            gaps = _gaps(capacity[: self.latest], most)
            model.add_cumulative(
                [
                    *(intervals[rank] for rank in users),
                    *(model.new_fixed_size_interval_var(first, lasts, "") for first, lasts, _ in gaps),
                ],
                [*(demand[rank] for rank in users), *(missing for _, _, missing in gaps)],
                most,
            )

    def _objective(self, ceiling: int, floor: int) -> None:
        network, model = self.network, self.model
        makespan = model.new_int_var(0, self.latest, "")
        late = []
        for rank, lasts in enumerate(network.duration):
            there, due = self.present[rank], network.due[rank]
            last = model.add(makespan >= self.starts[rank] + lasts)
            if there is not None:
                last.only_enforce_if(there)
            if not self.strict and due < self.latest and not network.optional[rank]:
                late.append(model.new_int_var(0, self.latest, ""))
                model.add(late[-1] >= self.starts[rank] + lasts - due)
        left_out = [1 - there for there in self.present if there is not None]
        cost = (sum(late) * (len(network.ids) + 1) + sum(left_out)) * network.unit + makespan
        model.add(cost <= ceiling)
        model.add(cost >= floor)
        model.minimize(cost)

    def hint(self, starts: Starts) -> None:
        for start, variable, there in zip(starts, self.starts, self.present, strict=True):
            if start >= 0:
                self.model.add_hint(variable, start)
            if there is not None:
                self.model.add_hint(there, start >= 0)

    def read(self, value: Callable[[Any], int]) -> Starts:
        return [
            LEFT_OUT if there is not None and not value(there) else value(start)
            for start, there in zip(self.starts, self.present, strict=True)
        ]


def _gaps(capacity: Sequence[int], most: int) -> list[tuple[int, int, int]]:
    """Runs of periods where something is missing from the most: (first, length, missing)."""
    runs: list[tuple[int, int, int]] = []
    for period, amount in enumerate(capacity):
        if amount == most:
            continue
        if runs and runs[-1][0] + runs[-1][1] == period and runs[-1][2] == most - amount:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1, most - amount)
        else:
            runs.append((period, 1, most - amount))
    return runs
