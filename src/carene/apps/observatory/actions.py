# SPDX-License-Identifier: EUPL-1.2
"""What people decide in the observatory: the targets of a region or of the nation."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from carene.apps.evidence.actions import check_url
from carene.apps.observatory.models import AimedAt
from carene.apps.observatory.queries import figure_named
from carene.apps.observatory.targets import set_here
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.models import Node
from carene.engines.observatory.explain import CONFIDENCE
from carene.engines.observatory.model import Figure
from carene.engines.sources import InputError

SET = "observatory.set"
LARGEST = 1e9


@dataclass(frozen=True)
class Aim:
    """A target as it is typed; the side on which it stands is that of the figure. ``by``: when, if that is known."""

    value: float
    by: dt.date | None
    source: str
    url: str = ""
    confidence: str = "to_check"


def set_target(actor: Actor, organisation: Organisation, name: str, aim: Aim) -> AimedAt:
    """In place of the pack's, here and below. Raises InputError: another place, a value that the figure cannot take,
    no source."""
    figure = _require(actor, organisation, name)
    _check(figure, aim)
    url = check_url(aim.url)
    with atomic_write():
        Node.hold(organisation.pk)
        row = AimedAt.objects.of(organisation.node).filter(figure=figure.id).first()
        before = _said(figure, row) if row else None
        row = row or AimedAt(node=organisation.node, figure=figure.id)
        row.value, row.by, row.source, row.url = aim.value, aim.by, aim.source.strip()[:300], url
        row.confidence, row.set_by, row.set_at = aim.confidence, actor.user, timezone.now()
        row.save()
        after = _said(figure, row)
        if after != before:
            record(actor, "observatory.target", organisation.node, f"target:{figure.id}", before, after)
    return row


def remove_target(actor: Actor, organisation: Organisation, name: str) -> None:
    """What the pack says, or a place above, holds again. Raises AimedAt.DoesNotExist."""
    figure = _require(actor, organisation, name)
    with atomic_write():
        row = AimedAt.objects.of(organisation.node).get(figure=figure.id)
        record(actor, "observatory.target", organisation.node, f"target:{figure.id}", _said(figure, row), None)
        row.delete()


def _require(actor: Actor, organisation: Organisation, name: str) -> Figure:
    actor.require(SET, organisation.node)
    if not set_here(organisation):
        raise InputError("une cible se fixe pour une région ou la nation", remedy="ouvrir l'une d'elles")
    return figure_named(name)


def _check(figure: Figure, aim: Aim) -> None:
    low, high = (0.0, 100.0) if figure.unit == "%" else (figure.minimum, figure.maximum)
    if figure.formula.kind == "sum":
        high = None  # of one establishment
    if not math.isfinite(aim.value) or abs(aim.value) > LARGEST or _outside(aim.value, low, high):
        raise InputError("cette cible n'est pas une valeur que l'indicateur peut prendre", remedy="vérifier l'unité")
    if not aim.source.strip() or aim.confidence not in CONFIDENCE:
        raise InputError("la source manque", remedy="dire de quel texte ou de quelle décision vient cette cible")


def _outside(value: float, low: float | None, high: float | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


def _said(figure: Figure, row: AimedAt) -> dict[str, Any]:
    return {
        "title": figure.title,
        "value": row.value,
        "by": row.by.isoformat() if row.by else None,
        "source": row.source,
        "url": row.url,
        "confidence": CONFIDENCE[row.confidence],
    }
