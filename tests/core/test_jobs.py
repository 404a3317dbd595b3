# SPDX-License-Identifier: EUPL-1.2
"""Jobs: asking, taking, ending, tidying up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from carene.core.access.actor import Actor
from carene.core.backup import health
from carene.core.jobs import actions, kinds, queries, starting, worker
from carene.core.jobs.limits import limits
from carene.core.jobs.models import Job
from carene.core.jobs.reporting import Report
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Membership
from carene.engines.sources import InputError
from tests.support.factories import World

HERE = "tests.core.test_jobs"


def double(job: Job, report: Report) -> int:
    report("Au travail", 0.5, best=1)
    return 2 * int(job.arguments["number"])


def refused(job: Job, report: Report) -> None:
    raise InputError("Le nombre manque", remedy="en donner un")


def broken(job: Job, report: Report) -> None:
    raise ZeroDivisionError


def asks_for_a_right(job: Job, report: Report) -> None:
    worker.actor_of(job).require("roadmap.plan", job.node)


def not_ours(job: Job, report: Report) -> int:
    """Meanwhile, it was given up for dead."""
    Job.objects.of(job.node).filter(pk=job.pk).update(state=Job.State.FAILED)
    return 1


def kept(job: Job, found: int) -> dict[str, int]:
    Membership.objects.filter(user=job.created_by).update(starts_on=dt.date(2020, 1, 1))  # some write
    return {"found": found}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    for name in ("double", "refused", "broken", "asks_for_a_right"):
        kinds.register(kinds.Kind(name, name, f"{HERE}.{name}"))
    kinds.register(kinds.Kind("not_ours", "", f"{HERE}.not_ours", f"{HERE}.kept"))
    kinds.register(kinds.Kind("kept", "", f"{HERE}.double", f"{HERE}.kept"))


def ask(world: World, kind: str = "double", target: str = "chose:1", **arguments: Any) -> Job:
    return actions.enqueue(Actor.of(world.alice), world.hospital.node, kind, arguments, target=target)


def run_one(world: World) -> Job:
    job = worker.claim("moi")
    assert job is not None
    worker.perform(job)
    return Job.objects.of(job.node).get(pk=job.pk)


def test_asked_taken_done(world: World) -> None:
    asked = ask(world, number=21)
    entry = Entry.objects.filter(verb="job.start").get()
    assert (entry.user, entry.after) == (world.alice, {"kind": "double", "about": "chose:1", "number": 21})
    job = run_one(world)
    assert (job.pk, job.state, job.result, job.progress) == (asked.pk, "done", 42, 1.0)
    assert (job.stage, job.figures) == ("Au travail", {"best": 1})
    assert worker.claim("moi") is None


def test_what_is_written_is_written_with_the_end(world: World) -> None:
    ask(world, "kept", number=4)
    assert run_one(world).result == {"found": 8}
    assert Membership.objects.filter(user=world.alice, starts_on__isnull=False).count() == 1


def test_what_is_no_longer_ours_writes_nothing(world: World) -> None:
    ask(world, "not_ours")
    job = run_one(world)
    assert (job.state, job.result) == ("failed", None)
    assert not Membership.objects.filter(user=world.alice, starts_on__isnull=False).exists()


@pytest.mark.parametrize(
    ("kind", "said"),
    [("refused", "Le nombre manque ; en donner un."), ("broken", worker.BROKEN), ("double", worker.BROKEN)],
)
def test_a_failure_is_said(world: World, kind: str, said: str) -> None:
    ask(world, kind)
    job = run_one(world)
    assert job.state == "failed"
    assert job.error.rstrip(".") == said.rstrip(".")


def test_a_kind_of_another_version(world: World) -> None:
    ask(world, number=1)
    kinds._kinds.clear()
    assert run_one(world).error == worker.UNKNOWN
    with pytest.raises(LookupError):
        ask(world, target="autre")


def test_rights_are_those_of_the_moment(world: World) -> None:
    ask(world, "asks_for_a_right")
    Membership.objects.filter(user=world.alice).delete()
    job = run_one(world)
    assert job.state == "failed"
    assert "pas le droit" in job.error


def test_the_same_one_twice_and_too_many(world: World) -> None:
    for number in range(limits().waiting):
        ask(world, target=f"chose:{number}", number=number)
    with pytest.raises(InputError, match="déjà en cours"):
        ask(world, target="chose:0", number=1)
    with pytest.raises(InputError, match="calculs en cours ou en attente"):
        ask(world, target="chose:9", number=1)
    actions.enqueue(Actor.of(world.charlie), world.elsewhere.node, "double", {"number": 1})


def test_an_organisation_lets_the_others_pass(world: World) -> None:
    """One at once, whatever waits; then the oldest first."""
    first, second = ask(world, target="chose:1", number=1), ask(world, target="chose:2", number=2)
    theirs = actions.enqueue(Actor.of(world.charlie), world.elsewhere.node, "double", {"number": 3})
    taken = [worker.claim(f"ouvrier {n}") for n in range(3)]
    assert [job and job.pk for job in taken] == [first.pk, theirs.pk, None]
    assert taken[0] is not None
    worker.perform(taken[0])
    again = worker.claim("ouvrier 0")
    assert again is not None
    assert again.pk == second.pk


def test_stopping_what_waits_and_what_runs(world: World) -> None:
    alice, node = Actor.of(world.alice), world.hospital.node
    waiting = ask(world, number=1)
    actions.ask_to_stop(alice, node, waiting)
    assert waiting.state == "stopped"
    assert worker.claim("moi") is None
    ask(world, number=1)
    job = worker.claim("moi")
    assert job is not None
    actions.ask_to_stop(alice, node, job)
    assert job.state == "stopping"
    report = Report(job)
    report.flush()
    assert report("Encore", 0.1) is True
    worker.perform(job)
    job = Job.objects.of(node).get(pk=job.pk)
    assert (job.state, job.result) == ("stopped", 2)
    actions.ask_to_stop(alice, node, job)
    assert job.state == "stopped"
    assert Entry.objects.filter(verb="job.stop").count() == 2


def test_a_report_costs_nothing_until_it_is_written(world: World, django_assert_num_queries: Any) -> None:
    ask(world, number=1)
    job = worker.claim("moi")
    assert job is not None
    report = Report(job)
    with django_assert_num_queries(0):
        for step in range(1000):
            report("On cherche", step / 1000, best=step, bound=2000)
    report.flush()
    job.refresh_from_db(from_queryset=Job.objects.of(job.node))
    assert (job.progress, job.figures) == (0.999, {"best": 999, "bound": 2000})
    with pytest.raises(ValueError, match="JSON"):
        report("On cherche", 2.0, best=float("nan"))


def test_silence_is_an_interruption(world: World) -> None:
    ask(world, number=1)
    job = worker.claim("moi")
    assert job is not None
    node = world.hospital.node
    assert queries.latest(node, "double", "chose:1").state == "running"  # type: ignore[union-attr]
    old = timezone.now() - limits().stale - dt.timedelta(seconds=1)
    Job.objects.of(node).update(heartbeat_at=old)
    assert queries.stuck() == 1
    assert any(line.subject == "Calculs" for line in health._jobs())
    found = queries.latest(node, "double", "chose:1")
    assert found is not None
    assert (found.state, found.error) == ("failed", actions.INTERRUPTED)
    assert queries.stuck() == 0
    ask(world, number=1)
    worker.perform(job)  # the one that was thought dead comes back: nothing of it is kept
    assert [row.state for row in queries.of_target(node, "double", "chose:1")] == ["waiting", "failed"]


def test_what_ended_long_ago_is_removed(world: World) -> None:
    ask(world, number=1)
    done = run_one(world)
    ask(world, number=2)
    assert actions.purge() == 0
    Job.objects.of(done.node).filter(pk=done.pk).update(finished_at=timezone.now() - limits().keep)
    assert actions.purge() == 1
    assert [row.state for row in Job.objects.of(done.node).order_by("id")] == ["waiting"]


def test_a_worker_is_started_after_the_transaction_and_only_once(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    started: list[Any] = []

    class Program:
        def __init__(self, command: Any, **_how: Any) -> None:
            started.append(command)

        def poll(self) -> None:
            return None

    monkeypatch.setattr(starting.subprocess, "Popen", Program)
    monkeypatch.setattr(starting, "_children", [])
    settings.JOBS_HERE = True
    with django_capture_on_commit_callbacks(execute=True):
        ask(world, number=1)
        assert started == []
    assert started == [starting.COMMAND]
    from carene.core.backup import lock

    held = lock.hold(settings.VAR, starting.WORKER)
    assert held is not None
    starting.wake()
    assert len(started) == 1, "there is a worker already"
    import os

    os.close(held)
    queries.latest(world.hospital.node, "double", "chose:1")
    assert len(started) == 2, "somebody looks at a job that nobody takes"
    for _ in range(3):
        queries.latest(world.hospital.node, "double", "chose:1")
    assert len(started) == 2, "those two have not had the time to take it yet"


def test_a_stranger_is_never_told(world: World) -> None:
    job = ask(world, number=1)
    assert list(Job.objects.visible_to(Actor.of(world.charlie), "roadmap.view")) == []
    assert list(Job.objects.visible_to(Actor.of(world.bob), "roadmap.view")) == [job]
    with pytest.raises(PermissionDenied):
        Actor.of(world.bob).require("roadmap.plan", job.node)
