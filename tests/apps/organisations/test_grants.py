# SPDX-License-Identifier: EUPL-1.2
"""Who may give which role to whom."""

from __future__ import annotations

import pytest

from carene.apps.organisations import actions
from carene.core.access.actor import Actor
from carene.core.tenancy.models import Membership
from carene.engines.sources import InputError
from tests.support.factories import World, give, make_user

pytestmark = pytest.mark.django_db


def test_nobody_gives_a_role_to_themselves(world: World) -> None:
    actor = world.actor(world.admin)
    with pytest.raises(InputError, match="à soi-même"):
        actions.grant(actor, world.hospital, email=world.admin.email.upper(), name="", role="rssi")
    assert not Membership.objects.filter(user=world.admin, role="rssi").exists()


@pytest.mark.parametrize("role", ["rssi", "lecteur", "auditeur"])
def test_from_above_one_names_no_reader_of_the_detail(world: World, role: str) -> None:
    keeper = make_user("Gabin Grenier")
    give(keeper, world.region, "gestionnaire")
    actor = Actor.of(keeper)
    with pytest.raises(InputError, match=r"par l'établissement lui-même|mandat daté"):
        actions.grant(actor, world.hospital, email="n@exemple.invalid", name="Nouvelle Personne", role=role)
    named = actions.grant(
        actor, world.hospital, email="n@exemple.invalid", name="Nouvelle Personne", role="administrateur"
    )
    assert not actor.can("assessment.view", world.hospital.node)
    assert actor.can("members.view", world.hospital.node)
    given = actions.grant(
        Actor.of(named.user), world.hospital, email="lu@exemple.invalid", name="Lectrice", role="lecteur"
    )
    assert given.role == "lecteur"
