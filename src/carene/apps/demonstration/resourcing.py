# SPDX-License-Identifier: EUPL-1.2
"""How the fictional GHT converges, what the region and the GHT offer, what members ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils import timezone

from carene.apps.demonstration.clock import Clock, Story
from carene.apps.organisations.models import Organisation
from carene.apps.resources import actions_convergence as convergence
from carene.apps.resources import actions_offers as offers
from carene.core.access.actor import Actor
from carene.engines.sources.yaml_source import read_yaml

DATA = Path(__file__).parent / "data" / "resources.yaml"
OFFER_WORDS = ("title", "text", "service", "skill", "measures", "types", "capacity", "price", "price_note", "contact")
NEED_WORDS = ("title", "service", "skill", "measure", "criterion")
People = dict[str, Actor]
Places = dict[str, Organisation]


def stories(clock: Clock, places: Places, people: People) -> Iterator[Story]:
    data: dict[str, Any] = read_yaml(DATA.read_bytes(), DATA.name).data
    yield _trajectory(clock, places["ght"], people["rssi"], data["trajectory"])
    for key, rows in data["steps"].items():
        yield _steps(clock, places[key], people["rssi"], rows)
    kept: dict[str, dict[str, int]] = {"offers": {}, "needs": {}}
    told = [
        *(_offer(clock, places, people, row, kept["offers"]) for row in data["offers"]),
        *(_need(clock, places, people, row, kept["needs"]) for row in data["needs"]),
    ]
    yield from told
    of_need = {row["key"]: row for row in data["needs"]}
    of_offer = {row["key"]: row for row in data["offers"]}
    for row in data["pairings"]:
        yield _pairing(places, people, row, of_need[row["need"]], of_offer[row["offer"]], kept)


def _trajectory(clock: Clock, group: Organisation, by: Actor, row: dict[str, Any]) -> Story:
    """Validated, then followed once; each published on its day."""
    yield row["validated"]
    first = timezone.localdate()
    values = {"document": row["document"], "ends_on": clock.day_in(row["ends"])}
    convergence.save_trajectory(by, group, validated_on=first, **values)
    yield row["reviewed"]
    convergence.save_trajectory(by, group, validated_on=first, reviewed_on=timezone.localdate(), **values)


def _steps(clock: Clock, place: Organisation, by: Actor, rows: list[dict[str, Any]]) -> Story:
    for row in sorted(rows, key=lambda one: -one["written"]):
        yield row["written"]
        if "done" in row:
            values: dict[str, Any] = {"state": "done", "on": clock.day_in(-row["done"]), "proof": row["proof"]}
        elif "planned" in row:
            values = {"state": "planned", "on": clock.day_in(row["planned"])}
        else:
            values = {"state": "not_applicable", "reason": row["not_applicable"]}
        convergence.save_step(by, place, row["step"], **values)


def _offer(clock: Clock, places: Places, people: People, row: dict[str, Any], kept: dict[str, int]) -> Story:
    yield row["written"]
    values = {name: row[name] for name in OFFER_WORDS if name in row}
    ends = clock.day_in(row["ends"]) if "ends" in row else None
    kept[row["key"]] = offers.save_offer(people[row["by"]], places[row["place"]], ends_on=ends, **values).pk


def _need(clock: Clock, places: Places, people: People, row: dict[str, Any], kept: dict[str, int]) -> Story:
    yield row["written"]
    values = {name: row[name] for name in NEED_WORDS if name in row}
    wanted: dt.date = clock.day_in(row["wanted"])
    kept[row["key"]] = offers.save_need(people[row["by"]], places[row["place"]], wanted_on=wanted, **values).pk


def _pairing(
    places: Places,
    people: People,
    row: dict[str, Any],
    need: dict[str, Any],
    offer: dict[str, Any],
    kept: dict[str, dict[str, int]],
) -> Story:
    """Asked by the establishment or proposed by who offers; the other side has answered, or not yet."""
    place, group = places[need["place"]], places[offer["place"]]
    yield row.get("asked") or row["proposed"]
    need_pk, offer_pk = kept["needs"][row["need"]], kept["offers"][row["offer"]]
    if "proposed" in row:
        offers.propose(people[offer["by"]], group, offer_pk, need_pk)
        return
    made = offers.ask(people[need["by"]], place, need_pk, offer_pk)
    if "answered" in row:
        yield row["answered"]
        offers.answer(people[offer["by"]], group, made.pk, accept=True)
