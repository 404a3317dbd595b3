# SPDX-License-Identifier: EUPL-1.2
"""Writing the governance of an establishment: what is refused, what is told, what is published."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.apps.evidence import actions as evidence
from carene.apps.governance import actions, queries
from carene.apps.governance.models import Budget, Committee, Decision, Meeting, PolicyDocument, Post
from carene.apps.indicators import queries as indicators
from carene.apps.roadmaps.models import Action
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.support.factories import World

pytestmark = pytest.mark.django_db


def today() -> dt.date:
    return timezone.localdate()


def in_days(days: int) -> dt.date:
    return today() + dt.timedelta(days=days)


def budget(world: World, **changes: Any) -> Budget:
    values = {"year": today().year - 1, "stage": "executed", "operating": 100_000_000, "digital_operating": 1_700_000}
    return actions.save_budget(world.actor(world.director), world.hospital, **values | changes)


def post(world: World, pk: int | None = None, **changes: Any) -> Post:
    values = {"kind": "rssi", "state": "named", "holder": "Alice Arnaud", "fte": Decimal("0.5")}
    return actions.save_post(world.actor(world.alice), world.hospital, pk, **values | changes)


def meeting(world: World, **changes: Any) -> Meeting:
    alice = world.actor(world.alice)
    known = queries.committees(world.hospital.node).first()
    kept = known or actions.save_committee(alice, world.hospital, kind="comite_ssi", title="Comité SSI")
    values = {"committee_id": kept.pk, "held_on": in_days(-30), "management": True, "physicians": True}
    return actions.save_meeting(alice, world.hospital, **values | changes)


def decision(world: World, pk: int | None = None, **changes: Any) -> Decision:
    values: dict[str, Any] = {"text": "Nommer un référent", "due_on": in_days(20)}
    if pk is None and "meeting_id" not in changes:
        values["meeting_id"] = meeting(world).pk
    return actions.save_decision(world.actor(world.alice), world.hospital, pk, **values | changes)


def published(world: World, indicator: str) -> Any:
    found = indicators.latest(world.hospital.node).get(indicator)
    return found and found.value


# Money ------------------------------------------------------------------------------------------------------------


def test_an_executed_budget_publishes_its_shares_at_the_end_of_its_year(world: World) -> None:
    row = budget(world, digital_investment=300_000, cyber_operating=100_000)
    found = indicators.latest(world.hospital.node)["budget_numerique_pct"]
    assert (found.value, found.observed_on) == (1.7, dt.date(row.year, 12, 31))
    assert published(world, "budget_cyber_pct") == 5
    told = Entry.objects.get(verb="governance.write")
    assert (told.target, told.user, told.after["operating"]) == (f"budget:{row.pk}", world.director, 100_000_000)
    assert Entry.objects.filter(verb="observation.write", user=world.director).count() == 2


def test_a_corrected_budget_replaces_what_it_published(world: World) -> None:
    budget(world)
    budget(world, digital_operating=2_000_000)
    assert published(world, "budget_numerique_pct") == 2
    budget(world, operating=0)
    assert published(world, "budget_numerique_pct") is None, "taken back: it cannot be computed any more"
    assert Budget.objects.of(world.hospital.node).count() == 1


def test_a_voted_budget_is_a_promise_and_publishes_nothing(world: World) -> None:
    budget(world, stage="voted", year=today().year)
    assert published(world, "budget_numerique_pct") is None
    assert queries.years(world.hospital.node)[0].digital.value == pytest.approx(1.7)


def test_a_share_that_nobody_would_believe_is_kept_but_not_published(world: World) -> None:
    budget(world, digital_operating=40_000_000)
    assert queries.years(world.hospital.node)[0].digital.value == pytest.approx(40)
    assert published(world, "budget_numerique_pct") is None


def test_the_profile_is_never_changed_by_a_budget(world: World) -> None:
    before = world.hospital.operating_budget
    budget(world)
    world.hospital.refresh_from_db(from_queryset=type(world.hospital).objects.of(world.hospital.node))
    assert world.hospital.operating_budget == before


@pytest.mark.parametrize(
    "changes",
    [
        {"year": 1999},
        {"year": 2200},
        {"stage": "rêvé"},
        {"operating": None, "digital_operating": None},
        {"operating": -1},
        {"operating": 10**13},
        {"digital_operating": 200_000_000},
        {"digital_operating": 100, "cyber_operating": 200},
        {"digital_investment": 100, "cyber_investment": 200},
        {"note": "x" * 301},
    ],
)
def test_a_wrong_budget_is_said_and_changes_nothing(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        budget(world, **changes)
    assert caught.value.remedy
    assert not Budget.objects.of(world.hospital.node).exists()
    assert not Entry.objects.filter(verb__in=["governance.write", "observation.write"]).exists()


def test_a_year_that_is_not_closed_has_no_executed_budget(world: World) -> None:
    with pytest.raises(InputError, match="n'est pas clos"):
        budget(world, year=today().year)


# People -----------------------------------------------------------------------------------------------------------


def test_posts_publish_who_is_there_and_what_is_empty(world: World) -> None:
    row = post(world)
    assert (published(world, "rssi_nomme"), published(world, "rssi_temps_pct")) == (1, 100)
    assert published(world, "ssi_etp_1000_postes") == 0.83  # 600 workstations
    post(world, row.pk, state="vacant", holder="", vacant_since=in_days(-3))
    assert (published(world, "rssi_nomme"), published(world, "postes_si_vacants_pct")) == (0, 100)
    actions.remove(world.actor(world.alice), world.hospital, Post, row.pk)
    assert published(world, "rssi_nomme") is None, "nothing is described any more: nothing is claimed"
    actions.restore(world.actor(world.alice), world.hospital, Post, row.pk)
    assert published(world, "rssi_nomme") == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"fte": Decimal(-1)},
        {"fte": Decimal(1000)},
        {"kind": "magicien"},
        {"skill": "magie"},
        {"state": "perdu"},
        {"share_percent": Decimal("100.01")},
        {"share_percent": Decimal(-1)},
        {"state": "vacant"},
        {"holder": ""},
        {"vacant_since": dt.date(2025, 1, 1)},
        {"state": "vacant", "holder": "", "vacant_since": dt.date(2199, 1, 1)},
        {"letter_on": dt.date(2199, 1, 1)},
        {"letter_on": dt.date(1025, 1, 1)},
        {"state": "provider"},
        {"state": "shared"},
        {"holder": "x" * 121},
    ],
)
def test_a_wrong_post_is_said_and_changes_nothing(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        post(world, **changes)
    assert caught.value.remedy
    assert not queries.posts(world.hospital.node).exists()
    assert not indicators.latest(world.hospital.node)


def test_a_post_is_shared_within_the_group_only(world: World) -> None:
    with pytest.raises(InputError, match="groupement"):
        post(world, state="shared", employer_id=world.elsewhere.pk)
    row = post(world, state="shared", employer_id=world.sister.pk, share_percent=Decimal(20))
    assert row.employer_id == world.sister.pk
    assert [one.pk for one in queries.partners(world.hospital)] == [world.sister.pk]


@pytest.mark.parametrize("changes", [{"days": 0}, {"days": 8}, {"hours": 0}, {"hours": 25}, {"title": " "}])
def test_a_week_has_seven_days_and_a_day_24_hours(world: World, changes: dict[str, Any]) -> None:
    values = {"title": "Astreinte", "days": 7, "hours": 24}
    with pytest.raises(InputError):
        actions.save_on_call(world.actor(world.alice), world.hospital, **values | changes)
    row = actions.save_on_call(world.actor(world.alice), world.hospital, **values)
    assert row.always


# Committees -------------------------------------------------------------------------------------------------------


def test_meetings_with_management_and_physicians_are_counted_over_a_year(world: World) -> None:
    meeting(world)
    meeting(world, held_on=in_days(-20), physicians=False)
    meeting(world, held_on=in_days(-800))
    meeting(world, held_on=in_days(30), management=False, physicians=False)
    assert published(world, "instances_medecins_12_mois") == 1


def test_late_decisions_are_published_and_one_may_become_an_action(world: World) -> None:
    held = meeting(world, held_on=in_days(-90))
    late = decision(world, meeting_id=held.pk, due_on=in_days(-10))
    decision(world, meeting_id=held.pk, text="Autre")
    assert published(world, "decisions_en_retard_pct") == 50
    carried = actions.carry_out(world.actor(world.alice), world.hospital, late.pk)
    action = Action.objects.of(world.hospital.node).get()
    assert (carried.action_id, action.title, action.due_on) == (action.pk, "Nommer un référent", late.due_on)
    with pytest.raises(InputError, match="déjà"):
        actions.carry_out(world.actor(world.alice), world.hospital, late.pk)
    decision(world, late.pk, due_on=late.due_on, state="done")
    assert published(world, "decisions_en_retard_pct") == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"held_on": None},
        {"held_on": dt.date(2199, 1, 1), "management": False, "physicians": False},
        {"held_on": dt.date(2027, 12, 31)},
        {"committee_id": None},
        {"committee_id": 999_999},
        {"evidence_id": 999_999},
    ],
)
def test_a_wrong_meeting_is_said(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        meeting(world, **changes)
    assert caught.value.remedy
    assert not Meeting.objects.of(world.hospital.node).exists()


def test_a_decision_follows_its_meeting(world: World) -> None:
    held = meeting(world)
    with pytest.raises(InputError, match="précède"):
        decision(world, meeting_id=held.pk, due_on=in_days(-31))
    with pytest.raises(InputError, match="pas dite"):
        decision(world, meeting_id=held.pk, text=" ")
    coming = meeting(world, held_on=in_days(9), management=False, physicians=False)
    with pytest.raises(InputError, match="pas encore eu lieu"):
        decision(world, meeting_id=coming.pk)


# Documents and duties ---------------------------------------------------------------------------------------------


def policy(world: World, **changes: Any) -> PolicyDocument:
    values = {"kind": "pssi", "title": "PSSI", "approved_on": in_days(-100), "review_months": 12}
    return actions.save_policy(world.actor(world.alice), world.hospital, **values | changes)


def test_the_next_review_follows_from_the_last_one(world: World) -> None:
    row = policy(world, approved_on=dt.date(2025, 3, 31), reviewed_on=dt.date(2026, 3, 31), review_months=11)
    assert row.next_on == dt.date(2027, 2, 28)
    assert policy(world, review_months=None).next_on is None


@pytest.mark.parametrize(
    "changes",
    [
        {"approved_on": dt.date(2199, 1, 1)}, {"reviewed_on": dt.date(2199, 1, 1)}, {"review_months": 0},
        {"review_months": 1000}, {"kind": "roman"}, {"title": ""}, {"evidence_id": 999_999},
    ],
)  # fmt: skip
def test_a_wrong_document_is_said(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        policy(world, **changes)
    assert not queries.policies(world.hospital.node).exists()


def noted(world: World, **values: Any) -> Any:
    return actions.record_duty(world.actor(world.alice), world.hospital, "exercice-crise", **values)


def state(world: World, duty: str = "exercice-crise") -> Any:
    return next(one for one in queries.duties(world.hospital, today()) if one.duty.id == duty)


def test_a_duty_done_comes_back_after_its_period(world: World) -> None:
    proof = evidence.add(world.actor(world.alice), world.hospital, title="RETEX", url="https://exemple.fr")
    row = noted(world, kind="done", on=dt.date(2026, 1, 15), evidence_id=proof.pk)
    assert row.next_on == dt.date(2027, 1, 15)
    assert Entry.objects.get(target=f"duty:{row.pk}").after["title"] == "Exercice de crise cyber"
    noted(world, kind="done", on=in_days(-400))
    assert state(world).state == "late"
    assert published(world, "obligations_a_jour_pct") == 0
    noted(world, kind="planned", next_on=in_days(20), reason="Salle prise")
    assert (state(world).state, state(world).reason) == ("soon", "Salle prise")
    assert published(world, "obligations_a_jour_pct") == 100
    noted(world, kind="not_applicable", reason="Site fermé")
    assert state(world).state == "not_applicable"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "done", "on": dt.date(2199, 1, 1)},
        {"kind": "done", "on": dt.date(2026, 1, 1), "next_on": dt.date(2026, 1, 1)},
        {"kind": "planned"},
        {"kind": "planned", "next_on": dt.date(2020, 1, 1)},
        {"kind": "not_applicable"},
        {"kind": "oubliée"},
        {"kind": "done", "reason": "x" * 301},
        {"kind": "done", "evidence_id": 999_999},
    ],
)
def test_what_is_wrongly_said_of_a_duty_changes_nothing(world: World, values: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        noted(world, **values)
    assert state(world).state == "undated"


def test_moving_a_duty_needs_a_reason(world: World) -> None:
    noted(world, kind="planned", next_on=in_days(20))  # a first day needs none
    with pytest.raises(InputError, match="motif du report"):
        noted(world, kind="planned", next_on=in_days(40))
    with pytest.raises(InputError, match="n'existe pas"):
        actions.record_duty(world.actor(world.alice), world.hospital, "sieste", kind="done")


def test_nis2_decides_what_is_proposed(world: World) -> None:
    before = len(queries.duties(world.hospital, today()))
    actions.set_nis2(world.actor(world.alice), world.hospital, "essentielle")
    assert len(queries.duties(world.hospital, today())) > before
    actions.set_nis2(world.actor(world.alice), world.hospital, "")
    assert len(queries.duties(world.hospital, today())) == before
    with pytest.raises(InputError):
        actions.set_nis2(world.actor(world.alice), world.hospital, "importantissime")


# Who may ----------------------------------------------------------------------------------------------------------


def test_only_those_who_steer_write(world: World) -> None:
    row, held = post(world), meeting(world)
    for user in (world.bob, world.charlie, world.admin):
        actor, place = world.actor(user), world.hospital
        calls = (
            lambda a=actor, p=place: actions.save_budget(a, p, year=2025, stage="voted", operating=1),
            lambda a=actor, p=place: actions.save_post(a, p, kind="dsi", state="vacant", fte=Decimal(1)),
            lambda a=actor, p=place: actions.save_on_call(a, p, title="x", days=1, hours=1),
            lambda a=actor, p=place: actions.save_committee(a, p, kind="codir", title="x"),
            lambda a=actor, p=place: actions.save_meeting(a, p, committee_id=held.committee_id, held_on=today()),
            lambda a=actor, p=place: actions.save_decision(a, p, meeting_id=held.pk, text="x"),
            lambda a=actor, p=place: actions.save_commitment(a, p, kind="cpom", title="x"),
            lambda a=actor, p=place: actions.save_policy(a, p, kind="pssi", title="x"),
            lambda a=actor, p=place: actions.record_duty(a, p, "exercice-crise", kind="done"),
            lambda a=actor, p=place: actions.set_nis2(a, p, "aucune"),
            lambda a=actor, p=place: actions.remove(a, p, Post, row.pk),
            lambda a=actor, p=place: actions.restore(a, p, Post, row.pk),
            lambda a=actor, p=place: actions.carry_out(a, p, 1),
        )
        for call in calls:
            with pytest.raises(PermissionDenied):
                call()


def test_the_row_of_another_organisation_is_out_of_reach(world: World) -> None:
    row, held = post(world), meeting(world)
    charlie = world.actor(world.charlie)
    with pytest.raises(Post.DoesNotExist):
        actions.save_post(charlie, world.elsewhere, row.pk, title="volé")
    with pytest.raises(Committee.DoesNotExist):
        actions.remove(charlie, world.elsewhere, Committee, held.committee_id)
    with pytest.raises(InputError, match="cette instance"):
        actions.save_meeting(charlie, world.elsewhere, committee_id=held.committee_id, held_on=today())
    with pytest.raises(InputError, match="cette réunion"):
        actions.save_decision(charlie, world.elsewhere, meeting_id=held.pk, text="x")


def test_a_group_keeps_no_governance_of_its_own(world: World) -> None:
    from carene.core.access.actor import Actor

    with pytest.raises(InputError, match="regroupe"):
        actions.save_budget(Actor.system(), world.ght, year=2025, stage="voted", operating=1)
