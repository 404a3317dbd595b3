# SPDX-License-Identifier: EUPL-1.2
"""Applications for money, what they hold, how they moved; and what a region or the nation adds to the domains."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from carene.core.files.models import StoredFile
from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager
from carene.engines.funding.circuit import STATES

User = settings.AUTH_USER_MODEL


class Application(models.Model):
    """One candidate and one domain. ``node`` carries it: an entity, or the support of a GHT (``group``)."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    group = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+")
    domain = models.CharField(max_length=40)
    candidate = models.CharField(max_length=10)
    family = models.CharField("famille", max_length=20)
    state = models.CharField(max_length=20, choices=list(STATES.items()), default="draft")
    version = models.PositiveIntegerField(default=1)  # one more each time that the circuit moves or a decision is made
    applied_on = models.DateField(null=True)
    declared_on = models.DateField(null=True)
    sent_on = models.DateField(null=True)  # the last time that something was transmitted after the candidature
    measure = models.PositiveBigIntegerField(null=True)  # what the ceiling is counted in, when it is not the activity
    notified = models.PositiveBigIntegerField(null=True)  # euros: the ceiling that the candidate was told
    granted = models.PositiveBigIntegerField(null=True)  # euros: at the end of the controls
    paid = models.PositiveBigIntegerField(null=True)
    paid_on = models.DateField(null=True)
    payment_reference = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    objects = ScopedManager["Application"]()

    class Meta:
        verbose_name = "dossier de financement"
        ordering = ["domain", "id"]
        indexes = [models.Index(fields=["domain", "state"], name="funding_domain_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "domain"],
                condition=~Q(state__in=["rejected", "withdrawn", "paid"]),
                name="funding_one_application",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain} {self.node_id}"


class Said(models.Model):
    """What the candidate says of one item."""

    class Declared(models.TextChoices):
        UNSAID = "", "Pas encore déclaré"
        REACHED = "reached", "Atteint"
        NOT_REACHED = "not_reached", "Non atteint"

    application = models.ForeignKey(Application, models.CASCADE, related_name="said")
    item = models.CharField(max_length=60)
    declared = models.CharField(max_length=12, choices=Declared, blank=True)
    comment = models.TextField("remarque", max_length=2000, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["application_id", "item"]
        constraints = [models.UniqueConstraint(fields=["application", "item"], name="funding_said_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.item}"


class Decision(models.Model):
    """What a control decided of one item. ``level``: ``region`` or ``nation``."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="decisions")
    item = models.CharField(max_length=60)
    level = models.CharField(max_length=10)
    accepted = models.BooleanField()
    reason = models.TextField(max_length=2000, blank=True)
    judged = models.CharField(max_length=16, blank=True)  # mark of what was read: with anything else, it falls
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["application_id", "item", "level"]
        constraints = [models.UniqueConstraint(fields=["application", "item", "level"], name="funding_decided_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.item} {self.level}"


class Document(models.Model):
    """A piece of evidence in one place of an item. ``sent`` is what it was on the day it was transmitted: the
    controls read that, whatever becomes of the evidence."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="documents")
    item = models.CharField(max_length=60)
    place = models.CharField(max_length=40)
    evidence = models.ForeignKey("evidence.Evidence", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent = models.JSONField(null=True)  # title, url, effective_on, expires_on
    sent_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["application_id", "item", "place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "item", "place", "evidence"], name="funding_document_once")
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.place}"


class Member(models.Model):
    """A unit whose activity weighs: an entity of the GHT, or an establishment of the entity."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="members")
    unit = models.ForeignKey(Node, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    activity = models.PositiveBigIntegerField("activité combinée", null=True)
    complies = models.JSONField(default=dict)  # item → true or false
    left_on = models.DateField(null=True)  # it is no longer of the candidate, and weighs no more

    class Meta:
        ordering = ["application_id", "name", "id"]
        constraints = [models.UniqueConstraint(fields=["application", "unit"], name="funding_member_once")]

    def __str__(self) -> str:
        return self.name


class Expense(models.Model):
    application = models.ForeignKey(Application, models.CASCADE, related_name="expenses")
    label = models.CharField("objet", max_length=200)
    amount = models.PositiveBigIntegerField("montant (€)")
    committed_on = models.DateField("engagée le")

    class Meta:
        ordering = ["application_id", "committed_on", "id"]

    def __str__(self) -> str:
        return self.label


class Waiver(models.Model):
    """An officer lets a step be done outside of its window, until a day."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="waivers")
    step = models.CharField(max_length=20)
    until = models.DateField()
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["application_id", "id"]

    def __str__(self) -> str:
        return f"{self.step} {self.until}"


class Event(models.Model):
    """A move of the circuit: who, when, why."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    said = models.CharField(max_length=200)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["application_id", "-id"]

    def __str__(self) -> str:
        return self.said


class Ceiling(models.Model):
    """A line of the table of ceilings of a domain, as a region or the nation has typed it."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    domain = models.CharField(max_length=40)
    family = models.CharField("famille", max_length=20)
    low = models.PositiveBigIntegerField("de")
    high = models.PositiveBigIntegerField("à moins de", null=True)  # None: without end
    amount = models.PositiveBigIntegerField("plafond (€)")
    source = models.CharField("source", max_length=300)

    objects = ScopedManager["Ceiling"]()

    class Meta:
        verbose_name = "plafond"
        ordering = ["domain", "family", "low", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(high=None) | Q(high__gt=F("low")), name="funding_ceiling_bounds")
        ]

    def __str__(self) -> str:
        return f"{self.domain} {self.family} {self.low}"


class Setting(models.Model):
    """What a region or the nation says of a domain in place of the pack; see ``engines.funding.overlay``."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    domain = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    value = models.JSONField()
    source = models.CharField("source", max_length=300)
    url = models.URLField("adresse", max_length=500, blank=True)
    confidence = models.CharField(max_length=10)
    dated = models.DateField(null=True)

    objects = ScopedManager["Setting"]()

    class Meta:
        verbose_name = "réglage d'un domaine"
        ordering = ["domain", "key", "id"]
        constraints = [models.UniqueConstraint(fields=["node", "domain", "key"], name="funding_setting_once")]

    def __str__(self) -> str:
        return f"{self.domain} {self.key}"
