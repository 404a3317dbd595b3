# SPDX-License-Identifier: EUPL-1.2
"""What is opened for a time to someone above or beside: shares, and the requests for them."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from carene.core.access.policy import OFFICERS, shared
from carene.core.tenancy.models import Membership, Node, in_force
from carene.core.tenancy.scoped import ScopedManager

User = settings.AUTH_USER_MODEL


class Share(models.Model):
    """A level of a node (and of what stands below it) opened until a day, to the officers of a node above or to one
    person."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    level = models.CharField(max_length=10)
    holder = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    reason = models.CharField("motif", max_length=300)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ends_on = models.DateField("jusqu'au")  # that day included
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["Share"]()

    class Meta:
        verbose_name = "partage"
        ordering = ["-given_at", "-id"]
        indexes = [
            models.Index(fields=["holder", "ends_on"], name="share_holder"),
            models.Index(fields=["user", "ends_on"], name="share_user"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(holder=None) ^ Q(user=None), name="share_with_one"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.node_id} → {self.holder_id or self.user}"

    def is_open(self, today: dt.date) -> bool:
        return self.revoked_at is None and self.ends_on >= today


class ShareRequest(models.Model):
    """An officer asks an establishment for a level; the establishment accepts, or refuses and says why; the officers
    may withdraw it before."""

    class State(models.TextChoices):
        PENDING = "pending", "en attente"
        ACCEPTED = "accepted", "acceptée"
        REFUSED = "refused", "refusée"
        WITHDRAWN = "withdrawn", "retirée"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    level = models.CharField(max_length=10)
    holder = models.ForeignKey(Node, models.PROTECT, related_name="+")  # for whose officers
    reason = models.CharField("motif", max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answer = models.CharField("réponse", max_length=300, blank=True)
    share = models.ForeignKey(Share, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["ShareRequest"]()

    class Meta:
        verbose_name = "demande de partage"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "holder", "level"], condition=Q(state="pending"), name="one_pending_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.node_id} ← {self.holder_id}"


def open_on(today: dt.date) -> Q:
    """Condition "this share is open"."""
    return Q(revoked_at=None, ends_on__gte=today)


def grants_of(user: Any) -> QuerySet[Any, tuple[str, str, dt.date | None]]:
    """(path, what it gives, last day) of every role in force and of every share open to this person: one query."""
    return _grants(user.pk, timezone.localdate()).all()


@lru_cache(maxsize=256)
def _grants(user: int, today: dt.date) -> QuerySet[Any, tuple[str, str, dt.date | None]]:
    """The question, never its answer: asked at every request, and longer to write than to be answered."""
    roles = Membership.objects.filter(in_force(today), user=user)
    offices = roles.filter(role__in=OFFICERS).order_by().values("node_id")
    shares = Share.objects.unscoped("what is open to one person").filter(
        open_on(today), Q(user=user) | Q(holder__in=offices)
    )
    named = Concat(Value(shared("")), F("level"), output_field=CharField())
    given = shares.annotate(gives=named).order_by().values_list("node__path", "gives", "ends_on")
    return roles.order_by().values_list("node__path", "role", "ends_on").union(given, all=True)
