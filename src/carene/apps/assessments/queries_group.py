# SPDX-License-Identifier: EUPL-1.2
"""Reading the assessments of a whole group at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from carene.apps.assessments import referentials
from carene.apps.assessments.models import Assessment
from carene.core.tenancy.models import Node
from carene.core.tenancy.scoped import among


@dataclass(frozen=True)
class Reference:
    """``queries.reference`` of an organisation; ``changed_at``: when one of its answers last changed."""

    assessment: int
    changed_at: dt.datetime | None


def references_below(node: Node, referential: str = referentials.BUILT_IN) -> dict[int, Reference]:
    """Node id → the assessment that plans start from, for this node and those below it that began one; one query."""
    rows = (
        Assessment.objects.below(node)
        .filter(referential=referential)
        .annotate(changed_at=Max("answers__updated_at"))
        .order_by("node_id", "-started_at", "-id")
        .values_list("node_id", "pk", "state", "changed_at")
    )
    found: dict[int, Reference] = {}
    validated: dict[int, Reference] = {}
    for node_id, pk, state, changed_at in rows:
        reference = Reference(pk, changed_at)
        found.setdefault(node_id, reference)
        if state == Assessment.State.VALIDATED:
            validated.setdefault(node_id, reference)
    return found | validated


@dataclass(frozen=True)
class Handed:
    """The last assessment that an establishment validated: scores on 0–4 by axis and by objective, None where nothing
    was evaluated."""

    validated_on: dt.date
    step: int | None
    overall: float | None
    scores: dict[str, float | None]


def handed_below(node: Node, nodes: Collection[int]) -> dict[int, Handed]:
    """Node id → what it validated last of our referential, for those of ``nodes`` that did; one query."""
    validated = Assessment.objects.below(node).filter(
        referential=referentials.BUILT_IN, state=Assessment.State.VALIDATED, node_id__in=among(list(nodes))
    )
    later = validated.filter(node_id=OuterRef("node_id"), validated_at__gt=OuterRef("validated_at"))
    rows = validated.exclude(Exists(later)).order_by("node_id", "id")
    return {
        pk: _handed(validated_at, summary)
        for pk, validated_at, summary in rows.values_list("node_id", "validated_at", "summary")
        if validated_at and summary
    }


def _handed(validated_at: dt.datetime, kept: dict[str, Any]) -> Handed:
    parts = [part for axis in kept["axes"] for part in (axis, *axis["objectives"])]
    return Handed(
        timezone.localtime(validated_at).date(),
        kept["step"],
        kept["overall"]["score"],
        {part["id"]: part["score"] for part in parts},
    )
