# SPDX-License-Identifier: EUPL-1.2
"""Reading the assessments of a whole group at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max

from carene.apps.assessments import referentials
from carene.apps.assessments.models import Assessment
from carene.core.tenancy.models import Node


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
