# SPDX-License-Identifier: EUPL-1.2
"""What a schedule must respect, told without any code of the scheduling core."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Facts:
    durations: dict[str, int]
    demands: dict[str, dict[str, int]]
    precedences: list[tuple[str, str]]
    capacity: dict[str, int | Sequence[int]]
    earliest: dict[str, int] = field(default_factory=dict)
    latest: dict[str, int] = field(default_factory=dict)  # activity → end not to be passed
    optional: set[str] = field(default_factory=set)
    horizon: int | None = None

    def available(self, resource: str, period: int) -> int:
        given = self.capacity[resource]
        if isinstance(given, int):
            return given
        assert self.horizon is not None
        return given[period] if period < self.horizon else max(given[: self.horizon], default=0)

    def due(self, key: str) -> float:
        return min(self.latest.get(key, float("inf")), float("inf") if self.horizon is None else self.horizon)

    def compulsory(self) -> set[str]:
        """Those without the flag, and all that they wait for."""
        kept = set(self.durations) - self.optional
        while True:
            more = {first for first, second in self.precedences if second in kept} - kept
            if not more:
                return kept
            kept |= more


def patterson(path: Path) -> Facts:
    """A second reader of the format."""
    numbers = iter([int(word) for word in path.read_text(encoding="utf-8").split()])
    count, resources = next(numbers), next(numbers)
    capacity: dict[str, int | Sequence[int]] = {str(r): next(numbers) for r in range(resources)}
    facts = Facts({}, {}, [], capacity)
    for key in map(str, range(1, count + 1)):
        facts.durations[key] = next(numbers)
        facts.demands[key] = {resource: next(numbers) for resource in capacity}
        facts.precedences += [(key, str(next(numbers))) for _ in range(next(numbers))]
    assert next(numbers, None) is None
    return facts


def faults(facts: Facts, starts: Mapping[str, int], makespan: int) -> Iterator[str]:
    """Everything that is wrong; nothing when the schedule is valid."""
    if set(starts) - set(facts.durations):
        yield "unknown activities"
    if facts.compulsory() - set(starts):
        yield f"missing: {facts.compulsory() - set(starts)}"
    ends = {key: start + facts.durations[key] for key, start in starts.items()}
    if max(ends.values(), default=0) != makespan:
        yield f"makespan said {makespan}, is {max(ends.values(), default=0)}"
    for key, start in starts.items():
        if start < facts.earliest.get(key, 0):
            yield f"{key} starts at {start}, too early"
        if key not in facts.compulsory() and ends[key] > facts.due(key):
            yield f"optional {key} is late"
    for first, second in facts.precedences:
        if second in starts and first not in starts:
            yield f"{second} without {first}"
        elif second in starts and starts[second] < ends[first]:
            yield f"{second} starts before the end of {first}"
    for resource in facts.capacity:
        for period in range(makespan):
            used = sum(facts.demands[key].get(resource, 0) for key, s in starts.items() if s <= period < ends[key])
            if used > facts.available(resource, period):
                yield f"{resource} in {period}: {used} above {facts.available(resource, period)}"


Cost = tuple[int, int, int]


def cost(facts: Facts, starts: Mapping[str, int]) -> Cost:
    """Periods late, activities left out, makespan."""
    ends = {key: start + facts.durations[key] for key, start in starts.items()}
    late = sum(max(0, int(end - facts.due(key))) for key, end in ends.items() if facts.due(key) != float("inf"))
    return late, len(facts.durations) - len(starts), max(ends.values(), default=0)


def best_cost(facts: Facts) -> Cost:
    """By trying everything: each set of optional activities, in each order, each as early as it can.

    One of these schedules is the best because being earlier is never worse (active schedules, Sprecher 1995).
    """
    compulsory = facts.compulsory()
    others = sorted(set(facts.durations) - compulsory)
    found: list[Cost] = []
    for count in range(len(others) + 1):
        for chosen in itertools.combinations(others, count):
            kept = compulsory | set(chosen)
            if any(second in kept and first not in kept for first, second in facts.precedences):
                continue
            for order in itertools.permutations(sorted(kept)):
                starts = _placed(facts, order)
                if starts is not None:
                    found.append(cost(facts, starts))
    return min(found)


def _placed(facts: Facts, order: Sequence[str]) -> dict[str, int] | None:
    starts: dict[str, int] = {}
    used: dict[tuple[str, int], int] = {}
    before = {key: [first for first, second in facts.precedences if second == key] for key in order}
    for key in order:
        if any(first not in starts for first in before[key]):
            return None
        lasts, wants = facts.durations[key], facts.demands[key]
        start = max([facts.earliest.get(key, 0), *(starts[one] + facts.durations[one] for one in before[key])])
        while any(
            used.get((resource, period), 0) + amount > facts.available(resource, period)
            for resource, amount in wants.items()
            for period in range(start, start + lasts)
        ):
            start += 1
        if key not in facts.compulsory() and start + lasts > facts.due(key):
            return None
        starts[key] = start
        for resource, amount in wants.items():
            for period in range(start, start + lasts):
                used[resource, period] = used.get((resource, period), 0) + amount
    return starts
