# SPDX-License-Identifier: EUPL-1.2
"""What the nodes of the tree are: nation, region, GHT, legal entity, establishment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager
from carene.engines import french
from carene.engines.registers.text import searched

# What one looks for; numbers are searched by their own indexes.
SEARCHED = ("name", "short_name", "town", "postcode")


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
    sites = models.PositiveIntegerField("sites géographiques", null=True, blank=True)
    operating_budget = models.PositiveBigIntegerField("budget d'exploitation (€)", null=True, blank=True)
    digital_budget = models.PositiveBigIntegerField("budget numérique (€)", null=True, blank=True)
    # What the programme weighs members of a GHT by; nobody publishes its formula: people type what they were notified.
    activity = models.PositiveBigIntegerField("activité combinée", null=True, blank=True)

    # What the registers say. People do not type it; an import may change it.
    finess_ej = models.CharField("FINESS de l'entité juridique", max_length=9, blank=True)
    finess_et = models.CharField("FINESS de l'établissement", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    address = models.CharField("adresse", max_length=400, blank=True)  # lines separated by line feeds
    postcode = models.CharField("code postal", max_length=5, blank=True)
    department = models.CharField("département", max_length=3, blank=True)  # key of packs/territories.yaml
    latitude = models.FloatField("latitude", null=True, blank=True)  # WGS 84
    longitude = models.FloatField("longitude", null=True, blank=True)
    category = models.CharField("catégorie FINESS", max_length=4, blank=True)
    opened_on = models.DateField("ouvert le", null=True, blank=True)
    closed_on = models.DateField("fermé le", null=True, blank=True)

    # How imports recognise a row and know what they wrote themselves.
    register_key = models.CharField(max_length=40, blank=True, editable=False)  # "et:010000024"; empty: made by hand
    register_parent = models.CharField(max_length=40, blank=True, editable=False)  # where the register placed it
    register_digest = models.CharField(max_length=17, blank=True, editable=False)
    registered = models.JSONField(null=True, editable=False)  # fields that people may type over, as the register said

    search = models.TextField(blank=True, editable=False)  # SEARCHED, folded; kept by save()

    objects = ScopedManager["Organisation"]()

    class Meta:
        verbose_name = "organisation"
        ordering = ["name", "node_id"]
        indexes = [
            models.Index(fields=["finess"], name="organisation_finess"),
            models.Index(fields=["finess_ej"], name="organisation_finess_ej"),
            models.Index(fields=["siret"], name="organisation_siret"),
            models.Index(fields=["register_key"], name="organisation_register"),
            models.Index(fields=["kind"], name="organisation_kind"),  # groups are few
            models.Index(fields=["search", "node"], name="organisation_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search = searched(*(str(getattr(self, name)) for name in SEARCHED))
        fields = kwargs.get("update_fields")
        if fields is not None and set(fields) & set(SEARCHED):
            kwargs["update_fields"] = {*fields, "search"}
        super().save(*args, **kwargs)

    @property
    def label(self) -> str:
        return self.short_name or self.name

    @property
    def lineage(self) -> str:
        """« GHT Rives du Val, Région Val-d'Aure » : the two levels above; needs ``queries.with_lineage``."""
        parts: list[str] = []
        node: Node | None = self.node
        for _ in range(2):  # never a third one: it was not read
            node = node.parent if node else None
            organisation = getattr(node, "organisation", None) if node else None
            if organisation is None:
                break
            parts.append(organisation.label)
        return ", ".join(parts)

    @property
    def assessable(self) -> bool:
        """Establishments and legal entities answer; regions and groups look."""
        return self.kind in {self.Kind.ENTITY, self.Kind.SITE}


class IdentityChange(models.Model):
    """What happened to an organisation as such: it opened, closed, moved, changed its name, became part of another."""

    class Kind(models.TextChoices):
        OPENED = "opened", "Ouverture"
        CLOSED = "closed", "Fermeture"
        REOPENED = "reopened", "Réouverture"
        MOVED = "moved", "Changement de rattachement"
        RELOCATED = "relocated", "Déménagement"
        RENAMED = "renamed", "Changement de nom"
        MERGED = "merged", "Fusion"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()  # when it took effect, as far as it is known
    at = models.DateTimeField(auto_now_add=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    source = models.CharField(max_length=120)  # the register and its file, or « à la main »
    other = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+")  # what it became part of

    objects = ScopedManager["IdentityChange"]()

    class Meta:
        verbose_name = "changement d'identité"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["node", "-on"], name="identity_node")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class SharedService(models.Model):
    """What one organisation does for others of its group: where, who provides, what; ``Beneficiary``: for whom."""

    class Kind(models.TextChoices):
        RSSI = "rssi", "RSSI"
        SOC = "soc", "SOC (surveillance)"
        BACKUP = "backup", "Sauvegarde"
        DIRECTORY = "directory", "Annuaire"
        EDR = "edr", "EDR (protection des postes)"
        MAIL = "mail", "Messagerie"
        ON_CALL = "on_call", "Astreinte"
        DPO = "dpo", "DPO"
        OTHER = "other", "Autre"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")  # the GHT, the region
    provider = models.ForeignKey(Node, models.PROTECT, related_name="+")
    kind = models.CharField("service", max_length=10, choices=Kind)
    title = models.CharField("nom", max_length=120, blank=True)
    starts_on = models.DateField("depuis le", null=True, blank=True)
    ends_on = models.DateField("jusqu'au", null=True, blank=True)  # last day included
    contact = models.CharField("contact", max_length=200, blank=True)
    note = models.TextField("remarque", max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)  # nothing is destroyed: it can be brought back

    objects = ScopedManager["SharedService"]()

    class Meta:
        verbose_name = "service mutualisé"
        ordering = ["kind", "title", "id"]
        indexes = [models.Index(fields=["provider"], name="shared_service_provider")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="shared_service_dates",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()

    def is_over(self, today: dt.date) -> bool:
        return self.ends_on is not None and self.ends_on < today

    def is_coming(self, today: dt.date) -> bool:
        return self.starts_on is not None and self.starts_on > today


class Beneficiary(models.Model):
    """One organisation that a shared service is for, and the part of its cost that it bears, if it was agreed."""

    service = models.ForeignKey(SharedService, models.PROTECT, related_name="beneficiaries")
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    share_percent = models.DecimalField("part (%)", max_digits=5, decimal_places=2, null=True, blank=True)
    share_euros = models.PositiveBigIntegerField("part (€ par an)", null=True, blank=True)

    objects = ScopedManager["Beneficiary"]()

    class Meta:
        verbose_name = "bénéficiaire"
        ordering = ["service_id", "node_id"]
        constraints = [
            models.UniqueConstraint(fields=["service", "node"], name="beneficiary_once"),
            models.CheckConstraint(
                condition=models.Q(share_percent=None) | models.Q(share_euros=None), name="beneficiary_one_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} → {self.node_id}"

    @classmethod
    def lines_of(cls, service: SharedService) -> models.QuerySet[Beneficiary]:
        """Those of one service that is already in scope."""
        return cls.objects.unscoped("lines of a service in scope").filter(service=service).order_by("pk")

    @property
    def part(self) -> str:
        """« 12,5 % », « 9 400 € par an », empty when nothing was agreed."""
        if self.share_percent is not None:
            return french.with_unit(float(self.share_percent), "%", 2 if self.share_percent % 1 else 0)
        return "" if self.share_euros is None else f"{french.euros(self.share_euros)} par an"


class RegisterImport(models.Model):
    """One import of registers: what was read, what it changed. Without an end: it was cut, the next one finishes it."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")  # the nation, the region
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=150)
    origin = models.CharField(max_length=10)
    source = models.TextField()
    dated = models.DateField(null=True)  # of the file itself
    counts = models.JSONField()  # kind of change → how many
    notes = models.JSONField()  # outside, faulty lines…: what was not taken, and how many

    objects = ScopedManager["RegisterImport"]()

    class Meta:
        verbose_name = "import de registres"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d}"
