# SPDX-License-Identifier: EUPL-1.2
"""A plan under construction: what is placed, what it takes, what it is worth."""

from __future__ import annotations

from typing import NamedTuple

from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.footprint import Period, Slot
from carene.engines.planner.levels import Change, Entry, changes, month_of_level
from carene.engines.planner.model import LeftOutCode

MONEY_SLACK = 1e-6  # euros; rounding only
DAYS_SLACK = 1e-9  # person-days; rounding only
GAIN_SLACK = 1e-9  # a gain below this is rounding


class Shortage(NamedTuple):
    """What lacks to place a measure at one month: person-days of a skill in a period or, with an empty ``skill``, euros
    of ``purse`` in ``year``."""

    skill: str
    period: Period
    asked: float
    left: float
    purse: str = ""
    year: int = 0

    @property
    def missing(self) -> float:
        return self.asked - self.left


class Obstacle(NamedTuple):
    """Why a measure is not in the plan; ``text`` stands inside a French sentence, ``brief`` is the same for lists."""

    code: LeftOutCode
    text: str
    brief: str = ""  # empty when the text is short enough

    @property
    def short(self) -> str:
        return self.brief or self.text


class Board:
    """Measures placed at a starting month; ``value`` follows every move."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.starts: dict[str, int] = {}
        self.spent = [0.0] * len(catalogue.budgets)
        self.used: dict[Slot, float] = dict.fromkeys(catalogue.capacity, 0.0)
        self.entries: dict[str, list[Entry]] = {}
        self.values: dict[str, float] = {}
        self.value = 0.0
        self.refused: dict[str, Obstacle] = {}  # imposed measures that found no room; never tried again

    def copy(self) -> Board:
        twin = Board.__new__(Board)
        twin.catalogue = self.catalogue
        twin.starts = dict(self.starts)
        twin.spent = list(self.spent)
        twin.used = dict(self.used)
        twin.entries = {criterion: list(entries) for criterion, entries in self.entries.items()}
        twin.values = dict(self.values)
        twin.value = self.value
        twin.refused = dict(self.refused)
        return twin

    def end_of(self, key: str) -> int:
        return self.starts[key] + self.catalogue.candidates[key].months

    # Resources

    def fits(self, key: str, begins: int) -> bool:
        """Whether budgets and teams can carry the measure from this month on; the measure is not placed."""
        taken = self.catalogue.footprint(key, begins)
        budgets, spent, used, capacity = self.catalogue.budgets, self.spent, self.used, self.catalogue.capacity
        for rank, amount in taken.money:
            if spent[rank] + amount > budgets[rank] + MONEY_SLACK:
                return False
        for slot, days in taken.days:
            if slot in capacity and used[slot] + days > capacity[slot] + DAYS_SLACK:
                return False
        return True

    def shortages(self, key: str, begins: int) -> list[Shortage]:
        """Everything that lacks at this month, money first; empty when it fits. A short month of a quarter where the
        team lacks already is not told besides."""
        catalogue, purses = self.catalogue, self.catalogue.purses
        taken = catalogue.footprint(key, begins)
        found = [
            Shortage(
                "",
                (0, 0),
                amount,
                catalogue.budgets[rank] - self.spent[rank],
                purse=purses.name(rank),
                year=purses.year(rank),
            )
            for rank, amount in taken.money
            if self.spent[rank] + amount > catalogue.budgets[rank] + MONEY_SLACK
        ]
        lacking = {
            slot: Shortage(*slot, days, catalogue.capacity[slot] - self.used[slot])
            for slot, days in taken.days
            if slot in catalogue.capacity and self.used[slot] + days > catalogue.capacity[slot] + DAYS_SLACK
        }
        for (skill, period), lack in lacking.items():
            quarter = catalogue.grid.months_of_quarter(period[0] // 3)
            if period == quarter or (skill, quarter) not in lacking:
                found.append(lack)
        return found

    # Time

    def window(self, key: str, *, strict: bool = True) -> tuple[int, int] | None:
        """First and last month at which the work may begin, None while a prerequisite is not placed or a rival is.

        The last may come before the first: there is then no room. ``strict`` keeps the deadline wished for.
        """
        catalogue = self.catalogue
        wish = catalogue.wish(key)
        months = catalogue.candidates[key].months
        first = wish.not_before or 0
        if self.rival(key) is not None:
            return None
        for required in catalogue.needs[key]:
            if required not in self.starts:
                return None
            first = max(first, self.end_of(required))
        last = catalogue.problem.months - months
        if strict and wish.deadline is not None:
            last = min(last, wish.deadline - months)
        for dependent in catalogue.dependents[key]:
            if dependent in self.starts:
                last = min(last, self.starts[dependent] - months)
        return first, last

    def first_fit(self, key: str, first: int, last: int) -> int | None:
        return next((month for month in range(first, last + 1) if self.fits(key, month)), None)

    def best_start(self, key: str, *, strict: bool = True) -> int | None:
        """The month of most value, the earliest among equals: at once, or when the level a step needs is reached."""
        window = self.window(key, strict=strict)
        if window is None:
            return None
        first, last = window
        waits = {first}
        for step in self.catalogue.steps[key]:
            ready = month_of_level(
                self.catalogue.problem.levels[step.criterion], self.moves(step.criterion), step.start
            )
            if ready is not None and first < ready <= last:
                waits.add(ready)
        best: tuple[float, int] | None = None
        for month in sorted(waits):
            begins = self.first_fit(key, month, last)
            if begins is None:
                break
            gain = self.gain(key, begins) if len(waits) > 1 else 0.0
            if best is None or gain > best[0] + GAIN_SLACK:
                best = (gain, begins)
        return best[1] if best else None

    def wanted_start(self, key: str, *, strict: bool) -> int | None:
        """The imposed month, else the nearest after, else the nearest before; ``best_start`` when none is imposed."""
        wanted = self.catalogue.wish(key).start_month
        if wanted is None:
            return self.best_start(key, strict=strict)
        window = self.window(key, strict=False)  # an imposed month prevails over a deadline; the delay is told
        if window is None:
            return None
        first, last = window
        later = self.first_fit(key, max(first, wanted), last)
        if later is not None:
            return later
        return next((m for m in range(min(last, wanted - 1), first - 1, -1) if self.fits(key, m)), None)

    # Levels and value

    def moves(self, criterion: str) -> list[Change]:
        entries = self.entries.get(criterion)
        return changes(self.catalogue.problem.levels[criterion], entries) if entries else []

    def final_level(self, criterion: str) -> int:
        moves = self.moves(criterion)
        return moves[-1].after if moves else self.catalogue.problem.levels[criterion]

    def gain(self, key: str, begins: int) -> float:
        """What placing the measure at this month would add to the value."""
        total = 0.0
        for criterion, entries in self._entries_of(key, begins).items():
            added = self._criterion_value(criterion, [*self.entries.get(criterion, ()), *entries])
            total += added - self.values.get(criterion, 0.0)
        return total

    def place(self, key: str, begins: int) -> None:
        self.starts[key] = begins
        self._take(key, begins, 1)
        for criterion, entries in self._entries_of(key, begins).items():
            self.entries.setdefault(criterion, []).extend(entries)
            self._revalue(criterion)

    def remove(self, key: str) -> None:
        begins = self.starts.pop(key)
        self._take(key, begins, -1)
        for criterion in self._entries_of(key, begins):
            self.entries[criterion] = [entry for entry in self.entries[criterion] if entry.measure != key]
            self._revalue(criterion)

    def rival(self, key: str) -> str | None:
        """A placed measure that excludes this one."""
        return next((other for other in self.catalogue.rivals[key] if other in self.starts), None)

    def is_needed(self, key: str) -> bool:
        """Whether a placed measure waits for this one."""
        return any(dependent in self.starts for dependent in self.catalogue.dependents[key])

    def is_imposed(self, key: str) -> bool:
        wish = self.catalogue.wish(key)
        return wish.mandatory or wish.start_month is not None

    def _take(self, key: str, begins: int, sign: int) -> None:
        taken = self.catalogue.footprint(key, begins)
        for rank, amount in taken.money:
            self.spent[rank] += sign * amount
        for slot, days in taken.days:
            if slot in self.used:
                self.used[slot] += sign * days

    def _entries_of(self, key: str, begins: int) -> dict[str, list[Entry]]:
        ends = begins + self.catalogue.candidates[key].months
        found: dict[str, list[Entry]] = {}
        for step in self.catalogue.steps[key]:
            found.setdefault(step.criterion, []).append(Entry(begins, ends, step.start, step.end, key))
        return found

    def _revalue(self, criterion: str) -> None:
        value = self._criterion_value(criterion, self.entries[criterion])
        self.value += value - self.values.get(criterion, 0.0)
        self.values[criterion] = value

    def _criterion_value(self, criterion: str, entries: list[Entry]) -> float:
        moves = changes(self.catalogue.problem.levels[criterion], entries)
        return sum(self.value_of(criterion, move) for move in moves)

    def value_of(self, criterion: str, move: Change) -> float:
        """Value of the levels gained × share of the horizon that remains."""
        worth, months = self.catalogue.worth[criterion], self.catalogue.problem.months
        return (worth[move.after] - worth[move.before]) * (months - move.month) / months
