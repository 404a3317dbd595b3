# SPDX-License-Identifier: EUPL-1.2
"""Evidence: a file or a link that proves something, from when, until when."""

import datetime as dt

from django.conf import settings
from django.db import models

from carene.core.files.models import StoredFile
from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager

SOON_DAYS = 60  # how long before its expiry a piece of evidence asks to be renewed


class Evidence(models.Model):
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    title = models.CharField("titre", max_length=200)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="fichier"
    )
    url = models.URLField("lien", max_length=500, blank=True)
    effective_on = models.DateField("date d'effet", null=True, blank=True)
    expires_on = models.DateField("expire le", null=True, blank=True)
    note = models.CharField("remarque", max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)  # removal can be undone: nothing is destroyed here

    objects = ScopedManager["Evidence"]()

    class Meta:
        verbose_name = "preuve"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(file__isnull=False) | ~models.Q(url=""), name="evidence_file_or_link"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def state_on(self, day: dt.date) -> str:
        """``expired``, ``soon`` (within ``SOON_DAYS``), ``valid`` or ``undated``."""
        if self.expires_on is None:
            return "undated"
        if self.expires_on < day:
            return "expired"
        return "soon" if self.expires_on <= day + dt.timedelta(days=SOON_DAYS) else "valid"


class EvidenceLink(models.Model):
    """What a piece of evidence supports: a criterion of a referential."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="links")
    referential = models.CharField(max_length=120)
    criterion = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "referential", "criterion"], name="evidence_link_unique"),
        ]
        indexes = [models.Index(fields=["referential", "criterion"], name="evidence_criterion")]

    def __str__(self) -> str:
        return f"{self.evidence} → {self.criterion}"
