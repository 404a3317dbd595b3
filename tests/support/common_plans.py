# SPDX-License-Identifier: EUPL-1.2
"""Common plans as rows, for tests of what reads them: nothing is computed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps.models import CommonPart, CommonPlan

START, END = "2027-01-01", "2027-06-30"
MEASURE = "nommer-rssi"


def member_data(organisation: Organisation, word: str) -> dict[str, Any]:
    """As ``exchange.group_result`` gives it of a member."""
    action = {
        "measure": MEASURE, "title": f"Mesure de {word}", "start": START, "end": END, "cost": 3000.0,
        "person_days": 12.0,
    }  # fmt: skip
    return {
        "member": str(organisation.pk), "name": organisation.label, "value": 12.0, "gained": 2.0,
        "saved": {"euros": 1000.0, "person_days": 3.0}, "paid": 500.0, "fair": 400.0, "difference": 100.0,
        "roadmap": {"actions": [action], "years": [{"year": 2027, "budget": 9000.0, "spent": 3000.0}]},
        "alone": {"value": 10.0, "spent": 4000.0, "actions": []},
        "sentences": [f"Phrase de {word}."],
    }  # fmt: skip


def common_data(members: list[Organisation], word: str) -> dict[str, Any]:
    joinings = [
        {
            "member": str(one.pk), "start": START, "end": END, "own": 100.0, "paid": 500.0, "fair": 400.0,
            "alone": 1600.0, "saved": 1000.0, "own_person_days": 2.0, "common_person_days": 1.0,
            "fair_person_days": 1.0, "alone_person_days": 6.0, "saved_person_days": 3.0,
        }
        for one in members
    ]  # fmt: skip
    return {
        "measure": MEASURE, "title": f"Mesure de {word}", "start": START, "end": END, "cost": 1000.0,
        "person_days": 2.0, "paid_by_group": False, "total": 1200.0, "alone": 3200.0, "total_person_days": 6.0,
        "alone_person_days": 12.0, "members": joinings,
    }  # fmt: skip


def make_common_plan(
    group: Organisation, hospital: Organisation, word: str, others: tuple[Organisation, ...] = ()
) -> tuple[CommonPlan, CommonPart]:
    """Found, with one common measure; the part of ``hospital`` waits for its people."""
    members = [hospital, *others]
    now = timezone.now()
    means = {"budgets": {"2027": 9000.0}, "team": {}, "scenario": None}
    asked = {
        "start": START, "months": 12, "objective": "maturity", "key": "equal", "budgets": {"2027": 0.0},
        "percents": {}, "carrier": None, "seconds": 30, "members": {str(one.pk): means for one in members},
    }  # fmt: skip
    data = {
        "unit": "points", "value": 24.0, "apart": 20.0, "gap": 0.1, "shared": True, "budgets": [], "unmet": [],
        "notices": [],
        "saved": {"euros": 2000.0, "person_days": 6.0}, "sentences": [f"Phrase commune de {word}."],
        "common": [common_data(members, word)], "members": [member_data(one, f"{word} {one.pk}") for one in members],
    }  # fmt: skip
    row = CommonPlan.objects.create(
        node=group.node,
        asked=asked,
        result={
            "data": data,
            "alone_days": {str(one.pk): 15.0 for one in members},
            "risk": {str(one.pk): {"now": 52_000.0, "alone": 41_000.0, "together": 37_000.0} for one in members},
        },
        computed_at=now,
    )
    part = CommonPart.objects.create(
        node=hospital.node,
        common=row,
        group=group.node,
        group_name=f"Groupe de {word}",
        computed_at=now,
        state=CommonPart.State.PROPOSED,
        summary={"measures": 1, "common": 1, "cost": 3000.0, "saved": 1000.0, "saved_days": 3.0},
        fields={
            "assessment_id": 1, "referential": "care", "start": dt.date(2027, 1, 1).isoformat(), "months": 12,
            "budgets": {"2027": 9000.0}, "team": {}, "objective": "maturity", "wishes": {},
        },
        plan={},
    )  # fmt: skip
    return row, part
