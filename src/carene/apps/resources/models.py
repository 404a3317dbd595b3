# SPDX-License-Identifier: EUPL-1.2
"""How a group converges, what it offers to its establishments, what they need, and who answers whom.

Services and skills are keys of ``packs/resources`` and of the referential. Nothing is destroyed: what is taken away
keeps ``removed_at``.
"""

from __future__ import annotations

import datetime as dt

from django.db import models

from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager
from carene.engines.resources.convergence import Mark
from carene.engines.resources.matching import Offered, Wanted


class Trajectory(models.Model):
    """The path of convergence of a GHT, as its strategic committee validated it."""

    node = models.OneToOneField(Node, models.PROTECT, primary_key=True, related_name="+")
    validated_on = models.DateField()
    reviewed_on = models.DateField(null=True)  # the last time the committee followed it
    ends_on = models.DateField(null=True)  # by when the group means to have converged
    document = models.CharField(max_length=300)  # what proves it: the minutes, their number, where they are
    note = models.CharField(max_length=500, blank=True)

    removed_at = models.DateTimeField(null=True)

    objects = ScopedManager["Trajectory"]()

    class Meta:
        verbose_name = "trajectoire de convergence"
        ordering = ["node_id"]

    def __str__(self) -> str:
        return f"{self.node_id} {self.validated_on}"

    @property
    def seen_on(self) -> dt.date:
        """The last day on which the committee looked at it."""
        return max(self.validated_on, self.reviewed_on or self.validated_on)


class MemberStep(models.Model):
    """Where a member stands on a step of the convergence of one group."""

    class State(models.TextChoices):
        TODO = "todo", "pas commencé"
        PLANNED = "planned", "prévu"
        DONE = "done", "fait"
        NOT_APPLICABLE = "not_applicable", "sans objet"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    group = models.ForeignKey(Node, models.PROTECT, related_name="+")
    step = models.CharField(max_length=30)
    state = models.CharField(max_length=15, choices=State)
    on = models.DateField(null=True)  # planned for, or done on
    proof = models.CharField(max_length=300, blank=True)
    evidence_id = models.PositiveBigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # why it is not applicable

    objects = ScopedManager["MemberStep"]()

    class Meta:
        verbose_name = "étape de convergence"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["node", "group", "step"], name="resources_step_once")]

    def __str__(self) -> str:
        return f"{self.node_id} {self.step} {self.state}"

    @property
    def mark(self) -> Mark:
        return Mark(self.step, self.state, self.on)  # type: ignore[arg-type]  # the same words


class Offer(models.Model):
    """What a region, a GRADeS or a GHT offers to the establishments below it."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    text = models.TextField(max_length=2000, blank=True)
    service = models.CharField(max_length=20, blank=True)
    skill = models.CharField(max_length=20, blank=True)
    measures = models.JSONField(default=list)
    types = models.JSONField(default=list)  # of establishments; none: all of them
    sizes = models.JSONField(default=list)
    capacity = models.PositiveSmallIntegerField(null=True)  # establishments; None: no limit
    price = models.PositiveBigIntegerField(null=True)  # euros a year for one establishment
    price_note = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)  # last day included
    contact = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    objects = ScopedManager["Offer"]()

    class Meta:
        verbose_name = "offre"
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def offered(self) -> Offered:
        return Offered(
            self.service,
            self.skill,
            frozenset(self.measures),
            frozenset(self.types),
            frozenset(self.sizes),
            self.starts_on,
            self.ends_on,
        )

    def is_over(self, today: dt.date) -> bool:
        return self.ends_on is not None and self.ends_on < today


class Need(models.Model):
    """What an establishment asks of those above it."""

    class State(models.TextChoices):
        OPEN = "open", "en attente"
        MET = "met", "satisfaite"
        CLOSED = "closed", "close"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    text = models.TextField(max_length=2000, blank=True)
    service = models.CharField(max_length=20, blank=True)
    skill = models.CharField(max_length=20, blank=True)
    measure = models.CharField(max_length=60, blank=True)
    criterion = models.CharField(max_length=20, blank=True)
    wanted_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=300, blank=True)  # why it was closed
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager["Need"]()

    class Meta:
        verbose_name = "demande"
        ordering = ["-id"]
        indexes = [models.Index(fields=["node", "state"], name="resources_need_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.service, self.skill, self.measure, self.criterion)


class Pairing(models.Model):
    """An offer put before a need: asked for by the establishment, or proposed by who offers; the other side answers."""

    class State(models.TextChoices):
        ASKED = "asked", "demandée"
        PROPOSED = "proposed", "proposée"
        ACCEPTED = "accepted", "acceptée"
        DECLINED = "declined", "refusée"
        WITHDRAWN = "withdrawn", "retirée"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")  # of the establishment
    need = models.ForeignKey(Need, models.PROTECT, related_name="pairings")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="pairings")
    state = models.CharField(max_length=10, choices=State)
    reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = ScopedManager["Pairing"]()

    class Meta:
        verbose_name = "rapprochement"
        ordering = ["-id"]
        indexes = [models.Index(fields=["offer", "state"], name="resources_pairing_offer")]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "offer"],
                condition=models.Q(state__in=["asked", "proposed", "accepted"]),
                name="resources_pairing_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.need_id} ← {self.offer_id} {self.state}"

    @property
    def waits(self) -> bool:
        return self.state in WAITING


WAITING = (Pairing.State.ASKED, Pairing.State.PROPOSED)
TAKING = (Pairing.State.PROPOSED, Pairing.State.ACCEPTED)  # what fills an offer: who proposes keeps the place
