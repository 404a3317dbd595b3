# SPDX-License-Identifier: EUPL-1.2
"""How the members of the fictional GHT steer: budgets, posts, committees, documents, duties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from carene.apps.demonstration.clock import Clock, Story
from carene.apps.governance import actions
from carene.apps.governance import queries as governance
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.sources.yaml_source import read_yaml

DATA = Path(__file__).parent / "data" / "governance.yaml"
# Indicators that governance publishes: nobody types them by hand in this story.
PUBLISHED = ("budget_numerique_pct", "rssi_temps_pct", "ssi_etp_1000_postes", "postes_si_vacants_pct")
PRICES = 0.02  # by which operating budgets grow, a year
LAG = 4  # days between what happens and its being written, whatever the weekend
DESCRIBED = 420  # days ago: when posts and committees were first described
People = dict[str, Actor]
Places = dict[str, Organisation]


def stories(clock: Clock, places: Places, people: People) -> Iterator[Story]:
    data: dict[str, Any] = read_yaml(DATA.read_bytes(), DATA.name).data
    for key, rates in data["money"].items():
        yield _money(clock, places[key], people[f"direction:{key}"], rates)
    for key, rows in data["posts"].items():
        yield _posts(clock, places, key, people["rssi"], rows)
    for key, rows in data["on_calls"].items():
        yield _on_calls(places[key], people["rssi"], rows)
    for key, rows in data["committees"].items():
        for row in rows:
            yield _committee(clock, places[key], people["rssi"], row)
    for row in data["carried"]:
        yield _carried(places[row["place"]], people["rssi"], row)
    for key, rows in data["commitments"].items():
        yield _commitments(clock, places[key], people[f"direction:{key}"], rows)
    for key, rows in data["policies"].items():
        yield _policies(clock, places[key], people["rssi"], rows)
    for key, nis2 in data["nis2"].items():
        yield _nis2(places[key], people["rssi"], nis2)
    for key, rows in data["duties"].items():
        for duty in dict.fromkeys(row["duty"] for row in rows):
            yield _duty(clock, places[key], people["rssi"], [row for row in rows if row["duty"] == duty])


def _money(clock: Clock, place: Organisation, by: Actor, rates: dict[str, float]) -> Story:
    """Two years that are closed, and what was voted for the last one and for this one; those of a day to come are not
    written."""
    today = clock.day_in(0)
    steps = [
        (today.year - 2, "executed", dt.date(today.year - 1, 3, 20)),
        (today.year - 1, "voted", dt.date(today.year - 1, 1, 14)),
        (today.year - 1, "executed", dt.date(today.year, 3, 20)),
        (today.year, "voted", dt.date(today.year, 1, 14)),
    ]
    for year, stage, day in sorted(steps, key=lambda step: step[2]):
        if day >= today:
            continue
        yield (today - day).days
        actions.save_budget(by, place, year=year, stage=stage, **_amounts(place, year - today.year, stage, rates))


def _amounts(place: Organisation, years: int, stage: str, rates: dict[str, float]) -> dict[str, Any]:
    """Amounts some years from now (negative: before), from those of the profile."""
    spent = 0.97 if stage == "executed" else 1.0  # what was voted is rarely all spent
    digital = (place.digital_budget or 0) * (1 + rates["growth"]) ** years * spent
    investment = digital * rates["investment"]
    exact = {
        "operating": (place.operating_budget or 0) * (1 + PRICES) ** years,
        "digital_operating": digital,
        "digital_investment": investment,
        "cyber_operating": digital * rates["cyber"],
        "cyber_investment": investment * rates["cyber"] * 2,
    }
    return {name: int(round(amount, -2)) for name, amount in exact.items()}


def _posts(clock: Clock, places: Places, key: str, by: Actor, rows: list[dict[str, Any]]) -> Story:
    for row in sorted(rows, key=_described, reverse=True):
        yield _described(row)
        actions.save_post(
            by,
            places[key],
            kind=row["kind"],
            title=row.get("title", ""),
            state=row["state"],
            holder=row.get("holder", ""),
            fte=Decimal(str(row["fte"])),
            skill=row["skill"],
            employer_id=places[row["employer"]].pk if "employer" in row else None,
            share_percent=Decimal(row["share"]) if "share" in row else None,
            provider=row.get("provider", ""),
            reports_to=row.get("reports_to", ""),
            vacant_since=clock.day_in(row["vacant"]) if "vacant" in row else None,
            letter_on=clock.day_in(row["letter"]) if row.get("letter", 0) < -DESCRIBED else None,
        )


def _described(row: dict[str, Any]) -> int:
    """Days ago; a post that became empty was told some days after."""
    return min(DESCRIBED, -row["vacant"] - LAG) if "vacant" in row else DESCRIBED


def _on_calls(place: Organisation, by: Actor, rows: list[dict[str, Any]]) -> Story:
    for row in rows:
        yield DESCRIBED
        actions.save_on_call(by, place, **row)


def _committee(clock: Clock, place: Organisation, by: Actor, row: dict[str, Any]) -> Story:
    yield DESCRIBED
    kept = actions.save_committee(
        by, place, kind=row["kind"], title=row["title"], chair=row["chair"], every_months=row.get("every")
    )
    for meeting in row["meetings"]:
        yield max(1, meeting["days"] - LAG)
        held = actions.save_meeting(
            by,
            place,
            committee_id=kept.pk,
            held_on=clock.day_in(-meeting["days"]),
            agenda=meeting["agenda"],
            **dict.fromkeys(meeting["with"], True),
        )
        for decision in meeting.get("decisions", ()):
            actions.save_decision(
                by,
                place,
                meeting_id=held.pk,
                text=decision["text"],
                carrier=decision["carrier"],
                due_on=clock.day_in(decision["due"]),
                state=decision.get("state", "open"),
            )


def _carried(place: Organisation, by: Actor, row: dict[str, Any]) -> Story:
    yield row["written"]
    decision = governance.open_decisions(place.node).get(text=row["text"])
    actions.carry_out(by, place, decision.pk)


def _commitments(clock: Clock, place: Organisation, by: Actor, rows: list[dict[str, Any]]) -> Story:
    for row in rows:
        yield -row["since"]
        actions.save_commitment(
            by,
            place,
            kind=row["kind"],
            title=row["title"],
            target=row["target"],
            due_on=clock.day_in(row["due"]),
            progress=row["progress"],
            progress_on=clock.day_in(row["since"] - LAG),
            owner=row["owner"],
        )


def _policies(clock: Clock, place: Organisation, by: Actor, rows: list[dict[str, Any]]) -> Story:
    for row in sorted(rows, key=lambda one: one["approved"]):
        yield -row["approved"] - LAG
        actions.save_policy(
            by,
            place,
            kind=row["kind"],
            title=row["title"],
            version=row["version"],
            approved_on=clock.day_in(row["approved"]),
            approved_by=row["by"],
            review_months=row.get("months"),
        )


def _nis2(place: Organisation, by: Actor, nis2: str) -> Story:
    yield DESCRIBED
    actions.set_nis2(by, place, nis2)


def _duty(clock: Clock, place: Organisation, by: Actor, rows: list[dict[str, Any]]) -> Story:
    for row in rows:
        if "done" in row:
            yield max(1, row["done"] - LAG)
            actions.record_duty(by, place, row["duty"], kind="done", on=clock.day_in(-row["done"]))
        else:
            yield row["written"]
            actions.record_duty(
                by, place, row["duty"], kind="planned", next_on=clock.day_in(row["planned"]), reason=row["reason"]
            )
