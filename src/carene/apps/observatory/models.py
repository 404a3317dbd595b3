# SPDX-License-Identifier: EUPL-1.2
"""Who counted in each month, what held for each of them, what each area's figures were, and what they were when the
month was closed. All of it but ``Snapshot`` and ``Member`` can be made again from the observations.

Months are their first day. ``*_no`` are keys of ``Number``: two bytes instead of a name, a hundred million times.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager

# Columns of a cell: which it is, what it says.
KEY = ("figure_no", "month", "node_id", "stratum")
SAID = ("population", "answered", "weight", "value", "at_target", "minimum", "q1", "median", "q3", "maximum", "oldest")


class Number(models.Model):
    """The small number of an indicator, or of a figure of the observatory (``figure:…``).

    ``validity``: months that a value holds; 0 for a figure.
    """

    id = models.SmallAutoField(primary_key=True)
    key = models.CharField(max_length=90, unique=True)
    validity = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "numéro"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key


class Month(models.Model):
    """A month that the observatory follows. ``closed_at``: its snapshots were taken, nothing changes them."""

    month = models.DateField(primary_key=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "mois"
        ordering = ["month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Member(models.Model):
    """Who counted in a month, where it stood then and what it was: moving today does not rewrite March."""

    pk = models.CompositePrimaryKey("month", "node_id")
    month = models.DateField()
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    type = models.CharField(max_length=20, blank=True)
    ght_role = models.CharField(max_length=10, blank=True)
    size = models.CharField(max_length=4, blank=True)
    department = models.CharField(max_length=3, blank=True)
    nation = models.BigIntegerField(null=True)  # ids of nodes as they were: bare, read in bulk
    region = models.BigIntegerField(null=True)
    ght = models.BigIntegerField(null=True)
    activity = models.FloatField(null=True)

    objects = ScopedManager["Member"]()

    class Meta:
        verbose_name = "membre"
        ordering = ["month", "node_id"]
        indexes = [  # the establishments of a place, without walking the country
            models.Index(fields=["month", "department"], name="member_of_department"),
            models.Index(fields=["month", "region"], name="member_of_region"),
            models.Index(fields=["month", "ght"], name="member_of_ght"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.node_id}"


class MonthValue(models.Model):
    """What held for a unit at the end of a month. Partitioned by month on PostgreSQL (``partitions``).

    ``until`` is the last month in which it holds. Without a foreign key in the database: nodes are never destroyed, and
    checking three million of them would take half of the time that a month is given.
    """

    pk = models.CompositePrimaryKey("month", "indicator_no", "node_id")
    value = models.FloatField()
    node = models.ForeignKey(Node, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    month = models.DateField()
    observed_on = models.DateField()
    until = models.DateField()
    indicator_no = models.SmallIntegerField()

    objects = ScopedManager["MonthValue"]()

    class Meta:
        verbose_name = "valeur du mois"
        ordering = ["month", "indicator_no", "node_id"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.indicator_no} {self.node_id} = {self.value}"


class CellBase(models.Model):
    """What an area (``node``), or a stratum of it, says of a figure in a month: ``aggregate.Cell`` of the engine."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+", db_index=False)
    stratum = models.CharField(max_length=30, blank=True)
    figure_no = models.SmallIntegerField()
    month = models.DateField()
    population = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    weight = models.FloatField()
    value = models.FloatField(null=True)
    at_target = models.PositiveIntegerField(null=True)
    minimum = models.FloatField(null=True)
    q1 = models.FloatField(null=True)
    median = models.FloatField(null=True)
    q3 = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    oldest = models.DateField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.figure_no} {self.node_id} {self.stratum} = {self.value}"


class Rollup(CellBase):
    """As known today."""

    pk = models.CompositePrimaryKey("figure_no", "month", "node_id", "stratum")
    computed_at = models.DateTimeField()

    objects = ScopedManager["Rollup"]()

    class Meta:
        verbose_name = "agrégat"
        ordering = ["node_id", "stratum", "figure_no", "month"]
        indexes = [models.Index(fields=["node", "stratum", "figure_no", "month"], name="rollup_of_node")]


class Snapshot(CellBase):
    """As known when the month was closed. The database refuses to change it (``triggers``)."""

    pk = models.CompositePrimaryKey("node_id", "stratum", "figure_no", "month")

    objects = ScopedManager["Snapshot"]()

    class Meta:
        verbose_name = "photographie"
        ordering = ["node_id", "stratum", "figure_no", "month"]


class Change(models.Model):
    """Something to take into account: an observation of ``indicator`` on the day ``since`` came or went; without an
    indicator, the organisation itself changed. Written with what it tells, removed once it is counted."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+", db_index=False)
    indicator = models.CharField(max_length=80, blank=True)
    since = models.DateField()

    objects = ScopedManager["Change"]()

    class Meta:
        verbose_name = "changement à compter"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.node_id} {self.indicator} {self.since}"


class Stale(models.Model):
    """A figure whose cells of a month are to be computed again; the lowest ``rank`` first."""

    pk = models.CompositePrimaryKey("month", "figure_no")
    month = models.DateField()
    figure_no = models.SmallIntegerField()
    rank = models.SmallIntegerField()

    class Meta:
        verbose_name = "figure à recalculer"
        ordering = ["rank", "-month", "figure_no"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.figure_no}"


class AimedAt(models.Model):
    """What a region, the nation, or the root of a smaller instance aims at for a figure, in place of the pack."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    figure = models.CharField("indicateur", max_length=80)
    value = models.FloatField("cible")
    by = models.DateField("à la date du", null=True, blank=True)
    source = models.CharField("source", max_length=300)
    url = models.URLField("adresse", max_length=500, blank=True)
    confidence = models.CharField(max_length=10)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    objects = ScopedManager["AimedAt"]()

    class Meta:
        verbose_name = "cible saisie"
        ordering = ["figure", "id"]
        constraints = [models.UniqueConstraint(fields=["node", "figure"], name="observatory_aimed_at_once")]

    def __str__(self) -> str:
        return f"{self.figure} : {self.value}"
