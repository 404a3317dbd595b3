# SPDX-License-Identifier: EUPL-1.2
"""What we do, when: scenarios that are computed, a roadmap that is adopted, actions that are carried out."""

import datetime as dt

from django.conf import settings
from django.db import models

from carene.apps.roadmaps.objectives import Objective
from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import ScopedManager

User = settings.AUTH_USER_MODEL


class Scenario(models.Model):
    """A named set of means and wishes, with the plan computed from them."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    assessment_id = models.PositiveBigIntegerField()  # the assessment whose levels it starts from
    referential = models.CharField(max_length=120)
    name = models.CharField("nom", max_length=120)
    start = models.DateField("début")  # first day of a month
    months = models.PositiveSmallIntegerField("horizon (mois)", default=36)
    budgets = models.JSONField(default=dict)  # {"2027": 180000, …} euros
    team = models.JSONField(default=dict)  # {skill: person-days per month}; an absent skill is not limited
    # {measure: {"mandatory", "excluded", "start", "not_before", "deadline", "reason"}}, see wishes.py. Months are
    # written "2027-04": they keep their meaning when the start of the scenario moves.
    wishes = models.JSONField(default=dict)
    undo = models.JSONField(default=list)  # earlier values of ``wishes``, the latest last
    objective = models.CharField("objectif", max_length=10, choices=Objective, default=Objective.MATURITY)
    plan = models.JSONField(null=True)  # {"plan", "moments"}, see plans.py
    # What a search has replaced, to come back to it: {"plan", "objective", "computed_at"}
    previous = models.JSONField(null=True)
    computed_at = models.DateTimeField(null=True)
    # Of the plan that stands wrong estimates best: {"low", "median", "draws"}; null for any other plan
    prudence = models.JSONField(null=True)
    # Of the plan that is its part of a group's: {"group", "name", "plan", "on"}; null for any other plan
    common = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)
    adopted_at = models.DateTimeField(null=True, blank=True)
    adopted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)  # replaced by a later adoption
    deleted_at = models.DateTimeField(null=True, blank=True)  # put aside by its author, can be brought back
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["Scenario"]()

    class Meta:
        verbose_name = "scénario"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "name"], condition=models.Q(deleted_at=None), name="scenario_name_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CommonPlan(models.Model):
    """What was asked of a group planned together, then what was found. The parts of the members are rows of theirs."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")  # the group
    asked = models.JSONField(default=dict)  # see group_asked.py
    basis = models.JSONField(default=dict)  # {member: what its part was computed from}, see group_basis.py
    result = models.JSONField(null=True)  # {"data": see exchange.group_result, "alone_days": {member: person-days}}
    computed_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(null=True)  # given to its members
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["CommonPlan"]()

    class Meta:
        verbose_name = "plan commun"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class CommonPart(models.Model):
    """The part of one member in a common plan: what the scenario that it accepts is made of."""

    class State(models.TextChoices):
        FOUND = "found", "calculée"
        PROPOSED = "proposed", "proposée"
        ACCEPTED = "accepted", "acceptée"
        DECLINED = "declined", "écartée"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")  # the member
    # Not read through: the group is out of sight for most of its members. Its name is written here.
    common = models.ForeignKey(CommonPlan, models.PROTECT, related_name="+")
    group = models.ForeignKey(Node, models.PROTECT, related_name="+")
    group_name = models.CharField(max_length=200)
    computed_at = models.DateTimeField()
    state = models.CharField("état", max_length=10, choices=State, default=State.FOUND)
    summary = models.JSONField(default=dict)  # {"measures", "common", "cost" (€), "saved" (€), "saved_days"}
    plan = models.JSONField(default=dict)  # {"plan", "moments"}, see stored.py
    fields = models.JSONField(default=dict)  # of the scenario to make: {"assessment_id", "start", "months", …}
    scenario = models.ForeignKey(Scenario, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["CommonPart"]()

    class Meta:
        verbose_name = "part d'un plan commun"
        ordering = ["-computed_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["node", "common"], name="common_part_unique")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class MeasureOverride(models.Model):
    """Costs and efforts that an organisation knows better than our estimates."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    measure = models.CharField(max_length=120)
    investment = models.FloatField("investissement (€)", null=True, blank=True)
    yearly = models.FloatField("coût annuel (€)", null=True, blank=True)
    months = models.PositiveSmallIntegerField("durée (mois)", null=True, blank=True)
    effort = models.JSONField(null=True, blank=True)  # {skill: person-days}
    reason = models.CharField("d'après", max_length=200, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager["MeasureOverride"]()

    class Meta:
        verbose_name = "coût corrigé"
        ordering = ["measure"]
        constraints = [models.UniqueConstraint(fields=["node", "measure"], name="measure_override_unique")]

    def __str__(self) -> str:
        return self.measure


class Action(models.Model):
    class State(models.TextChoices):
        TODO = "todo", "à faire"
        DOING = "doing", "en cours"
        DONE = "done", "terminée"
        DROPPED = "dropped", "abandonnée"

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    scenario = models.ForeignKey(Scenario, models.PROTECT, null=True, blank=True, related_name="actions")
    referential = models.CharField(max_length=120, blank=True)
    measure = models.CharField(max_length=120, blank=True)  # empty: an action of our own
    title = models.CharField("titre", max_length=200)
    state = models.CharField("état", max_length=10, choices=State, default=State.TODO)
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="responsable"
    )
    start_on = models.DateField("début")
    due_on = models.DateField("échéance")
    planned_cost = models.FloatField("coût prévu (€)", default=0)
    cost_by_year = models.JSONField(default=dict)  # {"2027": 12000, …}: how the plan spreads that cost; empty = evenly
    actual_cost = models.FloatField("dépensé (€)", null=True, blank=True)
    person_days = models.JSONField(default=dict)  # {skill: days}
    raises = models.JSONField(default=list)  # [{"criterion", "start", "end"}]
    shared = models.BooleanField("avec le GHT", default=False)
    done_on = models.DateField("terminée le", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager["Action"]()

    class Meta:
        verbose_name = "action"
        ordering = ["start_on", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def active(self) -> bool:
        return self.state in {self.State.TODO, self.State.DOING}

    def late_on(self, day: dt.date) -> bool:
        return self.active and self.due_on < day


class ActionComment(models.Model):
    action = models.ForeignKey(Action, models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    text = models.TextField("commentaire")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "commentaire"
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.text[:60]
