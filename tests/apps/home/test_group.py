# SPDX-License-Identifier: EUPL-1.2
"""A group seen from above."""

import datetime as dt

import pytest
from django.utils import timezone

from carene.apps.assessments.queries import Standing, standings_below
from carene.apps.home import group, queries
from carene.apps.roadmaps.queries import late_below
from tests.support.factories import World, make_action, make_assessment, make_organisation
from tests.support.text import plain


def validated(organisation, *, step: int | None = 2, overall: float = 2.0, days_ago: int = 10, **fields):
    return make_assessment(
        organisation,
        {},
        state="validated",
        validated_at=timezone.now() - dt.timedelta(days=days_ago),
        result={"overall": overall, "step": step, "axes": {}, "coverage": 0.9},
        **fields,
    )


def late(organisation, count: int) -> None:
    day = timezone.localdate() - dt.timedelta(days=3)
    for rank in range(count):
        make_action(organisation, f"Action {rank}", start_on=day, due_on=day)


def test_who_may_look_from_above(world: World, client_for) -> None:
    for organisation in (world.ght, world.region):
        url = f"/o/{organisation.pk}/"
        assert client_for(world.admin).get(url).status_code == 200
        assert client_for(world.charlie).get(url).status_code == 404
        assert client_for(world.alice).get(url).status_code == 404
    assert client_for(world.bob).get(f"/o/{world.ght.pk}/").status_code == 200
    assert client_for(world.bob).get(f"/o/{world.region.pk}/").status_code == 404


def test_each_establishment_with_its_last_result_and_what_is_late(world: World, client_for) -> None:
    old = validated(world.hospital, step=1, overall=1.2, days_ago=400)
    validated(world.hospital, step=2, overall=2.4, days_ago=10, previous=old)
    make_assessment(world.hospital, {})
    late(world.hospital, 2)
    make_action(world.hospital, "Plus tard")
    page = plain(client_for(world.bob).get(f"/o/{world.ght.pk}/"))
    assert "1 établissement sur 2 a validé une auto-évaluation ; 2 actions sont en retard." in page
    assert '<td data-label="Palier">2</td>' in page
    assert "2,4" in page
    assert "1,2" not in page
    assert "90 %" in page
    assert "une autre est en cours" in page
    assert "2 actions</span>" in page
    assert "non évalué" in page
    assert "Hôpital de Charlie" not in page


def test_a_first_assessment_under_way_is_said(world: World, client_for) -> None:
    make_assessment(world.hospital, {}, state="submitted")
    assert "première évaluation soumise à la direction" in plain(client_for(world.bob).get(f"/o/{world.ght.pk}/"))


def test_standings_keep_to_their_branch(world: World) -> None:
    validated(world.hospital)
    validated(world.elsewhere)
    late(world.elsewhere, 1)
    assert set(standings_below(world.ght.node)) == {world.hospital.pk}
    assert late_below(world.ght.node, timezone.localdate()) == {}


@pytest.mark.parametrize(
    ("sort", "first"),
    [("nom", "Élan"), ("palier", "Zénith"), ("retard", "Hôpital voisin"), ("date", "Élan"), ("inconnu", "Élan")],
)
def test_sorting(world: World, client_for, sort: str, first: str) -> None:
    world.hospital.node.refresh_from_db()
    validated(make_organisation(world.ght, name="Zénith"), step=0, overall=0.4, days_ago=5)
    validated(world.hospital, step=1, days_ago=50)
    validated(world.sister, step=3, days_ago=20)
    make_organisation(world.ght, name="Élan")  # never assessed: the oldest of all, and first by name
    late(world.sister, 3)
    response = client_for(world.bob).get(f"/o/{world.ght.pk}/?tri={sort}")
    assert response.context["rows"][0].organisation.name == first


def test_the_list_costs_the_same_for_two_or_sixty(world: World, client_for, django_assert_max_num_queries) -> None:
    client = client_for(world.bob)
    client.get(f"/o/{world.ght.pk}/")
    for rank in range(120):
        one = make_organisation(world.ght, name=f"Établissement {rank:03}")
        validated(one)
        late(one, 1)
    with django_assert_max_num_queries(8):
        page = plain(client.get(f"/o/{world.ght.pk}/"))
    assert "Page 1 sur 2, 122 établissements" in page


def test_a_group_without_establishment(world: World, client_for) -> None:
    alone = make_organisation(world.region, kind="ght", name="GHT vide")
    page = plain(client_for(world.admin).get(f"/o/{alone.pk}/"))
    assert "Aucun établissement n'est rattaché ici" in page
    assert f"/o/{alone.pk}/personnes/" in page


def test_everyone_is_counted_at_one_step(world: World) -> None:
    validated(world.hospital, step=2)
    board = queries.board(world.actor(world.bob), world.ght, timezone.localdate())
    counts = group.by_step(board)
    assert sum(one.count for one in counts) == board.total == 2
    assert [one.count for one in counts if one.label in {"Palier 2", "Non évalué"}] == [1, 1]
    assert [one.standing.step for one in group.Ranked(board, "nom")[0:2]] == [2, None]
    assert Standing() == queries.NOTHING.standing


@pytest.mark.parametrize("many", [0, 2000])
@pytest.mark.parametrize("sort", list(group.SORTS))
def test_pages_follow_each_other(world: World, monkeypatch: pytest.MonkeyPatch, sort: str, many: int) -> None:
    """Whatever the order, page after page gives what sorting everything in memory would give, once each."""
    monkeypatch.setattr("carene.apps.organisations.queries_below.MANY", many)
    places = [make_organisation(world.ght, name=f"Lieu {rank * 7 % 23:02}") for rank in range(23)]
    for rank, place in enumerate(places[::2]):
        validated(place, step=(None, 0, 1, 2)[rank % 4], overall=(None, 0.4, 1.2)[rank % 3], days_ago=rank % 5)
    for place in places[::3]:
        late(place, 1 + place.pk % 3)
    board = queries.board(world.actor(world.bob), world.ght, timezone.localdate())
    ranked = group.Ranked(board, sort)
    pages = [one for start in range(0, len(ranked), 7) for one in ranked[start : start + 7]]
    rank = group.SORTS[sort][1]
    everyone = sorted(pages, key=lambda one: (rank(one.line), one.organisation.search, one.organisation.pk))
    assert [one.organisation.pk for one in pages] == [one.organisation.pk for one in everyone]
    assert {one.organisation.pk for one in pages} == {p.pk for p in (*places, world.hospital, world.sister)}
    assert len(pages) == len(ranked) == board.total == 25


def test_among_thousands_words_are_found_by_the_index(
    world: World, client_for, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors forgiven, members of what is found shown too, neighbours of another region never."""
    monkeypatch.setattr("carene.apps.organisations.queries_below.MANY", 1)
    inner = make_organisation(world.region, kind="ght", name="GHT des Vallées")
    make_organisation(inner, name="Clinique Bleue")
    make_organisation(world.elsewhere, name="Clinique du Vallon", kind="site")
    client = client_for(world.admin)

    def names(text: str) -> list[str]:
        response = client.get(f"/o/{world.region.pk}/?q={text}")
        return [row.organisation.name for row in response.context["rows"]]

    assert names("clinqiue") == ["Clinique Bleue"]
    assert names("vallees") == ["Clinique Bleue"]
    assert names("vallon") == []
    assert "tous ne sont pas là" not in plain(client.get(f"/o/{world.region.pk}/?q=clinique"))
    monkeypatch.setattr("carene.apps.organisations.search.SHOWN", 1)
    assert "tous ne sont pas là" in plain(client.get(f"/o/{world.region.pk}/?q=hopital"))


def test_a_long_list_can_be_searched(world: World, client_for) -> None:
    client = client_for(world.bob)
    assert 'name="q"' not in plain(client.get(f"/o/{world.ght.pk}/"))
    for rank in range(10):
        make_organisation(world.ght, name=f"Hôpital {rank}", town="Évreux" if rank == 3 else "")
    url = f"/o/{world.ght.pk}/?tri=retard&q="
    response = client.get(f"{url}evreux hopital")
    assert [row.organisation.name for row in response.context["rows"]] == ["Hôpital 3"]
    assert 'value="evreux hopital"' in plain(response)
    page = plain(client.get(f"{url}introuvable"))
    assert "Aucun établissement ne répond à « introuvable »." in page
    assert 'name="q"' in page
