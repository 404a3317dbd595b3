# SPDX-License-Identifier: EUPL-1.2
"""What the members of the fictional GHT report every half-year: their incidents, their path of convergence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils import timezone

from carene.apps.demonstration.clock import Story
from carene.apps.indicators import actions as indicators
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.exchange.questionnaire import Measured
from carene.engines.sources.yaml_source import read_yaml

DATA = Path(__file__).parent / "data" / "observatory.yaml"
INCIDENTS = (
    "incidents_12_mois",
    "incidents_malveillants_12_mois",
    "incidents_rancongiciel_12_mois",
    "incidents_patients_12_mois",
)
CONVERGENCE = "trajectoire_convergence"


def stories(places: dict[str, Organisation], actor: Actor) -> Iterator[Story]:
    data: dict[str, Any] = read_yaml(DATA.read_bytes(), DATA.name).data
    for key, days in data["incidents"].items():
        told = {int(ago): dict(zip(INCIDENTS, counts, strict=True)) for ago, counts in days.items()}
        yield _report(places[key], actor, told, data["source"])
    for key, days in data["convergence"].items():
        yield _report(places[key], actor, {int(ago): {CONVERGENCE: said} for ago, said in days.items()}, data["source"])


def _report(place: Organisation, actor: Actor, told: dict[int, dict[str, int]], source: str) -> Story:
    for ago in sorted(told, reverse=True):
        yield ago
        today = timezone.localdate()
        items = [Measured(name, float(value), today, source, "") for name, value in told[ago].items()]
        indicators.record_many(actor, place, items)
