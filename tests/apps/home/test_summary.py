# SPDX-License-Identifier: EUPL-1.2
"""The summary: what was handed over, without a question or a comment, for those who read from above."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from carene.apps.assessments import actions as assessments
from carene.apps.assessments.models import Assessment
from carene.apps.assessments.summary import STATES, summary, summary_data
from carene.apps.exchange import actions as exchange
from carene.apps.indicators import actions as indicators
from carene.core.accounts.models import User
from carene.engines.referential.catalogue import care
from tests.support.factories import World, give, make_action, make_assessment, make_user
from tests.support.text import plain

COMMENT = "Commentaire confidentiel"


@pytest.fixture
def officer(world: World) -> User:
    user = make_user("Odile Oury")
    give(user, world.region, "officier")
    return user


def hand_over(world: World, level: int = 2, *, validated: bool = True) -> Assessment:
    """Alice answers the socle, hands it over; Denise validates."""
    alice = world.actor(world.alice)
    row = assessments.start(alice, world.hospital)
    rows = [assessments.Row(c.id, level, False, "", COMMENT) for c in care().criteria if c.socle]
    assessments.answer_many(alice, world.hospital, row, rows, confirm=True)
    row = assessments.submit(alice, world.hospital, row)
    return assessments.validate(world.actor(world.director), world.hospital, row) if validated else row


def test_nothing_is_handed_over_by_answering(world: World, officer: User, client_for: Any) -> None:
    make_assessment(world.hospital, {"GOV.1.1": 3})
    assert summary(world.hospital) is None
    page = plain(client_for(officer).get(f"/o/{world.hospital.pk}/"))
    assert "Rien n'a encore été soumis" in page
    assert "Palier" not in page


def test_what_is_submitted_then_validated_is_kept(world: World) -> None:
    row = hand_over(world, validated=False)
    found = summary(world.hospital)
    assert found is not None
    assert (found.validated_on, found.submitted_by) == (None, "Alice Arnaud")
    assert row.result is None
    assessments.validate(world.actor(world.director), world.hospital, row)
    found = summary(world.hospital)
    assert found is not None
    assert (found.validated_on, found.validated_by) == (timezone.localdate(), "Denise Duval")
    assert {axis.node.id for axis in found.axes} == {"GOV", "RES", "SEN", "OPS"}
    assert sum(found.states.values()) == found.overall.applicable
    assert set(found.states) == set(STATES)
    assert found.overall.answered == len([c for c in care().criteria if c.socle])
    assert sum(axis.weaknesses for axis in found.axes) > 0
    assert found.not_evaluated


def test_opening_it_again_gives_back_the_one_before(world: World) -> None:
    hand_over(world, 1)
    second = hand_over(world, 3)
    kept = summary(world.hospital)
    assert kept is not None
    assert kept.axes[0].node.score == 3
    assessments.reopen(world.actor(world.director), world.hospital, second, reason="Une erreur")
    found = summary(world.hospital)
    assert found is not None
    assert found.axes[0].node.score == 1
    assert found.ongoing == "en cours"


def test_a_later_submission_does_not_take_the_place_of_what_was_validated(world: World) -> None:
    hand_over(world, 1)
    hand_over(world, 3, validated=False)
    found = summary(world.hospital)
    assert found is not None
    assert found.axes[0].node.score == 1
    assert found.ongoing == "soumise à la direction"


def test_it_holds_neither_question_nor_comment(world: World, officer: User, client_for: Any) -> None:
    row = hand_over(world)
    make_action(world.hospital, "Action confidentielle", state="done")
    page = plain(client_for(officer).get(f"/o/{world.hospital.pk}/"))
    stored = str(row.summary) + str(summary_data(summary(world.hospital)))
    for criterion in care().criteria:
        assert criterion.id not in stored
        assert criterion.title not in page
    assert COMMENT not in page + stored
    assert "Action confidentielle" not in page
    assert "1 action terminée sur 1" in page
    assert "validée le" in page
    assert "par Denise Duval" in page
    assert "non évalué" in page


def test_the_owner_sees_what_they_see(world: World, officer: User, client_for: Any) -> None:
    hand_over(world)
    url = f"/o/{world.hospital.pk}/synthese/"
    mine, theirs = plain(client_for(world.alice).get(url)), plain(client_for(officer).get(url))
    table = re.compile(r"<table.*</table>", re.DOTALL)
    assert table.findall(mine) == table.findall(theirs) != []
    assert client_for(world.charlie).get(url).status_code == 404


def test_home_and_summary_count_what_is_measured_alike(world: World, officer: User, client_for: Any) -> None:
    """What was measured when it was handed over is in the summary; what is measured later waits for the next one."""
    first, later = [c.thresholds.indicator for c in care().criteria if c.thresholds and c.socle][:2]
    day = timezone.localdate()
    value = {"value": 1, "observed_on": day, "source": "Console"}
    indicators.record(world.actor(world.alice), world.hospital, indicator=first, **value)
    hand_over(world)
    found = summary(world.hospital)
    assert found is not None
    count = found.states["measured"]
    assert count >= 1
    words = "avec une valeur mesurée"
    url = f"/o/{world.hospital.pk}"
    home = plain(client_for(world.alice).get(f"{url}/"))
    assert re.search(rf"\b{count}\s+questions? sur {found.overall.applicable} (a|ont) une valeur mesurée", home)
    theirs = plain(client_for(officer).get(f"{url}/"))
    assert words in theirs
    assert "le jour de la validation" in theirs
    indicators.record(world.actor(world.alice), world.hospital, indicator=later, **value)
    kept = summary(world.hospital)
    assert kept is not None
    assert kept.states["measured"] == count


def test_the_group_page_is_open_to_those_above(world: World, officer: User, client_for: Any) -> None:
    hand_over(world)
    for group in (world.region, world.ght):
        page = plain(client_for(officer).get(f"/o/{group.pk}/"))
        assert "1 établissement sur 2 a validé une auto-évaluation" in page


def test_every_link_of_an_officer_opens(world: World, officer: User, client_for: Any) -> None:
    """Nothing that they may not open is offered: rail, pages and what those pages lead to."""
    hand_over(world)
    client, seen, waiting = client_for(officer), set(), [f"/o/{world.region.pk}/", f"/o/{world.hospital.pk}/"]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith("/o/"):
            continue
        seen.add(path)
        response = client.get(path)
        assert response.status_code == 200, path
        if response["Content-Type"].startswith("text/html"):
            waiting += [link.partition("?")[0] for link in re.findall(r'href="(/[^"#]*)"', response.content.decode())]
    assert len(seen) > 12
    assert f"/o/{world.hospital.pk}/partages/demander/" in seen


def test_remarks_and_names_beside_a_value_are_detail(world: World, officer: User, client_for: Any) -> None:
    indicator = next(c.thresholds.indicator for c in care().criteria if c.thresholds)
    indicators.record(
        world.actor(world.alice),
        world.hospital,
        indicator=indicator,
        value=1,
        observed_on=timezone.localdate(),
        source="Console",
        note=COMMENT,
    )
    url = f"/o/{world.hospital.pk}/indicateurs/{indicator}/"
    mine, theirs = plain(client_for(world.alice).get(url)), plain(client_for(officer).get(url))
    assert COMMENT in mine
    assert "Alice Arnaud" in mine
    assert "Console" in theirs
    assert COMMENT not in theirs
    assert "Alice Arnaud" not in theirs
    api = client_for(officer).get(f"/api/organisations/{world.hospital.pk}/observations").json()
    assert api["observations"][0]["note"] == ""
    assert (
        client_for(world.bob)
        .get(f"/api/organisations/{world.hospital.pk}/observations")
        .json()["observations"][0]["note"]
    )


def test_machines_read_the_same_levels(world: World, officer: User, client_for: Any) -> None:
    hand_over(world)
    _, key = exchange.create_token(world.actor(officer), world.region, name="Tableau", days=30, read_only=True)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    base = f"/api/organisations/{world.hospital.pk}"
    data = client.get(f"{base}/summary").json()
    assert data["assessment"]["validated_by"] == "Denise Duval"
    assert {axis["id"] for axis in data["assessment"]["axes"]} == {"GOV", "RES", "SEN", "OPS"}
    assert data["assessment"]["axes"][0]["objectives"]
    assert data["roadmap"] == {"todo": 0, "doing": 0, "done": 0, "late": 0, "share": 0.0}
    assert client.get(f"{base}/observations").status_code == 200
    for closed in ("assessments", "actions"):
        answer = client.get(f"{base}/{closed}")
        assert answer.status_code == 403
        assert "niveau « détail »" in answer.json()["detail"]
    assert client.get(f"/api/organisations/{world.elsewhere.pk}/summary").status_code == 404


def test_it_costs_the_same_however_much_was_done(
    world: World, officer: User, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    client, url = client_for(officer), f"/o/{world.hospital.pk}/"
    hand_over(world)
    client.get(url)
    with django_assert_max_num_queries(9) as few:
        client.get(url)
    for _ in range(3):
        hand_over(world)
    for rank in range(20):
        make_action(world.hospital, f"Action {rank}")
    with django_assert_max_num_queries(len(few)):
        client.get(url)
