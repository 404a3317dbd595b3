# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.apps.organisations import search_index
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.search import _cost, _parts, _pieces, _whole, search
from carene.core.access.actor import Actor
from tests.support.factories import World, give, make_organisation, make_user
from tests.support.many import many_below

PLACES = (
    {"name": "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT", "town": "Viriat", "finess": "010000024"},
    {"name": "Hôpital Saint-Étienne", "town": "Lyon", "finess": "690000001", "siret": "26010004500012"},
    {"name": "E.H.P.A.D. Les Œillets", "town": "Tours", "finess": "2A0000014"},
    {"name": "Hôpital de Sia", "town": "Uvea", "finess": "980600027", "finess_ej": "980600019"},
    {"name": "Clinique du Parc", "town": "Eu", "finess": "760000001"},
)


@pytest.fixture
def rows(db: None) -> Any:
    region = make_organisation(kind="region", name="Région d'essai")
    for place in PLACES:
        make_organisation(region, **place)
    return lambda: Organisation.objects.below(region.node)


def names(rows: Any, text: str) -> list[str]:
    answer = search(rows(), text)
    found = rows().in_bulk(answer.ids)
    return [found[pk].name for pk in answer.ids]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("fleyriat", "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT"),
        ("CH Viriat", "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT"),
        ("bourg bresse", "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT"),
        ("hopital st etienne", "Hôpital Saint-Étienne"),
        ("ÉTIENNE lyon", "Hôpital Saint-Étienne"),
        ("ehpad oeillets", "E.H.P.A.D. Les Œillets"),
        ("parc eu", "Clinique du Parc"),
        ("sia", "Hôpital de Sia"),
        ("010000024", "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT"),
        ("0100 000", "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT"),
        ("2a00", "E.H.P.A.D. Les Œillets"),
        ("980600019", "Hôpital de Sia"),
        ("260 100 045 00012", "Hôpital Saint-Étienne"),
    ],
)
def test_found(rows: Any, text: str, first: str) -> None:
    assert names(rows, text)[:1] == [first]
    assert not search(rows(), text).forgiven


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("fleryiat", "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT"),  # two letters swapped
        ("fleiriat", "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT"),
        ("hopsitalier viriat", "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT"),
        ("hospitalie bresse", "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT"),
        ("etiene", "Hôpital Saint-Étienne"),
        ("clniique du parc", "Clinique du Parc"),
        ("lyn", None),  # three letters: any error would answer anything
        ("tuors", "E.H.P.A.D. Les Œillets"),
        ("oeilets", "E.H.P.A.D. Les Œillets"),
        ("zzzzzzzz", None),
    ],
)
def test_typing_errors_are_forgiven(rows: Any, text: str, first: str | None) -> None:
    found = names(rows, text)
    assert found[:1] == ([first] if first else [])


def test_many_words_with_errors_here_and_there(rows: Any) -> None:
    """Only the longest words are asked of the index of PostgreSQL; errors in the others are forgiven all the same."""
    assert names(rows, "centre hopsitalier bourg bersse fleyirat virait") == [PLACES[0]["name"]]
    assert names(rows, "centre hospitalier bourg brest fleyriat lyon") == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "'", '"', '" OR "', "%", "_", "*", "a" * 5000, "\0", "AND NOT NEAR(", "-- ;", "💥", "１２３", "9" * 40],
)
def test_odd_words_are_only_words(rows: Any, text: str) -> None:
    assert isinstance(search(rows(), text).ids, list)


def test_the_index_follows_what_changes(rows: Any) -> None:
    row = rows().get(name="Hôpital de Sia")
    row.name = "Hôpital renommé"
    row.save(update_fields=["name"])
    assert names(rows, "renomme") == ["Hôpital renommé"]
    assert names(rows, "sia") == []


def test_the_closed_come_last(rows: Any) -> None:
    from django.utils import timezone

    rows().filter(name="Hôpital Saint-Étienne").update(closed_on=timezone.localdate())
    found = names(rows, "hopital")
    assert found[-1] == "Hôpital Saint-Étienne"
    assert len(found) == 2


def test_without_an_index_the_answers_are_the_same(rows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with_index = {
        text: search(rows(), text) for text in ("fleyriat", "CH Viriat", "hopsitalier viriat", "tuors", "parc eu")
    }
    monkeypatch.setattr("carene.apps.organisations.search.is_ready", lambda: False)
    assert {text: search(rows(), text) for text in with_index} == with_index


def test_the_index_is_really_there(db: None) -> None:
    if connection.vendor == "sqlite":
        assert search_index.is_ready()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = %s", [search_index.INDEX])
            assert cursor.fetchone()[0] == 1


def test_the_index_is_made_again_when_a_migration_lost_it(rows: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("triggers are SQLite's")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {search_index.INDEX}_insert")
    made = make_organisation(rows().get(kind="region"), name="Hôpital tardif")
    search_index.ensure()
    assert search(rows(), "tardif").ids == [made.pk]


def test_one_only_finds_what_one_may_see(world: World, client_for: Any) -> None:
    for who, seen in ((world.alice, True), (world.bob, True), (world.charlie, False)):
        page = client_for(who).get("/etablissements/", {"q": "hopital alice"}).content.decode()
        assert ("Hôpital d&#x27;Alice" in page) is seen


def test_the_page_says_what_it_forgave(world: World, client_for: Any) -> None:
    page = client_for(world.alice).get("/etablissements/", {"q": "hopitla alcie"}).content.decode()
    assert "en pardonnant des fautes de frappe" in page
    assert "Hôpital d&#x27;Alice" in page


@pytest.mark.parametrize("text", ["", "etablissement", "etablisemment"])
def test_one_or_three_thousand_the_same_sql(
    world: World, client_for: Any, django_assert_num_queries: Any, text: str
) -> None:
    """Three thousand rights, each on one establishment: more than SQLite accepts in one condition."""
    from carene.core.tenancy.models import Membership

    alone, busy = make_user("Une Seule"), make_user("Trois Mille")
    give(alone, make_organisation(world.ght, name="Établissement seul"), "lecteur")
    ids = many_below(world.ght, 3000)
    Membership.objects.bulk_create([Membership(user=busy, node_id=pk, role="lecteur") for pk in ids])
    counts = []
    from django.test.utils import CaptureQueriesContext

    for who in (alone, busy):
        client = client_for(who)
        client.get("/etablissements/", {"q": text})
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/etablissements/", {"q": text}).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert len(Organisation.objects.visible_to(Actor.of(busy), "organisation.view").order_by("pk")) == 3000


def test_the_list_of_many_is_in_order_the_closed_last(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of putting heads in order: in memory when they are few, in the database when they are thousands."""
    from django.utils import timezone

    from carene.apps.organisations import queries_tree

    made = [make_organisation(world.ght, name=name) for name in ("Zénith", "Élan", "Alpha")]
    Organisation.objects.below(world.ght.node).filter(pk=made[2].pk).update(closed_on=timezone.localdate())
    for place in made:
        give(world.charlie, place, "lecteur")
    expected = [made[1].pk, world.elsewhere.pk, made[0].pk, made[2].pk]
    for shown in (2, 3):  # of four heads
        monkeypatch.setattr(queries_tree, "SHOWN_WHOLE", shown)
        listing = queries_tree.listed(Actor.of(world.charlie))
        assert not listing.whole
        assert [pk for pk, _ in listing.pairs[0:50]] == expected
        assert len(listing.pairs) == 4
    monkeypatch.setattr(queries_tree, "SHOWN_WHOLE", 4)
    assert queries_tree.listed(Actor.of(world.charlie)).whole


LETTERS = st.text(alphabet="abcdeghilmnoprstuv", min_size=4, max_size=14)


@settings(max_examples=150)
@given(LETTERS, st.data())
def test_a_word_with_one_error_is_always_among_the_candidates(word: str, data: st.DataObject) -> None:
    """Whatever the error, one of the pieces asked of the index stands in the right word, and the word is then kept."""
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("aez"))
    wrong = data.draw(
        st.sampled_from(
            [
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place:],
                word[:place] + letter + word[place + 1 :],
                word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :] if place else word,
            ]
        )
    )
    if len(wrong) < 4:
        return
    assert any(piece in f" {word} " for piece in _pieces(wrong)), (word, wrong, _pieces(wrong))
    assert any(part in f" {word} " for part in _parts(wrong)), (word, wrong, _parts(wrong))
    assert _cost(wrong, word, {}, forgive=True) is not None


def test_short_words_are_asked_whole() -> None:
    assert _whole("ch") == " ch "
    assert _whole("sia") == "sia"
