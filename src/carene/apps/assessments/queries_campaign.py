# SPDX-License-Identifier: EUPL-1.2
"""The assessments of many establishments since a day: where each stands, what those handed over say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from carene.apps.assessments.models import Answer, Assessment
from carene.core.tenancy.scoped import among

WHY = "establishments that the caller has in scope"
RANK: dict[str, int] = {Assessment.State.VALIDATED: 2, Assessment.State.SUBMITTED: 1, Assessment.State.DRAFT: 0}


class Standing(NamedTuple):
    """``handed_on``: the day on which it was given to the management; None while it is answered."""

    assessment: int
    state: str
    handed_on: dt.date | None
    version: str


def since(nodes: Sequence[int], referential: str, day: dt.date) -> dict[int, Standing]:
    """Node → its most advanced assessment among those still open, and those validated from that day on. One query."""
    start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    rows = (
        Assessment.objects.unscoped(WHY)
        .filter(~Q(state=Assessment.State.VALIDATED) | Q(validated_at__gte=start))
        .filter(node_id__in=among(nodes), referential=referential)
        .order_by("id")
    )
    found: dict[int, Standing] = {}
    columns = ("node_id", "pk", "state", "submitted_at", "validated_at", "referential_version")
    for node, pk, state, submitted, validated, version in rows.values_list(*columns):
        kept = found.get(node)
        if kept is None or RANK[state] >= RANK[kept.state]:
            handed = (submitted or validated) if state != Assessment.State.DRAFT else None
            found[node] = Standing(pk, state, timezone.localdate(handed) if handed else None, version)
    return found


def answered(assessments: Sequence[int]) -> dict[int, int]:
    """Assessment → how many questions have an answer. One query."""
    given = Q(level__isnull=False) | (Q(not_applicable=True) & ~Q(justification=""))
    rows = Answer.objects.filter(given, assessment_id__in=among(assessments)).order_by()
    return dict(rows.values_list("assessment_id").annotate(Count("pk")))


def summaries(assessments: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Assessment → what was kept when it was handed over: ``summary.kept_summary``. One query."""
    rows = Assessment.objects.unscoped(WHY).filter(pk__in=among(assessments), summary__isnull=False)
    return {pk: summary for pk, summary in rows.order_by("pk").values_list("pk", "summary") if summary is not None}


def levels(assessments: Sequence[int]) -> dict[int, dict[str, int]]:
    """Assessment → question → level, those without a level left out. One query."""
    rows = Answer.objects.filter(assessment_id__in=among(assessments), level__isnull=False, not_applicable=False)
    found: dict[int, dict[str, int]] = {}
    for pk, criterion, level in rows.order_by("id").values_list("assessment_id", "criterion", "level"):
        found.setdefault(pk, {})[criterion] = level or 0
    return found
