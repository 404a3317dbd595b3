# SPDX-License-Identifier: EUPL-1.2
"""Writes on jobs that people ask for. The right to ask is that of the action which calls: it has required it before."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.jobs import kinds, starting
from carene.core.jobs.limits import limits
from carene.core.jobs.models import Job, plain, silent
from carene.core.journal.writer import record
from carene.core.row_security import scope
from carene.core.tenancy.models import Node
from carene.engines.sources import InputError

INTERRUPTED = "Interrompu par un arrêt du serveur"


def enqueue(actor: Actor, node: Node, kind: str, arguments: dict[str, Any], *, target: str = "") -> Job:
    """A job that a worker will take. Raises InputError: the same one is under way, or too many are."""
    kinds.get(kind)
    with atomic_write():
        Node.hold(node.pk)
        interrupt_silent(node)
        waiting = list(Job.objects.of(node).filter(state__in=Job.OPEN).order_by("id"))
        if any(job.kind == kind and job.target == target for job in waiting):
            raise InputError("Ce calcul est déjà en cours", remedy="attendre sa fin, ou l'arrêter")
        if len(waiting) >= limits().waiting:
            raise InputError(
                f"L'établissement a déjà {len(waiting)} calculs en cours ou en attente",
                remedy="attendre la fin de l'un d'eux, ou l'arrêter",
            )
        job = Job.objects.create(node=node, kind=kind, target=target, arguments=plain(arguments), created_by=actor.user)
        record(actor, "job.start", node, journal_target(job), None, {"kind": kind, "about": target, **job.arguments})
        transaction.on_commit(starting.wake)
    return job


def ask_to_stop(actor: Actor, node: Node, job: Job) -> None:
    """What waits ends at once; what runs ends at the next breath of its computation, and keeps the best it has.

    Nothing happens to what has ended.
    """
    with atomic_write():
        rows = Job.objects.of(node).filter(pk=job.pk)
        now = timezone.now()
        stopped = rows.filter(state=Job.State.WAITING).update(state=Job.State.STOPPED, finished_at=now)
        if stopped or rows.filter(state=Job.State.RUNNING).update(state=Job.State.STOPPING):
            record(actor, "job.stop", node, journal_target(job), None, {"kind": job.kind, "about": job.target})
    job.refresh_from_db(from_queryset=Job.objects.of(node))


def interrupt_silent(node: Node | None = None) -> int:
    """What no worker holds any more has failed, and can be asked for again; how many. None: of every organisation."""
    with scope.everything("signs of life are looked at whoever asks"):
        rows = Job.objects.of(node) if node else Job.objects.unscoped("those of every organisation")
        now = timezone.now()
        lost = rows.filter(silent(now, limits().stale))
        if not lost.exists():  # nearly always: nobody then waits for the writer
            return 0
        with atomic_write():
            return lost.update(state=Job.State.FAILED, error=INTERRUPTED, finished_at=now)


def purge() -> int:
    """Removes what ended long ago; how many."""
    with scope.everything("old jobs of every organisation are removed"), atomic_write():
        old = Job.objects.unscoped("those of every organisation").exclude(state__in=Job.OPEN)
        return old.filter(finished_at__lt=timezone.now() - limits().keep).delete()[0]


def journal_target(job: Job) -> str:
    return f"job:{job.pk}"
