# SPDX-License-Identifier: EUPL-1.2
"""What people send by mistake or on purpose: old pages, ids of others, amounts of nobody, candidates that are gone."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from carene.apps.funding import actions, queries
from carene.apps.funding.actions import Payment
from carene.apps.funding.models import Expense, Said
from carene.apps.organisations import actions_tree as tree
from carene.apps.organisations.models import Organisation
from carene.core.database.stale import Overtaken
from carene.engines.sources import InputError
from tests.apps.funding.conftest import GRID, PREREQUISITES, Stage
from tests.support.factories import SYSTEM, give, make_user

Clock = dict[str, dt.datetime]


@pytest.fixture
def mine(stage: Stage, client_for: Any) -> Client:
    stage.start()
    client: Client = client_for(stage.director)
    return client


def at(stage: Stage, page: str = "") -> str:
    return f"/o/{stage.support.pk}/financements/dossiers/{stage.application().pk}/{page}"


def declare(stage: Stage, clock: Clock) -> None:
    """Once the window of the declarations is open."""
    clock["now"] = dt.datetime(2026, 3, 1, 10, 0, tzinfo=dt.UTC)
    stage.fill(*(item for item in stage.dossier().rows if item not in PREREQUISITES))
    stage.weigh()
    stage.move(stage.director, "declare")


def hidden(page: str) -> str:
    found = re.search(r'name="vu" value="([0-9a-f]*)"', page)
    assert found
    return found[1]


def test_the_second_of_two_on_the_same_point_is_told(stage: Stage, mine: Client) -> None:
    address = at(stage, "points/D2.P1/")
    page = hidden(mine.get(address).content.decode())
    first = {"fact_approved": "oui", "declared": "reached", "comment": "Validée en mars", "vu": page}
    assert mine.post(address, first).status_code == 302
    second = first | {"comment": "Pas encore validée"}
    answer = mine.post(address, second)
    assert answer.status_code == 400
    body = answer.content.decode()
    assert "Valeur enregistrée : Validée en mars." in body
    assert body.count("Valeur enregistrée") == 1
    assert "Pas encore validée" in body, "what was typed is not lost"
    assert Said.objects.get(item="D2.P1").comment == "Validée en mars"
    assert mine.post(address, second | {"vu": hidden(body)}).status_code == 302


def test_the_second_of_two_on_the_same_grid_is_told(stage: Stage, mine: Client) -> None:
    address = at(stage, "membres/")
    page = hidden(mine.get(address).content.decode())
    typed = {f"activity_{stage.support.pk}": "70", f"activity_{stage.member.pk}": "30", "vu": page}
    assert mine.post(address, typed | {f"activity_{stage.member.pk}": "45"}).status_code == 302
    answer = mine.post(address, typed | {f"complies_{stage.support.pk}_D2.O1.C": "oui"})
    assert answer.status_code == 400
    body = answer.content.decode()
    assert "Valeur enregistrée : 45." in body
    assert "Valeur enregistrée : pas dit." in body
    assert {row.unit_id: row.activity for row in stage.dossier().members}[stage.member.pk] == 45


def test_who_shows_nothing_compares_nothing(stage: Stage) -> None:
    stage.start()
    stage.weigh()
    stage.weigh(support=10)
    values = {stage.support.pk: (1, dict.fromkeys(GRID, True))}
    with pytest.raises(Overtaken):
        actions.set_members(stage.by(stage.director), stage.support, stage.application().pk, values, seen="")


@pytest.mark.parametrize("amount", ["-1", "0", "1000000000000", "9" * 40, "1e9", "abc", ""])
def test_amounts_of_nobody_are_refused(stage: Stage, mine: Client, amount: str) -> None:
    sent = {"label": "Coffre", "amount": amount, "committed_on": "2025-09-30"}
    answer = mine.post(at(stage, "depenses/"), sent)
    assert answer.status_code == 400
    assert not Expense.objects.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "1925-09-30", "2025-10-02", "9999-12-31", "2025-02-30", ""])
def test_days_of_nobody_are_refused(stage: Stage, mine: Client, day: str) -> None:
    """It is the first of October 2025."""
    sent = {"label": "Coffre", "amount": "5", "committed_on": day}
    assert mine.post(at(stage, "depenses/"), sent).status_code == 400
    assert not Expense.objects.exists()
    rules = f"/o/{stage.nation.pk}/financements/domaines/d2/reglages/"
    window = {"part": "fenetre", "step": "region", "start": day, "end": "2025-10-01", "source": "Un texte"}
    client = Client()
    client.force_login(stage.payer, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(rules, window | {"confidence": "official"})
    assert answer.status_code == (302 if day == "" else 400), "after the end, or in no year"


@pytest.mark.parametrize("activity", ["-5", "1000000000000", "9" * 60, "12,5", "²"])
def test_activities_of_nobody_are_refused(stage: Stage, mine: Client, activity: str) -> None:
    answer = mine.post(at(stage, "membres/"), {f"activity_{stage.support.pk}": activity})
    assert answer.status_code == 400
    assert {row.activity for row in stage.dossier().members} == {70, 30}, "those of the profile"


def test_what_is_of_another_file_or_of_another_place_is_out_of_reach(stage: Stage, client_for: Any) -> None:
    stage.start()
    stage.fill("D2.P2")
    row = stage.application()
    document = row.documents.get(item="D2.P2")
    expense = actions.add_expense(
        stage.by(stage.director), stage.support, row.pk, label="Coffre", amount=5, committed_on=dt.date(2025, 9, 30)
    )
    other = make_user("Autre directrice")
    give(other, stage.outside, "direction")
    give(other, stage.outside, "rssi")
    theirs = actions.start(stage.by(other), stage.outside, "d2", family="prive")
    client = client_for(other)
    base = f"/o/{stage.outside.pk}/financements/dossiers/"
    for page in ("", "manques/", "points/D2.P1/", "membres/"):
        assert client.get(f"{base}{row.pk}/{page}").status_code == 404
        assert client.get(f"/o/{stage.support.pk}/financements/dossiers/{row.pk}/{page}").status_code == 404
    for page in (f"pieces/{document.pk}/retirer/", f"depenses/{expense.pk}/retirer/"):
        assert client.post(f"{base}{theirs.pk}/{page}").status_code == 404
    piece = {"piece-place": "team", "piece-evidence": str(document.evidence_id)}
    assert client.post(f"{base}{theirs.pk}/points/D2.P2/joindre/", piece).status_code == 400
    with pytest.raises(InputError, match="n'existe plus"):
        actions.attach(stage.by(other), stage.outside, theirs.pk, "D2.P2", "team", evidence_id=document.evidence_id)
    with pytest.raises(InputError, match="quitté"):
        actions.set_members(stage.by(other), stage.outside, theirs.pk, {stage.member.pk: (5, {})})
    assert row.documents.count() == 1
    assert Expense.objects.count() == 1


def test_a_step_that_was_skipped_is_refused_from_the_page_too(stage: Stage, mine: Client, client_for: Any) -> None:
    version = {"version": stage.application().version}
    assert mine.post(at(stage, "avancer/declare/"), version).status_code == 400
    assert mine.post(at(stage, "avancer/pay/"), version).status_code == 403
    nation = client_for(stage.payer)
    paid = version | {"euros": "5", "on": "2025-09-30"}
    assert nation.post(at(stage, "avancer/pay/"), paid).status_code == 400
    assert nation.post(at(stage, "avancer/approve/"), version).status_code == 400
    assert stage.application().state == "draft"


def test_nobody_grants_more_than_was_spent_or_notified(stage: Stage, clock: Clock) -> None:
    stage.to_operating()
    row = stage.application()
    actions.add_expense(
        stage.by(stage.director), stage.support, row.pk, label="Coffre", amount=900, committed_on=dt.date(2025, 9, 30)
    )
    row.notified = 500
    row.save(update_fields=["notified"])
    declare(stage, clock)
    stage.decide_all(stage.officer)
    stage.move(stage.officer, "pass")
    stage.decide_all(stage.payer)
    with pytest.raises(InputError, match="500"):
        stage.move(stage.payer, "approve", payment=Payment(501))
    assert stage.move(stage.payer, "approve", payment=Payment(400)).granted == 400


def test_a_candidate_that_closes_writes_no_more(stage: Stage, mine: Client, client_for: Any) -> None:
    stage.fill(*PREREQUISITES)
    tree.close(SYSTEM, stage.support, dt.date(2025, 9, 30))
    body = mine.get(at(stage)).content.decode()
    assert "ce dossier ne se modifie plus" in body
    assert "Pas encore : cet établissement est fermé" in body
    with pytest.raises(InputError, match="fermé"):
        stage.move(stage.director, "apply")
    with pytest.raises(InputError, match="fermé"):
        stage.fill("D2.P2")
    assert mine.post(at(stage, "depenses/"), {}).status_code == 400
    assert client_for(stage.officer).get(f"/o/{stage.region.pk}/financements/").status_code == 200
    stage.move(stage.director, "withdraw", "L'établissement a fermé")


def test_a_support_that_left_its_group_carries_its_file_no_more(stage: Stage) -> None:
    stage.start()
    stage.fill(*PREREQUISITES)
    tree.move(SYSTEM, stage.support, stage.region)
    stage.support = Organisation.objects.unscoped("read again").select_related("node").get(pk=stage.support.pk)
    with pytest.raises(InputError, match="n'est plus membre"):
        stage.move(stage.director, "apply")


def test_a_merged_candidate_is_judged_to_its_end(stage: Stage, clock: Clock) -> None:
    stage.to_operating()
    declare(stage, clock)
    tree.merge(SYSTEM, stage.support, stage.member)
    stage.support = Organisation.objects.unscoped("read again").select_related("node").get(pk=stage.support.pk)
    stage.decide_all(stage.officer)
    stage.move(stage.officer, "pass")
    assert stage.application().state == "national"
    assert {row.pk for row in queries.of_place(stage.region)} == {stage.application().pk}


def test_what_changes_after_a_decision_is_decided_again(stage: Stage, clock: Clock) -> None:
    stage.to_operating()
    declare(stage, clock)
    stage.decide_all(stage.officer)
    stage.move(stage.officer, "ask_region", "Revoir l'essai")
    row = stage.application()
    old = row.documents.get(item="D2.O1.B", place="plan")
    actions.detach(stage.by(stage.director), stage.support, row.pk, old.pk)
    actions.attach_new(
        stage.by(stage.director),
        stage.support,
        row.pk,
        "D2.O1.B",
        "plan",
        title="Un autre plan blanc",
        url="https://exemple.invalid/autre",
        effective_on=dt.date(2026, 2, 1),
    )
    stage.weigh(support=69)
    stage.move(stage.director, "answer_region")
    dossier = stage.dossier(stage.officer)
    left = {row.item.id for row in dossier.undecided("region")}
    assert left == {"D2.O1.B", *GRID}, "and nothing else"
    assert "D2.O1.B" in dossier.events[0].reason
    with pytest.raises(InputError, match="décider encore"):
        stage.move(stage.officer, "pass")


def test_what_comes_back_as_it_was_stays_decided(stage: Stage, clock: Clock) -> None:
    stage.to_operating()
    declare(stage, clock)
    stage.decide_all(stage.officer)
    stage.move(stage.officer, "ask_region", "Vérifier")
    clock["now"] = dt.datetime(2026, 3, 9, 10, 0, tzinfo=dt.UTC)
    stage.move(stage.director, "answer_region")
    assert stage.move(stage.officer, "pass").state == "national"
