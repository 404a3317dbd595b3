# SPDX-License-Identifier: EUPL-1.2
"""The page for those who decide: nothing invented where something lacks, three to five decisions, one sheet."""

from __future__ import annotations

from typing import Any

import pytest

from carene.apps.reports import board
from carene.core.journal.models import Entry
from carene.engines.referential.catalogue import care
from tests.apps.governance.test_actions import budget, decision, in_days, meeting, noted, post
from tests.support.factories import World, make_assessment
from tests.support.text import plain

pytestmark = pytest.mark.django_db


def at(world: World, page: str = "direction/") -> str:
    return f"/o/{world.hospital.pk}/rapports/{page}"


def steered(world: World) -> board.Page:
    budget(world)
    post(world, state="vacant", holder="")
    decision(world, meeting_id=meeting(world, held_on=in_days(-90)).pk, due_on=in_days(-9))
    noted(world, kind="done", on=in_days(-400))
    make_assessment(world.hospital, {c.id: 1 for c in care().criteria}, state="validated")
    return board.page(world.actor(world.director), world.hospital)


def test_before_anything_is_known_it_says_so(world: World, client_for: Any) -> None:
    found = board.page(world.actor(world.director), world.hospital)
    assert found.headline == "Pas encore évalué"
    assert (found.money, found.risk, found.late) == ([], [], [])
    assert [one.title for one in found.decisions] == ["Commencer l'auto-évaluation"]
    assert "Aucun budget n'est saisi" in plain(client_for(world.director).get(at(world)))


def test_it_joins_maturity_risk_money_lateness_and_decisions(world: World, client_for: Any) -> None:
    found = steered(world)
    assert found.headline.startswith("Palier")
    assert len(found.risk) == 3
    assert found.money[0][1:] == ("1,7\u00a0%", "sous la cible de 2\u00a0%")
    assert found.late[0].startswith("Exercice de crise cyber, depuis")
    titles = " | ".join(one.title for one in found.decisions)
    for words in (
        "feuille de route",
        "Nommer un RSSI",
        "Confirmer ou abandonner : Nommer un référent",
        "chemin vers 2",
    ):
        assert words in titles
    assert 3 <= len(found.decisions) <= board.MOST_DECISIONS
    assert all(one.cost and one.effect for one in found.decisions)
    said = plain(client_for(world.director).get(at(world)))
    assert "Ce que nous décidons aujourd'hui" in said
    assert found.decisions[0].title in said


def test_those_who_may_not_make_documents_do_not_open_it(world: World, client_for: Any) -> None:
    assert client_for(world.charlie).get(at(world)).status_code == 404
    assert client_for(world.admin).get(at(world)).status_code in {200, 403}
    assert client_for(world.bob).get(at(world)).status_code == 200


def test_the_sheet_is_one_page_of_pdf_told_in_the_journal(world: World, client_for: Any) -> None:
    steered(world)
    response = client_for(world.director).get(at(world, "direction.pdf"))
    assert response.content.startswith(b"%PDF")
    assert response.content.count(b"/Type /Page\n") + response.content.count(b"/Type/Page/") <= 1
    assert response["Content-Disposition"].startswith('attachment; filename="carene-direction-')
    assert Entry.objects.get(verb="report.make").after == {"bytes": len(response.content)}


def test_the_page_costs_the_same_whatever_it_tells(
    world: World, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    steered(world)
    client = client_for(world.director)
    client.get(at(world))
    with django_assert_max_num_queries(30) as few:
        client.get(at(world))
    held = meeting(world, held_on=in_days(-80))
    for rank in range(8):
        decision(world, meeting_id=held.pk, text=f"Décision {rank}", due_on=in_days(-1))
    with django_assert_max_num_queries(len(few)):
        client.get(at(world))
