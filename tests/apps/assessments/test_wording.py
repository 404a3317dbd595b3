# SPDX-License-Identifier: EUPL-1.2
"""What a tired reader would stumble on: titles, counts, lists without end, pages without a way on."""

from django.utils import timezone

from carene.apps.assessments import actions, referentials
from carene.apps.assessments.models import Assessment
from carene.apps.organisations.models import Organisation
from tests.support.factories import SYSTEM, World, make_assessment
from tests.support.text import plain

KEY = "GOV.2.1"


def at(world: World, path: str = "") -> str:
    return f"/o/{world.hospital.pk}/auto-evaluation/{path}"


def test_two_assessments_of_one_month_have_two_titles(world: World) -> None:
    first = actions.start(SYSTEM, world.hospital)
    Assessment.objects.of(world.hospital.node).update(state="validated", validated_at=timezone.now())
    second = actions.start(SYSTEM, world.hospital)
    assert first.title.startswith("Auto-évaluation de") or first.title.startswith("Auto-évaluation d'")
    assert second.title.startswith("Auto-évaluation du ")


def test_what_the_profile_lacks_is_asked_before_the_questions(world: World, client_for) -> None:
    assert "Compléter le profil" not in plain(client_for(world.alice).get(at(world)))
    Organisation.objects.of(world.hospital.node).update(type="", workstations=None)
    page = plain(client_for(world.alice).get(at(world)))
    assert "Le profil ne dit pas encore le type d'établissement ni le nombre de postes" in page
    assert f'href="/o/{world.hospital.pk}/etablissement/">Compléter le profil' in page
    assert "Compléter le profil" not in plain(client_for(world.bob).get(at(world)))


def test_the_first_review_ends_on_the_roadmap(world: World, client_for) -> None:
    socle = [c.id for c in referentials.care().criteria if c.socle]
    done = make_assessment(world.hospital, dict.fromkeys(socle, 1))
    page = plain(client_for(world.alice).get(at(world, f"{done.pk}/demarrage/")))
    assert f'<a class="btn btn-primary" href="/o/{world.hospital.pk}/feuille-de-route/">' in page
    assert "Voir le bilan complet" in page
    assert "Bâtir la feuille de route" not in plain(client_for(world.bob).get(at(world, f"{done.pk}/demarrage/")))


def test_long_lists_of_the_validation_are_folded_the_socle_first(world: World, client_for) -> None:
    empty = actions.start(SYSTEM, world.hospital)
    response = client_for(world.alice).get(at(world, f"{empty.pk}/validation/"))
    unanswered = response.context["unanswered"]
    firsts = [c.socle for c in unanswered]
    assert firsts == sorted(firsts, reverse=True)
    assert f"Les {len(unanswered) - 16} autres" in plain(response)


def test_the_list_counts_without_a_plural_to_agree(world: World, client_for) -> None:
    one = make_assessment(world.hospital, {KEY: 2})
    page = plain(client_for(world.alice).get(at(world, f"{one.pk}/questions/")))
    assert "Questions répondues : <span data-answered>1</span> sur" in page


def test_a_reader_is_not_told_that_the_answer_is_theirs(world: World, client_for) -> None:
    assessment = make_assessment(world.hospital, {KEY: 2})
    url = at(world, f"{assessment.pk}/questions/{KEY}/")
    assert "votre réponse" in plain(client_for(world.alice).get(url))
    assert "votre réponse" not in plain(client_for(world.bob).get(url))


def test_nothing_changed_is_said_in_plain(world: World, client_for) -> None:
    make_assessment(world.hospital, {KEY: 1}, state="validated")
    again = actions.start(SYSTEM, world.hospital)
    page = plain(client_for(world.alice).get(at(world, f"{again.pk}/bilan/")))
    assert "Aucun niveau n'a changé depuis la dernière fois" in page
    Assessment.objects.of(world.hospital.node).filter(pk=again.pk).update(
        state="validated", validated_at=timezone.now()
    )
    page = plain(client_for(world.alice).get(at(world, f"{again.pk}/changements/")))
    assert "Toutes les réponses ont été reprises telles quelles." in page
    assert "Aller aux questions" not in page
