# SPDX-License-Identifier: EUPL-1.2
"""Files read and not yet applied, and the keys of machines."""

import datetime as dt

from django.conf import settings
from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager

User = settings.AUTH_USER_MODEL


class Draft(models.Model):
    """What was read of a file, kept until its reader has chosen what to apply: it survives a restart.

    ``content`` is plain data (see ``drafts``); it is emptied once applied.
    """

    class Kind(models.TextChoices):
        ANSWERS = "answers", "réponses"
        OBSERVATIONS = "observations", "indicateurs"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    assessment_id = models.PositiveBigIntegerField(null=True)
    name = models.CharField("nom du fichier", max_length=200)
    content = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)
    applied = models.PositiveIntegerField(default=0)  # how many lines were taken

    objects = ScopedManager["Draft"]()

    class Meta:
        verbose_name = "fichier lu"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A key with which a machine acts for a person, on one organisation and below it. Only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    name = models.CharField("à quoi sert-elle ?", max_length=80)
    hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)  # its first characters, to recognise it
    read_only = models.BooleanField("lecture seule", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField("expire le")
    last_used_at = models.DateTimeField(null=True)

    objects = ScopedManager["ApiToken"]()

    class Meta:
        verbose_name = "clé d'API"
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def works_on(self, moment: dt.datetime) -> bool:
        return moment < self.expires_at
