# SPDX-License-Identifier: EUPL-1.2
"""What the nodes of the tree are: nation, region, GHT, legal entity, establishment."""

from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager


class Organisation(models.Model):
    class Kind(models.TextChoices):
        NATION = "nation", "Nation"
        REGION = "region", "Région"
        GHT = "ght", "GHT"
        ENTITY = "entity", "Entité juridique"
        SITE = "site", "Établissement"

    node = models.OneToOneField(Node, models.PROTECT, primary_key=True, related_name="organisation")
    kind = models.CharField("nature", max_length=10, choices=Kind)
    name = models.CharField("nom", max_length=200)
    short_name = models.CharField("nom court", max_length=60, blank=True)
    finess = models.CharField("FINESS", max_length=9, blank=True)
    town = models.CharField("commune", max_length=100, blank=True)

    # Profile: applicability, weights, targets and costs rest on it. Unknown stays empty.
    type = models.CharField("type d'établissement", max_length=20, blank=True)  # key of the referential's types
    ght_role = models.CharField("place dans le GHT", max_length=10, blank=True)
    beds = models.PositiveIntegerField("lits et places", null=True, blank=True)
    staff = models.PositiveIntegerField("effectif (personnes)", null=True, blank=True)
    workstations = models.PositiveIntegerField("postes de travail", null=True, blank=True)
    servers = models.PositiveIntegerField("serveurs", null=True, blank=True)
    operating_budget = models.PositiveBigIntegerField("budget d'exploitation (€)", null=True, blank=True)
    digital_budget = models.PositiveBigIntegerField("budget numérique (€)", null=True, blank=True)

    objects = ScopedManager["Organisation"]()

    class Meta:
        verbose_name = "organisation"
        ordering = ["name", "node_id"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.short_name or self.name

    @property
    def lineage(self) -> str:
        """« GHT Rives du Val, Région Val-d'Aure » : the two levels above; needs ``queries.with_lineage``."""
        parts = []
        parent = self.node.parent
        for _ in range(2):
            organisation = getattr(parent, "organisation", None) if parent else None
            if parent is None or organisation is None:
                break
            parts.append(organisation.label)
            parent = parent.parent
        return ", ".join(parts)

    @property
    def assessable(self) -> bool:
        """Establishments and legal entities answer; regions and groups look."""
        return self.kind in {self.Kind.ENTITY, self.Kind.SITE}
