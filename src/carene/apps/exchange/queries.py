# SPDX-License-Identifier: EUPL-1.2
"""Reading drafts and keys, and putting what is stored in the shape of a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import QuerySet

from carene.apps.assessments.queries import Sheet, is_answered
from carene.apps.exchange.models import ApiToken, Draft
from carene.apps.indicators import queries as indicators
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import queries as roadmaps
from carene.apps.roadmaps.wishes import MonthWish
from carene.core.access.actor import Actor
from carene.core.tenancy.models import Node
from carene.engines.exchange.questionnaire import (
    Card,
    Entry,
    Means,
    Measured,
    Origin,
    OverrideEntry,
    Questionnaire,
    WishEntry,
)
from carene.engines.months import add_months
from carene.engines.referential.model import Criterion


def drafts(actor: Actor, node: Node) -> QuerySet[Draft]:
    """Files that this very person sent here: what is being read again is not yet everyone's business."""
    return Draft.objects.of(node).filter(created_by=actor.user).order_by("-created_at", "-id")


def tokens(actor: Actor, node: Node) -> QuerySet[ApiToken]:
    """Keys of this very person on this organisation."""
    return ApiToken.objects.of(node).filter(user=actor.user).order_by("name", "id")


def token_of(digest: str) -> ApiToken | None:
    """The key with this hash, its owner and its node; one query."""
    rows = ApiToken.objects.unscoped("a key is looked up by the hash of its secret")
    return rows.select_related("user", "node").filter(hash=digest).order_by("id").first()


def card_of(organisation: Organisation, group: str = "") -> Card:
    return Card(
        name=organisation.name,
        type=organisation.type or None,
        ght=organisation.ght_role or None,
        group=group,
        finess=organisation.finess,
        town=organisation.town,
        beds=organisation.beds,
        staff=organisation.staff,
        workstations=organisation.workstations,
        servers=organisation.servers,
        sites=organisation.sites,
        operating_budget=organisation.operating_budget,
        digital_budget=organisation.digital_budget,
        activity=organisation.activity,
    )


def means_of(node: Node) -> Means:
    """What the roadmap that was adopted may use, and what the organisation knows better than our estimates."""
    adopted = roadmaps.adopted(node)
    if adopted is None:
        return Means()
    wishes = {}
    for key, data in adopted.wishes.items():
        wish = MonthWish.from_data(data)
        deadline = add_months(wish.deadline, 1) - dt.timedelta(days=1) if wish.deadline else None
        # What has gone by when the roadmap begins no longer binds, but what was imposed remains so.
        start, not_before, deadline = (
            day if day and day >= adopted.start else None for day in (wish.start, wish.not_before, deadline)
        )
        mandatory = wish.mandatory or wish.start is not None
        wishes[key] = WishEntry(mandatory, wish.excluded, start, not_before, deadline, wish.reason)
    return Means(
        start=adopted.start,
        months=adopted.months,
        budgets={int(year): float(amount) for year, amount in adopted.budgets.items()},
        team={skill: float(days) for skill, days in adopted.team.items()},
        wishes=wishes,
        overrides={
            key: OverrideEntry(one.investment, one.yearly, one.months, one.effort)
            for key, one in roadmaps.overrides(node).items()
        },
    )


def questionnaire_of(sheet: Sheet, criteria: Collection[Criterion], *, whole: bool) -> Questionnaire:
    """The stored answers to these questions as a file; ``whole`` adds what the command line needs to judge and plan:
    the observations that count today, and the means of the roadmap."""
    wanted = {criterion.id for criterion in criteria}
    answers = {
        key: Entry(
            criterion=key,
            level=row.level,
            not_applicable=row.not_applicable,
            justification=row.justification,
            comment=row.comment,
            version=row.version,
        )
        for key, row in sheet.answers.items()
        if key in wanted
    }
    observations = sheet.observations.values() if whole else ()
    referential = sheet.referential
    return Questionnaire(
        card=card_of(sheet.organisation),
        origin=Origin(referential.id, referential.version, referential.digest),
        assessment=sheet.assessment.pk,
        answers={c.id: answers[c.id] for c in criteria if c.id in answers},
        observations=tuple(
            Measured(item.indicator, item.value, item.observed_on, item.source)
            for item in observations
            if item.indicator in referential.indicator
        ),
        means=means_of(sheet.assessment.node) if whole else Means(),
    )


def values_for(node: Node, items: Collection[Measured]) -> dict[tuple[str, dt.date], float]:
    """What is recorded for the indicators and days of these observations; one query at most."""
    if not items:
        return {}
    days = [item.observed_on for item in items]
    rows = indicators.listing(node).filter(
        indicator__in={item.indicator for item in items}, observed_on__gte=min(days), observed_on__lte=max(days)
    )
    return {(key, day): value for key, day, value in rows.values_list("indicator", "observed_on", "value")}


def portion(sheet: Sheet, scope: str) -> list[Criterion]:
    """Questions of a choice: « tout », « restant », « confie », « confie:<user id> », « objectif:<id> », « axe:<id> ».

    An unknown choice gives everything: a stale link still gives a usable file.
    """
    kind, _, key = scope.partition(":")
    if kind == "restant":
        return [c for c in sheet.criteria if c.id not in sheet.answers or not is_answered(sheet.answers[c.id])]
    if kind == "confie":
        given = sheet.assignments
        return [
            c
            for c in sheet.criteria
            if c.id in given and (not key or any(str(one.user_id) == key for one in given[c.id]))
        ]
    if kind == "objectif":
        return [c for c in sheet.criteria if c.objective == key]
    if kind == "axe":
        return [c for c in sheet.criteria if sheet.referential.objective[c.objective].axis == key]
    return list(sheet.criteria)
