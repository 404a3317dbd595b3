# SPDX-License-Identifier: EUPL-1.2
"""Plain functions that make rows for tests; Alice owns, Bob is a colleague of the group, Charlie is a stranger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.utils import timezone

from carene.apps.assessments.models import Answer, Assessment
from carene.apps.organisations import actions as organisation_actions
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps.models import Action
from carene.core.access.actor import Actor
from carene.core.accounts.models import User
from carene.core.tenancy.models import Membership

_serial = count(1)
SYSTEM = Actor.system()


def make_user(name: str = "Camille Martin", **fields: Any) -> User:
    fields.setdefault("email", f"personne{next(_serial)}@exemple.invalid")
    return User.objects.create_user(password="mot-de-passe-de-test", name=name, **fields)


def make_organisation(parent: Organisation | None = None, *, kind: str = "entity", **fields: Any) -> Organisation:
    fields.setdefault("name", f"Établissement {next(_serial)}")
    if kind == "entity":
        defaults = {"type": "ch", "ght_role": "membre", "beds": 200, "workstations": 600, "servers": 40}
        fields = defaults | fields
    return organisation_actions.create(SYSTEM, parent, kind=kind, **fields)


def give(user: User, organisation: Organisation, role: str) -> Membership:
    return Membership.objects.create(user=user, node=organisation.node, role=role)


@dataclass(frozen=True)
class World:
    """Two regions: the first with a GHT of two hospitals, the second with a lone one."""

    region: Organisation
    ght: Organisation
    hospital: Organisation  # Alice's
    sister: Organisation  # the other member of the GHT
    elsewhere: Organisation  # Charlie's
    alice: User  # RSSI of the hospital
    director: User  # management of the hospital
    bob: User  # reader on the whole GHT
    charlie: User  # RSSI elsewhere
    admin: User  # administrator of the region

    def actor(self, user: User) -> Actor:
        return Actor.of(user)


def make_world() -> World:
    region = make_organisation(kind="region", name="Région d'ici")
    ght = make_organisation(region, kind="ght", name="GHT d'ici")
    hospital = make_organisation(ght, name="Hôpital d'Alice", ght_role="support")
    sister = make_organisation(ght, name="Hôpital voisin")
    elsewhere = make_organisation(make_organisation(kind="region", name="Région d'ailleurs"), name="Hôpital de Charlie")
    world = World(
        region=region,
        ght=ght,
        hospital=hospital,
        sister=sister,
        elsewhere=elsewhere,
        alice=make_user("Alice Arnaud"),
        director=make_user("Denise Duval"),
        bob=make_user("Bob Bernard"),
        charlie=make_user("Charlie Cornet"),
        admin=make_user("Ada Aubry"),
    )
    give(world.alice, hospital, "rssi")
    give(world.director, hospital, "direction")
    give(world.bob, ght, "lecteur")
    give(world.charlie, elsewhere, "rssi")
    give(world.admin, region, "administrateur")
    return world


def make_assessment(
    organisation: Organisation,
    levels: dict[str, int],
    *,
    state: str = "draft",
    previous: Assessment | None = None,
    answered_on: dt.date | None = None,
    **fields: Any,
) -> Assessment:
    """An assessment of our referential with these levels, as rows: for tests of what reads it."""
    now = timezone.now()
    if state == "validated":
        fields.setdefault("validated_at", now)
    assessment = Assessment.objects.create(
        node=organisation.node,
        referential="care",
        referential_version="1.0.0",
        title="Auto-évaluation d'essai",
        state=state,
        previous=previous,
        started_at=fields.pop("started_at", now),
        **fields,
    )
    Answer.objects.bulk_create(
        Answer(assessment=assessment, criterion=key, level=level, answered_on=answered_on or now.date())
        for key, level in levels.items()
    )
    return assessment


def make_action(organisation: Organisation, title: str, **fields: Any) -> Action:
    """An action of the roadmap, to do, of three months from today unless told otherwise."""
    today = timezone.localdate()
    values = {"start_on": today, "due_on": today + dt.timedelta(days=90), "planned_cost": 1200.0} | fields
    return Action.objects.create(node=organisation.node, title=title, **values)
