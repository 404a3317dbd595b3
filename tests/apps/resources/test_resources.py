# SPDX-License-Identifier: EUPL-1.2
"""Resources of a group: what each reader sees, what is refused, what is published, what pages cost."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.governance import actions as governance
from carene.apps.indicators import queries as indicators
from carene.apps.organisations import actions as organisations
from carene.apps.organisations.actions_services import Draft, Share
from carene.apps.resources import actions_convergence as convergence
from carene.apps.resources import actions_offers as offers
from carene.apps.resources import queries, queries_convergence, queries_offers
from carene.apps.resources.models import Need, Offer, Pairing
from carene.core.access.actor import Actor
from carene.core.accounts.models import User
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.support.factories import SYSTEM, World, give, make_organisation, make_user
from tests.support.text import plain

pytestmark = pytest.mark.django_db
PAGES = ("", "partage/", "convergence/", "offres/")


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def keeper(world: World) -> User:
    """RSSI of the whole GHT."""
    user = make_user("Renée RSSI")
    give(user, world.ght, "rssi")
    return user


@pytest.fixture
def officer(world: World) -> User:
    user = make_user("Odile Oury")
    give(user, world.region, "officier")
    return user


@pytest.fixture
def shared(world: World) -> World:
    for place, state in ((world.hospital, "named"), (world.sister, "vacant")):
        holder = "Fantine Secret" if state == "named" else ""
        governance.save_post(
            SYSTEM, place, kind="dpo", state=state, fte=Decimal("0.5"), skill="dpo", holder=holder
        )  # fmt: skip
    draft = Draft(kind="backup", provider=world.hospital.pk, shares={world.sister.pk: Share(percent=Decimal(12))})
    organisations.share_service(SYSTEM, world.ght, draft)
    return world


def offer(world: World, by: User, **values: Any) -> Offer:
    values = {"title": "SOC de région", "service": "soc", "contact": "GRADeS", "capacity": 1} | values
    return offers.save_offer(Actor.of(by), world.region, **values)


def need(world: World, place: Any = None, **values: Any) -> Need:
    values = {"title": "Quelqu'un la nuit", "service": "soc"} | values
    return offers.save_need(SYSTEM, place or world.hospital, **values)


def at(place: Any, tail: str = "") -> str:
    return f"/o/{place.pk}/ressources/{tail}"


# Pages --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", PAGES)
def test_pages_open_empty_and_full(shared: World, client_for: Any, keeper: User, tail: str) -> None:
    assert client_for(keeper).get(at(shared.ght, tail)).status_code == 200
    status = 404 if tail == "partage/" else 200
    assert client_for(shared.alice).get(at(shared.hospital, tail)).status_code == status
    assert client_for(shared.charlie).get(at(shared.hospital, tail)).status_code == 404
    assert client_for(shared.charlie).get(at(shared.ght, tail)).status_code == 404


def test_the_map_says_who_has_what_without_the_names_of_people(shared: World, client_for: Any, officer: User) -> None:
    said = plain(client_for(officer).get(at(shared.region)))
    assert "Hôpital d'Alice fournit déjà la sauvegarde" not in said, "nobody is left out"
    assert "reçoit de Hôpital d'Alice, 12 %" in said
    assert "DPO : 0,5 ETP à pourvoir, Hôpital voisin (0,5)." in said
    assert "Personne ne décrit un SOC." in said
    assert "Fantine" not in said
    own = plain(client_for(shared.alice).get(at(shared.hospital)))
    assert "pour Hôpital voisin" in own


def test_filters_keep_what_was_asked(shared: World, client_for: Any, keeper: User) -> None:
    client = client_for(keeper)
    said = plain(client.get(at(shared.ght, "?service=backup&etat=receives")))
    assert "Hôpital voisin" in said
    assert "Personne ne décrit un SOC" not in said
    assert "Aucun établissement ne répond" in plain(client.get(at(shared.ght, "?q=introuvable")))
    assert "à pourvoir" not in plain(client.get(at(shared.ght, "?sujet=hole")))


def test_the_file_has_a_line_for_each(shared: World, client_for: Any, keeper: User) -> None:
    text = client_for(keeper).get(at(shared.ght, "exporter/csv/")).content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert {line["Établissement"]: line["Sauvegarde"] for line in lines}["Hôpital voisin"].startswith("reçoit d'un")
    assert client_for(keeper).get(at(shared.ght, "exporter/xlsx/")).content[:2] == b"PK"
    assert client_for(keeper).get(at(shared.ght, "exporter/pdf/")).status_code == 404


@pytest.mark.parametrize("tail", PAGES)
def test_pages_cost_the_same_for_two_or_twenty(
    shared: World, client_for: Any, keeper: User, django_assert_max_num_queries: Any, tail: str
) -> None:
    client = client_for(keeper)
    need(shared)
    client.get(at(shared.ght, tail))
    with django_assert_max_num_queries(16) as few:
        client.get(at(shared.ght, tail))
    for rank in range(18):
        place = make_organisation(shared.ght, name=f"Hôpital {rank}")
        governance.save_post(SYSTEM, place, kind="rssi", state="named", fte=Decimal("0.5"), skill="rssi", holder="X")
        convergence.save_step(SYSTEM, place, "rssi", state="planned", on=in_days(30))
        need(shared, place, title=f"Besoin {rank}")
    with django_assert_max_num_queries(len(few)):
        client.get(at(shared.ght, tail))


def test_what_sharing_frees_is_at_most_what_each_pays_alone(shared: World, client_for: Any, keeper: User) -> None:
    said = plain(client_for(keeper).get(at(shared.ght, "partage/?service=rssi")))
    assert "Partager le RSSI libérerait" in said
    assert "Estimation du projet Carène" in said
    backup = plain(client_for(keeper).get(at(shared.ght, "partage/?service=backup")))
    assert "partagent déjà" in backup


def test_a_nation_is_read_region_by_region(db: None, client_for: Any) -> None:
    nation = make_organisation(kind="nation", name="La nation")
    region = make_organisation(nation, kind="region", name="Région du Nord")
    user = make_user()
    give(user, nation, "national")
    assert region.name in plain(client_for(user).get(at(nation)))


# Convergence --------------------------------------------------------------------------------------------------------


def test_a_trajectory_is_published_at_the_support_establishment(world: World, keeper: User, client_for: Any) -> None:
    client = client_for(keeper)
    sent = {"validated_on": in_days(-30).isoformat(), "document": "Comité stratégique du mois dernier"}
    assert client.post(at(world.ght, "trajectoire/"), sent).status_code == 302
    seen = indicators.latest(world.hospital.node)[convergence.INDICATOR]
    assert (seen.value, seen.observed_on) == (1.0, in_days(-30))
    said = plain(client.get(at(world.ght, "convergence/")))
    assert "Publiée à l'observatoire chez Hôpital d'Alice" in said
    actor = Actor.of(keeper)
    convergence.save_trajectory(actor, world.ght, validated_on=in_days(-60), document="Le vrai compte rendu")
    assert indicators.latest(world.hospital.node)[convergence.INDICATOR].observed_on == in_days(-60)
    convergence.remove_trajectory(actor, world.ght)
    assert convergence.INDICATOR not in indicators.latest(world.hospital.node)
    with pytest.raises(InputError, match="pas de trajectoire"):
        convergence.remove_trajectory(actor, world.ght)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"validated_on": in_days(2), "document": "X"}, "à venir"),
        ({"validated_on": None, "document": "X"}, "il manque"),
        ({"validated_on": in_days(-2), "document": ""}, "il manque"),
        ({"validated_on": in_days(-2), "document": "X", "ends_on": in_days(-9)}, "précède"),
        ({"validated_on": in_days(-2), "document": "X", "reviewed_on": in_days(-9)}, "précède"),
    ],
)
def test_a_wrong_trajectory_changes_nothing(world: World, keeper: User, values: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        convergence.save_trajectory(Actor.of(keeper), world.ght, **values)
    assert queries_convergence.trajectory(world.ght.node) is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": "done", "on": in_days(1), "proof": "X"}, "un jour passé"),
        ({"state": "done", "on": in_days(-1)}, "rien ne prouve"),
        ({"state": "done", "on": in_days(-1), "evidence_id": 999_999}, "preuve n'existe pas"),
        ({"state": "planned", "on": in_days(-1)}, "à venir"),
        ({"state": "not_applicable"}, "sans objet"),
        ({"state": "autre"}, "n'existe pas"),
    ],
)
def test_a_wrong_step_is_refused(world: World, values: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        convergence.save_step(SYSTEM, world.hospital, "rssi", **values)
    assert queries_convergence.steps_of(world.hospital, world.ght) == {}


def test_steps_add_up_and_their_proof_is_for_those_who_read_the_detail(
    world: World, client_for: Any, officer: User
) -> None:
    alice = world.actor(world.alice)
    convergence.save_step(alice, world.hospital, "rssi", state="done", on=in_days(-9), proof="Convention du 3 mars")
    convergence.save_step(alice, world.hospital, "edr", state="planned", on=in_days(90))
    path = queries_convergence.path(world.ght, timezone.localdate())
    assert (path.progress.done, path.progress.planned) == (1, 1)
    assert path.progress.expected == 2 * len(path.steps)
    address = at(world.hospital, "convergence/")
    assert "Convention du 3 mars" in plain(client_for(world.alice).get(address))
    said = plain(client_for(officer).get(address))
    assert "Convention du 3 mars" not in said
    assert "fait en" in said
    convergence.save_step(alice, world.hospital, "rssi", state="planned", on=in_days(5))
    assert queries_convergence.steps_of(world.hospital, world.ght)["rssi"].proof == ""
    with pytest.raises(PermissionDenied):
        convergence.save_step(world.actor(world.bob), world.hospital, "rssi", state="todo")
    with pytest.raises(InputError, match="pas membre d'un GHT"):
        convergence.save_step(SYSTEM, world.elsewhere, "rssi", state="todo")


# Offers and needs ---------------------------------------------------------------------------------------------------


def test_an_offer_is_asked_accepted_and_meets_the_need(world: World, officer: User, client_for: Any) -> None:
    made, wanted = offer(world, officer), need(world)
    alice = client_for(world.alice)
    page = plain(alice.get(at(world.hospital, f"demandes/{wanted.pk}/")))
    assert "même service : SOC" in page
    assert alice.post(at(world.hospital, f"demandes/{wanted.pk}/demander/{made.pk}/")).status_code == 302
    pairing = Pairing.objects.unscoped("a test looks").get()
    region = client_for(officer)
    assert "</span> demande « SOC de région »" in plain(region.get(at(world.region, "offres/")))
    assert region.post(at(world.region, f"propositions/{pairing.pk}/"), {"reponse": "oui"}).status_code == 302
    assert "Acceptée pour : Hôpital d'Alice" in plain(region.get(at(world.region, "offres/")))
    assert Need.objects.of(world.hospital.node).get().state == "met"
    told = Entry.objects.filter(target=f"pairing:{pairing.pk}").order_by("id").values_list("node_id", flat=True)
    assert set(told) == {world.hospital.pk, world.region.pk}


def test_an_offer_is_proposed_keeps_its_place_and_is_declined(world: World, officer: User, client_for: Any) -> None:
    made, wanted, other = offer(world, officer), need(world), need(world, world.sister)
    region = client_for(officer)
    assert "« SOC de région » y répond" in plain(region.get(at(world.region, "offres/")))
    assert region.post(at(world.region, f"offres/{made.pk}/proposer/{wanted.pk}/")).status_code == 302
    with pytest.raises(InputError, match="toutes les places"):
        offers.propose(Actor.of(officer), world.region, made.pk, other.pk)
    with pytest.raises(InputError, match="complète"):
        offers.ask(SYSTEM, world.sister, other.pk, made.pk)
    pairing = Pairing.objects.unscoped("a test looks").get()
    alice = client_for(world.alice)
    assert "répondre à 1 proposition" in plain(alice.get(at(world.hospital, "offres/")))
    assert "SOC de région" in plain(alice.get(f"/o/{world.hospital.pk}/"))
    assert client_for(world.charlie).post(at(world.hospital, f"propositions/{pairing.pk}/")).status_code == 404
    assert (
        client_for(officer).post(at(world.region, f"propositions/{pairing.pk}/"), {"reponse": "oui"}).status_code == 404
    )
    assert alice.post(at(world.hospital, f"propositions/{pairing.pk}/"), {"reponse": "non"}).status_code == 302
    assert queries_offers.room(made) == 1
    assert offers.ask(SYSTEM, world.sister, other.pk, made.pk).state == "asked"


def test_what_is_withdrawn_removed_or_closed_waits_for_nobody(world: World, officer: User) -> None:
    made, wanted, actor = offer(world, officer, capacity=None), need(world), Actor.of(officer)
    row = offers.propose(actor, world.region, made.pk, wanted.pk)
    with pytest.raises(InputError, match="répond déjà"):
        offers.ask(SYSTEM, world.hospital, wanted.pk, made.pk)
    assert offers.withdraw(actor, world.region, row.pk).state == "withdrawn"
    row = offers.ask(SYSTEM, world.hospital, wanted.pk, made.pk)
    with pytest.raises(InputError, match="pas la vôtre"):
        offers.withdraw(actor, world.region, row.pk)
    offers.remove_offer(actor, world.region, made.pk)
    row.refresh_from_db(from_queryset=Pairing.objects.of(world.hospital.node))
    assert (row.state, row.reason) == ("declined", "l'offre est retirée")
    assert offers.restore_offer(actor, world.region, made.pk).removed_at is None
    row = offers.ask(SYSTEM, world.hospital, wanted.pk, made.pk)
    offers.close_need(SYSTEM, world.hospital, wanted.pk, "Trouvé ailleurs")
    with pytest.raises(Pairing.DoesNotExist):
        offers.answer(actor, world.region, row.pk, accept=True)
    with pytest.raises(InputError, match="plus en attente"):
        offers.save_need(SYSTEM, world.hospital, wanted.pk, title="Encore")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"contact": ""}, "contact"),
        ({"service": ""}, "à quoi l'offre répond"),
        ({"service": "licorne"}, "service inconnu"),
        ({"measures": ["licorne"]}, "mesure inconnu"),
        ({"types": ["licorne"]}, "type inconnu"),
        ({"capacity": 0}, "capacité"),
        ({"price": -1}, "prix"),
        ({"starts_on": in_days(9), "ends_on": in_days(2)}, "finirait avant"),
        ({"title": "x" * 200}, "dépasse"),
    ],
)
def test_a_wrong_offer_is_refused(world: World, officer: User, values: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        offer(world, officer, **values)
    assert not Offer.objects.of(world.region.node).exists()


def test_only_groups_offer_and_only_establishments_ask(world: World, officer: User) -> None:
    with pytest.raises(PermissionDenied):
        offer(world, world.bob)
    with pytest.raises(InputError, match="GHT ou d'une région"):
        offers.save_offer(SYSTEM, world.hospital, title="X", service="soc", contact="Y")
    with pytest.raises(InputError, match="regroupe"):
        need(world, world.ght)
    elsewhere = need(world, world.elsewhere)
    with pytest.raises(Need.DoesNotExist):
        offers.propose(Actor.of(officer), world.region, offer(world, officer).pk, elsewhere.pk)
    far = offers.save_offer(SYSTEM, world.region, title="SOC", service="soc", contact="Y")
    with pytest.raises(Offer.DoesNotExist):
        offers.ask(SYSTEM, world.elsewhere, elsewhere.pk, far.pk)
    reserved = offer(world, officer, types=["ehpad"])
    with pytest.raises(InputError, match="réservée"):
        offers.ask(SYSTEM, world.hospital, need(world).pk, reserved.pk)


def test_a_need_may_come_from_a_measure(world: World, client_for: Any) -> None:
    client = client_for(world.alice)
    assert "Brancher le GHT" in plain(client.get(at(world.hospital, "demandes/ajouter/?mesure=ouvrir-soc-ght")))
    sent = {"title": "Un SOC", "measure": "ouvrir-soc-ght", "wanted_on": "pas une date"}
    assert client.post(at(world.hospital, "demandes/ajouter/"), sent).status_code == 400
    assert client.post(at(world.hospital, "demandes/ajouter/"), sent | {"wanted_on": ""}).status_code == 302
    assert queries_offers.needs_of(world.hospital.node).get().measure == "ouvrir-soc-ght"


def test_a_site_speaks_for_its_entity(world: World) -> None:
    site = make_organisation(world.hospital, kind="site", name="Site nord")
    governance.save_post(SYSTEM, site, kind="rssi", state="named", fte=Decimal("0.5"), skill="rssi", holder="X")
    drawn = queries.read_map(world.ght, timezone.localdate())
    assert set(drawn.units) == {world.hospital.pk, world.sister.pk}
    assert next(row for row in drawn.rows if row.unit.id == world.hospital.pk).services["rssi"].state == "alone"
