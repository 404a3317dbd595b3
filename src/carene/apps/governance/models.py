# SPDX-License-Identifier: EUPL-1.2
"""How an establishment steers: money, people, committees and what they decide, documents, duties that come back.

Kinds are keys of ``packs/governance``. Nothing is destroyed: what is taken away keeps ``removed_at``.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager
from carene.engines import french
from carene.engines.governance.ratios import Held, Money

FULL_WEEK = 7 * 24  # hours


class Budget(models.Model):
    """Euros of one year: what was voted, then what was spent."""

    class Stage(models.TextChoices):
        VOTED = "voted", "voté"
        EXECUTED = "executed", "exécuté"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10, choices=Stage)
    operating = models.PositiveBigIntegerField(null=True)
    digital_operating = models.PositiveBigIntegerField(null=True)
    digital_investment = models.PositiveBigIntegerField(null=True)
    cyber_operating = models.PositiveBigIntegerField(null=True)
    cyber_investment = models.PositiveBigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)

    objects = ScopedManager["Budget"]()

    class Meta:
        verbose_name = "budget"
        ordering = ["-year", "stage", "id"]
        constraints = [models.UniqueConstraint(fields=["node", "year", "stage"], name="governance_budget_once")]

    def __str__(self) -> str:
        return f"{self.year} {self.get_stage_display()}"

    @property
    def money(self) -> Money:
        return Money(
            self.operating,
            self.digital_operating,
            self.digital_investment,
            self.cyber_operating,
            self.cyber_investment,
        )


class Post(models.Model):
    """A post of the DSI, of security, of data protection: held, shared, vacant or bought."""

    class State(models.TextChoices):
        NAMED = "named", "nommé"
        SHARED = "shared", "partagé"
        VACANT = "vacant", "vacant"
        PROVIDER = "provider", "prestataire"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=120, blank=True)
    skill = models.CharField(max_length=20, blank=True)  # key of the referential's skills
    state = models.CharField(max_length=10, choices=State)
    holder = models.CharField(max_length=120, blank=True)
    employer = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+")  # shared: who employs that person
    share_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # of their time, kept for here
    provider = models.CharField(max_length=120, blank=True)
    vacant_since = models.DateField(null=True)
    fte = models.DecimalField(max_digits=5, decimal_places=2)
    reports_to = models.CharField(max_length=120, blank=True)
    letter_on = models.DateField(null=True)  # mission letter
    removed_at = models.DateTimeField(null=True)

    objects = ScopedManager["Post"]()

    class Meta:
        verbose_name = "poste"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def fte_words(self) -> str:
        return french.with_unit(float(self.fte), "ETP")

    @property
    def held(self) -> Held:
        return Held(self.kind, self.skill, float(self.fte), self.state == self.State.VACANT)


class OnCall(models.Model):
    """An on-call duty: how many days a week, how many hours a day someone answers."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    days = models.PositiveSmallIntegerField()
    hours = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    removed_at = models.DateTimeField(null=True)

    objects = ScopedManager["OnCall"]()

    class Meta:
        verbose_name = "astreinte"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title

    @property
    def weekly_hours(self) -> int:
        return self.days * self.hours

    @property
    def always(self) -> bool:
        return self.weekly_hours == FULL_WEEK


class Committee(models.Model):
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    chair = models.CharField(max_length=120, blank=True)
    every_months = models.PositiveSmallIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = ScopedManager["Committee"]()

    class Meta:
        verbose_name = "instance"
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def every_words(self) -> str:
        return french.every(self.every_months) if self.every_months else ""


class Meeting(models.Model):
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="meetings")
    held_on = models.DateField()
    agenda = models.TextField(max_length=2000, blank=True)
    management = models.BooleanField(default=False)
    physicians = models.BooleanField(default=False)
    nursing = models.BooleanField(default=False)
    evidence_id = models.PositiveBigIntegerField(null=True)  # the minutes
    removed_at = models.DateTimeField(null=True)

    objects = ScopedManager["Meeting"]()

    class Meta:
        verbose_name = "réunion"
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["node", "-held_on"], name="governance_meeting_day")]

    def __str__(self) -> str:
        return f"{self.committee_id} {self.held_on}"


class Decision(models.Model):
    class State(models.TextChoices):
        OPEN = "open", "à suivre"
        DONE = "done", "faite"
        DROPPED = "dropped", "abandonnée"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    text = models.CharField(max_length=500)
    carrier = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    action_id = models.PositiveBigIntegerField(null=True)  # of the roadmap, when it became one
    removed_at = models.DateTimeField(null=True)

    objects = ScopedManager["Decision"]()

    class Meta:
        verbose_name = "décision"
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.text[:60]

    def late_on(self, today: dt.date) -> bool:
        return self.state == self.State.OPEN and self.due_on is not None and self.due_on < today


class Commitment(models.Model):
    """What the establishment has promised in a strategic text."""

    class State(models.TextChoices):
        GOING = "going", "en cours"
        KEPT = "kept", "tenu"
        GIVEN_UP = "given_up", "abandonné"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    target = models.CharField(max_length=300, blank=True)
    due_on = models.DateField(null=True)
    progress = models.CharField(max_length=500, blank=True)
    progress_on = models.DateField(null=True)
    owner = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.GOING)
    removed_at = models.DateTimeField(null=True)

    objects = ScopedManager["Commitment"]()

    class Meta:
        verbose_name = "engagement"
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.title


class PolicyDocument(models.Model):
    """A document that says how things are done, who approved it, and when it is to be read again."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=160)
    version = models.CharField(max_length=40, blank=True)
    approved_on = models.DateField(null=True)  # by the legal representative
    approved_by = models.CharField(max_length=120, blank=True)
    reviewed_on = models.DateField(null=True)
    review_months = models.PositiveSmallIntegerField(null=True)
    next_on = models.DateField(null=True)  # kept by the action: the last review plus the months
    evidence_id = models.PositiveBigIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = ScopedManager["PolicyDocument"]()

    class Meta:
        verbose_name = "document"
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def last_review(self) -> dt.date | None:
        return max((day for day in (self.approved_on, self.reviewed_on) if day is not None), default=None)


class DutyRecord(models.Model):
    """What was said of a duty, in turn: done on a day, planned for a day, not applicable. The last one stands."""

    class Kind(models.TextChoices):
        DONE = "done", "faite"
        PLANNED = "planned", "prévue"
        NOT_APPLICABLE = "not_applicable", "sans objet"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    duty = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=Kind)
    on = models.DateField()
    next_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    evidence_id = models.PositiveBigIntegerField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["DutyRecord"]()

    class Meta:
        verbose_name = "obligation suivie"
        ordering = ["id"]
        indexes = [models.Index(fields=["node", "duty"], name="governance_duty_said")]

    def __str__(self) -> str:
        return f"{self.duty} {self.kind} {self.on}"


class Standing(models.Model):
    """What an establishment is to the law, as far as it says."""

    node = models.OneToOneField(Node, models.PROTECT, primary_key=True, related_name="+")
    nis2 = models.CharField(max_length=12, blank=True)  # key of the pack; empty: not known

    objects = ScopedManager["Standing"]()

    class Meta:
        verbose_name = "situation"
        ordering = ["node_id"]

    def __str__(self) -> str:
        return self.nis2
