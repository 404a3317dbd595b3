# SPDX-License-Identifier: EUPL-1.2
"""« Et avec d'autres moyens ? » as its page shows it: what the job found, in words, and what became a scenario."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe

from carene.apps.roadmaps.figures import NARROW, WIDE, Chart
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.objectives import Objective, Value
from carene.apps.roadmaps.search_panel import gap
from carene.engines import french
from carene.ui.charts.curves import Spot, frontier_chart

LITTLE = 0.0005  # of the value of the plan: under it, one more means buys nothing worth a line


@dataclass(frozen=True)
class Budget:
    """One budget tried; ``url``: its scenario when there is one, else where it can be made (empty: it cannot)."""

    share: str  # as it is posted back
    amount: str
    part: str
    value: str
    gap: str
    measures: str
    here: bool
    exists: bool
    url: str


@dataclass(frozen=True)
class Found:
    """``others``: the other scenarios of the establishment; ``can``: whether the reader may make one."""

    scenario: Scenario
    result: dict[str, Any]
    others: Sequence[Scenario]
    can: bool

    @property
    def stale(self) -> bool:
        return bool(self.result["version"] != self.scenario.version)

    @property
    def value(self) -> Value:
        return Value(self.result["objective"])

    @property
    def objective(self) -> str:
        return str(Objective(self.result["objective"]).label)

    @property
    def chart(self) -> Chart:
        pairs = zip(self.result["spots"], self.budgets, strict=True)
        spots = [Spot(spot["budget"], spot["value"], row.here, row.url) for spot, row in pairs]
        title = "Ce que vaut le meilleur plan trouvé, selon le budget"
        wide = frontier_chart(spots, self.value.said, title=title, width=WIDE, ident="budgets-large")
        narrow = frontier_chart(spots, self.value.said, title=title, width=NARROW, ident="budgets-etroit")
        return Chart(mark_safe(wide), mark_safe(narrow))  # drawn by our charts, which escape every text # nosec B308

    @cached_property
    def budgets(self) -> list[Budget]:
        return [self._budget(**spot) for spot in self.result["spots"]]

    def _budget(self, share: float, budget: float, value: float, bound: float | None, starts: dict[str, int]) -> Budget:
        made = self.scenario if share == 1 else None if self.stale else made_with(self.scenario, share, self.others)
        return Budget(
            share=str(share),
            amount=french.compact_euros(budget),
            part="le vôtre" if share == 1 else french.share(share),
            value=self.value.said(value),
            gap="pas su" if bound is None else f"{french.share(gap(value, bound), 1)} au plus",
            measures=french.counted(len(starts), "mesure"),
            here=share == 1,
            exists=made is not None,
            url=self._url("roadmaps:scenario", made) if made else self._making(share),
        )

    def _making(self, share: float) -> str:
        """Nothing is made of no budget at all, nor of another one than was tried, nor by who may only look."""
        if not share or self.stale or not self.can:
            return ""
        return f"{self._url('roadmaps:other_means_make', self.scenario)}?share={share}"

    def _url(self, name: str, row: Scenario) -> str:
        return reverse(name, args=[row.node_id, row.pk])

    @property
    def gains(self) -> list[tuple[str, str]]:
        """(means, what they would buy), the most first."""
        mine = max(spot["value"] for spot in self.result["spots"])
        return [(label, self._gain(gain, span, LITTLE * mine)) for label, gain, span in self.result["gains"]]

    def _gain(self, gain: float, span: Sequence[float] | None, little: float) -> str:
        if max(gain, *(span or ())) <= little if span else gain <= little:
            return "presque rien"
        said = f"environ {self.value.whole(gain)}" if gain > little else "presque rien"
        if span is None:
            return said
        low, high = (self.value.said(one) if one > little else "presque rien" for one in span)
        return said if low == high else f"{said} (entre {low} et {high})"

    @property
    def robust(self) -> bool:
        """Whether the estimates were doubted; not when the job was stopped before."""
        return self.result["robust"] is not None

    @property
    def draws(self) -> str:
        return french.counted(self.result["robust"]["draws"], "fois", "fois")

    @property
    def plans(self) -> list[tuple[str, list[str]]]:
        """Plan → its value with our estimates, at least one time out of two, nine times out of ten; ours first."""
        found = [(self.whose, "nominal_")] + ([] if self.same else [("Le plan prudent", "")])
        known, said = self.result["robust"], self.value.said
        return [(name, [said(known[f"{of}{key}"]) for key in ("value", "median", "low")]) for name, of in found]

    @property
    def same(self) -> bool:
        """The plan at hand is the most prudent one."""
        return bool(self.result["robust"]["same"])

    @property
    def whose(self) -> str:
        return "Le plan de ce scénario" if self.result["current"] else "Le plan trouvé avec vos moyens"

    @property
    def prudent(self) -> str:
        """Address of the scenario that holds the prudent plan; empty when none was made."""
        known = next((row for row in self.others if row.prudence and same_question(self.scenario, row, 1.0)), None)
        return self._url("roadmaps:scenario", known) if known else ""

    @property
    def stays(self) -> list[tuple[str, str]]:
        """(measure, share of the draws in which it stays), the least sure first."""
        return [(title, french.share(share)) for title, share in (self.result["robust"] or {}).get("stays", [])]


def made_with(scenario: Scenario, share: float, others: Sequence[Scenario]) -> Scenario | None:
    """The scenario that asks the same with this share of the money, and is not the prudent one; the latest."""
    return next((row for row in others if not row.prudence and same_question(scenario, row, share)), None)


def same_question(scenario: Scenario, other: Scenario, share: float) -> bool:
    """Whether ``other`` has the same period, team, wishes and objective, and ``share`` of the money."""
    if other.pk == scenario.pk or scenario.budgets.keys() != other.budgets.keys():
        return False
    same = all(
        getattr(scenario, name) == getattr(other, name)
        for name in ("referential", "start", "months", "team", "wishes", "objective")
    )
    return same and all(
        math.isclose(other.budgets[year], share * amount, abs_tol=0.01) for year, amount in scenario.budgets.items()
    )
