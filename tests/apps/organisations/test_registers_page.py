# SPDX-License-Identifier: EUPL-1.2
"""What the administrator reads of imports: the page of registers; what was closed by hand stays closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from carene.apps.organisations import actions
from carene.apps.organisations.models import Organisation, RegisterImport
from tests.apps.organisations.test_import import BASE, at, legal, load, site
from tests.support.factories import SYSTEM, World, give, make_organisation, make_user
from tests.support.text import plain


@pytest.fixture
def nation(db: None) -> Organisation:
    return make_organisation(kind="nation", name="France")


def test_each_import_leaves_an_account(nation: Organisation) -> None:
    load(nation, BASE, dry_run=True)
    assert not RegisterImport.objects.of(nation.node).exists()
    load(nation, BASE)
    load(nation, BASE)
    second, first = RegisterImport.objects.of(nation.node).order_by("-id")
    assert first.counts["opened"] == 6  # a region, two entities, three establishments
    assert second.counts["opened"] == 0
    assert second.counts["unchanged"] == first.counts["opened"]
    assert all(one.ended_at and one.source == "registre d'essai" for one in (first, second))


def test_what_someone_closed_stays_closed_until_a_register_closes_it(nation: Organisation) -> None:
    load(nation, BASE)
    actions.close(SYSTEM, at("et:350000002"), dt.date(2026, 1, 5))
    renamed = [*BASE[:2], site("350000002", "350000009", "HOPITAL SUD RENOMME"), *BASE[3:]]
    plan = load(nation, renamed)
    assert plan.counts["reopened"] == 0
    assert plan.kept_closed == 1
    row = at("et:350000002")
    assert (row.name, row.closed_on) == ("HOPITAL SUD RENOMME", dt.date(2026, 1, 5))
    assert load(nation, renamed).counts["renamed"] == 0
    actions.reopen(SYSTEM, row)
    load(nation, [*BASE[:2], *BASE[3:]], close_missing=True)  # now the register says so
    assert at("et:350000002").closed_on is not None
    assert load(nation, renamed).counts["reopened"] == 1


def test_a_merge_made_by_hand_is_not_undone(nation: Organisation) -> None:
    load(nation, BASE)
    actions.merge(SYSTEM, at("et:350000002"), at("et:350000001"))
    load(nation, BASE)
    assert at("et:350000002").closed_on is not None


def test_the_page_of_registers(nation: Organisation, client_for: Any) -> None:
    reader, manager = make_user(), make_user()
    give(reader, nation, "national")
    give(manager, nation, "gestionnaire")
    url = f"/o/{nation.pk}/registres/"
    assert client_for(reader).get(url).status_code == 403
    client = client_for(manager)
    page = plain(client.get(url))
    assert "Aucun import encore" in page
    assert "carene organisations import FICHIER --dry-run" in page
    load(nation, BASE)
    load(nation, [*BASE, legal("290000008", "NOUVELLE ENTITE")])
    load(nation, [*BASE, legal("290000008", "NOUVELLE ENTITE")])
    page = plain(client.get(url))
    assert "1 ouverture ;" in page
    assert "Rien n'avait changé" in page
    assert "registre d'essai" in page
    RegisterImport.objects.of(nation.node).update(ended_at=None)
    assert "Interrompu avant la fin" in plain(client.get(url))
    assert "Registres" in plain(client.get(f"/o/{nation.pk}/arbre/"))


def test_only_nations_and_regions_receive_registers(world: World, client_for: Any) -> None:
    client = client_for(world.admin)
    assert client.get(f"/o/{world.region.pk}/registres/").status_code == 200
    assert "nation ou une région" in plain(client.get(f"/o/{world.ght.pk}/registres/"))
    assert client_for(world.charlie).get(f"/o/{world.region.pk}/registres/").status_code == 404
