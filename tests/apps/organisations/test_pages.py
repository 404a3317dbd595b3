# SPDX-License-Identifier: EUPL-1.2
import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carene.apps.organisations import actions, queries
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.accounts import demo
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Membership
from carene.core.tenancy.scoped import ScopeRequired
from carene.engines.sources import InputError
from tests.support.factories import SYSTEM, World, give, make_organisation, make_user
from tests.support.text import plain

PAGES = ["etablissement/", "personnes/", "droits/"]


@pytest.mark.parametrize("page", PAGES)
def test_alice_and_bob_see_what_charlie_does_not(world: World, client_for, page: str) -> None:
    url = f"/o/{world.hospital.pk}/{page}"
    assert client_for(world.alice).get(url).status_code == 200
    assert client_for(world.bob).get(url).status_code == 200
    assert client_for(world.charlie).get(url).status_code == 404


def test_anonymous_is_sent_to_sign_in(world: World, client) -> None:
    response = client.get(f"/o/{world.hospital.pk}/etablissement/")
    assert response.status_code == 302
    assert response["Location"].startswith("/compte/login/")


def test_the_list_shows_only_what_one_may_see(world: World, client_for) -> None:
    page = client_for(world.charlie).get("/etablissements/").content.decode()
    assert "Hôpital de Charlie" in page
    assert "Alice" not in page


def test_the_list_costs_the_same_for_two_or_sixty(world: World, client_for, django_assert_max_num_queries) -> None:
    for _ in range(60):
        make_organisation(world.ght)
    client = client_for(world.bob)
    with django_assert_max_num_queries(7):  # the organisation of the rail is one of them
        page = client.get("/etablissements/").content.decode()
    assert "Page 1 sur 2, 63 établissements" in page.replace("\u202f", " ").replace("\xa0", " ")


def test_profile_is_changed_by_those_who_may(world: World, client_for) -> None:
    url = f"/o/{world.hospital.pk}/etablissement/"
    data = {"name": "Hôpital renommé", "type": "chu", "workstations": "5200"}
    assert client_for(world.bob).post(url, data).status_code == 403
    assert client_for(world.alice).post(url, data).status_code == 302
    row = Organisation.objects.of(world.hospital.node).get()
    assert (row.name, row.type, row.workstations) == ("Hôpital renommé", "chu", 5200)
    entry = Entry.objects.filter(verb="organisation.profile").latest("id")
    assert entry.before["workstations"] == 600
    assert entry.after["workstations"] == 5200
    assert "beds" in entry.after  # emptied by the form: said in the journal too


def test_digital_budget_above_operating_budget_is_refused(world: World, client_for) -> None:
    data = {"name": "H", "operating_budget": "1000", "digital_budget": "2000"}
    page = client_for(world.alice).post(f"/o/{world.hospital.pk}/etablissement/", data)
    assert page.status_code == 200
    assert "dépasse le budget d" in page.content.decode()
    assert Organisation.objects.of(world.hospital.node).get().name == "Hôpital d'Alice"


def test_roles_are_given_and_taken_back(world: World, client_for) -> None:
    url = f"/o/{world.hospital.pk}/personnes/"
    data = {"email": "nouvelle@exemple.invalid", "name": "Nouvelle Personne", "role": "contributeur"}
    assert client_for(world.alice).post(url, data).status_code == 403
    assert client_for(world.admin).post(url, data).status_code == 302
    membership = Membership.objects.get(user__email="nouvelle@exemple.invalid")
    assert not membership.user.has_usable_password()
    assert client_for(world.admin).post(f"{url}{membership.pk}/retirer/").status_code == 302
    assert not Membership.objects.filter(pk=membership.pk).exists()


def test_the_last_administrator_stays(world: World) -> None:
    membership = Membership.objects.get(user=world.admin)
    with pytest.raises(InputError, match="dernière personne"):
        actions.revoke(Actor.of(world.admin), world.region, membership.pk)


def test_a_membership_of_another_place_cannot_be_taken(world: World) -> None:
    foreign = Membership.objects.get(user=world.charlie)
    with pytest.raises(InputError, match="n'existe plus"):
        actions.revoke(Actor.of(world.admin), world.region, foreign.pk)


def test_kinds_stand_where_they_may(world: World) -> None:
    with pytest.raises(InputError, match="ne se range pas"):
        actions.create(SYSTEM, world.hospital, kind="region", name="R")
    with pytest.raises(PermissionDenied):
        actions.create(Actor.of(world.alice), world.hospital, kind="site", name="S")
    site = actions.create(Actor.of(world.admin), world.hospital, kind="site", name="Site nord")
    assert site.node.path.startswith(world.hospital.node.path)


def test_rights_go_down_but_not_sideways(world: World) -> None:
    user = make_user()
    give(user, world.sister, "direction")
    actor = Actor.of(user)
    assert actor.can("assessment.validate", world.sister.node)
    assert not actor.can("assessment.view", world.hospital.node)
    assert not actor.can("assessment.view", world.ght.node)


def test_ids_that_begin_alike_are_not_below(world: World) -> None:
    """Node 1 is not above node 10: paths end with a slash."""
    for _ in range(12):
        make_organisation(world.region)
    seen = {o.pk for o in queries.visible(Actor.of(world.charlie))}
    assert seen == {world.elsewhere.pk}


def test_reading_without_a_scope_is_refused(world: World) -> None:
    with pytest.raises(ScopeRequired):
        list(Organisation.objects.all())
    with pytest.raises(ScopeRequired):
        Organisation.objects.filter(pk=1)


def test_journal_rows_are_never_changed(world: World) -> None:
    entry = Entry.objects.latest("id")
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


def test_the_list_is_a_tree_by_name_and_a_search_is_flat(world: World, client_for) -> None:
    late = make_organisation(world.region, kind="ght", name="Ensemble des Alpes")
    make_organisation(late, name="Élan", town="Brenne")
    items = client_for(world.admin).get("/etablissements/").context["items"]
    assert [(organisation.name, depth) for organisation, depth, _ in items] == [
        ("Région d'ici", 0),
        ("Ensemble des Alpes", 1),
        ("Élan", 2),
        ("GHT d'ici", 1),
        ("Hôpital d'Alice", 2),
        ("Hôpital voisin", 2),
    ]
    # Who does not see the region has the GHT for first level.
    items = client_for(world.bob).get("/etablissements/").context["items"]
    assert [depth for _, depth, _ in items] == [0, 1, 1]
    response = client_for(world.admin).get("/etablissements/?q=brenne")
    assert [(o.name, depth, said) for o, depth, said in response.context["items"]] == [
        ("Élan", 0, "Centre hospitalier, Brenne, 200\xa0lits et places")
    ]
    assert "1 réponse à « brenne »" in plain(response)


def test_a_group_has_a_name_and_no_questionnaire(world: World, client_for) -> None:
    page = plain(client_for(world.admin).get(f"/o/{world.ght.pk}/etablissement/"))
    assert 'name="short_name"' in page
    assert 'name="workstations"' not in page
    assert "questions sur" not in page
    assert "<span>Profil</span>" in page  # in the rail, where an establishment has « Établissement »
    client_for(world.admin).post(f"/o/{world.ght.pk}/etablissement/", {"name": "GHT renommé"})
    assert Organisation.objects.of(world.ght.node).get().name == "GHT renommé"


def test_a_new_address_without_a_name_keeps_what_was_typed(world: World, client_for) -> None:
    data = {"email": "nouvelle@exemple.invalid", "function": "Cadre de santé", "role": "contributeur"}
    response = client_for(world.admin).post(f"/o/{world.hospital.pk}/personnes/", data)
    page = plain(response)
    assert response.status_code == 200
    assert "Cette adresse est nouvelle ; donner aussi le nom de la personne." in page
    assert 'value="nouvelle@exemple.invalid"' in page
    assert 'value="Cadre de santé"' in page
    assert not Membership.objects.filter(user__email="nouvelle@exemple.invalid").exists()


def test_one_line_a_person_whatever_their_roles(world: World, client_for) -> None:
    give(world.alice, world.hospital, "direction")
    person = actions.grant(SYSTEM, world.hospital, email="n@exemple.invalid", name="Nina Neuve", role="lecteur").user
    page = plain(client_for(world.admin).get(f"/o/{world.hospital.pk}/personnes/"))
    assert page.count(world.alice.email) == 1
    assert "donné sur GHT d'ici" in page  # Bob
    assert page.count("N'a pas encore de mot de passe") == 1
    assert person.email in page
    assert "N'a pas encore de mot de passe" not in plain(
        client_for(world.alice).get(f"/o/{world.hospital.pk}/personnes/")
    )


def test_attaching_without_a_name_says_so_in_the_form(world: World, client_for) -> None:
    response = client_for(world.admin).post(f"/o/{world.ght.pk}/rattacher/", {"kind": "entity", "name": ""})
    assert response.status_code == 200
    assert "Ce champ est obligatoire." in plain(response)


def test_signing_in_calls_the_address_by_one_name(db: None, client) -> None:
    page = plain(client.get("/compte/login/"))
    assert "Adresse électronique" in page
    assert "Courriel" not in page
    page = plain(client.post("/compte/login/", {"login": "a@exemple.invalid", "password": "non"}))
    assert "L'adresse ou le mot de passe n'est pas le bon." in page
    assert "Adresse électronique" in plain(client.get("/compte/password/reset/"))


def test_the_people_of_the_demonstration_enter_in_one_click(world: World, client, settings, tmp_path) -> None:
    settings.VAR = tmp_path
    assert "Entrer comme" not in plain(client.get("/compte/login/"))
    (tmp_path / demo.MARK).touch()
    person = make_user("Rémi Essai", email="essai@demo.invalid")
    person.set_password(demo.PASSWORD)
    person.save()
    assert "Entrer comme Rémi Essai" in re.sub(r"<[^>]+>", "", plain(client.get("/compte/login/")))
    sent = client.post("/compte/login/", {"login": person.email, "password": demo.PASSWORD})
    assert sent["Location"] == "/"


def test_a_person_without_a_password_gets_the_link_that_sets_one(world: World, client) -> None:
    """What the page of people tells to do must work: the account was created without a password."""
    actions.grant(SYSTEM, world.hospital, email="n@exemple.invalid", name="Nina Neuve", role="lecteur")
    client.post("/compte/password/reset/", {"email": "n@exemple.invalid"})
    assert [message.to for message in mail.outbox] == [["n@exemple.invalid"]]
    link = re.search(r"https?://\S+", str(mail.outbox[0].body))
    assert link is not None
    page = client.get(link[0].removeprefix("http://testserver"), follow=True)
    assert "Choisir un mot de passe" in plain(page)
    client.post(page.request["PATH_INFO"], dict.fromkeys(("password1", "password2"), "une-longue-phrase-neuve"))
    assert client.login(email="n@exemple.invalid", password="une-longue-phrase-neuve")


def test_many_rights_do_not_make_a_long_account_page(world: World, client_for, django_assert_num_queries) -> None:
    client = client_for(world.alice)
    client.get("/mon-compte/")
    with CaptureQueriesContext(connection) as one:
        client.get("/mon-compte/")
    for rank in range(60):
        give(world.alice, make_organisation(world.ght, name=f"Membre {rank}"), "rssi")
    with django_assert_num_queries(len(one)):
        response = client.get("/mon-compte/")
    assert len(response.context["memberships"]) == 50
    assert "chercher parmi tous vos établissements" in plain(response)


def test_the_list_stands_beside_the_organisation_that_was_left(world: World, client_for) -> None:
    client = client_for(world.alice)
    client.get(f"/o/{world.hospital.pk}/")
    page = plain(client.get("/etablissements/"))
    assert f'href="/o/{world.hospital.pk}/etablissement/"' in page
    assert page.count('aria-current="page"') == 1
    assert 'title="Changer d\'établissement" aria-current="page"' in page


def test_those_who_give_no_role_learn_who_does(world: World, client_for) -> None:
    assert f"donnés et retirés par {world.admin.name}" in plain(
        client_for(world.bob).get(f"/o/{world.hospital.pk}/personnes/")
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"role": "gestionnaire", "email": "self"}, "email"),
        ({"role": "gestionnaire", "email": "neuf@exemple.invalid"}, "name"),
        ({"role": "gestionnaire", "email": "neuf@exemple.invalid", "name": "Neuf", "ends_on": "2001-01-01"}, "ends_on"),
    ],
)
def test_a_refusal_is_said_beside_its_field(world: World, client_for, data: dict[str, str], field: str) -> None:
    give(world.admin, world.region, "gestionnaire")
    data = data | ({"email": world.admin.email} if data["email"] == "self" else {})
    response = client_for(world.admin).post(f"/o/{world.region.pk}/personnes/", data)
    assert list(response.context["form"].errors) == [field]


def test_a_counter_is_only_for_those_who_can_act(world: World, client_for, monkeypatch) -> None:
    monkeypatch.setattr("carene.apps.indicators.queries.stale_count", lambda *_: 3)
    assert "3 périmées" in plain(client_for(world.alice).get(f"/o/{world.hospital.pk}/"))
    assert "périmées" not in plain(client_for(world.bob).get(f"/o/{world.hospital.pk}/"))


def test_a_lone_region_cannot_be_moved(world: World, client_for) -> None:
    give(world.admin, world.region, "gestionnaire")
    assert "Déplacer" not in plain(client_for(world.admin).get(f"/o/{world.region.pk}/arbre/"))
    nation = make_organisation(kind="nation", name="France")
    give(world.admin, nation, "gestionnaire")
    assert "Déplacer" in plain(client_for(world.admin).get(f"/o/{world.region.pk}/arbre/"))


def test_no_link_leads_to_a_journal_that_one_may_not_read(world: World, client_for) -> None:
    keeper = make_user("Gisèle Gest")
    give(keeper, world.region, "gestionnaire")
    assert "dans le journal" not in plain(client_for(keeper).get(f"/o/{world.region.pk}/registres/"))
    assert "dans le journal" in plain(client_for(world.admin).get(f"/o/{world.region.pk}/registres/"))
