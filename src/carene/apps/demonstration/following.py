# SPDX-License-Identifier: EUPL-1.2
"""What surrounds the answers: given questions, evidence, what is measured."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from carene.apps.assessments import actions as assessments
from carene.apps.assessments import referentials
from carene.apps.demonstration.clock import Clock, Story
from carene.apps.demonstration.governing import PUBLISHED
from carene.apps.demonstration.levels import chance, level
from carene.apps.evidence import actions as evidence
from carene.apps.indicators import actions as indicators
from carene.apps.organisations import actions as organisations
from carene.apps.organisations.actions_services import Draft, Share
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import profile_of
from carene.core.access.actor import Actor
from carene.engines.exchange.questionnaire import Measured
from carene.engines.referential.model import Criterion, Indicator, Referential

People = dict[str, Actor]
SOURCES = {
    "GOV": "Tableau de bord qualité",
    "RES": "Tableau de bord de la DSI",
    "SEN": "Plateforme de formation",
    "OPS": "Console de supervision",
}


def share_services(
    clock: Clock, data: dict[str, Any], places: dict[str, Organisation], actor: Actor
) -> Iterator[Story]:
    """What members of the GHT do for others, each written down on its day."""
    for row in data["services"]:
        draft = Draft(
            kind=row["kind"],
            title=row["title"],
            provider=places[row["provider"]].pk,
            shares={
                places[key].pk: Share(percent=None if percent is None else Decimal(percent))
                for key, percent in row["share"].items()
            },
            starts_on=clock.day_in(row["from"]),
            ends_on=clock.day_in(row["to"]) if "to" in row else None,
            contact=row.get("contact", ""),
            note=row.get("note", ""),
        )
        yield _share_service(row["written"], places["ght"], draft, actor)


def _share_service(written: int, group: Organisation, draft: Draft, actor: Actor) -> Story:
    yield written
    organisations.share_service(actor, group, draft)


def give_evidence(clock: Clock, data: dict[str, Any], place: Organisation, actor: Actor) -> Iterator[Story]:
    for row in data["evidence"]:
        yield _give_evidence(clock, row, place, actor)


def _give_evidence(clock: Clock, row: dict[str, Any], place: Organisation, actor: Actor) -> Story:
    yield max(1, -row["from"] - 3)
    evidence.add(
        actor,
        place,
        title=row["title"],
        url=row["url"],
        effective_on=clock.day_in(row["from"]),
        expires_on=clock.day_in(row["to"]),
        links=[(referentials.BUILT_IN, criterion) for criterion in row["criteria"]],
    )


def open_next(clock: Clock, data: dict[str, Any], place: Organisation, people: People) -> Story:
    """The next assessment has begun: some questions are with colleagues."""
    yield 4
    assessment = assessments.start(people["rssi"], place)
    for row in data["assigned"]:
        user = people[row["to"]].user
        assert user is not None
        assessments.assign(
            people["rssi"],
            place,
            assessment,
            row["criterion"],
            user_id=user.pk,
            message=row["message"],
            due_on=clock.day_in(row["in_days"]),
        )


def measure(data: dict[str, Any], row: dict[str, Any], place: Organisation, actor: Actor) -> Story:
    """Observations of one establishment, each recorded on its day: most confirm the answers, some contradict them."""
    plan = data["measured"][row["key"]]
    referential = referentials.care()
    first, last = plan["days_ago"]
    seen: dict[str, Criterion] = {}
    for criterion in referential.applicable(profile_of(place, referential)):
        if criterion.thresholds is not None and chance(row["key"], criterion.id, "measured") <= plan["share"]:
            seen.setdefault(criterion.thresholds.indicator, criterion)
    days: dict[int, list[tuple[Criterion, int]]] = {}
    for indicator, criterion in seen.items():
        if indicator in PUBLISHED:
            continue  # comes from the governance of the establishment
        key = (row["key"], criterion.id)
        recent = round(first + chance(*key, "day") * (last - first))
        shift = -1 if chance(*key, "contradict") < plan["contradict"] else 0
        for ago, moved in ((recent + 400, 0), (recent + 190, 0), (recent, shift)):
            days.setdefault(ago, []).append((criterion, moved))
    for ago in sorted(days, reverse=True):
        yield ago
        items = [_observation(row, referential, criterion, ago, moved) for criterion, moved in days[ago]]
        indicators.record_many(actor, place, items)


def _observation(
    row: dict[str, Any], referential: Referential, criterion: Criterion, days: int, shift: int
) -> Measured:
    assert criterion.thresholds is not None
    indicator = referential.indicator[criterion.thresholds.indicator]
    shown = level(row, criterion, max(0, days - 30) / 365) + shift
    value = _value(indicator, criterion.thresholds.bounds, shown, chance(row["key"], criterion.id, days))
    return Measured(indicator.id, value, timezone.localdate(), SOURCES[criterion.id.partition(".")[0]], "")


def _value(indicator: Indicator, bounds: Any, shown: int, spread: float) -> float:
    """A value that means the level ``shown``, or the nearest that the indicator can show."""
    known = sorted(bounds)
    reached = [n for n in known if n <= shown]
    low = bounds[reached[-1]] if reached else None
    above = next((bounds[n] for n in known if n > (reached[-1] if reached else -1)), None)
    higher = indicator.direction == "higher"
    if low is None:
        edge = above if above is not None else 0.0
        value = edge * (0.2 + 0.6 * spread) if higher else edge * (1.1 + 0.6 * spread)
    elif above is None:
        end = indicator.maximum if higher else (indicator.minimum or 0)
        end = low if end is None else end
        value = low + (min(end, low * 1.3 + 1) - low) * spread * 0.5 if higher else low - (low - end) * spread * 0.5
    else:
        value = low + (above - low) * spread * 0.6
    if indicator.minimum is not None:
        value = max(indicator.minimum, value)
    if indicator.maximum is not None:
        value = min(indicator.maximum, value)
    if indicator.kind == "boolean":
        return float(value >= 0.5)
    fine = indicator.kind == "number" and any(bound != int(bound) for bound in bounds.values())
    return round(value, 2) if fine else float(int(value) if higher and value >= 0 else round(value))
