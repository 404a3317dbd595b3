# SPDX-License-Identifier: EUPL-1.2
"""A computation asked for by someone, for an organisation: what, how far, what was found."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager


class Job(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "en attente"
        RUNNING = "running", "en cours"
        STOPPING = "stopping", "s'arrête"
        DONE = "done", "terminé"
        FAILED = "failed", "échoué"
        STOPPED = "stopped", "arrêté"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    target = models.CharField(max_length=120, blank=True)  # what it is about: "scenario:12"
    arguments = models.JSONField(default=dict)
    state = models.CharField("état", max_length=10, choices=State, default=State.WAITING)
    progress = models.FloatField("avancement", default=0)  # 0 to 1
    stage = models.CharField("étape", max_length=200, blank=True)  # French sentence
    figures = models.JSONField(default=dict)  # what is known so far
    result = models.JSONField(null=True)
    error = models.CharField(max_length=500, blank=True)  # French sentence, when it failed
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)  # the last sign of life of its worker
    worker = models.CharField(max_length=40, blank=True)  # who holds it; nobody else may write it
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["Job"]()

    OPEN = (State.WAITING, State.RUNNING, State.STOPPING)
    HELD = (State.RUNNING, State.STOPPING)

    class Meta:
        verbose_name = "calcul"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["state", "created_at"], name="job_next"),
            models.Index(fields=["node", "target", "-id"], name="job_target"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "kind", "target"],
                condition=models.Q(state__in=["waiting", "running", "stopping"]),
                name="job_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target} {self.state}"

    @property
    def open(self) -> bool:
        return self.state in self.OPEN

    @property
    def seconds(self) -> float:
        """How long it ran."""
        if self.started_at is None or self.finished_at is None:
            return 0.0
        return (self.finished_at - self.started_at).total_seconds()

    def silent_at(self, now: dt.datetime, after: dt.timedelta) -> bool:
        """Held by a worker that gave no sign of life."""
        return self.state in self.HELD and (self.heartbeat_at is None or self.heartbeat_at < now - after)


class DailyRun(models.Model):
    """What became of a daily task on a day; see ``core.jobs.daily``. Of no organisation."""

    name = models.CharField(max_length=60)
    day = models.DateField()
    at = models.DateTimeField()
    seconds = models.FloatField()
    failed = models.BooleanField(default=False)
    said = models.CharField(max_length=500, blank=True)  # French: what was done, or what broke

    class Meta:
        verbose_name = "entretien du jour"
        ordering = ["day", "name"]
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="daily_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"


def silent(now: dt.datetime, after: dt.timedelta) -> models.Q:
    """``Job.silent_at`` as a condition."""
    return models.Q(state__in=Job.HELD) & (models.Q(heartbeat_at=None) | models.Q(heartbeat_at__lt=now - after))


def plain(value: Any) -> Any:
    """Refuses at once what JSON would refuse at the end of ten minutes. Raises ValueError or TypeError."""
    import json

    return json.loads(json.dumps(value, allow_nan=False))
