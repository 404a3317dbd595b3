# SPDX-License-Identifier: EUPL-1.2
"""Programs of the tests of jobs, in processes of their own: ``python -m tests.core.jobs_lab NAME …``.

They work on real databases, with the ordinary settings; some of them are killed.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carene.config.settings")


# What is computed: registered under the name « essai ».


def slow(job: Any, report: Any) -> list[int]:
    """Counts until it is asked to stop; each of its steps leaves a mark on the disk, with the process that did it."""
    found: list[int] = []
    for step in range(job.arguments["steps"]):
        with Path(job.arguments["marks"]).open("a", encoding="utf-8") as marks:
            marks.write(f"{job.pk} {os.getpid()}\n")
        found.append(step)
        if report(f"Étape {step}", step / job.arguments["steps"], best=step):
            break
        time.sleep(job.arguments["pause"])
    return found


def keep(job: Any, found: list[int]) -> dict[str, int]:
    from carene.core.jobs.worker import actor_of
    from carene.core.journal.writer import record

    record(actor_of(job), "essai.fait", job.node, "essai", None, {"steps": len(found)})
    return {"steps": len(found)}


def _register() -> None:
    from carene.core.jobs.kinds import Kind, register

    register(Kind("essai", "Un essai", "tests.core.jobs_lab.slow", "tests.core.jobs_lab.keep"))


# Programs


def build(organisations: str) -> None:
    """An empty base with some organisations; prints their keys."""
    from django.core.management import call_command

    from carene.core.access.actor import Actor
    from carene.core.row_security.installing import install

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    install()
    from carene.apps.organisations import actions

    actor = Actor.system()
    found = [actions.create(actor, None, kind="entity", name=f"Hôpital {n}").pk for n in range(int(organisations))]
    print(json.dumps(found))


def ask(nodes: str, marks: str, steps: str, pause: str) -> None:
    """Enqueues a job for each node (« 1,2 »), without starting a worker; prints their keys."""
    from django.conf import settings

    from carene.core.access.actor import Actor
    from carene.core.jobs.actions import enqueue
    from carene.core.tenancy.models import Node

    settings.JOBS_HERE = False
    arguments = {"marks": marks, "steps": int(steps), "pause": float(pause)}
    actor, rows = Actor.system(), Node.objects.order_by("pk")
    print(json.dumps([enqueue(actor, rows.get(pk=node), "essai", arguments).pk for node in nodes.split(",")]))


def work() -> None:
    """``carene work --until-idle``, with a short patience."""
    from carene.cli import main
    from carene.core.jobs import worker

    once = worker.work
    worker.work = lambda name, *, until_idle: once(name, until_idle=until_idle, linger=0.2)
    main.main(["work", "--until-idle"])


def take() -> None:
    """Another worker, which asks nobody whether there is one already."""
    from carene.core.jobs import worker

    worker.work(worker.name(), until_idle=True, linger=0.2)


def tidy() -> None:
    """As if the sign of life were old: what is looked at is tidied up."""
    import datetime as dt

    from carene.core.jobs import actions, limits
    from carene.core.jobs.models import Job

    held = Job.objects.unscoped("the test looks").filter(state__in=Job.HELD)
    for row in held.order_by("id"):
        held.filter(pk=row.pk).update(
            heartbeat_at=row.heartbeat_at - dt.timedelta(seconds=limits.limits().stale_seconds)
        )
    print(json.dumps(actions.interrupt_silent()))


def stop(key: str) -> None:
    from carene.core.access.actor import Actor
    from carene.core.jobs.actions import ask_to_stop
    from carene.core.jobs.models import Job

    job = Job.objects.unscoped("the test looks").select_related("node").get(pk=key)
    ask_to_stop(Actor.system(), job.node, job)


def main() -> None:
    import django

    django.setup()
    _register()
    from carene.core.row_security import roles, scope

    name = sys.argv[1]
    if name == "build":
        with roles.maintenance("the base of the test is made"):
            build(*sys.argv[2:])
    elif name == "work":
        work()
    elif name == "take":
        take()
    else:
        with scope.everything("a test prepares and looks"):
            {"ask": ask, "tidy": tidy, "stop": stop}[name](*sys.argv[2:])


if __name__ == "__main__":
    main()
