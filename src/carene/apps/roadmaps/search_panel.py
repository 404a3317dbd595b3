# SPDX-License-Identifier: EUPL-1.2
"""The search for the best plan as the page of a scenario shows it: what is proposed, how far it is, what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.safestring import mark_safe

from carene.apps.roadmaps import queries
from carene.apps.roadmaps.actions.searching import SEARCH
from carene.apps.roadmaps.figures import NARROW, WIDE, Chart
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.objectives import HELP, Objective, Value
from carene.apps.roadmaps.search_times import duration_said, search_times
from carene.apps.roadmaps.worth import offered
from carene.core.jobs import queries as jobs
from carene.core.jobs.models import Job
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.planner.model import Plan
from carene.ui.charts.curves import Found, search_chart

PROVEN = 0.0005  # of the bound: nothing better is worth looking for


def job_of(node: Node, scenario: Scenario, kind: str = SEARCH) -> Job | None:
    """The last search of this scenario, or another kind of computation about it; one query."""
    return jobs.latest(node, kind, queries.scenario_target(scenario.pk))


@dataclass(frozen=True)
class Panel:
    scenario: Scenario
    job: Job | None

    @property
    def running(self) -> bool:
        return self.job is not None and self.job.open

    @property
    def objectives(self) -> list[tuple[str, str, str, bool]]:
        """(value, label, help, chosen)."""
        return [
            (one.value, str(one.label), HELP[one], one.value == self.scenario.objective)
            for one in offered(self.scenario.referential)
        ]

    @property
    def times(self) -> list[tuple[int, str, bool]]:
        """(seconds, label, chosen)."""
        known = search_times()
        return [(seconds, duration_said(seconds), seconds == known.usual) for seconds in known.seconds]

    @property
    def result(self) -> dict[str, Any]:
        return (self.job.result if self.job else None) or {}

    @property
    def undecided(self) -> bool:
        """Found, but the scenario had changed: the two are there, someone must choose."""
        return not self.running and bool(self.result.get("plan"))

    @property
    def failure(self) -> str:
        return self.job.error.rstrip(".") if self.job and self.job.state == Job.State.FAILED else ""

    @property
    def outcome(self) -> str:
        """What the last search brought, as long as the plan shown is its own."""
        found = self.result
        if self.job is None or self.running or found.get("version") != self.scenario.version:
            return ""
        value = Value(found["objective"])
        said = "Recherche arrêtée" if self.job.state == Job.State.STOPPED else "Recherche terminée"
        before, now = found["before"], found["value"]
        if before is None:
            return f"{said} en {_seconds(self.job)} : ce plan vaut {value.whole(now)}."
        if now - before < 0.05:
            return f"{said} en {_seconds(self.job)} : rien de mieux que le plan d'avant n'a été trouvé."
        return f"{said} en {_seconds(self.job)} : {value.whole(now)}, contre {value.said(before)} avant."

    @property
    def simulated(self) -> str:
        """What the true simulation says of the plan found."""
        return str(self.result.get("simulated", "")) if self.outcome else ""

    @property
    def figures(self) -> list[tuple[str, str]]:
        """Of the search under way."""
        known = self.job.figures if self.job else {}
        if "value" not in known:
            return []
        value = self._value
        rows = [("Meilleur plan jusqu'ici", value.whole(known["value"]))]
        if known.get("bound") is not None:
            rows.append(("Aucun plan ne dépasse", value.said(known["bound"])))
            rows.append(("Écart au plus", french.share(gap(known["value"], known["bound"]), 1)))
        return rows

    @cached_property
    def chart(self) -> Chart | None:
        """The curve of the last search; None before its second point."""
        points = (self.job.figures if self.job else {}).get("curve", [])
        return curve(points, self._value) if len(points) > 1 else None

    @property
    def _value(self) -> Value:
        return Value(self.job.arguments["objective"] if self.job else Objective.MATURITY)


def curve(points: Sequence[Sequence[float | None]], value: Value) -> Chart:
    """``points``: (seconds, value, bound or None)."""
    found = [Found(seconds or 0.0, best or 0.0, bound) for seconds, best, bound in points]
    title = "Le meilleur plan trouvé, et ce qu'aucun plan ne dépasse"
    wide = search_chart(found, value.said, title=title, width=WIDE, ident="recherche-large")
    narrow = search_chart(found, value.said, title=title, width=NARROW, ident="recherche-etroite")
    return Chart(mark_safe(wide), mark_safe(narrow))  # drawn by our charts, which escape every text # nosec B308


def gap(value: float, bound: float) -> float:
    """Share of the bound by which the best possible plan may exceed this one."""
    return max(0.0, (bound - value) / bound) if bound > 0 else 0.0


def quality_said(plan: Plan, objective: str) -> str:
    """How good this plan is, proven or not, in words."""
    value = Value(objective)
    if plan.bound is None or plan.gap is None:
        return (
            f"Ce plan vaut {value.whole(plan.value)}. Rien ne dit s'il en existe un meilleur : une recherche le dirait."
        )
    if plan.gap < 0.0005:
        return (
            f"Ce plan vaut {value.whole(plan.value)}. C'est démontré : aucun autre plan, avec ces moyens, ne vaut plus."
        )
    return (
        f"Ce plan vaut {value.whole(plan.value)}. C'est démontré : aucun plan, avec ces moyens, ne peut valoir plus de "
        f"{value.said(plan.bound)}. Il est donc à {french.share(plan.gap, 1)} au plus du meilleur plan possible."
    )


def _seconds(job: Job) -> str:
    return french.with_unit(max(1.0, job.seconds), "s", 0) if job.seconds < 120 else duration_said(round(job.seconds))
