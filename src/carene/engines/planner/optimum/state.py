# SPDX-License-Identifier: EUPL-1.2
"""A plan under construction on the numbers of ``Packed``: the same rules as ``Board``, many times faster."""

from __future__ import annotations

from collections.abc import Sequence

from carene.engines.planner.optimum.packed import Packed

ABSENT = -1
EPSILON = 1e-9
KNOWN = 20_000  # combinations of one criterion that are remembered

Entry = tuple[int, int, int, int, int]  # work begins, in service, start level, end level, measure
Moves = list[tuple[int, int]]  # (month, level reached)


class State:
    """``starts``: month of each measure or ABSENT; ``value`` follows every move."""

    def __init__(self, packed: Packed) -> None:
        self.packed = packed
        self.starts = [ABSENT] * len(packed.keys)
        self.free = packed.free | packed.guard
        self.entries: list[list[Entry]] = [[] for _ in packed.criteria]
        self.values = [0.0] * len(packed.criteria)
        self.levels = list(packed.base)  # at the end of the plan
        self._known: list[dict[tuple[Entry, ...], tuple[float, int]]] = [{} for _ in packed.criteria]
        self.value = 0.0
        self.waiting = [0] * len(packed.keys)  # placed measures that need this one

    def load(self, starts: Sequence[int]) -> None:
        """These starts instead of what is there."""
        changed = [i for i, (old, new) in enumerate(zip(self.starts, starts, strict=True)) if old != new]
        for i in changed:
            if self.starts[i] >= 0:
                self.remove(i)
        for i in changed:
            if starts[i] >= 0:
                self.place(i, starts[i])

    def place(self, i: int, begins: int) -> None:
        packed = self.packed
        self.starts[i] = begins
        self.free -= packed.need[i][begins]
        for required in packed.needs[i]:
            self.waiting[required] += 1
        ends = begins + packed.duration[i]
        for criterion, start, end in packed.steps[i]:
            self.entries[criterion].append((begins, ends, start, end, i))
        for criterion, _, _ in packed.steps[i]:
            self._revalue(criterion)

    def remove(self, i: int) -> None:
        packed = self.packed
        self.free += packed.need[i][self.starts[i]]
        self.starts[i] = ABSENT
        for required in packed.needs[i]:
            self.waiting[required] -= 1
        for criterion, _, _ in packed.steps[i]:
            self.entries[criterion] = [entry for entry in self.entries[criterion] if entry[4] != i]
            self._revalue(criterion)

    def gain(self, i: int, begins: int) -> float:
        """What placing it would add; for a measure whose steps are on different criteria, or a fair estimate."""
        packed, total = self.packed, 0.0
        ends = begins + packed.duration[i]
        for criterion, start, end in packed.steps[i]:
            entries = self.entries[criterion]
            if entries:
                after, _ = self._worth(criterion, [*entries, (begins, ends, start, end, i)])
                total += after - self.values[criterion]
            else:
                base = packed.base[criterion]
                if start <= base < end:
                    worth = packed.worth[criterion]
                    total += (worth[end] - worth[base]) * packed.left[ends]
        return total

    def moves(self, criterion: int) -> Moves:
        return climb(self.packed.base[criterion], sorted(self.entries[criterion]))

    def window(self, i: int) -> tuple[int, int]:
        """Months between which it may begin; empty when the last comes first, or a need is absent or a rival there."""
        packed, starts = self.packed, self.starts
        first, last = packed.first[i], packed.last[i]
        for required in packed.needs[i]:
            begun = starts[required]
            if begun < 0:
                return 0, -1
            first = max(first, begun + packed.duration[required])
        for rival in packed.rivals[i]:
            if starts[rival] >= 0:
                return 0, -1
        if self.waiting[i]:
            duration = packed.duration[i]
            for dependent in packed.dependents[i]:
                if starts[dependent] >= 0:
                    last = min(last, starts[dependent] - duration)
        return first, last

    def first_fit(self, i: int, first: int, last: int) -> int:
        """ABSENT when it fits nowhere."""
        free, guard, need = self.free, self.packed.guard, self.packed.need[i]
        for month in range(first, last + 1):
            if (free - need[month]) & guard == guard:
                return month
        return ABSENT

    def best_start(self, i: int, delay: int = 0) -> int:
        """Of the months when it fits from the first (or ``delay`` after) and from each rung it stands on, the one that
        is worth most, the earliest among equals; ABSENT when there is none."""
        first, last = self.window(i)
        first += delay
        if first > last:
            return ABSENT
        waits = {first}
        for criterion, start, _ in self.packed.steps[i]:
            if start > self.packed.base[criterion]:
                waits.update(
                    month for month, level in self.moves(criterion) if level >= start and first < month <= last
                )
        if len(waits) == 1:
            return self.first_fit(i, first, last)
        best, chosen = -1.0, ABSENT
        for month in sorted(waits):
            begins = self.first_fit(i, month, last)
            if begins < 0:
                break
            gain = self.gain(i, begins)
            if gain > best + EPSILON:
                best, chosen = gain, begins
        return chosen

    def _revalue(self, criterion: int) -> None:
        value, self.levels[criterion] = self._worth(criterion, self.entries[criterion])
        self.value += value - self.values[criterion]
        self.values[criterion] = value

    def _worth(self, criterion: int, entries: list[Entry]) -> tuple[float, int]:
        """Value and last level of a criterion under these entries; what was met is not computed again."""
        packed = self.packed
        worth, left, level = packed.worth[criterion], packed.left, packed.base[criterion]
        if len(entries) < 2:
            if not entries:
                return 0.0, level
            _, ends, start, end, _ = entries[0]
            return ((worth[end] - worth[level]) * left[ends], end) if start <= level < end else (0.0, level)
        known, key = self._known[criterion], tuple(sorted(entries))
        found = known.get(key)
        if found is None:
            total = 0.0
            for month, reached in climb(level, key):
                total += (worth[reached] - worth[level]) * left[month]
                level = reached
            if len(known) >= KNOWN:
                known.clear()
            found = known[key] = total, level
        return found


def climb(base: int, entries: Sequence[Entry]) -> Moves:
    """What really moves, by month: as ``levels.changes``. The entries are in order."""
    effective: list[tuple[int, int]] = []
    for begins, ends, start, end, _ in entries:
        if start <= base or any(level >= start and month <= begins for month, level in effective):
            effective.append((ends, end))
    effective.sort()
    moves: Moves = []
    level, position, count = base, 0, len(effective)
    while position < count:
        month, reached = effective[position]
        position += 1
        while position < count and effective[position][0] == month:  # the highest of the month comes last
            reached = effective[position][1]
            position += 1
        if reached > level:
            level = reached
            moves.append((month, level))
    return moves
