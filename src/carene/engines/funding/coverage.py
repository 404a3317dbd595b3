# SPDX-License-Identifier: EUPL-1.2
"""How much of a candidate's activity complies: the sum over those who do, out of the sum over all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from carene.engines import french


@dataclass(frozen=True)
class Unit:
    """A member of the candidate: an entity of a GHT, an establishment of an entity outside a GHT.

    ``activity`` is its combined activity, in the unit in which it was notified; ``complies``: item → yes or no, absent
    when it was not said.
    """

    name: str
    activity: int | None = None
    complies: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Coverage:
    """``share`` of 0 to 1, None when it cannot be computed, for ``reason``. ``possible``: if those who have not said
    complied too."""

    share: Fraction | None
    possible: Fraction | None = None
    reason: str = ""
    unsaid: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """« 71 % » cut, never rounded up: what is just short of a threshold must not read as if it were there."""
        return "non calculable" if self.share is None else french.share(int(self.share * 1000) / 1000, None)


def coverage(units: Sequence[Unit], item: str) -> Coverage:
    """Share of the activity of the units that comply with ``item``.

    A lone unit weighs everything, whatever its activity. Otherwise every activity must be known and more than zero.
    """
    unsaid = tuple(unit.name for unit in units if item not in unit.complies)
    if not units:
        return Coverage(None, reason="le candidat n'a pas de membre")
    weights = [1] if len(units) == 1 else [unit.activity or 0 for unit in units]
    missing = [unit.name for unit, weight in zip(units, weights, strict=True) if weight <= 0]
    if missing:
        return Coverage(None, reason=_missing(missing), unsaid=unsaid)
    total = sum(weights)
    yes = sum(weight for unit, weight in zip(units, weights, strict=True) if unit.complies.get(item))
    open_ = sum(weight for unit, weight in zip(units, weights, strict=True) if item not in unit.complies)
    return Coverage(Fraction(yes, total), Fraction(yes + open_, total), unsaid=unsaid)


def _missing(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"l'activité combinée de {names[0]} manque ou est nulle"
    return f"les activités combinées de {french.listing(names)} manquent ou sont nulles"
