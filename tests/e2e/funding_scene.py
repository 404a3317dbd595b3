# SPDX-License-Identifier: EUPL-1.2
"""A clinic outside the GHT for the walk of a funding file, made beside the demonstration of a running server.

``make`` prints its node; ``fill PK`` says and proves all that is left of the file, as its pages would.
"""

from __future__ import annotations

import os
import sys

import django

DIRECTION = "clinique"


def make() -> None:
    from carene.apps.organisations import actions
    from carene.apps.organisations.models import Organisation
    from carene.core.access.actor import Actor
    from carene.core.accounts.demo import DOMAIN, PASSWORD

    region = Organisation.objects.unscoped("a scene is set").get(kind="region")
    clinic = actions.create(
        Actor.system(), region, kind="entity", name="Clinique des Saules", type="clinique", ght_role="hors_ght"
    )
    for role in ("direction", "rssi"):
        membership = actions.grant(
            Actor.system(),
            clinic,
            email=f"{DIRECTION}@{DOMAIN}",
            name="Lise Aubin",
            function="Directrice, Clinique des Saules",
            role=role,
        )
    membership.user.set_password(PASSWORD)
    membership.user.save(update_fields=["password"])
    print(clinic.pk)


def fill(pk: int) -> None:
    from django.utils import timezone

    from carene.apps.funding import actions
    from carene.apps.funding.models import Application
    from carene.core.access.actor import Actor
    from tests.apps.funding.conftest import FACTS, GRID, PIECES, PREREQUISITES

    row = Application.objects.unscoped("a scene is set").select_related("node__organisation").get(pk=pk)
    place, system, today = row.node.organisation, Actor.system(), timezone.localdate()
    for item in (one for one in PIECES if one not in PREREQUISITES):
        for where in (one for one in PIECES[item] if one != "control"):  # a group's
            actions.attach_new(
                system,
                place,
                pk,
                item,
                where,
                title=f"Pièce de {item}",
                url="https://documents.demo.invalid/piece",
                effective_on=today,
            )
        actions.fill(system, place, pk, item, declared="reached", comment="", facts=FACTS.get(item, {}))
    actions.set_members(system, place, pk, {place.pk: (None, dict.fromkeys(GRID, True))})


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "carene.config.settings"
    django.setup()
    from carene.core.row_security import scope

    with scope.everything("a scene is set"):
        make() if sys.argv[1] == "make" else fill(int(sys.argv[2]))
