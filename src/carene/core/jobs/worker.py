# SPDX-License-Identifier: EUPL-1.2
"""A process that takes jobs one by one. Two of them never run the same one; the rights are those of who asked."""

from __future__ import annotations

import logging
import time
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import close_old_connections, connection
from django.db.models import Count
from django.utils import timezone

from carene.core.access.actor import Actor
from carene.core.access.middleware import acting
from carene.core.database.writes import atomic_write
from carene.core.jobs import actions, kinds
from carene.core.jobs.chores import Upkeep
from carene.core.jobs.limits import limits
from carene.core.jobs.models import Job, plain
from carene.core.jobs.reporting import Report, held
from carene.core.row_security import scope
from carene.engines.sources import InputError

log = logging.getLogger(__name__)
UNKNOWN = "Cette version ne sait pas faire ce calcul ; le relancer après la mise à jour"
BROKEN = "Une erreur inattendue a arrêté le calcul ; elle est dans le journal du serveur"
LOOK = 1.0  # seconds between two looks when there is nothing to do


class Lost(RuntimeError):
    """The job was given up for dead, or taken from us: what was found must not be written."""


def claim(worker: str) -> Job | None:
    """The oldest job that may run now, from this moment ours; None when there is none."""
    with scope.everything("a worker takes the next job, whoever asked for it"), atomic_write():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # workers choose in turn; on SQLite, writers do anyway
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('carene jobs'))")
        rows = Job.objects.unscoped("those of every organisation")
        running = rows.filter(state__in=Job.HELD).order_by("node_id").values("node_id").annotate(count=Count("pk"))
        full = [row["node_id"] for row in running if row["count"] >= limits().at_once]
        next_ones = rows.filter(state=Job.State.WAITING).exclude(node_id__in=full).order_by("created_at", "id")
        job = next_ones.select_related("node", "created_by").first()
        now = timezone.now()
        taken = {"state": Job.State.RUNNING, "worker": worker, "started_at": now, "heartbeat_at": now}
        if job is None or not rows.filter(pk=job.pk, state=Job.State.WAITING).update(**taken):
            return None
        for key, value in taken.items():
            setattr(job, key, value)
        return job


def perform(job: Job) -> None:
    """Runs a job that is ours to its end, whatever it is; what it says of itself is written meanwhile."""
    try:
        kind = kinds.get(job.kind)
    except LookupError:
        _end(job, Job.State.FAILED, error=UNKNOWN)
        return
    report = Report(job)
    try:
        with scope.nothing(), report:
            acting(actor_of(job))
            found = kind.runner()(job, report)
        if not connection.in_atomic_block:
            close_old_connections()  # minutes have gone by
        _finish(job, kind, found, report)
    except Lost:
        log.warning("job %s was no longer ours when it ended", job.pk)
    except InputError as error:
        _end(job, Job.State.FAILED, error=error.sentence)
    except PermissionDenied as error:
        _end(job, Job.State.FAILED, error=str(error))
    except Exception:  # a job that breaks must not take those which wait with it
        log.exception("job %s (%s) broke", job.pk, job.kind)
        _end(job, Job.State.FAILED, error=BROKEN)


def _finish(job: Job, kind: kinds.Kind, found: Any, report: Report) -> None:
    """What was found and the end of the job are written together, or not at all."""
    report.flush()
    keep = kind.keeper()
    with scope.nothing():
        acting(actor_of(job))
        with atomic_write():
            result = keep(job, found) if keep else found
            state = Job.State.STOPPED if report.stopping else Job.State.DONE
            if not _end(job, state, result=plain(result), progress=1.0):
                raise Lost


def _end(job: Job, state: str, **values: Any) -> bool:
    """False when the job was not ours any more."""
    with scope.everything("a worker writes the job that it holds"), atomic_write():
        return bool(held(job).update(state=state, finished_at=timezone.now(), **values))


def actor_of(job: Job) -> Actor:
    """With what this person holds now: rights taken back while the job waited are taken back from it too."""
    return Actor.of(job.created_by, origin="job") if job.created_by else Actor.system("job")


def interrupt(worker: str) -> None:
    """The server stops: what this worker holds has failed, and says why."""
    with scope.everything("a worker writes the job that it holds"), atomic_write():
        rows = Job.objects.unscoped("those of this worker").filter(worker=worker, state__in=Job.HELD)
        rows.update(state=Job.State.FAILED, error=actions.INTERRUPTED, finished_at=timezone.now())


def name() -> str:
    return uuid.uuid4().hex


def work(worker: str, *, until_idle: bool, linger: float = 5.0) -> None:
    """Takes jobs as they come, chores beside them. ``until_idle``: ends once nothing came for ``linger`` seconds."""
    actions.interrupt_silent()
    actions.purge()
    with Upkeep() as upkeep:
        _take(worker, upkeep, until_idle=until_idle, linger=linger)


def _take(worker: str, upkeep: Upkeep, *, until_idle: bool, linger: float) -> None:
    idle_since = time.monotonic()
    while True:
        job = claim(worker)
        if job is not None:
            perform(job)
            idle_since = time.monotonic()
            continue
        if not upkeep.idle:
            idle_since = time.monotonic()
        if until_idle and time.monotonic() - idle_since >= linger:
            return
        time.sleep(LOOK)
        close_old_connections()
        actions.interrupt_silent()
