# SPDX-License-Identifier: EUPL-1.2
"""Where an establishment says it stands."""

from django.conf import settings
from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager

User = settings.AUTH_USER_MODEL


class ImportedReferential(models.Model):
    """A framework brought by an organisation, usable by it and below it. Our own pack is read from files."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    version = models.CharField(max_length=30)
    name = models.CharField("nom", max_length=300)
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    mappings = models.JSONField(default=list)
    not_understood = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["ImportedReferential"]()

    class Meta:
        verbose_name = "référentiel importé"
        ordering = ["name", "-id"]
        constraints = [models.UniqueConstraint(fields=["node", "key", "version"], name="imported_referential_unique")]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"


class Assessment(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "en cours"
        SUBMITTED = "submitted", "soumise à la direction"
        VALIDATED = "validated", "validée"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    referential = models.CharField(max_length=120)  # id of the pack, or "imported:<pk>"
    referential_version = models.CharField(max_length=30)
    title = models.CharField("titre", max_length=160)
    state = models.CharField("état", max_length=10, choices=State, default=State.DRAFT)
    groups = models.JSONField(null=True, blank=True)  # implementation groups chosen, None = all
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    validated_at = models.DateTimeField(null=True, blank=True)
    validated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # What was judged on the day of validation: {"overall", "step", "axes": {id: score}, "coverage"}; history reads it.
    result = models.JSONField(null=True, blank=True)
    # What those who read from above see, kept at submission and again at validation: shape in ``summary.kept_summary``.
    summary = models.JSONField(null=True, blank=True)

    objects = ScopedManager["Assessment"]()

    class Meta:
        verbose_name = "auto-évaluation"
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "referential"],
                condition=~models.Q(state="validated"),
                name="one_open_assessment_per_referential",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == self.State.DRAFT


class Answer(models.Model):
    """Read through an assessment that was itself read through a scope."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    criterion = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField("niveau", null=True, blank=True)
    not_applicable = models.BooleanField("non applicable", default=False)
    justification = models.TextField("justification", blank=True)
    comment = models.TextField("commentaire", blank=True)
    version = models.PositiveIntegerField(default=1)  # what the writer saw must still be what is stored
    answered_on = models.DateField(null=True, blank=True)  # when the level was last stated or confirmed
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "réponse"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["assessment", "criterion"], name="answer_unique")]

    def __str__(self) -> str:
        return f"{self.criterion} : {'N/A' if self.not_applicable else self.level}"


class Assignment(models.Model):
    """A question given to a colleague."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="assignments")
    criterion = models.CharField(max_length=200)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    message = models.CharField("message", max_length=300, blank=True)
    due_on = models.DateField("pour le", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "question confiée"
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion", "user"], name="assignment_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} → {self.user}"


class LevelProposal(models.Model):
    """A new level proposed by something else than an answer (a finished action); a person accepts or refuses it."""

    class State(models.TextChoices):
        PENDING = "pending", "à valider"
        ACCEPTED = "accepted", "acceptée"
        REFUSED = "refused", "refusée"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    referential = models.CharField(max_length=120)
    criterion = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField("niveau proposé")
    origin = models.CharField(max_length=200)  # French, shown: "Action « … » terminée le …"
    origin_key = models.CharField(max_length=80)  # "action:12"
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("motif", max_length=300, blank=True)

    objects = ScopedManager["LevelProposal"]()

    class Meta:
        verbose_name = "niveau proposé"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["origin_key", "criterion"], name="level_proposal_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} → {self.level}"
