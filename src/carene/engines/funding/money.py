# SPDX-License-Identifier: EUPL-1.2
"""What may be paid: expenses that were really committed, up to a ceiling, once somebody has typed the ceilings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from carene.engines import french

UNKNOWN = "non calculable"


@dataclass(frozen=True)
class Band:
    """A line of a table of ceilings: for a family, from ``low`` included to ``high`` excluded (None: without end).

    ``low`` and ``high`` are in what the ceilings of the domain are counted in; ``amount`` in euros.
    """

    family: str
    low: int
    high: int | None
    amount: int

    def holds(self, measure: int) -> bool:
        return self.low <= measure and (self.high is None or measure < self.high)

    def overlaps(self, other: Band) -> bool:
        return (
            self.family == other.family
            and (other.high is None or self.low < other.high)
            and (self.high is None or other.low < self.high)
        )


@dataclass(frozen=True)
class Amount:
    """``euros`` None: it cannot be computed, for ``reason``."""

    euros: int | None
    reason: str

    @property
    def words(self) -> str:
        return UNKNOWN if self.euros is None else french.euros(self.euros)


def ceiling(bands: Iterable[Band], family: str, measure: int | None) -> Amount:
    """The ceiling of a candidate; ``measure`` is its combined activity, or its agents."""
    rows = [band for band in bands if band.family == family]
    if not rows:
        return Amount(None, "le barème des plafonds n'est pas renseigné pour cette famille")
    if measure is None:
        return Amount(None, "la grandeur qui donne le plafond n'est pas connue")
    found = next((band for band in rows if band.holds(measure)), None)
    if found is None:
        return Amount(None, f"aucune ligne du barème ne contient {french.number(measure)}")
    return Amount(found.amount, f"barème, pour {french.number(measure)}")


def payable(expenses: int, limit: Amount) -> Amount:
    """The lesser of what was spent and of the ceiling."""
    if limit.euros is None:
        return Amount(None, limit.reason)
    if expenses <= limit.euros:
        return Amount(expenses, f"les dépenses engagées, sous le plafond de {french.euros(limit.euros)}")
    return Amount(limit.euros, f"le plafond, pour {french.euros(expenses)} de dépenses engagées")
