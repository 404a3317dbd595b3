# SPDX-License-Identifier: EUPL-1.2
"""Campaigns: what is asked of whom and for when, what was said, what each closing found."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager


class Campaign(models.Model):
    """``audience``: see ``audience.Audience``. ``reminders``: days from the last one, negative before it."""

    class State(models.TextChoices):
        DRAFT = "draft", "en préparation"
        OPEN = "open", "ouverte"
        CLOSED = "closed", "close"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")  # the GHT, the region, the nation
    title = models.CharField("titre", max_length=160)
    message = models.TextField("message", max_length=4000, blank=True)
    referential = models.CharField(max_length=120)  # « care » or « imported:<pk> »
    version = models.CharField(max_length=30)
    audience = models.JSONField(default=dict)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")  # that day included
    reminders = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=1)  # one more at each change: what one decides on is what one saw
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = ScopedManager["Campaign"]()

    class Meta:
        verbose_name = "campagne"
        ordering = ["-starts_on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_dates")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Participant(models.Model):
    """An establishment concerned since ``joined_at``, or kept apart with the reason. Found at the opening, kept."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="participants")
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    extended_to = models.DateField("prolongée jusqu'au", null=True)
    extension_reason = models.CharField("motif", max_length=300, blank=True)
    excluded = models.CharField("motif", max_length=300, blank=True)  # not empty: it is not asked, and this is why

    objects = ScopedManager["Participant"]()

    class Meta:
        verbose_name = "participant"
        ordering = ["campaign_id", "node_id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "node"], name="participant_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.node_id}"


class Comment(models.Model):
    """``node`` says who reads it: that of the campaign, everyone in it; that of an establishment, both sides."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="comments")
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    text = models.TextField("message", max_length=2000)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    answers = models.BooleanField(default=False)  # written by the establishment

    objects = ScopedManager["Comment"]()

    class Meta:
        verbose_name = "message d'une campagne"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:60]


class Closing(models.Model):
    """What a campaign found when it was closed, for the ``number``-th time. Never changed (``triggers``).

    ``figures``: shape in ``freezing.figures``; ``comparison``: in ``freezing.comparison``, None without one before.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="closings")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    figures = models.JSONField()
    comparison = models.JSONField(null=True)

    class Meta:
        verbose_name = "clôture"
        ordering = ["campaign_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="closing_number")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.number}"


class Outcome(models.Model):
    """One participant on that day, as it was called and where it stood then. Never changed (``triggers``).

    ``levels``: what it answered; only used together with others, or for who reads the answers of all.
    """

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="outcomes")
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    group = models.CharField(max_length=200, blank=True)
    type = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10)
    handed_on = models.DateField(null=True)
    late = models.BooleanField()
    step = models.PositiveSmallIntegerField(null=True)
    overall = models.FloatField(null=True)
    coverage = models.FloatField(null=True)
    axes = models.JSONField(default=dict)
    levels = models.JSONField(default=dict)

    objects = ScopedManager["Outcome"]()

    class Meta:
        verbose_name = "résultat d'une campagne"
        ordering = ["closing_id", "name", "id"]
        constraints = [models.UniqueConstraint(fields=["closing", "node"], name="outcome_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
