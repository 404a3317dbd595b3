# SPDX-License-Identifier: EUPL-1.2
"""What sharing one thing frees: the price that each pays alone, and its price when the group does it once.

The same rule as the plan of a group (``planner.group``): a common part sized for the largest, paid by the fair key, and
an own part for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from carene.engines.planner.group.keys import airport
from carene.engines.planner.group.model import usual_members
from carene.engines.planner.group.parts import common_share
from carene.engines.planner.model import Candidate

YEAR = 12


@dataclass(frozen=True, slots=True)
class Part:
    """Of one member, in euros and person-days over the months asked: alone, and together."""

    unit: int
    alone: float
    together: float
    alone_days: float
    together_days: float

    @property
    def freed(self) -> float:
        return self.alone - self.together

    @property
    def freed_days(self) -> float:
        return self.alone_days - self.together_days


@dataclass(frozen=True)
class Sharing:
    """``parts`` in the order given; none when fewer than two could share."""

    parts: tuple[Part, ...]
    months: int

    @property
    def freed(self) -> float:
        return sum(part.freed for part in self.parts)

    @property
    def freed_days(self) -> float:
        return sum(part.freed_days for part in self.parts)

    def fte(self, days_per_year: float) -> float:
        """Full-time equivalents, over these months."""
        return self.freed_days / (self.months / YEAR) / days_per_year


def sharing(alone: Mapping[int, Candidate], member_share: float, months: int, members: float | None = None) -> Sharing:
    """``alone``: member → the measure at its full price (``candidates_from(…, ght=False)``). ``member_share``: what the
    pack says that one of ``members`` like members pays, 0–1; ``members`` None: the usual number of the pack."""
    if len(alone) < 2:
        return Sharing((), months)
    common = common_share(member_share, usual_members() if members is None else members)
    money = {unit: one.investment + one.yearly * months / YEAR for unit, one in alone.items()}
    days = {unit: sum(one.effort.values()) for unit, one in alone.items()}
    paid, worked = _fair(money, common), _fair(days, common)
    parts: Sequence[Part] = [
        Part(unit, money[unit], (1 - common) * money[unit] + paid[unit],
             days[unit], (1 - common) * days[unit] + worked[unit])
        for unit in alone
    ]  # fmt: skip
    return Sharing(tuple(parts), months)


def _fair(sizes: Mapping[int, float], common: float) -> dict[int, float]:
    found = airport({str(unit): common * size for unit, size in sizes.items()})
    return {unit: found[str(unit)] for unit in sizes}
