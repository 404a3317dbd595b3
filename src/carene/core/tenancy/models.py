# SPDX-License-Identifier: EUPL-1.2
"""The tree as bare nodes, and who holds which role on a node. What a node is stands in apps/organisations."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from carene.core.row_security import scope


def under(path: str, field: str = "path") -> Q:
    """Condition "this node or below it". A range, not LIKE: both databases use the index for it."""
    return Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + chr(ord(path[-1]) + 1)})


class Node(models.Model):
    """``path`` is the chain of ids from the root, each followed by a slash: ``"1/7/42/"``."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    path = models.CharField(max_length=255, unique=True, editable=False)

    class Meta:
        verbose_name = "nœud"
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is None:
            self.path = f"~{id(self)}"  # unique for the moment between insertion and knowing the id
            super().save(*args, **kwargs)
            self.path = f"{self.parent.path if self.parent else ''}{self.pk}/"
            super().save(update_fields=["path"])
            return
        super().save(*args, **kwargs)

    @classmethod
    def hold(cls, pk: int) -> None:
        """Until the end of the transaction, whoever holds the same node waits: for rules about several rows at once.

        On SQLite every writer waits anyway.
        """
        with scope.everything("a root may be held to decide on a leaf; nothing is shown"):
            cls.objects.select_for_update(no_key=True).filter(pk=pk).order_by("pk").first()

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root to this node included."""
        return [int(part) for part in self.path.split("/") if part]


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    node = models.ForeignKey(Node, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20)
    starts_on = models.DateField("à partir du", null=True)  # both days included; None: no limit on that side
    ends_on = models.DateField("jusqu'au", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "droit"
        ordering = ["user_id", "node_id", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "node", "role"], name="membership_unique"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="membership_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.node}"


def in_force(today: dt.date) -> Q:
    """Condition "this membership gives its role on that day"."""
    return (Q(starts_on=None) | Q(starts_on__lte=today)) & (Q(ends_on=None) | Q(ends_on__gte=today))
