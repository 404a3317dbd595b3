# SPDX-License-Identifier: EUPL-1.2
"""Two hospitals where everything exists, and what is known of every address: its verb, the things it names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from carene.apps.assessments import queries as assessments
from carene.apps.organisations.models import Organisation, SharedService
from carene.apps.resources.models import Offer, Pairing
from carene.core.accounts.models import User
from carene.core.tenancy.models import Node
from tests.attacks.crawl import Form, content_of, every_form
from tests.attacks.prey import Prey, populate
from tests.isolation.test_every_url import CONVERTER, OWNED
from tests.support.campaigns import make_campaign
from tests.support.common_plans import make_common_plan
from tests.support.factories import give, make_user, make_world

# What a parameter of an address names; ``pk`` depends on where it stands. One that is missing here is not tried:
# a test refuses that.
THINGS = {
    "proposal_id": "proposal",
    "file_id": "library",
    "assignment_id": "assignment",
    "draft_id": "draft",
    "token_id": "token",
    "evidence_id": "evidence",
    "scenario_id": "scenario",
    "observation_id": "observation",
    "membership_id": "membership",
    "action_id": "action",
    "service_id": "service",
    "share_id": "share",
    "request_id": "request",
    "application_id": "application",
    "document_id": "funding_document",
    "expense_id": "expense",
    "ceiling_id": "ceiling",
    "setting_id": "setting",
    "post_id": "post",
    "oncall_id": "oncall",
    "committee_id": "committee",
    "meeting_id": "meeting",
    "decision_id": "decision",
    "commitment_id": "commitment",
    "policy_id": "policy",
    "offer_id": "offer",
    "need_id": "need",
    "pairing_id": "pairing",
    "campaign_id": "campaign",
    "participant_id": "participant",
    "plan_id": "common",
    "part_id": "part",
    "pk": "assessment",
}
# Parameters that name no row of anyone: words of the referential, kinds of files.
WORDS = {
    "node_id", "criterion", "digest", "kind", "indicator", "measure_id", "year", "stage", "duty", "domain", "item",
    "move", "figure", "step",
}  # fmt: skip
OF_GROUPS = (
    "/services-mutualises/",
    "/registres/",
    "/ensemble/",
    "/ressources/exporter/",
    "/ressources/offres/",
    "/campagnes/",
    "/ressources/partage/",
    "/ressources/trajectoire/",
)  # pages of a GHT or a region; the others are those of a hospital

OF_HOSPITALS = "/repondre/"  # what an establishment says to the campaign of its group


@dataclass
class Side:
    """A hospital, the group above it, and everything that they hold once."""

    prey: Prey
    group: Organisation
    service: int
    common: int  # a group planned together, found
    part: int  # what it proposes to the hospital
    offer: int  # of the group
    campaign: int  # of the group, open
    participant: int  # the hospital in it
    pairing: int  # that offer, proposed for the need of the hospital
    first: str  # question of the ten-minute start

    def thing(self, route: str, name: str) -> int:
        what = THINGS[name]
        if name == "draft_id" and "echanges/indicateurs" in route:
            what = "observations_draft"
        elif name == "pk" and ("/actions/" in route or "scenarios" in route):
            what = "action" if "/actions/" in route else "scenario"
        return int(getattr(self if hasattr(self, what) else self.prey, what))

    def things(self, route: str) -> dict[str, int]:
        """Those that a route names, by the name of the parameter."""
        return {name: self.thing(route, name) for name in parameters(route) if name in THINGS}

    def node(self, route: str) -> Node:
        of_group = any(part in route for part in OF_GROUPS) and not route.endswith(OF_HOSPITALS)
        return self.group.node if of_group else self.prey.organisation.node

    def address(self, route: str, **other: Any) -> str:
        """The address of a route here, things that exist in it; ``other`` replaces some of them."""
        values: dict[str, Any] = {"node_id": self.node(route).pk, **self.things(route)}
        if "/demarrage/" in route:
            values["criterion"] = self.first
        address = self.prey.address(route, **values | other)
        return f"{address}?question=GOV.1.1" if route.endswith("/confier/") else address


def parameters(route: str) -> list[str]:
    return [name for _, name in CONVERTER.findall(route)]


def unnamed() -> set[str]:
    """Parameters of addresses of which nobody said what they name."""
    return {name for route in OWNED for name in parameters(route)} - set(THINGS) - WORDS


def verb_of(address: str) -> str:
    """The verb that the door of the page asks for. Raises AttributeError for a page without a door."""
    return str(resolve(address.partition("?")[0]).func.verb)  # type: ignore[attr-defined]


@contextmanager
def in_a_transaction() -> Iterator[None]:
    """After which nothing is left of what was done."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Answered:
    status: int
    text: str
    headers: Any


def ask(client: Client, method: str, address: str, data: dict[str, Any] | None = None, **more: Any) -> Answered:
    """The whole answer; what was written stays (see ``in_a_transaction``)."""
    response = getattr(client, method.lower())(address, data or {}, **more)
    return Answered(response.status_code, content_of(response).decode(errors="replace"), response.headers)


def signed_in(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.raise_request_exception = False
    return client


def stored() -> dict[str, list[Any]]:
    """Every row of ours, to compare."""
    return {
        model._meta.label: [tuple(row.items()) for row in model._base_manager.order_by("pk").values()]
        for model in apps.get_models()
        if model.__module__.startswith("carene.")
    }


@dataclass
class Place:
    mine: Side
    theirs: Side
    owner: Client
    stranger: User

    @cached_property
    def forms(self) -> list[Form]:
        """Every one that the owner sees, filled so that it goes as far as the action behind it."""
        with in_a_transaction():
            return every_form(self.owner, self.mine.prey)

    def colleague(self, role: str) -> User:
        """Someone new who holds this role alone, on the whole group."""
        user = make_user(f"Collègue {role}")
        give(user, self.mine.group, role)
        return user

    def addresses(self) -> Iterator[tuple[str, str]]:
        """(route, address here) of every page of an organisation."""
        for route in OWNED:
            yield route, self.mine.address(route)


def everything() -> Place:
    world = make_world()
    for role in ("administrateur", "direction"):
        give(world.alice, world.hospital, role)
    for role in ("administrateur", "officier"):  # only officers ask for a share
        give(world.alice, world.ght, role)
    mine = _side(world.hospital, world.ght, world.alice, "Alice")
    region = Organisation.objects.of(world.elsewhere.node.parent).get()
    theirs = _side(world.elsewhere, region, world.charlie, "Charlie")
    return Place(mine, theirs, signed_in(world.alice), world.charlie)


def _side(hospital: Organisation, group: Organisation, owner: User, name: str) -> Side:
    prey = populate(hospital, owner, f"Texte de {name}", name.lower())
    kind = SharedService.Kind.OTHER
    service = SharedService.objects.create(
        node=group.node, kind=kind, provider=hospital.node, title=f"Service de {name}"
    )
    assessment = assessments.find(hospital.node, prey.assessment)
    common, part = make_common_plan(group, hospital, name)
    offer = Offer.objects.create(
        node=group.node, title=f"Offre de {name}", contact=f"Contact de {name}", service="soc", capacity=3
    )
    pairing = Pairing.objects.create(
        node=hospital.node, need_id=prey.need, offer=offer, state=Pairing.State.PROPOSED, made_at=timezone.now()
    )
    campaign, participant = make_campaign(group, hospital, name)
    first = assessments.sheet(hospital, assessment).socle[0].id
    return Side(prey, group, service.pk, common.pk, part.pk, offer.pk, campaign, participant, pairing.pk, first)
