# SPDX-License-Identifier: EUPL-1.2
"""What is scheduled, and what comes out.

Time is counted in whole periods from 0 (a week, a month, as the caller likes); an activity that starts at ``s`` with
duration ``d`` works in periods ``s`` to ``s + d - 1`` and ends at ``s + d``. It is never interrupted. Demands and
capacities are whole numbers in a unit that the caller chooses for each resource (tenths of a day, for instance).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Activity:
    """``demand``: resource → units taken in each period of work; an absent resource is not used.

    An ``optional`` activity is left out when it cannot end in time; so are the optional ones that wait for it. One that
    a compulsory activity waits for is compulsory too, whatever its flag.
    """

    id: str
    duration: int  # periods, 0 for a milestone
    demand: Mapping[str, int] = field(default_factory=dict)
    optional: bool = False
    earliest_start: int = 0
    latest_end: int | None = None  # exclusive: the last period of work is before it
    title: str = ""  # what a user calls it; empty = its id

    @property
    def name(self) -> str:
        return self.title or self.id


@dataclass(frozen=True, slots=True)
class Project:
    """``capacity``: resource → units in every period, or one number for each period of the horizon (August is short).

    ``horizon``: everything must end at this period at the latest; None = as long as it takes, and then every capacity
    is one number. ``precedences``: pairs (what ends first, what starts after).
    """

    activities: tuple[Activity, ...]
    precedences: tuple[tuple[str, str], ...] = ()
    capacity: Mapping[str, int | Sequence[int]] = field(default_factory=dict)
    horizon: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A start for each activity except those of ``left_out``; precedences and capacities always hold.

    ``late``: activity → periods past its latest end or past the horizon. Beyond the horizon each capacity is what it is
    in its best period, so that what does not fit is still dated.
    """

    starts: Mapping[str, int]
    makespan: int  # end of the last activity
    left_out: tuple[str, ...] = ()
    late: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Solution:
    """``bound``: no schedule of all the compulsory activities is shorter. ``proven``: no schedule is better than this
    one, where being late weighs more than leaving out, and leaving out more than lasting longer."""

    schedule: Schedule
    makespan: int
    bound: int
    proven: bool
    seconds: float
    method: str  # French: how it was found


Progress = Callable[[int, int], None]  # (makespan of the best schedule so far, bound)
Stop = Callable[[], bool]
