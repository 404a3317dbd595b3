# SPDX-License-Identifier: EUPL-1.2
"""Files given by people: content on disk under its SHA-256, one row per content and organisation."""

from pathlib import Path

from django.conf import settings
from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager


class StoredFile(models.Model):
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    name = models.CharField("nom du fichier", max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField("taille")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["StoredFile"]()

    class Meta:
        verbose_name = "fichier"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return Path(settings.FILES_ROOT) / self.sha256[:2] / self.sha256
