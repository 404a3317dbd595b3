# SPDX-License-Identifier: EUPL-1.2
"""Shared services: who may describe them, what is refused, what each side sees, what the journal tells."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.organisations import actions, queries_services
from carene.apps.organisations.actions_services import Draft, Share
from carene.apps.organisations.models import Beneficiary, SharedService
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.core.tenancy.scoped import ScopeRequired
from carene.engines.sources import InputError
from tests.support.factories import SYSTEM, World, give, make_organisation, make_user
from tests.support.text import plain

LINES = {"kind": "soc", "unit": "percent"}


def draft(world: World, **changes: Any) -> Draft:
    values = {"kind": "soc", "provider": world.hospital.pk, "shares": {world.sister.pk: Share(percent=Decimal("12.5"))}}
    return Draft(**{**values, **changes})


def _spaces(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


def url(world: World, rest: str = "") -> str:
    return f"/o/{world.ght.pk}/services-mutualises/{rest}"


@pytest.fixture
def chief(world: World) -> Any:
    """RSSI of the whole GHT."""
    user = make_user("Chloé Chef")
    give(user, world.ght, "rssi")
    return user


def test_those_of_the_group_describe_the_others_look(world: World, chief: Any) -> None:
    for user in (world.alice, world.bob, world.charlie):
        with pytest.raises(PermissionDenied):
            actions.share_service(Actor.of(user), world.ght, draft(world))
    service = actions.share_service(Actor.of(chief), world.ght, draft(world))
    assert [s.pk for s in queries_services.shared_in(world.ght.node).open] == [service.pk]
    assert [s.pk for s in queries_services.received_by(world.sister.node).open] == [service.pk]
    assert [s.pk for s in queries_services.provided_by(world.hospital.node).open] == [service.pk]
    assert not queries_services.received_by(world.hospital.node)


def test_rows_are_never_read_without_a_scope(world: World) -> None:
    for model in (SharedService, Beneficiary):
        with pytest.raises(ScopeRequired):
            model.objects.all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: {"provider": w.elsewhere.pk}, "n'est pas dans"),
        (lambda w: {"shares": {w.elsewhere.pk: Share()}}, "n'est pas dans"),
        (lambda w: {"shares": {w.ght.pk: Share()}}, "n'est pas dans"),
        (lambda w: {"shares": {}}, "pour personne"),
        (lambda w: {"shares": {w.hospital.pk: Share()}}, "à lui-même"),
        (lambda w: {"shares": {w.sister.pk: Share(percent=Decimal(101))}}, "101"),
        (lambda w: {"kind": "other"}, "n'a pas de nom"),
        (lambda w: {"kind": "magie"}, "n'est pas un service connu"),
        (lambda w: {"starts_on": dt.date(2026, 5, 1), "ends_on": dt.date(2026, 4, 30)}, "avant de commencer"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(world: World, change: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        actions.share_service(SYSTEM, world.ght, draft(world, **change(world)))
    assert not queries_services.shared_in(world.ght.node)
    assert not Entry.objects.filter(verb="service.share").exists()


def test_only_groups_share(world: World) -> None:
    with pytest.raises(InputError, match="GHT ou une région"):
        actions.share_service(SYSTEM, world.hospital, draft(world))


def test_the_journal_of_each_tells_what_touches_it(world: World) -> None:
    third = make_organisation(world.ght, name="Hôpital troisième")
    service = actions.share_service(SYSTEM, world.ght, draft(world, title="SOC commun"))

    def told(node: Any) -> int:
        return Entry.objects.filter(node=node, verb="service.share").count()

    assert (told(world.ght.node), told(world.hospital.node), told(world.sister.node)) == (1, 1, 1)
    shares = {world.sister.pk: Share(euros=9400), third.pk: Share()}
    actions.share_service(SYSTEM, world.ght, draft(world, title="SOC commun", shares=shares), service.pk)
    assert (told(world.ght.node), told(world.sister.node), told(third.node)) == (2, 1, 1)
    entry = Entry.objects.filter(node=world.ght.node, verb="service.share").latest("id")
    assert _spaces(entry.before["beneficiaries"][0]) == "Hôpital voisin (12,50 %)"
    assert _spaces(entry.after["beneficiaries"][1]) == "Hôpital voisin (9 400 € par an)"
    actions.share_service(SYSTEM, world.ght, draft(world, title="SOC commun", shares=shares), service.pk)
    assert told(world.ght.node) == 2  # nothing changed: nothing told


def test_removed_and_brought_back(world: World, chief: Any) -> None:
    actor = Actor.of(chief)
    service = actions.share_service(actor, world.ght, draft(world))
    for _ in range(2):
        actions.remove_service(actor, world.ght, service.pk)
    assert not queries_services.shared_in(world.ght.node)
    assert not queries_services.received_by(world.sister.node)
    actions.restore_service(actor, world.ght, service.pk)
    assert queries_services.shared_in(world.ght.node)
    assert Entry.objects.filter(node=world.ght.node, verb="service.share").count() == 3
    with pytest.raises(SharedService.DoesNotExist):  # a service of another group
        actions.remove_service(SYSTEM, world.region, service.pk)


def test_the_planner_reads_what_runs_today(world: World) -> None:
    today = timezone.localdate()
    actions.share_service(SYSTEM, world.ght, draft(world))
    actions.share_service(SYSTEM, world.ght, draft(world, kind="edr", ends_on=today - dt.timedelta(days=1)))
    actions.share_service(SYSTEM, world.ght, draft(world, kind="dpo", starts_on=today + dt.timedelta(days=1)))
    (found,) = queries_services.provisions(world.region.node, today)  # those of the GHT below the region
    assert (found.kind, found.provider, found.beneficiaries) == ("soc", world.hospital.pk, (world.sister.pk,))
    assert found.percents == {world.sister.pk: 12.5}
    found_all = queries_services.shared_in(world.ght.node)
    assert ([s.kind for s in found_all.open], [s.kind for s in found_all.over]) == (["soc", "dpo"], ["edr"])


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_form_writes_what_was_typed(world: World, client_for: Any, chief: Any) -> None:
    client = client_for(chief)
    assert "Rien n'est encore mutualisé ici" in plain(client.get(url(world)))
    data = {
        **LINES,
        "title": "SOC du territoire",
        "provider": world.hospital.pk,
        f"with_{world.sister.pk}": "on",
        f"share_{world.sister.pk}": "12,5",
        "starts_on": "2026-01-01",
        "contact": "soc@exemple.invalid",
    }
    assert client.post(url(world, "ajouter/"), data).status_code == 302
    page = plain(client.get(url(world)))
    assert "SOC du territoire" in page
    assert "12,50 %" in page
    assert "depuis le 1er janvier 2026" in page
    service = SharedService.objects.of(world.ght.node).get()
    assert 'value="12,5"' in plain(client.get(url(world, f"{service.pk}/")))
    assert "Chloé Chef a ajouté « SOC du territoire »" in page
    profile = plain(client_for(world.alice).get(f"/o/{world.hospital.pk}/etablissement/"))
    assert "Services fournis à d'autres" in profile
    assert "Fourni par Hôpital d'Alice" in plain(client.get(f"/o/{world.sister.pk}/services-mutualises/"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"unit": ""}, "Dire si les parts sont en % ou en euros"),
        ({"with": ""}, "Cocher ce bénéficiaire"),
        ({"share": "101"}, "101"),
        ({"share": "beaucoup"}, "nombre"),
        ({"kind": "other"}, "Dire quel service c'est"),
        ({"starts_on": "2026-05-01", "ends_on": "2026-04-01"}, "finirait avant"),
    ],
)
def test_a_bad_form_comes_back_with_what_is_wrong(
    world: World, client_for: Any, chief: Any, change: dict[str, str], said: str
) -> None:
    typed = {**LINES, "provider": str(world.hospital.pk), "with": "on", "share": "10", **change}
    names = {"with": f"with_{world.sister.pk}", "share": f"share_{world.sister.pk}"}
    data = {names.get(key, key): value for key, value in typed.items() if value}
    response = client_for(chief).post(url(world, "ajouter/"), data)
    assert response.status_code == 200
    assert said in plain(response)
    assert not queries_services.shared_in(world.ght.node)


def test_a_large_group_types_finess_numbers(
    world: World, client_for: Any, chief: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries_services, "MOST_CHOICES", 1)
    one, two = (make_organisation(world.ght, finess=number) for number in ("990000001", "990000002"))
    client = client_for(chief)
    data = {**LINES, "provider": "990000001", "more": "990000002 12,5\n990000009"}
    assert "990000009" in plain(client.post(url(world, "ajouter/"), data))
    assert client.post(url(world, "ajouter/"), {**data, "more": "990000002 12,5 %"}).status_code == 302
    service = SharedService.objects.of(world.ght.node).get()
    assert service.provider_id == one.pk
    line = Beneficiary.lines_of(service).get()
    assert (line.node_id, line.share_percent) == (two.pk, Decimal("12.5"))
    assert 'value="990000001"' in plain(client.get(url(world, f"{service.pk}/")))


def test_who_may_open_and_post(world: World, client_for: Any, chief: Any) -> None:
    service = actions.share_service(SYSTEM, world.ght, draft(world))
    assert client_for(world.bob).get(url(world)).status_code == 200
    assert client_for(world.charlie).get(url(world)).status_code == 404
    assert client_for(world.alice).get(url(world)).status_code == 404  # of the hospital, not of the group
    assert client_for(world.alice).get(f"/o/{world.hospital.pk}/services-mutualises/").status_code == 200
    for rest in ("ajouter/", f"{service.pk}/", f"{service.pk}/retirer/", f"{service.pk}/retablir/"):
        assert client_for(world.bob).post(url(world, rest)).status_code == 403
    client = client_for(chief)
    assert client.post(url(world, f"{service.pk}/retirer/")).status_code == 302
    assert client.get(url(world, f"{service.pk}/")).status_code == 404
    assert client.post(url(world, f"{service.pk}/retablir/")).status_code == 302
    assert client.get(url(world, "999999/")).status_code == 404
    assert client.get(f"/o/{world.hospital.pk}/services-mutualises/ajouter/").status_code == 400  # not a group


def test_the_files(world: World, client_for: Any) -> None:
    actions.share_service(SYSTEM, world.ght, draft(world, title="=1+1"))
    client = client_for(world.bob)
    response = client.get(url(world, "exporter/csv/"))
    text = response.content.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("SOC (surveillance);'=1+1;GHT d'ici;Hôpital d'Alice;")
    assert ";12,5;" in text
    assert client.get(url(world, "exporter/xlsx/")).content.startswith(b"PK")
    assert client.get(url(world, "exporter/pdf/")).status_code == 404
    own = client.get(f"/o/{world.sister.pk}/services-mutualises/exporter/csv/").content.decode("utf-8-sig")
    assert len(own.splitlines()) == 2


def test_the_page_costs_the_same_for_one_or_thirty(
    world: World, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_for(world.bob)
    actions.share_service(SYSTEM, world.ght, draft(world))
    client.get(url(world))
    with django_assert_max_num_queries(9):
        client.get(url(world))
    for number in range(30):
        shares = {make_organisation(world.ght).pk: Share() for _ in range(2)}
        actions.share_service(SYSTEM, world.ght, draft(world, title=f"S{number}", shares=shares))
    with django_assert_max_num_queries(9):
        client.get(url(world))
    with django_assert_max_num_queries(12):  # the rail of an establishment counts what waits
        client.get(f"/o/{world.hospital.pk}/services-mutualises/")


def test_leaving_a_group_says_what_is_left_behind(world: World, client_for: Any) -> None:
    actions.share_service(SYSTEM, world.ght, draft(world, title="SOC commun"))
    target = make_organisation(world.region, kind="ght", name="GHT d'à côté")
    page = plain(client_for(world.admin).get(f"/o/{world.sister.pk}/deplacer/", {"vers": target.pk}))
    assert "1 service mutualisé reste à revoir" in page
    assert "SOC commun" in page
