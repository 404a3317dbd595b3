# SPDX-License-Identifier: EUPL-1.2
"""What a computation says of itself while it runs, and how it learns that it should stop."""

from __future__ import annotations

import contextvars
import logging
import threading
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from carene.core.database.writes import atomic_write
from carene.core.jobs.models import Job, plain
from carene.core.row_security import scope

log = logging.getLogger(__name__)
BREATH = 0.5  # seconds between two writes
SIGN_OF_LIFE = 5.0  # seconds without anything new after which one is given all the same


class Report:
    """``report(stage, share, **figures)`` costs nothing, from any thread: another one writes, every ``BREATH``.

    Gives whether one should stop: somebody asked for it, or the job is no longer ours.
    """

    def __init__(self, job: Job) -> None:
        self.job, self.lost = job, False
        self._mutex = threading.Lock()
        self._stage, self._share = "", 0.0
        self._figures: dict[str, Any] = {}
        self._fresh = False
        self._stop = threading.Event()
        self._over = threading.Event()
        self._written = 0.0

    def __call__(self, stage: str, share: float, **figures: Any) -> bool:
        with self._mutex:
            self._stage, self._share = stage[:200], min(1.0, max(0.0, share))
            self._figures |= plain(figures)
            self._fresh = True
        return self.stopping

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def flush(self) -> None:
        """Writes what is new, as a sign of life too; reads whether one asked to stop."""
        with self._mutex:
            values: dict[str, Any] = {"heartbeat_at": timezone.now()}
            if self._fresh:
                values |= {"stage": self._stage, "progress": self._share, "figures": dict(self._figures)}
                self._fresh = False
        with scope.everything("a worker writes the job that it holds"):
            with atomic_write():
                ours = held(self.job).update(**values)
            state = Job.objects.of(self.job.node).filter(pk=self.job.pk).values_list("state", flat=True).first()
        self.lost = not ours
        if self.lost or state == Job.State.STOPPING:
            self._stop.set()

    def __enter__(self) -> Report:
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._breathe,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _breathe(self) -> None:
        silence = 0.0
        while not self._over.wait(BREATH):
            silence += BREATH
            try:
                if self._fresh or silence >= SIGN_OF_LIFE:
                    self.flush()
                    silence = 0.0
                elif not self._stop.is_set():
                    self._look()
            except DatabaseError:  # the next breath tries again; when none succeeds, the job is no longer ours
                log.warning("job %s could not say how far it is", self.job.pk, exc_info=True)
                connection.close()
        connection.close()

    def _look(self) -> None:
        with scope.everything("a worker reads the job that it holds"):
            if not held(self.job).filter(state=Job.State.RUNNING).exists():
                self._stop.set()


def held(job: Job) -> Any:
    """The row of this job, as long as this worker holds it."""
    return Job.objects.of(job.node).filter(pk=job.pk, worker=job.worker, state__in=Job.HELD)
