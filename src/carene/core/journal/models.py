# SPDX-License-Identifier: EUPL-1.2
"""What was done, by whom, on what. Rows are only ever added."""

from typing import Any

from django.conf import settings
from django.db import models

from carene.core.tenancy.models import Node


class Entry(models.Model):
    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=160)  # the name as it was then
    node = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    target = models.CharField(max_length=120)  # "answer:12:GOV.1.1"
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    origin = models.CharField(max_length=10)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        verbose_name = "ligne du journal"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["target", "-id"], name="journal_target"),
            models.Index(fields=["node", "-id"], name="journal_node"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.verb} {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            message = "journal entries are never changed"
            raise TypeError(message)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        message = "journal entries are never removed"
        raise TypeError(message)
