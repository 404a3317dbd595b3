# SPDX-License-Identifier: EUPL-1.2
"""Where do we stand, what is late, what next: of one establishment."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from carene.apps.assessments.models import Assignment, LevelProposal
from carene.apps.evidence import actions as evidence
from carene.apps.home import due, queries, standing, steps
from carene.apps.indicators.models import Observation
from carene.apps.organisations.queries import find
from carene.engines.referential.catalogue import care
from tests.support.factories import World, give, make_action, make_assessment, make_organisation, make_user
from tests.support.text import plain

LEVELS = {criterion.id: 2 for criterion in care().criteria}
OLD = dt.date(2020, 1, 1)


def today() -> dt.date:
    return timezone.localdate()


def in_days(days: int) -> dt.date:
    return today() + dt.timedelta(days=days)


def address(world: World) -> str:
    return f"/o/{world.hospital.pk}/"


def situation(world: World) -> queries.Situation:
    actor = world.actor(world.alice)
    return queries.situation(actor, find(actor, world.hospital.pk), today())


def everywhere(**may: bool) -> dict[str, bool]:
    verbs = ("assessment.start", "assessment.answer", "assessment.submit", "assessment.validate")
    return dict.fromkeys(verbs, True) | may


def test_alice_bob_and_charlie(world: World, client_for) -> None:
    for user, status in ((world.alice, 200), (world.bob, 200), (world.director, 200), (world.charlie, 404)):
        assert client_for(user).get(address(world)).status_code == status
    assert client_for(world.bob).post(address(world)).status_code == 405


def test_before_any_assessment_one_is_invited_to_begin(world: World, client_for) -> None:
    page = plain(client_for(world.alice).get(address(world)))
    assert "Dix minutes pour une première réponse" in page
    assert f'href="/o/{world.hospital.pk}/auto-evaluation/"' in page
    page = plain(client_for(world.bob).get(address(world)))
    assert "L'auto-évaluation n'a pas encore commencé" in page
    assert "Commencer" not in page


def test_the_lead_says_size_validation_and_what_is_measured(world: World, client_for) -> None:
    moment = dt.datetime(2026, 11, 14, 10, tzinfo=dt.UTC)
    make_assessment(world.hospital, LEVELS, state="validated", validated_at=moment, validated_by=world.director)
    page = plain(client_for(world.bob).get(address(world)))
    assert (
        "200 lits et places, 600 postes. Évaluation validée le 14 novembre 2026 par Denise Duval ; "
        "rien n'est encore mesuré." in page
    )
    criterion = next(c for c in care().criteria if c.thresholds)
    assert criterion.thresholds is not None
    Observation.objects.create(
        node=world.hospital.node,
        indicator=criterion.thresholds.indicator,
        observed_on=today(),
        value=1,
        source="Relevé",
    )
    page = plain(client_for(world.bob).get(address(world)))
    applicable = standing.position(situation(world), situation(world).reference)  # type: ignore[arg-type]
    assert applicable.measured
    assert "mesuré" in page
    assert "rien n'est encore mesuré" not in page


def test_the_card_says_the_step_the_axes_the_trend_and_the_worst_of_the_socle(world: World, client_for) -> None:
    first = make_assessment(world.hospital, dict.fromkeys(LEVELS, 1), state="validated", validated_at=timezone.now())
    weak = next(c for c in care().criteria if c.socle)
    make_assessment(world.hospital, LEVELS | {weak.id: 0}, state="validated", previous=first)
    page = plain(client_for(world.bob).get(address(world)))
    assert "Où en sommes-nous ? Palier 0 sur 4" in page
    for axis in care().axes:
        assert axis.title in page
    assert f"{weak.title} : 0, visé 3" in page
    assert "+1" in page or "+0,9" in page
    assert 'aria-label="Gouvernance et résilience : déclaré' in page


def test_a_partial_assessment_says_its_coverage(world: World, client_for) -> None:
    make_assessment(world.hospital, {"GOV.2.1": 3})
    page = plain(client_for(world.bob).get(address(world)))
    assert "Provisoire : 1 questions" not in page
    assert "Provisoire : 1 question sur" in page
    assert "pas encore validée" in page


def test_the_work_in_hand_is_told_with_one_button(world: World, client_for) -> None:
    first = make_assessment(world.hospital, LEVELS, state="validated")
    keys = sorted(LEVELS)
    opened = make_assessment(world.hospital, dict.fromkeys(keys[:40], 2), previous=first)
    Assignment.objects.create(assessment=opened, criterion=keys[50], user=world.alice)
    Assignment.objects.create(assessment=opened, criterion=keys[51], user=make_user(), due_on=in_days(-4))
    LevelProposal.objects.create(
        node=world.hospital.node, referential="care", criterion=keys[0], level=3, origin="x", origin_key="action:1"
    )
    page = plain(client_for(world.alice).get(address(world)))
    assert "Une auto-évaluation est en cours" in page
    assert "1 question</span> pour vous" in page
    assert "1 question</span> chez des collègues, dont 1 en retard" in page
    assert "1 niveau proposé</span> par des actions terminées" in page
    assert "Continuer" in page
    assert page.count("btn-primary") == 1
    reader = plain(client_for(world.bob).get(address(world)))
    assert "Continuer" not in reader
    assert "1 question</span> pour vous" not in reader


def test_the_button_follows_the_life_of_the_assessment(world: World) -> None:
    row = make_assessment(world.hospital, LEVELS)
    assert standing.work(situation(world), None, everywhere()).label == "Soumettre à la direction"
    assert standing.work(situation(world), None, everywhere(**{"assessment.submit": False})).label == ""
    row.state, row.submitted_at, row.submitted_by = "submitted", timezone.now(), world.alice
    row.save()
    found = standing.work(situation(world), None, everywhere())
    assert (found.label, found.sentence[:27]) == ("Relire et valider", "Soumise par Alice Arnaud le")
    row.state, row.validated_at = "validated", timezone.now()
    row.save()
    assert standing.work(situation(world), None, everywhere()).label == "Préparer la suivante"
    row.answers.update(answered_on=OLD)
    row.state, row.validated_at = "draft", None
    row.save()
    found = standing.work(situation(world), None, everywhere())
    assert found.label == "Continuer"
    assert found.url.endswith("?montrer=anciennes")


def test_answers_contradicted_by_a_measure_are_counted(world: World) -> None:
    criterion = next(c for c in care().criteria if c.thresholds)
    assert criterion.thresholds is not None
    make_assessment(world.hospital, {criterion.id: 4})
    assert situation(world).disagreements == 0
    worst = {"higher": -1.0, "lower": 1e9}[care().indicator[criterion.thresholds.indicator].direction]
    Observation.objects.create(
        node=world.hospital.node, indicator=criterion.thresholds.indicator, observed_on=today(), value=worst, source="x"
    )
    assert situation(world).disagreements >= 1


def deadlines(world: World, **may: bool) -> due.Deadlines:
    return due.deadlines(situation(world), **({"may_answer": True, "may_prove": True} | may))


def test_what_is_late_comes_from_everywhere_oldest_first(world: World, client_for) -> None:
    row = make_assessment(world.hospital, LEVELS)
    socle = next(c for c in care().criteria if c.socle)
    row.answers.filter(criterion=socle.id).update(answered_on=OLD)
    make_action(world.hospital, "Tester la restauration", start_on=in_days(-40), due_on=in_days(-12), owner=world.bob)
    make_action(world.hospital, "Revoir la PSSI", due_on=in_days(9))
    make_action(world.hospital, "Dans longtemps", due_on=in_days(200))
    make_action(world.hospital, "Terminée", due_on=in_days(-3), state="done")
    actor = world.actor(world.alice)
    evidence.add(actor, world.hospital, title="PV ancien", url="https://exemple.fr", expires_on=in_days(-4))
    evidence.add(actor, world.hospital, title="PV lointain", url="https://exemple.fr", expires_on=in_days(50))
    Assignment.objects.create(assessment=row, criterion="GOV.2.1", user=world.bob, due_on=in_days(-1))
    found = deadlines(world)
    assert [(one.kind, one.late) for one in found.rows] == [
        ("answer", True), ("action", True), ("evidence", True), ("question", True), ("action", False),
    ]  # fmt: skip
    assert found.late == 4
    page = plain(client_for(world.alice).get(address(world)))
    assert "Ce qui est en retard" in page
    assert "depuis 12 j" in page
    assert "dans 9 j" in page
    assert "Confiée à Bob Bernard, à faire, échéance le" in page
    assert "Sans responsable" in page
    assert "PV lointain" not in page
    assert "Renouveler" in page
    assert "Renouveler" not in plain(client_for(world.bob).get(address(world)))


def test_nothing_is_cut_without_saying_so(world: World, client_for) -> None:
    make_assessment(world.hospital, LEVELS)
    for rank in range(8):
        make_action(world.hospital, f"Action {rank}", start_on=in_days(-40), due_on=in_days(-rank - 1))
    evidence.add(world.actor(world.alice), world.hospital, title="PV", url="https://exemple.fr", expires_on=in_days(3))
    found = deadlines(world)
    assert len(found.rows) == due.SHOWN
    assert [words.replace("\xa0", " ") for words, _ in found.others] == ["3 autres actions", "1 autre preuve"]
    assert "3 autres actions" in plain(client_for(world.bob).get(address(world)))


def test_many_stale_answers_are_one_line(world: World) -> None:
    row = make_assessment(world.hospital, LEVELS, answered_on=OLD)
    count = sum(1 for c in care().criteria if c.socle)
    (line,) = deadlines(world).rows
    assert line.title == f"{count} réponses du socle à confirmer"
    assert (line.label, line.url.endswith("?montrer=anciennes")) == ("Confirmer", True)
    assert deadlines(world, may_answer=False).rows[0].label == "Ouvrir"
    row.state, row.validated_at = "validated", timezone.now()
    row.save()
    assert deadlines(world).rows[0].label == "Ouvrir"


def test_nothing_late(world: World, client_for) -> None:
    make_assessment(world.hospital, LEVELS)
    assert "Rien n'est en retard" in plain(client_for(world.bob).get(address(world)))


def test_next_come_the_actions_to_begin(world: World, client_for) -> None:
    make_assessment(world.hospital, LEVELS, state="validated")
    make_action(
        world.hospital, "Deuxième", start_on=in_days(20), due_on=in_days(60), owner=world.alice,
        raises=[{"criterion": "inconnu", "start": 0, "end": 1}, {"criterion": "GOV.2.1", "start": 2, "end": 3}],
    )  # fmt: skip
    make_action(world.hospital, "Première", start_on=in_days(-5), due_on=in_days(5), planned_cost=9400)
    make_action(world.hospital, "En cours", state="doing")
    make_action(world.hospital, "En retard", start_on=in_days(-9), due_on=in_days(-1))
    found = steps.next_steps(situation(world))
    assert found.from_roadmap
    first, second = found.rows
    assert (first.title, first.duration.replace("\xa0", " "), first.quick, first.owner) == (
        "Première", "11 jours", True, "à désigner",
    )  # fmt: skip
    assert first.begins == ""
    assert (second.title, second.duration.replace("\xa0", " "), second.quick, second.owner) == (
        "Deuxième", "6 semaines", False, "Alice Arnaud",
    )  # fmt: skip
    assert second.begins.startswith("dès le")
    assert "« RSSI nommé » passe de 2 à 3" in second.about.replace("\xa0", " ")
    page = plain(client_for(world.alice).get(address(world)))
    assert "9,4 k€" in page
    assert page.count("btn-primary") == 1
    assert "Commencer" not in plain(client_for(world.bob).get(address(world)))


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "1 jour"), (14, "14 jours"), (15, "2 semaines"), (42, "6 semaines"), (122, "4 mois"), (365, "1 an")],
)
def test_lengths_are_said_as_people_say_them(days: int, words: str) -> None:
    assert steps.spoken_length(days).replace("\xa0", " ") == words


def test_without_roadmap_the_first_measures_answer_the_main_weaknesses(world: World, client_for) -> None:
    make_assessment(world.hospital, dict.fromkeys(LEVELS, 0))
    found = steps.next_steps(situation(world))
    assert not found.from_roadmap
    assert len(found.rows) == steps.SHOWN
    titles = {measure.title for measure in care().measures}
    assert {row.title for row in found.rows} <= titles
    assert len({row.title for row in found.rows}) == steps.SHOWN
    page = plain(client_for(world.alice).get(address(world)))
    assert "estimations de Carène pour un établissement de 400 à 1 499 postes" in page
    assert "Bâtir la feuille de route" in page
    assert "Bâtir la feuille de route" not in plain(client_for(world.bob).get(address(world)))


def test_unknown_size_is_said_beside_the_costs(world: World, client_for) -> None:
    world.hospital.workstations = None
    world.hospital.save(update_fields=["workstations"])
    make_assessment(world.hospital, dict.fromkeys(LEVELS, 0))
    assert "faute de connaître le vôtre" in plain(client_for(world.bob).get(address(world)))


def test_nothing_left_to_begin(world: World, client_for) -> None:
    make_assessment(world.hospital, dict.fromkeys(LEVELS, 4), state="validated")
    assert "aucune mesure n'est à proposer" in plain(client_for(world.bob).get(address(world)))
    action = make_action(world.hospital, "Seule", state="doing")
    assert "Rien d'autre n'est à commencer" in plain(client_for(world.bob).get(address(world)))
    action.state = "done"
    action.save(update_fields=["state"])
    assert "Toutes les actions de la feuille de route sont terminées" in plain(
        client_for(world.bob).get(address(world))
    )


def test_the_page_costs_the_same_whatever_it_tells(world: World, client_for, django_assert_max_num_queries) -> None:
    first = make_assessment(world.hospital, LEVELS, state="validated", answered_on=OLD)
    opened = make_assessment(world.hospital, LEVELS, previous=first, answered_on=OLD)
    actor = world.actor(world.alice)
    for rank in range(30):
        owner = make_user()
        make_action(world.hospital, f"Action {rank}", due_on=in_days(rank - 15), start_on=in_days(-60), owner=owner)
        evidence.add(actor, world.hospital, title=f"PV {rank}", url="https://x.fr", expires_on=in_days(rank - 15))
        criterion = care().criteria[rank].id
        Assignment.objects.create(assessment=opened, criterion=criterion, user=owner, due_on=in_days(rank - 9))
    client = client_for(world.alice)
    client.get(address(world))
    with django_assert_max_num_queries(20):  # four for who asks and where, thirteen for the page, three for the rail
        client.get(address(world))


def test_measures_proposed_cost_one_query_more(world: World, client_for, django_assert_max_num_queries) -> None:
    make_assessment(world.hospital, dict.fromkeys(LEVELS, 0))
    client = client_for(world.alice)
    client.get(address(world))
    with django_assert_max_num_queries(21):
        client.get(address(world))


def test_the_last_organisation_is_remembered(world: World, client_for) -> None:
    client = client_for(world.bob)
    assert client.get("/")["Location"] == f"/o/{world.ght.pk}/"  # who only reads begins with the whole
    client.get(f"/o/{world.sister.pk}/")
    assert client.get("/")["Location"] == f"/o/{world.sister.pk}/"


def test_who_has_work_begins_where_it_is(world: World, client_for) -> None:
    make_organisation(world.ght, name="Arrivé après")
    for user, place in ((world.alice, world.hospital), (world.director, world.hospital), (world.admin, world.region)):
        assert client_for(user).get("/")["Location"] == f"/o/{place.pk}/"
    give(world.bob, world.ght, "rssi")
    assert client_for(world.bob).get("/")["Location"] == f"/o/{world.hospital.pk}/"


def test_what_is_remembered_gives_no_right(world: World, client_for) -> None:
    client = client_for(world.charlie)
    session = client.session
    session["organisation"] = world.hospital.pk
    session.save()
    assert client.get("/")["Location"] == f"/o/{world.elsewhere.pk}/"


def test_someone_without_any_right_is_told_whom_to_ask(db: None, client_for) -> None:
    person = make_user("Nouvelle Personne", email="nouvelle@exemple.invalid")
    make_organisation(name="Hôpital secret")
    page = plain(client_for(person).get("/"))
    assert "Aucun établissement ne vous est ouvert" in page
    assert "nouvelle@exemple.invalid" in page
    assert "secret" not in page


def test_only_what_someone_answered_is_said_answered(world: World, client_for) -> None:
    """A measure alone is not an answer: the two cards give the same figure."""
    criterion = next(c for c in care().criteria if c.thresholds)
    assert criterion.thresholds is not None
    make_assessment(world.hospital, {key: 2 for key in list(LEVELS)[:9] if key != criterion.id})
    Observation.objects.create(
        node=world.hospital.node,
        indicator=criterion.thresholds.indicator,
        observed_on=today(),
        value=1,
        source="Relevé",
    )
    page = plain(client_for(world.alice).get(address(world)))
    assert len(set(re.findall(r"\d+ questions? sur \d+ (?:ont|a) une réponse", page))) == 1


def test_continuing_goes_to_what_is_missing(world: World) -> None:
    socle = {c.id for c in care().criteria if c.socle}
    row = make_assessment(world.hospital, dict.fromkeys([*LEVELS][:3], 2))
    found = standing.work(situation(world), world.alice.pk, everywhere())
    assert found.url.endswith(f"/{row.pk}/demarrage/")
    other = make_assessment(world.sister, dict.fromkeys(socle, 2))
    actor = world.actor(world.admin)
    seen = queries.situation(actor, find(actor, world.sister.pk), today())
    assert standing.work(seen, None, everywhere()).url.endswith(f"/{other.pk}/questions/?montrer=sans-reponse")


def test_an_administrator_is_led_to_the_roles(world: World, client_for) -> None:
    assert f'href="/o/{world.hospital.pk}/personnes/">Donner un rôle' in plain(
        client_for(world.admin).get(address(world))
    )
