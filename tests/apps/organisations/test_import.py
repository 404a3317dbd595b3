# SPDX-License-Identifier: EUPL-1.2
"""Registers into the tree: first import, second one, what people typed, what is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from carene.apps.organisations import actions
from carene.apps.organisations.imports import apply
from carene.apps.organisations.imports.plan import Choice, Plan
from carene.apps.organisations.models import IdentityChange, Organisation
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Node
from carene.engines.registers.invented import World as Invented
from carene.engines.registers.invented import invent
from carene.engines.registers.reading import open_register
from carene.engines.registers.records import Account, Establishment, Ght, LegalEntity, Membership, Place, Record
from carene.engines.registers.writing import write_legacy, write_structures
from carene.engines.sources import InputError
from tests.support.factories import SYSTEM, World, make_organisation
from tests.support.shared_data import shared_data

RENNES = Place("2 RUE HENRI LE GUILLOUX", "35000", "Rennes", "35", 48.11, -1.69)
BREST = Place("2 AVENUE FOCH", "29200", "Brest", "29", 48.39, -4.49)


def legal(finess: str, name: str = "", place: Place = RENNES, *, active: bool = True) -> LegalEntity:
    return LegalEntity(finess, name or f"ENTITE {finess}", "", place, None, None, active, 1)


def site(finess: str, entity: str, name: str = "", place: Place = RENNES, **more: Any) -> Establishment:
    values = {"siret": "", "category": "355", "status": "", "rank": "1102", "opened_on": None, "closed_on": None}
    values |= {"active": True, "line": 1} | more
    return Establishment(
        finess=finess, entity=entity, name=name or f"SITE {finess}", short_name="", place=place, **values
    )


BASE: tuple[Record, ...] = (
    legal("350000009", "CHU DE RENNES"),
    site("350000001", "350000009", "HOPITAL PONTCHAILLOU"),
    site("350000002", "350000009", "HOPITAL SUD"),
    legal("290000009", "CHU DE BREST", BREST),
    site("290000001", "290000009", "HOPITAL MORVAN", BREST),
)


def load(under: Organisation, records: Iterable[Record], *, actor: Actor = SYSTEM, **options: Any) -> Plan:
    choice = Choice(**{k: options.pop(k) for k in ("partial", "close_missing", "skip_faults") if k in options})
    options = {"account": Account(), "source": "registre d'essai", "whole": True} | options
    return actions.import_registers(actor, records, under=under, choice=choice, **options)


def at(key: str) -> Organisation:
    return Organisation.objects.unscoped("test").select_related("node__parent__organisation").get(register_key=key)


def above(key: str) -> str:
    parent = at(key).node.parent
    assert parent is not None
    return str(parent.organisation)


def snapshot() -> list[tuple[Any, ...]]:
    rows = Organisation.objects.unscoped("test").order_by("pk")
    return list(rows.values_list("pk", "name", "town", "siret", "closed_on", "node__path", "register_digest", "search"))


@pytest.fixture
def nation(db: None) -> Organisation:
    return make_organisation(kind="nation", name="France")


def test_the_first_import_makes_the_tree(nation: Organisation) -> None:
    plan = load(nation, BASE)
    assert plan.applied
    assert plan.by_kind == {"region": 1, "entity": 2, "site": 3}
    assert above("region:53") == "France"
    assert above("ej:350000009") == "Bretagne"
    assert above("et:350000002") == "CHU DE RENNES"
    row = at("et:350000001")
    assert (row.kind, row.type, row.finess, row.finess_ej, row.department) == (
        "site", "ch", "350000001", "350000009", "35",
    )  # fmt: skip
    assert (row.town, row.latitude) == ("Rennes", 48.11)
    for node in Node.objects.order_by("pk"):
        assert node.path == f"{node.parent.path if node.parent else ''}{node.pk}/"


def test_nodes_made_by_hand_afterwards_take_free_numbers(nation: Organisation) -> None:
    load(nation, BASE)
    made = make_organisation(at("region:53"))
    assert Node.objects.filter(pk=made.pk).count() == 1


def test_the_same_import_again_changes_nothing(nation: Organisation) -> None:
    load(nation, BASE)
    before, entries = snapshot(), Entry.objects.count()
    plan = load(nation, BASE)
    assert {kind: n for kind, n in plan.counts.items() if n} == {"unchanged": 6}
    assert snapshot() == before
    assert Entry.objects.count() == entries
    assert not IdentityChange.objects.unscoped("test").exists()


def test_a_dry_run_tells_and_writes_nothing(nation: Organisation) -> None:
    plan = load(nation, BASE, dry_run=True)
    assert plan.counts["opened"] == 6
    assert not plan.applied
    assert Organisation.objects.unscoped("test").count() == 1


def test_a_second_import_says_then_applies_what_changed(nation: Organisation) -> None:
    load(nation, BASE)
    later = (
        legal("350000009", "CHU DE RENNES"),
        site("350000001", "350000009", "HOPITAL PONTCHAILLOU", BREST),  # moved to Brest: stands under the same region
        legal("290000009", "CHU BREST CARHAIX", BREST),
        site("290000001", "290000009", "HOPITAL MORVAN", BREST),
        site("350000002", "290000009", "HOPITAL SUD"),
        site("290000003", "290000009", "HOPITAL NEUF", BREST),
    )
    told = load(nation, later, dry_run=True)
    applied = load(nation, later)
    assert told.counts == applied.counts
    kinds = {kind: n for kind, n in applied.counts.items() if n}
    assert kinds == {"opened": 1, "moved": 1, "relocated": 1, "renamed": 1, "unchanged": 3}
    assert above("et:350000002") == "CHU BREST CARHAIX"
    assert at("et:350000002").node.path.startswith(at("ej:290000009").node.path)
    history = IdentityChange.objects.unscoped("test").order_by("kind").values_list("kind", "source")
    assert set(history) == {(k, "registre d'essai") for k in ("opened", "moved", "relocated", "renamed")}
    assert load(nation, later).counts["unchanged"] == 7


def test_what_closed_stays_readable_and_may_reopen(nation: Organisation) -> None:
    load(nation, BASE)
    plan = load(nation, BASE[:-1])
    assert plan.counts["closed"] == 1
    assert at("et:290000001").closed_on is not None
    assert IdentityChange.objects.of(at("et:290000001").node).get().kind == "closed"
    again = load(nation, BASE)
    assert again.counts["reopened"] == 1
    assert at("et:290000001").closed_on is None


def test_a_merger_names_its_heir(nation: Organisation) -> None:
    load(nation, BASE)
    later = (
        *BASE[:3],
        site("290000001", "350000009", "HOPITAL MORVAN", BREST),
        legal("290000009", active=False),
    )
    plan = load(nation, later)
    assert plan.counts["merged"] == 1
    change = IdentityChange.objects.of(at("ej:290000009").node).select_related("other__organisation").get()
    assert change.kind == "merged"
    assert change.other is not None
    assert str(change.other.organisation) == "CHU DE RENNES"


def test_what_people_typed_is_kept(nation: Organisation) -> None:
    load(nation, BASE)
    mine = at("ej:350000009")
    actions.update_profile(SYSTEM, mine, name="Le CHU", beds=1500, type="chu", town="Rennes-Pontchaillou")
    renamed = (legal("350000009", "CENTRE HOSPITALIER UNIVERSITAIRE", BREST), *BASE[1:])
    load(nation, renamed)
    row = at("ej:350000009")
    assert (row.name, row.beds, row.type, row.town) == ("Le CHU", 1500, "chu", "Rennes-Pontchaillou")
    assert row.department == "29"  # what nobody types follows the register
    assert " le chu " in row.search


def test_what_someone_placed_elsewhere_stays_there(nation: Organisation) -> None:
    load(nation, BASE)
    ght = make_organisation(at("region:53"), kind="ght", name="GHT à la main")
    actions.move(SYSTEM, at("ej:290000009"), ght)
    plan = load(nation, (*BASE[:3], legal("290000009", "CHU DE BREST", Place(department="75")), *BASE[4:]))
    assert above("ej:290000009") == "GHT à la main"
    assert plan.by_hand == 1


def test_what_was_made_by_hand_is_recognised_by_its_number(nation: Organisation) -> None:
    region = make_organisation(nation, kind="region", name="Région Bretagne")
    ght = make_organisation(region, kind="ght", name="GHT Haute-Bretagne")
    by_entity = make_organisation(ght, name="Notre CHU", finess="350000009", beds=900)
    by_site = make_organisation(region, name="Brest", finess="290000001", beds=0)  # typed the number of the site
    groups = (Ght("BR", "HAUTE BRETAGNE", "Bretagne", 1), Membership("BR", "350000009", "support", "", RENNES, 1))
    plan = load(nation, (*groups, *BASE))
    assert plan.recognised == 4
    assert at("region:53").pk == region.pk
    assert at("ght:BR").pk == ght.pk
    assert at("ej:350000009").pk == by_entity.pk
    assert at("ej:290000009").pk == by_site.pk
    row = at("ej:350000009")
    assert (row.name, row.beds, above("ej:350000009")) == ("Notre CHU", 900, "GHT Haute-Bretagne")
    assert row.finess_ej == "350000009"
    assert load(nation, (*groups, *BASE)).counts["opened"] == 0


def test_two_rows_with_one_number_are_nobodys(nation: Organisation) -> None:
    region = make_organisation(nation, kind="region", name="Bretagne")
    make_organisation(region, name="A", finess="350000009")
    make_organisation(region, name="B", finess="350000009")
    load(nation, BASE)
    assert at("ej:350000009").name == "CHU DE RENNES"


def test_groups_gather_and_let_go(nation: Organisation) -> None:
    load(nation, BASE)
    group = Ght("BR", "GHT d'ici", "Bretagne", 1)
    both = (group, *(Membership("BR", f, r, "", RENNES, 1) for f, r in (("350000009", "support"), ("290000009", ""))))
    load(nation, both, whole=False)
    assert above("ej:290000009") == above("ej:350000009") == "GHT d'ici"
    assert (at("ej:350000009").ght_role, at("ej:290000009").ght_role) == ("support", "membre")
    assert at("ej:290000009").name == "CHU DE BREST"  # the list of GHT only places
    assert at("et:290000001").node.path.startswith(at("ght:BR").node.path)
    # A file that speaks of no group leaves them as they are.
    assert load(nation, BASE).counts["moved"] == 0
    load(nation, (*both[:2], *BASE))
    assert above("ej:290000009") == "Bretagne"


def test_an_extract_is_not_taken_for_the_whole(nation: Organisation) -> None:
    many = [site(f"35{n:07d}", f"35{n + 5000:07d}") for n in range(60)]
    load(nation, many)
    with pytest.raises(InputError, match="ne sont pas dans le fichier"):
        load(nation, many[:10])
    assert load(nation, many[:10], partial=True).counts["closed"] == 0
    assert load(nation, many[:10], close_missing=True).counts["closed"] == 100


def test_a_faulty_line_stops_everything_unless_told(nation: Organisation) -> None:
    load(nation, BASE)
    account = Account()
    account.fault(InputError("la ligne ne se lit pas", where="f.csv, ligne 3"), "350000002")
    with pytest.raises(InputError, match=r"f\.csv, ligne 3"):
        load(nation, BASE[:2], account=account)
    plan = load(nation, (BASE[0], BASE[1], *BASE[3:]), account=account, skip_faults=True)
    assert plan.counts["closed"] == 0  # 350000002 could not be read: nothing is concluded


def test_a_region_takes_only_its_own(nation: Organisation) -> None:
    region = make_organisation(kind="region", name="Région Bretagne")
    paris = Place("", "75013", "Paris", "75")
    plan = load(region, (*BASE, legal("750000009", place=paris), site("750000001", "750000009", place=paris)))
    assert plan.outside == 3  # the region itself, the entity, the site
    assert above("ej:350000009") == "Région Bretagne"
    assert not Organisation.objects.unscoped("test").filter(department="75").exists()
    with pytest.raises(InputError, match="n'est pas le nom d'une région connue"):
        load(make_organisation(kind="region", name="Val-d'Aure"), BASE)
    with pytest.raises(InputError, match="ne se rangent pas sous"):
        load(at("ej:350000009"), BASE)


def test_only_those_who_manage_import(world: World) -> None:
    with pytest.raises(PermissionDenied):
        load(world.region, BASE, actor=Actor.of(world.alice))


def test_the_journal_counts_each_batch(nation: Organisation) -> None:
    load(nation, BASE)
    entries = Entry.objects.filter(verb="organisation.import").order_by("id")
    assert sum(entry.after["opened"] for entry in entries) == 6
    assert all(entry.node_id == nation.pk for entry in entries)


def test_killed_between_two_batches_the_next_import_finishes(nation: Organisation) -> None:
    class Killed(Exception):
        pass

    def die(_what: str, share: float) -> None:
        if 0.3 < share < 1 and _what == "Enregistrement":
            raise Killed

    with pytest.raises(Killed):
        load(nation, BASE, progress=die)
    assert 1 < Organisation.objects.unscoped("test").count() < 7
    load(nation, BASE)
    assert Organisation.objects.unscoped("test").count() == 7


@pytest.mark.parametrize("writer", [write_legacy, write_structures])
def test_whole_files_then_four_months_later(nation: Organisation, tmp_path: Any, writer: Any) -> None:
    """Invented files of both formats: the second import finds what the invention changed, the third nothing."""
    for later in (False, True):
        invented = invent(900, seed=3, later=later)
        path = tmp_path / f"{later}{'.csv' if writer is write_legacy else '.json'}"
        writer(path, invented)
        account = Account()
        plan = load(nation, open_register(path).records(account), account=account)
        assert not account.errors
    assert isinstance(invented, Invented)
    assert plan.counts["closed"] + plan.counts["merged"] >= len(invented.closed) > 0
    assert plan.by_kind["site"] == len(invented.closed)
    opened = Organisation.objects.unscoped("test").filter(kind="site", closed_on=None)
    assert {row.finess_et for row in opened.order_by("pk")} == {one.finess for one in invented.sites}
    again = load(nation, open_register(path).records(Account()))
    assert not any(n for kind, n in again.counts.items() if kind != "unchanged")


@pytest.mark.shared_data
def test_the_real_extract(nation: Organisation) -> None:
    account = Account()
    register = open_register(shared_data("finess/etalab-cs1100502-extrait.csv"))
    plan = load(nation, register.records(account), account=account)
    assert plan.by_kind == {"region": 6, "entity": 7, "site": 8}
    assert above("ej:980600019") == "Wallis-et-Futuna"
    assert at("et:970400024").type == "chu"
    assert at("ej:970302022").name == "CENTRE HOSPITALIER DE CAYENNE"  # like its hospital, not like its EHPAD


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL learns it by itself")
def test_a_great_import_tells_the_database_what_it_holds(nation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without figures of what a table holds, SQLite reads the establishments of a country to list those of a region."""
    monkeypatch.setattr(apply, "BATCH", 2)
    load(nation, BASE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'tenancy_node'")
        assert cursor.fetchone()[0] > 0
