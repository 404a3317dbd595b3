# SPDX-License-Identifier: EUPL-1.2
"""What people impose on a measure, kept with real months: a scenario may start later without betraying them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from carene.engines import french
from carene.engines.planner.model import Wish
from carene.engines.sources import InputError


@dataclass(frozen=True)
class MonthWish:
    """Months are their first day. ``deadline``: the month in the course of which the measure must be finished."""

    mandatory: bool = False
    excluded: bool = False
    start: dt.date | None = None
    not_before: dt.date | None = None
    deadline: dt.date | None = None
    reason: str = ""

    @property
    def empty(self) -> bool:
        return self == MonthWish(reason=self.reason)

    def check(self) -> None:
        """Raises InputError when the wish contradicts itself."""
        if self.excluded and not MonthWish(excluded=True, reason=self.reason) == self:
            raise InputError("La mesure est à la fois écartée et demandée", remedy="choisir l'un des deux")
        if self.start and self.not_before and self.start < self.not_before:
            raise InputError(
                "Le début demandé précède le mois avant lequel la mesure ne doit pas commencer",
                remedy="changer l'un des deux",
            )
        first = self.start or self.not_before
        if first and self.deadline and self.deadline < first:
            raise InputError("L'échéance précède le début demandé", remedy="changer l'un des deux")
        if len(self.reason) > 200:
            raise InputError("La raison dépasse 200 caractères", remedy="la raccourcir")

    def to_data(self) -> dict[str, Any]:
        """Only what is said."""
        data: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value:
                data[item.name] = value.strftime("%Y-%m") if isinstance(value, dt.date) else value
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> MonthWish:
        values = dict(data)
        for key in ("start", "not_before", "deadline"):
            if key in values:
                values[key] = month_from(values[key])
        return cls(**values)

    def to_engine(self, first: dt.date) -> Wish:
        """In months from ``first``. A start that has gone by no longer binds: the measure remains imposed."""
        start = _index(self.start, first)
        return Wish(
            mandatory=self.mandatory or start is not None,
            excluded=self.excluded,
            start_month=start if start is not None and start >= 0 else None,
            not_before=max(0, _index(self.not_before, first) or 0) or None,
            deadline=max(0, (_index(self.deadline, first) or 0) + 1) if self.deadline else None,
            reason=self.reason,
        )

    @property
    def said(self) -> str:
        """The wish in words: « imposée, à partir de mars 2027 »."""
        words = []
        if self.excluded:
            words.append("écartée")
        if self.mandatory:
            words.append("imposée")
        if self.start:
            words.append(f"commence en {french.month_and_year(self.start)}")
        if self.not_before:
            words.append(f"pas avant {french.month_and_year(self.not_before)}")
        if self.deadline:
            words.append(f"terminée avant la fin de {french.month_and_year(self.deadline)}")
        return ", ".join(words)


def month_from(text: str) -> dt.date:
    """« 2027-04 » → 1 April 2027. Raises ValueError."""
    return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()


def of_scenario(stored: dict[str, Any]) -> dict[str, MonthWish]:
    """Measure → wish, for a stored ``Scenario.wishes``."""
    return {measure: MonthWish.from_data(data) for measure, data in stored.items()}


def _index(month: dt.date | None, first: dt.date) -> int | None:
    return None if month is None else (month.year - first.year) * 12 + month.month - first.month
