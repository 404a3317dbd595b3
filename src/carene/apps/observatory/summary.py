# SPDX-License-Identifier: EUPL-1.2
"""The figures of the highest areas, for machines."""

from __future__ import annotations

import datetime as dt
from typing import Any

from carene.apps.observatory.models import MonthValue, Rollup
from carene.apps.observatory.numbers import read
from carene.apps.observatory.reading import COLUMNS, Reading
from carene.apps.organisations.models import Organisation
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.strata import WHOLE

WHY = "a command of the administrator of the server"


def of_month(month: dt.date) -> dict[str, Any]:
    """JSON-ready: ``{"month", "values", "areas": [{"id", "name", "kind", "figures": [...]}]}`` of the roots of the
    tree; a figure without any answer is there, with its counts."""
    names, known = read().figure, shipped().figure
    roots = Organisation.objects.unscoped(WHY).filter(node__parent=None).order_by("pk")
    rows = Rollup.objects.unscoped(WHY).filter(month=month, stratum=WHOLE, node__parent=None)
    found: dict[int, list[dict[str, Any]]] = {}
    for node, number, *said in rows.order_by("node_id", "figure_no").values_list("node_id", "figure_no", *COLUMNS):
        if names.get(number) in known:
            figure, reading = known[names[number]], Reading(*said)
            found.setdefault(node, []).append({"id": figure.id, "title": figure.title, "unit": figure.unit}
                                              | _plain(reading))  # fmt: skip
    return {
        "month": month.isoformat(),
        "values": MonthValue.objects.unscoped(WHY).filter(month=month).count(),
        "areas": [
            {"id": root.pk, "name": root.name, "kind": root.kind, "figures": found.get(root.pk, [])} for root in roots
        ],
    }


def _plain(reading: Reading) -> dict[str, Any]:
    values = reading._asdict()
    values.pop("month")
    oldest = values.pop("oldest")
    return values | {"oldest": oldest.isoformat() if oldest else None}
