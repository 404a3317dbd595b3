# SPDX-License-Identifier: EUPL-1.2
"""Every page: who may open it, what it says, how many questions it asks the database."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils.html import escape

from carene.apps.assessments import queries as assessments
from carene.apps.assessments.models import Answer
from carene.apps.roadmaps import actions, queries
from carene.apps.roadmaps.models import Action, Scenario
from carene.apps.roadmaps.wishes import MonthWish
from carene.engines.referential.catalogue import care
from tests.apps.roadmaps.conftest import Desk
from tests.support.factories import World, give, make_assessment, make_organisation

pytestmark = pytest.mark.django_db
MEASURE = "audit-exposition"


def url(name: str, *args: Any) -> str:
    return reverse(f"roadmaps:{name}", args=args)


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u202f", " ").replace("\xa0", " ").replace("&#x27;", "'")


def posted(scenario: Scenario, **values: str) -> dict[str, str]:
    return {"version": str(scenario.version), **values}


READ = ("overview", "scenarios", "compare", "scenario", "scenario_measure", "action", "catalogue", "measure")
WRITE = (
    "scenario_new", "scenario_means", "scenario_duplicate", "scenario_rename", "scenario_delete", "scenario_restore",
    "scenario_recompute", "scenario_undo", "adopt", "scenario_force", "scenario_release", "scenario_estimate",
    "action_new", "action_start", "action_finish", "action_drop", "action_reopen", "action_comment",
)  # fmt: skip
POSTS = set(WRITE) - {"scenario_new", "scenario_means", "adopt", "action_new"}


def arguments(name: str, node: int, scenario: int, action: int) -> tuple[Any, ...]:
    if name in {"overview", "scenarios", "compare", "catalogue", "scenario_new", "action_new"}:
        return (node,)
    if name == "measure":
        return (node, MEASURE)
    if name.startswith("action"):
        return (node, action)
    if name in {"scenario_measure", "scenario_force", "scenario_release", "scenario_estimate"}:
        return (node, scenario, MEASURE)
    return (node, scenario)


@pytest.fixture
def stage(desk: Desk) -> tuple[Desk, Scenario, Action]:
    scenario = desk.adopted()
    return desk, scenario, desk.actions()[0]


def test_alice_bob_and_charlie(stage: tuple[Desk, Scenario, Action], client_for: Any) -> None:
    desk, scenario, action = stage
    world = desk.world
    alice, bob, charlie = client_for(world.alice), client_for(world.bob), client_for(world.charlie)
    for name in (*READ, *WRITE):
        address = url(name, *arguments(name, world.hospital.pk, scenario.pk, action.pk))
        send = "post" if name in POSTS else "get"
        assert getattr(charlie, send)(address).status_code == 404, name
        assert getattr(bob, send)(address).status_code == (200 if name in READ else 403), name
        if send == "get":
            assert alice.get(address).status_code == 200, name
        else:
            assert alice.get(address).status_code == 405, name
    # Bob reads, and is offered nothing that he may not do.
    for name in READ:
        page = text_of(bob.get(url(name, *arguments(name, world.hospital.pk, scenario.pk, action.pk))))
        for word in ("Forcer et recalculer", "Adopter…", "Commencer", "Terminer", "Recalculer", "Enregistrer"):
            assert f">{word}" not in page, (name, word)
    assert bob.post(url("action", world.hospital.pk, action.pk), {}).status_code == 403
    assert bob.post(url("scenario_measure", world.hospital.pk, scenario.pk, MEASURE), {}).status_code == 403


def test_nothing_is_reached_through_another_organisation(stage: tuple[Desk, Scenario, Action], client_for: Any) -> None:
    desk, scenario, action = stage
    charlie = client_for(desk.world.charlie)
    for name in (*READ, *WRITE):
        args = arguments(name, desk.world.elsewhere.pk, scenario.pk, action.pk)
        if len(args) > 1 and name != "measure":
            send = charlie.post if name in POSTS else charlie.get
            assert send(url(name, *args)).status_code in {400, 404}, name
    assert Action.objects.of(desk.organisation.node).get(pk=action.pk).version == action.version
    assert desk.fresh(scenario).version == scenario.version


@pytest.mark.parametrize("name", ["overview", "scenarios", "compare", "catalogue", "measure", "scenario_new"])
def test_before_any_assessment(world: World, client_for: Any, name: str) -> None:
    response = client_for(world.alice).get(url(name, *arguments(name, world.hospital.pk, 1, 1)))
    assert response.status_code == 200
    if name in {"overview", "scenarios", "scenario_new"}:
        assert "Répondre au socle" in text_of(response)


def test_before_any_scenario(desk: Desk, client_for: Any) -> None:
    alice, bob = client_for(desk.world.alice), client_for(desk.world.bob)
    assert "Composer un scénario" in text_of(alice.get(url("overview", desk.organisation.pk)))
    assert "Composer un scénario" not in text_of(bob.get(url("overview", desk.organisation.pk)))
    desk.scenario()
    assert "Aucune feuille de route n'est encore adoptée" in text_of(alice.get(url("overview", desk.organisation.pk)))


def test_a_region_has_no_roadmap_of_its_own(world: World, client_for: Any) -> None:
    page = text_of(client_for(world.admin).get(url("overview", world.region.pk)))
    assert "Chaque établissement tient la sienne" in page


def means_data(**changes: str) -> dict[str, str]:
    return {
        "name": "Budget voté", "start": "2027-01", "months": "12", "budget_2027": "40 000", "team_rssi": "5",
        "team_systemes": "7,5", **changes,
    }  # fmt: skip


@pytest.fixture
def autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day when the forms are opened: their months and years depend on it."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: dt.date(2026, 11, 23))


@pytest.mark.usefixtures("autumn")
def test_a_scenario_is_composed(desk: Desk, client_for: Any) -> None:
    client = client_for(desk.world.alice)
    response = client.post(url("scenario_new", desk.organisation.pk), means_data(budget_2028="-5", budget_2027="40 k€"))
    assert response.status_code == 400  # a year outside the period counts no less when it is wrong
    response = client.post(url("scenario_new", desk.organisation.pk), means_data(budget_2027="40 k€"))
    scenario = queries.scenarios(desk.organisation.node).get()
    assert response.url == url("scenario", desk.organisation.pk, scenario.pk)
    assert scenario.budgets == {"2027": 40_000}
    assert scenario.team == {"rssi": 5, "systemes": 7.5}
    response = client.get(url("scenario_means", desk.organisation.pk, scenario.pk))
    assert 'value="40 000"' in text_of(response)
    data = posted(scenario, **means_data(name="Autre", months="24", budget_2028="0"))
    assert client.post(url("scenario_means", desk.organisation.pk, scenario.pk), data).status_code == 302
    assert desk.fresh(scenario).budgets == {"2027": 40_000, "2028": 0}
    # The page that was open elsewhere does not overwrite it, and keeps what was typed.
    response = client.post(url("scenario_means", desk.organisation.pk, scenario.pk), data)
    assert response.status_code == 400
    assert "Quelqu'un d'autre a modifié ce scénario" in text_of(response)
    assert 'value="Autre"' in text_of(response)


@pytest.mark.usefixtures("autumn")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"budget_2027": "-3"}, "Un nombre négatif ne convient pas"),
        ({"budget_2027": "beaucoup"}, "« beaucoup » n'est pas un nombre"),
        ({"budget_2027": "9" * 25}, "vérifier le nombre de zéros"),
        ({"budget_2027": ""}, "Indiquer le budget 2027, 0 s'il n'y en a pas."),
        ({"months": "61"}, "Un plan dure au plus 60 mois."),
        ({"months": "11"}, "Un plan dure au moins 12 mois."),
        ({"months": "douze"}, "Écrire un nombre entier de mois."),
        ({"months": ""}, "Indiquer une durée."),
        ({"start": "1999-01"}, "Ce mois n'est pas proposé"),
        ({"start": "demain"}, "Ce mois n'est pas proposé"),
        ({"team_rssi": "99999"}, "C'est plus de 2 000 jours par mois"),
        ({"name": ""}, "Donner un nom à ce scénario."),
    ],
)
def test_means_refused_by_the_form(desk: Desk, client_for: Any, changes: dict[str, str], said: str) -> None:
    response = client_for(desk.world.alice).post(url("scenario_new", desk.organisation.pk), means_data(**changes))
    assert response.status_code == 400
    assert said in text_of(response)
    assert not queries.scenarios(desk.organisation.node).exists()


def test_a_measure_opens_in_the_dialog_or_alone(desk: Desk, client_for: Any) -> None:
    scenario = desk.scenario()
    client = client_for(desk.world.alice)
    address = url("scenario_measure", desk.organisation.pk, scenario.pk, MEASURE)
    whole, part = text_of(client.get(address)), text_of(client.get(address, headers={"HX-Request": "true"}))
    assert "<html" in whole
    assert "<html" not in part
    for words in ("Ce qu'elle relève", "Ce qu'elle coûte", "Comment s'y prendre", "Que souhaitez-vous ?"):
        assert words in part
    assert client.get(url("scenario_measure", desk.organisation.pk, scenario.pk, "licorne")).status_code == 404


def test_what_a_measure_raises_leads_to_its_question(desk: Desk, client_for: Any, world: World) -> None:
    measure = care().measure[MEASURE]
    assessment = assessments.reference(desk.organisation.node)
    assert assessment is not None
    address = reverse("assessments:question", args=[desk.organisation.pk, assessment.pk, measure.raises[0].criterion])
    client = client_for(world.alice)
    assert f'href="{address}"' in text_of(client.get(url("measure", desk.organisation.pk, MEASURE)))
    assert client.get(address).status_code == 200
    other = make_organisation(world.ght, type="ch")
    give(world.alice, other, "rssi")
    page = text_of(client.get(url("measure", other.pk, MEASURE)))
    assert "Ce qu'elle relève" in page
    assert "/questions/" not in page


def test_wishes_from_the_page(desk: Desk, client_for: Any) -> None:
    scenario = desk.scenario()
    client = client_for(desk.world.alice)
    address = url("scenario_measure", desk.organisation.pk, scenario.pk, MEASURE)
    data = {"souhait-choice": "impose", "souhait-start": "2027-04", "souhait-reason": "Promis à la direction"}
    assert client.post(address, posted(scenario, **data)).status_code == 302
    scenario = desk.fresh(scenario)
    assert scenario.wishes == {MEASURE: {"mandatory": True, "start": "2027-04", "reason": "Promis à la direction"}}
    page = text_of(client.get(url("scenario", desk.organisation.pk, scenario.pk)))
    assert "imposée, commence en avril 2027 : Promis à la direction" in page
    data = {"souhait-choice": "let", "souhait-not_before": "2027-05", "souhait-deadline": "2027-03"}
    response = client.post(address, posted(scenario, **data))
    assert response.status_code == 400
    assert "L'échéance précède le début demandé" in text_of(response)
    response = client.post(address, {"version": "1", "souhait-choice": "exclude"})
    assert response.status_code == 400
    assert "Quelqu'un d'autre a modifié ce scénario" in text_of(response)
    assert client.post(address, {"souhait-choice": "exclude"}).status_code == 400  # no version at all
    client.post(url("scenario_release", desk.organisation.pk, scenario.pk, MEASURE), posted(scenario))
    assert desk.fresh(scenario).wishes == {}
    client.post(url("scenario_undo", desk.organisation.pk, scenario.pk), posted(desk.fresh(scenario)))
    assert set(desk.fresh(scenario).wishes) == {MEASURE}


def test_forcing_says_what_it_did(desk: Desk, client_for: Any) -> None:
    scenario = desk.fresh(desk.scenario())
    left = next(e for e in queries.plan_of(scenario).left_out if e.code == "budget")  # type: ignore[union-attr]
    client = client_for(desk.world.alice)
    address = url("scenario", desk.organisation.pk, scenario.pk)
    assert "Forcer et recalculer" in text_of(client.get(address))
    force = url("scenario_force", desk.organisation.pk, scenario.pk, left.measure)
    page = text_of(client.post(force, posted(scenario), follow=True))
    assert "Plan recalculé" in page
    page = text_of(client.post(force, posted(scenario), follow=True))  # with the version of a page that is out of date
    assert "votre changement n'a pas été appliqué" in page


def test_own_figures_from_the_page(desk: Desk, client_for: Any) -> None:
    scenario = desk.scenario()
    client = client_for(desk.world.alice)
    address = url("scenario_measure", desk.organisation.pk, scenario.pk, MEASURE)
    wrong = {"chiffres": "1", "chiffres-investment": "-4", "chiffres-months": "0", "chiffres-days_rssi": "un peu"}
    page = text_of(client.post(address, posted(scenario, **wrong)))
    for words in ("Un nombre négatif ne convient pas", "au moins un mois", "« un peu » n'est pas un nombre"):
        assert words in page
    right = {"chiffres": "1", "chiffres-investment": "12 345", "chiffres-reason": "Devis", "chiffres-days_rssi": "3"}
    assert client.post(address, posted(scenario, **right)).status_code == 302
    page = text_of(client.get(address))
    assert '12 345 € <span class="muted">votre chiffre, au lieu de notre estimation de' in page
    assert "D'après : Devis" in page
    assert "votre chiffre, au lieu de" in text_of(client.get(url("measure", desk.organisation.pk, MEASURE)))
    back = url("scenario_estimate", desk.organisation.pk, scenario.pk, MEASURE)
    client.post(back)
    assert "votre chiffre" not in text_of(client.get(address))


def test_deleting_offers_to_undo(desk: Desk, client_for: Any) -> None:
    scenario = desk.scenario()
    client = client_for(desk.world.alice)
    page = text_of(client.post(url("scenario_delete", desk.organisation.pk, scenario.pk), follow=True))
    assert "« Budget voté » est supprimé." in page
    assert client.get(url("scenario", desk.organisation.pk, scenario.pk)).status_code == 404
    client.post(url("scenario_restore", desk.organisation.pk, scenario.pk))
    assert client.get(url("scenario", desk.organisation.pk, scenario.pk)).status_code == 200
    assert client.get(url("scenarios", desk.organisation.pk) + "?supprime=zut").status_code == 200


def test_comparing(desk: Desk, client_for: Any) -> None:
    rows = [desk.scenario(f"Scénario {i}", budgets={2027: 20_000.0 * i}) for i in range(1, 6)]
    Scenario.objects.of(desk.organisation.node).filter(pk=rows[1].pk).update(plan=None)
    client = client_for(desk.world.alice)
    address = url("compare", desk.organisation.pk)
    page = text_of(client.get(address, {"s": [row.pk for row in rows]}))
    assert "Seuls les 4 premiers sont comparés." in page
    assert "« Scénario 2 » n'a pas de plan à jour" in page
    assert "Scénario 5</a></th>" not in page
    assert "60 k€" in page
    for junk in ("x", "9" * 40, "-1", ""):
        assert client.get(address, {"s": junk}).status_code == 200


def test_comparing_names_the_measures_that_differ(desk: Desk, client_for: Any) -> None:
    first, second = desk.scenario("Un"), desk.scenario("Deux")
    address = url("compare", desk.organisation.pk)
    client = client_for(desk.world.alice)
    both = {"s": [first.pk, second.pk]}
    assert "Ces plans mènent les mêmes mesures" in text_of(client.get(address, both))
    plan = queries.plan_of(desk.fresh(first))
    assert plan is not None
    gone = plan.actions[0].measure
    actions.set_wish(desk.alice, desk.organisation, second, gone, MonthWish(excluded=True), version=second.version)
    page = text_of(client.get(address, both))
    assert "dans tous ces plans" in page
    assert f'<th scope="row">{escape(care().measure[gone].title)}</th>'.replace("&#x27;", "'") in page
    assert "laissée de côté" in page


def test_plans_that_do_not_start_from_the_same_levels_are_said(desk: Desk, client_for: Any) -> None:
    before = desk.scenario("Avant")
    Answer.objects.filter(assessment=assessments.reference(desk.organisation.node)).update(level=2)
    after = desk.scenario("Après")
    page = text_of(client_for(desk.world.alice).get(url("compare", desk.organisation.pk), {"s": [before.pk, after.pk]}))
    assert "Ces plans ne partent pas des mêmes niveaux" in page


def test_adoption_is_announced_then_done(desk: Desk, client_for: Any) -> None:
    first = desk.adopted()
    gone = desk.actions()[0]
    second = desk.fresh(desk.scenario("Autre"))
    actions.set_wish(desk.alice, desk.organisation, second, gone.measure, MonthWish(excluded=True), version=1)
    second = desk.fresh(second)
    client = client_for(desk.world.alice)
    page = text_of(client.get(url("adopt", desk.organisation.pk, second.pk)))
    assert "Ce scénario remplacera « Budget voté »." in page
    assert "sera abandonnée" in page or "seront abandonnées" in page
    page = text_of(client.post(url("adopt", desk.organisation.pk, second.pk), posted(second), follow=True))
    assert "Le scénario « Autre » est adopté." in page
    assert desk.fresh(first).retired_at is not None
    page = text_of(client.post(url("adopt", desk.organisation.pk, second.pk), posted(second), follow=True))
    assert "votre changement n'a pas été appliqué" in page


def test_an_action_from_its_page(stage: tuple[Desk, Scenario, Action], client_for: Any) -> None:
    desk, _, _ = stage
    action = next(row for row in desk.actions() if row.raises)
    client = client_for(desk.world.alice)
    node, pk = desk.organisation.pk, action.pk
    page = text_of(client.get(url("action", node, pk)))
    assert action.title in page.replace("&amp;", "&")
    assert "Comment s'y prendre" in page
    calendar = reverse("reports:action_calendar", args=[node, pk])
    assert f'href="{calendar}"' in page
    assert b"BEGIN:VEVENT" in client.get(calendar).content
    data = {
        "version": "1", "title": "Autrement dit", "owner": str(desk.world.bob.pk), "start_on": "2027-02-01",
        "due_on": "2027-01-01", "planned_cost": "1 200", "actual_cost": "",
    }  # fmt: skip
    response = client.post(url("action", node, pk), data)
    assert response.status_code == 400
    assert "L'échéance précède le début" in text_of(response)
    data["due_on"] = "2027-03-01"
    assert client.post(url("action", node, pk), data).status_code == 302
    response = client.post(url("action", node, pk), data)  # the same page sent again
    assert response.status_code == 400
    assert "Quelqu'un d'autre a modifié cette action" in text_of(response)
    client.post(url("action_start", node, pk), {"version": "2", "retour": url("overview", node)})
    client.post(url("action_comment", node, pk), {"text": "Un mot <b>"})
    page = text_of(client.post(url("action_finish", node, pk), {"version": "3"}, follow=True))
    assert "à la validation." in unquote(page)
    page = text_of(client.get(url("action", node, pk)))
    assert "décider dans l'auto-évaluation" in page
    assert "Un mot &lt;b&gt;" in page
    assert "État : en cours → terminée" in page
    for bad in ({"version": "4", "done_on": "2999-01-01"}, {"version": "4", "actual_cost": "-3"}, {}):
        client.post(
            url("action_reopen", node, pk), {"version": str(queries.action(desk.organisation.node, pk).version)}
        )
        before = queries.action(desk.organisation.node, pk)
        bad = {**bad, "version": str(before.version)} if bad else bad
        client.post(url("action_finish", node, pk), bad)
        assert queries.action(desk.organisation.node, pk).version == before.version
    response = client.post(url("action_start", node, pk), {"version": "1", "retour": "https://ailleurs.invalid/"})
    assert response.url == url("action", node, pk)


def test_an_action_of_our_own(desk: Desk, client_for: Any) -> None:
    client = client_for(desk.world.alice)
    address = url("action_new", desk.organisation.pk)
    response = client.post(address, {"title": "", "start_on": "", "due_on": "hier", "planned_cost": "mille"})
    assert response.status_code == 400
    for words in (
        "Dire en quelques mots ce qui sera fait.",
        "Choisir une date de début.",
        "« mille » n'est pas un nombre",
    ):
        assert words in text_of(response)
    data = {"title": "Changer l'onduleur", "start_on": "2027-01-04", "due_on": "2027-02-01", "planned_cost": "9 k€"}
    client.post(address, data)
    row = desk.actions()[0]
    assert (row.measure, row.planned_cost) == ("", 9_000)
    page = text_of(client.get(url("overview", desk.organisation.pk)))
    assert "Aucun scénario n'est adopté" in page
    assert "Changer l'onduleur" in page
    assert client.get(url("action", desk.organisation.pk, row.pk)).status_code == 200


def test_filters_of_the_overview(stage: tuple[Desk, Scenario, Action], client_for: Any) -> None:
    desk, _, action = stage
    actions.update_action(desk.alice, desk.organisation, action.pk, version=1, owner_id=desk.world.bob.pk)
    actions.start(desk.alice, desk.organisation, action.pk, version=2)
    client = client_for(desk.world.alice)
    address = url("overview", desk.organisation.pk)

    def shown(**asked: str) -> set[int]:
        return {row.pk for row, _ in client.get(address, asked).context["shown"]}

    everything = {row.pk for row in desk.actions()}
    assert shown() == shown(etat="zut") == everything
    assert shown(etat="doing") == shown(responsable=str(desk.world.bob.pk)) == {action.pk}
    assert shown(responsable="0") == everything - {action.pk}
    assert shown(etat="dropped") == set()
    assert "ne répond à ces filtres" in text_of(client.get(address, {"etat": "dropped"}))


def test_the_catalogue_is_searched(desk: Desk, client_for: Any) -> None:
    client = client_for(desk.world.alice)
    address = url("catalogue", desk.organisation.pk)

    def found(**asked: str) -> set[str]:
        return {card.measure.id for card in client.get(address, asked).context["cards"]}

    everything = found()
    assert MEASURE in everything
    assert found(q="  EXPOSITION internet ") & {MEASURE}
    assert found(q="licorne") == set()
    assert "Aucune mesure ne répond" in text_of(client.get(address, {"q": "licorne"}))
    assert found(axe="SEN") < everything
    assert found(rapide="on") < everything
    assert found(partage="on") < everything
    # Everything stands at level 1: a measure that only leads there, or beyond the target, does not fill a lack.
    assert MEASURE in found(manque="on") < everything
    assert client.get(url("measure", desk.organisation.pk, "licorne")).status_code == 404


def test_the_rail_says_what_is_late(desk: Desk, client_for: Any) -> None:
    actions.create_action(
        desk.alice, desk.organisation, title="Vieux", start_on=dt.date(2020, 1, 1), due_on=dt.date(2020, 2, 1)
    )
    page = text_of(client_for(desk.world.alice).get(url("scenarios", desk.organisation.pk)))
    assert '<span class="count late">1 en retard</span>' in page


LIMITS = {
    "overview": 12, "scenarios": 11, "compare": 14, "scenario": 16, "scenario_measure": 16, "adopt": 17, "action": 19,
    "catalogue": 15, "measure": 16, "scenario_new": 12,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_sql_does_not_grow_with_the_actions(
    desk: Desk, client_for: Any, django_assert_max_num_queries: Any, name: str
) -> None:
    scenario = desk.adopted()
    client = client_for(desk.world.alice)
    address = url(name, *arguments(name, desk.organisation.pk, scenario.pk, desk.actions()[0].pk))
    if name == "compare":
        address += f"?s={scenario.pk}"
    with django_assert_max_num_queries(LIMITS[name]) as first:
        assert client.get(address).status_code == 200
    people = [desk.world.alice, desk.world.bob, None]
    Action.objects.of(desk.organisation.node).bulk_create(
        Action(
            node=desk.organisation.node, scenario=scenario, referential="care", title=f"Action {i}",
            owner=people[i % 3],
            start_on=dt.date(2026, 1 + i % 12, 1), due_on=dt.date(2027, 1 + i % 12, 1),
            state=["todo", "doing", "dropped"][i % 3], planned_cost=100.0 * i,
        )
        for i in range(150)
    )  # fmt: skip
    for _ in range(3):
        actions.duplicate_scenario(desk.alice, desk.organisation, scenario)
    with django_assert_max_num_queries(len(first.captured_queries)):
        assert client.get(address).status_code == 200


def test_a_scenario_of_an_organisation_without_size(world: World, client_for: Any) -> None:
    """Nothing is known of the establishment: costs are those of the usual size, and it is said."""
    small = make_organisation(world.ght, workstations=None, type="", ght_role="")
    give(world.alice, small, "rssi")
    make_assessment(small, {criterion.id: 0 for criterion in care().criteria[:20]})
    desk = Desk(World(**{**vars(world), "hospital": small}))
    scenario = desk.scenario()
    page = text_of(client_for(world.alice).get(url("scenario", small.pk, scenario.pk)))
    assert "Taille de l'établissement inconnue" in page
    assert "sans réponse" in page
