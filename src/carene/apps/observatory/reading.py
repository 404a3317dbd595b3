# SPDX-License-Identifier: EUPL-1.2
"""What the pages are given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from carene.apps.observatory.models import AimedAt, CellBase
from carene.engines.observatory.explain import written, written_of_one
from carene.engines.observatory.model import Figure, Series
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Source

COLUMNS = (
    "month",
    "population",
    "answered",
    "value",
    "at_target",
    "minimum",
    "q1",
    "median",
    "q3",
    "maximum",
    "oldest",
)
NEAR = 1e-9


class Reading(NamedTuple):
    """A figure of an area in a month. ``value`` None: nobody answered, or one would divide by zero; ``at_target``
    counts units, None without a goal; ``oldest``: day of the oldest observation that counts."""

    month: dt.date
    population: int
    answered: int
    value: float | None
    at_target: int | None
    minimum: float | None
    q1: float | None
    median: float | None
    q3: float | None
    maximum: float | None
    oldest: dt.date | None

    @classmethod
    def of(cls, row: CellBase) -> Reading:
        return cls(*(getattr(row, name) for name in COLUMNS))

    @classmethod
    def alone(cls, month: dt.date, value: float, at_target: int | None, day: dt.date) -> Reading:
        """What one unit says."""
        return cls(month, 1, 1, value, at_target, value, value, value, value, value, day)

    @classmethod
    def bare(cls, month: dt.date, population: int, answered: int) -> Reading:
        """Counts without any value."""
        return cls(month, population, answered, None, None, None, None, None, None, None, None)

    @property
    def coverage(self) -> float | None:
        """Percentage of those who count that answered; None for an empty area."""
        return 100 * self.answered / self.population if self.population else None

    @property
    def share_at_target(self) -> float | None:
        """Percentage of those who answered that reach the goal of one unit."""
        return 100 * self.at_target / self.answered if self.at_target is not None and self.answered else None

    def differs(self, other: Reading) -> bool:
        """More than the noise of additions made in another order."""
        if (self.answered, self.population) != (other.answered, other.population):
            return True
        if self.value is None or other.value is None:
            return self.value is not other.value
        return abs(self.value - other.value) > NEAR * max(1.0, abs(self.value))


@dataclass(frozen=True)
class Line:
    """A figure in the table of a node. ``trend``: twelve months, oldest first, None where nothing is known.

    ``own``: what one establishment says, not a whole. ``hidden``: too few answered for this reader, who may not read
    each one's value; ``now`` then keeps its counts only.
    """

    figure: Figure
    now: Reading | None
    trend: tuple[float | None, ...]
    hidden: bool = False
    own: bool = False

    @property
    def value(self) -> str:
        """As people read it; empty where nobody answered or where it is hidden."""
        if self.now is None or self.hidden or not self.now.answered:
            return ""
        if self.own and self.now.value is not None:
            return written_of_one(self.figure, self.now.value, care())
        return written(self.figure, self.now.value)

    @property
    def on_target(self) -> bool | None:
        """Does the whole reach its target? None without a target or a value, and for one."""
        target = self.figure.target
        if target is None or self.own or self.now is None or self.now.value is None or self.hidden:
            return None
        return target.met(self.now.value)

    @property
    def change(self) -> float | None:
        """Since the month before."""
        known = self.trend[-2:]
        return known[1] - known[0] if len(known) == 2 and None not in known else None  # type: ignore[operator]


@dataclass(frozen=True)
class Table:
    """``months``: all those that are followed, oldest first; ``themes``: theme → lines, in the order of the pack."""

    month: dt.date | None
    months: tuple[dt.date, ...]
    themes: dict[str, list[Line]] = field(default_factory=dict)

    @property
    def lines(self) -> list[Line]:
        return [line for lines in self.themes.values() for line in lines]


@dataclass(frozen=True)
class Moment:
    """One month of a series: as known today, and as it was when the month was closed (None while it is open)."""

    month: dt.date
    now: Reading | None
    closed: Reading | None

    @property
    def restated(self) -> bool:
        if self.closed is None:
            return False
        return self.now is None or self.now.differs(self.closed)


@dataclass(frozen=True)
class Child:
    """An area right below: a node (``node`` is its id), or a department (``node`` None, ``code`` its number).

    ``hidden``: its values are not for this reader; ``reading`` then keeps its counts only."""

    node: int | None
    code: str
    label: str
    kind: str
    reading: Reading | None
    hidden: bool = False


@dataclass(frozen=True)
class Detail:
    """One figure of one node. ``hidden`` as in ``Line``: series and children are then empty."""

    figure: Figure
    month: dt.date | None
    now: Reading | None
    moments: tuple[Moment, ...] = ()
    children: tuple[Child, ...] = ()
    departments: tuple[Child, ...] = ()
    explained: tuple[str, ...] = ()
    public: tuple[Series, ...] = ()
    hidden: bool = False
    ranked: bool = False  # may this reader see each establishment's value?
    source: Source | None = None  # of the target
    aimed: AimedAt | None = None  # the target, when people set it in place of the pack


@dataclass(frozen=True)
class Unit:
    """An establishment in the list of a figure; ``value`` None: no answer that counts."""

    node: int
    name: str
    town: str
    type: str
    value: float | None
    observed_on: dt.date | None
    reaches: bool | None


@dataclass(frozen=True)
class Page:
    units: tuple[Unit, ...]
    total: int


@dataclass(frozen=True)
class Peers:
    """An establishment among those like it, nobody named. ``group`` says in French who they are; ``answered`` is at
    least the smallest cell. ``own`` None: it has no value that counts. ``why`` is a sentence when there is nothing."""

    figure: Figure
    month: dt.date | None
    own: float | None
    group: str = ""
    answered: int = 0
    q1: float | None = None
    median: float | None = None
    q3: float | None = None
    why: str = ""

    @property
    def place(self) -> str:
        """« parmi les meilleurs », from the quartiles and the direction; empty without a value or a group."""
        if self.own is None or self.q1 is None or self.median is None or self.q3 is None:
            return ""
        if self.q1 == self.q3 == self.own:
            return "comme presque tous"
        higher = self.figure.direction == "higher"
        best, worst = (self.q3, self.q1) if higher else (self.q1, self.q3)
        sign = 1 if higher else -1
        if sign * self.own >= sign * best:
            return "dans le meilleur quart"
        if sign * self.own < sign * worst:
            return "dans le dernier quart"
        return "dans la moitié du milieu"


def readings(rows: Any) -> list[Reading]:
    """From a queryset of cells, in its order."""
    return [Reading(*row) for row in rows.values_list(*COLUMNS)]
