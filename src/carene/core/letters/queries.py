# SPDX-License-Identifier: EUPL-1.2
"""Reading letters."""

from __future__ import annotations

from carene.core.letters.models import Letter
from carene.core.tenancy.models import Node

SHOWN = 20


def latest(node: Node, kind: str) -> list[Letter]:
    """Those of a kind about this very node, latest first, as ``ui/letters.html`` shows them; one query."""
    rows = Letter.objects.of(node).filter(kind=kind).select_related("user")
    return list(rows.order_by("-posted_at", "-id")[:SHOWN])
