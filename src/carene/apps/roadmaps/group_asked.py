# SPDX-License-Identifier: EUPL-1.2
"""What one asks of a group planned together, as the form gives it and as it is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from carene.apps.roadmaps.means import Means, years_of
from carene.apps.roadmaps.objectives import Objective
from carene.engines.planner.group.model import Key

KEYS: dict[str, tuple[str, str]] = {
    "fair": (
        "Part équitable",
        "Chacun paie, à parts égales avec ceux qui en ont autant besoin, ce dont il a lui-même besoin. Le plus grand "
        "paie seul ce dont lui seul a besoin.",
    ),
    "equal": ("Parts égales", "Ceux qui participent à une mesure paient tous autant."),
    "activity": ("Selon l'activité", "L'activité combinée de chacun, ou son budget d'exploitation."),
    "custom": ("Pourcentages convenus", "Ceux que vous écrivez ci-dessus, en face de chaque établissement."),
}
OBJECTIVES = (Objective.EUROS, Objective.MATURITY, Objective.DAYS)  # the first one is proposed


@dataclass(frozen=True)
class MemberAsked:
    """``scenario``: the one that its means were read from, whose wishes count; None when they were proposed."""

    means: Means
    scenario: int | None

    def to_data(self) -> dict[str, Any]:
        budgets = {str(year): amount for year, amount in self.means.budgets.items()}
        return {"budgets": budgets, "team": dict(self.means.team), "scenario": self.scenario}


@dataclass(frozen=True)
class Asked:
    """``members``, ``percents`` and ``carrier`` by id of node; ``budgets``: of the group itself, by year."""

    start: dt.date
    months: int
    objective: str
    key: Key
    members: Mapping[int, MemberAsked]
    budgets: Mapping[int, float]
    percents: Mapping[int, float]
    carrier: int | None
    seconds: int

    @property
    def years(self) -> list[int]:
        return years_of(self.start, self.months)

    def to_data(self) -> dict[str, Any]:
        return {
            "start": self.start.isoformat(),
            "months": self.months,
            "objective": str(self.objective),
            "key": self.key,
            "members": {str(pk): one.to_data() for pk, one in sorted(self.members.items())},
            "budgets": {str(year): amount for year, amount in sorted(self.budgets.items())},
            "percents": {str(pk): percent for pk, percent in sorted(self.percents.items())},
            "carrier": self.carrier,
            "seconds": self.seconds,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Asked:
        start, months = dt.date.fromisoformat(data["start"]), int(data["months"])

        def member(one: Mapping[str, Any]) -> MemberAsked:
            return MemberAsked(
                Means("Plan commun", start, months, by_number(one["budgets"]), one["team"]), one["scenario"]
            )

        return cls(
            start=start,
            months=months,
            objective=data["objective"],
            key=cast(Key, data["key"]),
            members={int(pk): member(one) for pk, one in data["members"].items()},
            budgets=by_number(data["budgets"]),
            percents=by_number(data["percents"]),
            carrier=data["carrier"],
            seconds=int(data["seconds"]),
        )


def by_number(data: Mapping[str, float]) -> dict[int, float]:
    """Keys of JSON are texts."""
    return {int(key): float(value) for key, value in data.items()}
