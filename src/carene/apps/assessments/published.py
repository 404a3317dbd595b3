# SPDX-License-Identifier: EUPL-1.2
"""What a validated assessment tells the observatory: its step, the score of each axis."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from carene.apps.assessments import referentials
from carene.apps.assessments.models import Assessment
from carene.apps.indicators import actions as indicators
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.exchange.questionnaire import Measured
from carene.engines.referential.catalogue import care

STEP, AXIS = "palier_maturite", "niveau_{}"


def publish(actor: Actor, organisation: Organisation, row: Assessment) -> None:
    """Of our own referential alone: steps and axes of another one are not comparable."""
    if row.referential != referentials.BUILT_IN or row.result is None or row.validated_at is None:
        return
    day = timezone.localdate(row.validated_at)
    values = {STEP: row.result["step"], **{AXIS.format(key.lower()): s for key, s in row.result["axes"].items()}}
    known: dict[str, Any] = {key: value for key, value in values.items() if key in care().indicator}
    items = [Measured(key, float(value), day, _source(row)) for key, value in known.items() if value is not None]
    indicators.publish(actor, organisation, items)


def retract(actor: Actor, organisation: Organisation, row: Assessment) -> None:
    """The assessment is open again: what it told no longer counts."""
    names = [STEP, *(AXIS.format(axis.id.lower()) for axis in care().axes)]
    indicators.retract(actor, organisation, _source(row), names)


def _source(row: Assessment) -> str:
    return f"Auto-évaluation n° {row.pk}, validée"
