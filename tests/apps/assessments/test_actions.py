# SPDX-License-Identifier: EUPL-1.2
import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.assessments import actions, queries, referentials
from carene.apps.assessments.models import Answer, Assessment, LevelProposal
from carene.apps.assessments.targets import answer_target
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.support.factories import SYSTEM, World, give, make_assessment, make_user

KEY = "GOV.2.1"


def opened(world: World) -> Assessment:
    return actions.start(world.actor(world.alice), world.hospital)


def stored(assessment: Assessment, key: str = KEY) -> Answer:
    return Answer.objects.get(assessment=assessment, criterion=key)


# Starting -----------------------------------------------------------------------------------------------------------


def test_starting_twice_is_refused(world: World) -> None:
    first = opened(world)
    with pytest.raises(InputError, match="encore ouverte"):
        opened(world)
    assert queries.of(world.hospital.node).get() == first


@pytest.mark.parametrize("who", ["bob", "charlie", "director", "admin"])
def test_only_those_who_may_start(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        actions.start(world.actor(getattr(world, who)), world.hospital)


def test_a_group_does_not_assess_itself(world: World) -> None:
    with pytest.raises(InputError, match="regroupe des établissements"):
        actions.start(SYSTEM, world.ght)


def test_a_new_one_takes_the_answers_over_with_their_day(world: World) -> None:
    old_day = dt.date(2025, 3, 4)
    last = make_assessment(world.hospital, {KEY: 2, "GOV.1.1": 1}, state="validated", answered_on=old_day)
    assessment = opened(world)
    assert assessment.previous == last
    assert stored(assessment).level == 2
    assert stored(assessment).answered_on == old_day


def test_answers_that_no_longer_mean_anything_are_not_taken_over(world: World) -> None:
    make_assessment(world.hospital, {KEY: 2, "GOV.99.1": 1, "GOV.1.1": 9}, state="validated")
    assessment = opened(world)
    assert [a.criterion for a in assessment.answers.order_by("id")] == [KEY]


def test_an_unknown_referential_or_group_is_refused(world: World) -> None:
    actor = world.actor(world.alice)
    with pytest.raises(InputError, match="pas disponible"):
        actions.start(actor, world.hospital, referential="imported:99")
    with pytest.raises(InputError, match="n'existe pas"):
        actions.start(actor, world.hospital, groups=["inconnu"])


# Answering ----------------------------------------------------------------------------------------------------------


def test_an_answer_is_written_dated_and_told(world: World) -> None:
    assessment, actor = opened(world), world.actor(world.alice)
    row = actions.answer(actor, world.hospital, assessment, KEY, level=2, version=0)
    assert (row.level, row.version, row.answered_on) == (2, 1, timezone.localdate())
    actions.answer(actor, world.hospital, assessment.pk, KEY, level=3, comment="Depuis mars.", version=1)
    entries = list(Entry.objects.filter(target=answer_target(assessment.pk, KEY)).order_by("id"))
    assert [(e.before and e.before["level"], e.after["level"]) for e in entries] == [(None, 2), (2, 3)]
    assert entries[1].user == world.alice
    assert stored(assessment).updated_by == world.alice


@pytest.mark.parametrize("who", ["bob", "charlie", "director", "admin"])
def test_only_those_who_may_answer(world: World, who: str) -> None:
    assessment = opened(world)
    with pytest.raises(PermissionDenied):
        actions.answer(world.actor(getattr(world, who)), world.hospital, assessment, KEY, level=2)
    assert not assessment.answers.exists()


def test_an_assessment_is_only_found_in_its_own_organisation(world: World) -> None:
    assessment = opened(world)
    with pytest.raises(Assessment.DoesNotExist):
        actions.answer(world.actor(world.charlie), world.elsewhere, assessment, KEY, level=2)


def test_two_people_answering_together_lose_nothing(world: World) -> None:
    colleague = make_user("Camille Roux")
    give(colleague, world.hospital, "contributeur")
    assessment = opened(world)
    actions.answer(Actor.of(colleague), world.hospital, assessment, KEY, level=3, comment="Vu avec la DRH.", version=0)
    with pytest.raises(actions.Conflict) as caught:
        actions.answer(world.actor(world.alice), world.hospital, assessment, KEY, level=1, version=0)
    assert caught.value.stored.level == 3
    assert caught.value.sentence.startswith("Camille Roux a répondu « niveau 3 » à ")
    assert stored(assessment).level == 3
    seen = caught.value.stored.version
    forced = actions.answer(world.actor(world.alice), world.hospital, assessment, KEY, level=1, version=seen)
    assert (forced.level, forced.comment) == (1, "Vu avec la DRH.")


def test_sending_the_same_answer_again_is_harmless(world: World) -> None:
    assessment, actor = opened(world), world.actor(world.alice)
    actions.answer(actor, world.hospital, assessment, KEY, level=2, version=0)
    again = actions.answer(actor, world.hospital, assessment, KEY, level=2, version=0)
    assert again.version == 1
    assert Entry.objects.filter(target=answer_target(assessment.pk, KEY)).count() == 1


def test_a_comment_never_refreshes_an_old_answer_but_confirming_does(world: World) -> None:
    old = dt.date(2024, 1, 5)
    assessment = make_assessment(world.hospital, {KEY: 2}, answered_on=old)
    actor = world.actor(world.alice)
    assert actions.answer(actor, world.hospital, assessment, KEY, comment="Rien de neuf.").answered_on == old
    assert actions.answer(actor, world.hospital, assessment, KEY, level=2).answered_on == old
    assert actions.answer(actor, world.hospital, assessment, KEY, confirm=True).answered_on == timezone.localdate()


def test_confirming_nothing_changes_nothing(world: World) -> None:
    assessment = opened(world)
    row = actions.answer(world.actor(world.alice), world.hospital, assessment, KEY, confirm=True)
    assert row.answered_on is None
    assert not assessment.answers.exists()


def test_not_applicable_needs_a_reason_and_a_level_takes_it_back(world: World) -> None:
    assessment, actor = opened(world), world.actor(world.alice)
    actions.answer(actor, world.hospital, assessment, KEY, level=2)
    with pytest.raises(InputError, match="justification"):
        actions.answer(actor, world.hospital, assessment, KEY, not_applicable=True, justification="  ")
    row = actions.answer(actor, world.hospital, assessment, KEY, not_applicable=True, justification="Pas de SI propre.")
    assert (row.level, row.not_applicable) == (None, True)
    row = actions.answer(actor, world.hospital, assessment, KEY, level=1)
    assert (row.level, row.not_applicable) == (1, False)
    assert row.justification == "Pas de SI propre."  # nothing typed is lost


@pytest.mark.parametrize(
    ("key", "level", "sentence"),
    [
        (KEY, 5, "le niveau 5 n'existe pas"),
        (KEY, -1, "le niveau -1"),
        ("GOV.99.9", 1, "n'existe pas dans le référentiel"),
    ],
)
def test_wrong_levels_and_unknown_questions_are_said(world: World, key: str, level: int, sentence: str) -> None:
    assessment = opened(world)
    with pytest.raises(InputError, match=sentence):
        actions.answer(world.actor(world.alice), world.hospital, assessment, key, level=level)
    assert not assessment.answers.exists()


def test_a_text_without_end_is_refused(world: World) -> None:
    assessment = opened(world)
    with pytest.raises(InputError, match="10000 caractères"):
        actions.answer(world.actor(world.alice), world.hospital, assessment, KEY, comment="a" * 10_001)


@pytest.mark.parametrize(("state", "sentence"), [("submitted", "soumise à la direction"), ("validated", "est validée")])
def test_a_closed_assessment_does_not_change(world: World, state: str, sentence: str) -> None:
    assessment = make_assessment(world.hospital, {KEY: 2}, state=state)
    with pytest.raises(InputError, match=sentence):
        actions.answer(world.actor(world.alice), world.hospital, assessment, KEY, level=3)
    with pytest.raises(InputError, match=sentence):
        actions.answer_many(world.actor(world.alice), world.hospital, assessment, [(KEY, 3)])
    assert stored(assessment).level == 2


def test_undo_gives_back_what_stood_with_its_date(world: World) -> None:
    old = dt.date(2024, 1, 5)
    assessment, actor = make_assessment(world.hospital, {KEY: 2}, answered_on=old), world.actor(world.alice)
    row = actions.answer(actor, world.hospital, assessment, KEY, level=4)
    row = actions.undo(actor, world.hospital, assessment, KEY, version=row.version)
    assert (row.level, row.answered_on, row.version) == (2, old, 3)
    first = actions.answer(actor, world.hospital, assessment, "GOV.1.1", level=4)
    row = actions.undo(actor, world.hospital, assessment, "GOV.1.1", version=first.version)
    assert (row.level, row.answered_on) == (None, None)


def test_nobody_undoes_what_another_wrote(world: World) -> None:
    colleague = make_user()
    give(colleague, world.hospital, "contributeur")
    assessment = opened(world)
    row = actions.answer(Actor.of(colleague), world.hospital, assessment, KEY, level=4)
    with pytest.raises(InputError, match="rien à annuler"):
        actions.undo(world.actor(world.alice), world.hospital, assessment, KEY, version=row.version)
    with pytest.raises(actions.Conflict):
        actions.undo(world.actor(world.alice), world.hospital, assessment, KEY, version=row.version - 1)


# Many at once -------------------------------------------------------------------------------------------------------


def test_many_answers_in_few_statements(world: World, django_assert_max_num_queries) -> None:
    assessment, actor = opened(world), world.actor(world.alice)
    keys = [c.id for c in referentials.care().criteria]
    rows = [(key, 2, False, "", "Repris du tableau.") for key in keys]
    with django_assert_max_num_queries(12):
        changed = actions.answer_many(actor, world.hospital, assessment, rows)
    assert changed == keys
    assert assessment.answers.count() == len(keys)
    assert Entry.objects.filter(verb="assessment.import").count() == len(keys)
    assert actions.answer_many(actor, world.hospital, assessment, rows) == []


def test_many_answers_are_all_or_nothing_and_every_fault_is_said(world: World) -> None:
    assessment = opened(world)
    rows = [(KEY, 2), (KEY, 3), ("GOV.1.1", 7), ("INCONNU", 1), ("GOV.1.2", None, True, "")]
    with pytest.raises(InputError) as caught:
        actions.answer_many(world.actor(world.alice), world.hospital, assessment, rows)
    assert len(caught.value.errors) == 4
    assert not assessment.answers.exists()


def test_importing_is_not_for_contributors(world: World) -> None:
    colleague = make_user()
    give(colleague, world.hospital, "contributeur")
    with pytest.raises(PermissionDenied):
        actions.answer_many(Actor.of(colleague), world.hospital, opened(world), [(KEY, 2)])


def test_rows_keep_their_day_unless_they_are_confirmed(world: World) -> None:
    old = dt.date(2024, 1, 5)
    assessment, actor = make_assessment(world.hospital, {KEY: 2}, answered_on=old), world.actor(world.alice)
    assert actions.answer_many(actor, world.hospital, assessment, [(KEY, 2)]) == []
    assert actions.answer_many(actor, world.hospital, assessment, [(KEY, 2)], confirm=True) == [KEY]
    assert stored(assessment).answered_on == timezone.localdate()


# Questions given to colleagues --------------------------------------------------------------------------------------


def test_a_question_given_is_done_when_it_is_answered(world: World) -> None:
    colleague = make_user()
    give(colleague, world.hospital, "contributeur")
    assessment, actor = opened(world), world.actor(world.alice)
    actions.assign(actor, world.hospital, assessment, [KEY, "GOV.1.1"], user_id=colleague.pk, message="Toi qui sais")
    actions.answer(actor, world.hospital, assessment, "GOV.1.1", level=1)  # someone else: still awaited from them
    assert len(queries.assigned_to(colleague, world.hospital.node)) == 2
    actions.answer(Actor.of(colleague), world.hospital, assessment, KEY, comment="Je cherche.")
    assert len(queries.assigned_to(colleague, world.hospital.node)) == 2
    actions.answer(Actor.of(colleague), world.hospital, assessment, KEY, level=1)
    assert [a.criterion for a in queries.assigned_to(colleague, world.hospital.node)] == ["GOV.1.1"]


def test_giving_again_renews(world: World) -> None:
    assessment, actor = opened(world), world.actor(world.alice)
    due = timezone.localdate() + dt.timedelta(days=9)
    actions.assign(actor, world.hospital, assessment, KEY, user_id=world.alice.pk)
    actions.answer(actor, world.hospital, assessment, KEY, level=1)
    actions.assign(actor, world.hospital, assessment, KEY, user_id=world.alice.pk, message="À revoir", due_on=due)
    given = queries.assigned_to(world.alice, world.hospital.node)
    assert [(a.message, a.due_on, a.done_at) for a in given] == [("À revoir", due, None)]
    actions.unassign(actor, world.hospital, assessment, given[0].pk)
    assert queries.assigned_to(world.alice, world.hospital.node) == []


def test_questions_go_to_people_who_may_answer(world: World) -> None:
    assessment, actor = opened(world), world.actor(world.alice)
    for stranger in (world.bob, world.charlie):
        with pytest.raises(InputError, match="ne peut pas répondre"):
            actions.assign(actor, world.hospital, assessment, KEY, user_id=stranger.pk)
    with pytest.raises(InputError, match="n'existe pas"):
        actions.assign(actor, world.hospital, assessment, "GOV.99.9", user_id=world.alice.pk)


# Submitted, validated, reopened -------------------------------------------------------------------------------------


def test_the_way_to_validation_keeps_the_result(world: World) -> None:
    assessment = make_assessment(world.hospital, {KEY: 2, "OPS.1.1": 3})
    alice, director = world.actor(world.alice), world.actor(world.director)
    with pytest.raises(InputError, match="ne peut pas être validée"):
        actions.validate(director, world.hospital, assessment)
    with pytest.raises(PermissionDenied):
        actions.submit(director, world.hospital, assessment)
    actions.submit(alice, world.hospital, assessment)
    with pytest.raises(PermissionDenied):
        actions.validate(alice, world.hospital, assessment)
    row = actions.validate(director, world.hospital, assessment)
    assert row.result is not None
    assert set(row.result) == {"overall", "step", "axes", "coverage"}
    assert set(row.result["axes"]) == {"GOV", "RES", "SEN", "OPS"}
    assert 2 <= row.result["overall"] <= 3
    assert queries.history(world.hospital.node) == [row]


def test_an_empty_assessment_is_not_submitted(world: World) -> None:
    with pytest.raises(InputError, match="Aucune question"):
        actions.submit(world.actor(world.alice), world.hospital, opened(world))


def test_reopening_says_why_and_only_the_latest(world: World) -> None:
    first = make_assessment(world.hospital, {KEY: 2}, state="validated", result={"overall": 2.0})
    alice = world.actor(world.alice)
    with pytest.raises(InputError, match="motif"):
        actions.reopen(alice, world.hospital, first, reason=" ")
    row = actions.reopen(alice, world.hospital, first, reason="Erreur sur la PSSI.")
    assert (row.state, row.result, row.validated_at) == ("draft", None, None)
    entry = Entry.objects.filter(verb="assessment.reopen").latest("id")
    assert entry.before == {"state": "validated", "result": {"overall": 2.0}}
    assert entry.after["reason"] == "Erreur sur la PSSI."
    actions.submit(alice, world.hospital, row)
    actions.validate(world.actor(world.director), world.hospital, row)
    second = opened(world)
    with pytest.raises(InputError, match="part déjà de ces réponses"):
        actions.reopen(alice, world.hospital, first, reason="Encore")
    assert second.previous == first


# Proposed levels ----------------------------------------------------------------------------------------------------


def proposals(world: World) -> list[LevelProposal]:
    return list(queries.pending_proposals(world.hospital.node).order_by("id"))


def propose(world: World, *raises: tuple[str, int], key: str = "action:1") -> list[LevelProposal]:
    actor = world.actor(world.alice)
    return actions.propose_levels(actor, world.hospital.node, "care", "Action « X » terminée le 3 mai", key, raises)


def test_only_levels_above_what_is_stated_are_proposed(world: World) -> None:
    make_assessment(world.hospital, {KEY: 2, "GOV.1.1": 3})
    found = propose(world, (KEY, 3), ("GOV.1.1", 3), ("OPS.1.1", 9), ("DISPARU.1", 2))
    assert [(p.criterion, p.level) for p in found] == [(KEY, 3), ("OPS.1.1", 4)]
    propose(world, (KEY, 4))
    assert [(p.criterion, p.level) for p in proposals(world)] == [(KEY, 4), ("OPS.1.1", 4)]


def test_an_accepted_level_is_written_in_the_open_assessment(world: World) -> None:
    assessment = make_assessment(world.hospital, {KEY: 1}, answered_on=dt.date(2024, 1, 1))
    propose(world, (KEY, 3))
    done = actions.accept_proposal(world.actor(world.director), world.hospital, proposals(world)[0].pk)
    assert done.state == "accepted"
    assert (stored(assessment).level, stored(assessment).answered_on) == (3, timezone.localdate())
    with pytest.raises(InputError, match="déjà acceptée"):
        actions.accept_proposal(world.actor(world.director), world.hospital, done.pk)
    assert propose(world, (KEY, 4)) == []  # the same origin decided once


def test_an_accepted_level_starts_a_new_assessment_after_a_validated_one(world: World) -> None:
    last = make_assessment(world.hospital, {KEY: 1, "GOV.1.1": 4}, state="validated")
    propose(world, (KEY, 3))
    actions.accept_proposal(world.actor(world.alice), world.hospital, proposals(world)[0].pk)
    current = queries.current(world.hospital.node)
    assert current is not None
    assert current.previous == last
    assert (stored(current).level, stored(current, "GOV.1.1").level, stored(last).level) == (3, 4, 1)


def test_nothing_is_accepted_while_the_management_decides(world: World) -> None:
    assessment = make_assessment(world.hospital, {KEY: 1}, state="submitted")
    propose(world, (KEY, 3))
    with pytest.raises(InputError, match="soumise"):
        actions.accept_proposal(world.actor(world.alice), world.hospital, proposals(world)[0].pk)
    assert stored(assessment).level == 1
    assert len(proposals(world)) == 1


def test_a_higher_level_stated_since_is_kept(world: World) -> None:
    assessment = make_assessment(world.hospital, {KEY: 1})
    propose(world, (KEY, 2))
    actions.answer(world.actor(world.alice), world.hospital, assessment, KEY, level=4)
    actions.accept_proposal(world.actor(world.alice), world.hospital, proposals(world)[0].pk)
    assert stored(assessment).level == 4


def test_refusing_says_why_and_withdrawing_leaves_decisions(world: World) -> None:
    make_assessment(world.hospital, {KEY: 1, "GOV.1.1": 1})
    alice = world.actor(world.alice)
    propose(world, (KEY, 3), ("GOV.1.1", 2))
    first, second = proposals(world)
    with pytest.raises(InputError, match="motif"):
        actions.refuse_proposal(alice, world.hospital, first.pk, reason="")
    actions.refuse_proposal(alice, world.hospital, first.pk, reason="Pas encore vérifié")
    assert actions.withdraw_proposals(alice, world.hospital.node, "action:1") == 1
    assert proposals(world) == []
    assert LevelProposal.objects.of(world.hospital.node).get().reason == "Pas encore vérifié"
    assert not LevelProposal.objects.of(world.hospital.node).filter(pk=second.pk).exists()


@pytest.mark.parametrize("who", ["bob", "charlie", "admin"])
def test_levels_are_accepted_by_those_who_may(world: World, who: str) -> None:
    make_assessment(world.hospital, {KEY: 1})
    propose(world, (KEY, 3))
    actor = world.actor(getattr(world, who))
    with pytest.raises(PermissionDenied):
        actions.accept_proposal(actor, world.hospital, proposals(world)[0].pk)
    with pytest.raises(PermissionDenied):
        actions.propose_levels(actor, world.hospital.node, "care", "x", "action:2", [(KEY, 3)])
