# SPDX-License-Identifier: EUPL-1.2
"""Letters to people about an organisation, and what each one was told: the same thing is never told twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager


class Letter(models.Model):
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)  # « governance.calendar »
    verb = models.CharField(max_length=40)  # the right to what it speaks of; without it any more, it does not leave
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("texte")
    posted_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)  # tried again from then on
    error = models.CharField(max_length=60, blank=True)  # the last refusal, until it is taken
    dropped = models.CharField(max_length=100, blank=True)  # French: why it does not leave any more

    objects = ScopedManager["Letter"]()

    class Meta:
        verbose_name = "courriel"
        ordering = ["-posted_at", "-id"]
        indexes = [
            models.Index(fields=["node", "kind", "-posted_at"], name="letter_of_place"),
            models.Index(fields=["posted_at"], condition=models.Q(sent_at=None, dropped=""), name="letter_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.node_id} → {self.user_id}"

    @property
    def state_words(self) -> str:
        if self.sent_at:
            return "envoyé"
        if self.dropped:
            return f"non envoyé, {self.dropped}"
        if self.error:
            return "pas encore parti, sera retenté"
        return "envoi interrompu, peut-être reçu" if self.tried_at else "en attente"


class Mention(models.Model):
    """One thing that a letter told: « duty:pssi:2026-12-01:late »."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    letter = models.ForeignKey(Letter, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    item = models.CharField(max_length=120)

    objects = ScopedManager["Mention"]()

    class Meta:
        ordering = ["letter_id", "item"]
        constraints = [models.UniqueConstraint(fields=["node", "user", "kind", "item"], name="letter_told_once")]

    def __str__(self) -> str:
        return self.item
