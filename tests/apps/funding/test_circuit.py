# SPDX-License-Identifier: EUPL-1.2
"""A file goes from candidature to payment; each step by the right person, in order, at its time, and back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from carene.apps.funding import actions
from carene.apps.funding.actions import Payment
from carene.apps.organisations.actions_tree import move as move_organisation
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.apps.funding.conftest import PIECES, PREREQUISITES, Stage
from tests.support.factories import give, make_user

Clock = dict[str, dt.datetime]


def test_from_candidature_to_payment(stage: Stage, clock: Clock) -> None:
    stage.to_operating()
    clock["now"] = dt.datetime(2026, 6, 1, 10, 0, tzinfo=dt.UTC)
    stage.fill(*(item for item in PIECES if item not in PREREQUISITES))
    stage.weigh()
    actions.add_expense(
        stage.by(stage.director),
        stage.support,
        stage.application().pk,
        label="Baie de sauvegarde",
        amount=84_000,
        committed_on=dt.date(2026, 3, 2),
    )
    stage.move(stage.director, "declare")
    stage.decide_all(stage.officer)
    stage.move(stage.officer, "pass")
    stage.decide_all(stage.payer)
    approved = stage.move(stage.payer, "approve", payment=Payment(80_000))
    assert approved.granted == 80_000
    paid = stage.move(stage.payer, "pay", payment=Payment(80_000, dt.date(2026, 6, 1), "Mandat 12"))
    assert (paid.state, paid.paid, paid.payment_reference) == ("paid", 80_000, "Mandat 12")
    said = [event.said for event in stage.dossier().events]
    assert said[-1] == "a ouvert le dossier"
    assert said[0].startswith("a enregistré le paiement")
    assert Entry.objects.filter(verb="funding.move").count() == 6


@pytest.mark.parametrize(
    ("who", "move"),
    [("officer", "apply"), ("payer", "retain"), ("director", "retain"), ("director", "pay")],
)
def test_each_move_belongs_to_one_side(stage: Stage, who: str, move: str) -> None:
    stage.start()
    with pytest.raises(PermissionDenied):
        stage.move(getattr(stage, who), move)


def test_an_officer_of_the_group_does_not_control_for_the_region(stage: Stage) -> None:
    someone = make_user("Agent du GHT")
    give(someone, stage.ght, "officier")
    stage.start()
    stage.fill(*PREREQUISITES)
    stage.move(stage.director, "apply")
    with pytest.raises(PermissionDenied):
        stage.move(someone, "retain")


def test_nothing_is_done_out_of_order(stage: Stage) -> None:
    stage.start()
    with pytest.raises(InputError, match="ne se fait pas ici"):
        stage.move(stage.officer, "pass")
    with pytest.raises(InputError, match="aucun contrôle n'est en cours"):
        stage.decide(stage.officer, "D2.O4")


def test_what_is_missing_keeps_it_from_leaving(stage: Stage) -> None:
    stage.start()
    stage.fill("D2.P1")
    with pytest.raises(InputError, match=r"1.point reste à compléter : D2\.P2"):
        stage.move(stage.director, "apply")


def test_what_is_wrong_leaves_only_with_an_explanation(stage: Stage) -> None:
    stage.start()
    stage.fill(*PREREQUISITES)
    actor, pk = stage.by(stage.director), stage.application().pk
    facts: dict[str, bool | float] = {"approved": False}
    actions.fill(actor, stage.support, pk, "D2.P1", declared="reached", comment="", facts=facts)
    with pytest.raises(InputError, match="à compléter"):
        stage.move(stage.director, "apply")
    why = "Validée en conseil, signature en cours."
    actions.fill(actor, stage.support, pk, "D2.P1", declared="reached", comment=why, facts=facts)
    assert stage.move(stage.director, "apply").state == "applied"


def test_after_the_window_an_officer_may_admit_it(stage: Stage, clock: Clock) -> None:
    stage.start()
    stage.fill(*PREREQUISITES)
    clock["now"] = dt.datetime(2025, 11, 20, tzinfo=dt.UTC)
    with pytest.raises(InputError, match="fermée depuis le 31"):
        stage.move(stage.director, "apply")
    pk, until = stage.application().pk, dt.date(2025, 11, 30)
    for who, reason in ((stage.director, "Parce que"), (stage.payer, "Parce que")):
        with pytest.raises(PermissionDenied):
            actions.waive(stage.by(who), stage.support, pk, "application", until=until, reason=reason)
    officer = stage.by(stage.officer)
    with pytest.raises(InputError, match="motif"):
        actions.waive(officer, stage.support, pk, "application", until=until, reason=" ")
    with pytest.raises(InputError, match="passé"):
        actions.waive(officer, stage.support, pk, "application", until=dt.date(2025, 11, 1), reason="Oui")
    actions.waive(officer, stage.support, pk, "application", until=until, reason="Panne du guichet")
    clock["now"] = dt.datetime(2025, 12, 1, 12, tzinfo=dt.UTC)
    with pytest.raises(InputError, match="fermée"):
        stage.move(stage.director, "apply")
    clock["now"] = dt.datetime(2025, 11, 30, 12, tzinfo=dt.UTC)
    assert stage.move(stage.director, "apply").state == "applied"


def test_before_the_window_nothing_leaves(stage: Stage) -> None:
    stage.to_operating()
    with pytest.raises(InputError, match="ouvre le 16"):
        stage.move(stage.director, "declare")


def test_the_second_of_two_who_decide_is_told(stage: Stage, clock: Clock) -> None:
    stage.start()
    stage.fill(*PREREQUISITES)
    stage.move(stage.director, "apply")
    row = stage.application()
    actions.move(stage.by(stage.officer), stage.support, row.pk, "retain", version=row.version)
    with pytest.raises(InputError, match="Agente a fait avancer ce dossier"):
        actions.move(stage.by(stage.officer), stage.support, row.pk, "reject", version=row.version, reason="Incomplet")


@pytest.fixture
def declared(stage: Stage, clock: Clock) -> Stage:
    stage.to_operating()
    clock["now"] = dt.datetime(2026, 6, 1, 10, 0, tzinfo=dt.UTC)
    stage.fill(*(item for item in PIECES if item not in PREREQUISITES))
    stage.weigh()
    stage.move(stage.director, "declare")
    return stage


def test_two_people_decide_of_items_and_the_second_is_told(declared: Stage) -> None:
    row, officer = declared.application(), declared.by(declared.officer)
    actions.decide(officer, declared.support, row.pk, "D2.O4", accepted=True, version=row.version)
    with pytest.raises(InputError, match="entre-temps"):
        actions.decide(officer, declared.support, row.pk, "D2.O4", accepted=False, reason="Non", version=row.version)


def test_a_refusal_says_why_and_a_control_ends_when_all_is_decided(declared: Stage) -> None:
    with pytest.raises(InputError, match="motif du refus"):
        declared.decide(declared.officer, "D2.O4", accepted=False)
    declared.decide(declared.officer, "D2.O4", accepted=False, reason="Aucun essai sur la pharmacie")
    with pytest.raises(InputError, match="décider encore"):
        declared.move(declared.officer, "pass")
    declared.decide_all(declared.officer)
    assert declared.move(declared.officer, "pass").state == "national"


def test_a_decision_is_taken_back(declared: Stage) -> None:
    declared.decide(declared.officer, "D2.O4")
    row = declared.application()
    actions.undecide(declared.by(declared.officer), declared.support, row.pk, "D2.O4", version=row.version)
    assert "region" not in declared.dossier().rows["D2.O4"].decisions


def test_a_complement_goes_and_comes_back(declared: Stage, settings: object) -> None:
    with pytest.raises(InputError, match="motif"):
        declared.move(declared.officer, "ask_region")
    declared.move(declared.officer, "ask_region", "Joindre le scénario signé")
    actor, pk = declared.by(declared.director), declared.application().pk
    actions.attach_new(
        actor, declared.support, pk, "D2.O1.D", "scenario", title="Signé", url="https://exemple.invalid/"
    )
    assert declared.move(declared.director, "answer_region").state == "declared"
    titles = [one.title for one in declared.dossier(declared.officer).rows["D2.O1.D"].documents]
    assert "Signé" in titles


def test_a_declaration_comes_back_until_the_control_begins(declared: Stage) -> None:
    declared.move(declared.director, "recall_declaration")
    declared.move(declared.director, "declare")
    declared.decide(declared.officer, "D2.O4")
    with pytest.raises(InputError, match="l'ARS a commencé"):
        declared.move(declared.director, "recall_declaration")


def test_what_was_sent_does_not_change_with_the_evidence(declared: Stage) -> None:
    from carene.apps.evidence import actions as evidence

    piece = declared.dossier().rows["D2.O4"].documents[0].row.evidence
    evidence.remove(declared.by(declared.director), declared.support, piece)
    seen = declared.dossier(declared.officer).rows["D2.O4"]
    assert seen.verdict.state == "acquired"
    assert not seen.documents[0].gone


def test_once_sent_the_candidate_writes_nothing(declared: Stage) -> None:
    with pytest.raises(InputError, match="ne se modifie plus"):
        declared.fill("D2.O4")
    with pytest.raises(InputError, match="ne se modifie plus"):
        declared.weigh()


def test_payment_is_checked_and_undone(declared: Stage) -> None:
    declared.decide_all(declared.officer)
    declared.move(declared.officer, "pass")
    declared.decide_all(declared.payer)
    declared.move(declared.payer, "approve", payment=Payment(50_000))
    for payment, said in (
        (Payment(), "pas de montant"),
        (Payment(1, dt.date(2026, 6, 2)), "daté de demain"),
        (Payment(50_001, dt.date(2026, 6, 1)), "dépasse les"),
        (Payment(-1, dt.date(2026, 6, 1)), "n'est pas possible"),
    ):
        with pytest.raises(InputError, match=said):
            declared.move(declared.payer, "pay", payment=payment)
    declared.move(declared.payer, "pay", payment=Payment(50_000, dt.date(2026, 6, 1)))
    undone = declared.move(declared.payer, "unpay", "Mauvais dossier")
    assert (undone.state, undone.paid) == ("approved", None)
    assert declared.move(declared.payer, "reopen", "Une pièce manquait").state == "national"


def test_a_candidature_is_rejected_then_reconsidered(stage: Stage) -> None:
    stage.start()
    stage.fill(*PREREQUISITES)
    stage.move(stage.director, "apply")
    stage.move(stage.officer, "reject", "PSSI trop ancienne")
    assert stage.move(stage.officer, "reconsider", "Nouvelle version reçue").state == "applied"


def test_an_abandoned_file_is_taken_up_again_unless_another_is_open(stage: Stage) -> None:
    first = stage.start()
    stage.move(stage.director, "withdraw", "Plus le temps")
    second = actions.start(stage.by(stage.director), stage.support, "d2")
    with pytest.raises(InputError, match="un autre dossier est ouvert"):
        actions.move(stage.by(stage.director), stage.support, first.pk, "resume", version=2)
    actions.move(stage.by(stage.director), stage.support, second.pk, "withdraw", version=1, reason="Doublon")
    actions.move(stage.by(stage.director), stage.support, first.pk, "resume", version=2)


def test_without_a_region_above_nobody_controls(stage: Stage) -> None:
    from tests.support.factories import make_organisation

    alone = make_organisation(None, name="CH seul", type="ch", ght_role="hors_ght")
    system = Actor.system()
    row = actions.start(system, alone, "d2", family="public")
    with pytest.raises(InputError, match="personne ne tient ici la place de l'ARS"):
        actions.move(system, alone, row.pk, "retain", version=1)


def test_a_member_that_left_weighs_no_more(stage: Stage) -> None:
    stage.to_operating()
    stage.weigh()
    assert len(stage.dossier().members) == 2
    move_organisation(Actor.system(), stage.member, stage.region)
    dossier = stage.dossier()
    assert [one.name for one in dossier.members] == ["CH support"]
    assert [one.name for one in dossier.gone] == ["CH membre"]
    with pytest.raises(InputError, match="a quitté le groupe"):
        stage.weigh()


def test_whose_turn_it_is_gets_a_letter(
    stage: Stage, settings: object, django_capture_on_commit_callbacks: object
) -> None:
    settings.EMAIL_HOST = "courriel.invalid"  # type: ignore[attr-defined]
    stage.start()
    stage.fill(*PREREQUISITES)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        stage.move(stage.director, "apply")
    assert mail.outbox[0].bcc == [stage.officer.email]
    assert "D2, Le GHT" in mail.outbox[0].body
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        stage.move(stage.officer, "retain")
    assert mail.outbox[1].bcc == [stage.director.email]


def test_steps_are_declared_one_after_the_other(stage: Stage, clock: Clock) -> None:
    clock["now"] = dt.datetime(2026, 2, 2, 10, 0, tzinfo=dt.UTC)
    director, member = stage.by(stage.director), stage.support
    row = actions.start(director, member, "hospiconnect", family="public_ght")
    for who, move in ((stage.director, "apply"), (stage.officer, "retain")):
        stage.move(who, move)
    with pytest.raises(InputError, match="rien n'est déclaré atteint"):
        stage.move(stage.director, "declare")
    for item, place in (("HC.2026.CADRAGE", "note"), ("HC.2026.MATURITE", "answers")):
        with pytest.raises(InputError):
            stage.move(stage.director, "declare")
        actions.attach_new(director, member, row.pk, item, place, title=item, url="https://exemple.invalid/")
        actions.fill(director, member, row.pk, item, declared="reached", comment="", facts={})
    assert stage.move(stage.director, "declare").state == "declared"
    for user, last in ((stage.officer, "pass"), (stage.payer, "approve")):
        for item in ("HC.2026.CADRAGE", "HC.2026.MATURITE"):
            stage.decide(user, item)
        stage.move(user, last)
    stage.move(stage.payer, "pay", payment=Payment(1_000, dt.date(2026, 2, 2)))
    assert actions.start(director, member, "hospiconnect", family="public_ght").pk != row.pk
