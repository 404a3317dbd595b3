# SPDX-License-Identifier: EUPL-1.2
"""A GHT under a region under the nation, its candidate, the officer of the region, the national team."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from unittest.mock import patch

import pytest
from django.utils import timezone

from carene.apps.funding import actions, queries
from carene.apps.funding.actions import Payment
from carene.apps.funding.dossier import Dossier, read
from carene.apps.funding.models import Application
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.accounts.models import User
from tests.support.factories import give, make_organisation, make_user

PIECES = {  # item → places, each proved on its day
    "D2.P1": ("pssi",),
    "D2.P2": ("team",),
    "D2.O1.A": ("scheme", "minutes"),
    "D2.O1.B": ("plan", "alert"),
    "D2.O1.C": ("bia", "activities", "plans"),
    "D2.O1.D": ("scenario", "debrief"),
    "D2.O2.A": ("policy",),
    "D2.O2.B": ("plans",),
    "D2.O3.A": ("roles", "second_factor"),
    "D2.O3.B": ("architecture", "schedule", "isolation"),
    "D2.O3.C": ("architecture", "milestones"),
    "D2.O3.D": ("boards", "procedures", "control"),
    "D2.O4": ("scope", "book", "referents"),
}
FACTS: dict[str, dict[str, bool | float]] = {
    "D2.P1": {"approved": True},
    "D2.O2.A": {"approved": True, "outsourced": True},
    "D2.O3.A": {"own_directory": False},
    "D2.O3.B": {"years": 2.0},
    "D2.O4": {"referents": 1.0},
}
PREREQUISITES = ("D2.P1", "D2.P2")
GRID = ("D2.O1.C", "D2.O1.D")


@dataclass
class Stage:
    nation: Organisation
    region: Organisation
    ght: Organisation
    support: Organisation
    member: Organisation
    outside: Organisation
    director: User  # of the support
    officer: User  # of the region
    payer: User  # of the nation

    def by(self, user: User) -> Actor:
        return Actor.of(user)

    def application(self) -> Application:
        return queries.of_place(self.support).get()

    def dossier(self, user: User | None = None) -> Dossier:
        return read(self.by(user or self.director), self.application(), timezone.localdate())

    def start(self) -> Application:
        return actions.start(self.by(self.director), self.support, "d2")

    def fill(self, *items: str) -> None:
        """Says and proves these items, each on today's date."""
        actor, pk, today = self.by(self.director), self.application().pk, timezone.localdate()
        for item in items:
            for place in PIECES[item]:
                actions.attach_new(
                    actor,
                    self.support,
                    pk,
                    item,
                    place,
                    title=f"{item} {place}",
                    url="https://exemple.invalid/document",
                    effective_on=today,
                )
            actions.fill(actor, self.support, pk, item, declared="reached", comment="", facts=FACTS.get(item, {}))

    def weigh(self, support: int = 70, member: int = 30) -> None:
        """The support complies, the other member does not."""
        values = {
            self.support.pk: (support, dict.fromkeys(GRID, True)),
            self.member.pk: (member, dict.fromkeys(GRID, False)),
        }
        actions.set_members(self.by(self.director), self.support, self.application().pk, values)

    def move(self, user: User, move: str, reason: str = "", payment: Payment | None = None) -> Application:
        row = self.application()
        return actions.move(
            self.by(user), self.support, row.pk, move, version=row.version, reason=reason, payment=payment
        )

    def decide(self, user: User, item: str, *, accepted: bool = True, reason: str = "") -> None:
        row = self.application()
        actions.decide(self.by(user), self.support, row.pk, item, accepted=accepted, reason=reason, version=row.version)

    def to_operating(self) -> None:
        self.start()
        self.fill(*PREREQUISITES)
        self.move(self.director, "apply")
        self.move(self.officer, "retain")

    def to_declared(self) -> None:
        self.to_operating()
        self.fill(*(item for item in PIECES if item not in PREREQUISITES))
        self.weigh()
        self.move(self.director, "declare")

    def decide_all(self, user: User) -> None:
        for item in PIECES:
            if item not in PREREQUISITES:
                self.decide(user, item)


@pytest.fixture
def clock() -> Iterator[dict[str, dt.datetime]]:
    """« Now », to be set: begins within the window of the candidature."""
    now = {"now": dt.datetime(2025, 10, 1, 10, 0, tzinfo=dt.UTC)}
    with patch.object(timezone, "now", lambda: now["now"]):
        yield now


@pytest.fixture
def stage(db: None, clock: dict[str, dt.datetime]) -> Stage:
    nation = make_organisation(kind="nation", name="La nation")
    region = make_organisation(nation, kind="region", name="La région")
    ght = make_organisation(region, kind="ght", name="Le GHT")
    support = make_organisation(ght, name="CH support", ght_role="support", activity=70)
    member = make_organisation(ght, name="CH membre", activity=30)
    outside = make_organisation(region, name="Clinique", type="clinique", ght_role="hors_ght")
    people = {name: make_user(name) for name in ("Directrice", "Agente", "Payeur")}
    give(people["Directrice"], support, "direction")
    give(people["Directrice"], support, "rssi")
    give(people["Agente"], region, "officier")
    give(people["Payeur"], nation, "national")
    return Stage(nation, region, ght, support, member, outside, *people.values())
