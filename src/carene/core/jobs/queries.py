# SPDX-License-Identifier: EUPL-1.2
"""Reading jobs."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from carene.core.jobs import actions, starting
from carene.core.jobs.limits import limits
from carene.core.jobs.models import Job, silent
from carene.core.row_security import scope
from carene.core.tenancy.models import Node


def of_target(node: Node, kind: str, target: str) -> QuerySet[Job]:
    """Jobs of this kind about ``target``, latest first."""
    return Job.objects.of(node).filter(kind=kind, target=target).order_by("-id")


def latest(node: Node, kind: str, target: str) -> Job | None:
    """The last one, whatever became of it; one query while all is well."""
    job = of_target(node, kind, target).first()
    return None if job is None else attended(node, job)


def attended(node: Node, job: Job) -> Job:
    """The same, once what its worker left behind is tidied up: somebody is looking at it."""
    if job.silent_at(timezone.now(), limits().stale):
        actions.interrupt_silent(node)
        job.refresh_from_db(from_queryset=Job.objects.of(node))
    elif job.state == Job.State.WAITING:
        starting.wake()
    return job


def stuck() -> int:
    """Jobs whose worker is gone, in the whole installation."""
    with scope.everything("health of the whole installation"):
        rows = Job.objects.unscoped("health of the whole installation")
        return rows.filter(silent(timezone.now(), limits().stale)).count()


def waiting() -> int:
    """Jobs that nobody has taken yet, in the whole installation."""
    with scope.everything("a worker asks whether there is something to do"):
        return Job.objects.unscoped("those of every organisation").filter(state=Job.State.WAITING).count()
