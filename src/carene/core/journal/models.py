# SPDX-License-Identifier: EUPL-1.2
"""What was done, by whom, on what. Rows are only ever added, and each one seals the one before it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from carene.core.tenancy.models import Node


class Entry(models.Model):
    """A row of the chain of its node (None: what belongs to no organisation is a chain too).

    ``seq`` counts from 1 in each chain; ``hash`` covers every field and ``previous``, the hash of the row before
    (``sealing.digest``). The database itself refuses to change or remove a row (``triggers``).
    """

    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=160)  # the name as it was then
    node = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    target = models.CharField(max_length=120)  # "answer:12:GOV.1.1"
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    origin = models.CharField(max_length=10)
    address = models.CharField(max_length=45, blank=True)
    seq = models.PositiveBigIntegerField(default=0)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "ligne du journal"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["target", "-id"], name="journal_target"),
            models.Index(fields=["node", "-id"], name="journal_node"),
            models.Index(fields=["node", "user", "-id"], name="journal_node_user"),
            models.Index(fields=["node", "verb", "-id"], name="journal_node_verb"),
            models.Index(fields=["node", "at"], name="journal_node_at"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["node", "seq"], name="journal_chain"),
            models.UniqueConstraint(fields=["seq"], condition=Q(node=None), name="journal_chain_of_none"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.verb} {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        message = "journal entries are written by record and record_many only"
        raise TypeError(message)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        message = "journal entries are never removed"
        raise TypeError(message)


class Head(models.Model):
    """Where each chain stands. Moved by a trigger of the database, never by the application."""

    node = models.OneToOneField(Node, models.PROTECT, null=True, related_name="journal_head")
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "tête du journal"
        ordering = ["id"]
        # Two NULLs are never equal for a unique index: 0, which is no node, stands for « none ».
        constraints = [models.UniqueConstraint(Coalesce("node", Value(0)), name="journal_one_head")]

    def __str__(self) -> str:
        return f"{self.node_id}: {self.seq}"
