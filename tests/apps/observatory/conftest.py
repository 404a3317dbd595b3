# SPDX-License-Identifier: EUPL-1.2
"""A region of thirty hospitals, counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from carene.apps.indicators import actions as indicators
from carene.apps.observatory import refresh
from carene.apps.organisations.models import Organisation
from carene.engines.exchange.questionnaire import Measured
from tests.support.factories import SYSTEM, make_organisation

TODAY = dt.date(2026, 11, 23)


@dataclass
class Country:
    nation: Organisation
    region: Organisation
    ght: Organisation
    hospitals: list[Organisation]

    def observe(
        self, place: Organisation, value: float, day: dt.date = TODAY, indicator: str = "edr_couverture"
    ) -> Any:
        item = Measured(indicator, value, day, "essai")
        return indicators.record_many(SYSTEM, place, [item], replace=True).created[0]

    def count(self, today: dt.date = TODAY) -> None:
        refresh.run(today=today)


@pytest.fixture
def country(db: None, monkeypatch: pytest.MonkeyPatch) -> Country:
    """Hospitals of two sizes and two types: 6 « ch » of size m, 4 of size l, 8 « ehpad » of size xs; all in one GHT."""
    monkeypatch.setattr(timezone, "localdate", lambda *_args: TODAY)
    nation = make_organisation(kind="nation", name="Nation")
    region = make_organisation(nation, kind="region", name="Région")
    ght = make_organisation(region, kind="ght", name="GHT")
    shapes = [("ch", 600)] * 6 + [("ch", 2000)] * 4 + [("ehpad", 50)] * 8
    hospitals = [
        make_organisation(ght, name=f"Hôpital {n:02}", type=kind, workstations=size, department="75")
        for n, (kind, size) in enumerate(shapes)
    ]
    return Country(nation, region, ght, hospitals)
