# SPDX-License-Identifier: EUPL-1.2
"""Builds the fictional GHT through the public actions of the other apps: when a verb breaks, this breaks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from carene.apps.assessments import actions as assessments
from carene.apps.assessments import queries as assessment_queries
from carene.apps.demonstration import (
    asking,
    financing,
    following,
    governing,
    journey,
    opened,
    reporting,
    resourcing,
    together,
)
from carene.apps.demonstration.clock import Clock, Story
from carene.apps.demonstration.levels import chance, level
from carene.apps.organisations import actions as organisations
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import profile_of
from carene.core.access.actor import Actor
from carene.core.accounts.demo import DOMAIN, MARK, PASSWORD
from carene.core.accounts.models import User
from carene.core.database.writes import atomic_write
from carene.core.tenancy.models import Node
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Criterion
from carene.engines.sources import InputError
from carene.engines.sources.yaml_source import read_yaml

DATA = Path(__file__).parent / "data" / "ght.yaml"
PROFILE = (
    "short_name",
    "finess",
    "town",
    "department",
    "type",
    "ght_role",
    "beds",
    "staff",
    "workstations",
    "servers",
    "sites",
)
BUDGETS = ("operating_budget", "digital_budget", "activity")
Progress = Callable[[str], None]


def is_empty() -> bool:
    """True when this database holds no organisation."""
    return not Node.objects.exists()


def load(progress: Progress) -> None:
    """Fills an empty database with the demonstration; one transaction: all of it or nothing.

    Raises InputError when the database already holds organisations.
    """
    if not is_empty():
        raise InputError(
            "la base contient déjà des établissements",
            remedy="choisir un autre dossier de données avec CARENE_VAR pour la démonstration",
        )
    data: dict[str, Any] = read_yaml(DATA.read_bytes(), DATA.name).data
    progress("Démonstration : un GHT fictif de sept établissements, et deux ans de leur vie…")
    clock = Clock()
    with atomic_write():
        with clock.at(clock.moment(800)):
            places = _tree(data)
        with clock.at(clock.moment(790)):
            people = _people(data, places)
        stories = [
            *following.give_evidence(clock, data, places["valmont"], people["rssi"]),
            following.open_next(clock, data, places["valmont"], people),
            *following.share_services(clock, data, places, people["rssi"]),
            *opened.mandate(clock, data, places),
            *opened.share(data, places, people),
            *governing.stories(clock, places, people),
            *financing.stories(clock, places, people),
            *asking.stories(clock, places, people),
            *resourcing.stories(clock, places, people),
            *reporting.stories(places, people["rssi"]),
            together.plan(data, places, people["rssi"]),
        ]
        for row in data["establishments"]:
            stories += _stories(clock, data, row, places[row["key"]], people)
        clock.tell(stories, progress)
        Path(settings.VAR, MARK).touch()  # before the commit: a server killed right after it must still know


def _tree(data: dict[str, Any]) -> dict[str, Organisation]:
    system = Actor.system()
    nation = organisations.create(system, None, kind="nation", **data["nation"])
    region = organisations.create(system, nation, kind="region", **data["region"])
    ght = organisations.create(system, region, kind="ght", **data["ght"])
    places = {"nation": nation, "region": region, "ght": ght}
    for row in data["establishments"]:
        profile = {key: row[key] for key in (*PROFILE, *BUDGETS)}
        profile |= dict(zip(("latitude", "longitude"), row["at"], strict=True))
        places[row["key"]] = organisations.create(system, ght, kind="entity", name=row["name"], **profile)
    return places


def _people(data: dict[str, Any], places: dict[str, Organisation]) -> dict[str, Actor]:
    """Login → actor; directors are known by ``direction:<establishment>``."""
    system = Actor.system()
    password = make_password(PASSWORD)
    people: dict[str, User] = {}
    for person in data["people"]:
        for place, role in person["roles"].items():
            membership = organisations.grant(
                system,
                places[place.rstrip("+")],
                email=f"{person['login']}@{DOMAIN}",
                name=person["name"],
                function=person["function"],
                role=role,
            )
            people[person["login"]] = membership.user
    User.objects.filter(email__endswith=f"@{DOMAIN}").update(password=password)
    for key, name in data["directors"].items():
        membership = organisations.grant(
            system,
            places[key],
            email=f"direction.{key}@personnel.{DOMAIN}",
            name=name,
            function=f"Direction, {places[key].label}",
            role="direction",
        )
        people[f"direction:{key}"] = membership.user
    people["direction:valmont"] = people["direction"]
    people["direction:glycines"] = people["ehpad"]
    return {login: Actor.of(user) for login, user in people.items()}


def _stories(
    clock: Clock, data: dict[str, Any], row: dict[str, Any], place: Organisation, people: dict[str, Actor]
) -> list[Story]:
    """One establishment, from its oldest assessment to today: what it answers, what it measures, what it does."""
    rssi, director = people["rssi"], people[f"direction:{row['key']}"]
    stories = [
        _assessments(data, row, place, (rssi, director)),
        following.measure(data, row, place, rssi),
    ]
    if row["key"] in data["roadmaps"]:
        owners = [people[login] for login in row.get("owners", ["rssi"])]
        stories.append(journey.roadmap(clock, data, row["key"], place, (director, rssi, owners)))
        stories.append(journey.variants(clock, data, row["key"], place, rssi))
    return stories


def _assessments(data: dict[str, Any], row: dict[str, Any], place: Organisation, who: tuple[Actor, Actor]) -> Story:
    """Each one validated so many days ago, unless it is the last one and the story says otherwise."""
    rssi, director = who
    referential = care()
    criteria = referential.applicable(profile_of(place, referential))
    ages = [735, 372, 12][-row["assessments"] :]
    for age in ages:
        last = age == ages[-1]
        yield age + 9
        assessment = assessments.start(rssi, place)
        accepted = {
            assessments.accept_proposal(rssi, place, proposal.pk).criterion
            for proposal in assessment_queries.pending_proposals(place.node)
        }
        chosen = [c for c in (_answered(row, criteria) if last else criteria) if c.id not in accepted]
        yield age + 4
        assessments.answer_many(rssi, place, assessment, _rows(data, row, chosen, age / 365), confirm=True)
        if last and row["state"] == "draft":
            return
        yield age + 1
        assessments.submit(rssi, place, assessment)
        if last and row["state"] == "submitted":
            return
        yield age
        assessments.validate(director, place, assessment)


def _answered(row: dict[str, Any], criteria: tuple[Criterion, ...]) -> list[Criterion]:
    """What the last, unfinished assessment has answered anew."""
    part = row.get("answered", 1.0)
    if part == "socle":
        return [c for c in criteria if c.socle and chance(row["key"], c.id, "answered") > 0.15]
    return [c for c in criteria if chance(row["key"], c.id, "answered") < float(part)]


def _rows(
    data: dict[str, Any], row: dict[str, Any], criteria: list[Criterion], years: float
) -> list[tuple[str, int | None, bool, str, str]]:
    reasons = data["not_applicable"].get(row["key"], {})
    comments = data["comments"] if row["key"] == "valmont" and years < 0.5 else {}
    return [
        (c.id, None, True, reasons[c.id], "")
        if c.id in reasons
        else (c.id, level(row, c, years), False, "", comments.get(c.id, ""))
        for c in criteria
    ]
