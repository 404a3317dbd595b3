# SPDX-License-Identifier: EUPL-1.2
"""What is done once a day: once, alone, whatever breaks; and letters that nobody gets twice."""

from __future__ import annotations

import argparse
import datetime as dt
import smtplib
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from carene.cli import server as starting
from carene.cli import upkeep
from carene.core.access.actor import Actor
from carene.core.backup import health
from carene.core.database import statistics
from carene.core.jobs import daily
from carene.core.jobs.limits import limits
from carene.core.jobs.models import DailyRun
from carene.core.journal.models import Entry
from carene.core.letters import actions, queries, sending
from carene.core.letters.models import Letter
from carene.core.tenancy.models import Membership
from carene.engines.sources import InputError
from tests.support.factories import SYSTEM, World
from tests.support.programs import carene

TODAY = dt.date(2026, 3, 2)
asked: list[str] = []


def first(today: dt.date) -> str:
    asked.append(f"first {today}")
    return "trois choses"


def second(today: dt.date) -> str:
    asked.append(f"second {today}")
    raise ValueError("comme prévu")


def third(_today: dt.date) -> str:
    asked.append("third")
    return ""


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR = tmp_path
    monkeypatch.setattr(daily, "_tasks", {})
    monkeypatch.setattr(daily, "_settled", set())
    asked.clear()
    for name in ("first", "second", "third"):
        daily.register(daily.Daily(name, name.capitalize(), f"{__name__}.{name}"))
    return


def test_each_task_is_done_once_and_one_that_breaks_is_told(db: None, caplog: pytest.LogCaptureFixture) -> None:
    done = daily.perform(TODAY)
    assert done is not None
    assert [(row.name, row.failed, row.said) for row in done] == [
        ("first", False, "trois choses"),
        ("second", True, "ValueError : comme prévu"),
        ("third", False, ""),
    ]
    assert "second broke" in caplog.text
    assert daily.perform(TODAY) == [], "the process does not try again what broke"
    assert [row.name for row in daily.perform(TODAY, again=True) or ()] == ["second"], "the administrator does"
    assert len(daily.perform(TODAY + dt.timedelta(days=1)) or ()) == 3


def test_it_is_pending_from_its_hour_until_all_were_tried(db: None, django_assert_num_queries: Any) -> None:
    hour = limits().daily_from_hour
    now = timezone.localtime().replace(hour=hour, minute=0)
    assert not daily.pending(now - dt.timedelta(minutes=1))
    assert daily.pending(now)
    daily.perform(timezone.localdate(), stop=lambda: bool(asked))
    assert asked == [f"first {timezone.localdate()}"], "cut after the first one"
    assert daily.pending(now)
    daily.perform(timezone.localdate())
    assert not daily.pending(now)
    with django_assert_num_queries(0):
        assert not daily.pending(now)


def test_two_are_never_at_it(transactional_db: None) -> None:
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        try:
            with daily._alone() as ours:
                assert ours
                inside.set()
                assert leave.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(20)
    try:
        assert daily.perform(TODAY) is None
        assert asked == []
    finally:
        leave.set()
        thread.join()
    assert len(daily.perform(TODAY) or ()) == 3


def test_old_runs_are_forgotten(db: None) -> None:
    daily.perform(TODAY)
    daily.perform(TODAY + limits().keep + dt.timedelta(days=1))
    assert {row.day for row in DailyRun.objects.order_by("id")} == {TODAY + limits().keep + dt.timedelta(days=1)}


def test_the_doctor_says_it(db: None) -> None:
    def lines() -> list[tuple[str, str]]:
        return [(line.level, line.sentence) for line in health._upkeep()]

    assert [level for level, _ in lines()] == ["notice"]
    daily.perform(timezone.localdate())
    ((level, sentence),) = lines()
    assert level == "wrong"
    assert "Second" in sentence
    assert "comme prévu" in sentence
    DailyRun.objects.filter(failed=True).update(failed=False)
    assert [level for level, _ in lines()] == ["good"]
    DailyRun.objects.update(day=timezone.localdate() - dt.timedelta(days=3))
    assert [level for level, _ in lines()] == ["wrong"]


def notice() -> actions.Notice:
    return actions.Notice(
        "essai", "governance.view", "/o/1/essai/", "Un rappel", lambda items: f"Il y en a {len(items)}."
    )


@pytest.fixture
def server(settings: Any) -> None:
    settings.EMAIL_HOST = "courriel.invalid"
    settings.PUBLIC_URL = "https://carene.invalid"


def post(world: World, *items: str) -> int:
    return actions.post(SYSTEM, world.hospital.node, notice(), [world.alice, world.charlie], items)


def test_a_letter_leaves_once_to_who_has_the_right(world: World, server: None) -> None:
    assert post(world, "a", "b") == 1, "Charlie reads nothing here"
    assert post(world, "b", "a") == 0
    assert post(world, "b", "c") == 1
    assert sending.pending()
    assert sending.send() == sending.Sent(2, 0)
    assert sending.send() == sending.Sent(0, 0)
    assert not sending.pending()
    assert [(one.to, one.subject) for one in mail.outbox] == [([world.alice.email], "Un rappel")] * 2
    assert "Il y en a 2." in mail.outbox[0].body
    assert "Il y en a 1." in mail.outbox[1].body, "only what is new"
    assert "https://carene.invalid/o/1/essai/" in mail.outbox[0].body
    assert [row.state_words for row in queries.latest(world.hospital.node, "essai")] == ["envoyé"] * 2
    told = Entry.objects.filter(verb="letter.post").order_by("id").first()
    assert told is not None
    assert told.after == {"title": "Un rappel", "people": [world.alice.name]}


def test_nothing_is_posted_without_a_mail_server(world: World, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert post(world, "a") == 0
    settings.EMAIL_HOST = "courriel.invalid"
    assert post(world, "a") == 1, "and what was not posted is not told yet"


def test_who_lost_the_right_meanwhile_gets_nothing(world: World, server: None) -> None:
    post(world, "a")
    Membership.objects.filter(user=world.alice).delete()
    assert sending.send() == sending.Sent(0, 0)
    assert mail.outbox == []
    assert "retiré" in queries.latest(world.hospital.node, "essai")[0].state_words


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def send(_message: EmailMessage) -> int:
        raise error

    monkeypatch.setattr(EmailMessage, "send", send)


def an_hour_later() -> None:
    Letter.objects.unscoped("time goes by").update(not_before=timezone.now() - dt.timedelta(seconds=1))


def test_a_refused_letter_is_tried_three_times(world: World, server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    post(world, "a")
    refuse(monkeypatch, smtplib.SMTPRecipientsRefused({}))
    for _ in range(3):
        assert sending.send() == sending.Sent(0, 1)
        assert sending.send() == sending.Sent(0, 0), "not before an hour"
        assert sending.refused() == (1, "SMTPRecipientsRefused")
        an_hour_later()
    assert sending.send() == sending.Sent(0, 0)
    assert "3 fois" in queries.latest(world.hospital.node, "essai")[0].state_words


def test_a_mail_server_that_is_away_is_asked_once_and_loses_nothing(
    world: World, server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(world, "a")
    post(world, "b")
    with monkeypatch.context() as away:
        refuse(away, ConnectionRefusedError())
        for _ in range(5):
            assert sending.send() == sending.Sent(0, 1), "one letter tells that it is away"
            assert not sending.pending()
            an_hour_later()
    assert sending.send() == sending.Sent(2, 0)


def test_a_letter_cut_while_it_left_is_not_sent_again(
    world: World, server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(world, "a")
    with monkeypatch.context() as cut:
        refuse(cut, KeyboardInterrupt())  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            sending.send()
    assert sending.send() == sending.Sent(0, 0)
    assert "peut-être" in queries.latest(world.hospital.node, "essai")[0].state_words


def test_what_is_too_old_does_not_leave(world: World, server: None) -> None:
    post(world, "a")
    rows = Letter.objects.unscoped("time goes by")
    rows.update(posted_at=timezone.now() - dt.timedelta(days=8))
    assert not sending.pending()
    assert sending.forget(TODAY)
    assert "une semaine" in queries.latest(world.hospital.node, "essai")[0].state_words
    rows.update(posted_at=timezone.now() - sending.KEPT - dt.timedelta(days=1))
    sending.forget(TODAY)
    assert not rows.exists()


def test_one_needs_the_right_to_post(world: World, server: None) -> None:
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        actions.post(Actor.of(world.charlie), world.hospital.node, notice(), [world.alice], ["a"])


def test_the_command(copied: Path) -> None:
    done = carene(copied, "upkeep")
    assert done.returncode == 0, done.stderr
    assert "CARENE_SMTP_HOST" in done.stdout
    again = carene(copied, "upkeep")
    assert again.returncode == 0
    assert "déjà fait" in again.stdout


def test_an_input_error_is_said_as_it_is(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_today: dt.date) -> str:
        raise InputError("le fichier est vide")

    monkeypatch.setitem(globals(), "third", fails)
    (last,) = [row for row in daily.perform(TODAY) or () if row.name == "third"]
    assert (last.failed, last.said) == (True, InputError("le fichier est vide").sentence)


@pytest.mark.django_db
def test_sqlite_measures_its_indexes_each_day() -> None:
    assert statistics.refresh(TODAY) == ("index mesurés" if connection.vendor == "sqlite" else "")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_stat1")
            assert cursor.fetchone()[0] > 0


@pytest.mark.parametrize(("failed", "refused", "code"), [(False, 0, 0), (True, 0, 1), (False, 2, 1)])
def test_what_broke_is_our_own_failure(monkeypatch: pytest.MonkeyPatch, failed: bool, refused: int, code: int) -> None:
    """A timer is told: 2 is for what somebody typed, and nobody typed anything."""
    for name in ("database", "finish"):
        monkeypatch.setattr(starting, name, lambda: None)
    done = [DailyRun(name="first", day=TODAY, failed=failed, said="cassé" if failed else "")]
    monkeypatch.setattr(daily, "perform", lambda _today, again: done)
    monkeypatch.setattr(sending, "send", lambda: SimpleNamespace(left=0, refused=refused))
    assert upkeep._upkeep(argparse.Namespace()) == code
