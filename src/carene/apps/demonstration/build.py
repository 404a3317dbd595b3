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
from carene.apps.demonstration import following, journey, opened
from carene.apps.demonstration.clock import days_ago
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
PROFILE = ("short_name", "finess", "town", "type", "ght_role", "beds", "staff", "workstations", "servers", "sites")
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
    progress("Démonstration : un GHT fictif de sept établissements…")
    with atomic_write():
        places = _tree(data)
        people = _people(data, places)
        for row in data["establishments"]:
            progress(f"  {row['name']}")
            _story(data, row, places[row["key"]], people)
        following.give_evidence(data, places["valmont"], people["rssi"])
        following.open_next(data, places["valmont"], people)
        following.share_services(data, places, people["rssi"])
        opened.mandate(data, places)
        opened.share(data, places, people)
        Path(settings.VAR, MARK).touch()  # before the commit: a server killed right after it must still know


def _tree(data: dict[str, Any]) -> dict[str, Organisation]:
    system = Actor.system()
    with days_ago(800):
        region = organisations.create(system, None, kind="region", **data["region"])
        ght = organisations.create(system, region, kind="ght", **data["ght"])
        places = {"region": region, "ght": ght}
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
    with days_ago(790):
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


def _story(data: dict[str, Any], row: dict[str, Any], place: Organisation, people: dict[str, Actor]) -> None:
    """One establishment, from its oldest assessment to today."""
    rssi, director = people["rssi"], people[f"direction:{row['key']}"]
    owners = [people[login] for login in row.get("owners", ["rssi"])]
    ages = [735, 372, 12][-row["assessments"] :]
    planned = row["key"] in data["roadmaps"]
    for age in ages:
        last = age == ages[-1]
        if last and planned:
            journey.adopt(data, row["key"], place, director, rssi, 330)
            journey.carry(place, owners, since=330, until=age + 10)
        _assess(data, row, place, (rssi, director), age, last=last)
    if planned:
        journey.carry(place, owners, since=ages[-1] + 9, until=0)
        journey.variants(data, row["key"], place, rssi)
    following.measure(data, row, place, rssi)


def _assess(
    data: dict[str, Any], row: dict[str, Any], place: Organisation, who: tuple[Actor, Actor], age: int, *, last: bool
) -> None:
    """One assessment, validated ``age`` days ago unless it is the last one and the story says otherwise."""
    rssi, director = who
    referential = care()
    criteria = referential.applicable(profile_of(place, referential))
    with days_ago(age + 9):
        assessment = assessments.start(rssi, place)
        accepted = {
            assessments.accept_proposal(rssi, place, proposal.pk).criterion
            for proposal in assessment_queries.pending_proposals(place.node)
        }
    chosen = [c for c in (_answered(row, criteria) if last else criteria) if c.id not in accepted]
    with days_ago(age + 4):
        assessments.answer_many(rssi, place, assessment, _rows(data, row, chosen, age / 365), confirm=True)
    if last and row["state"] == "draft":
        return
    with days_ago(age + 1):
        assessments.submit(rssi, place, assessment)
    if last and row["state"] == "submitted":
        return
    with days_ago(age):
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
