# SPDX-License-Identifier: EUPL-1.2
"""Observations: an indicator, an organisation, a date, a value, a source."""

from django.conf import settings
from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager


class Observation(models.Model):
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    indicator = models.CharField("indicateur", max_length=80)
    observed_on = models.DateField("mesurée le")
    value = models.FloatField("valeur")
    source = models.CharField("source", max_length=200)
    note = models.CharField("remarque", max_length=300, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn = models.BooleanField("retirée", default=False)

    objects = ScopedManager["Observation"]()

    class Meta:
        verbose_name = "observation"
        ordering = ["-observed_on", "-id"]
        indexes = [
            models.Index(fields=["node", "indicator", "-observed_on"], name="observation_latest"),
            models.Index(fields=["observed_on"], name="observation_day"),  # a month of everyone, for the observatory
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "indicator", "observed_on"],
                condition=models.Q(withdrawn=False),
                name="observation_one_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} = {self.value} ({self.observed_on})"
