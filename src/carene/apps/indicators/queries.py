# SPDX-License-Identifier: EUPL-1.2
"""Reading observations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import QuerySet

from carene.apps.indicators.models import Observation as Row
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.months import add_months
from carene.engines.referential.model import Axis, Criterion, Indicator, Profile, Referential
from carene.engines.scoring.measured import format_value, level_from_value
from carene.engines.scoring.model import Observation

STANDING_TABLE = Row._meta.db_table  # for statements that copy a month of everybody inside the database
TREND_MONTHS = 36
SOON_DAYS = 30
State = Literal["valid", "soon", "stale", "never"]


def latest(node: Node) -> dict[str, Observation]:
    """Indicator id → last observation of this node, in one query; withdrawn ones do not count."""
    found: dict[str, Observation] = {}
    rows = Row.objects.of(node).filter(withdrawn=False).order_by("indicator", "-observed_on", "-id")
    for indicator, value, day, source in rows.values_list("indicator", "value", "observed_on", "source"):
        if indicator not in found:
            found[indicator] = Observation(indicator, value, day, source)
    return found


def history(node: Node, indicator: str) -> QuerySet[Row]:
    """Every observation of one indicator, latest first, withdrawn ones included (they are shown struck out)."""
    return (
        Row.objects.of(node).filter(indicator=indicator).select_related("recorded_by").order_by("-observed_on", "-id")
    )


def listing(node: Node, indicator: str = "", since: dt.date | None = None) -> QuerySet[Row]:
    """Observations in force, latest first; of one indicator, or since a day."""
    rows = Row.objects.of(node).filter(withdrawn=False).select_related("recorded_by").order_by("-observed_on", "-id")
    if indicator:
        rows = rows.filter(indicator=indicator)
    return rows.filter(observed_on__gte=since) if since else rows


def find(node: Node, pk: int) -> Row:
    """Raises Observation.DoesNotExist when it belongs to another organisation."""
    return Row.objects.of(node).get(pk=pk)


def series(node: Node) -> dict[str, list[Observation]]:
    """Indicator id → its observations in force, oldest first; one query."""
    found: dict[str, list[Observation]] = {}
    rows = Row.objects.of(node).filter(withdrawn=False).order_by("indicator", "observed_on", "id")
    for indicator, value, day, source in rows.values_list("indicator", "value", "observed_on", "source"):
        found.setdefault(indicator, []).append(Observation(indicator, value, day, source))
    return found


@dataclass(frozen=True)
class Line:
    """One indicator of an establishment: its latest value, what it means, and until when it counts."""

    indicator: Indicator
    criteria: tuple[Criterion, ...]
    points: tuple[Observation, ...] = field(default=())  # oldest first
    today: dt.date = dt.date.min

    @property
    def last(self) -> Observation | None:
        return self.points[-1] if self.points else None

    @property
    def value(self) -> str:
        return format_value(self.indicator, self.last.value) if self.last else ""

    @property
    def valid_until(self) -> dt.date | None:
        return add_months(self.last.observed_on, self.indicator.validity_months) if self.last else None

    @property
    def state(self) -> State:
        until = self.valid_until
        if until is None:
            return "never"
        if until < self.today:
            return "stale"
        return "soon" if until <= self.today + dt.timedelta(days=SOON_DAYS) else "valid"

    @property
    def state_words(self) -> str:
        """« périmée depuis 12 j », « vaut encore 9 j », « vaut jusqu'au 3 févr. 2027 »."""
        until = self.valid_until
        if until is None:
            return "jamais mesuré"
        if self.state == "stale":
            return f"périmée {french.due(until, self.today)}"
        if self.state == "soon":
            return f"à refaire {french.due(until, self.today)}"
        return f"vaut jusqu'au {french.short_date(until)}"

    @property
    def levels(self) -> list[tuple[Criterion, int]]:
        """The level that the latest value means for each criterion, stale or not."""
        if self.last is None:
            return []
        return [
            (c, min(level_from_value(c.thresholds, self.indicator.direction, self.last.value), c.top))
            for c in self.criteria
            if c.thresholds
        ]

    @property
    def trend(self) -> str:
        """The change since the value before, « +6 points », « −4 jours »; empty when there is none."""
        if len(self.points) < 2:
            return ""
        change = self.points[-1].value - self.points[-2].value
        unit = (
            "points"
            if self.indicator.kind == "percent"
            else ""
            if self.indicator.kind == "boolean"
            else self.indicator.unit
        )
        words = french.signed(change)
        return f"{words}{french.SPACE}{unit}" if unit and words != "0" else "stable" if words == "0" else words

    @property
    def better(self) -> bool | None:
        """Did the last change go the right way? None when nothing changed."""
        if len(self.points) < 2 or self.points[-1].value == self.points[-2].value:
            return None
        return (self.points[-1].value > self.points[-2].value) == (self.indicator.direction == "higher")


def lines(node: Node, referential: Referential, profile: Profile, today: dt.date) -> list[tuple[Axis, list[Line]]]:
    """What can be measured here, by axis: every indicator of a criterion that applies, in order; one query."""
    known = series(node)
    applicable = {criterion.id for criterion in referential.applicable(profile)}
    seen: set[str] = set()
    found = []
    for axis in referential.axes:
        of_axis = []
        for criterion in (c for o in referential.objectives_of[axis.id] for c in referential.criteria_of[o.id]):
            key = criterion.thresholds.indicator if criterion.thresholds and criterion.id in applicable else ""
            if key and key not in seen:
                seen.add(key)
                of_axis.append(line(referential, key, known.get(key, ()), today, applicable))
        if of_axis:
            found.append((axis, of_axis))
    return found


def line(
    referential: Referential,
    indicator: str,
    points: Sequence[Observation],
    today: dt.date,
    applicable: set[str] | None = None,
) -> Line:
    """One indicator; ``points`` oldest first. Raises KeyError for an unknown indicator."""
    criteria = referential.criteria_for_indicator.get(indicator, ())
    kept = tuple(c for c in criteria if applicable is None or c.id in applicable)
    return Line(referential.indicator[indicator], kept, tuple(points), today)


def stale_count(node: Node, referential: Referential, today: dt.date) -> int:
    """How many indicators have only values that no longer count; one query."""
    return sum(
        1
        for key, item in latest(node).items()
        if key in referential.indicator
        and add_months(item.observed_on, referential.indicator[key].validity_months) < today
    )


def standing(
    nodes: Collection[int], indicators: Collection[str], since: dt.date, until: dt.date
) -> list[tuple[int, str, dt.date, float]]:
    """(node, indicator, day, value) of what was not withdrawn, oldest first; for what counts everybody. One query."""
    rows = Row.objects.unscoped("figures of a whole count everybody").filter(
        node_id__in=nodes, indicator__in=indicators, withdrawn=False, observed_on__gte=since, observed_on__lte=until
    )
    return list(rows.order_by("observed_on", "id").values_list("node_id", "indicator", "observed_on", "value"))


def positive_below(node: Node, indicators: Collection[str], since: dt.date) -> list[tuple[str, str]]:
    """(path of the node, indicator) of those observed above zero since a day; one query."""
    rows = Row.objects.below(node).filter(
        indicator__in=indicators, withdrawn=False, observed_on__gte=since, value__gt=0
    )
    return list(rows.order_by("node__path", "indicator").values_list("node__path", "indicator").distinct())


def first_day() -> dt.date | None:
    """The oldest observation of all that stands."""
    rows = Row.objects.unscoped("figures of a whole count everybody").filter(withdrawn=False)
    return rows.order_by("observed_on").values_list("observed_on", flat=True).first()


def count() -> int:
    """How many were ever recorded."""
    return Row.objects.unscoped("the whole installation").count()
